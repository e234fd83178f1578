"""Answers to the exercises of chapter 03 as readers might write them: right in another way, or wrong as is common."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqmodels.checkpoints import load_checkpoint
from seqmodels.gru import GRU
from seqmodels.lstm import LSTM, LSTM1997
from seqmodels.padding import reverse
from seqmodels.recurrent import ElmanRNN

# ---------------------------------------------------------------- 1


def left(share):
    """The bias with which this share is left after n characters."""
    return lambda n: -math.log(share ** (-1 / n) - 1)


# ---------------------------------------------------------------- 2


def built(units, **parts):
    """An LSTM(4, units) of zeros with these parts set: name=(bias, from the input, from h), each as it broadcasts."""
    layer = LSTM(4, units)
    with torch.no_grad():
        for weights in layer.parameters():
            weights.zero_()
        for name, values in parts.items():
            stacked = layer.bias, layer.weight_input, layer.weight_hidden
            for part, value in zip(stacked, values, strict=False):
                layer.part(part, name).copy_(torch.as_tensor(value, dtype=torch.float32))
    return layer


OPEN, MARK = [30], [[60, 0, 0, 0]]


def strings(**other):
    """The unit of exercise 2a, or with other parts."""
    parts = {
        "input_gate": ([-30], MARK),
        "forget_gate": (OPEN,),
        "candidate": (OPEN, 0, [[-80]]),
        "output_gate": (OPEN,),
    }
    return lambda: built(1, **(parts | other))


def let_go():
    """At a mark the old is forgotten; only outside a string a new one is written."""
    return built(1, input_gate=([-30], MARK, [[-80]]), forget_gate=(OPEN, [[-60, 0, 0, 0]]), candidate=(OPEN,),
                 output_gate=(OPEN,))  # fmt: skip


def brackets(heard=((0, 0), (-80, 0)), itself=((-80, 0), (0, 0)), keeps=(30, 30)):
    """The two units of exercise 2b; heard: what the input gates hear, itself: what the candidates hear."""
    return lambda: built(
        2,
        input_gate=([-30, 30], [[60, 0, 0, 0], [0] * 4], heard),
        forget_gate=(keeps,),
        candidate=([30, 0], [[0] * 4, [0, 30, -30, 0]], itself),
        output_gate=([30, 30],),
    )


# ---------------------------------------------------------------- 3

STORED = ["input_gate", "candidate", "forget_gate", "output_gate"]


def unpacked(stored, names=("weight_input", "weight_hidden", "bias"), order=(0, 2, 1, 3), added=1.0, to=1):
    """The file mended by slices, in the tensors named, or with one of the mistakes that one can make."""
    rows = len(stored["bias"]) // 4
    result = {name: value.clone() for name, value in stored.items()}
    for name in names:
        for place, block in enumerate(order):
            result[name][place * rows : (place + 1) * rows] = stored[name][block * rows : (block + 1) * rows]
    result["bias"][to * rows : (to + 1) * rows] += added
    return result


def mending(**mistakes):
    return lambda stored: unpacked(stored, **mistakes)


def in_place(stored):
    for value in stored.values():
        rows = len(value) // 4
        value[rows : 3 * rows] = torch.cat([value[2 * rows : 3 * rows], value[rows : 2 * rows]])
    stored["bias"].chunk(4)[1].add_(1)
    return stored


def from_our_own(stored):
    return load_checkpoint("lstm").backbone.state_dict()


# ---------------------------------------------------------------- 4


def taken_over(weights, order=(1, 0, 2), turn=lambda name, z: -z, reset_after=False, sign=1.0):
    """Her weights in our GRU; turn: what becomes of z's rows in each tensor, sign: of the other rows."""
    W, _, b = weights
    layer = GRU(np.shape(W)[1], len(b) // 3, reset_after=reset_after)
    with torch.no_grad():
        for name, part in zip(("weight_input", "weight_hidden", "bias"), weights, strict=True):
            blocks = [torch.tensor(np.array_split(part, 3)[k]).float() for k in order]
            blocks = [sign * blocks[0], turn(name, blocks[1]), sign * blocks[2]]
            getattr(layer, name).copy_(torch.cat(blocks))
        if reset_after:
            layer.bias_hidden.zero_()
    return layer


def taking_over(**mistakes):
    return lambda weights: taken_over(weights, **mistakes)


# ---------------------------------------------------------------- 5


def scores(tagger, tokens, lengths, *, there, back=None, stop=False, blank=False):
    """Tag with the function `there` for what the reader from the right reads, and `back` for what it says."""
    x = tagger.embedding(tokens)
    if blank:
        x = x * (torch.arange(tokens.shape[1]) < lengths[:, None])[..., None]
    from_left, _ = tagger.layer.forward_layer(x)
    from_right, _ = tagger.layer.backward_layer(there(x, lengths), lengths=lengths if stop else None)
    return tagger.head(torch.cat([from_left, (back or there)(from_right, lengths)], -1))


def flipped(x, lengths):
    return x.flip(1)


def shifted(x, lengths):
    """The mirror one place too far: n - t and not n - 1 - t."""
    places = (lengths[:, None] - torch.arange(x.shape[1])).clamp(0, x.shape[1] - 1)
    return x[torch.arange(len(x))[:, None], places]


def saying(**how):
    return lambda tagger, tokens, lengths: scores(tagger, tokens, lengths, **how)


def line_by_line(tagger, tokens, lengths):
    result = torch.zeros(*tokens.shape, tagger.head.out_features)
    for k, n in enumerate(lengths.tolist()):
        result[k, :n] = tagger.head(tagger.layer(tagger.embedding(tokens[k : k + 1, :n]))[0])[0]
    return result


def with_the_library(tagger, tokens, lengths):
    return tagger.head(tagger.layer(tagger.embedding(tokens), lengths=lengths)[0])


def packed(tagger, tokens, lengths):
    """torch.nn's way: packed sequences and its own bidirectional LSTM."""
    theirs = nn.LSTM(24, 24, bidirectional=True, batch_first=True)
    with torch.no_grad():
        for layer, name in ((tagger.layer.forward_layer, "l0"), (tagger.layer.backward_layer, "l0_reverse")):
            getattr(theirs, f"weight_ih_{name}").copy_(layer.weight_input)
            getattr(theirs, f"weight_hh_{name}").copy_(layer.weight_hidden)
            getattr(theirs, f"bias_ih_{name}").copy_(layer.bias)
            getattr(theirs, f"bias_hh_{name}").zero_()
    x = pack_padded_sequence(tagger.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
    return tagger.head(pad_packed_sequence(theirs(x)[0], batch_first=True)[0])


# ---------------------------------------------------------------- 6


def set_to(layer, answer, *values):
    """Weights of a layer and its readout: W, U, b, V, c."""
    with torch.no_grad():
        for weights, value in zip((*layer.parameters(), *answer.parameters()), values, strict=True):
            weights.copy_(torch.as_tensor(value, dtype=torch.float32).reshape(weights.shape))
    return layer, answer


def rectified(drift=0.0):
    """relu(x + m - 1) is the marked number; a second unit adds up. With a drift it also counts, right at twelve."""
    layer, answer = ElmanRNN(2, 2, "relu"), nn.Linear(2, 1)
    return set_to(layer, answer, [[1, 1], [0, 0]], [[0, 0], [1, 1]], [-1, drift], [1, 1], [-12 * drift])


def cell_of_1997():
    """It need not forget: in at the marks, in steps so small that no tanh bends them."""
    layer, answer = LSTM1997(2, 1), nn.Linear(1, 1)
    return set_to(layer, answer, [[0, 60], [0.01, 0], [0, 0]], [0] * 3, [-30, 0, 30], [100], [0])


def shares():
    """A GRU: at a mark a hundredth is replaced, which at two marks is nearly the same share of each."""
    layer, answer = GRU(2, 1, reset_after=False), nn.Linear(1, 1)
    rare = math.log(99) - 30  # z: 1 without a mark, 0.99 with one
    return set_to(layer, answer, [[0, 0], [0, rare], [0.1, 0]], [0] * 3, [0, 30, 0], [1_000], [0])


def untrained():
    torch.manual_seed(0)
    return LSTM(2, 1), nn.Linear(1, 1)


class Product(LSTM):
    """Number times mark, written into the layer."""

    def forward(self, x, state=None, *, lengths=None):
        return x.prod(-1, keepdim=True).cumsum(1), state


def product():
    return Product(2, 1), nn.Linear(1, 1)


RIGHT = [
    ("03", "test_bias_for", left(0.5)),
    ("03", "test_bias_for", lambda n: torch.tensor(0.5 ** (1 / n)).logit()),
    ("03", "test_quote_unit", strings()),
    ("03", "test_quote_unit", let_go),
    ("03", "test_code_reader", brackets()),
    ("03", "test_code_reader", brackets(itself=((-100, 0), (0, 0)), heard=((0, 0), (-300, 0)))),
    ("03", "test_order", lambda: tuple(STORED)),
    ("03", "test_mended", unpacked),
    ("03", "test_ours_from", taken_over),
    ("03", "test_company", line_by_line),
    ("03", "test_company", with_the_library),
    ("03", "test_company", packed),
    ("03", "test_company", saying(there=reverse)),
    ("03", "test_smallest_adder", rectified),
    ("03", "test_smallest_adder", cell_of_1997),
    ("03", "test_smallest_adder", shares),
]
WRONG = [
    ("03", "test_bias_for", lambda n: None, "expected one number"),
    ("03", "test_bias_for", lambda n: 0.5 ** (1 / n), "is the gate"),
    ("03", "test_bias_for", lambda n: -left(0.5)(n), "wrong sign"),
    ("03", "test_bias_for", left(1 / math.e), "That is 1/e"),
    ("03", "test_bias_for", math.log, "is left after 24 characters"),
    ("03", "test_bias_for", lambda n: math.log(n / math.log(2)), "is left after 24 characters"),
    ("03", "test_bias_for", lambda n: 3.5299, "gone by half after one character"),
    ("03", "test_quote_unit", strings(candidate=(OPEN,)), "it counts the marks"),
    ("03", "test_quote_unit", strings(candidate=(OPEN,), forget_gate=(OPEN, [[-60, 0, 0, 0]])), "once open, always"),
    ("03", "test_quote_unit", strings(forget_gate=([5],)), "which gate leaks"),
    ("03", "test_quote_unit", strings(forget_gate=([2],)), "which gate leaks"),
    ("03", "test_quote_unit", strings(input_gate=([-5], MARK)), "which gate leaks"),
    ("03", "test_quote_unit", strings(candidate=([-30], 0, [[80]])), "the cell should be near 1; yours is -1"),
    ("03", "test_quote_unit", strings(input_gate=([-30], [[60, 60, 0, 0]])), "the cell should be"),
    ("03", "test_quote_unit", lambda: built(1), "after the first mark"),
    ("03", "test_quote_unit", lambda: None, "did you return it|you gave None"),
    ("03", "test_code_reader", brackets(heard=0), "counts that stands in a string"),
    ("03", "test_code_reader", brackets(itself=((-80, -80), (0, 0))), "Does it hear unit 1"),
    ("03", "test_code_reader", brackets(keeps=(30, 5)), "What leaks"),
    ("03", "test_code_reader", brackets(itself=0), "do what it did alone"),
    ("03", "test_code_reader", brackets(heard=((0, 0), (-40, 0))), "counts that stands in a string"),
    ("03", "test_code_reader", lambda: built(2), "one bracket is open"),
    ("03", "test_code_reader", strings(), r"blank\(2\)"),
    ("03", "test_order", lambda: None, "each of"),
    ("03", "test_order", lambda: ["i", "g", "f", "o"], "each of"),
    ("03", "test_order", lambda: LSTM.parts, "our own order"),
    ("03", "test_order", lambda: ["forget_gate", "input_gate", "candidate", "output_gate"], "call forget gates"),
    ("03", "test_order", lambda: ["candidate", "input_gate", "forget_gate", "output_gate"], "leans"),
    ("03", "test_order", lambda: ["output_gate", "candidate", "forget_gate", "input_gate"], "the other two are not"),
    ("03", "test_mended", lambda stored: None, "expected a dict"),
    ("03", "test_mended", dict, "lies there as in the file"),
    ("03", "test_mended", mending(names=("weight_input", "bias")), "weight_hidden lies there"),
    ("03", "test_mended", mending(order=(3, 2, 1, 0)), "not in our order"),
    ("03", "test_mended", mending(added=0.0), "does not store, is missing"),
    ("03", "test_mended", mending(to=2), "does not store, is missing"),
    ("03", "test_mended", mending(added=-1.0), "the wrong way"),
    ("03", "test_mended", mending(added=2.0), "once is enough"),
    ("03", "test_mended", in_place, "changes the file"),
    ("03", "test_mended", from_our_own, "of another LSTM"),
    ("03", "test_ours_from", taking_over(reset_after=True), "resets after it"),
    ("03", "test_ours_from", taking_over(order=(0, 1, 2), turn=lambda name, z: z), "in the order z, r, n"),
    ("03", "test_ours_from", taking_over(turn=lambda name, z: z), "Turn the sign"),
    ("03", "test_ours_from", taking_over(turn=lambda name, z: -z if name == "weight_input" else z), "here too"),
    ("03", "test_ours_from", taking_over(turn=lambda name, z: 1 - z), "holds for the gate, not for the weights"),
    ("03", "test_ours_from", taking_over(sign=-1.0), "only the block of z"),
    ("03", "test_ours_from", lambda weights: None, "expected a GRU"),
    ("03", "test_company", lambda *batch: None, "expected scores"),
    ("03", "test_company", lambda *batch: line_by_line(*batch).argmax(-1), "expected scores"),
    ("03", "test_company", saying(there=flipped), "it still reads the padding"),
    ("03", "test_company", saying(there=reverse, back=lambda y, lengths: y), "turned back"),
    ("03", "test_company", saying(there=flipped, stop=True), "begins. with its padding"),
    ("03", "test_company", saying(there=flipped, blank=True), "in company"),
    ("03", "test_company", saying(there=reverse, back=flipped), "reads the padding|in company"),
    ("03", "test_company", saying(there=shifted), "even alone"),
    ("03", "test_smallest_adder", untrained, "no better than who always says 1"),
    ("03", "test_smallest_adder", lambda: rectified(drift=0.02), "the length with the sum"),
    ("03", "test_smallest_adder", product, "to be fair to all"),
    ("03", "test_smallest_adder", lambda: untrained()[0], "expected .layer, nn.Linear"),
    ("03", "test_smallest_adder", lambda: (LSTM(2, 1), nn.Linear(1, 2)), "to one number"),
]
