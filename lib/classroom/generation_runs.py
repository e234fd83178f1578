"""The runs that a GenerationViewer shows: checked, and rounded so that a page stays small."""

import math

import numpy as np

MOST_LANES, LONGEST, MOST_TOP = 8, 300, 8
CHOICE = ("prompt", "temperature", "seed")
_NEEDED = {"model", "prompt", "seed", "temperature", "text", "probabilities", "top"}
_POSSIBLE = _NEEDED | {"year", "keeps"}


def checked_runs(runs):
    """The runs as plain dicts, or a ValueError that names the run, what came and what was expected."""
    if not isinstance(runs, list | tuple) or not runs:
        raise ValueError(
            f"runs must be a non-empty list of dicts, one for each model, prompt, temperature and seed, got {runs!r}"
        )
    checked = [_run(number, run) for number, run in enumerate(runs, start=1)]
    seen = {}
    for number, run in enumerate(checked, start=1):
        key = (run["model"], *choice_of(run))
        if key in seen:
            raise ValueError(
                f"run {number} and run {seen[key]} are both of {run['model']!r} with prompt {run['prompt']!r}, "
                f"temperature {run['temperature']} and seed {run['seed']}; leave one out or name the models apart"
            )
        seen[key] = number
    for choice in {choice_of(run) for run in checked}:
        lanes = [run["model"] for run in checked if choice_of(run) == choice]
        if len(lanes) > MOST_LANES:
            raise ValueError(
                f"prompt {choice[0]!r} is continued by {len(lanes)} models; a GenerationViewer shows "
                f"at most {MOST_LANES} side by side"
            )
    return checked


def choice_of(run):
    """What the reader chooses by: (prompt, temperature, seed)."""
    return tuple(run[name] for name in CHOICE)


def settled(runs, wish, first=CHOICE):
    """The (prompt, temperature, seed) among the runs that is nearest to the wish.

    wish: a dict. first: the names in the order in which they are kept; what does not fit gives way to the first run
    that agrees with those before.
    """
    left = list(runs)
    for name in first:
        left = [run for run in left if run[name] == wish[name]] or left
    return choice_of(left[0])


def surprises(run):
    """(T,) bits: -log2 of the probability of each written character."""
    return -np.log2(np.array(run["probabilities"], dtype=np.float64))


def _run(number, run):
    where = f"run {number}"
    if not isinstance(run, dict):
        raise ValueError(f"{where} must be a dict, got {run!r}")
    missing, unknown = sorted(_NEEDED - set(run)), sorted(set(run) - _POSSIBLE)
    if missing or unknown:
        raise ValueError(f"{where}: missing {missing}, unknown {unknown}; a run has {sorted(_POSSIBLE)}")
    for name in ("model", "prompt", "text"):
        if not isinstance(run[name], str) or not run[name]:
            raise ValueError(f"{where}: {name!r} must be a text that is not empty, got {run[name]!r}")
    length = len(run["text"])
    if length > LONGEST:
        raise ValueError(f"{where}: 'text' has {length} characters; a GenerationViewer shows at most {LONGEST}")
    for name in ("probabilities", "top"):
        if len(run[name]) != length:
            raise ValueError(
                f"{where}: {name!r} has {len(run[name])} entries, but 'text' has {length} characters; "
                "give one for each character"
            )
    temperature = float(run["temperature"])
    if not (math.isfinite(temperature) and temperature >= 0):
        raise ValueError(f"{where}: 'temperature' must be a number from 0 up, got {run['temperature']!r}")
    return {
        **{name: str(run.get(name) or "") for name in ("model", "year", "keeps", "prompt", "text")},
        "temperature": temperature,
        "seed": int(run["seed"]),
        "probabilities": [_drawn(f"{where}, character {t}", p) for t, p in enumerate(run["probabilities"])],
        "top": [_top(f"{where}, character {t}", pairs) for t, pairs in enumerate(run["top"])],
    }


def _drawn(where, p):
    """A probability to six digits; a character that was written cannot have had none."""
    p = float(p)
    if not 0 < p <= 1 + 1e-6:
        raise ValueError(
            f"{where}: 'probabilities' holds {p:.6g}; a character that was written has a probability above 0, at most 1"
        )
    return float(f"{min(p, 1.0):.6g}")


def _top(where, pairs):
    """The most probable characters as [characters joined, [probabilities to four decimals]]."""
    if not 1 <= len(pairs) <= MOST_TOP or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"{where}: 'top' must hold 1 to {MOST_TOP} pairs (character, probability), got {pairs!r}")
    characters, shares = [pair[0] for pair in pairs], [float(pair[1]) for pair in pairs]
    if any(not isinstance(c, str) or len(c) != 1 for c in characters) or len(set(characters)) < len(pairs):
        raise ValueError(f"{where}: 'top' must name each character once, one character long, got {characters}")
    if any(not 0 <= share <= 1 + 1e-6 for share in shares) or sum(shares) > 1 + 1e-4:
        raise ValueError(f"{where}: the probabilities in 'top' must lie in 0..1 and sum to at most 1, got {shares}")
    if any(later > earlier + 1e-9 for earlier, later in zip(shares, shares[1:], strict=False)):
        raise ValueError(f"{where}: 'top' must begin with the most probable character, got {shares}")
    return ["".join(characters), [round(share, 4) for share in shares]]
