"""ExpertViewer: the same numbers in Python and JavaScript, errors that help, every way to look."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from classroom import expert_numbers as numbers
from classroom.expert_viewer import ExpertViewer
from classroom.viewer import STATIC
from conftest import need
from viewers.bare_page import opened, public_state
from viewers.hands import EVERY_SIZE, cut, is_now, one_module, press, root_of, says, still_picture, trait

TEXT = "The gulls of Saltmere sat on 12 posts, and Orla counted them.\nThen it rained. "
E = 6


def scores():
    """A router that sends vowels to expert 4 and spaces to expert 1, the others by chance."""
    router = np.random.default_rng(0).normal(size=(len(TEXT), E))
    for t, letter in enumerate(TEXT):
        router[t, {"vowel": 4, "space": 1}.get(numbers.class_of(letter), 0)] += 4
    return router


def viewer(**more):
    return ExpertViewer(scores(), TEXT, **{"title": "Layer 1", **more})


def node(it):
    """The page's view of the viewer's state."""
    need(shutil.which("node"), "node is not installed; the viewer's JavaScript is compared with Python under node")
    files = {"model": "expert_model", "common": "common"}
    imports = "".join(f"import * as {name} from '{(STATIC / f'{file}.js').as_uri()}';" for name, file in files.items())
    script = (
        f"{imports} const state = {json.dumps(public_state(it))};"
        "const view = model.expertView(common.decode16(state._codes, ...state._range), "
        "{ ...state, experts: state._experts });"
        "console.log(JSON.stringify({ picks: view.picks, load: view.load, table: view.table, "
        "row: [...model.rowOf(view)], balance: model.expertBalance(view.load), "
        "clear: model.clearestClass(view.table, view.load), "
        "marks: [model.MANY_TOKENS, model.CLEARLY_ABOVE] }));"
    )
    done = subprocess.run(["node", "--input-type=module"], input=script, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_probabilities_choices_and_load():
    router = np.array([[0.0, 1.0, 2.0], [1.0, 1.0, 0.0]])
    p = numbers.probabilities(router)
    np.testing.assert_allclose(p[0], np.exp([0, 1, 2]) / np.exp([0, 1, 2]).sum(), rtol=0, atol=1e-15)
    np.testing.assert_array_equal(numbers.probabilities(p), p)
    picks = numbers.chosen(router, 2)
    assert picks.tolist() == [[2, 1], [0, 1]], "of equals the lower number"
    np.testing.assert_allclose(numbers.load(picks, 3), [0.5, 1, 0.5])
    assert numbers.balance(np.array([0.5, 0.5, 0.0])) == pytest.approx(2)
    names, table = numbers.class_table(["a", "b"], picks, 3)
    assert numbers.balance(np.array([1, 1, 0])) == pytest.approx(2), "whatever the shares sum to"
    assert names == ["a", "b"] and table.tolist() == [[0, 1, 1], [1, 1, 0]]


def test_a_class_is_clear_if_it_is_large_and_far_above_all():
    """Thirteen capitals are no habit, and an expert that everybody asks is nobody's."""
    shares = np.array([0.4, 0.3, 0.3])
    table = np.array([[0, 1, 0], [0.6, 0.2, 0.2], [0.1, 0.6, 0.3]])
    assert numbers.clearest([13, 99, 30], table, shares) == (2, 1)
    assert numbers.clearest([13, 99, 29], table, shares) is None
    assert numbers.clearest([99], shares[None], shares) is None


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("a", "vowel"),
        ("g", "consonant"),
        ("T", "capital"),
        (" ", "space"),
        ("7", "digit"),
        (",", "sign"),
        ("gu", "word"),
    ],
)
def test_classes_of_tokens(token, name):
    assert numbers.class_of(token) == name


