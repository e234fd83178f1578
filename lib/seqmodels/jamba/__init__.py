"""Hybrids of Mamba and attention, and mixtures of experts. Lieber and others (2024).

experts   `Experts`: many networks, of which each token passes a few; `expert_load`, `balance_loss`, `BalancedLoss`
layer     `HybridLayer`: a mixer and a network, a road around each
model     `Jamba`: the language model, with which layers are attention as one argument; `places`
"""

from seqmodels.jamba.experts import BalancedLoss, Experts, balance_loss, expert_load
from seqmodels.jamba.layer import HybridLayer
from seqmodels.jamba.model import Jamba, places

__all__ = ["BalancedLoss", "Experts", "HybridLayer", "Jamba", "balance_loss", "expert_load", "places"]
