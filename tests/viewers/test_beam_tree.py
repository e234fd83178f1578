"""BeamTreeViewer: its Python side, its numbers, and every control on a page without a kernel."""

import base64
import statistics
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from classroom import BeamTreeViewer
from classroom.beam_tree_numbers import known_sentences, would_have_won
from seqmodels.seq2seq import END, Seq2Seq, search
from viewers import lab
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, is_now, place, press, says, still_picture, trait, viewer
from viewers.test_python import run_node

WORDS = ["<pad>", "<begin>", "<end>", "zero", "one", "two", "three", "hundred", "and"]
WIDTHS = (1, 2, 4, 12)


@cache
def searched(seed=0, most=9):
    """{width: SearchResult} of a translator with weights drawn at random, its doubts made smaller."""
    torch.manual_seed(seed)
    model = Seq2Seq(9, 9, embedding_size=6, hidden_size=8).requires_grad_(False)
    model.decoder.readout.weight *= 6
    source = torch.tensor([[3, 5, 4, 7]])
    return {k: search(model, source, None, k, most, record_tree=True)[0] for k in WIDTHS}


def trees(seed=0, widths=WIDTHS):
    return {k: searched(seed)[k].tree for k in widths}


def garden(**more):
    """By hand: the likelier first word leads into a worse sentence, and a shorter one wins without a penalty."""
    rows = [(-1, 1, 1), (0, 4, 0.55), (0, 5, 0.4), (0, 3, 0.03), (0, 6, 0.02),
            (2, 2, 0.38), (1, 8, 0.35), (1, 7, 0.1), (2, 7, 0.01),
            (6, 6, 0.34), (6, 3, 0.01), (9, 2, 0.33), (9, 8, 0.01)]  # fmt: skip
    parent, token, p = (np.array(column) for column in zip(*rows, strict=True))
    kept = np.isin(np.arange(len(rows)), [0, 1, 2, 5, 6, 9, 11])
    wide = SimpleNamespace(parent=parent, token=token, log_prob=np.log(p), kept=kept)
    one = [0, 1, 2, 6, 7, 9, 10, 11, 12]
    narrow = SimpleNamespace(parent=np.array([one.index(i) if i >= 0 else -1 for i in parent[one]]), token=token[one],
                             log_prob=np.log(p[one]), kept=np.isin(one, [0, 1, 6, 9, 11]))  # fmt: skip
    right = ([5, 7, 2], np.log([0.4, 0.01, 0.001]))
    return BeamTreeViewer({1: narrow, 2: wide}, WORDS, END, right, **{"title": "A garden path", **more})


def several(**more):
    given = {"first": trees(0), "second": trees(3), "third": trees(5, (4,))}
    return BeamTreeViewer(given, WORDS, END, {"second": [4, 3, 3]}, **{"title": "Several", "width": 4, **more})


def wide():
    return BeamTreeViewer(trees(1), WORDS, END, ([6, 6, END], [-4.0, -9.0, -14.0]), title="Wide")


# --- errors and traits ----------------------------------------------------------------------------

