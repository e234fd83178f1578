"""AttentionViewer: where did the model look when it wrote this word, and was it right?"""

import numpy as np
import traitlets

from .attention_numbers import agreement, alignment_error, links_of
from .heads_data import are_heads
from .heads_viewer import HeadsViewer
from .viewer import Viewer, quantise

MOST = 60  # words of a sentence


def _checked_words(words, name):
    found = [str(word) for word in words]
    if not 1 <= len(found) <= MOST:
        raise ValueError(f"{name} must hold 1 to {MOST} words, got {len(found)}")
    return found


def _checked_map(values, name, shape, weights=False):
    """(T, S) in float64: finite; of weights none negative and no row of more than 1."""
    table = np.asarray(values, dtype=np.float64)
    if table.shape != shape:
        raise ValueError(
            f"{name} has shape {table.shape}, expected {shape}: a row for each target and a column for each source word"
        )
    if not np.isfinite(table).all():
        raise ValueError(f"{name} must be finite, got {(~np.isfinite(table)).sum()} NaN or infinite entries")
    if weights and (table.min() < 0 or table.sum(1).max() > 1.001):
        row = int(table.sum(1).argmax()) if table.min() >= 0 else int(table.min(1).argmin())
        raise ValueError(
            f"{name} must hold weights of 0 or more that sum to at most 1 in each row; row {row} has a least weight of "
            f"{table[row].min():.3g} and a sum of {table[row].sum():.4g}"
        )
    return table


def _checked_links(links, name, shape):
    """Sorted [i, j]: a source word and a target word."""
    found = sorted({(int(i), int(j)) for i, j in links})
    for i, j in found:
        if not (0 <= i < shape[1] and 0 <= j < shape[0]):
            raise ValueError(
                f"{name} must hold links (source word, target word) below ({shape[1]}, {shape[0]}), got {(i, j)}"
            )
    return [list(link) for link in found]


def _each(value, count, name):
    """A list with an entry for each sentence."""
    if value is None:
        return [None] * count
    if len(value) != count:
        raise ValueError(f"{name} has {len(value)} entries, but there are {count} sentences")
    return list(value)


