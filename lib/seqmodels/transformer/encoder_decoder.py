"""Two halves, one that reads and one that writes: what a `Transformer` and a `T5` do alike."""

import torch
from torch import nn

from seqmodels.attention import CrossMemory
from seqmodels.checks import check_lengths, check_state, check_tokens, check_vocabulary
from seqmodels.padding import zero_beyond


class EncoderDecoder(nn.Module):
    """Reads a source (B, S), then writes a target (B, T) token by token.

    A subclass has two stacks, `encoder` and `decoder`, the probes `encoder_hidden` and `logits`, a class attribute
    `begin`, the id that is read before the first token of a target, and writes
        tables                       the embedding of the source's tokens and that of the target's
        embedded(table, tokens)      what the stacks read (…, D)
        scores(y)                    logits (…, V) from what the decoder has written (…, D)
        target_lengths(target, B)    how many tokens of each target (B, T) are real, (B,), or a ValueError
    Held by tests/unit/test_transformer.py and tests/unit/test_t5.py.
    """

    def forward(self, source, source_lengths=None, target=None):
        """Logits (B, T, V) of the target's tokens, each given the source and those before it; 0 at its padding.

        target: y_1 … y_T with END, without BEGIN, then padding. With no target, only reads: (memory, state) for
        `decoder_step`.
        """
        memory = self._read(source, source_lengths)
        if target is None:
            return memory, self.decoder.initial_state(len(source))
        lengths = self.target_lengths(target, len(source))
        previous = torch.cat([torch.full_like(target[:, :1], self.begin), target[:, :-1]], 1)
        y, _ = self.decoder(self.embedded(self.tables[1], previous), lengths=lengths, memory=memory)
        return self.logits(zero_beyond(self.scores(y), lengths))

    def encode(self, source, source_lengths=None):
        """Read the source: the memory, one `CrossMemory` for each layer, and the state `decoder_step` starts from."""
        return self(source, source_lengths)

    def decoder_step(self, state, token, memory):
        """One token: after the token (B,), BEGIN at first, logits (B, V) of the next one and the state that goes on.

        logits, state = model.decoder_step(state, token, memory)
        """
        if not isinstance(memory, tuple) or not all(isinstance(part, CrossMemory) for part in memory):
            raise ValueError(f"memory: expected the memory that encode returned, got {type(memory).__name__}")
        table = self.tables[1]
        check_tokens(token, ("B",), "token", table.weight.device)
        check_vocabulary(token, table.num_embeddings, "token")
        check_state(state, self.decoder.initial_state(1), len(token))
        y, state = self.decoder.step(self.embedded(table, token), state, memory=memory)
        return self.logits(self.scores(y)), state

    def _read(self, source, lengths):
        table = self.tables[0]
        check_tokens(source, ("B", "S"), "source", table.weight.device)
        check_lengths(lengths, source, "source")
        source = zero_beyond(source, lengths)
        check_vocabulary(source, table.num_embeddings, "source")
        hidden, _ = self.encoder(self.embedded(table, source), lengths=lengths)
        return self.decoder.remember(self.encoder_hidden(hidden), lengths)
