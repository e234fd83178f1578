"""The small helpers of a notebook: checks, figures, sources, the start."""

import base64
import io

import numpy as np
import pytest
from matplotlib import pyplot
from PIL import Image

from classroom import check, figures, show_figure, show_source, source, start
from seqmodels.hmm import recursions
from seqmodels.markov import MarkovChain, dispersion


@pytest.fixture
def shown(monkeypatch):
    """What a cell would show, as a list of (data, metadata)."""
    outputs = []

    def display(data, metadata=None, raw=False):
        assert raw
        outputs.append((data, metadata))

    monkeypatch.setattr(figures, "display", display)
    monkeypatch.setattr(source, "display", display)
    return outputs


def is_two(answer):
    assert answer() == 2, f"you say {answer()}, it is two"


def not_begun():
    raise NotImplementedError


def broken():
    return [][1]


@pytest.mark.parametrize(
    "answer, verdict",
    [
        (lambda: 2, "sum: correct"),
        (lambda: 3, "sum: not right yet: you say 3, it is two"),
        (not_begun, "sum: not done yet"),
        (broken, "sum: stopped with IndexError in line"),
    ],
)
def test_check_says_how_it_went_and_raises_only_where_told_to(answer, verdict, capsys, monkeypatch):
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    assert check("sum", answer, is_two) is verdict.endswith("correct")
    assert capsys.readouterr().out.startswith(verdict)
    monkeypatch.setenv("COURSE_STRICT", "1")
    if verdict.endswith("correct"):
        assert check("sum", answer, is_two)
    else:
        with pytest.raises(AssertionError, match=verdict):
            check("sum", answer, is_two)


def test_check_shortens_what_numpy_says(capsys, monkeypatch):
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    check("long", None, lambda _: np.testing.assert_allclose(np.zeros(1000), np.ones(1000)))
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_figure_is_small_opaque_the_same_twice_and_has_words(shown):
    start()

    def draw():
        figure, axes = pyplot.subplots()
        axes.plot([1, 3, 2])
        show_figure(figure, alt="A line that rises and then falls again.")
        assert not pyplot.fignum_exists(figure.number)

    draw(), draw()
    (data, metadata), (caption, _), (again, _), _ = shown
    assert caption["text/markdown"] == "*A line that rises and then falls again.*"
    assert data["image/png"] == again["image/png"]
    png = data["image/png"] if isinstance(data["image/png"], bytes) else base64.b64decode(data["image/png"])
    assert len(png) < 30_000
    assert Image.open(io.BytesIO(png)).convert("RGBA").getextrema()[3] == (255, 255)
    assert metadata["image/png"]["alt"] == data["text/plain"] == "A line that rises and then falls again."
    with pytest.raises(ValueError, match="alt is 'plot'"):
        show_figure(pyplot.figure(), alt="plot")


def blues_beside_lines():
    figure, (lines, shades) = pyplot.subplots(1, 2)
    for k in range(4):
        lines.plot([0, 1], [k, k + 1], f"C{k}")
        lines.fill_between([0, 1], [k, k + 1], [k - 0.4, k + 0.5], color=f"C{k}", alpha=0.3)
    shades.imshow(np.random.default_rng(0).random((16, 16)), pyplot.get_cmap("Blues", 7))
    return figure


def test_a_map_of_shades_beside_coloured_lines_keeps_its_own_colours_if_there_are_more(shown):
    start()
    for more in ({"colours": 256}, {}, {"colours": 48}):
        show_figure(blues_beside_lines(), alt="A map in blues, and four lines beside it.", **more)
    pictures = [Image.open(io.BytesIO(data["image/png"])).convert("RGB") for data, _ in shown[::2]]
    assert len(pictures[1].getcolors(256)) <= 24 < len(pictures[2].getcolors(256)) <= 48
    whole, few, more = (np.asarray(picture)[:, picture.width // 2 :].astype(int) for picture in pictures)
    strange = [(np.abs(part - whole).max(-1) > 20).mean() for part in (few, more)]
    assert strange[0] > 0.01 and strange[1] < 0.002, "cells in the colours of the lines"
    for wrong in (1, 257, 2.5, None):
        with pytest.raises(ValueError, match="colours is .*; expected a whole number from 2 to 256"):
            show_figure(pyplot.figure(), alt="A figure with nothing in it.", colours=wrong)


def test_source_is_shown_without_its_docstrings(shown):
    show_source(MarkovChain.after)
    show_source(dispersion, docstring=True)
    show_source(recursions.forward)
    with pytest.raises(ValueError, match="thing is 3"):
        show_source(3)
    (after, _), (whole, _), (inside, _) = shown
    assert after["text/markdown"].startswith("*lib/seqmodels/markov.py*\n```python\ndef after(self")
    assert '"""' not in after["text/plain"] and "matrix_power" in after["text/plain"]
    assert '"""' in whole["text/plain"]
    assert inside["text/markdown"].startswith("*lib/seqmodels/hmm/recursions.py*\n")
    compile(after["text/plain"], "shown", "exec")