@pytest.mark.parametrize("top_k", [1, 2, 6])
def test_the_pages_numbers_are_pythons(top_k):
    it = viewer(top_k=top_k, position=9)
    there = node(it)
    assert there["picks"] == it.chosen.tolist()
    np.testing.assert_allclose(there["load"], it.load, rtol=0, atol=1e-12)
    names, table = it.table()
    assert [row["name"] for row in there["table"]] == names
    np.testing.assert_allclose([row["shares"] for row in there["table"]], table, rtol=0, atol=1e-12)
    np.testing.assert_allclose(there["row"], it.probabilities[9], rtol=0, atol=2e-5)
    found = numbers.clearest([it.classes.count(name) for name in names], table, it.load)
    assert there["clear"] == (found and {"row": there["table"][found[0]], "who": found[1]})
    assert (found is None) == (top_k == 6), "where all answer for all nobody stands out"
    assert there["marks"] == [numbers.MANY, numbers.CLEAR]
    assert there["balance"] == pytest.approx(numbers.balance(it.load), abs=1e-12)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ExpertViewer(scores()[1:], TEXT), ["router", f"({len(TEXT)}, E)", f"({len(TEXT) - 1}, 6)"]),
        (lambda: ExpertViewer(np.zeros((2, 17)), "ab"), ["router", "16 experts", "(2, 17)"]),
        (lambda: ExpertViewer(np.full((2, 3), np.nan), "ab"), ["router", "finite", "6"]),
        (lambda: ExpertViewer(scores(), ""), ["tokens", "0 entries"]),
        (lambda: ExpertViewer(scores(), 3), ["tokens", "3"]),
        (lambda: viewer(top_k=7), ["top_k", "1 to 6", "7"]),
        (lambda: viewer(classes=["a"]), ["classes", "1 names"]),
        (lambda: viewer(position=999), ["position", "999"]),
        (lambda: viewer(expert=6), ["expert", "0..5", "6"]),
    ],
)
def test_errors_name_argument_and_numbers(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_picture_and_words():
    it = viewer()
    still_picture(it)
    still_picture(
        ExpertViewer(np.random.default_rng(0).normal(size=(1, 300, 16)), "Saltmere 12, a gull" * 15 + "x" * 15)
    )
    busy = it.load.argmax()
    assert "Layer 1: 78 tokens" in repr(it)
    assert f"the busiest, expert {busy}, answers for {it.load[busy]:.0%} of the tokens" in it.describe()
    text = "The old path crossed the water by a bridge of sixteen boards. " * 6
    still_picture(ExpertViewer(np.random.default_rng(1).normal(size=(len(text), 8)), text, title="One: who answers?"))
    consonants = [t for t, letter in enumerate(TEXT) if numbers.class_of(letter) == "consonant"]
    asking = sum(0 in it.chosen[t] for t in consonants)
    assert f"expert 0 answers for {asking} of {len(consonants)} 'consonant'" in it.describe()
    few = ExpertViewer(scores()[:29], TEXT[:29], classes=["one"] * 28 + ["two"])
    assert "no expert stands out for a class of 30 tokens or more" in few.describe()
    one_module("expert")


# --- in a browser, without a kernel ---------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    words = ["the", "gulls", " ", "of", "Salt", "mere"]
    second = ExpertViewer(np.random.default_rng(0).normal(size=(6, 16)), words, top_k=1, expert=3, title="Words")
    with opened(browser, tmp_path / "page.html", [viewer(), second], **getattr(request, "param", {})) as page:
        page.set_default_timeout(8000)
        yield page


@pytest.mark.browser
def test_by_mouse_and_keyboard(bare):
    root, it = root_of(bare), viewer()
    root.locator("[data-token='9']").click()
    is_now(bare, "position", 9)
    first, second = it.chosen[9]
    p = it.probabilities[9]
    says(root.locator("[data-role=moment]"), f"expert {first} with {round(100 * p[first])}\u00a0% and expert {second}")
    root.locator("[data-column='4']").click()
    is_now(bare, "expert", 4)
    says(root.locator("[data-role=answer]"), f"Expert 4 answers for {round(100 * it.load[4])}\u00a0% of the tokens")
    served = int((it.chosen == 4).any(1).sum())
    assert root.locator("[data-token]:not(.not)").count() == served
    root.locator("[data-role=all]").click()
    is_now(bare, "expert", None)
    press(bare, root, "ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp")
    is_now(bare, "position", 10)
    is_now(bare, "expert", 0)
    spaces = [t for t, letter in enumerate(TEXT) if letter.isspace()]
    root.locator("[data-class='space']").click()
    is_now(bare, "position", [t for t in spaces if t > 10][0])
    press(bare, root, "n")
    is_now(bare, "position", [t for t in spaces if t > 10][1])
    press(bare, root, "N", "N")
    is_now(bare, "position", [t for t in spaces if t < 11][-1])
    press(bare, root, "End", "Escape")
    is_now(bare, "expert", None)
    assert trait(bare, "position") == len(TEXT) - 1
    root.locator(f"[data-token='{len(TEXT) - 1}'].at").wait_for()


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        assert cut(root, also=["small", "span", "b"]) == [], f"viewer {i}"
        root.screenshot(path=shots / f"experts_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"width": w} for w in (560, 700, 1000)], indirect=True, ids=str)
def test_the_page_below_never_jumps(bare):
    """Whomever one follows and whichever token one looks at: the viewer keeps its height."""
    root = root_of(bare)
    height = root.evaluate("e => e.offsetHeight")
    for expert in range(E):
        press(bare, root, "ArrowDown", "PageDown")
        is_now(bare, "expert", expert)
        assert root.evaluate("e => e.offsetHeight") == height, expert


@pytest.mark.browser
def test_lines_of_text_are_seen_whole(browser, tmp_path):
    """360 letters fit at any width; of a longer text no line is cut through, wherever one looks."""
    text = (TEXT * 13)[:1000]
    router = np.random.default_rng(0).normal(size=(len(text), 8))
    both = [ExpertViewer(router[:n], text[:n], title="Long") for n in (360, 1000)]
    with opened(browser, tmp_path / "page.html", both, width=560) as page:
        rooms = [stage.evaluate("e => [e.scrollHeight, e.clientHeight]") for stage in page.locator(".stage").all()]
        assert rooms[0][0] == rooms[0][1], "all lines at once"
        assert rooms[1][0] > rooms[1][1]
        through = """e => { const box = e.getBoundingClientRect();
          return [...e.querySelectorAll('span')].filter((s) => { const b = s.getBoundingClientRect();
            return [box.top, box.bottom].some((edge) => b.top < edge && b.bottom > edge); }).length; }"""
        long = page.locator(".mtm").nth(1)
        for t in (0, 500, 999):
            page.evaluate("t => models[1].set('position', t)", t)
            long.locator(f"[data-token='{t}'].at").wait_for()
            assert long.locator(".stage").evaluate(through) == 0, f"a line cut through, the cursor at {t}"
        assert page.errors == []
