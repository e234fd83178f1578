"""Mamba: a state space that chooses, at every step, what to let in, what to keep and what to say. Gu and Dao (2023).

scan    `selective_scan`, `selective_scan_with_state`, and `selective_scan_loop`, its clear form
block   `MambaBlock`: the scan with a `ShortConvolution` before it and a gate behind it
model   `Mamba`, the language model, with `from_pretrained`; `PreNorm` is the road around each of its blocks
time_invariant   `TimeInvariantBlock`: the same without choice, S4D in the scan's place
"""

from seqmodels.mamba.block import MambaBlock
from seqmodels.mamba.model import Mamba
from seqmodels.mamba.prenorm import PreNorm
from seqmodels.mamba.scan import selective_scan, selective_scan_loop, selective_scan_with_state
from seqmodels.mamba.time_invariant import TimeInvariantBlock

__all__ = ["Mamba", "MambaBlock", "PreNorm", "TimeInvariantBlock", "selective_scan", "selective_scan_loop",
           "selective_scan_with_state"]  # fmt: skip
