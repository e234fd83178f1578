"""The numbers of *Be Δ*: one dial a step, what each level wants of the memory, and the best that dials can do."""

import numpy as np

from .chance import uniform
from .gate_board_numbers import LENGTH, checked_rows

LEVELS = ("keep", "last", "mean", "reset", "sum")
MOST = 6.0  # the upper end of a dial: exp(-6) = 0.0025 of the old memory is left
START = {"keep": 0.7, "last": 0.7, "mean": 0.7, "reset": 0.7, "sum": 0.0}
FORMS = ("exact", "code")


def factors(delta, simplified=False):
    """(keep, write) of a dial: keep = exp(-Δ), A = -1; write = 1 - exp(-Δ), the zero-order hold, or simplified Δ."""
    delta = np.asarray(delta, dtype=np.float64)
    return np.exp(-delta), delta.copy() if simplified else -np.expm1(-delta)


def run_delta(delta, numbers, simplified=False):
    """The memory after every step, h_t = exp(-Δ_t) h_{t-1} + write_t x_t with h_0 = 0; arguments and result (T,).

    The same numbers as the browser's; held by tests/viewers/test_be_delta.py.
    """
    memory, path = 0.0, []
    for keep, write, x in zip(*factors(delta, simplified), numbers, strict=True):
        memory = keep * memory + write * x
        path.append(memory)
    return np.array(path)


def shares(delta, simplified=False):
    """The share of each number that is in the memory at the end: write_t times every keep after it; (..., T)."""
    keep, write = factors(delta, simplified)
    after = np.cumprod(keep[..., ::-1], axis=-1)[..., ::-1]  # of steps t, t + 1, ..., T
    return write * np.concatenate([after[..., 1:], np.ones_like(after[..., :1])], axis=-1)


def wanted(level, marks):
    """The share that each number should have in the memory at the end, (T,)."""
    first, last = np.flatnonzero(marks)[[0, -1]]
    weights = np.zeros(len(marks))
    if level == "mean":
        weights[:] = 1 / len(marks)
    elif level == "reset":
        weights[first:] = 1 / (len(marks) - first)
    else:
        weights[{"keep": [first], "last": [last], "sum": [first, last]}[level]] = 1
    return weights


def shown_marks(level, marks):
    """The steps that wear a flag, zeros and ones: the first mark alone where the level needs one, none for the mean."""
    shown = np.asarray(marks) * (level != "mean")
    if level in ("keep", "reset"):
        shown = shown * (np.arange(len(marks)) == np.argmax(shown))
    return shown.astype(int)


def locked(level, marks):
    """How many of the first dials cannot be moved: in "reset" all before the mark, so that there is a past to drop."""
    return int(np.argmax(marks)) if level == "reset" else 0


def best_deltas(level, marks, simplified=False, memories=1):
    """The dials, (memories, T), whose error over numbers drawn evenly from 0 to 1 is smallest: computed, not trained.

    With the exact form they are known in closed form: all of MOST where the past must go, nothing where it must stay,
    and ln(t / (t - 1)) for a mean, which gives the t-th number its share 1 / t. Two marked numbers cannot be added:
    the shares sum to 1 at most, so the mean error is 1/2 whatever the dials, and half of each is as good as any.
    The code's form has closed forms too, but for "reset", which is a search. Held by tests/viewers/test_be_delta.py.
    """
    weights, begin = wanted(level, marks), locked(level, marks)
    dials = np.zeros((memories, len(marks)))
    dials[:, :begin] = START[level]
    at = np.flatnonzero(weights)
    if level == "sum":
        if memories == 2:
            dials[[0, 1], at] = 1 if simplified else MOST
        else:
            dials[0, at] = [np.e, 1] if simplified else [MOST, np.log(2)]
    elif level in ("keep", "last"):
        dials[0, at] = 1 if simplified else MOST
    elif not simplified:
        dials[0, at] = [MOST, *(np.log(k / (k - 1)) for k in range(2, len(at) + 1))]
    else:
        later = 0.0
        for t in at[::-1]:  # Δ_t exp(-all later Δ) = 1 / n, from the end
            dials[0, t] = np.exp(later) / len(at)
            later += dials[0, t]
        if begin:
            dials[0] = _searched(dials[0], weights, begin)
    return dials


def expected_error(delta, weights, simplified=False):
    """The mean squared error of the memory at the end for numbers drawn evenly from 0 to 1; delta (..., T)."""
    gap = shares(delta, simplified) - weights
    return gap.sum(-1) ** 2 / 4 + (gap**2).sum(-1) / 12


def _searched(dials, weights, begin, sweeps=40):
    """The code's form: one dial after the other to its best value, again and again."""
    tried = np.linspace(0, MOST, 241)
    for _ in range(sweeps):
        for t in range(begin, len(dials)):
            many = np.tile(dials, (len(tried), 1))
            many[:, t] = tried
            dials = many[expected_error(many, weights, simplified=True).argmin()]
    return dials


