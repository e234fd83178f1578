"""TrellisViewer: its Python side, its numbers, and every control on a page without a kernel and in JupyterLab."""

import itertools
import statistics

import numpy as np
import pytest

from classroom import TrellisViewer
from classroom.trellis_numbers import forward_backward, viterbi
from seqmodels.hmm import HMM, Categorical
from viewers import lab
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, drag, press, still_picture, viewer
from viewers.test_python import run_node

INITIAL = [0.5, 0.5]
SWITCH = [[0.95, 0.05], [0.1, 0.9]]
DICE = [[1 / 6] * 6, [0.1] * 5 + [0.5]]
CASINO = (INITIAL, SWITCH, DICE)


def night(length=300, seed=4):
    return HMM(INITIAL, SWITCH, Categorical(DICE)).sample(length, np.random.default_rng(seed))


def casino(length=300, **more):
    truth, rolls = night(length)
    more = {"states": ["fair", "loaded"], "symbols": range(1, 7), "truth": truth, "title": "The casino", **more}
    return TrellisViewer(*CASINO, rolls, **more)


def eight(length=300):
    rng = np.random.default_rng(1)
    switch = 0.6 * rng.dirichlet(np.full(8, 0.25), 8) + 0.4 * np.eye(8)
    names = ["do", "re", "mi", "fa", "sol", "la", "si", "silence"]
    shows = rng.dirichlet(np.full(12, 0.3), 8)
    seen = rng.integers(0, 12, length)
    return TrellisViewer(np.full(8, 1 / 8), switch, shows, seen, names, list("abcdefghijkl"), title="Eight")


def ladder():
    stay = [[0.6, 0.4, 0, 0], [0, 0.5, 0.5, 0], [0, 0, 0.6, 0.4], [0, 0, 0, 1]]
    shows = 0.1 + 0.6 * np.eye(4)
    seen = [0, 0, 1, 1, 2, 2, 2, 3, 3]
    names = ["a long name of a state", "B", "C", "D"]
    return TrellisViewer([1, 0, 0, 0], stay, shows, seen, names, list("ACGT"), title="Ladder", view="posterior", at=4)


