"""State space duality: one recurrence, one masked matrix, and in between the form that is fast.

    x_t  (H, P) what is written, head by head       S_t  (H, P, N) the state       y_t  (H, P) what is read
    a_t  (H,) the decay of a head, exp(log_decay_t): one number for all of its state, in (0, 1] where it forgets
    B_t  (G, N) where it is written                 C_t  (G, N) where it is read
    H heads share G pairs of B and C, H / G each    Q  chunk, K  how many chunks   L  (T, T) decays between two steps

    S_t = a_t S_{t-1} + x_t B_tᵀ,   y_t = S_t C_t             as a recurrence
    Y = (L ∘ C Bᵀ) X,   L_ij = a_{j+1} ⋯ a_i for j ≤ i, else 0   as attention whose mask fades

The second has no softmax, so that nothing hinders us from summing up all that lies before a chunk, as the first does.
"""

import torch
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from seqmodels.mamba2.checks import check_ssd

LOWEST = {torch.float32: -120.0, torch.float64: -800.0}  # exp of less is 0 in any case, and -∞ - (-∞) would be NaN


def ssd(x, log_decay, B, C, chunk=64, initial=None):
    """The fast form: y (B, T, H, P), and the last S (B, H, P, N). Quadratic in each chunk, a recurrence between chunks.

    x (B, T, H, P); log_decay (B, T, H), 0 keeps everything, -∞ nothing; B, C (B, T, G, N), G a divisor of H; chunk: how
    many steps at once; initial: the state to begin with (B, H, P, N), zeros if None. T may be any length.
    Time and memory linear in T, a gradient for every argument, and no decay too strong: only differences of logarithms
    that are 0 or less are raised. The masks are computed twice, not kept. ValueError where a shape or dtype differs.
    Source: Dao and Gu (2024). Held by tests/unit/test_ssd.py to both clear forms, values and gradients, and to the
    reference implementation.
    """
    initial = check_ssd(x, log_decay, B, C, chunk, initial)
    length = x.shape[1]
    chunk = min(chunk, length)
    log_decay = log_decay.clamp(min=LOWEST.get(x.dtype, LOWEST[torch.float32]))
    beyond = -length % chunk
    if beyond:  # steps that write nothing and forget nothing
        x, B, C = (F.pad(part, (0, 0, 0, 0, 0, beyond)) for part in (x, B, C))
        log_decay = F.pad(log_decay, (0, 0, 0, beyond))
    y, last = _Chunked.apply(x, log_decay, B, C, initial, chunk)
    return y[:, :length], last


def ssd_loop(x, log_decay, B, C, initial=None):
    """The first clear form, a recurrence: step after step. Arguments and results as `ssd`."""
    S = check_ssd(x, log_decay, B, C, 1, initial)
    outputs = []
    for x_t, log_decay_t, B_t, C_t in zip(*(part.unbind(1) for part in (x, log_decay, B, C)), strict=True):
        S = remember(S, x_t, log_decay_t, B_t)
        outputs.append(ask(S, C_t))
    return torch.stack(outputs, 1), S


def remember(S, x, log_decay, B):
    """One step of the state (B, H, P, N): x (B, H, P), log_decay (B, H), B (B, G, N)."""
    B = _for_heads(B, S.shape[1])[..., None, :]  # (B, H, 1, N)
    return torch.addcmul(x[..., None] * B, log_decay.exp()[..., None, None], S)  # S_t = a_t S_{t-1} + x_t B_tᵀ


def ask(S, C):
    """What the state (B, H, P, N) answers to C (B, G, N): (B, H, P)."""
    return (S @ _for_heads(C, S.shape[1])[..., None])[..., 0]  # y_t = S_t C_t


