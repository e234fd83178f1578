"""Answers to the exercises of chapter 04 as readers might write them: right in another way, or wrong as is common."""

import heapq
import math
from collections import defaultdict
from functools import cache

import numpy as np
import torch
from torch.nn import functional as F

from seqmodels.ctc import lattice, recursions
from seqmodels.seq2seq import BEGIN, END
from seqmodels.word_alignment import IBMModel1

# ---------------------------------------------------------------- 1


def counted(labels, frames):
    """One frame after the other: in how many ways is each place of the lattice reached?"""
    places = [0, *(k for label in labels for k in (label, 0))]
    ways = [1, *[0] * len(labels) * 2]  # before the first frame, in the first blank
    for frame in range(frames):
        ways = [
            ways[s]
            + (ways[s - 1] if s else 0)
            + (ways[s - 2] if frame and s > 1 and places[s] and places[s] != places[s - 2] else 0)
            for s in range(len(places))
        ]
    return sum(ways[-2:])


def all_different(labels, frames):
    return math.comb(frames + len(labels), 2 * len(labels))


def never_impossible(labels, frames):
    return max(1, counted(labels, frames))


def alike_anywhere(labels, frames):
    repeats = len(labels) - len(set(labels))
    return math.comb(frames + len(labels) - repeats, 2 * len(labels))


# ---------------------------------------------------------------- 2


def searching(*, stays="n", grows="both", doubled="b", merge=True, blank=True):
    """The step of exercise 2, or with one of its mistakes."""

    def step(beam, y):
        after = defaultdict(lambda: [0.0, 0.0])

        def add(text, b, n):
            after[text] = [after[text][0] + b, after[text][1] + n] if merge else [b, n]

        for text, (b, n) in beam.items():
            mass = {"b": b, "n": n, "both": b + n, "none": 0.0}
            last = text[-1] if text else 0
            add(text, mass["both"] * y[0] if blank else b * y[0], mass[stays] * y[last] if last else 0.0)
            for k in range(1, len(y)):
                add((*text, k), 0.0, mass[doubled if k == last else grows] * y[k])
        return {text: tuple(p) for text, p in after.items() if sum(p)}

    return step


def one_number(beam, y):
    return {text: sum(p) for text, p in searching()(beam, y).items()}


def swapped(beam, y):
    return {text: p[::-1] for text, p in searching()(beam, y).items()}


# ---------------------------------------------------------------- 3


def beyond(limit):
    return lambda gradient: [t for t, row in enumerate(gradient) if not abs(float(row.sum())) < limit]


def never_nan(gradient):
    return np.flatnonzero(np.abs(np.asarray(gradient, float).sum(1)) > 1e-3)


def over_frames(gradient):
    return np.flatnonzero(~(np.abs(np.asarray(gradient, float)).sum(1) < 1e-3))


def only_nan(gradient):
    return np.flatnonzero(np.isnan(gradient).any(1))


def too_much(gradient):
    return np.flatnonzero(~(gradient.sum(1) < 1e-3))


def by_autograd(log_probs, labels):
    z = torch.tensor(np.asarray(log_probs), dtype=torch.float64).requires_grad_()
    sizes = torch.tensor([len(z)]), torch.tensor([len(labels)])
    loss = F.ctc_loss(z.log_softmax(1)[:, None], torch.tensor([labels]), *sizes, reduction="sum")
    loss.backward()
    return loss.item(), z.grad.numpy()


def by_lattice(log_probs, labels):
    found = lattice(torch.tensor(np.asarray(log_probs)), torch.tensor(labels))
    return -found.log_likelihood, found.gradient


