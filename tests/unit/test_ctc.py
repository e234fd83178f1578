"""CTC against an enumeration of every path, against torch, and the fast form against the clear one."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from seqmodels.ctc import alignment_posteriors, collapse, ctc_loss, frames_needed, lattice
from tools import bench_ctc

# ---------------------------------------------------------------- every path


def says(path, blank):
    """What a path says, without the library."""
    return [k for k, _ in itertools.groupby(path) if k != blank]


def places(path, blank):
    """Where in the extended labels a path is at each frame: after n labels begun, in blank n or label n."""
    begun, found, before = 0, [], None
    for k in path:
        begun += k not in (before, blank)
        found.append(2 * begun - (k != blank))
        before = k
    return found


class EveryPath:
    """All C^T paths that say the labels, one after the other: nothing here is shared with the library."""

    def __init__(self, log_probs, labels, blank=0):
        length, classes = log_probs.shape
        everything = itertools.product(range(classes), repeat=length)
        self.paths = [path for path in everything if says(path, blank) == list(labels)]
        frames = torch.arange(length)
        logs = [log_probs[frames, torch.tensor(path)].sum() for path in self.paths]
        self.log_probs = torch.stack(logs) if logs else log_probs.new_full((1,), -math.inf)
        self.log_likelihood = self.log_probs.logsumexp(0)
        self.shape, self.blank = (length, 2 * len(labels) + 1), blank

    def posterior(self):
        gamma = torch.zeros(self.shape, dtype=torch.float64)
        for path, log_prob in zip(self.paths, self.log_probs, strict=True):
            for t, place in enumerate(places(path, self.blank)):
                gamma[t, place] += (log_prob - self.log_likelihood).exp()
        return gamma

    def best(self):
        path = self.paths[int(self.log_probs.argmax())]
        return places(path, self.blank), self.log_probs.max().item()


SMALL = {  # T, C, labels, blank
    "one label": (4, 3, [1], 0),
    "two labels": (5, 3, [1, 2], 0),
    "a repeat": (5, 3, [2, 2], 0),
    "a repeat without a frame to spare": (5, 3, [1, 1, 2], 0),
    "no label": (4, 3, [], 0),
    "no frame to spare": (3, 4, [3, 1, 2], 0),
    "one frame": (1, 3, [2], 0),
    "one frame, no label": (1, 3, [], 0),
    "the blank last": (5, 3, [0, 1], 2),
    "the blank between": (5, 3, [2, 0, 2], 1),
    "a palindrome": (6, 3, [1, 2, 1], 0),
}
IMPOSSIBLE = {"too long": (2, 3, [1, 2, 1], 0), "no frame for the blank": (2, 3, [1, 1], 0)}


def drawn(*shape, seed=0, scale=1.0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype)


def alone(logits, labels, blank, form=ctc_loss):
    """The loss (or another form) of one sequence, logits (T, C)."""
    lengths = torch.tensor([len(logits)]), torch.tensor([len(labels)])
    targets = torch.tensor([labels], dtype=torch.int64).reshape(1, -1)
    return form(logits.log_softmax(-1)[None], targets, *lengths, blank)[0]


@pytest.mark.parametrize("case", SMALL)
def test_loss_and_gradient_are_those_of_every_path(case):
    length, classes, labels, blank = SMALL[case]
    logits = drawn(length, classes, seed=1).requires_grad_()
    expected = -EveryPath(logits.log_softmax(-1), labels, blank).log_likelihood
    found = alone(logits, labels, blank)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
    gradients = [torch.autograd.grad(loss, logits)[0] for loss in (found, expected)]
    torch.testing.assert_close(*gradients, rtol=0, atol=1e-12)


@pytest.mark.parametrize("case", SMALL)
def test_posteriors_are_those_of_every_path(case):
    length, classes, labels, blank = SMALL[case]
    logits = drawn(length, classes, seed=2)
    expected = EveryPath(logits.log_softmax(-1), labels, blank).posterior()
    torch.testing.assert_close(alone(logits, labels, blank, alignment_posteriors), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("case", SMALL)
def test_the_clear_form_is_every_path(case):
    length, classes, labels, blank = SMALL[case]
    log_probs = drawn(length, classes, seed=3).log_softmax(-1)
    every = EveryPath(log_probs, labels, blank)
    found = lattice(log_probs, torch.tensor(labels, dtype=torch.int64), blank)
    assert found.log_likelihood == pytest.approx(every.log_likelihood.item(), abs=1e-12)
    np.testing.assert_allclose(np.exp(found.posterior), every.posterior(), rtol=0, atol=1e-12)
    for t in range(length):  # every path passes each frame somewhere
        ways = np.logaddexp.reduce(found.alpha[t] + found.beta[t])
        assert ways == pytest.approx(found.log_likelihood, abs=1e-12)
    path, log_prob = every.best()
    assert found.best_path.tolist() == path and found.best_log_prob == pytest.approx(log_prob, abs=1e-12)
    assert collapse(found.best_classes, blank) == labels


@pytest.mark.parametrize("case", SMALL | IMPOSSIBLE)
def test_frames_needed_are_the_fewest_in_which_a_path_says_it(case):
    _, classes, labels, blank = (SMALL | IMPOSSIBLE)[case]
    lengths = [n for n in range(1, 6) if EveryPath(drawn(n, classes), labels, blank).paths]
    assert max(1, frames_needed(labels)) == lengths[0]


@pytest.mark.parametrize(("path", "labels"), [
    ([0, 1, 1, 0, 1, 2], [1, 1, 2]), ([1, 1, 1], [1]), ([0, 0], []), ([], []), (torch.tensor([2, 0, 2]), [2, 2]),
])  # fmt: skip
def test_collapse(path, labels):
    assert collapse(path) == labels


def test_places_by_hand():
    """Two frames, p(blank) = p(a) = 1/2 and "a": the paths a-, -a and aa; 3/4."""
    half = torch.zeros(2, 2, dtype=torch.float64)
    assert alone(half, [1], 0).item() == pytest.approx(-math.log(3 / 4), abs=1e-15)
    expected = torch.tensor([[1, 2, 0], [0, 2, 1]], dtype=torch.float64) / 3
    torch.testing.assert_close(alone(half, [1], 0, alignment_posteriors), expected, rtol=0, atol=1e-15)


# ---------------------------------------------------------------- torch


def batch(seed=0, scale=1.0, sizes=(6, 40, 8, 12), dtype=torch.float64, blank=0):
    """Logits (B, T, C), targets, lengths: mixed, with repeats, an empty one, and a full one; all of them possible."""
    rows, length, classes, labels = sizes
    rng = np.random.default_rng(seed)
    targets = torch.from_numpy(rng.choice([k for k in range(classes) if k != blank], (rows, labels)))
    targets[:, 1] = targets[:, 0]
    input_lengths = torch.from_numpy(rng.integers(2 * labels, length + 1, rows))
    target_lengths = torch.from_numpy(rng.integers(1, labels + 1, rows))
    input_lengths[0], target_lengths[0], target_lengths[1] = length, labels, 0
    return drawn(rows, length, classes, seed=seed, scale=scale, dtype=dtype), targets, input_lengths, target_lengths


def torchs(log_probs, targets, input_lengths, target_lengths, blank=0):
    transposed = log_probs.transpose(0, 1)
    return F.ctc_loss(transposed, targets, input_lengths, target_lengths, blank, reduction="none")


def both(logits, arguments, blank=0, weights=None):
    """(ours, torch's), each the loss and the gradients at the logits and at the log-probabilities."""
    results = []
    for form in (ctc_loss, torchs):
        leaf = logits.clone().requires_grad_()
        log_probs = leaf.log_softmax(-1)
        loss = form(log_probs, *arguments, blank)
        weights = torch.ones_like(loss) if weights is None else weights
        results.append((loss, *torch.autograd.grad((weights * loss).sum(), [leaf, log_probs])))
    return results


def assert_equal(found, expected, tolerance):
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("scale", [0.1, 1, 10, 100, 1000])
@pytest.mark.parametrize("blank", [0, 3, 7])
def test_equal_to_torch_in_value_and_gradient(blank, scale):
    logits, *arguments = batch(seed=blank, scale=scale, blank=blank)
    found, expected = both(logits, arguments, blank, weights=drawn(len(logits), seed=5))
    assert expected[0].isfinite().all() and expected[1].abs().max() > 0.1
    assert_equal(found, expected, 1e-9)


def test_float32_is_as_good_as_float64_of_the_same_numbers():
    """torch's own float32 is not: there the loss of 600 is off by 3e-4, and the gradient too."""
    logits, *arguments = batch(sizes=(4, 200, 30, 30), dtype=torch.float32)
    log_probs = logits.log_softmax(-1)
    ours, theirs = log_probs.clone().requires_grad_(), log_probs.double().requires_grad_()
    found, expected = ctc_loss(ours, *arguments), torchs(theirs, *arguments)
    gradients = [torch.autograd.grad(loss.sum(), leaf)[0] for loss, leaf in ((found, ours), (expected, theirs))]
    assert found.dtype == gradients[0].dtype == torch.float32
    torch.testing.assert_close(found.double(), expected.detach(), rtol=1e-7, atol=0)
    # torch's assumes that each frame sums to one, these float32 ones do only to 1e-7
    torch.testing.assert_close(gradients[0].double(), gradients[1], rtol=0, atol=1e-6)


def test_long_sequences_and_dead_ends_are_no_trouble():
    """No frame to spare: places from which no path reaches the end hold nearly all of alpha."""
    labels = torch.tensor([1, 2]).repeat(100)[None]
    lengths = torch.tensor([200]), torch.tensor([200])
    logits = torch.tensor([50.0, 0.0, 0.0], dtype=torch.float64).expand(1, 200, 3)
    found, expected = both(logits, (labels, *lengths))
    assert expected[0].item() == pytest.approx(10_000, abs=1e-6)
    assert_equal(found, expected, 1e-9)
    longer = torch.tensor([3000]), torch.tensor([40])
    assert_equal(*both(drawn(1, 3000, 3, scale=3.0), (labels, *longer)), 1e-9)


def test_small_differences_give_the_gradient():
    logits, *arguments = batch(sizes=(3, 8, 4, 3))
    leaf = logits.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: ctc_loss(x.log_softmax(-1), *arguments), leaf)


