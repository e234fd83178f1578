"""Where to look? The score functions of 2014 and 2015, and weights that stay inside the sentence.

    h     query (B, H): what the decoder knows at one step, or (B, T, H): at every step
    m_s   memory (B, S, M): what the encoder knows at source position s
    k_s   keys: the part of the score that the memory alone decides, computed once for a sentence
    e_s   score (B, S) or (B, T, S)            a_s   weight, of the same shape

    a = softmax(e) over the real source positions,     context c = Σ_s a_s m_s

A score is used in two moves, `keys(memory)` once and `weights(query, keys, real)` at every step. `real` (B, S) is True
where there is a word; elsewhere the weight is exactly 0. All are held by tests/unit/test_attention_scores.py to loops
in NumPy.
"""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.probes import Probe


def masked_softmax(scores, allowed):
    """Softmax over the last axis among the allowed places; 0 at the others, and everywhere if none is allowed.

    scores (…, S); allowed: boolean, True where a weight may stand, of a shape that broadcasts to that of the scores.
    Neither values nor gradients are ever NaN.
    """
    lowest = torch.finfo(scores.dtype).min  # not -inf: a row of nothing but -inf would be 0 / 0
    return torch.softmax(scores.masked_fill(~allowed, lowest), -1) * allowed  # (4.3.1)


def context(weights, memory):
    """Σ_s a_s m_s: weights (B, S) or (B, T, S), memory (B, S, M) -> (B, M) or (B, T, M)."""
    if weights.dim() == 2:
        return (weights[:, None] @ memory).squeeze(1)
    return weights @ memory  # (4.3.2)


class Score(nn.Module):
    """The contract: a score function writes `forward(query, keys) -> scores`, and `keys` if it has any."""

    def keys(self, memory):
        return memory

    def forward(self, query, keys):
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def weights(self, query, keys, real, position=0):
        """Query (B, H) or (B, T, H), keys (B, S, K), real (B, S) -> weights (B, S) or (B, T, S).

        position: which step of the target this is (the first of them), an int or (B,); only `Local` asks.
        """
        return masked_softmax(self(query, keys), _as_queries(real, query))


class Dot(Score):
    """e_s = h · m_s: nothing to learn, and query and memory must be of one size. Source: Luong and others (2015)."""

    def __init__(self, query_size: int, memory_size: int):
        super().__init__()
        if query_size != memory_size:
            raise ValueError(f"attention: a dot product needs a query and a memory of one size, got {query_size} and "
                             f"{memory_size}; general has a matrix between them")  # fmt: skip

    def forward(self, query, keys):
        return _products(query, keys)


class General(Score):
    """e_s = h · W m_s: a dot product in which the model learns what to compare. Source: Luong and others (2015)."""

    def __init__(self, query_size: int, memory_size: int):
        super().__init__()
        self.between = nn.Linear(memory_size, query_size, bias=False)  # W

    def keys(self, memory):
        return self.between(memory)  # (B, S, H)

    def forward(self, query, keys):
        return _products(query, keys)


class Additive(Score):
    """e_s = v · tanh(W h + U m_s): a small network decides. Source: Bahdanau, Cho and Bengio (2015).

    size: units of the small network (as many as the query has, unless you say).
    """

    def __init__(self, query_size: int, memory_size: int, size: int | None = None):
        super().__init__()
        size = query_size if size is None else size
        self.from_query = nn.Linear(query_size, size, bias=False)  # W
        self.from_memory = nn.Linear(memory_size, size, bias=False)  # U
        self.vote = nn.Linear(size, 1, bias=False)  # v

    def keys(self, memory):
        return self.from_memory(memory)  # (B, S, A)

    def forward(self, query, keys):
        at_each_word = _as_queries(keys, query)  # (B, S, A) or (B, 1, S, A)
        asked = self.from_query(query).unsqueeze(-2)
        return self.vote(torch.tanh(asked + at_each_word)).squeeze(-1)  # (4.3.4)


