"""The selective scan: a recurrence whose every step may have another decay, another door in and another door out.

    u_t  (D,) what comes in, channel by channel     y_t  (D,) what goes out        h_t  (D, N) the state
    Δ_t  (D,) `delta`: how much time passes, > 0    A    (D, N) rates, < 0         D    (D,) the way past the state
    B_t  (N,) the door in                           C_t  (N,) the door out

    h_t = exp(Δ_t A) ⊙ h_{t-1} + (Δ_t u_t) B_tᵀ          y_t = h_t C_t + D ⊙ u_t

The state of a whole sequence, (B, T, D, N), is N times as large as what goes in. `selective_scan_loop` writes it all
down and reads as the formula does; `selective_scan` keeps the state at the borders of chunks and computes the rest
again when gradients are asked for, as the published kernel does on a graphics card. Both hold on every device.
"""

import torch
from torch.autograd.function import once_differentiable

CHUNK, ELEMENTS = (8, 64), 1 << 17  # steps between two states that are kept, and what a processor has at hand


def selective_scan(u, delta, A, B, C, D=None):
    """What a selective state space makes of a sequence: y (B, T, D).

    u, delta (B, T, D); A (D, N); B, C (B, T, N); D (D,) or None; all of one floating dtype and device, T ≥ 1.
    A gradient for each of them; linear in T in time, and in memory without the factor N. Nothing is divided and no
    logarithm taken, so that no decay is too strong. ValueError where a shape, dtype or device differs.
    Source: Gu and Dao (2023), algorithm 2, with the simplified Δ B for B̄ of their code.
    Held by tests/unit/test_selective_scan.py to a loop in float64, values and gradients.
    """
    return selective_scan_with_state(u, delta, A, B, C, D)[0]


def selective_scan_with_state(u, delta, A, B, C, D=None, initial=None):
    """The same from a state h (B, D, N), zeros if None: y (B, T, D) and the state after the last step (B, D, N)."""
    _check(u, delta, A, B, C, D, initial)
    initial = u.new_zeros(u.shape[0], *A.shape) if initial is None else initial
    y, last = _SelectiveScan.apply(u, delta, A, B, C, initial)
    return y if D is None else torch.addcmul(y, u, D), last


def selective_scan_loop(u, delta, A, B, C, D=None, initial=None):
    """The clear form of `selective_scan_with_state`: a loop that autograd watches, all states side by side."""
    decay = torch.exp(delta[..., None] * A)  # Ā_t = exp(Δ_t A)                        (B, T, D, N)
    drive = (delta * u)[..., None] * B[:, :, None]  # Δ_t B_t u_t                      (B, T, D, N)
    h = torch.zeros_like(drive[:, 0]) if initial is None else initial
    states = []
    for a, x in zip(decay.unbind(1), drive.unbind(1), strict=True):  # decay[:, t] here would be quadratic in T
        h = torch.addcmul(x, a, h)  # (8.1.2) h_t = Ā_t h_{t-1} + Δ_t B_t u_t
        states.append(h)
    y = (torch.stack(states, 1) @ C[..., None])[..., 0]  # (8.1.3) y_t = h_t C_t       (B, T, D)
    return y if D is None else torch.addcmul(y, u, D), h