def _for_heads(part, heads):
    """What groups share, (B, G, N), for every head: (B, H, N)."""
    return part[:, :, None].expand(-1, -1, heads // part.shape[1], -1).flatten(1, 2)


def ssd_matrix(x, log_decay, B, C, initial=None):
    """The second clear form, all T × T products at once. Arguments and results as `ssd`."""
    initial = check_ssd(x, log_decay, B, C, 1, initial)
    heads = x.shape[2]
    B, C = (part.repeat_interleave(heads // part.shape[2], 2).transpose(1, 2) for part in (B, C))  # (B, H, T, N)
    x, log_decay = x.transpose(1, 2), log_decay.transpose(1, 2)  # (B, H, T, P), (B, H, T)
    L = decays(log_decay)
    y = (L * (C @ B.transpose(-1, -2))) @ x  # Y = (L ∘ C Bᵀ) X
    since_start = log_decay.cumsum(-1).exp()[..., None]
    y = y + since_start * (C @ initial.transpose(-1, -2))
    last = since_start[:, :, -1:] * initial + (L[:, :, -1, :, None] * x).transpose(-1, -2) @ B
    return y.transpose(1, 2), last


def decays(log_decay):
    """L (…, T, T) of log_decay (…, T): L_ij = a_{j+1} ⋯ a_i, 1 on the diagonal, 0 above. Each product by itself."""
    length = log_decay.shape[-1]
    below = torch.ones(length, length, dtype=torch.bool, device=log_decay.device).tril(-1)
    a = log_decay[..., None].expand(*log_decay.shape, length)  # a_i in every column j
    return torch.where(below, a.exp(), 1.0).cumprod(-2).tril()


class _Chunked(torch.autograd.Function):
    """Heads as (B, G, R): G groups of R heads; time as (K, Q). With s_i = log a_1 + … + log a_i inside a chunk:

    y_i = Σ_{j ≤ i} e^{s_i - s_j} (C_i·B_j) x_j + e^{s_i} S C_i          S: the state before the chunk
    S'  = e^{s_Q} S + Σ_j e^{s_Q - s_j} x_j B_jᵀ                         S': after it

    Every y_i has e^{s_i} as a factor, every x_j comes with e^{-s_j}, so that the gradient of s needs no table:
    ∂L/∂s_i = y_i · ∂L/∂y_i - x_i · ∂L/∂x_i, and at the end of the chunk ⟨S', ∂L/∂S'⟩ more.
    """

    @staticmethod
    def forward(ctx, x, log_decay, B, C, initial, chunk):
        groups = B.shape[2]
        x, log_decay, B, C = (_cut(part, chunk, groups) for part in (x, log_decay[..., None], B, C))
        s = _exact(log_decay[..., 0]).cumsum(-1)  # (B, G, R, K, Q)
        y = (_mask(s, x) * (C @ B.transpose(-1, -2))) @ x  # (B, G, R, K, Q, P)
        since_start, to_end = _ends(s, x)
        written = (x * to_end).transpose(-1, -2) @ B  # (B, G, R, K, P, N)
        initial = initial.unflatten(1, (groups, -1))
        states = _carry(initial, since_start[..., -1, 0], written)  # (B, G, R, K + 1, P, N)
        y += (C @ states[:, :, :, :-1].transpose(-1, -2)) * since_start
        ctx.save_for_backward(x, s, B, C, states, y)
        return _join(y), states[:, :, :, -1].flatten(1, 2)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_y, grad_last):
        x, s, B, C, states, y = ctx.saved_tensors
        groups, chunk = B.shape[1], B.shape[-2]
        grad_y = _cut(grad_y, chunk, groups)
        since_start, to_end = _ends(s, x)
        before, after = states[:, :, :, :-1], states[:, :, :, 1:]
        asked = grad_y * since_start
        grad_states = _carry(grad_last.unflatten(1, (groups, -1)), since_start[..., -1, 0].flip(3),
                             (asked.transpose(-1, -2) @ C).flip(3)).flip(3)  # fmt: skip
        grad_after = grad_states[:, :, :, 1:]
        mask = _mask(s, x)
        grad_x = (mask * (C @ B.transpose(-1, -2))).transpose(-1, -2) @ grad_y
        grad_x += (B @ grad_after.transpose(-1, -2)) * to_end
        grad_scores = mask.mul_(grad_y @ x.transpose(-1, -2)).sum(2, keepdim=True)  # of C Bᵀ: (B, G, 1, K, Q, Q)
        grad_C = grad_scores @ B + (asked @ before).sum(2, keepdim=True)
        grad_B = grad_scores.transpose(-1, -2) @ C + ((x * to_end) @ grad_after).sum(2, keepdim=True)
        grad_s = (y * grad_y).sum(-1) - (x * grad_x).sum(-1)
        grad_s[..., -1] += (after * grad_after).sum((-1, -2))
        grad_log_decay = grad_s.flip(-1).cumsum(-1).flip(-1)  # log a_t is part of s_t and of all later ones
        grads = (_join(part) for part in (grad_x, grad_log_decay[..., None], grad_B, grad_C))
        grad_x, grad_log_decay, grad_B, grad_C = grads
        return grad_x, grad_log_decay[..., 0], grad_B, grad_C, grad_states[:, :, :, 0].flatten(1, 2), None


def _cut(part, chunk, groups):
    """(B, T, G·R, E) -> (B, G, R, K, Q, E); R is 1 for what a group shares."""
    return part.unflatten(2, (groups, -1)).unflatten(1, (-1, chunk)).permute(0, 3, 4, 1, 2, 5).contiguous()


def _join(part):
    """(B, G, R, K, Q, E) -> (B, T, G·R, E)."""
    return part.permute(0, 3, 4, 1, 2, 5).flatten(1, 2).flatten(2, 3)


def _exact(log_decay):
    """A difference of long sums wants more digits than the numbers it is made of; some devices have no more."""
    return log_decay if log_decay.device.type == "mps" else log_decay.double()


def _mask(s, like):
    """L of every chunk, (…, Q, Q): e^{s_i - s_j} where j ≤ i, else 0."""
    length = s.shape[-1]
    ahead = torch.full((length, length), -torch.inf, dtype=like.dtype, device=like.device).triu(1)
    return (s[..., :, None] - s[..., None, :]).to(like.dtype).add_(ahead).exp_()


def _ends(s, like):
    """How much of the state before the chunk reaches step i, and of what is written at i the end: (…, Q, 1) each."""
    return (part.exp()[..., None].to(like.dtype) for part in (s, s[..., -1:] - s))


def _carry(state, decay, written):
    """S_k = decay_k S_{k-1} + written_k over the chunks (dim 3), the first state in front: (B, G, R, K + 1, P, N)."""
    states = [state]
    for decay_k, written_k in zip(decay[..., None, None].unbind(3), written.unbind(3), strict=True):
        states.append(torch.addcmul(written_k, decay_k, states[-1]))
    return torch.stack(states, 3)