# --- errors and traits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"initial": [0.5, 0.4]}, ["initial sums to 0.9", "divide"]),
        ({"initial": [[0.5, 0.5]]}, ["initial", "(1, 2)"]),
        ({"initial": np.full(9, 1 / 9)}, ["initial has 9 states", "at most 8"]),
        ({"transition": [[0.9, 0.2], [0.1, 0.9]]}, ["transition: row 0 sums to 1.1", "divide"]),
        ({"transition": np.eye(3)}, ["transition has shape (3, 3)", "(2, 2)"]),
        ({"transition": [[1.1, -0.1], [0, 1]]}, ["transition: row 0", "from 0 to 1"]),
        ({"transition": [[np.nan, 1], [0, 1]]}, ["transition: row 0", "nan"]),
        ({"emission": [[1.0]]}, ["emission has 1 rows", "2 states"]),
        ({"emission": [0.5, 0.5]}, ["emission", "(2,)"]),
        ({"observations": []}, ["observations", "not empty"]),
        ({"observations": [0, 6]}, ["observations", "0 to 5", "got 6"]),
        ({"observations": [0, -1]}, ["observations", "got -1"]),
        ({"observations": [0.5, 1.0]}, ["observations", "whole numbers", "float64"]),
        ({"observations": np.zeros(2001, dtype=int)}, ["2001 steps", "at most 2000"]),
        ({"truth": [0, 2, 0]}, ["truth", "0 to 1", "got 2"]),
        ({"truth": [0, 1]}, ["truth has 2 steps", "observations has 3"]),
        ({"states": ["a"]}, ["states has 1 entries", "2 names"]),
        ({"states": ["a", "a"]}, ["states must be distinct"]),
        ({"symbols": [1, 2]}, ["symbols has 2 entries", "6 columns"]),
        ({"view": "backward"}, ["view must be one of", "'best path'", "'backward'"]),
        ({"at": 3}, ["at must be a step from 0 to 2", "3"]),
        ({"at": -1}, ["at must be a step", "-1"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, words):
    arguments = {"initial": INITIAL, "transition": SWITCH, "emission": DICE, "observations": [0, 5, 5], **changed}
    with pytest.raises(ValueError) as caught:
        TrellisViewer(**arguments)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_traits_are_checked_from_a_cell():
    it = casino(20, at=15)
    for name, value, word in (
        ("observations", [0, 6], "got 6"),
        ("observations", [0, 1], "set truth to None first"),
        ("transition", np.eye(3), "3, 3"),
        ("emission", [[0.5, 0.5]] * 2, "2, 6"),
        ("truth", [0], "1 steps"),
        ("view", "past", "'past'"),
        ("at", 20, "0 to 19"),
    ):
        with pytest.raises(ValueError, match=word):
            setattr(it, name, value)
    np.testing.assert_array_equal(it.transition, SWITCH)
    flipped = it.observations.copy()
    flipped[3] = 5
    it.observations = flipped
    assert it.observations.dtype == np.int64 and it.observations[3] == 5
    it.set_state({"observations": [0] * 20, "transition": [[0.5, 0.5], [0.5, 0.5]], "at": 2})
    assert it.observations.sum() == 0 and it.transition[0, 1] == 0.5 and it.at == 2
    it.truth, it.at = None, 15
    it.observations = [0, 1, 2]
    assert it.at == 2, "the chosen step stays inside"


# --- numbers --------------------------------------------------------------------------------------


def enumerated(initial, transition, emission, seen):
    """By the definition: P(seen), P(state | seen) for every step, and the best path."""
    initial, transition, emission = map(np.asarray, (initial, transition, emission))
    shares, best = np.zeros((len(seen), len(initial))), (-1.0, None)
    for path in itertools.product(range(len(initial)), repeat=len(seen)):
        p = initial[path[0]] * np.prod([transition[a, b] for a, b in itertools.pairwise(path)])
        p *= np.prod([emission[z, x] for z, x in zip(path, seen, strict=True)])
        shares[np.arange(len(seen)), path] += p
        best = max(best, (p, path))
    return shares[0].sum(), shares / shares[0].sum(), best


def test_the_numbers_of_the_picture_equal_enumeration():
    rng = np.random.default_rng(3)
    for _ in range(3):
        model = rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(3), 3), rng.dirichlet(np.ones(4), 3)
        seen = rng.integers(0, 4, 6)
        total, shares, (p, path) = enumerated(*model, seen)
        numbers = forward_backward(*model, seen)
        assert abs(numbers["log_likelihood"] - np.log(total)) < 1e-13
        np.testing.assert_allclose(numbers["posterior"], shares, rtol=0, atol=1e-14)
        for t in (1, 3, 5):
            np.testing.assert_allclose(
                numbers["filtered"][t], enumerated(*model, seen[: t + 1])[1][t], rtol=0, atol=1e-14
            )
            np.testing.assert_allclose(numbers["flow"][t].sum(axis=0), numbers["filtered"][t], rtol=0, atol=1e-14)
            np.testing.assert_allclose(numbers["flow_all"][t].sum(axis=1), shares[t - 1], rtol=0, atol=1e-14)
        found, log_prob, delta, came_from = viterbi(*model, seen)
        assert tuple(found) == path and abs(log_prob - np.log(p)) < 1e-13
        assert delta.shape == came_from.shape == (6, 3) and (came_from[0] == -1).all()