def scaled(kind=np.float64, least=0.0, cosmetic=False):
    """The recursions with plain numbers, each frame divided by its sum."""

    def arrivals(emit, jump):
        alpha, sums = np.zeros_like(emit), np.zeros(len(emit))
        alpha[0, :2] = emit[0, :2]
        for t in range(len(emit)):
            if t:
                stay, move, leap = (np.pad(alpha[t - 1], (by, 0))[: emit.shape[1]] for by in range(3))
                alpha[t] = (stay + move + jump * leap) * emit[t]
            sums[t] = alpha[t].sum()
            alpha[t] /= sums[t]
        return alpha, sums

    def answer(log_probs, labels):
        y, places = np.exp(log_probs).astype(kind), recursions.extend(labels)
        alpha, sums = arrivals(y[:, places], recursions.may_jump(places))
        beta, _ = arrivals(y[::-1, places[::-1]], recursions.may_jump(places[::-1]))
        both = alpha * beta[::-1, ::-1] / y[:, places]
        with np.errstate(invalid="ignore"):
            gamma = both / (both.sum(1, keepdims=True) + kind(least))
        expected = np.zeros_like(y)
        np.add.at(expected.T, places, gamma.T)
        gradient = y - expected
        if cosmetic:
            gradient -= gradient.mean(1, keepdims=True)
        return -np.log(sums).sum() - np.log(alpha[-1, -2:].sum()), gradient

    return answer


def cast_at_the_end(log_probs, labels):
    loss, gradient = scaled(np.float32, 1e-30)(log_probs, labels)
    return loss, gradient.astype(float)


def wrong_sign(log_probs, labels):
    loss, gradient = by_autograd(log_probs, labels)
    return loss, -gradient


def log2(log_probs, labels):
    loss, gradient = by_autograd(log_probs, labels)
    return loss / math.log(2), gradient


# ---------------------------------------------------------------- 4


def by_hand(target):
    rows = [[BEGIN, *row[:-1]] for row in target.tolist()]
    return torch.tensor(rows)


def padded(target):
    return F.pad(target, (1, -1), value=BEGIN)


def without_end(target):
    shifted = F.pad(target, (1, -1), value=BEGIN)
    return shifted.masked_fill(shifted == END, 0)


def in_place(target):
    target[:, 1:] = target[:, :-1].clone()
    target[:, 0] = BEGIN
    return target


def beams(*, keeps=True, grows=False, pays=False, counts=1, early=False):
    """The search of exercise 4b with a heap, or with one of its mistakes."""

    def best_sentence(log_probs, width, alpha, most=6):
        def score(one):
            return one[1] / max(1, len(one[0]) + counts - 1) ** alpha

        beam = [((), 0.0)]
        for _ in range(most):
            after = [one for one in beam if one[0][-1:] == (END,) and keeps and not grows]
            for words, p in beam:
                if words[-1:] != (END,) or grows:
                    after += [((*words, k), x if pays else p + x) for k, x in enumerate(log_probs(words))]
            beam = heapq.nlargest(width, after, key=score if early else lambda one: one[1])
        return max(beam, key=score, default=((), 0.0))[0]

    return best_sentence


# ---------------------------------------------------------------- 5


def real_places(scores, lengths, last=0):
    real = torch.arange(scores.shape[-1]) < lengths[:, None] + last
    return real if scores.dim() == 2 else real[:, None]


def by_product(scores, lengths):
    weights = (scores - scores.amax(-1, keepdim=True)).exp() * real_places(scores, lengths)
    return weights / weights.sum(-1, keepdim=True)


def row_by_row(scores, lengths):
    weights = torch.zeros_like(scores)
    for b, n in enumerate(lengths.tolist()):
        weights[b, ..., :n] = scores[b, ..., :n].softmax(-1)
    return weights


def large_number(scores, lengths):
    return torch.where(real_places(scores, lengths), scores, -1e9).softmax(-1)


def zeroed_scores(scores, lengths):
    return (scores * real_places(scores, lengths)).softmax(-1)


def zeroed_weights(scores, lengths):
    return scores.softmax(-1) * real_places(scores, lengths)


