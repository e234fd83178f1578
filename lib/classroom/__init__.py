"""The notebook's side of the course: viewers, figures, quizzes and exercise checks.

It knows arrays and mappings, and no model: what a model does is in `seqmodels`.
"""

from classroom.chain_viewer import ChainViewer
from classroom.checks import check
from classroom.figures import show_figure
from classroom.quiz import Quiz
from classroom.source import show_source
from classroom.start import start
from classroom.viewer import Viewer

__all__ = ["ChainViewer", "Quiz", "Viewer", "check", "show_figure", "show_source", "start"]
