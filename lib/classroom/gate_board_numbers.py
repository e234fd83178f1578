"""The numbers of *Be the gate*: a cell run by hand, a trained cell, and what may be played."""

import numpy as np

LENGTH = 12
SHAPES = {"weight_input": (4, 2), "weight_hidden": (4, 1), "bias": (4,), "readout": (2,)}


def run_cell(forget, input, numbers):
    """The cell after every step, c_t = f_t c_{t-1} + i_t x_t with c_0 = 0; each argument and the result (T,).

    The same numbers as the browser's; held by tests/viewers/test_be_the_gate.py.
    """
    cell, path = 0.0, []
    for f, i, x in zip(forget, input, numbers, strict=True):
        cell = f * cell + i * x
        path.append(cell)
    return np.array(path)


def run_trained(network, numbers, marks):
    """What a trained LSTM of one cell does: {"input", "forget", "answer"}, each (T,).

    network: weight_input (4, 2), weight_hidden (4, 1), bias (4,), blocks input, forget, candidate, output; and readout
    (w, b), with which its answer w c_t + b is its cell, rescaled. Held to `seqmodels.lstm.LSTM` by the same test.
    """
    w_in, w_hidden, bias = (np.array(network[k]) for k in ("weight_input", "weight_hidden", "bias"))
    (w, b), h, c, seen = network["readout"], 0.0, 0.0, []
    for x, mark in zip(numbers, marks, strict=True):
        i, f, g, o = w_in @ [x, mark] + w_hidden[:, 0] * h + bias
        i, f, o = (1 / (1 + np.exp(-z)) for z in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        seen.append((i, f, w * c + b))
    return dict(zip(("input", "forget", "answer"), np.array(seen).T, strict=True))


def checked_rows(numbers, marks, name):
    """Both as nested lists, checked: numbers from 0 to 1, and two marks in every row."""
    numbers, marks = np.asarray(numbers, dtype=np.float64), np.asarray(marks, dtype=np.float64)
    if numbers.ndim != 2 or numbers.size == 0 or numbers.shape[1] != LENGTH:
        raise ValueError(f"{name} must have shape (sequences, {LENGTH}), got {numbers.shape}")
    if not np.isfinite(numbers).all() or numbers.min() < 0 or numbers.max() > 1:
        raise ValueError(f"{name} must hold numbers from 0 to 1, got {numbers.min()} to {numbers.max()}")
    if marks.shape != numbers.shape or not np.isin(marks, (0, 1)).all() or (marks.sum(1) != 2).any():
        raise ValueError(
            f"the marks of {name} must have shape {numbers.shape}, with two ones in every row and zeros elsewhere; "
            f"got shape {marks.shape}, " + (f"{marks.sum(1).tolist()} in the rows" if marks.ndim == 2 else "no rows")
        )
    return numbers.tolist(), marks.astype(int).tolist()


def checked_networks(trained):
    """Plain copies of the trained cells, or a ValueError that names the network and the part."""
    plain = []
    for k, network in enumerate(trained or []):
        copy = {"name": str(network.get("name", f"network {k + 1}"))}
        for part, shape in SHAPES.items():
            found = np.asarray(network.get(part, ()), dtype=np.float64)
            if found.shape != shape or not np.isfinite(found).all():
                raise ValueError(f"trained[{k}]: {part} must be finite and have shape {shape}, got {found.tolist()}")
            copy[part] = found.tolist()
        plain.append(copy)
    return plain
