"""Which layers are held to the contract. To hold a new one, add one line to LAYERS, or to ALONE if it has a near kin.

LAYERS: name -> function that builds a small layer which reads 6 features (any output size).
Each is tested alone, stacked four deep (if it writes as many features as it reads) and inside a language model.
ALONE: the same, tested alone, for they are kin to some of LAYERS and stack as those do.
"""

from property.layers import CachedAttention, DilatedConvolution, LoopLSTM, SelectiveRecurrence
from seqmodels.gru import GRU
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Bidirectional, Stacked
from seqmodels.lstm import LSTM, LSTM1997, CoupledLSTM, PeepholeLSTM
from seqmodels.recurrent import ElmanRNN, JordanRNN
from seqmodels.tcn import TCN, CausalConv1d
from seqmodels.wavenet import GatedStack, WaveNet
from seqmodels.window import Window

FEATURES, VOCABULARY = 6, 11

LAYERS = {
    "loop lstm": lambda: LoopLSTM(6, 6),
    "cached attention": lambda: CachedAttention(6, n_heads=2),
    "dilated convolution": lambda: DilatedConvolution(6, 6, kernel_size=3, dilation=2),
    "convolution that widens": lambda: DilatedConvolution(6, 9, kernel_size=2, dilation=1),
    "selective recurrence": lambda: SelectiveRecurrence(6, state_size=3),
    "window": lambda: Window(6, 6, length=4),
    "lstm": lambda: LSTM(6, 6),
    "causal convolution": lambda: CausalConv1d(6, 6, kernel_size=3, dilation=2),
    "tcn": lambda: TCN(6, [6, 6], kernel_size=2),
    "gated stack": lambda: GatedStack(6, 6, layers=3),
    "bidirectional": lambda: Bidirectional(LoopLSTM(6, 4), SelectiveRecurrence(6, state_size=3)),
    "hybrid": lambda: Stacked([LoopLSTM(6, 6), CachedAttention(6, n_heads=2), SelectiveRecurrence(6, 2)], True),
}

ALONE = {
    "jordan": lambda: JordanRNN(6, 5, output_size=6),
    "elman": lambda: ElmanRNN(6, 6),
    "elman, relu": lambda: ElmanRNN(6, 4, "relu"),
    "lstm of 1997": lambda: LSTM1997(6, 6),
    "peephole lstm": lambda: PeepholeLSTM(6, 6),
    "coupled lstm": lambda: CoupledLSTM(6, 6),
    "gru": lambda: GRU(6, 6),
    "gru, reset before": lambda: GRU(6, 6, reset_after=False),
    "tcn that widens": lambda: TCN(6, [5, 7, 7], kernel_size=3),
    "gated stack with labels": lambda: GatedStack(6, 5, layers=2, labels=3),
    "wavenet": lambda: WaveNet(6, 8, layers=3, levels=VOCABULARY),
    "lstm and gru from both sides": lambda: Bidirectional(LSTM(6, 4), GRU(6, 3)),
}


def _four_deep(build):
    return lambda: Stacked([build() for _ in range(4)], residual=True)


def _language_model(build):
    return lambda: LanguageModel(VOCABULARY, FEATURES, build())


def _all_cases():
    cases = LAYERS | ALONE
    for name, build in LAYERS.items():
        layer = build()
        if layer.input_size == layer.output_size and not isinstance(layer, Stacked):
            cases[f"four deep: {name}"] = _four_deep(build)
        cases[f"language model: {name}"] = _language_model(build)
    return cases


CASES = _all_cases()
