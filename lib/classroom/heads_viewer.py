"""HeadsViewer: what AttentionViewer is for the weights of many layers and heads."""

import numpy as np
import traitlets

from .heads_data import checked_heads, checked_said, checked_words, packed, told_of
from .viewer import Viewer


class HeadsViewer(Viewer):
    """Which of all these heads looks where, and what is lost without it?

    All layers and heads at a glance, one of them large: a row for each word that looks, a column for each that is
    looked at. What a head does is said in words with the share of its weight that falls there, counted over the words
    shown, and can be marked in all heads at once. With compute, heads can be cut, and what the model says next to each
    word stands below, before and after.

    weights: (L, H, T, S), (H, T, S), or a mapping with some of {"encoder": (L, H, S, S), "decoder": (L, H, T, T),
    "cross": (L, H, T, S)}, as ``attention_of(trace)`` gives them; rows of 0 or more with a sum of at most 1. source,
    target: S and T words, at most 128; the target's are those that the decoder read. Without target the source looks at
    itself. Up to 250,000 weights travel with an error below 0.00001, more with one below 0.004.
    compute: a function of the cut heads, [(kind, layer, head), ...], kind "self" for an array; it returns {"weights":
    shaped as before, or None, "said": for each target word [(token, probability), ...], best first, or None}. It is
    called once with [] when the viewer is made. What it raises is shown in words.
    wanted: for each target word what should be said there, None where nothing counts; without it, where no head looks
    ahead, the next word.

    From a cell, read or set ``viewer.kind``, ``viewer.layer`` and ``viewer.head`` (counted from 0; on the page from 1),
    ``viewer.pinned`` (a row or None), ``viewer.cut`` (a list as above), ``viewer.mark`` (a rule of ``viewer.rules`` or
    None), ``viewer.view`` ("map" or "lines"). ``viewer.weights``, ``viewer.said`` are what is shown, ``viewer.rules``
    the shares (L, H) of the kind shown, ``viewer.right`` (right, counted) of what is said. Raises ValueError, naming
    the argument. Held by tests/viewers/test_heads.py and heads.test.mjs.
    """

    _javascript = "heads"
    VIEWS = ("map", "lines")

    _kinds = traitlets.List(traitlets.Dict()).tag(sync=True)
    _weights = traitlets.Bytes().tag(sync=True)
    _bits = traitlets.Int(16).tag(sync=True)
    _answer = traitlets.Dict().tag(sync=True)
    kind = traitlets.Unicode().tag(sync=True)
    layer = traitlets.Int(0).tag(sync=True)
    head = traitlets.Int(0).tag(sync=True)
    pinned = traitlets.Int(None, allow_none=True).tag(sync=True)
    cut = traitlets.List().tag(sync=True)
    mark = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    view = traitlets.Unicode("map").tag(sync=True)
    can_compute = traitlets.Bool(False, read_only=True).tag(sync=True)

    def __init__(self, weights, source, target=None, compute=None, wanted=None, title="", **traits):
        if compute is not None and not callable(compute):
            raise ValueError(f"compute must be a function of the cut heads, got {compute!r}")
        if unknown := sorted(set(traits) - set(self.trait_names())):
            raise ValueError(f"{', '.join(unknown)}: not for the weights of layers and heads")
        self._compute = compute
        self._source = checked_words(source, "source")
        self._target = None if target is None else checked_words(target, "target")
        self._heads = checked_heads(weights, self._source, self._target)
        super().__init__(title=title, kind=list(self._heads)[-1 if "decoder" in self._heads else 0], **self._sent())
        self.set_trait("can_compute", compute is not None)
        self._wanted = self._checked_wanted(wanted)
        first = self._ask([])
        whose = "source" if self._target is None else "target"
        self._answer = {"cut": [], "said": first, "first": first, "wanted": self._wanted, "whose": whose}
        self._quiet = False
        for name in ("kind", *traits):  # what is begun anew before what it ends
            if name in traits:
                setattr(self, name, traits.pop(name))
        self.on_msg(self._heard)

    def _sent(self):
        codes, bits = packed(self._heads)
        return {"_weights": codes, "_bits": bits, "_kinds": told_of(self._heads, self._source, self._target)}

    def _checked_wanted(self, wanted):
        words = self._source if self._target is None else self._target
        if wanted is None:
            looks_back = [kind["causal"] for kind in self._kinds if kind["name"] in ("self", "decoder")]
            return [*words[1:], None] if any(looks_back) else [None] * len(words)
        if len(wanted) != len(words):
            raise ValueError(f"wanted has {len(wanted)} entries, expected {len(words)}: one for each word")
        return [None if word is None else str(word) for word in wanted]

    def _ask(self, cut):
        """What the model says with these heads cut; its weights replace those shown."""
        if self._compute is None:
            return None
        found = self._compute([tuple(head) for head in cut])
        if not isinstance(found, dict) or not set(found) <= {"weights", "said"}:
            raise ValueError(f'compute must return {{"weights": ..., "said": ...}}, got {type(found).__name__}')
        said = found.get("said")
        said = None if said is None else checked_said(said, len(self._wanted))
        if found.get("weights") is not None:
            self._heads = checked_heads(found["weights"], self._source, self._target, like=self._heads)
            with self.hold_sync():
                for name, value in self._sent().items():
                    setattr(self, name, value)
        return said

    @property
    def shown(self):
        """What the page is told of the kind shown: shape, rows, columns, rules, labels."""
        return next(kind for kind in self._kinds if kind["name"] == self.kind)

    @property
    def weights(self):
        """The weights (L, H, T, S) of the kind shown, after the cuts."""
        return self._heads[self.kind]

    @property
    def said(self):
        """What the model says after the cuts: for each target word [[token, probability], ...]; None without."""
        return self._answer["said"]

    @property
    def rules(self):
        """name -> shares (L, H): how much of each head's weight falls where the rule says."""
        return {rule["name"]: np.array(rule["share"]) for rule in self.shown["rules"]}

    @property
    def right(self):
        """(places where the most probable token is the wanted one, places counted); None where nothing is said."""
        counted = [k for k, word in enumerate(self._wanted) if word is not None]
        if self.said is None or not counted:
            return None
        return sum(self.said[k][0][0] == self._wanted[k] for k in counted), len(counted)

    @traitlets.validate("kind")
    def _check_kind(self, proposal):
        if proposal.value not in self._heads:
            raise ValueError(f"kind must be one of {list(self._heads)}, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("layer", "head", "pinned")
    def _check_place(self, proposal):
        name, value = proposal.trait.name, proposal.value
        if value is None or self._quiet:
            return value
        most = self.weights.shape[("layer", "head", "pinned").index(name)] - 1
        if not 0 <= value <= most:
            raise ValueError(f"{name} must lie in 0..{most}, got {value}")
        return value

    @traitlets.validate("cut")
    def _check_cut(self, proposal):
        found = []
        for kind, layer, head in proposal.value:
            shape = self._heads[kind].shape if kind in self._heads else (0, 0)
            if not (0 <= layer < shape[0] and 0 <= head < shape[1]):
                sizes = {name: table.shape[:2] for name, table in self._heads.items()}
                raise ValueError(f"cut must hold (kind, layer, head) within {sizes}, got {(kind, layer, head)}")
            found.append([kind, int(layer), int(head)])
        return [head for k, head in enumerate(found) if head not in found[:k]]

    @traitlets.validate("mark", "view")
    def _check_choice(self, proposal):
        name, value = proposal.trait.name, proposal.value
        offered = self.VIEWS if name == "view" else (None, *self.rules)
        if value not in offered and not (self._quiet and name == "mark"):
            raise ValueError(f"{name} must be one of {offered}, got {value!r}")
        return value

    @traitlets.observe("kind")
    def _kind_changed(self, _):
        if not self._quiet:
            layers, heads = self.weights.shape[:2]
            self.layer, self.head, self.pinned = min(self.layer, layers - 1), min(self.head, heads - 1), None
            self.mark = self.mark if self.mark in self.rules else None

    @traitlets.observe("cut")
    def _cut_changed(self, _):
        if self._compute is None:
            return
        try:
            said = self._ask(self.cut)
        except Exception as error:  # whatever the reader's function raises is told on the page
            self.send({"kind": "failed", "text": str(error) or type(error).__name__})
            if not self._quiet:
                raise
        else:
            self._answer = {**self._answer, "cut": self.cut, "said": said}

    def _heard(self, _, content, __):
        """ "hello" of the page asks whether Python is there."""
        if content.get("kind") == "hello":
            self.send({"kind": "here"})

    def describe(self):
        """The sentence for alt and text: how many heads, what the clearest ones do, what is cut and lost."""
        from .heads_picture import heads_words

        return self.alt or heads_words(self)

    def figure(self):
        """All heads small and one large as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .heads_picture import heads_figure

        return heads_figure(self)
