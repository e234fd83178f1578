"""Sequence to sequence once more, in torch.nn and written out: what seqmodels.seq2seq is held to.

Every sentence alone, no batch and no padding; torch.nn's recurrent layers, one call for each step of the decoder;
scores as explicit sums. Slow and plain on purpose.
"""

import torch
from torch import nn

BEGIN = 1


class Reference:
    """The same model with the same numbers: those of torch.nn in `modules`, the rest are the model's own tensors."""

    def __init__(self, model):
        self.model, self.lstm = model, type(model.decoder.cell).__name__ == "LSTM"
        self.both_sides = model.encoder.bidirectional
        layer = model.encoder.layer
        layers = [layer.forward_layer, layer.backward_layer] if self.both_sides else [layer]
        self.readers = [_as_torch(one, self.lstm) for one in layers]
        self.writer = _as_torch(model.decoder.cell, self.lstm)

    def logits(self, source, target, reads_own=None):
        """source (S,), target (T,) -> logits (T, V). reads_own (T,): steps that read the best word of the step before.

        Also keeps `weights` (T, S), `attentional` (T, H) and `hidden` (T, H) of the run.
        """
        model, decoder = self.model, self.model.decoder
        memory, state = self.read(source)
        logits, self.weights, self.attentional, self.hidden = [], [], [], []
        o = torch.zeros_like(memory[0])
        for t in range(len(target)):
            word = torch.tensor(BEGIN) if t == 0 else target[t - 1]
            if t > 0 and reads_own is not None and reads_own[t]:
                word = logits[-1][2:].argmax() + 2
            y = decoder.embedding.weight[word]
            if decoder.looks_first:
                c = self.look(self.hidden_of(state), memory, t)
                h, state = self.advance(torch.cat([y, c]), state)
                o = torch.tanh(decoder.attention.combine.weight @ torch.cat([c, h]))
            else:
                h, state = self.advance(torch.cat([y, o]) if decoder.input_feeding else y, state)
                o = h
                if decoder.attention is not None:
                    c = self.look(h, memory, t)
                    o = torch.tanh(decoder.attention.combine.weight @ torch.cat([c, h]))
            self.attentional.append(o)
            self.hidden.append(h)
            logits.append(model.decoder.readout.weight @ o + model.decoder.readout.bias)
        return torch.stack(logits)

    def read(self, source):
        """Memory (S, H) and the decoder's first state, in torch.nn's own form."""
        x = self.model.encoder.embedding.weight[source][None]
        if self.both_sides:
            (left, left_state), (right, right_state) = self.readers[0](x), self.readers[1](x.flip(1))
            memory = torch.cat([left, right.flip(1)], -1)[0]
            if self.lstm:
                return memory, tuple(torch.cat(parts, -1) for parts in zip(left_state, right_state, strict=True))
            return memory, torch.cat([left_state, right_state], -1)
        if self.model.encoder.reverse_source:
            memory, state = self.readers[0](x.flip(1))
            return memory[0].flip(0), state
        memory, state = self.readers[0](x)
        return memory[0], state

    def hidden_of(self, state):
        return (state[0] if self.lstm else state)[0, 0]

    def advance(self, x, state):
        _, state = self.writer(x[None, None], state)
        return self.hidden_of(state), state

    def look(self, h, memory, t):
        """The context, from sums over the words one by one."""
        score, words, bell = self.model.decoder.attention.score, range(len(memory)), [1.0] * len(memory)
        if type(score).__name__ == "Local":
            p = torch.tensor(float(t), dtype=h.dtype)
            if not score.monotonic:
                p = (len(memory) - 1) * torch.sigmoid(score.place.weight[0] @ torch.tanh(score.look.weight @ h))
                bell = [torch.exp(-((s - p) ** 2) / (2 * (score.window / 2) ** 2)) for s in words]
            words = [s for s in words if abs(s - p.item()) <= score.window]
            score = score.score
        weights = [torch.zeros((), dtype=h.dtype)] * len(memory)
        if words:
            chosen = torch.softmax(torch.stack([_score(score, h, memory[s]) for s in words]), 0)
            for s, a in zip(words, chosen, strict=True):
                weights[s] = a * bell[s]
        self.weights.append(torch.stack(weights))
        return sum(a * m for a, m in zip(weights, memory, strict=True))

    def recurrent(self):
        """Path of a recurrent layer in the model -> the module of torch.nn that stands for it."""
        named = {"decoder.cell": self.writer}
        if self.both_sides:
            named |= {"encoder.layer.forward_layer": self.readers[0], "encoder.layer.backward_layer": self.readers[1]}
        else:
            named["encoder.layer"] = self.readers[0]
        return named


def _score(score, h, m):
    kind = type(score).__name__
    if kind == "Dot":
        return (h * m).sum()
    if kind == "General":
        return h @ score.between.weight @ m
    if kind == "Additive":
        return score.vote.weight[0] @ torch.tanh(score.from_query.weight @ h + score.from_memory.weight @ m)
    return score.vote.weight[0] @ torch.tanh(score.joint.weight @ torch.cat([h, m]))


def _as_torch(layer, lstm):
    """torch.nn's layer with the numbers of ours."""
    module = (nn.LSTM if lstm else nn.GRU)(layer.input_size, layer.output_size, batch_first=True).to(layer.bias.dtype)
    with torch.no_grad():
        module.weight_ih_l0.copy_(layer.weight_input)
        module.weight_hh_l0.copy_(layer.weight_hidden)
        module.bias_ih_l0.copy_(layer.bias)
        module.bias_hh_l0.zero_()
        if not lstm:
            module.bias_hh_l0[-layer.hidden_size :] = layer.bias_hidden
    return module


def gradients(model, reference, value_of_model, value_of_reference):
    """(name, ours, theirs) for every parameter of the model: the gradients of two equal scalars."""
    names, tensors = zip(*model.named_parameters(), strict=True)
    found = torch.autograd.grad(value_of_model, tensors, allow_unused=True, retain_graph=True)
    theirs = {}
    for path, module in reference.recurrent().items():
        weight, recurrent, bias, bias_hidden = torch.autograd.grad(
            value_of_reference, list(module.parameters()), retain_graph=True
        )
        theirs |= {f"{path}.weight_input": weight, f"{path}.weight_hidden": recurrent, f"{path}.bias": bias}
        if not reference.lstm:
            theirs[f"{path}.bias_hidden"] = bias_hidden[-len(bias_hidden) // 3 :]
    shared = [(name, tensor) for name, tensor in zip(names, tensors, strict=True) if name not in theirs]
    expected = torch.autograd.grad(value_of_reference, [t for _, t in shared], allow_unused=True, retain_graph=True)
    theirs |= {name: value for (name, _), value in zip(shared, expected, strict=True)}
    return [(name, ours, theirs[name]) for name, ours in zip(names, found, strict=True)]