class Concat(Score):
    """e_s = v · tanh(W [h; m_s]): one matrix for query and memory side by side. Source: Luong and others (2015).

    As a function of h and m_s it is `Additive`: W has a part that meets h and a part that meets m_s, and we multiply
    each with its own. The two models differ in *which* h they ask with; see `seqmodels.seq2seq`.
    """

    def __init__(self, query_size: int, memory_size: int, size: int | None = None):
        super().__init__()
        size = query_size if size is None else size
        self.query_size = query_size
        self.joint = nn.Linear(query_size + memory_size, size, bias=False)  # W
        self.vote = nn.Linear(size, 1, bias=False)  # v

    def keys(self, memory):
        return F.linear(memory, self.joint.weight[:, self.query_size :])  # (B, S, A)

    def forward(self, query, keys):
        from_query = F.linear(query, self.joint.weight[:, : self.query_size]).unsqueeze(-2)
        return self.vote(torch.tanh(from_query + _as_queries(keys, query))).squeeze(-1)  # (4.3.6)


class Local(Score):
    """Look only at the words within `window` of a centre p, and guess where that centre is.

        predictive  p = (S - 1) σ(v · tanh(W h)),   a_s = softmax(e)_s exp(-(s - p)² / 2σ²),   σ = window / 2
        monotonic   p = t, the step of the target:  a_s = softmax(e)_s

    The softmax is over the words inside [p - window, p + window]. In the predictive form weights add up to less than 1:
    the bell does not only choose, it is the one way by which p learns. Positions count from 0 and S is each sentence's
    own length, so that p runs from its first word to its last. (The paper writes S σ(…).) A monotonic
    window that has left the sentence sees nothing: all weights are 0.

    score: the score inside the window, such as General(H, M). Probe `centre` "B T": p.
    Source: Luong, Pham and Manning (2015), local-m and local-p.
    """

    def __init__(self, score: Score, query_size: int, window: int, monotonic: bool = False):
        super().__init__()
        if not isinstance(window, int) or window < 1:
            raise ValueError(f"window: expected a whole number of words to each side, 1 or more, got {window!r}")
        self.score, self.window, self.monotonic = score, window, monotonic
        if not monotonic:
            self.look = nn.Linear(query_size, query_size, bias=False)  # W
            self.place = nn.Linear(query_size, 1, bias=False)  # v
        self.centre = Probe("B T")

    def keys(self, memory):
        return self.score.keys(memory)

    def forward(self, query, keys):
        return self.score(query, keys)

    def weights(self, query, keys, real, position=0):
        p = self.centre(self._centre(query, real, position))[..., None]  # (B, 1) or (B, T, 1), (4.3.8)
        distance = torch.arange(keys.shape[1], device=keys.device) - p  # (B, S) or (B, T, S)
        near = _as_queries(real, query) & (distance.abs() <= self.window)
        weights = masked_softmax(self.score(query, keys), near)
        return weights if self.monotonic else weights * torch.exp(-2 * (distance / self.window) ** 2)

    def _centre(self, query, real, position):
        if not self.monotonic:
            last = _as_queries(real, query).sum(-1) - 1  # (B,) or (B, 1)
            return last * torch.sigmoid(self.place(torch.tanh(self.look(query))).squeeze(-1))
        p = torch.as_tensor(position, device=query.device).to(query.dtype).expand(len(query))  # (B,)
        return p if query.dim() == 2 else p[:, None] + torch.arange(query.shape[1], device=query.device)


SCORES = {"additive": Additive, "dot": Dot, "general": General, "concat": Concat}


def make_score(attention: str, query_size: int, memory_size: int, *, window: int = 3, monotonic: bool = False):
    """The score by its name; "local" is `Local` around General, the one that did best there in the paper."""
    if attention == "local":
        return Local(General(query_size, memory_size), query_size, window, monotonic)
    if attention not in SCORES:
        raise ValueError(f"attention: expected None or one of {', '.join([*SCORES, 'local'])}, got {attention!r}")
    return SCORES[attention](query_size, memory_size)


def _as_queries(of_words, query):
    """What belongs to the source words (B, S, …), with an axis for the steps if the query has one."""
    return of_words if query.dim() == 2 else of_words[:, None]


def _products(query, keys):
    """The dot product of every query with every key: (B, S) or (B, T, S)."""
    if query.dim() == 2:
        return (keys @ query[..., None]).squeeze(-1)
    return query @ keys.transpose(1, 2)  # (4.3.5)
