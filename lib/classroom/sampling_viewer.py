"""SamplingViewer: what a model will say next, and what the settings of the drawing leave of it."""

import numpy as np
import traitlets

from .chance import uniform
from .sampling_numbers import bits_in, cut_distribution, drawn_at
from .viewer import Viewer, quantise


def _ids(values, name, size, least=0):
    """Token ids as a list of ints."""
    table = np.asarray(values)
    if table.ndim != 1 or (table.size and table.dtype.kind not in "iu"):
        raise ValueError(f"{name} must be a row of token ids, got shape {table.shape} of {table.dtype}")
    if len(table) < least:
        raise ValueError(f"{name} must hold at least {least} token(s), got {len(table)}")
    if table.size and (table.min() < 0 or table.max() >= size):
        raise ValueError(f"{name} must hold ids from 0 to {size - 1}, got {table.min()} to {table.max()}")
    return [int(token) for token in table]


def _rows(logits, name, shape):
    """(…) in float64, finite, of the shape."""
    logits = logits.detach() if hasattr(logits, "detach") else logits  # a tensor without its history
    table = np.asarray(logits, dtype=np.float64)
    if table.shape != shape:
        raise ValueError(f"{name} has shape {table.shape}, expected {shape}")
    if not np.isfinite(table).all():
        raise ValueError(f"{name} must be finite, got {(~np.isfinite(table)).sum()} NaN or infinite entries")
    return table


