"""The translator of *Steer the translator* in NumPy: general attention, read from both sides, a GRU that writes.

It is `seqmodels.seq2seq.Seq2Seq(…, attention="general", bidirectional=True)` for one sentence, in float64, with one
more thing: a row of attention may be pulled towards a word, a' = (1 - share) a + share e_word.
Held by tests/viewers/test_steer.py to that model and to the browser.
"""

from typing import NamedTuple

import numpy as np

BEGIN, END = 1, 2
MOST = 14  # words that are written, END among them
GRID = np.arange(0, 101) / 100  # shares that a pull may have

LAYOUT = {
    "encoder.embedding.weight": "V E",
    **{
        f"encoder.layer.{side}_layer.{part}": shape
        for side in ("forward", "backward")
        for part, shape in {"weight_input": "3h E", "weight_hidden": "3h h", "bias": "3h", "bias_hidden": "h"}.items()
    },
    "decoder.embedding.weight": "W E",
    "decoder.cell.weight_input": "3H E",
    "decoder.cell.weight_hidden": "3H H",
    "decoder.cell.bias": "3H",
    "decoder.cell.bias_hidden": "H",
    "decoder.attention.score.between.weight": "H H",
    "decoder.attention.combine.weight": "H 2H",
    "decoder.readout.weight": "W H",
    "decoder.readout.bias": "W",
}


class Row(NamedTuple):
    """One written word. own, weights (S,): attention as the model has it, and after the pull; own_chances, chances
    (W,): what it would write with either; moved: half of Σ |weights - own|."""

    word: int
    own_word: int
    own: np.ndarray
    weights: np.ndarray
    own_chances: np.ndarray
    chances: np.ndarray
    moved: float