def test_the_gradient_of_every_frame_sums_to_zero_and_beyond_the_end_it_is_zero():
    logits, *arguments = batch()
    (_, at_logits, at_log_probs), _ = both(logits, arguments)
    for gradient in (at_logits, at_log_probs):
        assert gradient.sum(-1).abs().max() < 1e-12
        for row, length in zip(gradient, arguments[1], strict=True):
            assert (row[length:] == 0).all() and (row[:length] != 0).any(1).all()


def test_a_class_without_probability():
    """Where a class cannot be, -inf, no path goes through it, and its gradient is no NaN."""
    logits, *arguments = batch(sizes=(3, 12, 5, 3))
    ruled_out = logits.clone()
    ruled_out[:, ::4, 2] = -torch.inf
    very_small = torch.where(ruled_out.isinf(), -1e4, ruled_out)
    leaves = [x.log_softmax(-1).requires_grad_() for x in (ruled_out, very_small)]
    found, expected = (ctc_loss(leaf, *arguments) for leaf in leaves)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
    gradients = [torch.autograd.grad(loss.sum(), leaf)[0] for loss, leaf in zip((found, expected), leaves, strict=True)]
    torch.testing.assert_close(*gradients, rtol=0, atol=1e-12)


@pytest.mark.parametrize("make", bench_ctc.ALL)
def test_what_the_benchmark_compares_does_the_same(make):
    theirs, ours = (run() for run in make(80).values())
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-3)  # torch's float32 is no better


