"""GuessingGame: how many bits is the next character worth to a reader? Shannon's experiment of 1951."""

import numpy as np
import traitlets

from .chance import uniform
from .viewer import Viewer

CHARACTERS = "\n !\"'(),-.:=?ABCDEFGHIJKLMNOPQRSTUVWYZabcdefghijklmnopqrstuvwxyz"  # of the tales: 64
RESAMPLES, SEED, FEWEST = 1000, 1951, 10  # as in static/guessing_rules.js


def shannon_bounds(ranks):
    """Shannon's bounds on the bits per character of a guesser who needed ``ranks`` guesses: (lower, upper).

    With q_i the share of characters found at guess i,
    sum_i i (q_i - q_{i+1}) log2 i <= F <= -sum_i q_i log2 q_i (Shannon 1951, equation 17).
    The lower bound asks for q_1 >= q_2 >= ...; a few characters seldom give that, so the shares are sorted first.
    That leaves the upper bound as it is.
    ranks: at least one positive integer. Raises ValueError otherwise. Held by tests/viewers/test_games.py.
    """
    ranks = np.asarray(ranks)
    if ranks.ndim != 1 or ranks.size == 0 or ranks.dtype.kind not in "iu" or ranks.min() < 1:
        raise ValueError(f"ranks must be a non-empty list of whole numbers from 1, got {ranks.tolist()!r}")
    lower, upper = _bounds(np.unique(ranks, return_counts=True)[1])
    return float(lower), float(upper)


def _bounds(counts):
    """Both bounds, (2, ...), from how many characters took each number of guesses, (..., R)."""
    q = np.sort(counts, axis=-1)[..., ::-1] / counts.sum(axis=-1, keepdims=True)  # (..., R)
    i = np.arange(1, q.shape[-1] + 1)
    following = np.append(q[..., 1:], np.zeros_like(q[..., :1]), axis=-1)  # q_{i+1}
    # sum_i i (q_i - q_{i+1}) log2 i
    lower = (i * (q - following) * np.log2(i)).sum(axis=-1)
    # -sum_i q_i log2 q_i, where an empty share adds nothing
    upper = (q * np.log2(1 / np.where(q > 0, q, 1))).sum(axis=-1)
    return np.array([lower, upper])


def bounds_intervals(ranks, most, seed=SEED):
    """90 % bootstrap intervals of both bounds: ((low, high) of the lower, (low, high) of the upper), or None.

    Draws the characters again with replacement, 1000 times. A resample misses rare ranks and so comes out too low, just
    as fifty characters come out lower than the whole tale; so the interval is the reflected one,
    [2 estimate - q95, 2 estimate - q05], widened to hold the estimate, inside [0, log2 most].
    None below ten characters or where all ranks are the same: a resample then says nothing.
    For fifty characters it held the bounds of the whole held-out text in about 8 games of 10 (the plain percentiles
    in 3 to 5): call it a guide. The same numbers as the browser's; held by tests/viewers/test_games.py.
    """
    estimates, kinds = shannon_bounds(ranks), np.unique(ranks)
    if len(ranks) < FEWEST or len(kinds) == 1:
        return None
    drawn = np.floor(uniform(seed, np.arange(RESAMPLES * len(ranks))) * len(ranks)).astype(int)
    samples = np.asarray(ranks)[drawn.reshape(RESAMPLES, -1)]  # (1000, T)
    bounds = _bounds((samples[..., None] == kinds).sum(axis=1))  # (2, 1000)
    ends = 2 * np.array(estimates) - np.quantile(bounds, [0.95, 0.05], axis=1)  # (2 ends, 2 bounds)
    low = np.clip(np.minimum(ends[0], estimates), 0, None)
    high = np.clip(np.maximum(ends[1], estimates), None, np.log2(most))
    return tuple((float(a), float(b)) for a, b in zip(low, high, strict=True))


def _checked_rivals(rivals, length, most):
    """The rivals as plain lists, or a ValueError that names the rival."""
    plain = {}
    for name, rival in (rivals or {}).items():
        if set(rival) != {"ranks", "bits"}:
            raise ValueError(f"rival {name!r} must have exactly 'ranks' and 'bits', got {sorted(rival)}")
        for key in ("ranks", "bits"):
            if len(rival[key]) != length:
                raise ValueError(
                    f"rival {name!r} has {len(rival[key])} {key}, but the game has {length} characters; give one each"
                )
        bits = [float(b) for b in rival["bits"]]
        if not all(0 <= b < np.inf for b in bits):
            raise ValueError(f"rival {name!r}: bits are -log2 p, from 0 and finite, got {bits}")
        plain[str(name)] = {"ranks": _checked_ranks(rival["ranks"], most, f"rival {name!r}: ranks"), "bits": bits}
    return plain


