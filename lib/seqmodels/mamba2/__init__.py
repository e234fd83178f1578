"""Mamba-2: a selective recurrence that is also a masked matrix. Dao and Gu (2024).

ssd     `ssd`, the fast form, and beside it `ssd_loop` and `ssd_matrix`, the clear ones
block   `Mamba2Block`: the layer
model   `Mamba2`: the language model, with published weights
"""

from seqmodels.mamba2.block import Mamba2Block
from seqmodels.mamba2.model import Mamba2
from seqmodels.mamba2.ssd import ssd, ssd_loop, ssd_matrix

__all__ = ["Mamba2", "Mamba2Block", "ssd", "ssd_loop", "ssd_matrix"]
