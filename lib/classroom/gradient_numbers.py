"""The numbers of GradientViewer in NumPy: a small recurrent network forwards, its Jacobians backwards.

gradient_model.js does the same operations in the same order, so that even a chaotic network walks the same path there.
"""

import math

import numpy as np

NONLINEARITIES = ("tanh", "relu", "linear")
HELD = 1e150  # what grows beyond is held there, so that nothing overflows
STEEP = 32.0  # tanh(32) is 1 in float64
LEVELS = 10  # of the continued fraction


def tanh_and_slope(a):
    """tanh(a) and its derivative, from sums, products and quotients only: the same bits in NumPy and JavaScript.

    Lambert's continued fraction at a / 32, then five times tanh(2x) = 2 tanh(x) / (1 + tanh(x)^2). The slope is carried
    along, because 1 - tanh(a)^2 loses its digits where the unit is saturated.
    """
    x = np.clip(a, -STEEP, STEEP) / STEEP
    square = x * x
    below = np.full_like(x, 2 * LEVELS - 1)
    for odd in range(2 * LEVELS - 3, 0, -2):
        below = odd + square / below
    value = x / below
    slope = 1 - value * value
    for _ in range(5):
        over = 1 + value * value
        value, slope = 2 * value / over, (slope / over) * (slope / over)
    return value, slope


def walk(weight, drive, nonlinearity):
    """(states, slopes), both (T, H), of h_t = f(weight h_{t-1} + drive_t) from h_0 = 0; slopes are f'."""
    states, slopes = np.zeros_like(drive), np.ones_like(drive)
    state = np.zeros(len(weight))
    for t, given in enumerate(drive):
        sums = given.copy()
        for j, h in enumerate(state):  # column after column: the order of the sum is fixed
            sums += weight[:, j] * h
        sums = np.clip(sums, -HELD, HELD)
        if nonlinearity == "tanh":
            states[t], slopes[t] = tanh_and_slope(sums)
        elif nonlinearity == "relu":
            states[t], slopes[t] = np.where(sums > 0, sums, 0), sums > 0
        else:
            states[t] = sums
        state = states[t]
    return states, slopes


def norms_by_lag(weight, slopes, error_step):
    """‖∂h_E/∂h_{E-k}‖_F / √H for k = 0 … E - 1, as mantissas and powers of two, so that nothing overflows.

    ∂h_E/∂h_{E-k} = J_E J_{E-1} … J_{E-k+1} with J_t = diag(f'(a_t)) weight (Pascanu, Mikolov & Bengio 2013).
    """
    product, power = np.eye(len(weight)), 0
    mantissas, powers = [1.0], [0]
    for t in range(error_step - 1, 0, -1):
        product = (product * slopes[t]) @ weight
        norm = math.sqrt((product * product).sum() / len(weight))
        mantissas.append(norm)
        powers.append(power)
        if norm > 0 and not 2.0**-30 < norm < 2.0**30:
            shift = round(math.log2(norm))
            product, power = np.ldexp(product, -shift), power + shift
    return np.array(mantissas), np.array(powers)


def decimal_logs(mantissas, powers):
    """log10 of the norms; minus infinity where a norm is exactly zero."""
    with np.errstate(divide="ignore"):
        return np.log10(mantissas) + powers * math.log10(2)


def summary(logs):
    """How far the error reaches, from log10 norms: the first lags below a half and a thousandth, above two, at zero;
    the smallest norm, the largest and its lag; the powers of two by which it changes per step over the later half."""

    def first(found):
        return int(np.argmax(found)) if found.any() else None

    half, thousandth = math.log10(0.5), -3
    middle, last = len(logs) // 2, len(logs) - 1
    dead = first(np.isneginf(logs))
    rate = None
    if dead is None and last - middle >= 2:
        rate = (logs[last] - logs[middle]) / (last - middle) / math.log10(2)
    return {
        "half": first(logs < half),
        "thousandth": first(logs < thousandth),
        "double": first(logs > -half),
        "dead": dead,
        "low": float(logs.min()),
        "peak": float(logs.max()),
        "peak_at": int(logs.argmax()),
        "end": float(logs[-1]),
        "rate": rate,
    }


def scientific(log):
    """A norm in words, from its log10: three digits, or a power of ten."""
    if log == -math.inf:
        return "0"
    if -2 <= log < 3:
        return f"{10**log:.3g}"
    power = math.floor(log)
    digits = f"{10 ** (log - power):.1f}"
    return f"1.0e{power + 1:+03d}" if digits == "10.0" else f"{digits}e{power:+03d}"
