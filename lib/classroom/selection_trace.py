"""What a SelectionViewer is given, checked: the trace of one selective layer, its A, tokens, marks, a Δ set by hand."""

import numbers as kinds
from collections.abc import Mapping

import numpy as np

from .selection_numbers import form_of, recurrence, written_of

ALIASES = {name: name for name in ("delta", "state", "A", "B", "C", "x")} | dict.fromkeys(("conv", "input", "u"), "x")
AXES = {"delta": "T D", "state": "T D N", "B": "T N", "C": "T N", "x": "T D"}
MOST_STEPS, MOST_NUMBERS, MOST_TEXT = 512, 600_000, 2000


def checked_tokens(tokens):
    """One text for each step: the characters of a text, or the items of a list."""
    if not isinstance(tokens, (str, list, tuple)) or not all(isinstance(token, str) and token for token in tokens):
        raise ValueError(f"tokens must be a text or a list of texts, got {tokens!r:.80}")
    if not 1 <= len(tokens) <= MOST_STEPS:
        raise ValueError(f"tokens has {len(tokens)} entries; SelectionViewer draws 1 to {MOST_STEPS}")
    return list(tokens)


def checked_layer(trace, layer):
    """({quantity: key}, name of the layer, names of all layers): the keys of the layer that was asked for."""
    if not isinstance(trace, Mapping):
        raise ValueError(f"trace must map names such as 'delta' to arrays, got {type(trace).__name__}")
    layers = {}
    for key in map(str, trace):
        prefix, _, last = key.rpartition(".")
        if last in ALIASES:
            if ALIASES[last] in layers.setdefault(prefix, {}):
                raise ValueError(f"trace holds {layers[prefix][ALIASES[last]]!r} and {key!r}, two names of one thing")
            layers[prefix][ALIASES[last]] = key
    names = [prefix for prefix, found in layers.items() if "delta" in found]
    if not names:
        raise ValueError(f"trace holds {sorted(map(str, trace))}, expected 'delta' among the last parts of the names")
    if layer is None:
        layer = names[0]
    elif isinstance(layer, kinds.Integral) and not isinstance(layer, bool):
        if not 0 <= layer < len(names):
            raise ValueError(f"layer must lie in 0..{len(names) - 1}, as there are {len(names)} in trace, got {layer}")
        layer = names[layer]
    elif layer not in names:
        raise ValueError(f"layer must be one of {names}, or its place there, got {layer!r}")
    return layers[layer], layer, names


def checked_trace(trace, keys, A, steps):
    """{"delta", "A", "state", "written", "form", and "B", "C", "x" where known}, float64.

    form: "code" or "exact" where B and x explain the states, as the recurrence has it; else None.
    """
    found = {
        name: _array(trace[key], f"trace[{key!r}]", AXES[name], steps) for name, key in keys.items() if name in AXES
    }
    delta = found["delta"]
    if delta.min() <= 0:
        raise ValueError(f"trace[{keys['delta']!r}] must be above 0, as softplus makes it, got {delta.min():.3g}")
    if A is None and "A" not in keys:
        raise ValueError("A is missing: give A=..., an array (D, N) of numbers below 0, such as -exp(A_log)")
    A = _matrix(trace[keys["A"]] if A is None else A, found)
    for name, array in found.items():
        wanted = {"T": steps, "D": A.shape[0], "N": A.shape[1]}
        shape = tuple(wanted[axis] for axis in AXES[name].split())
        if array.shape != shape:
            raise ValueError(f"trace[{keys[name]!r}] has shape {array.shape}, but T, D, N are {tuple(wanted.values())}")
    if steps * A.size > MOST_NUMBERS:
        raise ValueError(
            f"the states are {steps} x {A.shape[0]} x {A.shape[1]} numbers, expected {MOST_NUMBERS} at most"
        )
    drive = (found["B"], found["x"]) if {"B", "x"} <= set(found) else None
    if drive is None and "state" not in found:
        raise ValueError("trace needs 'state' (T, D, N), or both 'B' (T, N) and 'x' (T, D), to show what is remembered")
    if "state" not in found:
        written, state = recurrence(delta, A, *drive, "code")
        return {**found, "A": A, "state": state, "written": written, "form": "code"}
    form = form_of(delta, A, *drive, found["state"]) if drive else None
    return {**found, "A": A, "written": written_of(found["state"], delta, A), "form": form}


