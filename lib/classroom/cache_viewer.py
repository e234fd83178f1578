"""CacheViewer: what a word costs with a cache of keys and values and without, and what the cache weighs."""

import numpy as np
import traitlets

from .cache_numbers import answering, cache_costs, outgrown, unit_costs
from .viewer import Viewer

MODELS = {
    "GPT-2 small": {"layers": 12, "heads": 12, "head_size": 64, "vocabulary": 50_257, "parameters": 124_439_808},
    "The course's GPT": {"layers": 2, "heads": 4, "head_size": 16, "d_ff": 208, "vocabulary": 64, "window": 128},
}
RIVALS = {"LSTM, 2 layers of 1,024": {"numbers": 2 * 2 * 1024}}
NEEDED, KNOWN = ("layers", "heads", "head_size"), ("kv_heads", "window", "d_model", "d_ff", "vocabulary", "parameters")


def _whole(value, name, low, high):
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, got {value!r}")
    return int(value)


def _checked_model(name, sizes):
    """All sizes of a model: what is not given follows from the others."""
    if not isinstance(sizes, dict) or not set(NEEDED) <= set(sizes) <= {*NEEDED, *KNOWN}:
        raise ValueError(f"models: {name!r} must be a dict with {', '.join(NEEDED)} and, if wanted, "
                         f"{', '.join(KNOWN)}, got {sizes!r}")  # fmt: skip
    full = {key: _whole(sizes[key], f"{key} of {name!r}", 1, 10_000) for key in NEEDED}
    wide = full["heads"] * full["head_size"]
    full["d_model"] = _whole(sizes.get("d_model", wide), f"d_model of {name!r}", 1, 1_000_000)
    full["d_ff"] = _whole(sizes.get("d_ff", 4 * full["d_model"]), f"d_ff of {name!r}", 0, 10_000_000)
    full["vocabulary"] = _whole(sizes.get("vocabulary", 0), f"vocabulary of {name!r}", 0, 10_000_000)
    full["kv_heads"] = _checked_heads(sizes.get("kv_heads", full["heads"]), full["heads"])
    full["window"] = _checked_window(sizes.get("window"))
    matrices = sum(unit_costs(full)[::2])
    full["parameters"] = _whole(sizes.get("parameters", matrices), f"parameters of {name!r}", 1, 10**13)
    return full


def _checked_heads(value, heads):
    if _whole(value, "kv_heads", 1, heads) and heads % value:
        raise ValueError(f"kv_heads must divide the {heads} heads, got {value}")
    return int(value)


def _checked_window(value):
    return None if value is None else _whole(value, "window", 1, CacheViewer.LONGEST)


def _checked_rival(name, sizes):
    keys = ("numbers", "multiplications")
    if not isinstance(sizes, dict) or not {"numbers"} <= set(sizes) <= set(keys):
        raise ValueError(f"rivals: {name!r} must be a dict with numbers (kept for a text) and, if wanted, "
                         f"multiplications (of a word), got {sizes!r}")  # fmt: skip
    return {key: _whole(sizes[key], f"{key} of {name!r}", 1, 10**15) for key in keys if key in sizes}


