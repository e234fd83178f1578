"""Which layers are held to the contract. To hold a new one, add one line to LAYERS.

LAYERS: name -> function that builds a small layer which reads 6 features (any output size).
Each is tested alone, stacked four deep (if it writes as many features as it reads) and inside a language model.
"""

from property.layers import CachedAttention, DilatedConvolution, LoopLSTM, SelectiveRecurrence
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Bidirectional, Stacked
from seqmodels.window import Window

FEATURES, VOCABULARY = 6, 11

LAYERS = {
    "loop lstm": lambda: LoopLSTM(6, 6),
    "cached attention": lambda: CachedAttention(6, n_heads=2),
    "dilated convolution": lambda: DilatedConvolution(6, 6, kernel_size=3, dilation=2),
    "convolution that widens": lambda: DilatedConvolution(6, 9, kernel_size=2, dilation=1),
    "selective recurrence": lambda: SelectiveRecurrence(6, state_size=3),
    "window": lambda: Window(6, 6, length=4),
    "bidirectional": lambda: Bidirectional(LoopLSTM(6, 4), SelectiveRecurrence(6, state_size=3)),
    "hybrid": lambda: Stacked([LoopLSTM(6, 6), CachedAttention(6, n_heads=2), SelectiveRecurrence(6, 2)], True),
}


def _four_deep(build):
    return lambda: Stacked([build() for _ in range(4)], residual=True)


def _language_model(build):
    return lambda: LanguageModel(VOCABULARY, FEATURES, build())


def _all_cases():
    cases = dict(LAYERS)
    for name, build in LAYERS.items():
        layer = build()
        if layer.input_size == layer.output_size and not isinstance(layer, Stacked):
            cases[f"four deep: {name}"] = _four_deep(build)
        cases[f"language model: {name}"] = _language_model(build)
    return cases


CASES = _all_cases()
