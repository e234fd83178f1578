"""The Python side of the viewers: errors that help, a stable text and picture, the same numbers as the JavaScript."""

import io
import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from classroom import ChainViewer, Quiz, Viewer
from classroom.chain_picture import STATES
from classroom.viewer import STATIC, joined_javascript, quantise
from conftest import need

WEATHER = np.array([[0.8, 0.15, 0.05], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]])
NAMES = ["sunny", "cloudy", "rainy"]
QUESTION = {
    "ask": "What is `P[i, j]`?",
    "options": [
        ("from i to j", True, "Rows say where it is."),
        ("from j to i", False, "That is the transpose."),
    ],
}


def weather(**more):
    return ChainViewer(WEATHER, NAMES, title="The weather", **more)


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"transition": WEATHER, "labels": ["a", "b"]}, ["labels has 2", "3 states"]),
        ({"transition": WEATHER[:2]}, ["square", "(2, 3)"]),
        ({"transition": np.zeros((0, 0))}, ["square", "(0, 0)"]),
        ({"transition": [[0.5, 0.4], [0, 1]], "labels": ["a", "b"]}, ["row 'a'", "0.9", "expected 1"]),
        ({"transition": [[0.5, 0.4], [0, 1]]}, ["row 0", "0.9"]),
        ({"transition": [[1.5, -0.5], [0, 1]]}, ["row 0", "probabilities from 0 to 1"]),
        ({"transition": [[np.nan, 1], [0, 1]]}, ["row 0", "nan"]),
        ({"transition": np.eye(41)}, ["41 states", "at most 40"]),
        ({"transition": WEATHER, "labels": ["a", "a", "b"]}, ["distinct", "['a', 'a', 'b']"]),
        ({"transition": WEATHER, "labels": NAMES, "start": "snow"}, ["'snow'", "'rainy'"]),
        ({"transition": WEATHER, "start": 3}, ["0 to 2", "3"]),
        ({"transition": WEATHER, "plot": "bars"}, ["plot must", "'distance'", "'bars'"]),
        ({"transition": WEATHER, "n": -1}, ["n must", "-1"]),
    ],
)
def test_chain_errors_name_argument_and_numbers(arguments, words):
    with pytest.raises(ValueError) as caught:
        ChainViewer(**arguments)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_chain_traits_are_checked_from_a_cell():
    viewer = weather()
    for name, value, word in (
        ("start", 5, "0 to 2"),
        ("path", [0, 3], "3"),
        ("path", [], "none"),
        ("transition", np.eye(2), "2 states"),
    ):
        with pytest.raises(ValueError, match=word):
            setattr(viewer, name, value)
    np.testing.assert_array_equal(viewer.transition, WEATHER)
    assert (viewer.start, viewer.path) == (0, [0])


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        ([], ["non-empty list"]),
        ([{"ask": "Why?"}], ["question 1", "'options'"]),
        ([QUESTION, {"ask": " ", "options": QUESTION["options"]}], ["question 2", "'ask'"]),
        ([{"ask": "Why?", "options": QUESTION["options"][:1]}], ["question 1", "1 option", "at least two"]),
        (
            [{"ask": "Why?", "options": [("a", False, "no"), ("b", False, "no")]}],
            ["question 1", "no right option"],
        ),
        (
            [{"ask": "Why?", "options": [("a", True, ""), ("b", False, "no")]}],
            ["question 1", "needs a reason"],
        ),
        (
            [{"ask": "Why?", "options": [("a", True), ("b", False, "no")]}],
            ["question 1", "(text, right, reason)"],
        ),
        (
            [{"ask": "Why?", "options": [("a", 1, "yes"), ("b", False, "no")]}],
            ["question 1", "True or False"],
        ),
        ([{"ask": "Why?", "options": [("a", True, "yes"), ("a", False, "no")]}], ["question 1", "same text"]),
    ],
)
def test_quiz_errors_name_the_question(questions, words):
    with pytest.raises(ValueError) as caught:
        Quiz(questions)
    assert all(word in str(caught.value) for word in words), str(caught.value)


# --- traits ---------------------------------------------------------------------------------------


def test_a_cell_and_the_browser_both_move_the_chain():
    viewer = weather(start="cloudy")
    assert (viewer.start, viewer.path) == (1, [1])
    viewer.path = [2, 0, 1]
    assert (viewer.start, viewer.path) == (2, [2, 0, 1]), "a given walk decides the start"
    viewer.start = 0
    assert viewer.path == [0], "another start begins a new walk"
    viewer.set_state({"start": 1, "path": [1, 1, 2], "transition": np.eye(3).tolist()})
    assert (viewer.start, viewer.path) == (1, [1, 1, 2]), "the browser's walk is kept"
    assert isinstance(viewer.transition, np.ndarray)
    viewer.transition = WEATHER
    assert viewer.path == [1], "another matrix begins a new walk"
    np.testing.assert_array_equal(viewer._given, WEATHER)


def test_the_given_array_is_not_shared():
    mine = WEATHER.copy()
    viewer = ChainViewer(mine)
    mine[0] = [0, 0, 1]
    np.testing.assert_array_equal(viewer.transition, WEATHER)
    assert viewer.labels == ["0", "1", "2"]