TINY = {"parent": [-1, 0, 0], "token": [1, 3, 4], "log_prob": [0, -0.5, -1.0], "kept": [1, 1, 0]}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"trees": []}, ["trees must be {width: tree}", "list"]),
        ({"trees": {}}, ["trees must be {width: tree}"]),
        ({"trees": {"a": {}}}, ["trees['a']", "not empty"]),
        ({"trees": {0: TINY}}, ["widths", "1 to 64", "got 0"]),
        ({"trees": {1: 7}}, ["width 1", "lacks", "'parent'"]),
        ({"trees": {1: TINY | {"kept": [1, 1]}}}, ["width 1", "shape (N,)", "(2,)"]),
        ({"trees": {1: {key: value[:1] for key, value in TINY.items()}}}, ["has 1 nodes", "2 to"]),
        ({"trees": {1: TINY | {"parent": [-1, 2, 0]}}}, ["earlier row", "[-1, 2, 0]"]),
        ({"trees": {1: TINY | {"token": [1, 3, 9]}}}, ["tokens from 1 to 9", "words has 9"]),
        ({"trees": {1: TINY | {"log_prob": [0, np.nan, -1]}}}, ["finite", "1 NaN"]),
        ({"trees": {1: TINY | {"log_prob": [0, -0.5, 0.2]}}}, ["cannot rise", "row 2"]),
        ({"trees": {2: TINY}}, ["width 2", "depth 1", "hold 2"]),
        ({"trees": {1: TINY | {"kept": [1, 0, 1]}}}, ["does not fit its width", "depth 1"]),
        ({"end": 9}, ["end must be a token from 0 to 8", "9"]),
        ({"end": True}, ["end must", "True"]),
        ({"reference": [3.5]}, ["reference must be tokens", "3.5"]),
        ({"reference": [3, 12]}, ["reference has tokens", "words has 9"]),
        ({"reference": ([3], [-1.0])}, ["2 falling numbers", "[-1.0]"]),
        ({"reference": ([3], [-2.0, -1.0])}, ["2 falling numbers", "[-2.0, -1.0]"]),
        ({"trees": {"a": {1: TINY}}, "reference": {"b": [3]}}, ["reference must name", "['a']", "{'b'}"]),
        ({"trees": {"a": {1: TINY}}, "reference": [3]}, ["reference must name", "[3]"]),
        ({"width": 2}, ["width must be one of [1]", "2"]),
        ({"depth": 2}, ["depth must be a word from 1 to 1", "2"]),
        ({"node": 3}, ["node must be a row", "1 to 2", "3"]),
        ({"alpha": 2.5}, ["alpha must be from 0 to 2", "2.5"]),
        ({"alpha": float("nan")}, ["alpha", "nan"]),
        ({"seen": [1, 3]}, ["seen must hold widths of trees, [1]", "[1, 3]"]),
        ({"sentence": "b"}, ["sentence must be one of ['']", "'b'"]),
    ],
)  # fmt: skip
def test_errors_name_argument_and_numbers(changed, words):
    def made(given):
        if isinstance(given, dict) and "parent" in given:
            return SimpleNamespace(**given)
        return {key: made(value) for key, value in given.items()} if isinstance(given, dict) else given

    arguments = {"trees": {1: TINY}, "words": WORDS, "end": END, **changed}
    with pytest.raises(ValueError) as caught:
        BeamTreeViewer(**{**arguments, "trees": made(arguments["trees"])})
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_traits_are_checked_from_a_cell_and_follow_each_other():
    it = several()
    for name, value, word in (("width", 3, "one of"), ("depth", 0, "from 1 to"), ("node", 9_999, "row of"),
                              ("node", True, "True"), ("alpha", -1, "0 to 2"), ("sentence", "x", "first")):  # fmt: skip
        with pytest.raises(ValueError, match=word):
            setattr(it, name, value)
    it.node = 5
    assert it.node == 5 and it.depth == it.tree.depth[5], "a chosen node brings its word along"
    it.width = 2
    assert it.node is None and it.tree.width == 2
    it.sentence = "third"
    assert it.width == 4 and 1 <= it.depth < len(it.tree.steps)
    it.set_state({"sentence": "first", "width": 12, "depth": 2, "node": 30, "alpha": 0.4})
    assert (it.sentence, it.width, it.depth, it.node, it.alpha) == ("first", 12, 2, 30, 0.4)


def test_it_opens_where_greedy_and_the_best_part():
    assert garden().depth == 1 and garden(depth=3).depth == 3
    it = wide()
    greedy, best = it._greedy(), it.tree.best(0.0).tokens
    assert all(a == b for a, b in zip(greedy[: it.depth - 1], best, strict=False))


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_the_last_beam_and_its_ranking_are_those_of_the_search(seed):
    """One search, read off its tree alone: the same sentences, log-probabilities and winners at each penalty."""
    torch.manual_seed(seed)
    for width, result in searched(seed).items():
        tree = BeamTreeViewer({width: result.tree}, WORDS, END).tree
        found = {(tuple(one.tokens), round(one.log_prob, 9)) for one in result.hypotheses}
        mine = {(tuple(t for t in one.tokens if t != END), round(one.log_prob, 9)) for one in tree.finals}
        assert mine == found
        for depth in range(1, len(tree.steps)):
            assert {n for n in tree.beam(depth) if tree.depth[n] == depth} == set(
                np.flatnonzero((tree.depth == depth) & tree.kept)
            )
        for alpha in (0.0, 0.6, 1.5):
            scores = [one.log_prob / (len(one.tokens) + one.finished) ** alpha for one in result.hypotheses]
            assert tree.best(alpha).score(alpha) == pytest.approx(max(scores), abs=1e-12)


