"""Learning through time: backpropagation written out by hand, and how much of a gradient is left after k steps.

x_t  (D,) input           W  (H, D)      h_t  (H,) hidden layer    h_t = tanh(W x_t + U h_{t-1} + b)
y_t  (O,) output          U  (H, H)      V    (O, H)               y_t = V h_t + c
e_t  (O,) y_t - target    b  (H,)        c    (O,)                 δ_t  (H,) error of h_t: ∂L/∂h_t
"""

from typing import NamedTuple

import numpy as np
import torch

from seqmodels.probes import intervene

__all__ = ["BPTT", "bptt", "gradient_norms_by_lag"]


class BPTT(NamedTuple):
    """What one pass forward and one pass back through a sequence find."""

    loss: float
    gradients: dict  # of the loss: W, U, b, V, c, each in the shape of its parameter
    errors: np.ndarray  # (T, H): δ_t; with `truncate`, what is left of it
    hidden: np.ndarray  # (T, H): h_t; the last one is where the next piece of a long sequence begins


def bptt(parameters, x, targets, initial=None, truncate=None) -> BPTT:
    """Backpropagation through time for Elman's network with a linear output, on one sequence, in float64.

    parameters: mapping with W (H, D), U (H, H), b (H,), V (O, H), c (O,).
    x (T, D); targets (T, O), NaN where nothing is asked; initial (H,): h before the first step, zeros by default.
    The loss is ½ Σ_t ‖y_t - target_t‖², summed over the places that have a target.
    truncate=k: the error of every step enters its own hidden layer and at most k - 1 earlier ones, and h_{t-k} counts
    as a given number. k = 1 is how Elman's network was trained: the copy of the past is just another input. k ≥ T
    changes nothing.

    ValueError for parameters missing or that do not fit each other, no steps, infinite or missing numbers, k < 1.
    Source: Rumelhart, Hinton and Williams (1986), Werbos (1990). Held to autograd by tests/unit/test_backprop.py.
    """
    W, U, b, V, c = _checked_parameters(parameters)
    x, targets, initial = _checked_sequence(x, targets, initial, W.shape, len(c))
    _check_truncate(truncate)
    T, H = len(x), len(b)

    h, y = np.empty((T + 1, H)), np.empty(targets.shape)
    h[-1] = initial  # the last row, so that h[t - 1] is right when t is 0
    for t in range(T):
        h[t] = np.tanh(W @ x[t] + U @ h[t - 1] + b)  # (2.2.1)
        y[t] = V @ h[t] + c  # (2.2.2)
    e = np.where(np.isnan(targets), 0.0, y - targets)  # (T, O)
    loss = 0.5 * (e**2).sum()  # (2.2.2)

    hidden, before = h[:T], np.roll(h, 1, axis=0)[:T]  # h_t and h_{t-1}, each (T, H)
    if truncate is None:
        errors = _errors(U, V, hidden, e)
    else:
        errors = _truncated_errors(U, V, hidden, e, min(truncate, T))
    inside = errors * (1 - hidden**2)  # (T, H) errors of what the tanh is taken of
    gradients = {
        "W": inside.T @ x,  # (2.2.4) each product is a sum over time
        "U": inside.T @ before,
        "b": inside.sum(0),
        "V": e.T @ hidden,
        "c": e.sum(0),
    }
    return BPTT(float(loss), gradients, errors, hidden)


def _errors(U, V, h, e):
    """δ_t = Vᵀ e_t + Uᵀ (δ_{t+1} ⊙ (1 - h_{t+1}²)), from the last step to the first: (T, H)."""
    errors = e @ V  # (T, H): Vᵀ e_t
    for t in reversed(range(len(h) - 1)):
        errors[t] += U.T @ (errors[t + 1] * (1 - h[t + 1] ** 2))  # (2.2.3)
    return errors


def _truncated_errors(U, V, h, e, k):
    """The same, but errors are kept apart by their age, and the oldest stay behind: (T, H)."""
    errors, by_age = np.empty(h.shape), np.zeros((k, h.shape[1]))  # by_age[a]: what step t + a has to say about h_t
    for t in reversed(range(len(h))):
        by_age[0] = V.T @ e[t]
        errors[t] = by_age.sum(0)
        by_age[1:] = (by_age[:-1] * (1 - h[t] ** 2)) @ U  # (2.2.3), one step older; row k - 1 goes no further
    return errors


