"""State spaces: a linear recurrence, trained as a convolution with a kernel that a few poles write.

kernels  convolve, DiagonalPowers, MatrixPowers: fast; direct_kernel, cauchy_kernel: as the papers have them
layers   S4D and S4
block    S4Block, networks built of it, and how they are trained
"""

from seqmodels.s4.block import S4Block, s4d_model, slow_poles
from seqmodels.s4.kernels import DiagonalPowers, MatrixPowers, cauchy_kernel, convolve, direct_kernel, powers
from seqmodels.s4.layers import S4, S4D, StateSpace

__all__ = [
    "S4",
    "S4D",
    "DiagonalPowers",
    "MatrixPowers",
    "S4Block",
    "StateSpace",
    "cauchy_kernel",
    "convolve",
    "direct_kernel",
    "powers",
    "s4d_model",
    "slow_poles",
]