class _SelectiveScan(torch.autograd.Function):
    """Chunk by chunk, time before batch inside, so that one step is one stretch of memory.

    g_t = ∂L/∂h_t = ∂L/∂y_t C_tᵀ + Ā_{t+1} ⊙ g_{t+1}     the same recurrence, read from the end
    With e_t = g_t ⊙ h_{t-1} ⊙ Ā_t, the gradient of the exponent Δ_t A:
    ∂L/∂C_t = Σ_d (∂L/∂y_t)_d h_t     ∂L/∂B_t = Σ_d Δ_t u_t g_t     ∂L/∂A = Σ_t Δ_t e_t
    ∂L/∂u_t = Δ_t (g_t B_t)           ∂L/∂Δ_t = u_t (g_t B_t) + Σ_n A e_t
    """

    @staticmethod
    def forward(ctx, u, delta, A, B, C, initial):
        u, delta, B, C = (x.transpose(0, 1).contiguous() for x in (u, delta, B, C))  # (T, B, …)
        y, borders, h = torch.empty_like(u), [], initial
        ctx.chunk = chunk = min(max(ELEMENTS // h.numel(), CHUNK[0]), CHUNK[1])
        for begin in range(0, len(u), chunk):
            now = slice(begin, begin + chunk)
            borders.append(h)
            _, states = _states(u[now], delta[now], A, B[now], h)
            h = states[-1].clone()
            y[now] = states.mul_(C[now, :, None]).sum(-1)
        ctx.save_for_backward(u, delta, A, B, C, torch.stack(borders))
        return y.transpose(0, 1), h

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_y, grad_last):
        u, delta, A, B, C, borders = ctx.saved_tensors
        grad_y = grad_y.transpose(0, 1).contiguous()
        grad_u, grad_delta, grad_A, grad_B, grad_C = (torch.zeros_like(x) for x in (u, delta, A, B, C))
        later = grad_last  # Ā_{t+1} g_{t+1} at the end of the chunk
        for k in reversed(range(len(borders))):
            now = slice(k * ctx.chunk, (k + 1) * ctx.chunk)
            decay, h = _states(u[now], delta[now], A, B[now], borders[k])
            grad_C[now] = (grad_y[now, :, None] @ h)[:, :, 0]
            g = grad_y[now, ..., None] * C[now, :, None]
            g[-1] += later
            for after, a, here in zip(reversed(g[1:].unbind()), reversed(decay[1:].unbind()), reversed(g[:-1].unbind()),
                                      strict=True):  # fmt: skip
                here.addcmul_(a, after)
            later = decay[0] * g[0]
            written = (g * B[now, :, None]).sum(-1)
            grad_u[now] = written * delta[now]
            grad_B[now] = ((delta[now] * u[now])[:, :, None] @ g)[:, :, 0]
            e = decay.mul_(g)
            e[1:] *= h[:-1]
            e[0] *= borders[k]
            grad_delta[now] = written * u[now] + (e * A).sum(-1)
            grad_A += e.mul_(delta[now, ..., None]).sum((0, 1))  # an einsum here would first copy e
        inputs = (x.transpose(0, 1) for x in (grad_B, grad_C))
        return grad_u.transpose(0, 1), grad_delta.transpose(0, 1), grad_A, *inputs, later


def _states(u, delta, A, B, h):
    """Decay and state of every step of a chunk, each (t, B, D, N), from the state h before it."""
    decay = torch.mul(delta[..., None], A).exp_()
    states = (delta * u)[..., None] * B[:, :, None]
    for a, here in zip(decay.unbind(), states.unbind(), strict=True):
        h = here.addcmul_(a, h)
    return decay, states


def _check(u, delta, A, B, C, D, initial):
    if not isinstance(u, torch.Tensor) or u.dim() != 3 or not u.is_floating_point() or u.shape[1] == 0:
        came = f"{u.dtype} {tuple(u.shape)}" if isinstance(u, torch.Tensor) else type(u).__name__
        raise ValueError(f"u: expected floating-point numbers (B, T, D) with T of 1 or more, got {came}")
    (batch, length, channels), size = u.shape, A.shape[-1] if isinstance(A, torch.Tensor) and A.dim() == 2 else "N"
    expected = {"delta": (delta, u.shape), "A": (A, (channels, size)), "B": (B, (batch, length, size)),
                "C": (C, (batch, length, size)), "D": (D, (channels,)),
                "initial": (initial, (batch, channels, size))}  # fmt: skip
    for name, (value, shape) in expected.items():
        if value is None and name in ("D", "initial"):
            continue
        if not isinstance(value, torch.Tensor) or tuple(value.shape) != tuple(shape):
            came = tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
            raise ValueError(f"{name}: expected shape ({', '.join(map(str, shape))}) to go with u {tuple(u.shape)}, "
                             f"got {came}")  # fmt: skip
        if value.dtype != u.dtype or value.device != u.device:
            raise ValueError(f"{name}: expected {u.dtype} on {u.device} like u, got {value.dtype} on {value.device}")
