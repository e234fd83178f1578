"""FindTheTwoHeads: which two of eight heads make a network copy?"""

import traitlets

from .two_heads_numbers import LAYERS, LONGEST, checked_network, read
from .viewer import Viewer

SILENCE, KEEP = 1, 2
HINTS = 3
GIVEN = ("letters", "length", "heads", "goals", "right", "strings", "layout", "weights")


class FindTheTwoHeads(Viewer):
    """Which two of eight heads make a network copy, and what does it take to silence it?

    A network of two layers of attention reads a string that is repeated, and says each letter before it comes. Press a
    head to cut it: it brings nothing, and all that follows is computed anew by the page itself. In round 1 all heads
    are on, and as few as possible shall be cut until it is right in less than the first goal; in round 2 all are cut,
    and as few as possible shall be put back until it is right in more than the second.

    game: a mapping with "letters" (their text), "length" (letters read), "heads" (a layer), "goals" {"silent",
    "copying"}, "right" (the share of right answers over many strings, for each set of cut heads; bit heads · layer +
    head is set where a head is cut), "strings" (lists of numbers of letters), "layout" and "weights" (names, shapes and
    base64 of 16 bits a number); data/effects/06_2_two_heads.json is one. Other entries are left out.

    From a cell, read or set ``game.cut`` ([layer, head] each, both from 1), ``game.round``, ``game.text`` (what is
    repeated), ``game.head`` (the one shown large), ``game.place``, ``game.hints``; ``game.path`` holds the set of cuts
    after each try, ``game.results`` a mapping for each round done. ``game.accuracy`` is the share of right answers as
    the heads are cut, ``game.attention`` the maps (2, heads, T, T) of the text, ``game.says`` what it says after each
    letter, ``game.score()`` how it stands. Raises ValueError that names the argument.
    Held by tests/viewers/test_two_heads.py to seqmodels' GPT in Python and in the browser, and two_heads.test.mjs.
    """

    _javascript = "two_heads"

    _weights = traitlets.Bytes().tag(sync=True)
    _layout = traitlets.List().tag(sync=True)
    letters = traitlets.Unicode().tag(sync=True)
    length = traitlets.Int(48).tag(sync=True)
    heads = traitlets.Int(4).tag(sync=True)
    goals = traitlets.Dict().tag(sync=True)
    right = traitlets.List(traitlets.Float()).tag(sync=True)
    strings = traitlets.List(traitlets.Unicode()).tag(sync=True)
    longest = traitlets.Int(LONGEST).tag(sync=True)
    cut = traitlets.List().tag(sync=True)
    round = traitlets.Int(SILENCE).tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    head = traitlets.List([2, 1]).tag(sync=True)
    place = traitlets.Int(0).tag(sync=True)
    path = traitlets.List(traitlets.Int()).tag(sync=True)
    hints = traitlets.Int(0).tag(sync=True)
    results = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(self, game, title="Find the two heads", **traits):
        if missing := [name for name in GIVEN if name not in game]:
            raise ValueError(f"game lacks {', '.join(missing[:3])}; expected {', '.join(GIVEN)}")
        letters, length, heads = str(game["letters"]), int(game["length"]), int(game["heads"])
        if len(set(letters)) != len(letters) or not letters:
            raise ValueError(f"game['letters'] must be different letters, got {letters!r}")
        self._network = checked_network(game["layout"], game["weights"], heads, len(letters))
        right = [float(share) for share in game["right"]]
        if len(right) != 2 ** (LAYERS * heads) or not all(0 <= share <= 1 for share in right):
            raise ValueError(
                f"game['right'] must hold {2 ** (LAYERS * heads)} shares from 0 to 1, one for each set of cut heads, "
                f"got {len(right)} numbers"
            )
        strings = _checked_strings(game["strings"], letters)
        super().__init__(
            **{"title": title, "letters": letters, "length": length, "heads": heads, "right": right},
            **{"strings": strings, "goals": _checked_goals(game["goals"], right), "text": strings[0]},
            _layout=[[name, list(array.shape)] for name, array in self._network.items()],
            _weights=b"".join(array.astype("<f2").tobytes() for array in self._network.values()),
            place=min(length - 1, 2 * len(strings[0]) + 1),
        )
        self._quiet = False
        for name in ("round", "text", "cut", *traits):  # what is begun anew before what it ends
            if name in traits:
                setattr(self, name, traits.pop(name))

    @traitlets.validate("cut", "head")
    def _check_heads(self, proposal):
        name, pairs = proposal.trait.name, proposal.value
        pairs = [
            list(pair) if isinstance(pair, list | tuple) else pair for pair in ([pairs] if name == "head" else pairs)
        ]
        known = [[layer, head] for layer in range(1, LAYERS + 1) for head in range(1, self.heads + 1)]
        for pair in pairs:
            if pair not in known:
                raise ValueError(
                    f"{name} must hold [layer, head] from [1, 1] to [{LAYERS}, {self.heads}], both counted from 1, "
                    f"got {pair}"
                )
        if any(pairs.count(pair) > 1 for pair in pairs):
            raise ValueError(f"{name} must hold each head once, got {pairs}")
        return pairs[0] if name == "head" else sorted(pairs)

    @traitlets.validate("round", "place", "hints")
    def _check_number(self, proposal):
        name, value = proposal.trait.name, proposal.value
        low, high = {"round": (SILENCE, KEEP), "place": (0, self.length - 1), "hints": (0, HINTS)}[name]
        if not low <= value <= high:
            raise ValueError(f"{name} must lie in {low}..{high}, got {value}")
        return value

    @traitlets.validate("text")
    def _check_text(self, proposal):
        text = proposal.value
        if not 1 <= len(text) <= LONGEST or not set(text) <= set(self.letters):
            raise ValueError(f"text must hold 1 to {LONGEST} of the letters {self.letters}, got {text!r}")
        return text

    @traitlets.observe("round")
    def _round_changed(self, _):
        if not self._quiet:
            every = [[layer, head] for layer in range(1, LAYERS + 1) for head in range(1, self.heads + 1)]
            with self._quietly(), self.hold_sync():
                self.cut, self.path, self.hints = every if self.round == KEEP else [], [], 0

    @property
    def mask(self):
        """The cut heads as one number: bit heads · layer + head, both from 0."""
        return sum(1 << (self.heads * (layer - 1) + head - 1) for layer, head in self.cut)

    @property
    def accuracy(self):
        """The share of right answers over many strings, with these heads cut."""
        return self.right[self.mask]

    @property
    def tokens(self):
        """The letters read and the one after them, as numbers."""
        return [self.letters.index(self.text[t % len(self.text)]) for t in range(self.length + 1)]

    def _read(self, mask=None):
        return read(self._network, self.tokens[:-1], self.heads, self.mask if mask is None else mask)

    @property
    def attention(self):
        """The maps of all heads as they are now, cut ones too: (2, heads, T, T)."""
        return self._read().attention

    @property
    def says(self):
        """What it says after each letter, T letters."""
        return "".join(self.letters[letter] for letter in self._read().says)

    def _judged(self, mask):
        """(is the goal of the round reached, heads cut or, in round 2, left on)"""
        if self.round == SILENCE:
            return self.right[mask] < self.goals["silent"], mask.bit_count()
        return self.right[mask] > self.goals["copying"], LAYERS * self.heads - mask.bit_count()

    def score(self):
        """accuracy, reached, used (heads cut, in round 2 heads left on), fewest, solved, tries, hints."""
        reached, used = self._judged(self.mask)
        judged = [self._judged(mask) for mask in range(len(self.right))]
        fewest = min(count for done, count in judged if done)
        found = {"accuracy": self.accuracy, "reached": reached, "used": used, "fewest": fewest}
        return found | {"solved": reached and used == fewest, "tries": len(self.path), "hints": self.hints}

    def describe(self):
        """What is cut, and how often it is right then."""
        if self.alt:
            return self.alt
        names = ", ".join(f"{layer}.{head}" for layer, head in self.cut)
        heads = "all cut" if len(self.cut) == LAYERS * self.heads else f"{names} cut" if names else "all on"
        goal = f"below {self.goals['silent']:.0%}" if self.round == SILENCE else f"above {self.goals['copying']:.0%}"
        return (
            f"{self.title}: {LAYERS * self.heads} heads of a network that copies, {heads}; it is right in "
            f"{self.accuracy:.0%} (the goal is {goal})."
        )

    def figure(self):
        """All heads as they are cut, and what is said of the string, as a matplotlib Figure."""
        from .two_heads_picture import two_heads_figure

        now = self._read()
        return two_heads_figure(self.title, self.describe(), self.text, self.tokens, self.letters, now, self.mask)


def _checked_goals(goals, right):
    silent, copying = (float(goals[name]) if name in goals else -1 for name in ("silent", "copying"))
    if not min(right) < silent < copying < max(right):
        raise ValueError(
            f"game['goals'] must hold silent and copying, {min(right):.3f} < silent < copying < {max(right):.3f} "
            f"so that both can be reached, got {goals}"
        )
    return {"silent": silent, "copying": copying}


def _checked_strings(strings, letters):
    found = []
    for string in strings:
        if not 1 <= len(string) <= LONGEST or not all(0 <= int(number) < len(letters) for number in string):
            raise ValueError(
                f"game['strings'] must hold strings of 1 to {LONGEST} numbers below {len(letters)}, got {string}"
            )
        found.append("".join(letters[int(number)] for number in string))
    if not found:
        raise ValueError("game['strings'] must hold at least one string, got none")
    return found