@pytest.mark.node
@pytest.mark.parametrize("make", [casino, eight, ladder])
def test_the_browser_computes_what_the_library_computes(make):
    it = make()
    model = [array.tolist() for array in it._model()]
    here = run_node(
        "trellis",
        "((p, b) => ({ ...p, posterior: m.posterior(...v.model), path: b.path, logProb: b.logProb, delta: b.delta }))"
        "(m.forward(...v.model), m.viterbi(...v.model))",
        model=model,
    )
    hmm = HMM(it.initial, it.transition, Categorical(it.emission))
    filtered, log_scale = hmm.forward(it.observations)
    path, log_prob = hmm.viterbi(it.observations)
    np.testing.assert_allclose(here["filtered"], filtered, rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.log(here["scale"]), log_scale, rtol=0, atol=1e-11)
    np.testing.assert_allclose(here["logLikelihood"], hmm.log_likelihood(it.observations), rtol=1e-12)
    np.testing.assert_allclose(here["posterior"], hmm.posterior(it.observations), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(here["path"], path)
    np.testing.assert_allclose(here["logProb"], log_prob, rtol=1e-12)
    numbers, mine = forward_backward(*it._model()), viterbi(*it._model())
    np.testing.assert_allclose(numbers["posterior"], here["posterior"], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(mine[0], path)


def test_an_impossible_sequence_is_no_crash():
    it = TrellisViewer([1, 0], np.eye(2), np.eye(2), [0, 1, 0], title="Never")
    assert "log-likelihood -inf" in it.describe()
    assert it.to_png()[0].startswith(b"\x89PNG")


# --- picture and text -----------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    it = casino(at=74)
    hmm = HMM(INITIAL, SWITCH, Categorical(DICE))
    right = int((hmm.viterbi(it.observations)[0] == it.truth).sum())
    said = repr(it)
    assert said.startswith("TrellisViewer: The casino: 300 observations and 2 states, log-likelihood -")
    assert f"{hmm.log_likelihood(it.observations):.2f} nats" in said
    assert f"is right about the truth at {right} of 300" in said
    assert f"and {hmm.posterior(it.observations)[74, 1]:.2f} knowing everything" in said
    assert "truth" not in repr(TrellisViewer(*CASINO, [0, 5, 5]))


@pytest.mark.parametrize("view", TrellisViewer.VIEWS)
def test_the_picture_for_pages_without_javascript(view, shots):
    it = casino(at=74, view=view)
    png, image = still_picture(it, less_than=33_000)
    colours = {colour for count, colour in image.getcolors(1 << 16) if count > 150}
    assert {(0x09, 0x6C, 0xC5), (0xE5, 0x67, 0x00)} <= colours, "both states are drawn in their colours"
    assert it._repr_mimebundle_()[0]["text/plain"] == repr(it)
    (shots / f"trellis_static_{view.replace(' ', '_')}.png").write_bytes(png)


# --- a page without a kernel ----------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    shown = [casino(at=74), casino(at=74, view="best path", title="Path"), eight(), ladder()]
    with opened(browser, tmp_path / "page.html", shown, **getattr(request, "param", {})) as page:
        yield page


def said(root, text):
    root.locator("[data-role=answer]", has_text=text).wait_for(timeout=8000)


TRAIT = "([i, name]) => models[i].get(name)"


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, (root, key) in enumerate(zip(bare.locator(".mtm").all(), ("p", "b", "p", "f"), strict=True)):
        press(bare, root, "Enter", key)
        root.locator("[data-role=undo]:enabled").wait_for(timeout=5000)
        assert cut(root) == [], f"viewer {i}"
        table, panel = (root.locator(f".{name}").bounding_box() for name in ("sums", "leave"))
        assert panel["y"] > table["y"] + table["height"] or panel["x"] > table["x"] + table["width"]
        root.screenshot(path=shots / f"trellis_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
def test_a_flipped_roll_changes_the_past_and_can_be_undone(bare):
    root = viewer(bare, "The casino")
    rolls = bare.evaluate(TRAIT, [0, "observations"])
    hmm = HMM(INITIAL, SWITCH, Categorical(DICE))
    changed = [6 - 1 if t == 74 else x for t, x in enumerate(rolls)]
    assert rolls[74] != 5
    moved = np.flatnonzero(hmm.viterbi(np.array(rolls))[0] != hmm.viterbi(np.array(changed))[0])
    press(bare, root, "6")
    count = f"{len(moved)} roll{'' if len(moved) == 1 else 's'}"
    path = f"the best path changes at {count}" if len(moved) else "the best path stays"
    said(root, f"Roll 75 is now a 6 (it was a {rolls[74] + 1}): {path}")
    assert bare.evaluate(TRAIT, [0, "observations"]) == changed
    press(bare, root, "p")
    root.locator("[data-role=ghost]").first.wait_for(state="attached")
    posterior = hmm.posterior(np.array(changed))
    node = root.locator("[data-t='70'][data-state='1']")
    assert abs(float(node.get_attribute("data-share")) - posterior[70, 1]) < 1e-6
    # another face at the same place is still compared with what was rolled
    press(bare, root, "2")
    said(root, f"Roll 75 is now a 2 (it was a {rolls[74] + 1})")
    press(bare, root, "u")
    said(root, "The best path has")
    assert bare.evaluate(TRAIT, [0, "observations"]) == rolls
    assert root.locator("[data-role=ghost]").count() == 0 and root.locator("[data-role=undo]").is_disabled()
    root.locator("[data-seen='75']").click()
    assert bare.evaluate(TRAIT, [0, "observations"])[75] == (rolls[75] + 1) % 6
    assert bare.evaluate(TRAIT, [0, "at"]) == 75
    root.locator("[data-seen='75']").click(modifiers=["Shift"])
    said(root, "As before.")
    root.locator("[data-role=reset]").click()
    said(root, "The best path has")


@pytest.mark.browser
def test_three_views_tell_how_a_number_came_about(bare):
    root = viewer(bare, "The casino")
    rolls = np.array(bare.evaluate(TRAIT, [0, "observations"]))
    hmm = HMM(INITIAL, SWITCH, Categorical(DICE))
    filtered, log_scale = hmm.forward(rolls)
    press(bare, root, "f")
    state = ["Roll 75, fair", "Roll 75, loaded"].index(root.locator("h4").first.inner_text())
    assert float(root.locator("[data-role=total]").inner_text()) == round(filtered[74, state], 2)
    root.locator(f"[data-t='74'][data-state='{1 - state}'] circle").first.click()
    root.locator("[data-role=total]", has_text=f"{filtered[74, 1 - state]:.2f}").wait_for(timeout=8000)
    assert root.locator("[data-role=unread]").count() == 1
    assert root.locator("[data-flow^='75,']").count() == 0, "what is not read yet has no lines"
    root.get_by_role("radio", name="Best path").check()
    assert bare.evaluate(TRAIT, [0, "view"]) == "best path"
    root.locator("[data-role=node]", has_text="The best way to be in").wait_for()
    survivors = root.locator("[data-survivor]").count()
    assert survivors == 2 * (root.locator("[data-seen]").count() - 1), "one way into every node"
    assert root.locator("tr.won").count() == 1
    root.get_by_role("radio", name="Posterior").check()
    root.locator("[data-role=node]", has_text="knowing all 300 rolls").wait_for()
    assert root.locator("[data-role=alone]").count() == 1 and root.locator("[data-role=unread]").count() == 0
    posterior = hmm.posterior(rolls)
    said_sum = [cell.inner_text() for cell in root.locator("[data-row='1'] td").all()][3]
    assert float(said_sum) == round(posterior[74, 1], 2)
    bare.locator("[role=status]").first.wait_for()
    assert f"Log-likelihood −{-log_scale.sum():.2f} nats" in root.locator("[role=status]").inner_text()


@pytest.mark.browser
def test_window_sliders_and_play_by_mouse_and_keyboard(bare):
    root = viewer(bare, "The casino")
    strip = root.locator("[data-role=strip]").bounding_box()
    bare.mouse.click(strip["x"] + strip["width"] - 12, strip["y"] + 40)
    root.locator("[data-seen='299']").wait_for()
    assert bare.evaluate(TRAIT, [0, "at"]) >= 298
    drag(bare, root.locator("[data-role=strip]"), dx=-150, dy=0)
    assert 80 < bare.evaluate(TRAIT, [0, "at"]) < 92  # 150 of 854 pixels left of the middle of 300
    slider = root.locator("[data-leave='0']")
    slider.focus()
    for _ in range(3):
        bare.keyboard.press("ArrowRight")
    said(root, "fair is now left with probability 0.08 (it was 0.05)")
    row = bare.evaluate(TRAIT, [0, "transition"])[0]
    assert [round(p, 9) for p in row] == [0.92, 0.08]
    press(bare, root, "U")
    assert bare.evaluate(TRAIT, [0, "transition"]) == SWITCH
    press(bare, root, "Home", "Space")
    bare.wait_for_function("() => models[0].get('at') >= 2")
    press(bare, root, "Space")
    here = bare.evaluate(TRAIT, [0, "at"])
    bare.wait_for_timeout(900)
    assert bare.evaluate(TRAIT, [0, "at"]) == here, "it stands still after Pause"
    press(bare, root, "n", "End")
    assert bare.evaluate(TRAIT, [0, "at"]) == 299
    tune = viewer(bare, "Ladder")
    assert tune.locator("[data-leave='3']").is_disabled(), "a state without a way out stays so"


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_moves_the_window_and_turns_a_die(bare):
    root = viewer(bare, "The casino")
    strip = root.locator("[data-role=strip]").bounding_box()
    devtools = bare.context.new_cdp_session(bare)
    x, y = strip["x"] + 150, strip["y"] + 40
    for kind, points in (("touchStart", [x]), ("touchMove", [x + 90]), ("touchMove", [x + 240]), ("touchEnd", [])):
        touches = [{"x": place, "y": y} for place in points]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    bare.wait_for_function("() => models[0].get('at') > 140")
    at = bare.evaluate(TRAIT, [0, "at"])
    before = bare.evaluate(TRAIT, [0, "observations"])[at]
    root.locator(f"[data-seen='{at}']").tap()
    bare.wait_for_function(f"() => models[0].get('observations')[{at}] === {(before + 1) % 6}")


@pytest.mark.browser
def test_other_observations_from_a_cell_begin_anew(bare):
    root = viewer(bare, "Ladder")
    press(bare, root, "Enter")
    root.locator("[data-role=undo]:enabled").wait_for(timeout=8000)
    bare.evaluate("() => models[3].set('observations', [0, 0, 3])")  # `at` was 4
    root.locator("[data-role=answer]", has_text="Of 3 steps").wait_for(timeout=8000)
    assert root.locator("[data-seen]").count() == 3 and root.locator("[data-role=undo]").is_disabled()
    press(bare, root, "Enter")
    said(root, "Step 3 is now “A” (it was “T”)")
    press(bare, root, "b", "U")
    said(root, "Of 3 steps")
    assert bare.evaluate(TRAIT, [3, "observations"]) == [0, 0, 3]
    press(bare, root, "1")
    bare.evaluate("() => models[3].set('emission', models[3].get('emission').map(() => [1, 0, 0, 0]))")
    press(bare, root, "2")
    said(root, "Impossible: this model cannot show “C” at step 3.")


@pytest.mark.browser
def test_screen_readers_hear_what_is_drawn(bare):
    for root in bare.locator(".mtm").all():
        assert "states" in root.locator(".stage").get_attribute("aria-label")
        assert root.locator("[data-role=strip]").get_attribute("aria-label").startswith("Overview of")
        assert "Log-likelihood" in root.locator("[role=status]").inner_text()
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []


@pytest.mark.browser
@pytest.mark.parametrize("title", ["The casino", "Eight"])
def test_every_key_is_answered_at_once(bare, title):
    """300 steps with 2 and with 8 states: computing and drawing, well under a blink."""
    root = viewer(bare, title)
    taken = []
    for key in ("3", "6", "1", "b", "+", "ArrowRight", "p", "2", "-", "PageDown", "4"):
        frame = root.get_attribute("data-frame")
        press(bare, root, key)
        bare.wait_for_function(
            "([e, f]) => e.dataset.frame !== f", arg=[root.element_handle(), frame], polling=5, timeout=3000
        )
        taken.append(float(root.get_attribute("data-draw-ms")))
    assert statistics.median(taken) < 60, taken


# --- JupyterLab -----------------------------------------------------------------------------------

CELLS = [
    "import numpy as np\nfrom classroom import TrellisViewer\n"
    "v = TrellisViewer([.5, .5], [[.95, .05], [.1, .9]], [[1 / 6] * 6, [.1] * 5 + [.5]],\n"
    "                  np.arange(60) % 6, ['fair', 'loaded'], range(1, 7), title='In Lab', at=7)\nv",
    "print(v.at, v.view, v.observations[:9].tolist(), v.transition.round(3).tolist())",
    "v.observations = [5] * 60; v.view = 'posterior'; v.at = 30",
]


@pytest.mark.browser
def test_page_and_python_move_each_other(browser, server, shots):
    with lab.new_notebook(browser, server, "trellis.ipynb", CELLS) as page:
        lab.run_cell(page, CELLS[0])
        lab.drawn(page)
        root = viewer(page, "In Lab")
        press(page, root, "ArrowRight", "1", "b", "d", "d")
        root.locator("[data-leave='1']").focus()
        page.keyboard.press("ArrowRight")
        wanted = "8 best path [0, 1, 2, 3, 4, 5, 0, 1, 0] [[0.95, 0.05], [0.11, 0.89]]"
        lab.expect_cell(page, CELLS[1], wanted)
        assert lab.count_cells(page) == 3, "d d stays inside the viewer"
        lab.run_cell(page, CELLS[2])
        said(root, "rolls changed")
        root.locator("[data-role=node]", has_text="Roll 31").wait_for()
        lab.expect_cell(page, CELLS[1], "30 posterior [5, 5, 5, 5, 5, 5, 5, 5, 5] [[0.95, 0.05], [0.11, 0.89]]")
        root.screenshot(path=shots / "trellis_lab.png")
        assert page.errors == [] and page.outside == []
