"""State spaces: the kernel by two small tables against the published form, and the layer against its loop.

Targets at length 16,384: the tables take at most a fifth of the direct form's time, and hold no array of all modes at
all steps (tests/unit/test_s4_kernels.py). Both grow about like the length; the recurrence in Python is the slowest, and
the one that can go on step by step.
"""

import math

import torch

from seqmodels.s4 import S4, S4D, DiagonalPowers, cauchy_kernel, direct_kernel

CHANNELS, PAIRS = 16, 32


def _modes():
    """Exponents ΔA of S4D-Lin and weights C B̄, (D, N/2), float32."""
    torch.manual_seed(0)
    A = torch.complex(torch.full((PAIRS,), -0.5), math.pi * torch.arange(PAIRS))
    step = torch.logspace(-3, -1, CHANNELS)
    weights = torch.randn(CHANNELS, PAIRS, dtype=torch.complex64) * step[:, None]
    return step[:, None] * A, weights


def s4_kernel(length):
    """The kernel of S4D, so many steps, 16 channels of 32 complex pairs"""
    exponent, weights = _modes()
    one, several = torch.ones_like(weights), S4(1, 2 * PAIRS)

    def dplr():
        p, b, c = (torch.view_as_complex(part.detach().double())[0] for part in (several.P, several.B, several.C))
        Lambda = torch.complex(-several.log_decay.double().exp(), several.frequency.double()).detach()[0]
        return cauchy_kernel(*(torch.cat([part, part.conj()]) for part in (Lambda, p, b, c)), 0.01, length)

    return {
        "direct, (D, N, L)": lambda: direct_kernel(weights, exponent, length),
        "two tables": lambda: DiagonalPowers(exponent.exp(), length).kernel(weights, one),
        "Cauchy, DPLR, one channel": dplr,
    }


def s4_layer(length):
    """A layer of S4D, forward and backward, 16 channels of 32 pairs, one sequence"""
    torch.manual_seed(0)
    layer, x = S4D(CHANNELS, 2 * PAIRS), torch.randn(1, length, CHANNELS)

    def published():
        decay, drive, read = layer.discrete()
        kernel = direct_kernel(read * drive, decay.log(), length)
        spectrum = torch.fft.rfft(x.transpose(1, 2), 2 * length) * torch.fft.rfft(kernel, 2 * length)
        (torch.fft.irfft(spectrum, 2 * length)[..., :length].square().mean()).backward()

    return {
        "direct kernel": published,
        "S4D": lambda: layer(x)[0].square().mean().backward(),
    }


def s4_loop(length):
    """Going on: a layer of S4D, 16 channels of 32 pairs, one sequence, without gradients"""
    layer, x = S4D(CHANNELS, 2 * PAIRS), torch.randn(1, length, CHANNELS)

    @torch.no_grad()
    def stepping():
        state = layer.initial_state(1)
        for x_t in x.unbind(1):
            state = layer.step(x_t, state)[1]

    return {"S4D.step": stepping, "S4D.forward": torch.no_grad()(lambda: layer(x))}


ALL, LONG = [s4_layer, s4_loop], [s4_kernel]
