"""SteerTheTranslator: what does a translator write if it looks elsewhere?"""

import numpy as np
import traitlets

from .chance import uniform
from .steer_grammar import compound, english_words, german_value, german_words
from .steer_numbers import END, LAYOUT, Translator, checked_weights
from .viewer import Viewer

LARGEST, LIMIT = 9999, 999_999_999
LEAST_MOVED = 0.005


def _checked_rounds(rounds):
    """Levels of [source, target], as nested lists; more numbers in an entry are left out."""
    levels = [[[int(n) for n in pair[:2]] for pair in level] for level in rounds or []]
    if rounds is not None and not (levels and all(levels)):
        raise ValueError(f"rounds must hold at least one level, none of them empty, got {len(levels)} levels")
    for pair in (pair for level in levels for pair in level):
        if len(pair) != 2 or not 0 <= pair[0] <= LARGEST or not 0 <= pair[1] <= LIMIT or pair[0] == pair[1]:
            raise ValueError(
                f"rounds must hold pairs (source, target): two different numbers, the source at most {LARGEST}, "
                f"the target at most {LIMIT}, got {pair}"
            )
    return levels


def _checked_words(words, name, needed):
    words = [str(word) for word in words]
    if missing := sorted(needed - set(words)):
        raise ValueError(f"{name} lacks {missing[:3]}; expected every word of the numbers from 0 to {LARGEST}")
    return words


