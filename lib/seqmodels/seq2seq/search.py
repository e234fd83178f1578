"""From a model that scores the next word to whole sentences: greedy and beam search, and the tree of what was tried."""

from dataclasses import dataclass

import numpy as np
import torch

from seqmodels.checks import check_numbers
from seqmodels.layer import map_state
from seqmodels.runtime import evaluating
from seqmodels.seq2seq.decoder import allowed
from seqmodels.seq2seq.encoder import BEGIN, END


@dataclass(frozen=True)
class Hypothesis:
    """One translation: tokens without END; log_prob in nats, END included; score = log_prob / length^penalty.

    The length counts END. finished: END was written; otherwise max_length cut it.
    """

    tokens: list
    log_prob: float
    score: float
    finished: bool


@dataclass(frozen=True)
class SearchTree:
    """What a beam search tried, one row for each node, parents before children; row 0 is BEGIN.

    parent (N,): row of the node before, -1 at the root; token (N,); log_prob (N,): in nats, of the whole way from the
    root; depth (N,): how many words; kept (N,): it was among the best `beam_size` of its step (one that is finished may
    be pushed out later). The others are the runners-up, up to as many again at each step.
    """

    parent: np.ndarray
    token: np.ndarray
    log_prob: np.ndarray
    depth: np.ndarray
    kept: np.ndarray


@dataclass(frozen=True)
class SearchResult:
    """What was found for one sentence: hypotheses, best score first, and the tree (None unless it was asked for)."""

    hypotheses: list
    tree: SearchTree | None = None

    @property
    def best(self) -> Hypothesis:
        return self.hypotheses[0]


def search(model, source, source_lengths=None, beam_size: int = 4, max_length: int = 100, length_penalty: float = 0.0,
           *, record_tree: bool = False) -> list:  # fmt: skip
    """Beam search through a Seq2Seq: a `SearchResult` for each sentence.

    At every step the `beam_size` most probable beginnings are kept. One that wrote END is finished and keeps its place
    and its probability; the search ends when all are, or at max_length words (END counts). length_penalty a ranks what
    was found by log_prob / length^a; 0 ranks by probability alone, larger values like longer sentences better.
    PADDING and BEGIN are never written: probabilities are those among all other words.
    A beam of 1 is greedy; one that holds every sentence is exact. Held by tests/unit/test_seq2seq_search.py to
    enumeration and to seqmodels.decoding.beam_search.
    """
    _check(beam_size, max_length, length_penalty)
    with evaluating(model):
        memory, state = model.encode(source, source_lengths)
        beam = _Beam(len(source), beam_size, source.device, record_tree)
        memory, state = beam.copies(memory), beam.copies(state)
        for _ in range(max_length):
            logits, state = model.decoder_step(state, beam.last, memory)  # (B·K, V)
            check_numbers(logits, "logits")
            beam.advance(allowed(logits).log_softmax(-1))
            if beam.over:
                break
            state = beam.follow(state)
    return beam.results(length_penalty)


class _Beam:
    """The best K beginnings of each sentence. B sentences, K beams, t words so far.

    scores (B, K): log-probabilities; tokens (B, K, t); ended (B, K): END was written.
    """

    def __init__(self, batch, size, device, record_tree):
        self.batch, self.size = batch, size
        self.first = torch.arange(batch, device=device)[:, None] * size  # the row in B·K of each sentence's first beam
        self.last = torch.full((batch * size,), BEGIN, device=device)
        self.scores = None
        self.tokens = torch.empty(batch, size, 0, dtype=torch.int64, device=device)
        self.ended = torch.zeros(batch, size, dtype=torch.bool, device=device)
        self.trees = [_Growing(size) for _ in range(batch)] if record_tree else None

    def copies(self, state):
        """K of every sentence."""
        return map_state(lambda leaf: leaf.repeat_interleave(self.size, 0), state)

    def advance(self, log_probs):
        """Go on to the best K of all continuations, given log_probs (B·K, V)."""
        vocab_size = log_probs.shape[-1]
        log_probs = log_probs.view(self.batch, self.size, vocab_size)
        if self.scores is None:  # the K copies are still the same: one of them counts
            self.scores = torch.full_like(log_probs[..., 0], -torch.inf)
            self.scores[:, 0] = 0
        stay = torch.full_like(log_probs[0, 0], -torch.inf)
        stay[END] = 0
        totals = self.scores[..., None] + torch.where(self.ended[..., None], stay, log_probs)  # (4.2.4)
        scores, best = totals.flatten(1).topk(min(2 * self.size, self.size * vocab_size))
        parent, token = best // vocab_size, best % vocab_size
        for i, tree in enumerate(self.trees or ()):
            tree.grow(parent[i].tolist(), token[i].tolist(), scores[i].tolist(), self.ended[i].tolist())
        self.scores, parent, token = scores[:, : self.size], parent[:, : self.size], token[:, : self.size]
        self.ended = token == END  # and stays so: an ended one goes on with END alone
        kept = self.tokens.gather(1, parent[..., None].expand_as(self.tokens))
        self.tokens, self.last = torch.cat([kept, token[..., None]], -1), token.flatten()
        self.rows = (self.first + parent).flatten()  # in B·K, whose beginning each beam goes on

    def follow(self, state):
        """The state of the beams that live on, some of them twice."""
        return map_state(lambda leaf: leaf[self.rows], state)

    @property
    def over(self):
        return bool((self.ended | self.scores.isneginf()).all())

    def results(self, length_penalty):
        """Hypotheses of each sentence, best first; of equal ones the more probable."""
        results = []
        for i in range(self.batch):
            found = []
            for tokens, log_prob in zip(self.tokens[i].tolist(), self.scores[i].tolist(), strict=True):
                if log_prob > -torch.inf:  # fewer sentences than beams leave some empty
                    finished = END in tokens
                    words = tokens[: tokens.index(END)] if finished else tokens
                    score = log_prob / (len(words) + finished) ** length_penalty  # (4.2.8)
                    found.append(Hypothesis(words, log_prob, score, finished))
            tree = self.trees[i].tree() if self.trees else None
            results.append(SearchResult(sorted(found, key=lambda one: -one.score), tree))
        return results


class _Growing:
    """A `SearchTree` in the making, for one sentence."""

    def __init__(self, size):
        self.rows, self.nodes, self.size = [(-1, BEGIN, 0.0, 0, True)], [0] * size, size

    def grow(self, parents, tokens, scores, ended):
        """The best candidates of one step, best first; the first `size` of them are kept."""
        nodes = []
        for rank, (beam, token, score) in enumerate(zip(parents, tokens, scores, strict=True)):
            node = self.nodes[beam]
            if score > -torch.inf and not ended[beam]:  # a finished one is the node it was
                self.rows.append((node, token, score, self.rows[node][3] + 1, rank < self.size))
                node = len(self.rows) - 1
            nodes.append(node)
        self.nodes = nodes[: self.size]

    def tree(self):
        parent, token, log_prob, depth, kept = zip(*self.rows, strict=True)
        return SearchTree(*map(np.array, (parent, token, log_prob, depth, kept)))


def _check(beam_size, max_length, length_penalty):
    for name, value in (("beam_size", beam_size), ("max_length", max_length)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")
    if not np.isfinite(length_penalty):
        raise ValueError(f"length_penalty: expected a finite number, got {length_penalty}")