# ---------------------------------------------------------------- what cannot be said


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_an_impossible_sequence_has_infinite_loss_and_no_gradient_and_leaves_the_others_alone(dtype):
    logits, targets, input_lengths, target_lengths = batch(dtype=dtype)
    targets[2, :3], input_lengths[2], target_lengths[2] = targets[2, 0], 4, 3  # the same three times: five frames
    input_lengths[4], target_lengths[4] = 2, 3
    leaf = logits.clone().requires_grad_()
    loss = ctc_loss(leaf.log_softmax(-1), targets, input_lengths, target_lengths)
    assert loss.isinf().tolist() == [False, False, True, False, True, False] and (loss > 0).all()
    (gradient,) = torch.autograd.grad(loss.mean(), leaf)
    assert (gradient[[2, 4]] == 0).all()
    rest = [0, 1, 3, 5]
    others = (targets[rest], input_lengths[rest], target_lengths[rest])
    (expected, at_logits, _), _ = both(logits[rest], others)
    torch.testing.assert_close(loss[rest], expected)
    torch.testing.assert_close(gradient[rest], at_logits / 6)
    gamma = alignment_posteriors(logits.log_softmax(-1), targets, input_lengths, target_lengths)
    assert (gamma[[2, 4]] == 0).all() and gamma.isfinite().all()
    input_lengths[2] = 5
    assert ctc_loss(logits.log_softmax(-1), targets, input_lengths, target_lengths)[2].isfinite()


