"""The kernel of a linear recurrence, and how to compute with all its powers at once.

    h_t = Ā h_{t-1} + B̄ u_t,   y_t = C h_t      is, from a state of nothing,      y_t = Σ_l K_l u_{t-l},  K_l = C Ā^l B̄

    A  what the state does by itself     Ā  the same after a step of Δ     B̄  what an input writes     C  what is read

K needs every power of Ā. Since Ā^(i·m + j) = (Ā^m)^i Ā^j, two small tables of about √L powers hold them all, and one
product of matrices puts them together: an array of all modes times all steps is never made. `DiagonalPowers` does it
for a diagonal Ā, `MatrixPowers` for any. `direct_kernel` and `cauchy_kernel` are the forms of the papers.
Powers are taken in double precision of the very Ā that a recurrence multiplies by, so that both agree for thousands of
steps; a device must have float64.

Shapes: B batch, D channels, each with a recurrence of its own, N modes, L length; m near, g far, m·g ≥ L.
A diagonal Ā of complex numbers stands for itself and its conjugate: what is read is twice the real part.
"""

import torch

WIDE = {torch.float32: torch.float64, torch.complex64: torch.complex128}


def wide(x):
    """x in double precision."""
    return x.to(WIDE.get(x.dtype, x.dtype))


# ---------------------------------------------------------------- convolving


def convolve(u, kernel):
    """y_t = Σ_l K_l u_{t-l}, causal, by the fast Fourier transform: u (…, L), kernel (…, L) -> y (…, L).

    Both are padded with zeros to twice the length, or the end would come back at the beginning.
    Held by tests/unit/test_s4_kernels.py to the sum as it is written.
    """
    length = u.shape[-1]
    product = torch.fft.rfft(u, 2 * length) * torch.fft.rfft(kernel, 2 * length)  # (7.2.3)
    return torch.fft.irfft(product, 2 * length)[..., :length]


# ---------------------------------------------------------------- two tables


def powers(base, count: int):
    """1, z, z², … z^(count-1) of every number z: (…) -> (…, count). By doubling, without a logarithm: z may be 0."""
    table, power = torch.ones_like(base)[..., None], base[..., None]
    while table.shape[-1] < count:
        table, power = torch.cat([table, table * power], -1), power * power
    return table[..., :count]


def side(length: int) -> int:
    """About the square root of the length, a power of two: how many powers the near table holds."""
    return 2 ** ((length - 1).bit_length() + 1 >> 1)