def test_quiz_score_counts_first_tries():
    quiz = Quiz([QUESTION, QUESTION])
    assert quiz.score == 0
    quiz.answers = [[0], [1, 0]]
    assert quiz.score == 1


# --- text and picture -----------------------------------------------------------------------------


def test_text_is_the_same_in_every_run_and_tells_the_finding():
    assert repr(weather()) == repr(weather())
    assert re.search(r"3 states: in the long run 56 % in 'sunny', .* from every start", repr(weather()))
    assert "the start matters" in repr(ChainViewer(np.eye(2)))
    assert repr(ChainViewer(np.eye(2), alt="Two traps.")) == "ChainViewer: Two traps."
    assert "0x" not in repr(weather()) + repr(Quiz([QUESTION]))


LETTERS = np.random.default_rng(0).dirichlet(np.full(27, 0.3), 27)


@pytest.mark.parametrize(
    "make",
    [
        weather,
        lambda: ChainViewer(WEATHER, NAMES, n=5, path=[0, 1, 2, 0]),
        lambda: ChainViewer([[0.128, 0.872], [0.663, 0.337]], ["vowel", "consonant"]),
        lambda: ChainViewer(np.full((8, 8), 1 / 8)),
        lambda: ChainViewer(LETTERS, list("abcdefghijklmnopqrstuvwxyz ")),
        lambda: ChainViewer([[1.0]]),
    ],
    ids=["three", "walked", "two", "eight", "letters", "one"],
)
def test_picture_is_small_opaque_and_the_same_twice(make):
    png = make().to_png()[0]
    assert png == make().to_png()[0]
    assert len(png) <= 30_000, f"{len(png)} bytes"
    picture = Image.open(io.BytesIO(png))
    assert picture.width >= 1200
    assert "transparency" not in picture.info
    assert len(picture.convert("RGB").getcolors(1 << 24)) > 8, "there is something to see"


def test_picture_does_not_depend_on_the_notebooks_style():
    import matplotlib

    plain = weather().to_png()[0]
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "black", "axes.spines.top": True}):
        assert weather().to_png()[0] == plain


def test_output_carries_live_view_picture_and_text():
    data, metadata = weather()._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert metadata["image/png"]["alt"] == weather().describe()
    assert 600 <= metadata["image/png"]["width"] <= 800
    assert data["text/plain"] == repr(weather())


def test_quiz_without_javascript_is_text_with_folded_answers():
    data, _ = Quiz([QUESTION], title="Check yourself")._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/markdown", "text/plain"}
    questions, answers = data["text/markdown"].split("<details>")
    assert "What is `P[i, j]`?" in questions and "from j to i" in questions
    assert "transpose" not in questions and "right" not in questions
    assert "**B**: wrong. That is the transpose." in answers


# --- JavaScript -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["chain", "quiz"])
def test_joined_javascript_is_one_module_without_imports(name):
    joined = joined_javascript(name)
    assert not re.search(r"^import ", joined, re.MULTILINE)
    assert "http:" not in joined.replace("http://www.w3.org/2000/svg", "") and "https:" not in joined
    for file in ("palette", "style", "common"):
        first = (STATIC / f"{file}.js").read_text().splitlines()[0]
        assert joined.count(first) == 1, f"{file}.js is joined once"
    assert joined.count("export default") == 1
    assert len(joined.encode()) < 92_000
    run_node(name, "true")  # two declarations of one name would be a SyntaxError


def test_the_classes_carry_the_joined_text():
    assert str(weather()._esm) == joined_javascript("chain")
    with pytest.raises(NotImplementedError, match="no static picture"):
        Viewer().figure()


