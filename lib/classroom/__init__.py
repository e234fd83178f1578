"""The notebook's side of the course: viewers, figures, quizzes and exercise checks.

It knows arrays and mappings, and no model: what a model does is in `seqmodels`.
"""

from classroom.attention_viewer import AttentionViewer
from classroom.be_delta import BeDelta
from classroom.be_the_gate import BeTheGate
from classroom.beam_tree_viewer import BeamTreeViewer
from classroom.cache_viewer import CacheViewer
from classroom.casino_game import CasinoGame
from classroom.chain_viewer import ChainViewer
from classroom.checks import check
from classroom.dendrogram import dendrogram
from classroom.energy_viewer import EnergyViewer
from classroom.expert_viewer import ExpertViewer
from classroom.figures import show_figure
from classroom.find_the_two_heads import FindTheTwoHeads
from classroom.gate_viewer import GateViewer
from classroom.generation_viewer import GenerationViewer
from classroom.gradient_viewer import GradientViewer
from classroom.guessing_game import GuessingGame
from classroom.heads_trace import attention_of, top_words
from classroom.heads_viewer import HeadsViewer
from classroom.hear_the_kernel import HearTheKernel
from classroom.lattice_viewer import LatticeViewer
from classroom.ledger import Ledger
from classroom.memory_viewer import MemoryViewer
from classroom.position_viewer import PositionViewer
from classroom.quiz import Quiz
from classroom.receptive_field_viewer import ReceptiveFieldViewer
from classroom.recurrence_viewer import RecurrenceViewer
from classroom.sampling_viewer import SamplingViewer
from classroom.selection_viewer import SelectionViewer
from classroom.self_check import SelfCheck
from classroom.source import show_source
from classroom.start import start
from classroom.state_viewer import StateViewer
from classroom.steer_the_translator import SteerTheTranslator
from classroom.trellis_viewer import TrellisViewer
from classroom.viewer import Viewer

__all__ = [
    "AttentionViewer",
    "BeDelta",
    "BeTheGate",
    "BeamTreeViewer",
    "CacheViewer",
    "CasinoGame",
    "ChainViewer",
    "EnergyViewer",
    "ExpertViewer",
    "FindTheTwoHeads",
    "GateViewer",
    "GenerationViewer",
    "GradientViewer",
    "GuessingGame",
    "HeadsViewer",
    "HearTheKernel",
    "LatticeViewer",
    "Ledger",
    "MemoryViewer",
    "PositionViewer",
    "Quiz",
    "ReceptiveFieldViewer",
    "RecurrenceViewer",
    "SamplingViewer",
    "SelectionViewer",
    "SelfCheck",
    "StateViewer",
    "SteerTheTranslator",
    "TrellisViewer",
    "Viewer",
    "attention_of",
    "check",
    "dendrogram",
    "show_figure",
    "show_source",
    "start",
    "top_words",
]