class DiagonalPowers:
    """All powers of a diagonal Ā (D, N), up to the length L, as products of two tables."""

    def __init__(self, decay, length: int):
        self.decay, self.length, self.side = decay, length, side(length)
        base = wide(decay)
        near = powers(base, self.side)  # (D, N, m)
        far = powers(near[..., -1] * base, length // self.side + 1)  # (D, N, g)
        self.near, self.far = near.to(decay.dtype), far.to(decay.dtype)

    def kernel(self, read, drive):
        """K_l = Σ_n C_n Ā_n^l B̄_n: read and drive (…, D, N) -> (…, D, L)."""
        rows = (read * drive)[..., None] * self.far  # (…, D, N, g)
        product = _doubled(rows).transpose(-1, -2) @ _parts(self.near)  # (7.2.5) (…, D, g, m)
        return product.flatten(-2)[..., : self.length]

    def absorb(self, u, drive):
        """Σ_l Ā^l B̄ u_l, the state that the inputs u (B, D, L) leave, the newest first -> (B, D, N)."""
        pieces = _pieces(u, self.side)  # (B, D, g, m)
        sums = pieces @ _parts(self.near).transpose(-1, -2)  # (B, D, g, N or 2N)
        if self.near.is_complex():
            sums = torch.complex(*sums.chunk(2, -1))
        return drive * torch.einsum("bdgn,dng->bdn", sums, self.far[..., : pieces.shape[2]])

    @staticmethod
    def step(decay, state):
        """Ā h: state (B, D, N)."""
        return decay * state

    def later(self, state, steps):
        """Ā^steps h: state (B, D, N); steps: one whole number up to L, or one for each sequence (B,)."""
        steps = torch.as_tensor(steps, device=state.device).expand(len(state))
        power = self.far[..., steps // self.side] * self.near[..., steps % self.side]  # (D, N, B)
        return power.movedim(-1, 0) * state


def _parts(table):
    """Real numbers as they are; of complex ones real and imaginary parts, one above the other: (…, N, m)."""
    return torch.cat([table.real, table.imag], -2) if table.is_complex() else table


def _doubled(rows):
    """What turns a product with `_parts` into twice the real part of a complex product."""
    return torch.cat([2 * rows.real, -2 * rows.imag], -2) if rows.is_complex() else rows


def _pieces(u, size):
    """u (B, D, L) in pieces of `size`, the last filled up with zeros: (B, D, g, size)."""
    return torch.nn.functional.pad(u, (0, -u.shape[-1] % size)).unflatten(-1, (-1, size))


class MatrixPowers:
    """The same for any Ā (D, N, N) of real numbers: powers of two by squaring, tables of vectors from them."""

    def __init__(self, decay, length: int):
        self.length, self.side, self.kind = length, side(length), decay.dtype
        self.squares = [wide(decay)]  # Ā, Ā², Ā⁴, … Ā^m
        while 2 ** (len(self.squares) - 1) < self.side:
            self.squares.append(self.squares[-1] @ self.squares[-1])

    def kernel(self, read, drive):
        """K_l = C Ā^l B̄: read (D, N), drive (…, D, N) -> (…, D, L)."""
        rows = wide(read)[..., None, :]  # (D, 1, N), to become C Ā^j, (D, m, N)
        for square in self.squares[:-1]:
            rows = torch.cat([rows, rows @ square], -2)
        column, columns = wide(drive)[..., None], []  # (…, D, N, 1)
        for _ in range(-(-self.length // self.side)):
            columns.append(column)
            column = self.squares[-1] @ column
        product = rows @ torch.cat(columns, -1)  # (…, D, m, g)
        return product.transpose(-1, -2).flatten(-2)[..., : self.length].to(self.kind)

    def absorb(self, u, drive):
        """Σ_l Ā^l B̄ u_l, the state that the inputs u (B, D, L) leave, the newest first -> (B, D, N)."""
        columns = wide(drive)[..., None]  # (D, N, 1), to become Ā^j B̄, (D, N, m)
        for square in self.squares[:-1]:
            columns = torch.cat([columns, square @ columns], -1)
        pieces = _pieces(u, self.side).permute(1, 3, 2, 0)  # (D, m, g, B)
        sums = (columns.to(self.kind) @ pieces.flatten(2)).unflatten(2, pieces.shape[2:])  # (D, N, g, B)
        state, far = torch.zeros_like(sums[:, :, 0]), self.squares[-1].to(self.kind)
        for piece in reversed(sums.unbind(2)):
            state = far @ state + piece
        return state.permute(2, 0, 1)

    @staticmethod
    def step(decay, state):
        """Ā h: (D, N, N) with (B, D, N) -> (B, D, N)."""
        return (decay @ state.permute(1, 2, 0)).permute(2, 0, 1)

    def later(self, state, steps):
        """Ā^steps h: state (B, D, N); steps: one whole number up to L, or one for each sequence (B,)."""
        state, square = wide(state), self.squares[0]
        steps = torch.as_tensor(steps, device=state.device).expand(len(state))
        for bit in range(int(steps.max()).bit_length()):
            if bit:
                square = self.squares[bit] if bit < len(self.squares) else square @ square
            chosen = (steps >> bit & 1).bool()[:, None, None]
            state = torch.where(chosen, self.step(square, state), state)
        return state.to(self.kind)


# ---------------------------------------------------------------- the forms of the papers


def direct_kernel(weights, exponent, length: int):
    """K_l = Σ_n w_n e^{l·a_n}, as it is written: every mode at every step, an array (D, N, L).

    weights w = C B̄ and exponent a = ΔA (D, N), complex numbers for themselves and their conjugates -> (D, L).
    """
    steps = torch.arange(length, dtype=weights.real.dtype, device=weights.device)
    every = weights[..., None] * (exponent[..., None] * steps).exp()  # (D, N, L)
    return 2 * every.real.sum(-2) if every.is_complex() else every.sum(-2)


def cauchy_kernel(Lambda, P, B, C, step, length: int):
    """The kernel of A = Λ - P P* under the bilinear rule, without a power of a matrix: Gu, Goel and Ré (2021).

    At the L-th roots of unity ω the sum K̂(ω) = Σ_l K_l ω^l is a fraction, of which only sums over 1/(… - λ_n) are left:

        K̂(ω) = k_CB - (1 + ω) k_CP k_PB / (2 + (1 + ω) k_PP),     k_ab = Σ_n a_n b_n 2 / ((2/Δ)(1 - ω) - (1 + ω) λ_n)

    and one inverse Fourier transform gives K. Lambda, P, B and C: one channel, all N of them with their conjugates,
    complex (N,); in k_ab the left of each pair is conjugated for P (P*), not for C. step: Δ.
    To end at L exactly the sum needs C (I - Ā^L) for C; that power is the one thing computed as a matrix.
    Held by tests/unit/test_s4_kernels.py to the powers one by one.
    """
    eye = torch.eye(len(Lambda), dtype=Lambda.dtype, device=Lambda.device)
    A = torch.diag(Lambda) - P[:, None] * P.conj()
    decay = torch.linalg.solve(eye - step / 2 * A, eye + step / 2 * A)
    C = C - C @ torch.linalg.matrix_power(decay, length)
    turns = torch.arange(length, dtype=Lambda.real.dtype, device=Lambda.device) / length
    omega = torch.exp(-2j * torch.pi * turns)
    poles = 2 / ((2 / step) * (1 - omega)[:, None] - (1 + omega)[:, None] * Lambda)  # (L, N)
    k_cb, k_cp, k_pb, k_pp = (poles @ (a * b) for a, b in ((C, B), (C, P), (P.conj(), B), (P.conj(), P)))
    transformed = k_cb - (1 + omega) * k_cp * k_pb / (2 + (1 + omega) * k_pp)  # (7.2.8)
    return torch.fft.ifft(transformed).real
