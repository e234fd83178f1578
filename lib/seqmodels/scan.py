"""The scan: one recurrence under many models.

Reading a sequence from left to right means folding each new element into what came before. Whenever the folding
is associative, (a∘b)∘c = a∘(b∘c), all prefixes a, a∘b, a∘b∘c, … are one *scan*. A linear recurrence, the forward
pass of a hidden Markov model, Viterbi's search and Mamba's selection are this scan with four different ∘.

- `associative_scan(combine, elements)`  any ∘, in log₂ T rounds: the clear form
- `affine`, `matrix_product`, `log_matrix_product`, `max_plus_product`  the ∘ of this course
- `affine_scan(decay, drive)`  h_t = decay_t · h_{t-1} + drive_t, the one that models train through

Shapes: B batch, T time (always dim 1), `…` any further axes.
"""

import torch
from torch.autograd.function import once_differentiable

from seqmodels.nested import leaves, map_state

# ---------------------------------------------------------------- the clear form


def associative_scan(combine, elements):
    """All prefixes of a sequence under an associative `combine(earlier, later)`, in log₂ T rounds.

    elements: a tensor (B, T, …) or a nested tuple of such tensors; T ≥ 1, any length. Returns the same structure,
    whose place t holds element 0 ∘ element 1 ∘ … ∘ element t. Differentiable. `combine` must work on any number
    of elements at once (it is handed whole slices along dim 1). About 2T combinations are made.

    Source: Blelloch, "Prefix sums and their applications" (1990). Held by tests/unit/test_scan.py to the plain loop.
    """
    _check_elements(elements)
    return _scan(combine, elements)


