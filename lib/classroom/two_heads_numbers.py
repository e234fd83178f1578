"""The network of *Find the two heads* in NumPy: two layers of attention, rotary positions, nothing between them.

It is `seqmodels.gpt.GPT(…, n_layers=2, d_ff=0, positions="rotary", tied=False)` for one string, in float64, with heads
that can be cut. Held by tests/viewers/test_two_heads.py to that model and to the browser.

T  letters read      D  d_model      H  heads a layer      E  D / H      V  letters there are
"""

import base64
from typing import NamedTuple

import numpy as np

LAYERS = 2
LONGEST = 24  # letters of a string of the reader's own


class Read(NamedTuple):
    """What the network makes of a text: attention (2, H, T, T), what it says comes next (T,), as numbers of letters."""

    attention: np.ndarray
    says: np.ndarray


def checked_network(layout, weights, heads, letters):
    """{name: float64 array} from base64 of float16; ValueError names what is missing or does not fit."""
    sizes = [int(np.prod(shape)) for _, shape in layout]
    try:
        numbers = np.frombuffer(base64.b64decode(weights, validate=True), dtype="<f2").astype(np.float64)
    except ValueError as error:
        raise ValueError(f"game['weights'] must be base64 of numbers of 16 bits: {error}") from None
    if len(numbers) != sum(sizes):
        raise ValueError(f"game['weights'] holds {len(numbers)} numbers, game['layout'] asks for {sum(sizes)}")
    if not np.isfinite(numbers).all():
        raise ValueError("game['weights'] holds NaN or infinite entries")
    parts = np.split(numbers, np.cumsum(sizes)[:-1])
    found = {name: part.reshape(shape) for (name, shape), part in zip(layout, parts, strict=True)}
    D = found["embedding.weight"].shape[-1] if "embedding.weight" in found else 0
    wanted = expected(letters, D)
    if missing := [name for name in wanted if name not in found]:
        raise ValueError(f"game['layout'] lacks {', '.join(missing[:3])}; expected a GPT of two layers, d_ff=0, untied")
    for name, shape in wanted.items():
        if found[name].shape != shape:
            raise ValueError(f"game['layout']: {name} has shape {found[name].shape}, expected {shape}")
    if D % (2 * heads):
        raise ValueError(f"game['heads']: {heads} heads cannot share {D} features in pairs")
    return {name: found[name] for name in wanted}


def expected(letters, D):
    """The names and shapes of all weights."""
    shapes = {"embedding.weight": (letters, D), "norm.weight": (D,), "norm.bias": (D,), "head.weight": (letters, D)}
    for layer in range(LAYERS):
        at = f"backbone.blocks.{layer}"
        shapes |= {f"{at}.attention_norm.{part}": (D,) for part in ("weight", "bias")}
        for matrix in ("to_query", "to_key", "to_value", "to_output"):
            shapes |= {f"{at}.attention.{matrix}.weight": (D, D), f"{at}.attention.{matrix}.bias": (D,)}
    return shapes


def read(weights, tokens, heads, mask):
    """A `Read` of T letters. mask: bit heads · layer + head is set where a head is cut: it brings nothing."""
    x = weights["embedding.weight"][list(tokens)]  # (T, D)
    T, D = x.shape
    later = np.triu(np.ones((T, T), dtype=bool), 1)
    attention = np.empty((LAYERS, heads, T, T))
    for layer in range(LAYERS):
        at = f"backbone.blocks.{layer}"
        normed = _normed(x, weights, f"{at}.attention_norm")
        query, key, value = (
            _linear(normed, weights, f"{at}.attention.{name}").reshape(T, heads, -1).transpose(1, 0, 2)
            for name in ("to_query", "to_key", "to_value")
        )  # (H, T, E)
        scores = _turned(query) @ _turned(key).transpose(0, 2, 1) / np.sqrt(D // heads)
        scores = np.exp(np.where(later, -np.inf, scores - scores.max(-1, keepdims=True)))
        attention[layer] = scores / scores.sum(-1, keepdims=True)
        brought = attention[layer] @ value
        brought[[head for head in range(heads) if mask >> (heads * layer + head) & 1]] = 0
        x = x + _linear(brought.transpose(1, 0, 2).reshape(T, D), weights, f"{at}.attention.to_output")
    return Read(attention, (_normed(x, weights, "norm") @ weights["head.weight"].T).argmax(-1))


def _linear(x, weights, name):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _normed(x, weights, name):
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _turned(x):
    """Rotary positions: features i and i + E/2 of x (H, T, E) are turned by t · 10000^(-2i/E)."""
    T, E = x.shape[1:]
    angles = np.arange(T)[:, None] * 10000.0 ** (-np.arange(0, E, 2) / E)  # (T, E/2)
    first, second = np.split(x, 2, -1)
    return np.concatenate(
        [first * np.cos(angles) - second * np.sin(angles), first * np.sin(angles) + second * np.cos(angles)], -1
    )
