"""Every score against a loop in NumPy; weights that stay inside the sentence; nothing is ever NaN."""

import numpy as np
import pytest
import torch

from seqmodels.attention_scores import Additive, Concat, Dot, General, Local, Score, context, make_score, masked_softmax
from seqmodels.probes import record
from unit.against_torch import equal, randomised

B, T, S, H, M, A = 3, 4, 6, 5, 7, 8
LENGTHS = [6, 3, 1]
REAL = torch.arange(S) < torch.tensor(LENGTHS)[:, None]


def drawn(*shape, seed=1):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def array(tensor):
    return tensor.detach().numpy()


def score_of_one(score, h, m):
    """e for one query h (H,) and one memory m (M,), written out from the papers."""
    if isinstance(score, Dot):
        return sum(a * b for a, b in zip(h, m, strict=True))
    if isinstance(score, General):
        return h @ (array(score.between.weight) @ m)
    if isinstance(score, Additive):
        inside = np.tanh(array(score.from_query.weight) @ h + array(score.from_memory.weight) @ m)
    else:
        inside = np.tanh(array(score.joint.weight) @ np.concatenate([h, m]))
    return array(score.vote.weight)[0] @ inside


def weights_of_one(score, h, memory, length, t):
    """a (S,) for one query and the words of one sentence."""
    words, a = list(range(length)), np.zeros(S)
    bell = np.ones(S)
    inner = score
    if isinstance(score, Local):
        inner = score.score
        if score.monotonic:
            p = t
        else:
            v, W = array(score.place.weight)[0], array(score.look.weight)
            p = (length - 1) / (1 + np.exp(-v @ np.tanh(W @ h)))
            sigma = score.window / 2
            bell = np.exp(-((np.arange(S) - p) ** 2) / (2 * sigma**2))
        words = [s for s in words if p - score.window <= s <= p + score.window]
    if words:
        e = np.array([score_of_one(inner, h, memory[s]) for s in words])
        a[words] = np.exp(e) / np.exp(e).sum() * bell[words]
    return a


SCORES = {
    "dot": lambda: Dot(M, M),
    "general": lambda: General(H, M),
    "additive": lambda: Additive(H, M),
    "additive of another size": lambda: Additive(H, M, A),
    "concat": lambda: Concat(H, M, A),
    "local predictive": lambda: Local(General(H, M), H, window=2),
    "local predictive, narrow": lambda: Local(Additive(H, M), H, window=1),
    "local monotonic": lambda: Local(Dot(M, M), M, window=1, monotonic=True),
}


@pytest.fixture(params=SCORES)
def case(request):
    torch.manual_seed(0)
    score = randomised(SCORES[request.param]()).double()
    return score, drawn(B, T, M if "dot" in request.param or "mono" in request.param else H), drawn(B, S, M, seed=2)


def test_weights_are_those_of_a_loop_in_numpy(case):
    score, query, memory = case
    found = score.weights(query, score.keys(memory), REAL)
    expected = [[weights_of_one(score, q, m, n, t) for t, q in enumerate(queries)]
                for queries, m, n in zip(array(query), array(memory), LENGTHS, strict=True)]  # fmt: skip
    equal(found, torch.tensor(np.array(expected)), "weights")


def test_one_step_is_all_steps_at_once(case):
    score, query, memory = case
    keys = score.keys(memory)
    steps = [score.weights(q, keys, REAL, torch.full((B,), t)) for t, q in enumerate(query.unbind(1))]
    equal(torch.stack(steps, 1), score.weights(query, keys, REAL), "weights")
    equal(score.weights(query[:, 2:], keys, REAL, 2), score.weights(query, keys, REAL)[:, 2:], "the last steps")


def test_gradients_are_those_of_small_differences(case):
    score, query, memory = case
    if isinstance(score, Local) and not score.monotonic:
        with torch.no_grad():  # p is piecewise smooth: no word may lie on the edge of a window
            distance = (torch.arange(S) - score._centre(query, REAL, 0)[..., None]).abs() - score.window
        assert distance[REAL[:, None].expand_as(distance)].abs().min() > 1e-4
    query, memory = query[:, :2].clone().requires_grad_(), memory.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda q, m: score.weights(q, score.keys(m), REAL), (query, memory))


def test_words_beyond_the_end_weigh_nothing_whatever_stands_there(case):
    score, query, memory = case
    filled = torch.where(REAL[..., None], memory, 1e3)
    found = score.weights(query, score.keys(filled), REAL)
    equal(found, score.weights(query, score.keys(memory), REAL), "weights")
    assert (found[~REAL[:, None].expand_as(found)] == 0).all()