def _scan(combine, elements):
    length = leaves(elements)[0].shape[1]
    if length == 1:
        return elements
    first, even, odd = (_slice(elements, s) for s in (slice(0, 1), slice(0, None, 2), slice(1, None, 2)))
    pairs = combine(_slice(even, slice(0, length // 2)), odd)  # x0∘x1, x2∘x3, …        half as many
    at_odd = _scan(combine, pairs)  # prefixes that end at 1, 3, 5, …
    if length == 2:
        return map_state(lambda a, b: torch.cat([a, b], 1), first, at_odd)
    later = (length - 1) // 2  # how many even places follow place 0
    at_even = combine(_slice(at_odd, slice(0, later)), _slice(even, slice(1, None)))  # … that end at 2, 4, …
    return map_state(lambda a, b, c: _interleave(torch.cat([a, b], 1), c), first, at_even, at_odd)


def _interleave(even, odd):
    n = odd.shape[1]
    woven = torch.stack([even[:, :n], odd], 2).flatten(1, 2)  # (B, 2n, …)
    return torch.cat([woven, even[:, n:]], 1)


# ---------------------------------------------------------------- the ∘ of this course


def affine(earlier, later):
    """First h ↦ a₁h + b₁, then h ↦ a₂h + b₂, is h ↦ (a₂a₁) h + (a₂b₁ + b₂). Elements are pairs (a, b)."""
    (a1, b1), (a2, b2) = earlier, later
    return a2 * a1, a2 * b1 + b2


def matrix_product(earlier, later):
    """(M₁M₂)_ik = Σ_j M₁_ij M₂_jk, in reading order: a row vector of probabilities travels p M₁ M₂ …"""
    return earlier @ later


def log_matrix_product(earlier, later):
    """log Σ_j exp(L₁_ij + L₂_jk): the matrix product of probabilities given as logarithms (−inf is 0)."""
    terms = earlier.unsqueeze(-1) + later.unsqueeze(-3)  # (…, i, j, k)
    highest = terms.detach().amax(-2, keepdim=True)
    highest = highest.masked_fill(highest == -torch.inf, 0.0)
    total = (terms - highest).exp().sum(-2)  # (…, i, k)
    possible = total > 0  # an impossible way keeps −inf and a gradient of 0, not NaN
    log_total = torch.where(possible, total, 1.0).log() + highest.squeeze(-2)
    return torch.where(possible, log_total, -torch.inf)


def max_plus_product(earlier, later):
    """max_j (L₁_ij + L₂_jk): the best way from i to k instead of the sum of all ways (Viterbi)."""
    return (earlier.unsqueeze(-1) + later.unsqueeze(-3)).amax(-2)


# ---------------------------------------------------------------- the one that models train through


def affine_scan(decay, drive, initial=None):
    """h_t = decay_t · h_{t-1} + drive_t for every t, with h_{-1} = initial (zero if None).

    decay, drive: (B, T, …) of the same shape and dtype, real or complex, T ≥ 1; initial: (B, …). Returns h (B, T, …).
    Linear in T, forward and backward; keeps only decay and h for the backward pass; exact under any decay, 0 included
    (nothing is divided and no logarithm taken). Nothing is broadcast: `expand` the smaller one yourself.
    Raises ValueError where shape, dtype or device differ, or T is 0.

    Held by tests/unit/test_scan.py to the plain loop (1e-12), to `associative_scan(affine, …)` and to gradcheck.
    """
    _check_affine(decay, drive, initial)
    return _AffineScan.apply(decay, drive, initial)


class _AffineScan(torch.autograd.Function):
    """The loop outside of autograd's sight: one fused multiply-add a step, and a backward pass that we know:

    g_t = ∂L/∂h_t + conj(decay_{t+1}) · g_{t+1}        the same recurrence, read from the end
    ∂L/∂drive_t = g_t,    ∂L/∂decay_t = g_t · conj(h_{t-1}),    ∂L/∂initial = conj(decay_0) · g_0
    """

    @staticmethod
    def forward(ctx, decay, drive, initial):
        h = torch.empty_like(drive)
        h[:, 0] = drive[:, 0] if initial is None else torch.addcmul(drive[:, 0], decay[:, 0], initial)
        _recur(decay.unbind(1)[1:], drive.unbind(1)[1:], h.unbind(1))
        ctx.save_for_backward(decay, h, initial)
        return h

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_h):
        decay, h, initial = ctx.saved_tensors
        decay, earlier = decay.conj(), h[:, :-1].conj()
        g = torch.empty_like(h)
        g[:, -1] = grad_h[:, -1]
        _recur(decay.unbind(1)[:0:-1], grad_h.unbind(1)[-2::-1], g.unbind(1)[::-1])
        grad_decay = grad_initial = None
        if ctx.needs_input_grad[0]:
            grad_decay = torch.empty_like(h)
            grad_decay[:, 0] = 0 if initial is None else g[:, 0] * initial.conj()
            torch.mul(g[:, 1:], earlier, out=grad_decay[:, 1:])
        if ctx.needs_input_grad[2]:
            grad_initial = decay[:, 0] * g[:, 0]
        return grad_decay, g, grad_initial


def _recur(decays, drives, out):
    """out[t] = decays[t-1] * out[t-1] + drives[t-1] for t = 1, 2, …; out[0] is already there."""
    for decay, drive, before, here in zip(decays, drives, out[:-1], out[1:], strict=True):
        torch.addcmul(drive, decay, before, out=here)


# ---------------------------------------------------------------- slices and checks


def _slice(tree, where):
    return map_state(lambda leaf: leaf[:, where], tree)


def _check_elements(elements):
    for leaf in leaves(elements):
        if not isinstance(leaf, torch.Tensor) or leaf.dim() < 2:
            came = f"shape {tuple(leaf.shape)}" if isinstance(leaf, torch.Tensor) else type(leaf).__name__
            raise ValueError(f"elements: expected tensors (B, T, …) in nested tuples, got {came}")
    lengths = {leaf.shape[1] for leaf in leaves(elements)}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(f"elements: expected one common length T of 1 or more in dim 1, got {sorted(lengths)}")


def _check_affine(decay, drive, initial):
    if drive.dim() < 2 or drive.shape[1] == 0:
        raise ValueError(f"drive: expected (B, T, …) with T of 1 or more, got shape {tuple(drive.shape)}")
    expected = {"decay": (decay, drive.shape)}
    if initial is not None:
        expected["initial"] = (initial, drive[:, 0].shape)
    for name, (value, shape) in expected.items():
        if value.shape != shape:
            raise ValueError(
                f"{name}: expected shape {tuple(shape)} to go with drive {tuple(drive.shape)}, "
                f"got {tuple(value.shape)}; nothing is broadcast here, so expand() it first"
            )
        if value.dtype != drive.dtype or value.device != drive.device:
            raise ValueError(
                f"{name}: expected {drive.dtype} on {drive.device} like drive, "
                f"got {value.dtype} on {value.device}; convert it with .to(drive)"
            )
