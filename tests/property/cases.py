"""Which layers are held to the contract. To hold a new one, add one line to LAYERS, or to ALONE if it has a near kin.

LAYERS: name -> function that builds a small layer which reads 6 features (any output size).
Each is tested alone, stacked four deep (if it writes as many features as it reads) and inside a language model.
ALONE: the same, tested alone, for they are kin to some of LAYERS and stack as those do.
"""

from property.layers import CachedAttention, DilatedConvolution, LoopLSTM, SelectiveRecurrence
from seqmodels.attention import MultiHeadAttention
from seqmodels.bert import BERT
from seqmodels.efficient_attention import LinearAttention
from seqmodels.gpt import GPT
from seqmodels.gru import GRU
from seqmodels.jamba import Experts, HybridLayer, Jamba
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Bidirectional, Stacked
from seqmodels.linear_recurrence import GLA, MLSTM, RGLRU, RWKV6, DeltaNet, RecurrenceBlock, RetNet
from seqmodels.linear_transformer import LinearTransformer
from seqmodels.lstm import LSTM, LSTM1997, CoupledLSTM, PeepholeLSTM
from seqmodels.mamba import Mamba, MambaBlock, PreNorm, TimeInvariantBlock
from seqmodels.mamba2 import Mamba2, Mamba2Block
from seqmodels.positions import LearnedPositions
from seqmodels.recurrent import ElmanRNN, JordanRNN
from seqmodels.s4 import S4, S4D, S4Block
from seqmodels.t5 import T5
from seqmodels.tcn import TCN, CausalConv1d
from seqmodels.transformer import TransformerBlock
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
    "linear attention": lambda: LinearAttention(6, n_heads=2, chunk=4),
    "attention": lambda: MultiHeadAttention(6, 2),
    "transformer block": lambda: TransformerBlock(6, 2, 8),
    "s4d": lambda: S4D(6, 4),
    "mamba block": lambda: MambaBlock(6, 3),
    "mamba-2 block": lambda: Mamba2Block(6, 3, head_size=3, n_groups=2, chunk=4),
    "gated deltanet": lambda: DeltaNet(6, 2, gate=True, chunk=4),
    "rg-lru": lambda: RGLRU(6),
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
    "linear transformer": lambda: LinearTransformer(VOCABULARY, 6, n_heads=2, n_layers=2, chunk=4),
    "wavenet": lambda: WaveNet(6, 8, layers=3, levels=VOCABULARY),
    "grouped attention": lambda: MultiHeadAttention(6, 4, n_kv_heads=2, head_size=3),
    "multi-query attention": lambda: MultiHeadAttention(6, 3, n_kv_heads=1, bias=False),
    "attention, rotary": lambda: MultiHeadAttention(6, 3, positions="rotary"),
    "attention, alibi": lambda: MultiHeadAttention(6, 3, positions="alibi"),
    "attention, relative": lambda: MultiHeadAttention(6, 2, positions="relative", scale=1.0),
    "attention, window": lambda: MultiHeadAttention(6, 2, window=3),
    "attention, window, grouped, rotary": lambda: MultiHeadAttention(
        6, 4, n_kv_heads=2, head_size=2, window=4, positions="rotary"
    ),
    "attention to both sides": lambda: MultiHeadAttention(6, 2, causal=False, positions="alibi"),
    "attention to both sides, window": lambda: MultiHeadAttention(6, 2, causal=False, window=2),
    "transformer block, post-norm": lambda: TransformerBlock(6, 2, 8, norm="post", activation="gelu"),
    "transformer block like T5's": lambda: TransformerBlock(
        6, 2, 8, activation="gated_gelu_tanh", bias=False, norm_kind="rms", positions="relative", scale=1.0
    ),
    "transformer block, attention alone": lambda: TransformerBlock(6, 2, 0, positions="rotary", head_size=4),
    "transformer block like BERT's": lambda: TransformerBlock(6, 2, 8, norm="post", causal=False, activation="gelu"),
    "gpt": lambda: GPT(VOCABULARY, 6, 2, n_layers=2, max_length=16),
    "gpt, rotary, grouped": lambda: GPT(VOCABULARY, 8, 4, n_layers=2, positions="rotary", n_kv_heads=2, bias=False),
    "gpt, alibi, post-norm": lambda: GPT(VOCABULARY, 6, 3, n_layers=2, positions="alibi", norm="post", d_ff=5),
    "gpt, sinusoidal, rms": lambda: GPT(VOCABULARY, 6, 3, n_layers=2, positions="sinusoidal", norm_kind="rms"),
    "gpt, relative, window": lambda: GPT(VOCABULARY, 6, 3, n_layers=3, positions="relative", window=3, tied=False),
    "gpt, no positions, attention alone": lambda: GPT(VOCABULARY, 6, 2, n_layers=2, positions="none", d_ff=0),
    "bert's encoder": lambda: BERT(VOCABULARY, 6, 2, n_layers=2, max_length=16).encoder,
    "t5's encoder": lambda: T5(VOCABULARY, 6, 3, n_layers=2, head_size=4, activation="gated_gelu_tanh").encoder,
    "learned positions": lambda: LearnedPositions(16, 6),
    "s4": lambda: S4(6, 4),
    "s4d, real": lambda: S4D(6, 3, init="real", method="bilinear"),
    "s4d, legs": lambda: S4D(6, 4, init="legs"),
    "s4 block": lambda: S4Block(6, 4, init="inv"),
    "mamba block, time-invariant": lambda: MambaBlock(6, 3, selective=()),
    "mamba block, s4d within": lambda: TimeInvariantBlock(6, 4),
    "mamba block, inner norms": lambda: PreNorm(MambaBlock(6, 3, rank=2, inner_norms=True, bias=True)),
    "mamba": lambda: Mamba(VOCABULARY, 6, n_layers=2, state_size=3),
    "mamba-2 block, no window": lambda: Mamba2Block(6, 2, head_size=6, kernel_size=1, bias=True, conv_bias=False),
    "mamba-2": lambda: Mamba2(VOCABULARY, 6, n_layers=2, state_size=3, head_size=3, chunk=4),
    "hybrid with experts": lambda: HybridLayer(Mamba2Block(6, 2, head_size=6), Experts(6, 5, n_experts=3)),
    "jamba": lambda: Jamba(VOCABULARY, 6, 3, 4, attention_at=(2,), n_experts=3, d_ff=5, state_size=3, n_kv_heads=1),
    "jamba of mamba-2": lambda: Jamba(
        VOCABULARY, 6, 2, 2, attention_at=1, d_ff=0, mixer="mamba2", state_size=3, head_size=3, tied=False
    ),
    "retnet": lambda: RetNet(6, 2, chunk=4),
    "gla": lambda: GLA(6, 2, rank=3, chunk=4),
    "rwkv-6": lambda: RWKV6(6, 2, rank=3, key_size=4, chunk=4),
    "deltanet": lambda: DeltaNet(6, 2, negative_eigenvalues=True, chunk=4),
    "mlstm": lambda: MLSTM(6, 2, chunk=4),
    "recurrence block": lambda: RecurrenceBlock(DeltaNet(6, 2, chunk=4), d_ff=5),
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
