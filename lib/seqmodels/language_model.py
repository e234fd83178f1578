"""A language model: from token ids to the logits of the next token, around any sequence layer."""

from torch import nn

from seqmodels.checks import check_lengths, check_tokens, check_vocabulary
from seqmodels.padding import zero_beyond
from seqmodels.probes import Probe


class LanguageModel(nn.Module):
    """Embedding, then `backbone`, then a linear head: logits_t scores every token as the one after token t.

    The same three methods as a layer, with token ids for vectors: forward(tokens (B, T)) -> (logits (B, T, V), state),
    step(token (B,), state) -> (logits (B, V), state), initial_state(batch_size).

    vocab_size V; d_model: size of the embedding, which the backbone reads; backbone: a SequenceLayer;
    norm: a module applied before the head; tie_weights: the head is the embedding's table (then it has no bias, and the
    table starts with standard deviation d_model^-½, so that logits start near one).
    Held by tests/property/test_contract.py around each of the four small layers.
    """

    def __init__(self, vocab_size, d_model, backbone, *, norm=None, tie_weights=False, bias=True):
        super().__init__()
        if backbone.input_size != d_model:
            raise ValueError(f"d_model: the backbone reads {backbone.input_size} features, got d_model {d_model}")
        if tie_weights and backbone.output_size != d_model:
            raise ValueError(f"tie_weights: the backbone writes {backbone.output_size} features, d_model is {d_model}")
        self.vocab_size = vocab_size
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.backbone = backbone
        self.norm = nn.Identity() if norm is None else norm
        self.head = nn.Linear(backbone.output_size, vocab_size, bias=bias and not tie_weights)
        if tie_weights:
            nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
            self.head.weight = self.embedding.weight
        self.embedded, self.logits = Probe("B T D"), Probe("B T V")

    @property
    def causal(self):
        return self.backbone.causal

    def forward(self, tokens, state=None, *, lengths=None):
        check_tokens(tokens, ("B", "T"), "tokens", self.embedding.weight.device)
        check_lengths(lengths, tokens, "tokens")
        tokens = zero_beyond(tokens, lengths)
        check_vocabulary(tokens, self.vocab_size, "tokens")
        x = self.embedded(self.embedding(tokens))  # (B, T, D)
        y, state = self.backbone(x, state, lengths=lengths)  # (B, T, D')
        logits = self.head(self.norm(y))  # (B, T, V)
        return self.logits(zero_beyond(logits, lengths)), state

    def step(self, token, state):
        check_tokens(token, ("B",), "token", self.embedding.weight.device)
        check_vocabulary(token, self.vocab_size, "token")
        y, state = self.backbone.step(self.embedded(self.embedding(token)), state)  # (B, D')
        return self.logits(self.head(self.norm(y))), state  # (B, V)

    def initial_state(self, batch_size):
        return self.backbone.initial_state(batch_size)