def test_no_probability_for_any_path_is_impossible_too():
    logits = torch.zeros(1, 4, 3, dtype=torch.float64)
    logits[..., 1] = -torch.inf
    leaf = logits.requires_grad_()
    loss = ctc_loss(leaf.log_softmax(-1), torch.tensor([[1]]), torch.tensor([4]), torch.tensor([1]))
    assert loss.item() == math.inf and (torch.autograd.grad(loss.sum(), leaf)[0] == 0).all()
    with pytest.raises(ValueError, match="^log_probs: gives probability 0"):
        lattice(leaf[0].log_softmax(-1), torch.tensor([1]))


# ---------------------------------------------------------------- batches


def test_what_lies_beyond_the_ends_changes_nothing():
    logits, targets, input_lengths, target_lengths = batch()
    log_probs = logits.log_softmax(-1)
    spoilt, wrong = log_probs.clone(), targets.clone()
    for row in range(len(log_probs)):
        spoilt[row, input_lengths[row] :] = math.nan
        wrong[row, target_lengths[row] :] = -100
    results = []
    for x, labels in ((log_probs, targets), (spoilt, wrong)):
        leaf = x.clone().requires_grad_()
        loss = ctc_loss(leaf, labels, input_lengths, target_lengths)
        gamma = alignment_posteriors(x, labels, input_lengths, target_lengths)
        results.append((loss, torch.autograd.grad(loss.sum(), leaf)[0], gamma))
    for found, expected in zip(*results, strict=True):
        assert torch.equal(found, expected)


def test_the_fast_form_is_the_clear_form_of_each_sequence():
    logits, targets, input_lengths, target_lengths = batch(scale=3.0)
    log_probs = logits.log_softmax(-1).requires_grad_()
    loss = ctc_loss(log_probs, targets, input_lengths, target_lengths)
    (gradient,) = torch.autograd.grad(loss.sum(), log_probs)
    gamma = alignment_posteriors(log_probs, targets, input_lengths, target_lengths)
    for row, (length, labels) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        one = lattice(log_probs[row, :length].detach(), targets[row, :labels])
        size = len(one.extended)
        assert loss[row].item() == pytest.approx(-one.log_likelihood, rel=1e-12)
        np.testing.assert_allclose(gamma[row, :length, :size], np.exp(one.posterior), rtol=0, atol=1e-12)
        np.testing.assert_allclose(gradient[row, :length], one.gradient, rtol=0, atol=1e-12)
        assert (gamma[row, length:] == 0).all() and (gamma[row, :, size:] == 0).all()
        torch.testing.assert_close(gamma[row, :length].sum(1), torch.ones(length, dtype=torch.float64))


def test_targets_without_any_label():
    logits, *_ = batch()
    lengths = torch.full((6,), 40), torch.zeros(6, dtype=torch.int64)
    found = ctc_loss(logits.log_softmax(-1), torch.zeros(6, 0, dtype=torch.int64), *lengths)
    torch.testing.assert_close(found, -logits.log_softmax(-1)[..., 0].sum(1))


def test_posteriors_carry_no_gradient_and_keep_the_type():
    logits, *arguments = batch(dtype=torch.float32)
    gamma = alignment_posteriors(logits.requires_grad_().log_softmax(-1), *arguments)
    assert not gamma.requires_grad and gamma.dtype == torch.float32


# ---------------------------------------------------------------- bad input


