"""What a GateViewer is given, checked and coded: recorded values, what is held, and the runs with a gate held."""

import numbers
from collections.abc import Mapping

import numpy as np

from .viewer import quantise

GATES = ["forget_gate", "update_gate", "input_gate", "reset_gate", "output_gate"]
QUANTITIES = [*GATES, "candidate", "cell_state", "hidden"]
MOST_STEPS, MOST_UNITS, MOST_TEXT = 1000, 512, 2000
HOLD = ("gate", "unit", "value", "begin", "end")


def spoken(name):
    """A probe's name in words: "forget_gate" is "forget gate", "cell_state" is "cell", "hidden" is "hidden state"."""
    return {"cell_state": "cell", "hidden": "hidden state"}.get(name, name.replace("_", " "))


def checked_values(values, name, steps, units=None):
    """(quantity -> float64 array (T, H), bits or None, text or ""), from a mapping such as a Trace.

    A dotted name counts by its last part; what is no quantity of a cell is left out. ValueError names what is wrong.
    """
    if not isinstance(values, Mapping):
        raise ValueError(f"{name} must map names such as 'forget_gate' to arrays (T, H), got {type(values).__name__}")
    full = {}
    for key in values:
        last = str(key).rsplit(".", 1)[-1]
        if last in full and last in QUANTITIES:
            raise ValueError(f"{name} holds {full[last]!r} and {key!r}; give a dict with the arrays of one layer")
        full[last] = key
    found = {}
    for quantity in QUANTITIES:
        if quantity in full:
            found[quantity] = _table(values[full[quantity]], f"{name}[{full[quantity]!r}]", steps, units)
            units = found[quantity].shape[1]
            if quantity in GATES and not (found[quantity].min() >= -1e-6 and found[quantity].max() <= 1 + 1e-6):
                low, high = found[quantity].min(), found[quantity].max()
                raise ValueError(f"{name}[{full[quantity]!r}] is a gate, from 0 to 1, got {low:.3g} to {high:.3g}")
    if not found:
        raise ValueError(f"{name} holds {sorted(map(str, values))}, expected at least one of {QUANTITIES}")
    text = values[full["text"]] if "text" in full else ""
    return found, checked_bits(values[full["bits"]] if "bits" in full else None, name, steps), _text(text, name)


def _table(value, name, steps, units):
    table = np.asarray(value).astype(np.float64)
    if table.ndim == 3 and table.shape[0] == 1:
        table = table[0]
    if table.ndim != 2:
        raise ValueError(f"{name} must have shape (T, H) or (1, T, H), got {table.shape}; pick one sequence")
    if len(table) != steps:
        raise ValueError(f"{name} has {len(table)} steps, but there are {steps} tokens")
    if table.shape[1] != (units or table.shape[1]) or not 1 <= table.shape[1] <= MOST_UNITS:
        wanted = f"{units}, as the others have" if units else f"1 to {MOST_UNITS}"
        raise ValueError(f"{name} has {table.shape[1]} units, expected {wanted}")
    if not np.isfinite(table).all():
        raise ValueError(f"{name} must be finite, got {(~np.isfinite(table)).sum()} NaN or infinite entries")
    return table


def checked_bits(bits, name, steps):
    """Surprise at each step as a list of floats, None where it is not known; None for no bits."""
    if bits is None:
        return None
    array = np.array([np.nan if b is None else b for b in np.asarray(bits, dtype=object).ravel()], dtype=np.float64)
    if len(array) != steps:
        raise ValueError(f"{name}['bits'] has {len(array)} numbers, but there are {steps} tokens")
    if (array < -1e-6).any() or np.isinf(array).any():
        got = np.nanmin(array)
        raise ValueError(f"{name}['bits'] must be 0 or more and finite (None where unknown), got down to {got:.3g}")
    return [None if np.isnan(b) else round(float(b), 4) for b in array]


def _text(text, name):
    if text is None or (isinstance(text, str) and len(text) <= MOST_TEXT):
        return text or ""
    raise ValueError(f"{name}['text'] must be a text of at most {MOST_TEXT} characters, got {str(text)[:40]!r}")