def one_too_far(scores, lengths):
    return scores.masked_fill(~real_places(scores, lengths, 1), -torch.inf).softmax(-1)


def one_too_near(scores, lengths):
    return scores.masked_fill(~real_places(scores, lengths, -1), -1e9).softmax(-1)


def over_the_mask(scores, lengths):
    return scores.masked_fill(real_places(scores, lengths), -1e9).softmax(-1)


def into_the_scores(scores, lengths):
    return scores.masked_fill_(~real_places(scores, lengths), -torch.inf).softmax(-1)


def two_axes(scores, lengths):
    real = torch.arange(scores.shape[-1]) < lengths[:, None]
    return scores.masked_fill(~real, -1e9).softmax(-1)


# ---------------------------------------------------------------- 6


@cache
def table(pairs):
    """IBM Model 1 of pairs of words, and the ids of the words."""
    english, german = ({w: i for i, w in enumerate(sorted({w for p in pairs for w in p[k]}))} for k in (0, 1))
    model = IBMModel1(len(english), len(german))
    model.fit([([english[w] for w in s], [german[w] for w in t]) for s, t in pairs], 5)
    return lambda s, t: model.posteriors([english[w] for w in s], [german[w] for w in t])


def with_null(pairs):
    """The table, but who comes from NULL stays alone."""
    p = table(tuple(pairs))
    return lambda s, t: [(int(i), j) for j, i in enumerate(p(s, t).argmax(1)) if i < len(s)]


def near_the_diagonal(pairs):
    p = table(tuple(pairs))

    def link(s, t):
        far = np.abs(np.arange(len(t))[:, None] / len(t) - np.arange(len(s)) / len(s))
        return {(int(i), j) for j, i in enumerate((p(s, t)[:, :-1] * np.exp(-4 * far)).argmax(1))}

    return link


def alone(pairs):
    p = table(tuple(pairs))
    return lambda s, t: {(int(i), j) for j, i in enumerate(p(s, t)[:, :-1].argmax(1))}


def target_first(pairs):
    link = with_null(pairs)
    return lambda s, t: {(j, i) for i, j in link(s, t)}


def everything(pairs):
    return lambda s, t: {(i, j) for i in range(len(s)) for j in range(len(t))}


