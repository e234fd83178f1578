"""Answers to the exercises of chapter 06 as readers might write them: right in another way, or wrong as is common."""

from collections import deque

import numpy as np
import torch

from seqmodels.attention import causal_mask, sliding_window_mask
from seqmodels.efficient_attention import strided_mask
from seqmodels.positions import rotary

# ---------------------------------------------------------------- 1


def on_a_parabola(looks):
    """(s - t)² = s² - 2 s t + t²: the nearest seat is the one that is meant."""
    seats = np.arange(len(looks))
    return 30 * np.stack([2 * np.array(looks), -np.ones(len(looks))], 1), np.stack([seats, seats**2], 1)


def on_a_circle(*, length=1e5, swapped=False, at=None):
    def placed(looks):
        angles = 2 * np.pi * np.arange(len(looks)) / len(looks)
        key = np.stack([np.sin(angles), np.cos(angles)], 1)
        query = length * key[looks if at is None else np.arange(len(looks))]
        return (key, query) if swapped else (query, key)

    return placed


def on_a_line(looks):
    seats = np.arange(len(looks)) - (len(looks) - 1) / 2
    return 100 * np.stack([seats[looks], 0 * seats], 1), np.stack([seats, 0 * seats], 1)


def one_hot(looks):
    return 100 * torch.eye(len(looks))[looks], torch.eye(len(looks))


# ---------------------------------------------------------------- 2

WHO, PLACE, BEFORE, NEXT = slice(0, 32), slice(32, 80), slice(80, 112), slice(112, 144)


def heads(*, ahead=False, score=30, first="avoid the place", asks=WHO, found=BEFORE, bring=(WHO, NEXT), small=1):
    """The two heads of exercise 2 in NumPy, or with one of their mistakes."""

    def two_heads():
        A, B, A2, B2 = np.zeros((4, 144, 144))
        A[PLACE, PLACE] = score * np.eye(48, k=1 if ahead else -1)
        B[WHO, BEFORE] = np.eye(32)
        A2[asks, found] = small * 30 * np.eye(32)
        if first == "avoid the place":
            A2[WHO, PLACE.start] = -30 * small
        elif first == "avoid oneself":  # who stands behind my letter is not my letter, but the first says so
            A2[WHO, WHO] = -20 * np.eye(32)
        B2[bring] = np.eye(32)
        return [[A, B], [A2, B2]]

    return two_heads


def cancelled():
    """Another way: the first letter writes its own name into BEFORE, and its place takes back what that is worth."""
    (A, B), (A2, B2) = (tuple(map(torch.tensor, head)) for head in heads(first="nothing")())
    A2[BEFORE, PLACE.start] = -60  # who has a letter before it, and all have, does not want place 0
    return (A, B), (A2, B2)


# ---------------------------------------------------------------- 3


def by_gradient(weigh):
    scores = torch.randn(9, 9, dtype=torch.float64)
    share = torch.autograd.functional.jacobian(weigh, scores)  # (t, s, t', r)
    own = torch.stack([share[t, :, t, t + 1 :].abs().amax() for t in range(8)])
    return own.max() > 1e-9


def one_by_one(weigh):
    scores = torch.randn(9, 9)
    weights = weigh(scores)
    for t in range(9):
        for r in range(t + 1, 9):
            other = scores.clone()
            other[t, r] += 3
            if (weigh(other)[t] - weights[t]).abs().max() > 1e-5:
                return True
    return False


def any_weight_ahead(weigh):
    return bool(weigh(torch.randn(9, 9)).triu(1).abs().max() > 0)


def sums_to_one(weigh):
    return not torch.allclose(weigh(torch.randn(9, 9)).sum(-1), torch.ones(9))


def all_changed(weigh):
    return not torch.allclose(weigh(torch.randn(9, 9)), weigh(torch.randn(9, 9)))


def next_changed(weigh):
    scores = torch.randn(9, 9)
    return not torch.allclose(weigh(scores), weigh(scores + torch.diag(torch.ones(8), 1)), atol=1e-6)


def to_the_last_digit(weigh):
    scores = torch.randn(40, 40)
    return not torch.equal(weigh(scores), weigh(scores + 3 * torch.randn(40, 40).triu(1)))


def own_maximum(scores):
    seen = causal_mask(scores.shape[-1])
    highest = torch.where(seen, scores, -torch.inf).amax(-1, keepdim=True)
    weights = torch.where(seen, scores - highest, -torch.inf).exp()
    return weights / weights.sum(-1, keepdim=True)