def _checked_ranks(ranks, most, name):
    plain = [int(rank) for rank in ranks]
    wrong = [rank for rank, given in zip(plain, ranks, strict=True) if rank != given or not 1 <= rank <= most]
    if wrong:
        raise ValueError(f"{name} must be whole numbers from 1 to {most} (the alphabet's size), got {wrong[0]}")
    return plain


class GuessingGame(Viewer):
    """How well do you know what comes next? The reader guesses each hidden character until it is right.

    text: a tale. begin: where the hidden characters begin; what stands before can be read (at most 6000 characters).
    length: how many are hidden. rivals: ``{"trigram": {"ranks": [...], "bits": [...]}, ...}``, models on the same
    characters: the rank of the right one (1: most probable) and its -log2 p. alphabet: all that may be guessed
    (default: the tales' 64 characters and whatever else ``text`` holds).
    Giving a character up counts as its worst rank, the alphabet's size.

    ``game.ranks`` holds the guesses that each character took so far; set it to restore a game or to [] to clear it.
    ``game.result()`` is the score. Needs no kernel. Where no JavaScript runs: the tale with the characters blanked.
    Raises ValueError that names the argument. Held by tests/viewers: rules, numbers and every way to play.
    """

    _javascript = "guessing"
    SHOWN = 6000

    before = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    alphabet = traitlets.Unicode().tag(sync=True)
    rivals = traitlets.Dict().tag(sync=True)
    ranks = traitlets.List(traitlets.Int()).tag(sync=True)
    tried = traitlets.Unicode("").tag(sync=True)  # wrong guesses at the present character
    stopped = traitlets.Bool(False).tag(sync=True)
    _from_browser = False

    def __init__(self, text, begin, length=50, rivals=None, title="", alphabet=None, **traits):
        if length < 1 or begin < 1 or begin + length > len(text):
            raise ValueError(
                f"begin is {begin} and length {length}, but text has {len(text)} characters; "
                "expected begin >= 1, length >= 1 and begin + length inside the text"
            )
        letters = sorted(set(CHARACTERS) | set(text)) if alphabet is None else list(alphabet)
        answer = text[begin : begin + length]
        missing = sorted(set(answer) - set(letters))
        if missing or len(set(letters)) != len(letters):
            raise ValueError(f"alphabet must hold each character once and those to guess; it misses {missing}")
        super().__init__(
            before=text[max(0, begin - self.SHOWN) : begin],
            answer=answer,
            alphabet="".join(letters),
            rivals=_checked_rivals(rivals, length, len(letters)),
            title=title or "What comes next?",
            **traits,
        )

    @traitlets.validate("ranks")
    def _check_ranks(self, proposal):
        if len(proposal.value) > len(self.answer):
            raise ValueError(f"ranks has {len(proposal.value)} entries, but there are {len(self.answer)} characters")
        return _checked_ranks(proposal.value, len(self.alphabet), "ranks")

    def set_state(self, sync_data):
        """Take what the reader did in the browser, where all parts are kept together."""
        self._from_browser = True
        try:
            super().set_state(sync_data)
        finally:
            self._from_browser = False

    @traitlets.observe("ranks")
    def _restored(self, change):
        if not self._from_browser:
            self.tried, self.stopped = "", False

    def result(self):
        """The score so far as plain numbers, or None before the first character.

        Keys: characters, first_guesses (found at once), lower and upper (bits per character), lower_interval and
        upper_interval ((low, high) or None, see `bounds_intervals`), rivals: for each the same on the same characters,
        and bits, its true mean -log2 p.
        """
        if not self.ranks:
            return None
        count = len(self.ranks)
        rivals = {
            name: {**self._score(rival["ranks"][:count]), "bits": float(np.mean(rival["bits"][:count]))}
            for name, rival in self.rivals.items()
        }
        return {**self._score(self.ranks), "rivals": rivals}

    def _score(self, ranks):
        lower, upper = shannon_bounds(ranks)
        around_lower, around_upper = bounds_intervals(ranks, len(self.alphabet)) or (None, None)
        return {
            **{"characters": len(ranks), "first_guesses": ranks.count(1), "lower": lower, "upper": upper},
            **{"lower_interval": around_lower, "upper_interval": around_upper},
        }

    def describe(self):
        """How far the reader is and what that says."""
        if self.alt:
            return self.alt
        total, score = len(self.answer), self.result()
        if score is None:
            return f"{self.title} A tale with {total} hidden characters to guess."
        return (
            f"{self.title} {score['characters']} of {total} characters guessed, {score['first_guesses']} at once: "
            f"between {score['lower']:.2f} and {score['upper']:.2f} bits per character."
        )

    def markdown(self):
        """The tale with what is still hidden as blanks, and the rivals' numbers."""
        from .guessing_text import as_markdown

        return as_markdown(self)

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = self._bundle(**kwargs)
        data["text/markdown"] = self.markdown()
        return data, metadata