class CacheViewer(Viewer):
    """What does a word cost, with and without the cache, and who pays the memory?

    Two triangles, a row for each word that is written and a column for each word that it looks at: without a cache all
    keys and values are made again at every word; with it one of each is made and the others are read. Below, over the
    length of the text, the multiplications of the next word and the memory that waits for it, beside a rival with a
    state of fixed size. Let fewer heads answer, look back less far, take shorter numbers, write many texts at a time.

    models: name -> {"layers", "heads", "head_size"} and, if wanted, "kv_heads" (heads that answer, all unless you say),
    "window" (how far back it looks, None), "d_model" (heads × head_size), "d_ff" (4 × d_model), "vocabulary" (0: the
    last layer is not counted), "parameters" (those of the matrices). GPT-2 small and the course's GPT where nothing is
    given. rivals: name -> {"numbers": what it keeps for a text, "multiplications": of a word, if wanted}; an LSTM where
    nothing is given; at most 3.

    What is counted: multiplications in products of matrices and of queries with keys and weights with values, of the
    pairs that may see each other; without norms, biases and the softmax. Without a cache and with a window only the
    last layers × (window - 1) + 1 words are read again: what lies further back cannot reach the next word. In memory
    keys and values, without what a program keeps besides. A word stands for a token.

    From a cell, read or set ``viewer.model`` (a name), ``viewer.kv_heads``, ``viewer.window``, ``viewer.length`` (1 to
    131,072), ``viewer.batch`` (1 to 256), ``viewer.bytes_per_number`` (4, 2 or 1); read ``viewer.costs``. Another model
    brings its own heads and window. Raises ValueError, naming the argument.
    Held by tests/viewers/test_cache.py to the state of seqmodels.GPT and to torch's counter, and cache.test.mjs.
    """

    _javascript = "cache"
    LONGEST, MOST_TEXTS = 131_072, 256

    models = traitlets.Dict(read_only=True).tag(sync=True)
    rivals = traitlets.Dict(read_only=True).tag(sync=True)
    model = traitlets.Any("").tag(sync=True)
    kv_heads = traitlets.Any(1).tag(sync=True)
    window = traitlets.Any(None, allow_none=True).tag(sync=True)
    length = traitlets.Any(1024).tag(sync=True)
    batch = traitlets.Any(1).tag(sync=True)
    bytes_per_number = traitlets.Any(4).tag(sync=True)

    def __init__(self, models=None, rivals=None, title="", **traits):
        given = MODELS if models is None else models
        if not isinstance(given, dict) or not given:
            raise ValueError(f"models must be a dict of at least one model, got {models!r}")
        others = RIVALS if rivals is None else rivals
        if not isinstance(others, dict) or len(others) > 3:
            raise ValueError(f"rivals must be a dict of at most 3, got {rivals!r}")
        super().__init__(title=title)
        self.set_trait("models", {str(name): _checked_model(name, sizes) for name, sizes in given.items()})
        self.set_trait("rivals", {str(name): _checked_rival(name, sizes) for name, sizes in others.items()})
        self._quiet = False
        self.model = traits.pop("model", next(iter(self.models)))
        for name, value in traits.items():
            setattr(self, name, value)

    @traitlets.validate("model")
    def _check_model(self, proposal):
        if proposal.value not in self.models:
            raise ValueError(f"model must be one of {list(self.models)}, got {proposal.value!r}")
        return proposal.value

    @traitlets.observe("model")
    def _model_changed(self, _):
        """Another model brings its own heads and window."""
        if not self._quiet:
            with self.hold_sync():
                self.kv_heads, self.window = self.models[self.model]["kv_heads"], self.models[self.model]["window"]

    @traitlets.validate("kv_heads")
    def _check_heads(self, proposal):
        if self._quiet and self.model not in self.models:
            return proposal.value
        return _checked_heads(proposal.value, self.models[self.model]["heads"])

    @traitlets.validate("window")
    def _check_window(self, proposal):
        return _checked_window(proposal.value)

    @traitlets.validate("length", "batch")
    def _check_size(self, proposal):
        name = proposal.trait.name
        return _whole(proposal.value, name, 1, self.LONGEST if name == "length" else self.MOST_TEXTS)

    @traitlets.validate("bytes_per_number")
    def _check_bytes(self, proposal):
        if proposal.value not in (4, 2, 1) or isinstance(proposal.value, bool):
            raise ValueError(f"bytes_per_number must be 4, 2 or 1, got {proposal.value!r}")
        return int(proposal.value)

    @property
    def sizes(self):
        """The sizes of the model as it is shown, with the chosen heads and window."""
        return {**self.models[self.model], "kv_heads": self.kv_heads, "window": self.window}

    @property
    def costs(self):
        """What the next word and the text so far cost: see cache_costs."""
        return cache_costs(self.sizes, self.length, self.batch, self.bytes_per_number)

    def describe(self):
        """The sentence for alt and text: the model, the multiplications, the bytes."""
        if self.alt:
            return self.alt
        costs, sizes = self.costs, self.sizes
        window = "" if self.window is None else f", window {self.window}"
        texts = "one text" if self.batch == 1 else f"{self.batch} texts"
        first = outgrown(sizes, self.batch)
        larger = "never larger" if first is None else f"larger from word {first:,} on"
        return (f"{self.title or 'The cache and its bill'}: {self.model}, {answering(sizes)}{window}; word "
                f"{self.length:,} of {texts} costs {costs['step']:,} multiplications with a cache, {costs['anew']:,} "
                f"without; the cache holds {costs['bytes']:,} bytes, {larger} than the model's {costs['weights']:,}."
                )  # fmt: skip

    def figure(self):
        """Multiplications and memory over the length as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .cache_picture import cache_figure

        return cache_figure(self)