RIGHT = [
    ("04", "test_paths", counted),
    ("04", "test_step", searching()),
    ("04", "test_impossible", beyond(0.002)),
    ("04", "test_mended", by_autograd),
    ("04", "test_mended", by_lattice),
    ("04", "test_fed", by_hand),
    ("04", "test_fed", padded),
    ("04", "test_fed", without_end),
    ("04", "test_best_sentence", beams()),
    ("04", "test_weights", by_product),
    ("04", "test_weights", row_by_row),
    ("04", "test_weights", large_number),
    ("04", "test_aligner", with_null),
    ("04", "test_aligner", near_the_diagonal),
]
WRONG = [
    ("04", "test_paths", lambda labels, frames: None, "expected one number"),
    ("04", "test_paths", lambda labels, frames: math.comb(frames, len(labels)), "may last longer"),
    ("04", "test_paths", lambda labels, frames: (1 + len(set(labels))) ** frames, "you say 81"),
    ("04", "test_paths", all_different, "needs a blank between"),
    ("04", "test_paths", alike_anywhere, "only .neighbours. that are alike"),
    (
        "04",
        "test_paths",
        lambda labels, frames: counted(labels, frames) if frames > 2 else 1,
        "two frames cannot say aa",
    ),
    ("04", "test_step", lambda beam, y: None, "each text with its"),
    ("04", "test_step", one_number, "each text with its"),
    ("04", "test_step", swapped, "ends in the label"),
    ("04", "test_step", searching(doubled="both"), "may a 1 be a second one"),
    ("04", "test_step", searching(doubled="none"), "after a blank the same label begins anew"),
    ("04", "test_step", searching(doubled="n"), "may a 1 be a second one"),
    ("04", "test_step", searching(merge=False), "something gets lost"),
    ("04", "test_step", searching(stays="both"), "some paths count twice"),
    ("04", "test_step", searching(grows="n"), "ends in the label|gets lost"),
    ("04", "test_step", searching(blank=False), "gets lost"),
    ("04", "test_step", searching(stays="none"), "gets lost"),
    ("04", "test_impossible", lambda gradient: 3, "a list of frames"),
    ("04", "test_impossible", over_frames, "sum over the classes"),
    ("04", "test_impossible", beyond(1e-7), "Be less strict"),
    ("04", "test_impossible", never_nan, "not a number at 7 and 20"),
    ("04", "test_impossible", only_nan, "one entry is off by 0.01"),
    ("04", "test_impossible", too_much, "one entry is off by 0.01"),
    ("04", "test_impossible", beyond(0.5), "one entry is off by 0.01"),
    ("04", "test_mended", scaled(np.float32), "not a number"),
    ("04", "test_mended", scaled(np.float32, 1e-45), "not a number|are wrong, by up to"),
    ("04", "test_mended", scaled(np.float32, 1e-30), "still more than 0"),
    ("04", "test_mended", scaled(np.float32, 1e-30, cosmetic=True), "cured the symptom"),
    ("04", "test_mended", cast_at_the_end, "still more than 0"),
    ("04", "test_mended", wrong_sign, "wrong sign"),
    ("04", "test_mended", log2, "the loss is"),
    ("04", "test_fed", lambda target: target.clone(), "the word that it is to say"),
    ("04", "test_fed", lambda target: None, "you gave None"),
    ("04", "test_fed", lambda target: F.pad(target, (1, 0), value=BEGIN), "pushes something out"),
    ("04", "test_fed", lambda target: F.pad(target, (-1, 1), value=END), "looks ahead"),
    ("04", "test_fed", lambda target: target.roll(1, 1), "come round from behind"),
    ("04", "test_fed", lambda target: target.roll(-1, 1), "looks ahead"),
    ("04", "test_fed", lambda target: F.pad(target, (1, -1)), "first every row reads BEGIN"),
    ("04", "test_fed", in_place, "changes the batch, which the loss needs"),
    ("04", "test_best_sentence", lambda log_probs, width, alpha: None, "a tuple of ids"),
    ("04", "test_best_sentence", lambda log_probs, width, alpha, most=6: beams()(log_probs, 1, alpha), "a beam of 2"),
    ("04", "test_best_sentence", beams(grows=True), "word by word the best"),
    ("04", "test_best_sentence", beams(keeps=False), "word by word the best"),
    ("04", "test_best_sentence", beams(pays=True), "stand for choice"),
    ("04", "test_best_sentence", beams(counts=0), "Is END counted"),
    ("04", "test_best_sentence", beams(early=True), "not what is kept on the way"),
    ("04", "test_weights", lambda scores, lengths: None, "should give weights"),
    ("04", "test_weights", lambda scores, lengths: scores.softmax(-1), "have a weight of up to"),
    ("04", "test_weights", zeroed_scores, "0 is more"),
    ("04", "test_weights", zeroed_weights, "must go to the words"),
    ("04", "test_weights", one_too_far, "stands at place n - 1"),
    ("04", "test_weights", one_too_near, "have a weight of up to|no weight at all"),
    ("04", "test_weights", over_the_mask, "have a weight of up to|all the weight lies"),
    ("04", "test_weights", into_the_scores, "changes the scores"),
    ("04", "test_aligner", lambda pairs: None, "a function that links one pair"),
    ("04", "test_aligner", lambda pairs: lambda s, t: 3, "expected a set"),
    ("04", "test_aligner", target_first, "source first"),
    ("04", "test_aligner", everything, "along the diagonal is better"),
    ("04", "test_aligner", alone, "the table alone has"),
]
