"""Figures with words for those who cannot see them."""

import io

from IPython.display import display
from matplotlib import pyplot
from PIL import Image

DOTS = 160  # per inch: shown at 96, so that it is sharp on a fine screen
PALETTE_SIZE = 24  # colours of a figure of lines and marks


def show_figure(figure, alt, colours=PALETTE_SIZE):
    """Show a matplotlib figure once, as a small opaque PNG with a text that says what it shows.

    alt: one or two sentences with the finding, not "a plot". colours: how many the PNG may have, 2 to 256; more than
    24 where a map of shades stands beside coloured lines, which would lend it their own. Raises ValueError where alt
    is missing, or colours are not such a number.
    Held by tests/unit/test_classroom.py.
    """
    if len(alt.split()) < 4:
        raise ValueError(f"alt is {alt!r}; expected a sentence that says what the figure shows")
    if colours not in range(2, 257):
        raise ValueError(f"colours is {colours!r}; expected a whole number from 2 to 256")
    if any(axes.get_subplotspec() for axes in figure.axes):  # not where every axis has its place already
        figure.set_layout_engine("constrained", w_pad=0.12, h_pad=0.1)
    png, width = figure_png(figure, colours)
    pyplot.close(figure)
    display({"image/png": png, "text/plain": alt}, metadata={"image/png": {"alt": alt, "width": width}}, raw=True)
    # JupyterLab drops the alt text of a picture, so it is said in a caption too
    display({"text/markdown": f"*{alt}*", "text/plain": alt}, raw=True)


def figure_png(figure, colours=PALETTE_SIZE):
    """(PNG bytes in few colours, so that a notebook stays small, the same at every call; width in CSS pixels)."""
    raw, small = io.BytesIO(), io.BytesIO()
    figure.savefig(raw, format="png", dpi=DOTS, metadata={"Software": None})
    image = Image.open(raw).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    image.save(small, format="png", optimize=True)
    return small.getvalue(), image.width * 96 // DOTS
