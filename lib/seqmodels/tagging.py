"""Tagging: one label for each character, said in step with the reading, or a few characters later."""

import torch
from torch import nn
from torch.nn import functional as F

__all__ = ["Tagger", "pieces", "random_pieces", "tag_loss"]


class Tagger(nn.Module):
    """Embedding, then a sequence layer, then a linear head: scores of every tag for every character.

    forward(tokens (B, T)) -> logits (B, T, K). With `delay` d the layer reads d characters further before it answers:
    what it says about character t is read off at t + d, and behind the end it reads d times a token of its own.
    A delay is what one does without a second direction: wait, and answer when more has been read.
    Held by tests/unit/test_tagging.py.
    """

    def __init__(self, vocab_size, n_tags, layer, delay=0):
        super().__init__()
        if delay < 0:
            raise ValueError(f"delay: expected 0 or more characters, got {delay}")
        self.embedding = nn.Embedding(vocab_size + 1, layer.input_size)
        self.layer, self.head, self.delay = layer, nn.Linear(layer.output_size, n_tags), delay

    def forward(self, tokens):
        end = self.embedding.num_embeddings - 1
        y, _ = self.layer(self.embedding(F.pad(tokens, (0, self.delay), value=end)))  # (B, T + d, H)
        return self.head(y[:, self.delay :])  # (3.3.3)


def tag_loss(tagger, batch):
    """Mean −log p of the tag of each character, in nats; batch: (tokens (B, T), tags (B, T))."""
    tokens, tags = batch
    return F.cross_entropy(tagger(tokens).flatten(0, 1), tags.flatten())


def pieces(files, code, length):
    """Files cut into pieces that follow each other, (tokens (N, length), tags (N, length)); the rest is left out."""
    cut = [_ids(file, code)[:, : len(file.text) // length * length].view(2, -1, length) for file in files]
    return torch.cat(cut, 1).unbind(0)


def random_pieces(files, code, count, length, generator):
    """An endless stream of batches of `count` pieces of files, each begun anywhere: (tokens (B, T), tags (B, T))."""
    both = [_ids(file, code).unfold(1, length, 1) for file in files]  # each (2, places to begin, T), no copies
    begins = torch.tensor([each.shape[1] for each in both]).cumsum(0)
    while True:
        places = torch.randint(int(begins[-1]), (count,), generator=generator)
        which = torch.searchsorted(begins, places, right=True)
        chosen = [both[f][:, p - begins[f]] for f, p in zip(which.tolist(), places.tolist(), strict=True)]
        yield torch.stack(chosen, 1).unbind(0)


def _ids(file, code):
    return torch.stack([code.vocabulary.encode(file.text), code.tag_ids(file.tags)])