def checked_weights(weights, source_words, target_words):
    """{name: float32 array} with all names and shapes of `LAYOUT`; ValueError names what is missing or does not fit."""
    found = {name: np.asarray(weights[name], dtype=np.float32) for name in LAYOUT if name in weights}
    if missing := [name for name in LAYOUT if name not in found]:
        raise ValueError(
            f"weights lacks {', '.join(missing[:3])}; expected the state_dict of a Seq2Seq with GRU cells, "
            f'attention="general", bidirectional=True'
        )
    if extra := sorted(set(weights) - set(LAYOUT)):
        raise ValueError(f"weights holds {', '.join(extra[:3])}, which this translator does not have")
    E, H = found["encoder.embedding.weight"].shape[-1], found["decoder.readout.weight"].shape[-1]
    sizes = {"V": source_words, "W": target_words, "E": E, "H": H, "3H": 3 * H, "2H": 2 * H, "h": H // 2}
    sizes["3h"] = 3 * sizes["h"]
    for name, axes in LAYOUT.items():
        wanted = tuple(sizes[axis] for axis in axes.split())
        if found[name].shape != wanted:
            raise ValueError(f"weights: {name} has shape {found[name].shape}, expected {wanted} ({axes})")
        if not np.isfinite(found[name]).all():
            raise ValueError(f"weights: {name} holds NaN or infinite entries")
    return found


def _gru(x, h, weights, prefix):
    """h_t = n + z (h - n), with the gates r and z and the candidate n."""
    H = len(h)
    from_input = weights[f"{prefix}.weight_input"] @ x + weights[f"{prefix}.bias"]
    from_hidden = weights[f"{prefix}.weight_hidden"] @ h
    r, z = 1 / (1 + np.exp(-(from_input + from_hidden)[: 2 * H])).reshape(2, H)
    n = np.tanh(from_input[2 * H :] + r * (from_hidden[2 * H :] + weights[f"{prefix}.bias_hidden"]))
    return n + z * (h - n)


def _softmax(scores):
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


class Translator:
    """Reads word ids and writes others. weights: as `checked_weights` gives them."""

    def __init__(self, weights):
        self.weights = {name: array.astype(np.float64) for name, array in weights.items()}

    def encode(self, source):
        """Ids of S words -> memory (S, H), keys (S, H) and the state (H,) in which the decoder begins."""
        W = self.weights
        x, S = W["encoder.embedding.weight"][list(source)], len(source)
        sides = []
        for side, order in (("forward", range(S)), ("backward", range(S - 1, -1, -1))):
            h, states = np.zeros(W[f"encoder.layer.{side}_layer.bias_hidden"].shape), [None] * S
            for s in order:
                h = states[s] = _gru(x[s], h, W, f"encoder.layer.{side}_layer")
            sides.append((np.array(states), h))
        (left, left_end), (right, right_end) = sides
        memory = np.concatenate([left, right], 1)
        return memory, memory @ W["decoder.attention.score.between.weight"].T, np.concatenate([left_end, right_end])

    def look(self, token, state, keys):
        """After the token: the new state h (H,) and the model's own weights (S,)."""
        h = _gru(self.weights["decoder.embedding.weight"][token], state, self.weights, "decoder.cell")
        return h, _softmax(keys @ h)

    def chances(self, h, weights, memory):
        """P(next word) (…, W) for attention weights (…, S): o = tanh(W [c; h])."""
        W, H = self.weights, len(h)
        combine = W["decoder.attention.combine.weight"]
        o = np.tanh(weights @ memory @ combine[:, :H].T + combine[:, H:] @ h)
        logits = o @ W["decoder.readout.weight"].T + W["decoder.readout.bias"]
        logits[..., :END] = -np.inf  # PADDING and BEGIN are never written
        return _softmax(logits)

    def translate(self, source, pulls=(), most=MOST):
        """A Row for each word written, END the last. pulls: (row, source word, share from 0 to 1)."""
        memory, keys, state = self.encode(source)
        asked, token, rows = {row: (word, share) for row, word, share in pulls}, BEGIN, []
        while len(rows) < most and (not rows or token != END):
            state, own = self.look(token, state, keys)
            weights = own
            if len(rows) in asked:
                word, share = asked[len(rows)]
                weights = (1 - share) * own + share * np.eye(len(own))[word]
            own_chances, chances = self.chances(state, np.stack([own, weights]), memory)
            token = int(chances.argmax())
            moved = float(np.abs(weights - own).sum() / 2)
            rows.append(Row(token, int(own_chances.argmax()), own, weights, own_chances, chances, moved))
        return rows

    def way(self, source, target):
        """The lightest pulls that make it write `target` (ids, without END), or None where no pulls do.

        What the decoder will do depends on the words written and on nothing else, so each row is a question of its own:
        would it write the word by itself? If not, the row must be pulled, and the lightest pull on the grid is taken.
        Hence no way pulls fewer rows, and none on the grid moves less weight.
        """
        memory, keys, state = self.encode(source)
        token, pulls, S = BEGIN, [], len(source)
        for row, word in enumerate([*target, END]):
            state, own = self.look(token, state, keys)
            each = (1 - GRID[:, None, None]) * own + GRID[:, None, None] * np.eye(S)  # (grid, S, S)
            writes = self.chances(state, each, memory).argmax(-1) == word  # (grid, S)
            if not writes[0, 0]:
                if not writes.any():
                    return None
                weight = np.where(writes, GRID[:, None] * (1 - own), np.inf)
                g, s = np.unravel_index(weight.argmin(), weight.shape)
                pulls.append((row, int(s), float(GRID[g])))
            token = word
        return pulls

    def wholly(self, source, target):
        """Can it be made to write `target` (ids, without END) by rows pulled with all of their weight?"""
        memory, keys, state = self.encode(source)
        token, every = BEGIN, np.eye(len(source))
        for word in [*target, END]:
            state, own = self.look(token, state, keys)
            if word not in self.chances(state, np.vstack([own, every]), memory).argmax(-1):
                return False
            token = word
        return True

    def weight_of(self, source, pulls):
        return sum(row.moved for row in self.translate(source, pulls))