def _matrix(A, found):
    """A as (D, N), from (D, N), (N,) for all channels, or one number for each channel (D, 1)."""
    A = np.asarray(A.detach().cpu() if hasattr(A, "detach") else A, dtype=np.float64)
    D = found["delta"].shape[1]
    known = next((found[name].shape[-1] for name in ("state", "B", "C") if name in found), A.shape[-1] if A.ndim else 1)
    if A.ndim == 1 and len(A) != known:
        A = A[:, None]
    try:
        A = np.broadcast_to(A, (D, known)).copy()
    except ValueError:
        raise ValueError(f"A must have shape (D, N) = ({D}, {known}), got {A.shape}") from None
    if not np.isfinite(A).all() or A.max() >= 0:
        raise ValueError(f"A must be finite and below 0 everywhere, or nothing would fade, got up to {A.max():.3g}")
    return A


def _array(value, name, axes, steps):
    value = value.detach().cpu() if hasattr(value, "detach") else value
    array, wanted = np.asarray(value, dtype=np.float64), axes.split()
    if array.ndim == len(wanted) + 1 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != len(wanted) or array.size == 0:
        shape = ", ".join(wanted)
        raise ValueError(f"{name} must have shape ({shape}) or (1, {shape}), got {np.shape(value)}; pick one sequence")
    if len(array) != steps:
        raise ValueError(f"{name} has {len(array)} steps, but there are {steps} tokens")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {(~np.isfinite(array)).sum()} NaN or infinite entries")
    return array


def checked_marks(marked, steps):
    """T booleans as a list, [] for none; there must be marked and other tokens."""
    if marked is None:
        return []
    marks = np.asarray(marked)
    if marks.shape != (steps,) or not np.isin(marks, (0, 1)).all() or marks.min() == marks.max():
        raise ValueError(f"marked must hold {steps} booleans, some true and some false, got {marked!r:.80}")
    return marks.astype(bool).tolist()


def checked_hold(hold, steps, channels):
    """{"position", "channel" (None for all), "delta"} with plain Python numbers."""
    if not isinstance(hold, Mapping) or set(hold) != {"position", "channel", "delta"}:
        raise ValueError(f"hold must be a dict with position, channel and delta, got {hold!r:.80}")
    position, channel, delta = hold["position"], hold["channel"], hold["delta"]
    if not (_whole(position) and 0 <= position < steps):
        raise ValueError(f"hold: position must lie in 0..{steps - 1}, got {position!r}")
    if channel is not None and not (_whole(channel) and 0 <= channel < channels):
        raise ValueError(f"hold: channel must lie in 0..{channels - 1}, or be None for all, got {channel!r}")
    if isinstance(delta, bool) or not isinstance(delta, kinds.Real) or not 1e-6 <= delta <= 100:
        raise ValueError(f"hold: delta must lie from 0.000001 to 100, got {delta!r}")
    return {"position": int(position), "channel": None if channel is None else int(channel), "delta": float(delta)}


def _whole(number):
    return isinstance(number, kinds.Integral) and not isinstance(number, bool)


def checked_text(text, name):
    """What the model says, a text of at most 2000 characters; None counts as nothing."""
    if text is None or (isinstance(text, str) and len(text) <= MOST_TEXT):
        return text or ""
    raise ValueError(f"{name} must be a text of at most {MOST_TEXT} characters, got {text!r:.60}")
