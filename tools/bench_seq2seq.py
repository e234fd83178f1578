"""Sequence to sequence with attention against torch.nn, for `python -m tools.bench`.

Forward and backward of a whole batch with teacher forcing, 64 pairs of so many words each, 128 units, the gradient of
every parameter. The first candidate, the measure of the others, is the same model of torch.nn's layers: where looks can
wait, the decoder is one call of torch.nn.GRU; where they cannot, a loop over torch.nn.GRUCell. Targets: 1.5 where looks
can wait, 1.3 where they cannot.
"""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.probes import record
from seqmodels.seq2seq import BEGIN, Seq2Seq

BATCH, WORDS, EMBEDDING, HIDDEN = 64, 60, 64, 128


def seq2seq_luong(length):
    """General attention, so many words to so many, 128 units"""
    model = _model("general")

    def watched(*batch):
        with record(model):
            return model(*batch)

    return _candidates(model, length) | {"step after step": _forward_backward(model, watched, length)}


def seq2seq_bahdanau(length):
    """Additive attention, which every step waits for, so many words to so many, 128 units"""
    return _candidates(_model("additive"), length)


ALL = [seq2seq_luong, seq2seq_bahdanau]


class _Torch(nn.Module):
    """The same model, its recurrent layers torch.nn's, without masks: all sentences are of one length."""

    def __init__(self, model):
        super().__init__()
        decoder, attention = model.decoder, model.decoder.attention
        self.source, self.target, self.readout = model.encoder.embedding, decoder.embedding, decoder.readout
        self.score, self.combine, self.looks_first = attention.score, attention.combine, decoder.looks_first
        self.reader = _taken(nn.GRU(EMBEDDING, HIDDEN, batch_first=True), model.encoder.layer, "_l0")
        if self.looks_first:
            self.writer = _taken(nn.GRUCell(EMBEDDING + HIDDEN, HIDDEN), decoder.cell, "")
        else:
            self.writer = _taken(nn.GRU(EMBEDDING, HIDDEN, batch_first=True), decoder.cell, "_l0")

    def forward(self, source, source_lengths, target):
        memory, h = self.reader(self.source(source))
        y = self.target(F.pad(target[:, :-1], (1, 0), value=BEGIN))
        if not self.looks_first:
            h, _ = self.writer(y, h)
            c = torch.softmax(h @ self.score.between(memory).transpose(1, 2), -1) @ memory
            return self.readout(torch.tanh(self.combine(torch.cat([c, h], -1))))
        keys, h, outputs = self.score.from_memory(memory), h[0], []
        for word in y.unbind(1):
            weights = torch.softmax(self.score.vote(torch.tanh(keys + self.score.from_query(h)[:, None])), 1)
            c = (weights * memory).sum(1)
            h = self.writer(torch.cat([word, c], -1), h)
            outputs.append(torch.cat([c, h], -1))
        return self.readout(torch.tanh(self.combine(torch.stack(outputs, 1))))


def _taken(module, layer, ending):
    """torch.nn's GRU or GRUCell with the numbers of ours."""
    with torch.no_grad():
        for name, value in (
            ("weight_ih", layer.weight_input),
            ("weight_hh", layer.weight_hidden),
            ("bias_ih", layer.bias),
        ):
            getattr(module, name + ending).copy_(value)
        getattr(module, "bias_hh" + ending).zero_()[-HIDDEN:] = layer.bias_hidden
    return module


def _model(attention):
    torch.manual_seed(0)
    return Seq2Seq(WORDS, WORDS, EMBEDDING, HIDDEN, attention=attention)


def _candidates(model, length):
    reference = _Torch(model)
    return {
        "torch.nn": _forward_backward(reference, reference, length),
        "seqmodels.Seq2Seq": _forward_backward(model, model, length),
    }


def _forward_backward(model, run, length):
    """Every gradient is computed; that of the readout's weight, which the candidates share, is returned."""
    source, target = torch.randint(3, WORDS, (2, BATCH, length), generator=torch.Generator().manual_seed(0))
    batch = source, torch.full((BATCH,), length), target
    names, parameters = zip(*model.named_parameters(), strict=True)
    shown = next(i for i, name in enumerate(names) if name.endswith("readout.weight"))
    return lambda: torch.autograd.grad(run(*batch).square().mean(), parameters)[shown]
