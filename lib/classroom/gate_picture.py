"""The static picture of a cell with gates: the story of one unit, a column for each step."""

import numpy as np
from matplotlib.figure import Figure

from .chain_picture import DIM, INK, STATES
from .gate_numbers import KEEPERS, memory_of, story
from .gate_runs import GATES, spoken

COLUMNS = 110  # steps that are drawn; of a longer text those around the chosen one
WIDE = 7.6  # inches
LEFT = 0.135
TALL = {"gate": 0.42, "signed": 0.42, "memory": 1.25, "bits": 0.4}
COLOURS = {"forget_gate": 0, "update_gate": 0, "input_gate": 1, "candidate": 1, "output_gate": 3, "hidden": 3}
LANES = "forget_gate update_gate input_gate reset_gate candidate cell_state output_gate hidden".split()
FORGOTTEN = "#b9d4ee"
SAYS = {"forget_gate": "1 keeps", "update_gate": "1 keeps", "input_gate": "1 writes", "output_gate": "1 shows"}


def gate_figure(run, first, unit, position, tokens, marks, pattern, title):
    """A Figure 7.6 inches wide. run: what is shown; first: the run as it is, drawn as a line where it is another."""
    begin = max(0, min(position - COLUMNS // 2, len(tokens) - COLUMNS))
    window = slice(begin, begin + COLUMNS)
    lanes = lanes_of(run["values"], run["bits"])
    inches = 0.62 + sum(TALL[kind] + 0.13 for _, kind in lanes) + 0.34
    figure = Figure(figsize=(WIDE, inches), facecolor="white")
    style = {"size": 10.5, "weight": "bold", "color": INK, "va": "top", "parse_math": False}
    figure.text(0.02, 1 - 0.1 / inches, f"{title}: unit {unit}", **style)
    _legend(figure, run, 1 - 0.42 / inches)
    top = inches - 0.62
    for name, kind in lanes:
        top -= TALL[kind]
        axes = figure.add_axes((LEFT, top / inches, 0.98 - LEFT, TALL[kind] / inches))
        top -= 0.13
        _lane(axes, name, kind, run, first, unit, window, marks)
    _tokens(axes, tokens[window])
    if marks is not None:
        figure.text(0.02, 0.06 / inches, f"grey: {pattern}", size=7, color=DIM, parse_math=False)
    return figure


def lanes_of(values, bits):
    """What is drawn from top to bottom: [(quantity, kind)]."""
    memory = memory_of(values)
    kinds = {name: "memory" if name == memory else "gate" if name in GATES else "signed" for name in LANES}
    return [(name, kinds[name]) for name in LANES if name in values] + ([("bits", "bits")] if bits else [])


def _legend(figure, run, y):
    entries, x = [("kept", STATES[0]), ("written", STATES[1]), ("forgotten", FORGOTTEN)], LEFT
    for word, colour in entries if memory_of(run["values"]) else ():
        figure.text(x, y, "■", size=8, color=colour, va="center")
        figure.text(x + 0.02, y, word, size=7.5, color=DIM, va="center")
        x += 0.105
    if run["hold"]:
        style = {"size": 7.5, "color": "#b03a00", "va": "center", "parse_math": False}
        figure.text(x, y, f"{run['name']}; line: as it is", **style)


def _lane(axes, name, kind, run, first, unit, window, marks):
    row, old = _row(run, name, unit)[window], _row(first, name, unit)
    edges, look = np.arange(len(row) + 1), {"width": 0.9, "linewidth": 0}
    at = edges[:-1] + 0.5
    seen = [row]
    if kind == "memory":
        told = {key: part[window] for key, part in story(run["values"], unit).items()}
        before, kept = told["before"], told["kept"]
        axes.bar(at, before - kept, bottom=kept, color=FORGOTTEN, **look)
        axes.bar(at, kept, color=STATES[0], **look)
        axes.bar(at, told["written"], bottom=kept, color=STATES[1], **{**look, "width": 0.5})
        axes.stairs(row, edges, baseline=None, color=INK, linewidth=1)
        seen += [before, kept]
    else:
        colour = DIM if kind == "bits" else STATES[COLOURS.get(name, 2)]
        axes.bar(at, row, color=colour, alpha=0.45 if name == "candidate" else 1, **look)
    if run is not first and old is not None:
        axes.stairs(old[window], edges, baseline=None, color="#b03a00", linewidth=0.8)
        seen.append(old[window])
    low, high = (0, 1) if kind == "gate" else (min(0, *map(np.min, seen)), max(0, *map(np.max, seen)))
    low, high = (low, high) if high - low > 1e-6 else (0, 1)
    axes.axhline(0, color=DIM, linewidth=0.6)
    edge = 0.03 * (high - low)
    axes.set(xlim=(0, len(row)), ylim=(low - edge, high + edge), xticks=[])
    ticks = [0] + [end for end in (low, high) if abs(end) > 0.3 * (high - low)]
    axes.set_yticks(ticks, [f"{tick:.2g}".replace("-", "−") for tick in ticks], fontsize=6, color=DIM)
    for t in np.flatnonzero(marks[window]) if marks is not None else ():
        axes.axvspan(t, t + 1, color="#eceff2", linewidth=0, zorder=0)
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set_visible(False)
    label = "surprise" if kind == "bits" else spoken(name)
    says = "\nbits" if kind == "bits" else f"\n{SAYS[name]}" if name in SAYS else ""
    strong = "bold" if name in KEEPERS or kind == "memory" else "normal"
    style = {"ha": "right", "va": "center", "fontsize": 7.5, "color": INK, "transform": axes.transAxes}
    axes.text(-0.035, 0.5, label + says, weight=strong, **style)


def _row(run, name, unit):
    """A lane's numbers over time (T,); a surprise that is not known counts as none; None without any."""
    if name == "bits":
        return None if run["bits"] is None else np.array([bits or 0.0 for bits in run["bits"]])
    return run["values"][name][:, unit]


def _tokens(axes, tokens):
    """The text below the last lane, each character under its column; longer tokens thinned out."""
    apart = max(1, -(-max(map(len, tokens)) * len(tokens) // 120))
    shown = {" ": "·", "\n": "⏎", "\t": "→"}
    places = range(0, len(tokens), apart)
    axes.set_xticks([t + 0.5 for t in places], [shown.get(tokens[t], tokens[t][:12]) for t in places], color=INK)
    size = min(8, (0.98 - LEFT) * WIDE * 72 / len(tokens) / 0.602)  # DejaVu Sans Mono advances 0.602 of its size
    for label in axes.get_xticklabels():
        label.set(fontsize=size, fontfamily="DejaVu Sans Mono", parse_math=False)