def large_number(scores):
    return (scores - 1e9 * ~causal_mask(scores.shape[-1])).softmax(-1)


def too_late(scores):
    return scores.softmax(-1).tril()


def too_late_and_again(scores):
    return too_late(scores) / too_late(scores).sum(-1, keepdim=True)


def not_oneself(scores):
    return scores.masked_fill(~causal_mask(scores.shape[-1]).tril(-1), -torch.inf).softmax(-1)


def into_the_scores(scores):
    return scores.masked_fill_(~causal_mask(scores.shape[-1]), -torch.inf).softmax(-1)


def two_letters(scores):
    return scores.masked_fill(~sliding_window_mask(scores.shape[-1], 2), -torch.inf).softmax(-1)


# ---------------------------------------------------------------- 4


def partners(*, least=0.0, at=1, turned=False, twice=False):
    """Each with each, by its sine; or with one of the mistakes."""

    def pairs(turn, size):
        found = []
        for i in range(size):
            x = torch.zeros(1, size)
            x[0, i] = 1
            y = turn(x, torch.tensor([at]))[0].abs()
            found += [(float(y[j]), j, i) for j in range(size if twice else i) if j != i and y[j] > least]
        return [(j, i) for _, j, i in sorted(found, reverse=not turned)]

    return pairs