def run_node(name, expression, **values):
    """The value of a JavaScript expression with `m`, the joined module as it is sent to the browser, and `v`."""
    need(
        shutil.which("node"),
        "node is not installed; JavaScript is compared with Python under node 18 or newer",
    )
    program = (
        "let text = ''; for await (const part of process.stdin) text += part; const { source, v } = JSON.parse(text);"
        "const m = await import('data:text/javascript;base64,' + Buffer.from(source).toString('base64'));"
        f"console.log(JSON.stringify({expression}));"
    )
    given = json.dumps({"source": joined_javascript(name), "v": values})
    done = subprocess.run(
        ["node", "--input-type=module", "-e", program],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def random_chain(seed, count, zeros):
    rng = np.random.default_rng(seed)
    matrix = rng.dirichlet(np.full(count, 0.7), count) * (rng.random((count, count)) >= zeros)
    matrix[matrix.sum(axis=1) == 0, 0] = 1
    return matrix / matrix.sum(axis=1, keepdims=True)


@pytest.mark.node
@pytest.mark.parametrize(("count", "zeros"), [(2, 0), (3, 0), (5, 0.5), (8, 0.7), (27, 0), (27, 0.85)])
def test_javascript_equals_numpy(count, zeros):
    chain = random_chain(count, count, zeros)
    here = run_node(
        "chain",
        "({ ...m.analyse(v.P), after: m.distributionAfter(v.P, 1, 9), far: m.distances(v.P, m.analyse(v.P).longRun) })",
        P=chain.tolist(),
    )
    lazy = np.linalg.matrix_power((np.eye(count) + chain) / 2, 2**20)  # the long run by powers, another way
    np.testing.assert_allclose(here["longRun"], lazy, atol=1e-9)
    np.testing.assert_allclose(here["after"], np.linalg.matrix_power(chain, 9)[1], atol=1e-14)
    far = np.abs(np.linalg.matrix_power(chain, 9) - np.array(here["longRun"])).sum(axis=1) / 2
    np.testing.assert_allclose([line[9] for line in here["far"]], far, atol=1e-13)
    on_circle = np.abs(np.abs(np.linalg.eigvals(chain)) - 1) < 1e-9  # a closed class of period d: d of them
    assert sum(group["period"] for group in here["closed"]) == on_circle.sum()
    np.testing.assert_allclose(ChainViewer(chain)._long_run(), here["longRun"], atol=1e-9)


@pytest.mark.node
@pytest.mark.parametrize(("count", "zeros"), [(2, 0), (3, 0), (5, 0.3), (8, 0.5), (27, 0), (27, 0.7)])
def test_dispersion_and_rate_equal_python(count, zeros):
    from seqmodels.markov import MarkovChain

    chain = random_chain(10 + count, count, zeros)
    here = run_node(
        "chain",
        "(() => { const a = m.analyse(v.P), pi = a.longRun[0]; return { closed: a.closed.length, rate: m.rate(v.P, pi),"
        " D: pi.map((_, i) => m.dispersion(v.P, pi, i)) }; })()",
        P=chain.tolist(),
    )
    assert here["closed"] == 1
    known = MarkovChain(chain)
    for state, spread in enumerate(here["D"]):
        if spread is None:
            assert known.stationary()[state] < 1e-11
        else:
            assert abs(spread - known.dispersion(np.eye(count)[state])) < 1e-9 * max(1, spread)
    second = np.sort(np.abs(np.linalg.eigvals(chain)))[-2]
    assert abs(here["rate"] - second) < 1e-3


@pytest.mark.node
def test_a_two_cycle_has_no_dispersion():
    from seqmodels.markov import MarkovChain

    turn = [[0, 1], [1, 0]]
    assert run_node("chain", "m.dispersion(v.P, [0.5, 0.5], 0)", P=turn) == 0
    assert abs(MarkovChain(turn).dispersion([1, 0])) < 1e-12


@pytest.mark.node
def test_a_periodic_ring_with_an_entrance_agrees_too():
    ring = np.array([[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [0.5, 0, 0, 0.5]])
    here = run_node("chain", "m.analyse(v.P)", P=ring.tolist())
    assert here["period"] == 3 and [group["members"] for group in here["closed"]] == [[0, 1, 2]]
    np.testing.assert_allclose(here["longRun"], np.tile([1 / 3, 1 / 3, 1 / 3, 0], (4, 1)), atol=1e-14)


@pytest.mark.node
def test_the_walk_equals_the_inverse_of_the_cumulated_row():
    here = run_node(
        "chain",
        "({ walk: m.walkOf(v.P, 2, 11, 400), u: Array.from({ length: 400 }, (_, t) => m.uniform(11, t)) })",
        P=WEATHER.tolist(),
    )
    walk = [2]
    for t in range(1, 400):
        walk.append(int(np.searchsorted(np.cumsum(WEATHER[walk[-1]]), here["u"][t], side="right")))
    assert here["walk"] == walk


@pytest.mark.node
def test_picture_and_viewer_share_their_colours():
    assert run_node("chain", "m.PALETTES.light.states") == STATES


@pytest.mark.node
def test_a_changed_row_equals_python():
    here = run_node(
        "chain",
        "v.rows.map(([j, p]) => m.setProbability(v.row, j, p))",
        row=WEATHER[0].tolist(),
        rows=[[0, 0.2], [1, 0.9], [2, 0]],
    )
    for (j, p), row in zip([(0, 0.2), (1, 0.9), (2, 0)], here, strict=True):
        expected = WEATHER[0] * (1 - p) / (1 - WEATHER[0, j])
        expected[j] = p
        np.testing.assert_allclose(row, expected, atol=1e-15)


@pytest.mark.node
def test_quantised_arrays_arrive():
    array = np.random.default_rng(1).normal(size=(40, 7))
    codes, low, high = quantise(array)
    here = run_node(
        "chain",
        "Array.from(m.decode16(Uint8Array.from(v.codes), v.low, v.high))",
        codes=list(codes),
        low=low,
        high=high,
    )
    np.testing.assert_allclose(np.reshape(here, array.shape), array, atol=(high - low) / 131070 + 1e-6)
    assert run_node(
        "chain",
        "Array.from(m.decode16(Uint8Array.from(v.codes), v.low, v.high))",
        codes=list(quantise([2.0, 2.0])[0]),
        low=2.0,
        high=3.0,
    ) == [2, 2]
    with pytest.raises(ValueError, match="1 NaN"):
        quantise([1.0, np.nan])
