"""Small worlds whose answers are known exactly: what a network learns from them can be judged, not only admired.

    memory    adding, adding_1997, copy_memory, temporal_order: something early decides what is asked at the end
    elman     temporal_xor, elman_letters, elman_sentences: streams in which prediction finds structure
    recall    induction, mqar: find an earlier place and read what stood beside it
    parity    parity, modular_sum: the remainder of everything so far
    selection selective_copy: say again what was marked, wherever it stood
    grammars  reber, embedded_reber, continual_reber, counting: what may come next is known at every step

Every task takes a torch.Generator, so that its draws can be repeated.
"""

from seqmodels.tasks.elman import Sentences, elman_letters, elman_sentences, temporal_xor
from seqmodels.tasks.grammars import REBER, continual_reber, counting, embedded_reber, reber
from seqmodels.tasks.memory import adding, adding_1997, copy_memory, temporal_order
from seqmodels.tasks.parity import modular_sum, parity
from seqmodels.tasks.recall import induction, induction_likelihood, mqar
from seqmodels.tasks.selection import selective_copy

__all__ = [
    "REBER",
    "Sentences",
    "adding",
    "adding_1997",
    "continual_reber",
    "copy_memory",
    "counting",
    "elman_letters",
    "elman_sentences",
    "embedded_reber",
    "induction",
    "induction_likelihood",
    "modular_sum",
    "mqar",
    "parity",
    "reber",
    "selective_copy",
    "temporal_order",
    "temporal_xor",
]