def test_concat_is_the_additive_score_with_its_matrix_in_two():
    concat, additive = randomised(Concat(H, M, A)).double(), Additive(H, M, A).double()
    W = concat.joint.weight.detach()
    additive.load_state_dict(
        {"from_query.weight": W[:, :H], "from_memory.weight": W[:, H:], "vote.weight": concat.vote.weight.detach()}
    )
    query, memory = drawn(B, T, H), drawn(B, S, M)
    equal(concat(query, concat.keys(memory)), additive(query, additive.keys(memory)), "scores")


def test_the_centre_can_be_seen_and_lies_within_the_sentence():
    local = randomised(Local(Dot(H, H), H, window=2)).double()
    query, memory = 3 * drawn(B, T, H), drawn(B, S, H)
    with record(local) as trace:
        weights = local.weights(query, memory, REAL)
    centre, last = trace["centre"], torch.tensor(LENGTHS)[:, None] - 1
    assert centre.shape == (B, T) and (centre >= 0).all() and (centre <= last).all()
    assert centre[0].max() - centre[0].min() > 0.1 and (centre[2] == 0).all()
    assert (weights.sum(-1) <= 1).all() and (weights[2, :, 0] == 1).all()


def test_a_monotonic_window_that_has_left_the_sentence_sees_nothing():
    local = Local(Dot(H, H), H, window=1, monotonic=True).double()
    query, memory = drawn(B, 6, H).requires_grad_(), drawn(B, S, H)
    weights = local.weights(query, memory, REAL)
    assert (weights[1, 3].nonzero().flatten().tolist(), weights[1, 4].count_nonzero().item()) == ([2], 0)
    equal(context(weights, memory)[1, 4], torch.zeros(H).double(), "context")
    (gradient,) = torch.autograd.grad(context(weights, memory).sum(), query)
    assert gradient.isfinite().all() and (gradient[1, 4] == 0).all()


# ---------------------------------------------------------------- the softmax


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_masked_softmax_by_hand(dtype):
    scores = torch.tensor([[0.0, 1.0, 2.0], [5.0, 5.0, 5.0], [1.0, 2.0, 3.0]], dtype=dtype, requires_grad=True)
    mask = torch.tensor([[True, True, True], [True, False, True], [False, False, False]])
    found = masked_softmax(scores, mask)
    e = np.exp([0.0, 1.0, 2.0])
    equal(found, torch.tensor(np.array([e / e.sum(), [0.5, 0, 0.5], [0, 0, 0]]), dtype=dtype), "softmax")
    (gradient,) = torch.autograd.grad((found * torch.arange(3)).sum(), scores)
    assert gradient.isfinite().all() and (gradient[~mask] == 0).all() and gradient[0].abs().min() > 0


@pytest.mark.parametrize("size", [1e4, -1e4, 1e30])
def test_masked_softmax_of_enormous_scores(size):
    scores = torch.tensor([[size, size, 0.0]])
    assert masked_softmax(scores, torch.tensor([[True, True, False]])).tolist() == [[0.5, 0.5, 0.0]]


def test_context_by_hand():
    weights = torch.tensor([[0.25, 0.75]])
    memory = torch.tensor([[[4.0, 0.0], [0.0, 8.0]]])
    assert context(weights, memory).tolist() == [[1.0, 6.0]]
    assert context(weights[:, None], memory).tolist() == [[[1.0, 6.0]]]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(("make", "message"), [
    (lambda: Dot(3, 4), "attention: a dot product needs .* one size, got 3 and 4"),
    (lambda: make_score("dots", 3, 3), "attention: expected None or one of .*local, got 'dots'"),
    (lambda: make_score("local", 3, 3, window=0), "window: expected a whole number .* got 0"),
    (lambda: Local(Dot(3, 3), 3, 1.5), "window: expected a whole number .* got 1.5"),
])  # fmt: skip
def test_bad_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        make()


def test_names_make_their_scores():
    kinds = {"additive": Additive, "dot": Dot, "general": General, "concat": Concat, "local": Local}
    for name, kind in kinds.items():
        assert type(make_score(name, H, H)) is kind
    assert type(make_score("local", H, H).score) is General
    with pytest.raises(NotImplementedError, match="Score has no forward"):
        Score()(None, None)