class SamplingViewer(Viewer):
    """What will it say next, and who drew the die?

    The distribution over the next token as columns, the most probable first: outlined as the model gives it, filled as
    it is drawn from, hatched where it is cut away. Below, the line from 0 to 1: what is left is stretched over the
    whole, and a die, thrown or laid by hand, falls on a token. Four dials: repetition penalty, top-k, temperature and
    top-p, which act in this order, as in `seqmodels.sampling_probabilities`. Everything is computed in the browser.

    SamplingViewer(logits, tokens, vocabulary=words): a recorded text. logits (T, V): row i is what a model gave before
    tokens[i] came; tokens (T,): what really came; vocabulary: V texts; prompt: the ids before, which the penalty counts
    too. It steps along the text: what would have been drawn, what is forbidden by the cut, how surprising what came is.
    SamplingViewer(vocabulary=words, prompt=ids, compute=function): writes on with the tokens that are drawn. compute
    gets a list of ids and returns the logits (V,) of what comes next; it needs a running kernel.
    At most 200,000 logits for a text, 60,000 tokens in a vocabulary.

    From a cell, read or set ``viewer.temperature`` (0: always the first), ``viewer.top_k`` (None: all),
    ``viewer.top_p``, ``viewer.repetition_penalty``, ``viewer.place``, ``viewer.seed`` of the dice, ``viewer.die``
    (0 to 1, by hand, or None); read ``viewer.probabilities`` (V,) and ``viewer.drawn``, the token; in a text that
    grows ``viewer.written``, and ``viewer.ask(ids)`` puts it there. Raises ValueError, naming the argument.
    Held by tests/viewers/test_sampling.py to seqmodels.decoding, and sampling.test.mjs.
    """

    _javascript = "sampling"
    MOST_LOGITS, MOST_TOKENS = 200_000, 60_000
    RANGES = {"temperature": (0, 10), "top_p": (0, 1), "repetition_penalty": (1, 10)}

    vocabulary = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    tokens = traitlets.List(traitlets.Int(), read_only=True).tag(sync=True)
    prompt = traitlets.List(traitlets.Int(), read_only=True).tag(sync=True)
    live = traitlets.Bool(False, read_only=True).tag(sync=True)
    place = traitlets.Any(0).tag(sync=True)
    temperature = traitlets.Any(1.0).tag(sync=True)
    top_k = traitlets.Any(None, allow_none=True).tag(sync=True)
    top_p = traitlets.Any(1.0).tag(sync=True)
    repetition_penalty = traitlets.Any(1.0).tag(sync=True)
    die = traitlets.Any(None, allow_none=True).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    written = traitlets.List(traitlets.Int(), read_only=True).tag(sync=True)
    _logits = traitlets.Bytes().tag(sync=True)
    _span = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, logits=None, tokens=None, *, vocabulary, prompt=(), compute=None, title="", **traits):
        names = [str(name) for name in vocabulary]
        if not 2 <= len(names) <= self.MOST_TOKENS:
            raise ValueError(f"vocabulary must hold 2 to {self.MOST_TOKENS} texts, got {len(names)}")
        if compute is not None and not callable(compute):
            raise ValueError(f"compute must be a function of a list of ids, got {compute!r}")
        if (compute is None) == (logits is None) or (logits is None) != (tokens is None):
            raise ValueError("give logits and tokens for a recorded text, or compute for one that grows")
        given = _ids(prompt, "prompt", len(names), least=0 if compute is None else 1)
        came = [] if tokens is None else _ids(tokens, "tokens", len(names), least=1)
        if len(came) * len(names) > self.MOST_LOGITS:
            raise ValueError(f"logits: {len(came)} × {len(names)} numbers are too many for a page; at most "
                             f"{self.MOST_LOGITS}")  # fmt: skip
        super().__init__(title=title)
        self._compute = compute
        for name, value in {"vocabulary": names, "tokens": came, "prompt": given, "live": compute is not None}.items():
            self.set_trait(name, value)
        if compute is None:
            self._take(_rows(logits, "logits", (len(came), len(names))))
        else:
            self._take(self._computed([]))
        for name, value in traits.items():
            setattr(self, name, value)
        self.on_msg(self._heard)

    def _take(self, table):
        """Keep the logits as the browser gets them, so that both count with the same numbers."""
        codes, low, high = quantise(table)
        decoded = low + np.frombuffer(codes, "<u2") * ((high - low) / 65535)
        self._table = decoded.astype(np.float32).astype(np.float64).reshape(-1, len(self.vocabulary))
        self._logits, self._span = codes, [low, high]

    def _computed(self, written):
        return _rows(self._compute([*self.prompt, *written]), "what compute returned", (len(self.vocabulary),))

    def _heard(self, _, content, __):
        """A message of the page: "hello" asks whether Python is there, "ask" brings what is written by now."""
        if content.get("kind") == "hello" and self.live:
            self.send({"kind": "here"})
        elif content.get("kind") == "ask":
            try:
                self.ask(content["written"])
            except Exception as error:  # whatever the reader's function raises is told on the page
                self.send({"kind": "failed", "text": str(error) or type(error).__name__})
            else:
                self.send({"kind": "done"})

    def ask(self, written):
        """Let these ids be what is written after the prompt, and ask the model what comes next."""
        if self._compute is None:
            raise ValueError("this viewer was made without compute=..., a function of a list of ids")
        written = _ids(written, "written", len(self.vocabulary))
        row = self._computed(written)
        with self.hold_sync():
            self._take(row)
            self.set_trait("written", written)
            self.die = None

    @traitlets.validate("temperature", "top_p", "repetition_penalty")
    def _check_dial(self, proposal):
        name, value = proposal.trait.name, proposal.value
        low, high = self.RANGES[name]
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or not low <= value <= high or (name == "top_p" and value == 0):
            raise ValueError(f"{name} must be a number from {low} to {high}, got {value!r}")
        return float(value)

    @traitlets.validate("top_k")
    def _check_top_k(self, proposal):
        value, size = proposal.value, len(self.vocabulary)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 1 <= value <= size:
            raise ValueError(f"top_k must be None or a whole number from 1 to {size}, got {value!r}")
        return int(value)

    @traitlets.validate("place")
    def _check_place(self, proposal):
        value, most = proposal.value, max(0, len(self.tokens) - 1)
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value <= most:
            raise ValueError(f"place must be a whole number from 0 to {most}, got {value!r}")
        return int(value)

    @traitlets.validate("die")
    def _check_die(self, proposal):
        value = proposal.value
        if value is not None and (not isinstance(value, int | float | np.number) or not 0 <= value < 1):
            raise ValueError(f"die must be None or a number from 0 to 1, 1 not included, got {value!r}")
        return None if value is None else float(value)

    @property
    def logits(self):
        """(V,): those of the place that is looked at, as the page has them."""
        return self._table[0 if self.live else self.place]

    @property
    def cut(self):
        """(order, plain, shaped, share) of the place that is looked at: see cut_distribution."""
        before = [*self.prompt, *(self.written if self.live else self.tokens[: self.place])]
        return cut_distribution(self.logits, set(before), self.temperature, self.top_k, self.top_p,
                                self.repetition_penalty)  # fmt: skip

    @property
    def probabilities(self):
        """(V,): the distribution that is drawn from, by token id."""
        order, _, _, share = self.cut
        by_token = np.zeros(len(order))
        by_token[order] = share
        return by_token

    @property
    def thrown(self):
        """The die at this place, 0 to 1: laid by hand, or thrown with the seed."""
        return self.die if self.die is not None else float(uniform(self.seed, len(self.written) or self.place))

    @property
    def drawn(self):
        """The token that the die draws."""
        order, _, _, share = self.cut
        return int(order[drawn_at(share, self.thrown)])

    def describe(self):
        """The sentence for alt and text: the settings, what is left, what is drawn, what came."""
        if self.alt:
            return self.alt
        order, plain, _, share = self.cut
        where = f"{len(self.written)} written" if self.live else f"place {self.place + 1} of {len(self.tokens)}"
        k = "all" if self.top_k is None else self.top_k
        said = (f"{self.title or 'What comes next'}: {where}; temperature {self.temperature:g}, top-k {k}, top-p "
                f"{self.top_p:g}, penalty {self.repetition_penalty:g} leave {np.count_nonzero(share)} of {len(order)} "
                f"tokens and {bits_in(share):.2f} of {bits_in(plain):.2f} bits; the die {self.thrown:.4f} draws "
                f"{self.vocabulary[self.drawn]!r}")  # fmt: skip
        if self.live:
            return said + "."
        token = self.tokens[self.place]
        return f"{said}; {self.vocabulary[token]!r} came, rank {int(np.flatnonzero(order == token)[0]) + 1}."

    def figure(self):
        """The columns and the line of the die as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .sampling_picture import sampling_figure

        return sampling_figure(self)
