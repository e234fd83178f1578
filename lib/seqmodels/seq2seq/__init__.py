"""Sequence to sequence: one network reads a sentence, another writes one of any length, and attention joins them.

    model     `Seq2Seq`: the methods that a reader calls
    encoder   reads the source
    decoder   writes the target, one step at a time or all at once; `attention` is its look back at the source
    search    greedy and beam search, with the tree of what was tried
    pairs     batches of sentence pairs, and the loss

    source (B, S)  ids x_1 … x_S, `source_lengths` (B,) of them real        target (B, T)  ids y_1 … y_T
    h_t  decoder state (B, H)      m_s  encoder state (B, S, H), the memory      c_t  context (B, H)
    a_ts weights (B, T, S): how much of the word s goes into the context of step t

Three ids mean the same in both vocabularies: PADDING 0 fills up a batch, BEGIN 1 is what the decoder reads first, END 2
is what it writes last. A target is given with its END and without BEGIN, which the model puts in front itself.
"""

from seqmodels.seq2seq.decoder import DecoderState
from seqmodels.seq2seq.encoder import BEGIN, END, PADDING, Memory
from seqmodels.seq2seq.model import Seq2Seq
from seqmodels.seq2seq.pairs import PairBatch, TranslationLoss, pair_batch
from seqmodels.seq2seq.search import Hypothesis, SearchResult, SearchTree, search

__all__ = ["Seq2Seq", "Memory", "DecoderState", "PADDING", "BEGIN", "END", "PairBatch", "pair_batch", "TranslationLoss",
           "search", "SearchResult", "SearchTree", "Hypothesis"]  # fmt: skip
