"""Reading on: how a language model that knows only so many positions reads a text that is longer."""

import torch
from torch import nn

from seqmodels.checks import check_lengths, check_state, check_tokens, check_vocabulary
from seqmodels.language_model import LanguageModel
from seqmodels.padding import zero_beyond


class InPieces(LanguageModel):
    """A language model that reads at most `length` tokens at once, and then begins anew: tokens (B, T) -> logits.

    Whenever `length` tokens are read it forgets the first half of them, reads the second half again as if a text began
    there, and goes on. So each token but the first ones is predicted from `length` / 2 to `length` tokens.

        length 4:   a b c d          predicts what comes after a, b, c and d
                        c d e f      after e and f
                            e f g h  after g and h

    model: a causal language model, such as a `GPT` with learned positions, of which it must have `length`; length: 2 or
    more. The three methods of every `LanguageModel`; state = (the last `length` tokens (B, length), how many were read
    (B,)). A step reads its piece from the beginning, without a cache.
    The model's probes see the pieces, one below the other, and not the text.
    This is how texts longer than the table of positions are usually scored, with other shares than one half.
    Held by tests/unit/test_in_pieces.py to the model piece by piece, and to the contract.
    """

    causal = True  # for all models that can be read in pieces

    def __init__(self, model, length: int):
        nn.Module.__init__(self)  # it has no layers of its own
        if not isinstance(length, int) or length < 2:
            raise ValueError(f"length: expected a whole number of tokens, 2 or more, got {length!r}")
        if not model.causal:
            raise ValueError("model: expected one that looks back only; one that looks ahead cannot read on")
        self.model, self.length = model, length
        self.vocab_size, self.embedding = model.vocab_size, model.embedding

    def forward(self, tokens, state=None, *, lengths=None):
        check_tokens(tokens, ("B", "T"), "tokens", self.embedding.weight.device)
        check_lengths(lengths, tokens, "tokens")
        tokens = zero_beyond(tokens, lengths)
        check_vocabulary(tokens, self.vocab_size, "tokens")
        start = self.initial_state(len(tokens))
        state = start if state is None else state
        check_state(state, start, len(tokens))
        recent, read = state
        text = torch.cat([recent, tokens], 1)  # (B, L + T); its first column is token number read - L of the row
        ends = torch.full_like(read, tokens.shape[1]) if lengths is None else lengths
        pieces = [(row, *piece) for row, (first, count) in enumerate(zip(read.tolist(), ends.tolist(), strict=True))
                  for piece in self._pieces(first, count)]  # fmt: skip
        drawn = [text[row, start : start + size] for row, start, size, _ in pieces]
        sizes = torch.tensor([size for *_, size, _ in pieces], device=tokens.device)
        found, _ = self.model(nn.utils.rnn.pad_sequence(drawn, batch_first=True), lengths=sizes)  # (P, L, V)
        rows = [[] for _ in tokens]
        for (row, _, size, new), logits in zip(pieces, found, strict=True):
            rows[row].append(logits[size - new : size])
        logits = nn.utils.rnn.pad_sequence([torch.cat(row) for row in rows], batch_first=True)
        logits = nn.functional.pad(logits, (0, 0, 0, tokens.shape[1] - logits.shape[1]))  # (B, T, V)
        last = ends[:, None] + torch.arange(self.length, device=tokens.device)  # (B, L)
        return logits, (text.gather(1, last), read + ends)

    def step(self, token, state):
        check_tokens(token, ("B",), "token", self.embedding.weight.device)
        logits, state = self(token[:, None], state)
        return logits[:, 0], state

    def initial_state(self, batch_size):
        device = self.embedding.weight.device
        nothing = torch.zeros(batch_size, self.length, dtype=torch.int64, device=device)
        return nothing, torch.zeros(batch_size, dtype=torch.int64, device=device)

    def _pieces(self, first, count):
        """For tokens from number `first` on: (column of `text` where a piece begins, its size, how many are new)."""
        half, at = self.length // 2, first
        while at < first + count:
            begin = 0 if at < self.length else ((at - self.length) // half + 1) * half
            end = min(begin + self.length, first + count)
            yield begin - first + self.length, end - begin, end - at
            at = end