LOOK = """(() => { const sentences = m.beamSentences(v.codes, v.shapes, v.references, v.end);
  return v.states.map((state) => { const view = m.beamLook({ ...state, words: v.words }, sentences); return {
    steps: view.tree.steps, best: view.best.tokens, log: view.best.logProb, alive: [...view.alive],
    greedy: view.greedy, lost: view.right.lost?.depth ?? null, better: view.better.map(({ tokens }) => tokens),
    finals: view.tree.finals.map(({ tokens }) => tokens) }; }); })()"""


@pytest.mark.parametrize("make", [garden, several, wide])
def test_javascript_reads_the_same_off_the_trees(make):
    it = make()
    states = [{"sentence": name, "width": width, "depth": 1, "node": None, "alpha": alpha}
              for name, widths in it._given.items() for width in widths for alpha in (0.0, 0.7)]  # fmt: skip
    codes = base64.b64encode(it._trees).decode()
    there = run_node("beam_tree", LOOK, codes=codes, shapes=it._shapes, references=it._references, end=END,
                     states=states, words=WORDS)  # fmt: skip
    for state, seen in zip(states, there, strict=True):
        for name in ("sentence", "width", "alpha"):
            setattr(it, name, state[name])
        tree, right = it.tree, it._right[it.sentence]
        assert seen["steps"] == tree.steps and set(seen["alive"]) == tree.survivors
        best = tree.best(it.alpha)
        assert seen["best"] == list(best.tokens) and seen["log"] == best.log_prob
        assert seen["greedy"] == list(it._greedy())
        assert seen["lost"] == (tree.lost_at(right[0]) if right else None)
        known = known_sentences(it._given[it.sentence].values(), right)
        assert seen["better"] == [list(one.tokens) for one in would_have_won(tree, known, it.alpha)]


def test_by_hand():
    it = garden()
    assert it.best == ["two"] and it.tree.lost_at((4, 8, 6, END)) is None
    it.alpha = 0.5
    assert it.best == ["one", "and", "three"], "longer, and less probable"
    it.width = 1
    assert it._greedy() == (4, 8, 6, END) and it.best == ["one", "and", "three"]
    assert it.tree.lost_at((5, END)) == 1, "greedy threw the best first word away"
    it.alpha = 0.0
    assert "“two” would have won at alpha 0" in repr(it)


def test_a_width_that_was_not_seen_gives_nothing_away():
    it = garden(width=1, seen=[1])
    assert "none is known that would have won at alpha 0" in repr(it)
    it.width = 2
    assert it.seen == [1, 2]
    it.width = 1
    assert "“two” would have won at alpha 0" in repr(it)


# --- picture and text -----------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    said = repr(garden())
    assert said.startswith(
        "BeamTreeViewer: A garden path: a beam of 2 finds “two”, log-probability -0.97, greedy search"
    )
    assert "“one and three”; of 6 runners-up that it threw away none is known that would have won at alpha 0." in said
    assert "as greedy search does" in repr(garden(width=1, alpha=1.0))
    assert garden(alt="Words of mine").describe() == "Words of mine"


@pytest.mark.parametrize("make", [garden, several, wide, lambda: garden(width=1)])
def test_the_picture_for_pages_without_javascript(make, shots):
    it = make()
    png, image = still_picture(it)
    assert image.width > 1000 and len(image.getcolors(1 << 16)) > 4
    (shots / f"beam_tree_static_{it.title.split()[0]}_{it.width}.png").write_bytes(png)


# --- a page without a kernel ----------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    with opened(
        browser, tmp_path / "page.html", [garden(), several(), wide()], **getattr(request, "param", {})
    ) as page:
        yield page


def answer(root):
    return root.locator("[data-role=answer]")


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        press(bare, root, "ArrowRight", "ArrowDown", "ArrowDown")
        assert cut(root, also=["td", "input"]) == [], f"viewer {i}"
        root.screenshot(path=shots / f"beam_tree_{i}_{request.node.callspec.id}.png")
        wide = "(all) => all.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent)"
        assert root.locator(".panels > div").evaluate_all(wide) == [], f"tables of viewer {i}"
        overlaps = root.locator(".stage svg").evaluate("""(svg) => {
          const all = [...svg.querySelectorAll('.node')].map((g) => g.querySelector('text')?.getBoundingClientRect());
          const real = all.filter(Boolean);
          return real.flatMap((a, i) => real.slice(i + 1).filter((b) => a.left < b.right - 1 && b.left < a.right - 1 &&
            a.top < b.bottom - 3 && b.top < a.bottom - 3)).length; }""")
        assert overlaps == 0