def checked_hold(hold, gates, steps, units):
    """A hold with plain Python numbers: steps begin, …, end - 1 of one unit, or of all where unit is None."""
    if not isinstance(hold, Mapping) or set(hold) != set(HOLD):
        got = sorted(map(str, hold)) if isinstance(hold, Mapping) else repr(hold)
        raise ValueError(f"hold must be a dict with the keys {list(HOLD)}, got {got}")
    gate, unit, value, begin, end = (hold[key] for key in HOLD)
    if gate not in gates:
        raise ValueError(f"hold: gate must be one of those recorded, {gates}, got {gate!r}")
    if unit is not None and not (_whole(unit) and 0 <= unit < units):
        raise ValueError(f"hold: unit must lie from 0 to {units - 1}, or be None for all, got {unit!r}")
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= value <= 1:
        raise ValueError(f"hold: value must lie from 0 to 1, got {value!r}")
    if not (_whole(begin) and _whole(end) and 0 <= begin < end <= steps):
        raise ValueError(f"hold: begin and end must be steps with 0 <= begin < end <= {steps}, got {begin!r}, {end!r}")
    unit = None if unit is None else int(unit)
    return {"gate": gate, "unit": unit, "value": float(value), "begin": int(begin), "end": int(end)}


def _whole(number):
    return isinstance(number, numbers.Integral) and not isinstance(number, bool)


def hold_name(hold):
    """A hold in words, steps counted from 1."""
    whose = "all units" if hold["unit"] is None else f"unit {hold['unit']}"
    begin, end = hold["begin"] + 1, hold["end"]
    span = f"step {end}" if begin == end else f"steps {begin} to {end}"
    return f"{spoken(hold['gate'])} of {whose} held at {hold['value']:g}, {span}"


def checked_answer(answer, name, hold, first):
    """One run with a gate held, as a dict of name, hold, values, bits, text. first: the run as it was."""
    if not isinstance(answer, Mapping) or "values" not in answer:
        raise ValueError(f"{name} must be a dict with 'values' and, if wanted, 'bits' and 'text', got {answer!r:.80}")
    steps, units = next(iter(first["values"].values())).shape
    values, bits, text = checked_values(answer["values"], f"{name}['values']", steps, units)
    if missing := [quantity for quantity in first["values"] if quantity not in values]:
        raise ValueError(f"{name}['values'] lacks {missing}, which the run as it is has")
    values = {quantity: values[quantity] for quantity in first["values"]}
    bits = checked_bits(answer["bits"], name, steps) if answer.get("bits") is not None else bits
    text = _text(answer.get("text"), name) or text
    return {"name": answer.get("name") or hold_name(hold), "hold": hold, "values": values, "bits": bits, "text": text}


def checked_held(held, gates, first):
    """The prepared answers, each {"name", "hold", "values", …}; names and holds must differ."""
    steps, units = next(iter(first["values"].values())).shape
    runs = []
    for k, answer in enumerate(held or []):
        name = f"held[{k}]"
        if not isinstance(answer, Mapping) or "hold" not in answer:
            raise ValueError(f"{name} must be a dict with 'hold' and 'values', got {answer!r:.80}")
        runs.append(checked_answer(answer, name, checked_hold(answer["hold"], gates, steps, units), first))
        for old in runs[:-1]:
            if old["hold"] == runs[-1]["hold"] or old["name"] == runs[-1]["name"]:
                raise ValueError(f"{name} has the same name or the same hold as another: {runs[-1]['name']!r}")
    return runs


def coded(runs):
    """(layout, codes): every array as 16-bit codes, one after the other. A held run is kept from its begin on only.

    layout: for each run name, hold, text, bits, begin and parts: quantity -> [low, high, first code].
    """
    layout, pieces, place = [], [], 0
    for run in runs:
        begin, parts = (run["hold"] or {"begin": 0})["begin"], {}
        for quantity, table in run["values"].items():
            codes, low, high = quantise(table[begin:])
            parts[quantity] = [low, high, place]
            pieces.append(codes)
            place += len(codes) // 2
        layout.append({**{key: run[key] for key in ("name", "hold", "text", "bits")}, "begin": begin, "parts": parts})
    return layout, b"".join(pieces)
