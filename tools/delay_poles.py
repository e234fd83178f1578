"""Looks for the eigenvalues that make the best delay of twenty steps, and writes lib/classroom/kernel_best.py.

Run from the root of the course: `python -m tools.delay_poles`. For each level of HearTheKernel, twelve starts of
L-BFGS in float64 over the real and imaginary parts at a step of 0.1 (only step times eigenvalue counts); the weights
are those of least squares, as in the game. It takes half a minute.
"""

import json
import pathlib

import numpy as np
import torch

from classroom.kernel_numbers import DELAY, HORIZON, LEVELS, RIDGE, delay_score, delay_weights, kernel_of, lin

STARTS, STEP = 12, 0.1
FILE = pathlib.Path(__file__).resolve().parents[1] / "lib/classroom/kernel_best.py"
HEAD = '''"""The best delays of twenty steps that a search found. Written by tools/delay_poles.py.

A level -> (its score, the real parts of its eigenvalues at a step of 0.1, their imaginary parts).
"""

'''


def missing(log_decay, turn):
    """What is missing of a perfect delay, with the best weights: a tensor that knows its gradient."""
    rate = torch.complex(-log_decay.exp(), turn)
    z = STEP * rate
    basis = (z.exp() - 1) / rate * torch.exp(torch.arange(HORIZON, dtype=torch.float64)[:, None] * z)
    columns = basis.real if not turn.requires_grad else torch.cat([basis.real, basis.imag], 1)
    columns = columns / columns.norm(dim=0)
    gram = columns.T @ columns + RIDGE * torch.eye(columns.shape[1], dtype=torch.float64)
    kernel = columns @ torch.linalg.solve(gram, columns[DELAY])
    return ((kernel - torch.eye(HORIZON, dtype=torch.float64)[DELAY]) ** 2).sum()


def searched(count, real, seed):
    """Eigenvalues (count,) after a search from a random start."""
    generator = torch.Generator().manual_seed(seed)

    def random(*shape):
        return torch.rand(*shape, generator=generator, dtype=torch.float64)

    log_decay = (random(count) * (6 if real else 1.5) + (0.5 if real else 0.3)).log().requires_grad_()
    turn = torch.zeros(count, dtype=torch.float64)
    if not real:
        turn = ((torch.arange(count) + random(count)) * (2 + 2 * random(1))).requires_grad_()
    free = [log_decay] if real else [log_decay, turn]
    optimizer = torch.optim.LBFGS(free, max_iter=600, line_search_fn="strong_wolfe", tolerance_change=1e-12)

    def closure():
        optimizer.zero_grad()
        loss = missing(log_decay, turn)
        loss.backward()
        return loss

    optimizer.step(closure)
    found = (-log_decay.exp()).detach().numpy() + 1j * turn.abs().detach().numpy()
    return found[np.lexsort((found.real, found.imag))]


def score(eigenvalues, step):
    """The score of the game."""
    return delay_score(kernel_of(eigenvalues, step, delay_weights(eigenvalues, step), HORIZON))[0]


def main():
    lines = ["BEST = {\n"]
    for real in (False, True):
        for pairs in LEVELS:
            count = 2 * pairs if real else pairs
            tried = [np.round(searched(count, real, seed), 2 if count > 8 else 3) for seed in range(STARTS)]
            tried = [each for each in tried if np.isfinite(each).all() and each.real.min() >= -16]
            best = max(tried, key=lambda each: score(each, STEP))
            level = f"{count} real" if real else f"{pairs} pair{'s' * (pairs > 1)}"
            parts = [[float(part) for part in parts] for parts in (best.real, best.imag)]
            rows = "".join(f"        {row},\n" for row in (round(score(best, STEP), 3), *parts))
            lines.append(f'    "{level}": (\n{rows}    ),\n')
            print(lines[-1], end="")
    steps = np.round(np.geomspace(0.01, 1, 401), 4)
    lin_steps = {str(pairs): float(max(steps, key=lambda step: score(lin(pairs), step))) for pairs in LEVELS}
    FILE.write_text(
        HEAD
        + "".join(lines)
        + "}\n# pairs -> the step at which S4D-Lin delays best\n"
        + f"LIN_STEPS = {json.dumps(lin_steps)}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