def rule_errors(numbers, marks, marked, other, simplified=False):
    """The mean error of rules over sequences, against the last marked number.

    numbers, marks: (S, T). marked, other: Δ, numbers or arrays of one shape, which is that of the result.
    """
    numbers, marks = np.asarray(numbers, dtype=np.float64), np.asarray(marks)
    marked, other = (np.asarray(part, dtype=np.float64)[..., None, None] for part in (marked, other))
    goal = np.array([wanted("last", row) @ x for x, row in zip(numbers, marks, strict=True)])
    delta = np.where(marks, marked, other)  # (..., S, T)
    return np.abs((shares(delta, simplified) * numbers).sum(-1) - goal).mean(-1)


def best_rule(numbers, marks, simplified=False, even=False):
    """{"marked": Δ, "other": Δ}, the two values whose mean error over these sequences is smallest; even: one for both.

    numbers, marks: (S, T); wanted is the last marked number. By trying all values that lie 0.05 apart.
    """
    tried, best = np.linspace(0, MOST, 121).round(2), None
    for other in [None] if even else tried:
        error = rule_errors(numbers, marks, tried, tried if even else np.full_like(tried, other), simplified)
        if best is None or error.min() < best[0] - 1e-12:
            marked = float(tried[error.argmin()])
            best = error.min(), {"marked": marked, "other": marked if even else float(other)}
    return best[1]


def usual_sequences(count=4, seed=8):
    """Numbers and marks, each (count, 12), for a board of its own: two marks a row, the first among steps 2 to 6."""
    numbers = np.round(uniform(seed, np.arange(count * LENGTH)).reshape(count, LENGTH), 2)
    marks = np.zeros((count, LENGTH), dtype=int)
    place = uniform(seed + 1, np.arange(2 * count)).reshape(count, 2)
    for row, (first, second) in zip(marks, place, strict=True):
        early = 1 + int(5 * first)
        row[[early, early + 2 + int(second * (LENGTH - early - 2))]] = 1
    return numbers.tolist(), marks.tolist()


def checked_trained(trained, counts):
    """{level: list (S, memories, 12)} of Δ that a model chose, or a ValueError. counts: the sequences of each level."""
    found = {}
    for key, given in (trained or {}).items():
        level = LEVELS[key - 1] if isinstance(key, int) and 1 <= key <= len(LEVELS) else key
        if level not in LEVELS:
            raise ValueError(f"trained: levels are 1 to {len(LEVELS)} or {list(LEVELS)}, got {key!r}")
        deltas = np.asarray(given, dtype=np.float64)
        deltas = deltas[:, None] if deltas.ndim == 2 else deltas
        most = 2 if level == "sum" else 1
        if deltas.ndim != 3 or deltas.shape[::2] != (counts[level], LENGTH) or not 1 <= deltas.shape[1] <= most:
            raise ValueError(
                f"trained[{key!r}] must have shape ({counts[level]}, {LENGTH}), a row for each sequence, "
                f"got {np.shape(given)}"
            )
        if not np.isfinite(deltas).all() or deltas.min() < 0:
            raise ValueError(f"trained[{key!r}] must hold finite Δ of 0 or more, got down to {deltas.min()}")
        found[level] = deltas.tolist()
    return found


def board_levels(sequences, marks, unseen, trained):
    """What the page needs of each level: its sequences with numbers, marks, wanted shares, locked dials, best dials.

    unseen: (numbers, marks) of the level with a rule, "last". best: {"exact": [one memory's dials, two memories'],
    "code": ...}; a rule's best is {"marked", "other"}; even: the best single Δ and its error. Lists and numbers only.
    """
    levels = []
    for level in LEVELS:
        rows = unseen if level == "last" else (sequences, marks)
        each = [_sequence(level, *row) for row in zip(*rows, strict=True)]
        found = {"name": level, "start": START[level], "rule": level == "last", "sequences": each}
        for k, row in enumerate(each):
            row["trained"] = trained[level][k] if level in trained else None
        if level == "last":
            found["best"] = {form: best_rule(*rows, form == "code") for form in FORMS}
            found["even"] = {form: _best_even(*rows, form == "code") for form in FORMS}
        levels.append(found)
    return levels


def _best_even(numbers, marks, simplified):
    """The best single Δ for all steps of all sequences, and its mean error: {"delta", "error"}."""
    rule = best_rule(numbers, marks, simplified, even=True)
    return {"delta": rule["other"], "error": float(rule_errors(numbers, marks, **rule, simplified=simplified))}


def _sequence(level, numbers, marks):
    best = {}
    if level != "last":
        counts = (1, 2) if level == "sum" else (1,)
        best = {form: [best_deltas(level, marks, form == "code", n).tolist() for n in counts] for form in FORMS}
    return {
        **{"numbers": list(numbers), "marks": shown_marks(level, marks).tolist()},
        **{"wanted": wanted(level, marks).tolist(), "locked": locked(level, marks), "best": best},
    }


def checked_board(sequences, marks, unseen):
    """(numbers, marks, (numbers, marks) unseen) as lists; what is not given is drawn, the same for everybody."""
    if (sequences is None) != (marks is None):
        raise ValueError("sequences and marks belong together: give both, or none of them")
    rows = usual_sequences() if sequences is None else checked_rows(sequences, marks, "sequences")
    if unseen is None:
        return *rows, usual_sequences(20, seed=20)
    if len(unseen) != 2:
        raise ValueError(f"unseen must be the pair (numbers, marks), got {len(unseen)} entries")
    return *rows, checked_rows(*unseen, "unseen")
