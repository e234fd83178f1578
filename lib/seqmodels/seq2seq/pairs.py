"""Pairs of sentences: batches of them, and how far a model is from writing the second after reading the first."""

import numbers
from typing import NamedTuple

import torch
from torch.nn import functional as F

from seqmodels.seq2seq.encoder import BEGIN, END, PADDING


class PairBatch(NamedTuple):
    """source (B, S), source_lengths (B,), target (B, T) with END; filled up with PADDING. All int64."""

    source: torch.Tensor
    source_lengths: torch.Tensor
    target: torch.Tensor


def pair_batch(pairs, rows=None) -> PairBatch:
    """A batch of pairs [(source ids, target ids), …], or of those at `rows` alone; END is added to each target.

    ids: lists of whole numbers, or int64 tensors (S,) and (T,), words alone: from 3 on. rows: whole numbers, such as a
    tensor from seqmodels.schedules.length_buckets.
    """
    chosen = list(pairs) if rows is None else [pairs[int(row)] for row in rows]
    if not chosen:
        raise ValueError("pairs: expected at least one pair (source ids, target ids), got none")
    sources = [_words(source, "source") for source, _ in chosen]
    targets = [[*_words(target, "target"), END] for _, target in chosen]
    if not all(sources):
        raise ValueError("pairs: each source must hold at least one word, got an empty one")
    return PairBatch(_filled(sources), torch.tensor([len(source) for source in sources]), _filled(targets))


def _words(sentence, name):
    ids = sentence.tolist() if isinstance(sentence, torch.Tensor) else list(sentence)
    if not all(isinstance(word, numbers.Integral) and word > END for word in ids):
        raise ValueError(f"pairs: each {name} must hold the ids of words alone, whole numbers from {END + 1} on, "
                         f"without PADDING, BEGIN and END ({PADDING}, {BEGIN}, {END}), got {ids}")  # fmt: skip
    return ids


def _filled(sentences):
    rows = [torch.tensor(sentence, dtype=torch.int64) for sentence in sentences]
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PADDING)


class TranslationLoss:
    """Mean −log p of a target word, END included, in nats: loss(model, batch) -> scalar, for `training.train`.

    teacher_forcing: how often the true last word is fed, 1 always; a number, or step -> number such as
    `scheduled_sampling(…)`, where the steps are counted from 0 by the calls of this loss. The coins come from
    `generator`. `last_teacher_forcing`: what the last call used.
    """

    def __init__(self, teacher_forcing=1.0, *, generator=None):
        self.teacher_forcing, self.generator = teacher_forcing, generator
        self.step, self.last_teacher_forcing = 0, None

    def __call__(self, model, batch):
        chance = self.teacher_forcing(self.step) if callable(self.teacher_forcing) else self.teacher_forcing
        self.step, self.last_teacher_forcing = self.step + 1, chance
        logits = model(batch.source, batch.source_lengths, batch.target, chance, generator=self.generator)
        return F.cross_entropy(logits.flatten(0, 1), batch.target.flatten(), ignore_index=PADDING)  # (4.2.5)
