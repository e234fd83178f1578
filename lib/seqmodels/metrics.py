"""How good is a model? The one evaluation protocol of the course, and the measures that go with it.

The protocol: every sequence (a tale) is read from a fresh state after the token `start`, and *every* symbol of it is
scored, the first one too. Likelihoods are in nats inside, in bits per symbol outside. What compares whole sequences
(edit distance, BLEU and the like) is in `sequence_metrics` and can be taken from here.
"""

import math
from dataclasses import dataclass

import torch

from seqmodels.layer import map_state
from seqmodels.runtime import evaluating, progress
from seqmodels.sequence_metrics import (
    alignment_error_rate,
    bleu,
    bleu_parts,
    character_error_rate,
    edit_distance,
    edits,
    label_error_rate,
    word_error_rate,
)

__all__ = ["Evaluation", "alignment_error_rate", "bits_per_symbol", "bleu", "bleu_parts", "character_error_rate",
           "edit_distance", "edits", "evaluate", "label_error_rate", "perplexity", "read",
           "word_error_rate"]  # fmt: skip


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found out.

    nats: the total −log p of all symbols; count: how many symbols; bits_by_position (T,): mean bits of the symbol at
    each place, over the count_by_position (T,) sequences that reach it; bits_by_sequence: mean bits of each sequence.
    """

    nats: float
    count: int
    bits_by_position: torch.Tensor
    count_by_position: torch.Tensor
    bits_by_sequence: torch.Tensor

    @property
    def bits_per_symbol(self) -> float:
        return self.nats / self.count / math.log(2)

    @property
    def perplexity(self) -> float:
        return math.exp(self.nats / self.count)

    def __str__(self):
        return f"{self.bits_per_symbol:.3f} bits per symbol, perplexity {self.perplexity:.2f}, {self.count:,} symbols"


def evaluate(model, sequences, *, start, batch_size=16, chunk=256) -> Evaluation:
    """Score every symbol of every sequence, each read from a fresh state after the token `start`.

    model: a causal language model, or a table with `initial_state` and `step`; sequences: int64 tensors (T,) of any
    lengths, 1 or more. Sequences are read side by side, `batch_size` at a time in pieces of `chunk` symbols, longest
    first, which changes no result (held to one by one in tests/unit/test_metrics.py). Sums in float64.
    """
    if not getattr(model, "causal", True):
        raise ValueError("model: one that looks ahead sees the symbols it should predict; its bits would mean nothing")
    sequences = _check_sequences(sequences, batch_size, chunk)
    order = sorted(range(len(sequences)), key=lambda i: -len(sequences[i]))
    nats = [None] * len(sequences)  # nats[i] (T_i,): -log p of every symbol of sequence i
    with evaluating(model):
        for first in progress(range(0, len(order), batch_size), label="reading"):
            some = order[first : first + batch_size]
            for i, values in zip(some, _read_batch(model, [sequences[i] for i in some], start, chunk), strict=True):
                nats[i] = values
    padded = torch.nn.utils.rnn.pad_sequence(nats, batch_first=True)  # (N, T)
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    reached = (torch.arange(padded.shape[1]) < lengths[:, None]).sum(0)
    return Evaluation(
        nats=padded.sum().item(),
        count=int(lengths.sum()),
        bits_by_position=padded.sum(0) / reached / math.log(2),
        count_by_position=reached,
        bits_by_sequence=padded.sum(1) / lengths / math.log(2),
    )


def _read_batch(model, sequences, start, chunk):
    """-log p of every symbol of sequences sorted from long to short: a list of float64 tensors (T_i,)."""
    device = next((p.device for p in model.parameters()), None) if isinstance(model, torch.nn.Module) else None
    targets = torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True).to(device)  # (B, T)
    inputs = torch.cat([torch.full_like(targets[:, :1], start), targets[:, :-1]], 1)
    lengths = torch.tensor([len(sequence) for sequence in sequences], device=targets.device)
    state, pieces = model.initial_state(len(sequences)), []
    for begin in range(0, targets.shape[1], chunk):
        alive = int((lengths > begin).sum())  # the sequences that still run are the first ones
        state = map_state(lambda leaf, alive=alive: leaf[:alive], state)
        here = slice(begin, begin + chunk)
        left = (lengths[:alive] - begin).clamp(max=inputs[:, here].shape[1])
        logits, state = read(model, inputs[:alive, here], state, left)  # (alive, chunk, V)
        log_probs = logits.double().log_softmax(-1).gather(-1, targets[:alive, here, None]).squeeze(-1)
        pieces.append(torch.nn.functional.pad(-log_probs, (0, 0, 0, len(sequences) - alive)))
    nats = torch.cat(pieces, 1).cpu()
    return [row[: len(sequence)] for row, sequence in zip(nats, sequences, strict=True)]


def read(model, tokens, state, lengths=None):
    """Logits (B, T, V) after every token, and the state: by forward if there is one, else step by step."""
    if isinstance(model, torch.nn.Module):
        return model(tokens, state, lengths=lengths)
    logits = []
    for token in tokens.unbind(1):
        scores, state = model.step(token, state)
        logits.append(scores)
    return torch.stack(logits, 1), state


def bits_per_symbol(log_probs) -> float:
    """Mean of −log₂ p, from the natural logarithms of the probabilities that a model gave to what really came."""
    return -_mean(log_probs) / math.log(2)


def perplexity(log_probs) -> float:
    """exp of the mean −log p: the number of equally likely symbols that would be as hard to guess."""
    return math.exp(-_mean(log_probs))


def _mean(log_probs):
    log_probs = torch.as_tensor(log_probs, dtype=torch.float64)
    if log_probs.numel() == 0 or log_probs.isnan().any() or (log_probs > 1e-6).any():
        highest = log_probs.max() if log_probs.numel() else "nothing"
        raise ValueError(f"log_probs: expected logarithms of probabilities, 0 or less, got up to {highest}")
    return log_probs.mean().item()


def _check_sequences(sequences, batch_size, chunk):
    sequences = list(sequences)
    if not sequences:
        raise ValueError("sequences: expected at least one sequence, got none")
    for i, sequence in enumerate(sequences):
        if not isinstance(sequence, torch.Tensor) or sequence.dtype != torch.int64 or sequence.dim() != 1:
            came = getattr(sequence, "dtype", type(sequence).__name__), tuple(getattr(sequence, "shape", ()))
            raise ValueError(f"sequences: number {i} should be an int64 tensor (T,), got {came[0]} {came[1]}")
        if len(sequence) == 0:
            raise ValueError(f"sequences: number {i} is empty; leave it out")
    for name, value in (("batch_size", batch_size), ("chunk", chunk)):
        if value < 1:
            raise ValueError(f"{name}: expected 1 or more, got {value}")
    return sequences