class SteerTheTranslator(Viewer):
    """What does a translator write if it looks elsewhere, and how much of what it writes is where it looks?

    A network reads an English number and writes it in German, word by word; each row of the map shows where it looks
    for that word. Drag a row's frame to another word, and all that follows is written anew. The page computes encoder
    and decoder itself. Moving a share of a row to a word makes a' = (1 - share) a + share e_word; a way is better if it
    steers fewer rows, then if it moves less weight, the sum of ½ Σ |a' - a|. The page knows the best way to any target.

    weights: mapping from name to array, as `Seq2Seq(…, attention="general", bidirectional=True).state_dict()` has them,
    GRU cells. english, german: the words of both vocabularies in the order of their ids. rounds: levels, each a list of
    [source, target]; a game draws one of each level by its seed. number: what it reads, 0 to 9999.

    From a cell, read or set ``game.number``, ``game.target`` (what it shall write, or None), ``game.pulls`` ([row,
    source word, share from 0 to 1] each), ``game.row``, ``game.round`` (0 is free play), ``game.seed``,
    ``game.show_gold``, ``game.show_words`` (in free play: what each word would make the chosen row write),
    ``game.results`` (one mapping for each round done), ``game.met`` (the oddest it was made to say: [read, said], or
    []). ``game.written`` are the German words, ``game.value`` the number they say or None, ``game.attention`` the rows
    as steered (T, S), ``game.own_attention`` as the model has them, ``game.score()`` how it stands, ``game.way()`` the
    lightest pulls. Raises ValueError that names the argument.
    Held by tests/viewers/test_steer.py to seqmodels' Seq2Seq in Python and in the browser, and steer.test.mjs.
    """

    _javascript = "steer"

    _weights = traitlets.Bytes().tag(sync=True)
    _layout = traitlets.List().tag(sync=True)
    english = traitlets.List(traitlets.Unicode()).tag(sync=True)
    german = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rounds = traitlets.List().tag(sync=True)
    number = traitlets.Int(4372).tag(sync=True)
    target = traitlets.Int(None, allow_none=True).tag(sync=True)
    round = traitlets.Int(0).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    pulls = traitlets.List().tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    show_gold = traitlets.Bool(False).tag(sync=True)
    show_words = traitlets.Bool(False).tag(sync=True)
    results = traitlets.List(traitlets.Dict()).tag(sync=True)
    met = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, weights, english, german, rounds=None, number=4372, title="Steer the translator", **traits):
        needed = [{word for n in range(LARGEST + 1) for word in of(n)} for of in (english_words, german_words)]
        english = _checked_words(english, "english", needed[0])
        german = _checked_words(german, "german", needed[1])
        arrays = checked_weights(weights, len(english), len(german))
        self._translator = Translator(arrays)
        super().__init__(
            title=title,
            english=english,
            german=german,
            rounds=_checked_rounds(rounds),
            _weights=b"".join(arrays[name].astype("<f4").tobytes() for name in LAYOUT),
            _layout=[[name, list(arrays[name].shape)] for name in LAYOUT],
        )
        self._quiet = False
        self.number = number
        for name in ("seed", "round", "target", "pulls", *traits):  # what is begun anew before what it ends
            if name in traits:
                setattr(self, name, traits.pop(name))

    @traitlets.validate("number", "target", "seed", "round", "row")
    def _check_number(self, proposal):
        name, value = proposal.trait.name, proposal.value
        most = {"number": LARGEST, "target": LIMIT, "seed": 2**31 - 1, "round": len(self.rounds), "row": 13}[name]
        if value is not None and not 0 <= value <= most:
            raise ValueError(f"{name} must lie in 0..{most}, got {value}")
        return value

    @traitlets.validate("pulls")
    def _check_pulls(self, proposal):
        pulls, words = [list(pull) for pull in proposal.value], len(english_words(self.number))
        for pull in pulls:
            if len(pull) != 3 or pull[0] not in range(14) or not 0 <= pull[2] <= 1:
                raise ValueError(f"pulls must hold [row, source word, share from 0 to 1], got {pull}")
            if pull[1] not in range(words) and not self._quiet:
                raise ValueError(f"pulls: {self.number} has the source words 0 to {words - 1}, got {pull[1]}")
        if len({pull[0] for pull in pulls}) < len(pulls):
            raise ValueError(f"pulls must hold each row once, got {pulls}")
        return [[int(row), int(word), float(share)] for row, word, share in sorted(pulls)]

    @traitlets.validate("met")
    def _check_met(self, proposal):
        if len(proposal.value) not in (0, 2) or not all(0 <= number <= LIMIT for number in proposal.value):
            raise ValueError(f"met must be [] or [number read, number said], 0 to {LIMIT}, got {proposal.value}")
        return proposal.value

    @traitlets.observe("number")
    def _number_changed(self, _):
        if not self._quiet:
            with self._quietly(), self.hold_sync():
                self.target, self.round, self.pulls, self.row = None, 0, [], 0

    @traitlets.observe("target")
    def _target_changed(self, _):
        if not self._quiet:
            with self._quietly(), self.hold_sync():
                self.round, self.pulls = 0, []

    @traitlets.observe("round", "seed")
    def _round_changed(self, change):
        if self._quiet or (change.name == "seed" and self.round == 0):
            return
        with self._quietly(), self.hold_sync():
            self.pulls, self.row = [], 0
            if self.round == 0:
                self.target = None
            else:
                pool = self.rounds[self.round - 1]
                self.number, self.target = pool[int(uniform(self.seed, self.round) * len(pool))]

    def _ids(self, words, known):
        return [known.index(word) for word in words]

    def _rows(self, pulls=None):
        source = self._ids(english_words(self.number), self.english)
        return self._translator.translate(source, self.pulls if pulls is None else pulls)

    def _words(self, rows):
        return [self.german[row.word] for row in rows if row.word != END]

    @property
    def written(self):
        """The German words, without the end."""
        return self._words(self._rows())

    @property
    def value(self):
        """The number that the German words say; None where they say none, or where it does not stop."""
        rows = self._rows()
        return german_value(self._words(rows)) if rows[-1].word == END else None

    @property
    def attention(self):
        """(T, S): the rows as they are steered, the last for the end."""
        return np.array([row.weights for row in self._rows()])

    @property
    def own_attention(self):
        """(T, S): the same rows as the model has them after the words that are written."""
        return np.array([row.own for row in self._rows()])

    def way(self, target=None):
        """The lightest pulls that make it write a number (the target), or None where no pulls do."""
        target = self.target if target is None else target
        if target is None:
            raise ValueError("target is None; give the number that it shall write")
        words = self._ids(german_words(target), self.german)
        return self._translator.way(self._ids(english_words(self.number), self.english), words)

    def score(self):
        """rows steered, weight moved, solved; fewest and lightest possible for the target (None without a target)."""
        rows, way = self._rows(), None if self.target is None else self.way()
        found = {"rows": sum(row.moved >= LEAST_MOVED for row in rows), "weight": sum(row.moved for row in rows)}
        found |= {"solved": self.target is not None and self.value == self.target}
        if way is None:
            return found | {"fewest": None, "lightest": None}
        return found | {"fewest": len(way), "lightest": sum(row.moved for row in self._rows(way))}

    def describe(self):
        """What it reads, what it writes, what was steered."""
        if self.alt:
            return self.alt
        score, value = self.score(), self.value
        says = "no number" if value is None else f"{value:,}"
        steered = (
            f"{score['rows']} of its rows steered, weight {score['weight']:.2f}" if score["rows"] else "not steered"
        )
        goal = "" if self.target is None else f"; wanted is {self.target:,}"
        return f"{self.title}: it reads {self.number:,} and writes {compound(self.written)}, {says} ({steered}){goal}."

    def figure(self):
        """The map as it is steered, as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .steer_picture import steer_figure

        source, rows = english_words(self.number), self._rows()
        names = ["end" if row.word == END else self.german[row.word] for row in rows]
        value = self.value
        says = "no number" if value is None else f"= {value:,}"
        return steer_figure(self.title, self.number, source, names, rows, f"{compound(self.written)}  {says}")
