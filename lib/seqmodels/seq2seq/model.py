"""The two halves together: `Seq2Seq`."""

import torch
from torch import nn

from seqmodels.checks import check_lengths, check_shape, check_state, check_tokens, check_vocabulary
from seqmodels.padding import is_real, zero_beyond
from seqmodels.seq2seq.decoder import Decoder, DecoderState
from seqmodels.seq2seq.encoder import BEGIN, CELLS, PADDING, Encoder, Memory
from seqmodels.seq2seq.search import search


class Seq2Seq(nn.Module):
    """Translates: reads a source of any length, then writes a target of any other.

        forward(source (B, S), source_lengths (B,), target (B, T)) -> logits (B, T, V)
        translate(source, source_lengths, beam_size) -> a list of ids for each sentence

    source_vocab, target_vocab: how many ids, PADDING 0, BEGIN 1 and END 2 among them; embedding_size E; hidden_size H
    of decoder and memory; cell: "gru" or "lstm"; attention: None, "additive" (Bahdanau's order), "dot", "general",
    "concat" or "local" (Luong's order, see seqmodels.seq2seq.decoder).
    bidirectional: the encoder reads from both sides, H/2 units each, as in Bahdanau's model; by default from the left
    alone with all of H, so that models with and without attention differ in nothing else.
    reverse_source: Sutskever's trick. input_feeding: Luong's. window, monotonic: of local attention.
    The decoder begins in the state in which the encoder ended, with no layer between.
    Probes: `weights` "B T S", `decoder_hidden` "B T H", `encoder_hidden` "B S H" and others. While one of the
    decoder's is watched it goes step by step, and an edit is given its step: `intervene(model, {"weights": edit})`.

    Padding changes nothing. Sources: Sutskever, Vinyals and Le (2014), Cho and others (2014), Bahdanau, Cho and Bengio
    (2015), Luong, Pham and Manning (2015). Held by tests/unit/test_seq2seq.py to torch.nn and to explicit loops.
    """

    def __init__(self, source_vocab: int, target_vocab: int, embedding_size: int, hidden_size: int, cell: str = "gru",
                 attention: str | None = None, *, bidirectional=False, reverse_source=False, input_feeding=False,
                 window: int = 3, monotonic=False):  # fmt: skip
        super().__init__()
        _check_sizes(source_vocab, target_vocab, embedding_size, hidden_size)
        if cell not in CELLS:
            raise ValueError(f"cell: expected one of {', '.join(CELLS)}, got {cell!r}")
        self.source_vocab, self.target_vocab = source_vocab, target_vocab
        self.encoder = Encoder(source_vocab, embedding_size, hidden_size, cell, bidirectional, reverse_source)
        self.decoder = Decoder(target_vocab, embedding_size, hidden_size, cell, attention, input_feeding,
                               window, monotonic)  # fmt: skip

    def forward(self, source, source_lengths=None, target=None, teacher_forcing=1.0, *, generator=None):
        """Logits (B, T, V) of the target's words, each given the source and the words before it; 0 at its padding.

        target: y_1 … y_T with END, without BEGIN. teacher_forcing: the chance that a step is given the true last word
        rather than the one the model itself found most probable; one coin from `generator` for every word of every
        sentence. 1 tosses none, 0 is free running. No gradient goes through the choice of a word.
        With no target, only reads: (memory, state) for `decoder_step`. (`record` and `intervene` begin a new stretch
        of time here; `translate` comes by here too.)
        """
        memory, state = self._read(source, source_lengths)
        if target is None:
            return memory, state
        _check_target(target, self.decoder.embedding.weight, self.target_vocab, len(source))
        if not 0 <= teacher_forcing <= 1:
            raise ValueError(f"teacher_forcing: expected a chance from 0 to 1, got {teacher_forcing}")
        previous = torch.cat([torch.full_like(target[:, :1], BEGIN), target[:, :-1]], 1)
        own_word = None
        if teacher_forcing < 1:
            device = "cpu" if generator is None else generator.device
            coins = torch.rand(target.shape, generator=generator, device=device)
            own_word = (coins >= teacher_forcing).to(target.device)
        logits = self.decoder(previous, state, memory, own_word)
        return logits.masked_fill((target == PADDING)[..., None], 0)

    def encode(self, source, source_lengths=None) -> tuple[Memory, DecoderState]:
        """Read the source: what `decoder_step` starts from."""
        return self(source, source_lengths)

    def decoder_step(self, state: DecoderState, token, memory: Memory):
        """One word: after the token (B,), BEGIN at first, logits (B, V) of the next one and the state that goes on.

        logits, state = model.decoder_step(state, token, memory)
        """
        if not isinstance(memory, Memory):
            raise ValueError(f"memory: expected the Memory that encode returned, got {type(memory).__name__}")
        check_tokens(token, ("B",), "token", memory.hidden.device)
        check_vocabulary(token, self.target_vocab, "token")
        check_state(state, self.decoder.begin(self.decoder.cell.initial_state(1)), len(token))
        check_shape(memory.hidden, (len(token), "S", self.decoder.cell.hidden_size), "memory.hidden")
        return self.decoder.step(self.decoder.from_word(token), state, memory)

    def translate(self, source, source_lengths=None, beam_size: int = 1, max_length: int = 100,
                  length_penalty: float = 0.0) -> list:  # fmt: skip
        """The best translation that beam search finds for each sentence: lists of ids, without END.

        beam_size 1 is greedy; with K beams a probe sees K rows for each sentence. What was tried on the way, and with
        which probability: `search`.
        """
        found = search(self, source, source_lengths, beam_size, max_length, length_penalty)
        return [sentence.best.tokens for sentence in found]

    def _read(self, source, lengths):
        check_tokens(source, ("B", "S"), "source", self.encoder.embedding.weight.device)
        check_lengths(lengths, source, "source")
        source = zero_beyond(source, lengths)
        check_vocabulary(source, self.source_vocab, "source")
        real = torch.ones_like(source, dtype=torch.bool) if lengths is None else is_real(lengths, source.shape[1])
        hidden, cell_state = self.encoder(source, lengths)
        return self.decoder.remember(hidden, real), self.decoder.begin(cell_state)


def _check_target(target, like, vocab_size, batch_size):
    """Words, then PADDING; BEGIN nowhere."""
    check_tokens(target, ("B", "T"), "target", like.device)
    check_vocabulary(target, vocab_size, "target")
    if len(target) != batch_size:
        raise ValueError(f"target: expected {batch_size} sentences like the source, got {len(target)}")
    if (target == BEGIN).any():
        raise ValueError(f"target: holds BEGIN ({BEGIN}), which the model puts in front itself; leave it out")
    padding = target == PADDING
    if padding[:, 0].any() or (padding[:, :-1] & ~padding[:, 1:]).any():
        raise ValueError(f"target: expected a word, then PADDING ({PADDING}) only after the last word of a sentence")


def _check_sizes(source_vocab, target_vocab, embedding_size, hidden_size):
    for name, value in (("source_vocab", source_vocab), ("target_vocab", target_vocab)):
        if not isinstance(value, int) or value < 4:
            raise ValueError(f"{name}: expected 4 or more (PADDING, BEGIN, END and a word), got {value!r}")
    for name, value in (("embedding_size", embedding_size), ("hidden_size", hidden_size)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")