def good():
    log_probs = torch.zeros(2, 5, 4, dtype=torch.float64).log_softmax(-1)
    return {"log_probs": log_probs, "targets": torch.tensor([[1, 2], [3, 0]]), "input_lengths": torch.tensor([5, 3]),
            "target_lengths": torch.tensor([2, 1])}  # fmt: skip


def with_value(place, value):
    changed = good()["log_probs"].clone()
    changed[place] = value
    return changed


BAD = [
    ({"log_probs": [[0.0]]}, "log_probs: expected a tensor"),
    ({"log_probs": good()["log_probs"].half()}, "log_probs: expected a tensor of float32 or float64"),
    ({"log_probs": good()["log_probs"][0]}, "log_probs: expected shape"),
    ({"log_probs": torch.zeros(2, 0, 4)}, "log_probs: expected shape"),
    ({"log_probs": with_value((1, 2, 3), math.nan)}, "log_probs: contains NaN"),
    ({"log_probs": with_value((1, 2, 3), math.inf)}, "log_probs: expected logarithms.* row 1 at frame 2 sum to inf"),
    ({"log_probs": torch.zeros(2, 5, 4)}, "log_probs: expected logarithms.* row 0 at frame 0 sum to 4"),
    ({"log_probs": torch.full((2, 5, 4), 0.25)}, "log_probs: expected logarithms"),
    ({"targets": [[1, 2], [3, 0]]}, "targets: expected labels as an int64 tensor"),
    ({"targets": torch.tensor([[1, 2], [3, 0]], dtype=torch.int32)}, "targets: expected labels as an int64 tensor"),
    ({"targets": torch.tensor([1, 2, 3])}, "targets: expected shape"),
    ({"targets": torch.tensor([[1, 2]])}, "targets: expected shape"),
    ({"targets": torch.tensor([[1, 0], [3, 0]])}, "targets: expected labels from 0 to 3 other than the blank 0, got 0"),
    ({"targets": torch.tensor([[1, 4], [3, 0]])}, "targets: expected labels .* got 4 in row 0 at place 1"),
    ({"targets": torch.tensor([[1, 2], [-1, 0]])}, "targets: expected labels .* got -1 in row 1 at place 0"),
    ({"input_lengths": [5, 3]}, "input_lengths: expected an int64 tensor"),
    ({"input_lengths": torch.tensor([5])}, "input_lengths: expected an int64 tensor"),
    ({"input_lengths": torch.tensor([5.0, 3.0])}, "input_lengths: expected an int64 tensor"),
    ({"input_lengths": torch.tensor([6, 3])}, "input_lengths: expected 1 to 5"),
    ({"input_lengths": torch.tensor([5, 0])}, "input_lengths: expected 1 to 5"),
    ({"target_lengths": torch.tensor([3, 1])}, "target_lengths: expected 0 to 2"),
    ({"target_lengths": torch.tensor([2, -1])}, "target_lengths: expected 0 to 2"),
    ({"target_lengths": None}, "target_lengths: expected an int64 tensor"),
    ({"blank": 4}, "blank: expected a class from 0 to 3"),
    ({"blank": -1}, "blank: expected a class from 0 to 3"),
    ({"blank": 1.0}, "blank: expected a class from 0 to 3"),
]


@pytest.mark.parametrize(("changed", "message"), BAD)
@pytest.mark.parametrize("form", [ctc_loss, alignment_posteriors])
def test_refused(form, changed, message):
    form(**good())
    with pytest.raises(ValueError, match=f"^{message}"):
        form(**good() | changed)


@pytest.mark.parametrize(("log_probs", "target", "message"), [
    (torch.zeros(1, 3, 2).log_softmax(-1), torch.tensor([1]), "log_probs: expected a tensor of shape"),
    (torch.zeros(3, 2).log_softmax(-1), torch.tensor([[1]]), "target: expected a tensor of shape"),
    (torch.zeros(3, 2).log_softmax(-1), [1], "target: expected a tensor of shape"),
    (torch.zeros(4, 2).log_softmax(-1), torch.tensor([1, 1, 1]), "target: 3 labels, 2 of them .* need 5 frames"),
    (torch.zeros(3, 2), torch.tensor([1]), "log_probs: expected logarithms"),
])  # fmt: skip
def test_lattice_refuses(log_probs, target, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        lattice(log_probs, target)
