"""Recurrent layers against those of torch.nn with the same weights, for `python -m tools.bench`.

Forward and backward over whole sequences, 32 at a time, with the gradients of the input and of every weight. The first
candidate, the measure of the other, is torch.nn's. Targets: ElmanRNN 1.0, GRU 1.3, LSTM 2.2 (3 where sequences are long
and layers narrow), exponent 1.15.
"""

import torch
from torch import nn

from seqmodels.gru import GRU
from seqmodels.lstm import LSTM
from seqmodels.recurrent import ElmanRNN

BATCH, WIDE, NARROW = 32, 128, 64


def elman_wide(length):
    """ElmanRNN, so many steps, 128 inputs and units"""
    return _candidates(ElmanRNN, nn.RNN, length, WIDE)


def gru_wide(length):
    """GRU, so many steps, 128 inputs and units"""
    return _candidates(GRU, nn.GRU, length, WIDE)


def lstm_wide(length):
    """LSTM, so many steps, 128 inputs and units"""
    return _candidates(LSTM, nn.LSTM, length, WIDE)


def elman_narrow(length):
    """ElmanRNN, so many steps, 64 inputs and units"""
    return _candidates(ElmanRNN, nn.RNN, length, NARROW)


def gru_narrow(length):
    """GRU, so many steps, 64 inputs and units"""
    return _candidates(GRU, nn.GRU, length, NARROW)


def lstm_narrow(length):
    """LSTM, so many steps, 64 inputs and units"""
    return _candidates(LSTM, nn.LSTM, length, NARROW)


ALL = [elman_wide, gru_wide, lstm_wide, elman_narrow, gru_narrow, lstm_narrow]


def _candidates(ours, theirs, length, hidden):
    torch.manual_seed(0)
    module = theirs(hidden, hidden, batch_first=True)
    layer, x = ours.from_torch(module), torch.randn(BATCH, length, hidden, requires_grad=True)

    def forward_backward(form):
        leaves = [x, *form.parameters()]
        return lambda: torch.autograd.grad(form(x)[0].square().sum(), leaves)[0]

    candidates = {f"torch.nn.{theirs.__name__}": module, f"seqmodels.{ours.__name__}": layer}
    return {name: forward_backward(form) for name, form in candidates.items()}