class AttentionViewer(Viewer):
    """Where did the model look when it wrote this word, and was it right?

    For one map, or one for each of several sentences; ``AttentionViewer(weights, ...)`` with the weights of layers and
    heads, as ``attention_of(trace)`` gives them, is a ``HeadsViewer``, which says more of itself.

    A row for each target word in the order written, a column for each source word. The row under the hand, or the
    pinned one, stands beside the map as bars with numbers. Where gold links are known, frames show them, and the
    alignment error of the sentence is told, for links made of the largest weight of each row or of all above a
    threshold. A second layer, damage, shows what changes if a source word is left out, and how often it agrees with
    the map.

    weights: (T, S), each row of 0 or more with a sum of at most 1, or a list of them, one for each sentence. source,
    target: S and T words (at most 60), or lists of those; without target the source looks at itself. gold: links
    (i, j), source word i with target word j, that must be there; possible: further ones that may. damage: (T, S), any
    sign, larger where leaving the word out changes more. names: what the maps of a list are, such as "head 1", where
    they are not sentences that were written. Where the last target word is "<end>", its row makes no link.

    From a cell, read or set ``viewer.sentence``, ``viewer.pinned`` (a row or None), ``viewer.layer`` ("attention" or
    "damage"), ``viewer.show_gold``, ``viewer.threshold`` (None: the largest weight). ``viewer.links``,
    ``viewer.alignment_error``, ``viewer.agreement`` are of the sentence shown. Raises ValueError, naming the argument.
    Source of the error rate: Och and Ney 2003. Held by tests/viewers/test_attention.py and attention.test.mjs.
    """

    _javascript = "attention"
    LAYERS = ("attention", "damage")

    _sentences = traitlets.List(traitlets.Dict()).tag(sync=True)
    _weights = traitlets.Bytes().tag(sync=True)
    _damage = traitlets.Bytes().tag(sync=True)
    _ranges = traitlets.Dict().tag(sync=True)
    sentence = traitlets.Int(0).tag(sync=True)
    pinned = traitlets.Int(None, allow_none=True).tag(sync=True)
    layer = traitlets.Any("attention").tag(sync=True)
    show_gold = traitlets.Bool(True).tag(sync=True)
    threshold = traitlets.Float(None, allow_none=True).tag(sync=True)

    def __new__(cls, weights=None, source=(), *more, **named):
        if cls is AttentionViewer and are_heads(weights, source):
            return HeadsViewer(weights, source, *more, **named)
        return super().__new__(cls)

    def __init__(
        self, weights, source, target=None, gold=None, damage=None, title="", possible=None, names=None, **traits
    ):
        reading, target = target is None or names is not None, source if target is None else target
        if len(source) and isinstance(source[0], str):  # one sentence
            weights, source, target = [weights], [source], [target]
            gold, damage, possible = ([value] if value is not None else None for value in (gold, damage, possible))
        count = len(source)
        if count == 0:
            raise ValueError("source is empty; expected the words of one sentence, or a list of sentences")
        if possible is not None and gold is None:
            raise ValueError("possible: is for links beside those of gold, which is None")
        given = {"weights": weights, "target": target, "gold": gold, "damage": damage, "possible": possible}
        given = {name: _each(value, count, name) for name, value in given.items()}
        self._maps, self._damages, sentences = [], [], []
        for k in range(count):
            words = _checked_words(source[k], "source"), _checked_words(given["target"][k], "target")
            shape = len(words[1]), len(words[0])
            self._maps.append(_checked_map(given["weights"][k], "weights", shape, weights=True))
            if damage is not None:
                self._damages.append(_checked_map(given["damage"][k], "damage", shape))
            links = {name: given[name][k] for name in ("gold", "possible")}
            links = {name: None if x is None else _checked_links(x, name, shape) for name, x in links.items()}
            sentences.append({"source": words[0], "target": words[1], **links})
        for sentence, name in zip(sentences, _each(names, count, "names"), strict=True):
            sentence |= {"name": None if name is None else str(name), "reading": reading}
        super().__init__(title=title, _sentences=sentences, **self._bytes())
        self._quiet = False
        for name in ("sentence", *traits):  # what is begun anew before what it ends
            if name in traits:
                setattr(self, name, traits.pop(name))

    def _bytes(self):
        codes, ranges = {"_damage": b""}, {}
        for name, maps in (("_weights", self._maps), ("_damage", self._damages)):
            if maps:
                codes[name], *ranges[name] = quantise(np.concatenate([each.ravel() for each in maps]))
        return {**codes, "_ranges": ranges}

    @traitlets.validate("sentence", "pinned")
    def _check_place(self, proposal):
        name, value = proposal.trait.name, proposal.value
        if value is None or (self._quiet and name == "pinned"):
            return value
        most = len(self._maps) - 1 if name == "sentence" else len(self._maps[self.sentence]) - 1
        if not 0 <= value <= most:
            raise ValueError(f"{name} must lie in 0..{most}, got {value}")
        return value

    @traitlets.validate("layer")
    def _check_layer(self, proposal):
        if proposal.value not in self.LAYERS:
            raise ValueError(f"layer must be one of {self.LAYERS}, got {proposal.value!r}")
        if proposal.value == "damage" and not self._damages:
            raise ValueError("layer is 'damage', but this viewer was made without damage=...")
        return proposal.value

    @traitlets.validate("threshold")
    def _check_threshold(self, proposal):
        if proposal.value is not None and not 0 < proposal.value <= 1:
            raise ValueError(f"threshold must be above 0 and at most 1, or None, got {proposal.value}")
        return proposal.value

    @traitlets.observe("sentence")
    def _unpin(self, _):
        if not self._quiet:
            self.pinned = None

    @property
    def shown(self):
        """The sentence shown: {"source", "target", "gold", "possible", "weights" (T, S), "damage" (T, S) or None}."""
        damage = self._damages[self.sentence] if self._damages else None
        return self._sentences[self.sentence] | {"weights": self._maps[self.sentence], "damage": damage}

    @property
    def links(self):
        """The links (i, j) that the weights make, by the threshold or the largest weight."""
        return links_of(self.shown["weights"], self.shown["target"], self.threshold)

    @property
    def alignment_error(self):
        """0 where all links are right and none is missing; None without gold."""
        gold, possible = ({tuple(x) for x in self.shown[name] or ()} for name in ("gold", "possible"))
        return None if self.shown["gold"] is None else alignment_error(self.links, gold, possible)

    @property
    def agreement(self):
        """(rows in which most weight and most damage are at one word, rows compared); None without damage."""
        shown = self.shown
        return None if shown["damage"] is None else agreement(shown["weights"], shown["damage"])

    def describe(self):
        """The sentence for alt and text: the words, the error, the agreement."""
        if self.alt:
            return self.alt
        shown, error = self.shown, self.alignment_error
        title, source, target = self.title or "Attention", " ".join(shown["source"]), " ".join(shown["target"])
        said = [f"{title}: “{source}” to “{target}”"]
        if shown["reading"]:
            said = [f"{title}{', ' + shown['name'] if shown['name'] else ''}: “{target}” looks at “{source}”"]
        if error is not None:
            rule = "the largest weight of each row" if self.threshold is None else f"weights from {self.threshold:g} on"
            said.append(f"linked by {rule} the alignment error is {error:.2f}")
        if self.agreement:
            said.append("most weight and most damage are at one word in {} of {} rows".format(*self.agreement))
        return "; ".join(said) + "."

    def figure(self):
        """Map, and damage beside it if there is one, as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .attention_picture import attention_figure

        return attention_figure(self.title, self.shown, self.links, self.show_gold)
