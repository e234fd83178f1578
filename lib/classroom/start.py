"""The first line of every notebook."""

from cycler import cycler
from matplotlib import pyplot, rcParams

# Okabe and Ito's colours: told apart by colour-blind readers, in this order by everybody.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#5B5B5B"]
PAPER, INK = "#fcfbf8", "#22262b"

STYLE = {
    "axes.prop_cycle": cycler(color=COLOURS),
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#8b8f94",
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e1da",
    "axes.axisbelow": True,
    "lines.linewidth": 2,
    "font.size": 10,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "figure.figsize": (6.4, 3.2),
}


def start():
    """Give every figure of the notebook the course's look: opaque paper, so that it reads in a dark page too."""
    pyplot.close("all")
    rcParams.update(STYLE)
    print("Markov to Mamba: ready.")