def gradient_norms_by_lag(layer, x, probe="hidden") -> np.ndarray:
    """How much of a change k steps ago is left: ‖∂v_T/∂v_{T-k}‖ / √H in place k of an array (T,); place 0 is 1.

    v_t (H,) is what passes the probe at step t, such as "hidden" of ElmanRNN and GRU, "cell_state" of LSTM. The norm is
    Frobenius': √ of the sum of squares, so that the identity counts 1. All ways from v_{T-k} to v_T count. Numbers too
    large for the dtype of x come out infinite or NaN: use float64.
    layer: reads step by step through a probe with axes B T H; x (1, T, D), one sequence.

    The sequence is read by H copies side by side. Copy i is asked for unit i of v_T alone, so one pass back brings all
    T matrices. ValueError for another shape of x, or a probe that does not see one step at a time.
    Held by tests/unit/test_backprop.py to the product of the matrices diag(1 - h²) U.
    """
    if not isinstance(x, torch.Tensor) or x.dim() != 3 or x.shape[0] != 1:
        came = tuple(x.shape) if isinstance(x, torch.Tensor) else type(x).__name__
        raise ValueError(f"x: expected a tensor (1, T, {layer.input_size}), one sequence, got {came}")
    size = _steps(layer, x[:, :1], probe)[0].shape[-1]
    with torch.enable_grad():
        values = _steps(layer, x.detach().repeat(size, 1, 1).requires_grad_(), probe)  # T times (H copies, H)
        asked = values[-1].diagonal().sum()  # unit i of copy i
        jacobians = torch.autograd.grad(asked, values, allow_unused=True, materialize_grads=True)
    norms = torch.stack([jacobian.double().norm() for jacobian in reversed(jacobians)])
    return norms.cpu().numpy() / np.sqrt(size)


def _steps(layer, x, probe):
    """What passes the probe while the layer reads x: one tensor (B, H) for each step, still on the tape."""
    values = []

    def keep(value, t):
        if t is None or value.dim() != 2:
            raise ValueError(f"probe: {probe} passes {tuple(value.shape)} at once; expected (B, H) at every step")
        values.append(value)
        return value

    with intervene(layer, {probe: keep}):
        layer(x)
    return values


# ---------------------------------------------------------------- checks

SHAPES = {"W": "HD", "U": "HH", "b": "H", "V": "OH", "c": "O"}


def _checked_parameters(parameters):
    missing = [name for name in SHAPES if name not in parameters]
    if missing:
        raise ValueError(f"parameters: expected {', '.join(SHAPES)}, {', '.join(missing)} not among {list(parameters)}")
    arrays = {name: _numbers(parameters[name], name) for name in SHAPES}
    sizes = {}
    for name, axes in SHAPES.items():
        shape = arrays[name].shape
        if len(shape) != len(axes) or any(sizes.setdefault(*pair) != pair[1] for pair in zip(axes, shape, strict=True)):
            known = ", ".join(f"{axis} = {size}" for axis, size in sizes.items())
            raise ValueError(f"{name}: expected shape ({', '.join(axes)}) with {known}, got {shape}")
    return arrays.values()


def _checked_sequence(x, targets, initial, shape, output_size):
    H, D = shape
    x, targets = _numbers(x, "x"), _numbers(targets, "targets", missing=True)
    if x.ndim != 2 or len(x) == 0 or x.shape[1] != D:
        raise ValueError(f"x: expected shape (T, {D}), T 1 or more, got {x.shape}")
    if targets.shape != (len(x), output_size):
        raise ValueError(f"targets: expected shape ({len(x)}, {output_size}), got {targets.shape}")
    initial = np.zeros(H) if initial is None else _numbers(initial, "initial")
    if initial.shape != (H,):
        raise ValueError(f"initial: expected shape ({H},), got {initial.shape}")
    return x, targets, initial


def _numbers(values, name, missing=False):
    if isinstance(values, torch.Tensor):  # such as a layer's own parameters
        values = values.detach().cpu()
    array = np.asarray(values, dtype=np.float64)
    if np.isinf(array).any() or (not missing and np.isnan(array).any()):
        raise ValueError(f"{name}: expected finite numbers{' or NaN' if missing else ''}, got {array}")
    return array


def _check_truncate(truncate):
    whole = isinstance(truncate, (int, np.integer)) and not isinstance(truncate, bool)
    if truncate is not None and (not whole or truncate < 1):
        raise ValueError(f"truncate: expected None or a whole number of steps, 1 or more, got {truncate!r}")