@pytest.mark.browser
def test_the_winner_changes_under_the_finger(bare):
    root = viewer(bare, "A garden path")
    says(answer(root), "Greedy’s first word, “one”, is not in the best sentence; there stands “two”.")
    says(answer(root), "It was ahead by 0.32 nats after 1 word, and behind from word 2 on.")
    says(answer(root), "The right one was lost at word 2, in place 4")
    says(answer(root), "the model is to blame")
    says(root.locator("[data-role=ranking] tr.won"), "two")
    root.locator("[data-role=alpha]").fill("0.5")
    says(answer(root), "A beam of 2 finds what greedy search finds.")
    says(root.locator("[data-role=ranking] tr.won"), "one and three")
    assert trait(bare, "alpha") == 0.5
    press(bare, root, *["-"] * 10)
    is_now(bare, "alpha", 0)
    says(root.locator("[data-role=ranking] tr.won"), "two")
    press(bare, root, "PageDown")
    is_now(bare, "width", 1)
    says(answer(root), "Greedy: one beginning is kept at each step.")
    says(answer(root), "“two” would have won: lost at word 1.")
    says(root.locator("[data-role=ranking] tr.missed"), "lost at word 1, would have won")
    bare.evaluate("() => models[0].set('width', 2)")
    says(root.locator("[data-role=cut]"), "2 are kept")


@pytest.mark.browser
def test_a_beginning_is_chosen_and_says_why_it_went(bare):
    root = viewer(bare, "A garden path")
    status = root.locator("[role=status]")
    says(status, "Word 1 of 4. 2 kept, 2 dropped. “one” leads with p = .55; it is not in the best sentence.")
    press(bare, root, "ArrowDown", "ArrowDown", "ArrowDown")
    is_now(bare, "node", 3)
    says(status, "zero …: log-probability −3.51 (p = .030), −3.51 per word. Dropped: place 3 of 4 at word 1")
    says(status, "It could not have won")
    root.locator("[data-node='2'][data-depth='1']").click()
    is_now(bare, "node", 2)
    says(status, "two …: log-probability −0.92 (p = .40)")
    says(status, "The last beam goes on from it.")
    press(bare, root, "ArrowRight")
    is_now(bare, "node", 5)
    says(status, "It is the best sentence found.")
    press(bare, root, "ArrowRight", "ArrowRight")
    is_now(bare, "depth", 4)
    assert trait(bare, "node") == 5, "a finished one holds its place"
    press(bare, root, "ArrowLeft", "ArrowLeft", "ArrowLeft")
    assert trait(bare, "node") == 2 and trait(bare, "depth") == 1
    press(bare, root, "Escape")
    is_now(bare, "node", None)
    root.locator("[data-role=beam] tr[data-row='4']").click()
    is_now(bare, "node", 4)
    root.locator("[data-role=ranking] tr[data-place='1']").click()
    is_now(bare, "node", 5)
    assert trait(bare, "depth") == 2
    bare.evaluate("() => { models[0].set('depth', 3); models[0].set('node', 9); }")
    says(status, "one and three …: log-probability −1.08")


@pytest.mark.browser
def test_nothing_moves_under_the_finger_and_what_was_not_seen_is_not_told(browser, tmp_path):
    with opened(browser, tmp_path / "page.html", [garden(width=1, seen=[1])]) as page:
        root = viewer(page, "A garden path")
        says(root.locator("[data-role=cut]"), "1 is kept")
        assert "“two”" not in root.inner_text()
        press(page, root, "PageUp", "PageDown")
        says(answer(root), "“two” would have won: lost at word 1.")
        assert trait(page, "seen") == [1, 2]
        press(page, root, "PageUp")
        dial, tree = root.locator("[data-role=alpha]"), root.locator(".tree")
        says(root.locator("[data-role=cut]"), "2 are kept")
        before = place(dial), place(tree)
        assert before[0]["width"] >= 200, "forty steps need room"
        for alpha in (0.3, 0.9, 0.0):
            dial.fill(str(alpha))
            is_now(page, "alpha", alpha)
            page.wait_for_timeout(60)
            assert (place(dial), place(tree)) == before