def neighbours(rows, n_heads):
    size = len(rows) // n_heads
    order = [h * size + i for h in range(n_heads) for k in range(size // 2) for i in (k, k + size // 2)]
    return rows[order]


def quarter_turn(rows, n_heads):
    """All pairs a quarter further, queries and keys alike: the same scores."""
    rows = neighbours(rows, n_heads)
    first, second = rows[::2], rows[1::2]
    return torch.stack([-second, first], 1).flatten(0, 1)


def back_again(rows, n_heads):
    return rows.unflatten(0, (n_heads, -1, 2)).transpose(1, 2).flatten(0, 2)


def weights_alone(rows, n_heads):
    return rows if rows.dim() == 1 else neighbours(rows, n_heads)


# ---------------------------------------------------------------- 5


class Growing:
    """Tensors that grow, and groups by an axis of their own. Subclasses make one mistake each."""

    def __init__(self, layer):
        self.layer, self.keys, self.values, self.place = layer, None, None, 0

    def step(self, x_t):
        query, key, value = self.made(x_t)
        self.place += 1
        self.keys, self.values = (
            self.left(torch.cat([*([old] if old is not None else []), new[:, :, None]], 2))
            for old, new in ((self.keys, self.kept(key)), (self.values, self.kept(value)))
        )
        return self.layer.to_output(self.look(query, self.keys, self.values).flatten(1))

    def made(self, x_t):
        layer = self.layer
        query, key, value = (
            part(x_t).unflatten(-1, (-1, layer.head_size)) for part in (layer.to_query, layer.to_key, layer.to_value)
        )
        place = torch.tensor([self.place])
        return *(rotary(part[:, :, None], place)[:, :, 0] for part in (query, key)), value

    def kept(self, part):
        return part

    def left(self, part):
        return part if self.layer.window is None else part[:, :, -self.layer.window :]

    def size(self):
        return self.layer.head_size

    def grouped(self, query, groups):
        return query.unflatten(1, (groups, -1))

    def look(self, query, keys, values):
        scores = torch.einsum("bgne,bgse->bgns", self.grouped(query, keys.shape[1]), keys) / self.size() ** 0.5
        return torch.einsum("bgns,bgse->bgne", scores.softmax(-1), values).flatten(1, 2)


class Queue(Growing):
    """Pairs in a queue that throws out the oldest by itself."""

    def __init__(self, layer):
        self.layer, self.queue, self.place = layer, deque(maxlen=layer.window), 0

    def step(self, x_t):
        query, key, value = self.made(x_t)
        self.place += 1
        self.queue.append((key, value))
        keys, values = (torch.stack(part, 2) for part in zip(*self.queue, strict=True))
        return self.layer.to_output(self.look(query, keys, values).flatten(1))


class Forgetful(Growing):
    def left(self, part):
        return part[:, :, -1:]


class Undivided(Growing):
    def size(self):
        return 1


class WholeLetter(Growing):
    def size(self):
        return 32


class Standing(Growing):
    def made(self, x_t):
        self.place = 0
        return super().made(x_t)


class PlaceInMemory(Growing):
    def made(self, x_t):
        self.place = 0 if self.keys is None else self.keys.shape[2]
        return super().made(x_t)


class Repeating(Growing):
    """Head h asks h modulo G."""

    def look(self, query, keys, values):
        each = self.layer.n_heads // self.layer.n_kv_heads
        return super().look(query, keys.repeat(1, each, 1, 1), values.repeat(1, each, 1, 1))


class KeepsAllHeads(Growing):
    def kept(self, part):
        return part.repeat_interleave(self.layer.n_heads // self.layer.n_kv_heads, 1)


class KeepsAllLetters(Growing):
    def left(self, part):
        return part

    def look(self, query, keys, values):
        last = -(self.layer.window or 0)
        return super().look(query, keys[:, :, last:], values[:, :, last:])


class Unbounded(Growing):
    def left(self, part):
        return part


class OneTooMany(Growing):
    def left(self, part):
        return part if self.layer.window is None else part[:, :, -self.layer.window - 1 :]


class OneTooFew(Growing):
    def left(self, part):
        return part if self.layer.window is None else part[:, :, 1 - self.layer.window :]


class Shared(Growing):
    memory = []  # noqa: RUF012

    def __init__(self, layer):
        self.layer, self.place = layer, 0

    def step(self, x_t):
        query, key, value = self.made(x_t)
        self.place += 1
        self.memory.append((key, value))
        if len({pair[0].shape for pair in self.memory}) > 1:
            del self.memory[:-1]
        keys, values = (torch.stack(part, 2) for part in zip(*self.memory, strict=True))
        return self.layer.to_output(self.look(query, keys, values).flatten(1))


class Silent(Growing):
    def step(self, x_t):
        return None


# ---------------------------------------------------------------- 6


def quarters(n):
    """Three stations in each stretch, and four stretches left."""
    seen = np.eye(n, dtype=bool)
    todo = [(0, n)]
    while todo:
        first, end = todo.pop()
        stations = sorted({first + (end - first) * k // 4 for k in (1, 2, 3)}) if end - first > 1 else []
        for station in stations:
            seen[station, first:station] = seen[station:end, station] = True
        borders = [first - 1, *stations, end]
        if stations:
            todo += [(a + 1, b) for a, b in zip(borders, borders[1:], strict=False)]
    return seen


def blocks(n, size=16):
    """The last of each block hears the block, and is heard by all that come later."""
    t = torch.arange(n)
    same, station = t[:, None] // size == t // size, t % size == size - 1
    return (same | station) & causal_mask(n)


RIGHT = [
    ("06", "test_placed", on_a_parabola),
    ("06", "test_placed", on_a_circle()),
    ("06", "test_two_heads", heads()),
    ("06", "test_two_heads", heads(first="avoid oneself", score=80)),
    ("06", "test_two_heads", heads(score=1)),
    ("06", "test_two_heads", heads(small=1 / 30)),
    ("06", "test_two_heads", cancelled),
    ("06", "test_leaks", by_gradient),
    ("06", "test_leaks", one_by_one),
    ("06", "test_weigh", own_maximum),
    ("06", "test_weigh", large_number),
    ("06", "test_pairs", partners()),
    ("06", "test_reordered", neighbours),
    ("06", "test_reordered", quarter_turn),
    ("06", "test_writer", Growing),
    ("06", "test_writer", Queue),
    ("06", "test_mask", quarters),
]
WRONG = [
    ("06", "test_placed", lambda looks: None, "queries and keys"),
    ("06", "test_placed", one_hot, "3 rows of two numbers"),
    ("06", "test_placed", on_a_circle(swapped=True), "yours come swapped"),
    ("06", "test_placed", on_a_circle(at="home"), "Point at"),
    ("06", "test_placed", on_a_circle(length=1), "Longer queries"),
    ("06", "test_placed", on_a_circle(length=20), "Longer queries"),
    ("06", "test_placed", on_a_line, "nobody ever looks at .1."),
    ("06", "test_two_heads", lambda: None, "two pairs"),
    ("06", "test_two_heads", lambda: [[np.eye(144)] * 2, [np.eye(32)] * 2], "expected .144, 144."),
    ("06", "test_two_heads", heads(ahead=True), "% of its weight one step back"),
    ("06", "test_two_heads", heads(score=0), "% of its weight one step back"),
    ("06", "test_two_heads", heads(small=0), "% behind where the letter stood"),
    ("06", "test_two_heads", heads(score=1, small=1 / 30), "% of its weight one step back"),
    ("06", "test_two_heads", heads(bring=(NEXT, WHO)), "into NEXT"),
    ("06", "test_two_heads", heads(found=WHO), "finds its own letter"),
    ("06", "test_two_heads", heads(asks=BEFORE, found=WHO), "% behind where the letter stood"),
    ("06", "test_two_heads", heads(first="nothing"), "with nobody before it"),
    ("06", "test_leaks", lambda weigh: None, "True or False"),
    ("06", "test_leaks", any_weight_ahead, "But do the others stay"),
    ("06", "test_leaks", sums_to_one, "without a mask"),
    ("06", "test_leaks", all_changed, "that is honest, and you say that it leaks"),
    ("06", "test_leaks", next_changed, "Change all the later scores"),
    ("06", "test_leaks", to_the_last_digit, "Compare with a tolerance"),
    ("06", "test_weigh", lambda scores: None, "should give weights"),
    ("06", "test_weigh", lambda scores: scores.softmax(-1), "not been read yet"),
    ("06", "test_weigh", lambda scores: scores.tril().softmax(-1), "not been read yet"),
    ("06", "test_weigh", too_late, "must go to the others"),
    ("06", "test_weigh", too_late_and_again, "Mask the scores, not the weights"),
    ("06", "test_weigh", not_oneself, "not a number"),
    ("06", "test_weigh", into_the_scores, "changes the scores"),
    ("06", "test_weigh", two_letters, "the proportions"),
    ("06", "test_pairs", lambda turn, size: None, "expected 4 pairs"),
    ("06", "test_pairs", lambda turn, size: list(range(size)), "expected 4 pairs"),
    ("06", "test_pairs", lambda turn, size: [(i, i + size // 2) for i in range(size // 2)], "do not turn together"),
    ("06", "test_pairs", partners(least=0.01), "The slowest hardly turn"),
    ("06", "test_pairs", partners(turned=True), "the slowest first"),
    ("06", "test_pairs", partners(at=1000), "the fastest first are"),
    ("06", "test_pairs", partners(twice=True), "named twice"),
    ("06", "test_reordered", lambda rows, n_heads: None, "as given"),
    ("06", "test_reordered", lambda rows, n_heads: rows, "the order in which they were"),
    ("06", "test_reordered", back_again, "the way back"),
    ("06", "test_reordered", lambda rows, n_heads: neighbours(rows, 1), "rows of different heads"),
    ("06", "test_reordered", weights_alone, "a bias goes with its rows"),
    ("06", "test_reordered", lambda rows, n_heads: rows.flip(0), "the scores differ"),
    ("06", "test_writer", Silent, "step should return a tensor"),
    ("06", "test_writer", Forgetful, "sees itself alone"),
    ("06", "test_writer", Undivided, "divide the scores"),
    ("06", "test_writer", WholeLetter, "the size of a head"),
    ("06", "test_writer", Standing, "the place has to count on"),
    ("06", "test_writer", PlaceInMemory, "window 5: wrong from letter"),
    ("06", "test_writer", Repeating, "Which heads ask which"),
    ("06", "test_writer", KeepsAllHeads, "right, but it keeps"),
    ("06", "test_writer", KeepsAllLetters, "right, but it keeps"),
    ("06", "test_writer", Unbounded, "beyond its window"),
    ("06", "test_writer", OneTooMany, "one too many"),
    ("06", "test_writer", OneTooFew, "one too few"),
    ("06", "test_writer", Shared, "remembers what the first has read"),
    ("06", "test_mask", lambda n: None, "a boolean mask"),
    ("06", "test_mask", lambda n: torch.eye(n), "True and False"),
    ("06", "test_mask", lambda n: torch.ones(n, n, dtype=torch.bool), "looks ahead"),
    ("06", "test_mask", lambda n: sliding_window_mask(n, 16), "has no road to"),
    ("06", "test_mask", lambda n: quarters(n) & ~np.eye(n, dtype=bool), "has no road to"),
    ("06", "test_mask", lambda n: strided_mask(n, 12), "strided has 5,610"),
    ("06", "test_mask", blocks, "Below 4,000"),
]
