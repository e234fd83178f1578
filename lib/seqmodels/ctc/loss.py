"""The loss and its gradient for many sequences at once: the recursions of `recursions` in float64, outside of the tape.

Both passes are one loop. Read from its end, the lattice of the reversed labels is a lattice like any other, so that
beta is the alpha of the mirrored sequences, which stand in the same batch.

N sequences, 2B of them: the B given ones and their mirror images. Time stands first inside: (T, N, S).
"""

import torch
from torch.autograd.function import once_differentiable

from seqmodels.ctc.arguments import checked_log_probs, checked_targets
from seqmodels.padding import is_real, reverse


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0):
    """How improbable are the labels, over all the ways in which the frames can say them? -log p(l | x), (B,) nats.

    log_probs (B, T, C): log_softmax of the network's outputs, float32 or float64; targets (B, U): labels, anything
    beyond their ends; input_lengths (B,) from 1 to T; target_lengths (B,) from 0 to U; blank: a class from 0 to C - 1.
    Labels that need more frames than there are (`frames_needed`) have an infinite loss and a gradient of zero.

    The gradient is (4.1.6), y - expected, as in torch.nn.functional.ctc_loss: the one of the outputs before
    log_softmax. As the probabilities of a frame always sum to one, it is right for whatever stands before log_softmax.
    It is computed in float64, whatever comes in, and can be taken once.
    ValueError for wrong shapes, types, lengths, labels, for NaN and for frames that do not sum to one.
    Source: Graves and others 2006. Held by tests/unit/test_ctc.py to torch, value and gradient (float64 1e-9), to
    the clear form and to an enumeration of every path.
    """
    checked, input_lengths = checked_log_probs(log_probs, input_lengths, blank)
    targets = checked_targets(targets, target_lengths, checked, blank)
    return _CTCLoss.apply(log_probs, checked, targets, input_lengths, target_lengths, blank)


def alignment_posteriors(log_probs, targets, input_lengths, target_lengths, blank=0):
    """Where in the labels are we at each frame, given everything? gamma (B, T, 2U + 1) over the extended labels.

    Place 0 is the first blank, place 1 the first label, and so on. Each real frame sums to one. Zero beyond the ends of
    frames and labels, and all through a sequence whose labels are impossible. Arguments and errors as in `ctc_loss`;
    float64 inside, detached. Held by tests/unit/test_ctc.py to the clear form and to an enumeration of every path.
    """
    checked, input_lengths = checked_log_probs(log_probs, input_lengths, blank)
    targets = checked_targets(targets, target_lengths, checked, blank)
    return _read(checked, targets, input_lengths, target_lengths, blank)[1].to(log_probs.dtype)


class _CTCLoss(torch.autograd.Function):
    """Forward finds gamma on the way, so that the gradient is ready before anyone asks for it."""

    @staticmethod
    def forward(ctx, log_probs, checked, targets, input_lengths, target_lengths, blank):
        log_likelihood, gamma, extended = _read(checked, targets, input_lengths, target_lengths, blank)
        if ctx.needs_input_grad[0]:
            is_class = torch.nn.functional.one_hot(extended, checked.shape[2]).double()  # (B, S, C)
            # (4.1.6)  y_t(k) - sum of gamma_t(s) over the places s where l'_s = k
            gradient = checked.exp() - gamma @ is_class  # (B, T, C)
            meant = is_real(input_lengths, checked.shape[1]) & log_likelihood.isfinite()[:, None]
            ctx.save_for_backward(gradient.masked_fill_(~meant[..., None], 0).to(log_probs.dtype))
        return -log_likelihood.to(log_probs.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx, upstream):
        (gradient,) = ctx.saved_tensors
        return gradient * upstream[:, None, None], None, None, None, None, None


def _read(log_probs, targets, input_lengths, target_lengths, blank):
    """log p(l | x) (B,), gamma (B, T, S) and the extended labels (B, S)."""
    batch, length, _ = log_probs.shape
    extended = _extend(targets, blank)
    mirrored = _extend(reverse(targets, target_lengths), blank)
    places = 2 * target_lengths + 1
    emit, emit_mirrored = (
        frames.transpose(0, 1).gather(2, labels.expand(length, -1, -1))
        for frames, labels in ((log_probs, extended), (reverse(log_probs, input_lengths), mirrored))
    )  # (T, B, S) each
    beyond = ~is_real(places, extended.shape[1])
    both = torch.cat([emit, emit_mirrored], 1).masked_fill_(beyond.repeat(2, 1), -torch.inf)  # (T, N, S)
    arrived = _arrivals(both, _may_jump(torch.cat([extended, mirrored]), blank))

    log_alpha = arrived[:, :batch] + both[:, :batch]
    frames, rows = _mirror(input_lengths, length), torch.arange(batch, device=log_probs.device)
    log_beta = arrived[:, batch:][frames.T[..., None], rows[:, None], _mirror(places, extended.shape[1])]
    log_ways = log_alpha.add_(log_beta)  # of all paths through place s at frame t, (T, B, S)
    log_likelihood = log_ways[0].logsumexp(1)  # (4.1.4), at the first frame
    # (4.1.5)  gamma_t(s) = alpha_t(s) beta_t(s) / p(l | x)
    possible = log_likelihood.isfinite()[:, None]
    gamma = log_ways.sub_(torch.where(possible, log_likelihood[:, None], 0)).exp_().transpose(0, 1)
    return log_likelihood, gamma.masked_fill_(~(is_real(input_lengths, length) & possible)[..., None], 0), extended


def _arrivals(emit, jump):
    """In how probable ways does a path get to place s for frame t, without that frame? Logarithms (T, N, S)."""
    arrived = torch.full_like(emit, -torch.inf)
    arrived[0, :, :2] = 0
    alpha = emit.new_full((emit.shape[1], emit.shape[2] + 2), -torch.inf)  # two places more before the first
    barred = torch.zeros_like(emit[0]).masked_fill_(~jump, -torch.inf)
    for before, seen, here in zip(arrived, emit, arrived[1:], strict=False):
        torch.add(before, seen, out=alpha[:, 2:])
        # (4.1.2)  stay, move, and leap where that is allowed
        torch.logaddexp(alpha[:, 2:], alpha[:, 1:-1], out=here)
        torch.logaddexp(here, alpha[:, :-2] + barred, out=here)
    return arrived


def _extend(targets, blank):
    """(4.1.1)  l' = blank l_1 blank l_2 ... l_U blank, (B, U) -> (B, S)"""
    extended = targets.new_full((len(targets), 2 * targets.shape[1] + 1), blank)
    extended[:, 1::2] = targets
    return extended


def _may_jump(extended, blank):
    """May a path leave out the blank before place s? (N, S)"""
    jump = extended != blank
    jump[:, :2] = False
    jump[:, 2:] &= extended[:, 2:] != extended[:, :-2]
    return jump


def _mirror(lengths, longest):
    """Which place comes to stand where, when each row is read from its end? (B, longest)"""
    place = torch.arange(longest, device=lengths.device)
    return torch.where(place < lengths[:, None], lengths[:, None] - 1 - place, place)