@pytest.mark.browser
def test_words_play_and_keys_that_are_not_ours(bare):
    root = viewer(bare, "A garden path")
    press(bare, root, "End", "Space")
    bare.wait_for_function("() => models[0].get('depth') === 2")
    press(bare, root, "Space")
    here = trait(bare, "depth")
    bare.wait_for_timeout(900)
    assert trait(bare, "depth") == here, "it stands still after Pause"
    press(bare, root, "Home", "Control+End", "x")
    assert trait(bare, "depth") == 1
    root.locator(".head[data-go='3']").first.click()
    is_now(bare, "depth", 3)
    other = viewer(bare, "Several")
    press(bare, other, "n")
    bare.wait_for_function("() => models[1].get('sentence') === 'second'")
    other.locator("[data-role=sentence]").select_option("third")
    bare.wait_for_function("() => models[1].get('sentence') === 'third' && models[1].get('width') === 4")
    assert other.locator("[data-role=width]").is_hidden(), "one width: nothing to slide"


@pytest.mark.browser
def test_sixty_words_at_most_and_the_rest_is_counted(bare):
    root = viewer(bare, "Wide")
    for depth in range(1, trait_of(bare, 2, "depth") + 4):
        bare.evaluate("(d) => models[2].set('depth', d)", depth)
        assert root.locator(".node text").count() <= 60
    assert root.locator("[data-role=more]").count() > 2


def trait_of(page, i, name):
    return page.evaluate("([i, name]) => models[i].get(name)", [i, name])


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 584}], indirect=True, ids=["touch"])
def test_a_finger_chooses(bare, shots):
    root = viewer(bare, "A garden path")
    assert [cut(each) for each in bare.locator(".mtm").all()] == [[]] * 3
    root.screenshot(path=shots / "beam_tree_584.png")
    root.locator(".tree").scroll_into_view_if_needed()
    node = place(root.locator("[data-node='6']").first)
    bare.touchscreen.tap(node["x"] + node["width"] / 2, node["y"] + node["height"] / 2)
    is_now(bare, "node", 6)


@pytest.mark.browser
def test_screen_readers_hear_what_is_drawn(bare):
    for root in bare.locator(".mtm").all():
        assert "A beam of" in root.locator(".stage").get_attribute("aria-label")
        assert root.locator("[role=status]").inner_text()
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input, select')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []


@pytest.mark.browser
def test_every_key_is_answered_at_once(bare):
    root = viewer(bare, "Wide")
    taken = []
    for key in ("Home", "ArrowRight", "ArrowDown", "ArrowDown", "+", "PageDown", "PageUp", "End", "ArrowLeft"):
        press(bare, root, key)
        taken.append(float(root.get_attribute("data-draw-ms")))
    print(taken)
    assert statistics.median(taken) < 60, taken


# --- JupyterLab -----------------------------------------------------------------------------------

CELLS = [
    "import numpy as np\nfrom types import SimpleNamespace\nfrom classroom import BeamTreeViewer\n"
    "tree = lambda rows: SimpleNamespace(**dict(zip(('parent', 'token', 'log_prob', 'kept'), np.array(rows).T)))\n"
    "one = [[-1, 1, 0, 1], [0, 3, -.5, 1], [0, 4, -.9, 0], [1, 2, -2.5, 1]]\n"
    "two = [[-1, 1, 0, 1], [0, 3, -.5, 1], [0, 4, -.9, 1], [2, 2, -1., 1], [1, 2, -2.5, 1]]\n"
    "v = BeamTreeViewer({1: tree(one), 2: tree(two)}, ['', '', '.', 'on', 'off'], 2, title='In Lab')\nv",
    "print(v.width, v.depth, v.node, v.alpha, v.best)",
    "v.alpha = 0.5; v.width = 2; v.node = 4",
]


@pytest.mark.browser
def test_page_and_python_move_each_other(browser, server, shots):
    with lab.new_notebook(browser, server, "beam_tree.ipynb", CELLS) as page:
        lab.run_cell(page, CELLS[0])
        lab.drawn(page)
        root = viewer(page, "In Lab")
        press(page, root, "PageDown", "ArrowRight", "ArrowDown", "+", "+", "d", "d")
        lab.expect_cell(page, CELLS[1], "1 2 3 0.1 ['on']")
        assert lab.count_cells(page) == 3, "d d stays inside the viewer"
        lab.run_cell(page, CELLS[2])
        says(root.locator("[role=status]"), "on: log-probability −2.50")
        lab.expect_cell(page, CELLS[1], "2 2 4 0.5 ['off']")
        root.screenshot(path=shots / "beam_tree_lab.png")
        assert page.errors == [] and page.outside == []
