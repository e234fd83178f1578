"""What a StateViewer is given, checked: quantities over time, tokens, patterns and groups."""

from collections.abc import Mapping

import numpy as np

MOST_STEPS, MOST_UNITS, MOST_QUANTITIES, MOST_PATTERNS, MOST_GROUPS = 2000, 512, 8, 12, 8


def checked_tokens(tokens):
    """One text for each step: the characters of a str, or the items of a list."""
    found = list(tokens) if isinstance(tokens, str) else tokens
    if not isinstance(found, list | tuple) or not all(isinstance(token, str) and token for token in found):
        raise ValueError(
            f"tokens must be a str (one character a step) or a list of non-empty strings, got {_short(tokens)}"
        )
    if not 1 <= len(found) <= MOST_STEPS:
        raise ValueError(f"tokens has {len(found)} steps, expected 1 to {MOST_STEPS}")
    return list(found)


def checked_quantities(values, steps):
    """{short name: float64 (T, H)} of the entries of a mapping that are (T, H) or (1, T, H) with this T."""
    if not isinstance(values, Mapping):
        raise ValueError(f"values must be a mapping from a name to an array (T, H), got {type(values).__name__}")
    arrays = {str(name): _array(values[name]) for name in values}
    fitting = {name: array for name, array in arrays.items() if _fits(array, steps)}
    if not fitting:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items()) or "an empty mapping"
        raise ValueError(
            f"values holds nothing to draw: expected arrays (T, H) or (1, T, H) with T = {steps}, as many as tokens, "
            f"and 1 to {MOST_UNITS} units H; got {shapes}"
        )
    if len(fitting) > MOST_QUANTITIES:
        raise ValueError(
            f"values has {len(fitting)} quantities, expected at most {MOST_QUANTITIES}: {', '.join(fitting)}; "
            "pick some of them, {name: values[name] for name in ...}"
        )
    for name, array in fitting.items():
        wrong = array.size - np.isfinite(array).sum()
        if wrong:
            raise ValueError(f"values: {name} holds {wrong} NaN or infinite entries, expected finite numbers")
    return {_tail(name, fitting): array.reshape(steps, -1) for name, array in fitting.items()}


def checked_patterns(patterns, steps):
    """[{"name", "values": T numbers, "binary"}]; binary where all numbers are 0 or 1."""
    if patterns is None:
        return []
    if not isinstance(patterns, Mapping):
        raise ValueError(f"patterns must be a mapping from a name to T numbers, got {type(patterns).__name__}")
    if len(patterns) > MOST_PATTERNS:
        raise ValueError(f"patterns has {len(patterns)} entries, expected at most {MOST_PATTERNS}")
    found = []
    for name, given in patterns.items():
        numbers = _array(given)
        if numbers.shape != (steps,):
            raise ValueError(
                f"patterns: {name!r} has shape {numbers.shape}, expected ({steps},), one number for each token"
            )
        if not np.isfinite(numbers).all():
            raise ValueError(f"patterns: {name!r} holds NaN or infinite entries, expected finite numbers")
        binary = bool(np.isin(numbers, (0, 1)).all())
        found.append({"name": str(name), "values": numbers.tolist(), "binary": binary})
    return found


def checked_groups(groups, steps):
    """One label for each step, or none at all."""
    if groups is None:
        return []
    labels = [str(label) for label in groups]
    if len(labels) != steps:
        raise ValueError(f"groups has {len(labels)} labels, but tokens has {steps} steps")
    different = len(set(labels))
    if different > MOST_GROUPS:
        raise ValueError(f"groups has {different} different labels, expected at most {MOST_GROUPS}")
    return labels


def _array(value):
    """A float64 array of an array, a list or a tensor, wherever it lives."""
    value = value.detach().cpu() if hasattr(value, "detach") else value
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"expected an array of numbers, got {_short(value)}") from None


def _fits(array, steps):
    shape = array.shape[1:] if array.ndim == 3 and array.shape[0] == 1 else array.shape
    return len(shape) == 2 and shape[0] == steps and 1 <= shape[1] <= MOST_UNITS


def _tail(name, names):
    """The shortest end of a dotted name that no other name shares."""
    parts = name.split(".")
    for count in range(1, len(parts)):
        tail = parts[-count:]
        if sum(other.split(".")[-count:] == tail for other in names) == 1:
            return ".".join(tail)
    return name


def _short(value):
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
