"""Linear recurrences: a memory of one size for any length, kept in part and written to at every step.

Whatever they are called, S_t = decay_t S_{t-1} + write_t and a reading of S_t. They differ in four things:

    name              decay                        write                            normaliser       year  source
    LinearAttention   none                         φ(k) vᵀ                          φ(q)·z           2020  Katharopoulos
    DeltaNet          none                         β k (v - Sᵀk)ᵀ                   norm of reading  2021  Schlag
    RetNet            fixed, for each head         k vᵀ                             norm of reading  2023  Sun
    GLA               by input, for each row of S  k vᵀ                             norm of reading  2023  Yang
    RGLRU             by input, for each feature   √(1 - a²) i x, a vector          the root         2024  De
    RWKV6             by input, for each row of S  k vᵀ, the newest counted by u    norm of reading  2024  Peng
    MLSTM             by input, for each head      i k vᵀ, i an exponential         max(|n·q|, 1)    2024  Beck
    Mamba-2 (ssd)     by input, for each head      Δ B xᵀ                           norm of reading  2024  Dao and Gu
    DeltaNet, gate    by input, for each head      β k (v - (α S)ᵀk)ᵀ               norm of reading  2024  Yang, Kautz

k key, v value, q query; z and n are what S would be for a value that is always 1. The first stands in
`seqmodels.efficient_attention`, Mamba-2 in `seqmodels.mamba2`, all others here; each says what it leaves out of the
network that it comes from. Here every head's reading is normed, that of MLSTM after its own normaliser.

    recurrence  LinearRecurrence, MatrixMemory: what they share; loop, chunks and parallel form
    additive    RetNet, GLA, RWKV6       delta  DeltaNet       mlstm  MLSTM       rglru  RGLRU
    network     RecurrenceBlock, recurrence_model: a language model of any of them
"""

from seqmodels.linear_recurrence.additive import GLA, RWKV6, RetNet
from seqmodels.linear_recurrence.delta import DeltaNet
from seqmodels.linear_recurrence.mlstm import MLSTM
from seqmodels.linear_recurrence.network import RecurrenceBlock, recurrence_model
from seqmodels.linear_recurrence.recurrence import LinearRecurrence, MatrixMemory
from seqmodels.linear_recurrence.rglru import RGLRU

__all__ = [
    "DeltaNet",
    "GLA",
    "LinearRecurrence",
    "MLSTM",
    "MatrixMemory",
    "RGLRU",
    "RWKV6",
    "RecurrenceBlock",
    "RetNet",
    "recurrence_model",
]
