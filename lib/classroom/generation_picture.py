"""The static picture of a generation: every lane's text, underlined by surprise, with the first guesses beside it."""

from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from .figures import DOTS
from .generation_runs import surprises

INK, DIM, LINE = "#1c2127", "#5a6470", "#d5dbe1"
WROTE, GIVEN = "#39424c", "#7d8792"  # paler: without smoothing, which costs bytes, letters look bolder
STOPS = ["#ffffff", "#d3e5f4", "#7fb6de", "#2b76b9", "#08306b"]  # palette.js, sequential
MOST_BITS = 8
FACE = FontProperties(family="DejaVu Sans Mono")

# All lengths are whole dots of the PNG: the same character then has the same dots everywhere, and the file is small.
WIDE, MARGIN = 1216, 24
CELL, ROW, BASE, STRIP = 11, 38, 16, 22  # a character's cell; below the top of its row: the baseline, the tint
TOP, HEAD, GAP = 98, 36, 18
COLUMNS = (WIDE - 2 * MARGIN) // CELL
SIZE = CELL / 0.602  # DejaVu Sans Mono advances 0.602 of its size
MOST_ROWS = 8  # of all lanes together; a longer text ends in "…"
CROWD, MOST_LETTERS = 7, 640  # from so many lanes on: letters of all together, and no guesses; the file stays small


def generation_figure(lanes, title):
    """A Figure 7.6 inches wide. lanes: runs as `checked_runs` gives them, of one prompt."""
    crowd, room = len(lanes) >= CROWD, max(1, MOST_ROWS // len(lanes)) * COLUMNS
    most = min(room, MOST_LETTERS // len(lanes)) if crowd else room
    written = [_rows(lane, most) for lane in lanes]
    tall = TOP + sum(HEAD + ROW * len(rows) + GAP for rows in written)
    figure = Figure(figsize=(WIDE / DOTS, tall / DOTS), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDE), ylim=(tall, 0))
    axes.axis("off")
    heading = title or f"{_oneline(lanes[0]['prompt'])!r}, continued"
    axes.text(MARGIN, 20, heading, fontsize=10.5, fontweight="bold", color=INK, va="top", parse_math=False)
    _legend(axes)
    y = TOP
    for lane, rows in zip(lanes, written, strict=True):
        _head(axes, lane, y + 22, guesses=not crowd)
        _text(axes, rows, y + HEAD)
        y += HEAD + ROW * len(rows) + GAP
    return figure


def _rows(lane, most):
    """Rows of (character, bits), `most` characters in all; bits is None for the prompt, which nobody drew."""
    cells = [(c, None) for c in lane["prompt"]] + list(zip(lane["text"], surprises(lane), strict=True))
    cells = [("¶" if character == "\n" else character, bits) for character, bits in cells]
    if len(cells) > most:
        cells = [*cells[: most - 1], ("…", None)]
    return [cells[k : k + COLUMNS] for k in range(0, len(cells), COLUMNS)]


def _tint(bits):
    """The colour of a surprise, in five steps, so that the picture needs few colours."""
    return STOPS[round(min(bits / MOST_BITS, 1) * (len(STOPS) - 1))]


def _text(axes, rows, y):
    """The characters, and under each that was drawn a strip with its tint."""
    for r, row in enumerate(rows):
        top = y + r * ROW
        drawn = [(column, bits) for column, (_, bits) in enumerate(row) if bits is not None]
        places = [(MARGIN + column * CELL, top + STRIP) for column, _ in drawn]
        _boxes(axes, places, CELL, 9, facecolors=[_tint(bits) for _, bits in drawn], linewidths=0)
        down = Affine2D().scale(1, -1).translate(MARGIN, top + BASE) + axes.transData
        for colour, given in ((GIVEN, True), (WROTE, False)):
            line = "".join(character if (bits is None) == given else " " for character, bits in row)
            if line.strip():  # an outline, not a text: each character stands exactly in its cell
                outline = TextPath((0, 0), line, size=SIZE, prop=FACE)
                look = {"facecolor": colour, "linewidth": 0, "antialiased": False}
                axes.add_artist(PathPatch(outline, transform=down, **look))


def _boxes(axes, places, wide, tall, **look):
    corners = [[(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)] for x, y in places]
    axes.add_collection(PolyCollection(corners, antialiaseds=False, **look), autolim=False)


def _head(axes, lane, base, guesses):
    """Model, year, what it keeps; on the right its first guesses, if they are wanted, and its mean surprise."""
    about = "   ".join(filter(None, [lane["year"], f"keeps {lane['keeps']}" if lane["keeps"] else ""]))
    style = {"fontsize": 8, "color": DIM, "parse_math": False}
    name = axes.text(MARGIN, base, lane["model"], **{**style, "fontsize": 8.5, "color": INK}, fontweight="bold")
    axes.annotate(about, (1, base), xycoords=(name, "data"), xytext=(8, 0), textcoords="offset points", **style)
    first = "  ".join(f"{_shown(c)} {share:.2f}" for c, share in list(zip(*lane["top"][0], strict=True))[:3])
    told = f"first guesses  {first}     " if guesses else ""
    axes.text(WIDE - MARGIN, base, f"{told}{surprises(lane).mean():.1f} bits a character", ha="right", **style)


def _legend(axes):
    """The five tints and what they stand for."""
    high, left, step = 68, MARGIN + 372, 32
    style = {"fontsize": 8, "color": DIM, "va": "center"}
    axes.text(MARGIN, high, "surprise of each character, −log₂ p:   0", **style)
    places = [(left + k * step, high - 9) for k in range(len(STOPS))]
    _boxes(axes, places, step, 18, facecolors=STOPS, edgecolors=LINE, linewidths=0.5)
    axes.text(left + len(STOPS) * step + 10, high, f"{MOST_BITS} bits or more", **style)


def _shown(character):
    return {" ": "␣", "\n": "¶"}.get(character, character)


def _oneline(text, most=60):
    return text if len(text) <= most else text[: most - 1] + "…"
