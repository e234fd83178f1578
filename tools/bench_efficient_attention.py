"""Cheaper attention against the explicit form: time for `python -m tools.bench efficient_attention`, and by itself
(`python -m tools.bench_efficient_attention`) time and memory at five lengths with fitted exponents.

Forward and backward, causal, one sequence, 4 heads of size 32, the gradients of query, key and value. The first
candidate, the measure of the others, is softmax attention with all its scores. Targets at length 1,024: 0.14 for
chunked linear attention, whose exponents are about 1; memory of the online softmax grows like the length.
"""

import argparse

import torch
from torch.nn import functional as F

from seqmodels.costs import growth_exponent, peak_bytes
from seqmodels.efficient_attention import (
    linear_attention,
    local_attention,
    online_softmax_attention,
    orthogonal_projection,
    performer_features,
)

HEADS, SIZE, WINDOW, FEATURES = 4, 32, 128, 64
LENGTHS = (256, 512, 1024, 2048, 4096)
SLOW = "linear, recurrent"  # a loop in Python: the same work each step, so that short lengths tell all


def explicit(query, key, value):
    """Softmax attention as it is written, every score there."""
    scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
    ahead = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    return scores.masked_fill(ahead, -torch.inf).softmax(-1) @ value


def forms():
    """name -> function of query, key and value (1, HEADS, T, SIZE)."""
    w = orthogonal_projection(FEATURES, SIZE, torch.Generator().manual_seed(0))

    def linear(form):
        return lambda *qkv: linear_attention(*qkv, form=form)[0]

    def performer(*qkv):
        return linear_attention(*qkv, feature_map=lambda x: performer_features(x, w, SIZE**-0.5))[0]

    return {
        "explicit": explicit,
        "F.scaled_dot_product_attention": lambda *qkv: F.scaled_dot_product_attention(*qkv, is_causal=True),
        "online softmax": online_softmax_attention,
        f"local, window {WINDOW}": lambda *qkv: local_attention(*qkv, WINDOW),
        "linear, chunked": linear("chunked"),
        "linear, quadratic": linear("quadratic"),
        SLOW: linear("recurrent"),
        f"linear, {FEATURES} random features": performer,
    }


def efficient_attention(length, slow=True):
    """Causal attention over so many steps, forward and backward, 4 heads of size 32"""
    generator = torch.Generator().manual_seed(1)
    inputs = [torch.randn(1, HEADS, length, SIZE, generator=generator).requires_grad_() for _ in range(3)]

    def forward_backward(form):
        def run():
            output = form(*inputs)
            return output.detach(), *torch.autograd.grad(output.square().sum(), inputs)

        return run

    return {name: forward_backward(form) for name, form in forms().items() if slow or name != SLOW}


ALL = [efficient_attention]


def main(arguments=None):
    against_length("bench_efficient_attention", efficient_attention, LENGTHS, arguments)


def against_length(program, candidates, lengths, arguments=None):
    """Print time and peak memory at every length. candidates(length, slow) -> name -> what runs; slow: all of them."""
    from tools.bench import measure  # which reads ALL

    parser = argparse.ArgumentParser(prog=f"python -m tools.{program}", description="Time and memory.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each candidate runs (5)")
    parser.add_argument("--longest", type=int, default=lengths[-1], help=f"the greatest length ({lengths[-1]})")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    times, memory = {}, {}
    lengths = [n for n in lengths if n <= options.longest]
    for n in lengths:
        runs = candidates(n, slow=n <= 1024)
        for name, (cpu, ratio) in measure(runs, options.rounds).items():
            times.setdefault(name, []).append((n, cpu, ratio))
        for name, run in runs.items():
            memory.setdefault(name, []).append((n, peak_bytes(run) / 2**20))
    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread, CPU; {candidates.__doc__}\n")
    _table(lengths, "CPU ms | ratio", times, lambda row: f"{row[1]:.1f} | {row[2]:.2f}")
    _table(lengths, "peak MiB", memory, lambda row: f"{row[1]:.2f}")


def _table(lengths, what, found, cell):
    """Markdown, with the exponent of the second number of each row over all lengths that were measured."""
    print(f"| form | {' | '.join(f'{n}: {what}' for n in lengths)} | exponent |")
    print("|---" * (1 + len(lengths) * (1 + what.count("|")) + 1) + "|")
    for name, rows in found.items():
        missing = [" | ".join("-" * (1 + what.count("|")))] * (len(lengths) - len(rows))
        exponent = (
            growth_exponent([row[0] for row in rows], [row[1] for row in rows]) if len(rows) > 1 else float("nan")
        )
        print(f"| {' | '.join([name, *map(cell, rows), *missing])} | {exponent:.2f} |")
    print(flush=True)


if __name__ == "__main__":
    main()
