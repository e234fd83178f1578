"""Be the gate: the same numbers in Python, JavaScript and the course's LSTM, errors that help, every way to play."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
import torch

from classroom.be_the_gate import STARTS, BeTheGate
from classroom.gate_board_numbers import run_cell, run_trained
from classroom.viewer import STATIC
from conftest import need
from seqmodels.datasets import frozen
from seqmodels.lstm import LSTM
from seqmodels.probes import record
from viewers import lab
from viewers.bare_page import opened, public_state
from viewers.hands import EVERY_SIZE, cut, is_now, root_of, says, trait

EFFECT = json.loads(frozen("effects/03_1_gate.json"))
GAME = EFFECT["game"]
WARM_UP = {"input": [0.5] * 9 + [1, 0, 1], "forget": [0.5] * 9 + [0, 1, 1]}
FEW = {"input": [0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0], "forget": [0] * 4 + [1] * 8}
# Does the whole path of the trained cell lie in the panel of the cell?
INSIDE = """() => { const panel = document.querySelector('[data-role=river]').getBBox();
  return [...document.querySelectorAll('[data-trained]')].map((e) => e.getBBox()).every(
    (b) => b.y >= panel.y - 1 && b.y + b.height <= panel.y + panel.height + 1); }"""
RULE = {"input": {"marked": 1, "other": 0}, "forget": {"marked": 1, "other": 1}}


def game(**more):
    return BeTheGate(**GAME, **more)


def node(script):
    """What a script prints, as JSON; `game`, `rules` and `trained` are the modules."""
    need(shutil.which("node"), "node is not installed; the game's JavaScript is compared with Python under node")
    files = {"game": "board_game", "rules": "board_rules", "trained": "board_trained"}
    imports = "".join(f"import * as {name} from '{(STATIC / f'{file}.js').as_uri()}';" for name, file in files.items())
    command = ["node", "--input-type=module", "-e", f"{imports} console.log(JSON.stringify({script}));"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


# --- the same numbers everywhere ------------------------------------------------------------------


def test_a_cell_by_hand_and_in_the_browser():
    np.testing.assert_array_equal(run_cell([0, 0.5, 1], [1, 0.5, 0], [0.5, 0.25, 0.9]), [0.5, 0.375, 0.375])
    rng = np.random.default_rng(0)
    forget, write, numbers = rng.random((3, 12))
    dials = json.dumps({"input": write.tolist(), "forget": forget.tolist()})
    theirs = node(f"rules.runBoard('gates', {dials}, {numbers.tolist()}).map((s) => s.memory)")
    np.testing.assert_allclose(run_cell(forget, write, numbers), theirs, rtol=0, atol=1e-15)


def test_a_trained_cell_is_the_courses_lstm():
    for network in GAME["trained"]:
        layer = LSTM(2, 1).double()
        with torch.no_grad():
            for part in ("weight_input", "weight_hidden", "bias"):
                getattr(layer, part).copy_(torch.tensor(network[part], dtype=torch.float64))
        numbers, marks = (torch.tensor(part, dtype=torch.float64) for part in GAME["unseen"])
        with torch.no_grad(), record(layer) as trace:
            layer(torch.stack([numbers, marks], -1))
        w, b = network["readout"]
        for k in range(len(numbers)):
            ours = run_trained(network, numbers[k].numpy(), marks[k].numpy())
            for name, probe in (("input", "input_gate"), ("forget", "forget_gate")):
                np.testing.assert_allclose(ours[name], trace[probe][k, :, 0], rtol=0, atol=1e-12)
            np.testing.assert_allclose(ours["answer"], w * trace["cell_state"][k, :, 0] + b, rtol=0, atol=1e-12)
        row = json.dumps({"numbers": numbers[0].tolist(), "marks": marks[0].int().tolist()})
        theirs = node(f"trained.trainedCell({json.dumps(network)}, {row})")
        ours = run_trained(network, *json.loads(row).values())
        for name, values in ours.items():  # and the browser's
            np.testing.assert_allclose(values, theirs[name], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "traits",
    [
        {},
        WARM_UP,
        {"input": [1] + [0.35] * 11, "sequence": 2},
        {"round": 2, **FEW},
        {"round": 3, "rule": RULE, "tested": True},
        {"round": 3, "sequence": 4, "network": 2, "rule": {**RULE, "forget": {"marked": 0.9, "other": 0.8}}},
    ],
    ids=["start", "won", "off", "few", "blind", "blind and off"],
)
def test_scores_are_the_browsers(traits):
    play = game(**traits)
    state = {name: value for name, value in public_state(play).items() if name != "theme"} | {"tested": True}
    theirs = node(f"game.boardView({json.dumps(state)}).score")
    ours = play.score()
    assert theirs.pop("fewest") >= 4
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        assert value == pytest.approx(theirs[name], abs=1e-12), name


def test_the_measurement_holds_what_the_lesson_says_of_it():
    rows = EFFECT["rows"]
    assert {(row["cells"], row["seed"]) for row in rows} == {(n, s) for n in (1, 2, 4) for s in range(5)}
    one = [row for row in rows if row["cells"] == 1]
    assert all(row["mse"] < 0.003 and row["parameters"] == 18 for row in one), "one cell is enough, in every seed"
    unseen = list(zip(*GAME["unseen"], strict=True))
    for network, row in zip(GAME["trained"], one, strict=True):
        errors = [abs(run_trained(network, *pair)["answer"][-1] - np.dot(*pair)) for pair in unseen]
        assert abs(np.mean(errors) - row["mean error"]) < 0.02, "the networks that were judged"
    opens = [row["marked"]["input"] - row["not marked"]["input"] for row in one]
    assert sum(more > 0.4 for more in opens) == 4 and min(opens) < -0.3, "four open at marks, one does the opposite"
    assert all(row["marked"]["forget"] > 0.8 and row["not marked"]["forget"] > 0.95 for row in one), "all keep"
    drifts = [10 * row["not marked"]["change"] for row in one]  # ten numbers are not marked
    assert [drift > 0.7 for drift in drifts] == [False, True, True, True, False], "three count steps"
    longer = [row["mean error at length"]["24"] for row in one]
    assert [error > 0.9 for error in longer] == [False, True, True, True, False], "and are wrong where there are more"


# --- the Python side ------------------------------------------------------------------------------


def _with(**changes):
    return lambda: BeTheGate(**(GAME | changes))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_with(sequences=[[0.5] * 11], marks=[[1, 1] + [0] * 9]), ["sequences", "(sequences, 12)", "(1, 11)"]),
        (_with(sequences=[], marks=[]), ["sequences", "(0,)"]),
        (_with(sequences=[[1.5] * 12], marks=[[1, 1] + [0] * 10]), ["sequences", "from 0 to 1", "1.5"]),
        (_with(sequences=[[np.nan] * 12], marks=[[1, 1] + [0] * 10]), ["sequences", "nan"]),
        (_with(marks=[[1, 1, 1] + [0] * 9] * 4), ["marks of sequences", "two ones", "3.0"]),
        (_with(marks=[[1, 1] + [0] * 10]), ["marks of sequences", "(4, 12)", "(1, 12)"]),
        (_with(unseen=[[0.5] * 12]), ["unseen", "pair", "1 entries"]),
        (_with(unseen=(GAME["sequences"], [[0] * 12] * 4)), ["marks of unseen"]),
        (_with(trained=[GAME["trained"][0] | {"bias": [1, 2]}]), ["trained[0]", "bias", "(4,)", "[1.0, 2.0]"]),
        (_with(trained=[{"name": "none"}]), ["trained[0]", "weight_input"]),
        (lambda: game(round=4), ["round", "1..3", "4"]),
        (_with(unseen=None, round=3), ["round", "1..2", "3"]),
        (lambda: game(sequence=4), ["sequence", "0..3", "4"]),
        (lambda: game(round=3, sequence=20), ["sequence", "0..19", "20"]),
        (lambda: game(network=5), ["network", "0..4", "5"]),
        (lambda: game(input=[0.5] * 11), ["input", "12 values"]),
        (lambda: game(forget=[0.5] * 11 + [1.2]), ["forget", "from 0 to 1", "1.2"]),
        (lambda: game(rule={"input": {"marked": 1}}), ["rule", "marked and other"]),
        (lambda: game(rule={**RULE, "input": {"marked": 2, "other": 0}}), ["rule", "from 0 to 1"]),
    ],
)
def test_errors_name_argument_and_numbers(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_game_can_be_read_and_set_from_python():
    play = game()
    assert (play.moves, play.input, play.forget) == (0, [0.5] * 12, [0.5] * 12)
    play.input, play.forget = WARM_UP["input"], WARM_UP["forget"]
    assert play.moves == 6 and play.score()["error"] == pytest.approx(0, abs=1e-15)
    assert play.score()["others"] == pytest.approx(0, abs=1e-12)
    play.tested = True
    play.forget = [1.0] * 12
    assert not play.tested, "a dial that moves ends the test"
    play.round = 2
    assert (play.sequence, play.input, play.moves) == (1, [0.0] * 12, 0)
    play.sequence, play.overlay = 3, True
    play.round = 3
    assert (play.sequence, play.overlay, play.rule["input"]) == (0, False, {"marked": 0.5, "other": 0.5})
    play.rule = RULE
    play.sequence = 7
    assert play.rule == RULE and play.score()["error"] < 1e-12, "the rule stays from sequence to sequence"


def test_what_the_browser_did_is_kept_together():
    play, scores = game(), [{"round": 2, "others": 0.0}]
    play.set_state(
        {"round": 2, "sequence": 2, "input": FEW["input"], "forget": FEW["forget"], "tested": True, "scores": scores}
    )
    assert (play.sequence, play.input, play.tested, play.scores) == (2, FEW["input"], True, scores)


def test_picture_and_words():
    play = game(**WARM_UP)
    png, width = play.to_png()
    assert game(**WARM_UP).to_png()[0] == png and len(png) < 30_000 and 700 < width < 760
    assert "marked are 0.68 at step 10 and 0.39 at step 12" in play.describe()
    assert "the cell ends at 1.07, wanted is 1.07; 6 dials moved" in repr(play)
    assert game(tested=True, **WARM_UP).tested, "whatever the order"
    blind = game(round=3)
    hidden = [text.get_text() for axes in blind.figure().axes for text in axes.texts]
    assert hidden.count("?") == 12 and not any(re.search(r"\d\.\d", text) for text in hidden), "blind is blind"
    assert "not yet run" in blind.describe()
    blind.tested = True
    assert "mean error 0." in blind.describe() and "over 20 sequences" in blind.describe()
    shown = game(round=2, **FEW)
    shown.overlay = True
    assert len(shown.to_png()[0]) < 30_000 and shown.to_png()[0] != game(round=2, **FEW).to_png()[0]


def test_the_rounds_of_the_page_are_those_of_python():
    assert public_state(game())["_starts"] == list(STARTS)


# --- in a browser, without a kernel ---------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    with opened(browser, tmp_path / "page.html", [game()], **getattr(request, "param", {})) as page:
        page.set_default_timeout(5000)
        yield page


def play(page, **traits):
    page.evaluate("(traits) => Object.entries(traits).forEach(([k, v]) => models[0].set(k, v))", traits)


def place(root, name, step, share):
    """Where on the page a dial has this value. The rows of dials stay; what is drawn in them is drawn anew."""
    row, top = root.locator(f"[data-dials={name}]").bounding_box(), 14
    track = row["height"] - 38
    return row["x"] + row["width"] * (step + 0.5) / 12, row["y"] + top + track * (1 - share)


def turn(page, root, name, dials):
    """Press on the first of these (step, value), and draw through the others."""
    for k, (step, share) in enumerate(dials):
        page.mouse.move(*place(root, name, step, share))
        if k == 0:
            page.mouse.down()
    page.mouse.up()


@pytest.mark.browser
def test_by_mouse_from_the_warm_up_to_the_blind_round(bare):
    root = root_of(bare)
    assert root.locator("[data-role=overlay]").is_disabled(), "first try your own"
    assert "Try it on other numbers" in root.locator("[data-role=overlay]").get_attribute("title")
    turn(bare, root, "input", [(9, 0.5), (9, 1.2)])
    turn(bare, root, "input", [(10, 0.01), (11, 0.99)])
    turn(bare, root, "forget", [(9, 0)])
    turn(bare, root, "forget", [(10, 0.7), (10, 1), (11, 1)])
    is_now(bare, "forget", WARM_UP["forget"])
    is_now(bare, "input", WARM_UP["input"])
    says(root.locator("[data-role=status]"), "The cell ends at 1.07: exactly the sum")
    root.locator("[data-role=tick]").wait_for(state="attached")
    root.locator("[data-role=test]").click()
    says(root.locator("[data-role=verdict]"), "in 6 moves. It cannot be done in fewer.")
    assert root.locator("[data-role=trials] circle").count() == 20
    assert (
        root.locator("[data-role=share]")
        .input_value()
        .startswith(
            "Be the gate, warm-up: error 0.00 in 6 moves (fewest 6), 0.00 with other numbers; a trained cell: 0."
        )
    )
    assert [(s["round"], s["moves"], s["fewest"]) for s in trait(bare, "scores")] == [(1, 6, 6)]
    root.locator("[data-role=overlay]").click()
    root.locator("[data-gate='forget-11']").wait_for(state="attached")
    trained = game(**WARM_UP).score()["trained"]
    says(root.locator("[data-row=error]"), f"{trained:.3f}")
    root.locator("[data-role=onward]").click()
    is_now(bare, "round", 2)
    assert (trait(bare, "sequence"), trait(bare, "input"), trait(bare, "overlay")) == (1, [0] * 12, False)
    root.locator("[data-round='3']").click()
    says(root.locator("[data-role=status]"), "Your rule.")
    assert root.locator("[data-kept]").count() == 0, "the cell is hidden"
    root.locator("[data-role=test]").click()
    says(root.locator("[data-role=verdict]"), "on twenty sequences")
    first = trait(bare, "scores")[-1]
    says(root.locator("[data-role=verdict]"), f"Mean error {first['others']:.3f} on")
    says(root.locator("[data-role=error]"), f"{first['others']:.3f}")
    assert first["others"] == pytest.approx(game(round=3).score()["others"], abs=1e-12)
    play(bare, rule=RULE)
    says(root.locator("[data-role=verdict]"), "Exact, twenty times")
    assert f"mean error {first['others']:.3f}" in root.locator("[data-role=share]").input_value(), (
        "the first run counts"
    )
    root.locator("[data-trial='7']").click()
    is_now(bare, "sequence", 7)
    early = [marks[0] for marks in GAME["unseen"][1]].index(1)  # its first number is marked: no answer below 0 later
    play(bare, sequence=early, overlay=True, network=4)
    root.locator("[data-trained]").first.wait_for(state="attached")
    assert bare.evaluate(INSIDE), "the start of the path too lies in the panel"


@pytest.mark.browser
def test_by_keyboard(bare):
    root = root_of(bare)
    root.locator("[data-dials=input]").focus()
    for key in ("End", "1", "ArrowLeft", "0", "ArrowLeft", "PageUp", "f", "0", "ArrowRight", "1", "ArrowRight", "1"):
        bare.keyboard.press(key)
    is_now(bare, "input", WARM_UP["input"])
    is_now(bare, "forget", WARM_UP["forget"])
    forget = root.locator("[data-dials=forget]")
    bare.wait_for_function(
        "() => document.querySelector('[data-dials=forget]').getAttribute('aria-valuetext')"
        ".endsWith('marked: forget gate 1.00, the whole cell is kept')"
    )
    assert forget.get_attribute("aria-valuenow") == "1"
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        bare.keyboard.press(key)
    is_now(bare, "forget", WARM_UP["forget"][:11] + [0.95])
    bare.keyboard.press("Shift+Tab")
    bare.keyboard.press("ArrowDown")
    is_now(bare, "input", WARM_UP["input"][:11] + [0.95])
    bare.keyboard.press("o")
    bare.keyboard.press("t")
    says(root.locator("[data-role=verdict]"), "with other numbers")
    assert trait(bare, "overlay") is False, "o has no effect before the first test"
    bare.keyboard.press("o")
    root.locator("[data-role=trained-path]").wait_for(state="attached")
    bare.keyboard.press("n")
    is_now(bare, "sequence", 1)
    assert trait(bare, "input") == [0.5] * 12 and trait(bare, "overlay") is False


@pytest.mark.browser
def test_bars_are_the_cell_and_python_can_set_the_board(bare):
    root, play_here = root_of(bare), game(round=2, sequence=2, **FEW)
    play(bare, round=2, sequence=2, **FEW)
    says(root.locator("[data-role=status]"), "The cell ends at ")
    cell = run_cell(FEW["forget"], FEW["input"], GAME["sequences"][2])
    tall = "(e) => +e.getAttribute('height')"
    heights = [
        sum(root.locator(f"[data-{part}='{t}']").evaluate(tall) for part in ("kept", "written")) for t in range(12)
    ]
    np.testing.assert_allclose(heights, cell * heights[-1] / cell[-1], atol=0.2)
    error = play_here.score()["error"]
    says(root.locator("[data-role=error]"), f"{error:.2f}")
    network = GAME["trained"][4]
    answers = [network["readout"][1], *run_trained(network, GAME["sequences"][2], GAME["marks"][2])["answer"]]
    assert answers[0] < -0.2, "this one begins below 0, and has to be seen there"
    play(bare, overlay=True, network=4)
    root.locator("[data-trained]").first.wait_for(state="attached")
    heights = root.locator("[data-trained]").evaluate_all("(all) => all.map((e) => e.getBBox().y)")
    np.testing.assert_allclose(np.polyval(np.polyfit(answers, heights, 1), answers), heights, atol=0.1)
    assert bare.evaluate(INSIDE), "all of its path lies in the panel of the cell"
    assert root.locator("[data-share='3']").text_content() == "▲100%"
    play(bare, scores=[{"round": 2, "sequence": 1, "others": 0.0, "moves": 12}])
    says(root.locator("[data-role=best]"), "12 moves")
    assert root.locator("[data-share='5']").text_content() == "▼0%"


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_paints_dials(bare):
    root = root_of(bare)
    places = [place(root, "input", t, 0) for t in (2, 3, 5)]
    devtools = bare.context.new_cdp_session(bare)
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), places, strict=True):
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    is_now(bare, "input", [0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])


# The fixture `bare` as a narrow column of JupyterLab, its file browser open: the viewer is 568 wide.
NARROW = pytest.mark.parametrize(
    "bare", [{"theme": t, "width": 592} for t in ("light", "dark")], indirect=True, ids=["light-592", "dark-592"]
)


@pytest.mark.browser
@NARROW
def test_in_a_narrow_column_the_whole_board_is_seen(bare, shots, request):
    root = root_of(bare)
    assert root.bounding_box()["width"] == 568
    moments = {
        "won": {**WARM_UP, "tested": True},
        "below zero": {"input": [1] * 12, "forget": [1] * 12, "overlay": True, "network": 4},
        "blind": {"round": 3, "tested": False},
    }
    for moment, traits in moments.items():
        before = root.get_attribute("data-frame")
        play(bare, **traits)
        bare.wait_for_function("(n) => document.querySelector('.mtm').dataset.frame > n", arg=int(before))
        root.screenshot(path=shots / f"gate_narrow_{moment.replace(' ', '_')}_{request.node.callspec.id}.png")
        assert cut(root, ("textarea", "td", "[data-role=tick]", "[data-role=goal]")) == [], moment
        assert root.locator(".board.scrolls").count() == 0


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_moment(bare, shots, request):
    root = root_of(bare)
    moments = {
        "all open": {"input": [1] * 12, "forget": [1] * 12, "tested": True, "overlay": True, "network": 4},
        "blind": {"round": 3, "tested": False},
        "run": {"tested": True, "overlay": True},
    }
    for moment, traits in moments.items():
        before = root.get_attribute("data-frame")
        play(bare, **traits)
        bare.wait_for_function("(n) => document.querySelector('.mtm').dataset.frame > n", arg=int(before))
        root.screenshot(path=shots / f"gate_{moment.replace(' ', '_')}_{request.node.callspec.id}.png")
        assert cut(root, ("textarea", "td")) == [], moment
    assert float(root.get_attribute("data-draw-ms")) < 200


@pytest.mark.browser
def test_every_control_has_a_name(bare):
    play(bare, **WARM_UP, tested=True, overlay=True)
    root_of(bare).locator("[data-role=network]").wait_for()
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, select, textarea, [tabindex="0"]')]
      .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length))
      .map((e) => e.outerHTML)""")
    assert unnamed == []
    assert root_of(bare).locator("[role=status]").count() == 1


# --- in JupyterLab --------------------------------------------------------------------------------

CELLS = [
    "import json\nfrom classroom.be_the_gate import BeTheGate\nfrom seqmodels.datasets import frozen\n"
    "game = BeTheGate(**json.loads(frozen('effects/03_1_gate.json'))['game'])\ngame",
    "game  # once more",
    "print(game.moves, game.tested, [(s['round'], s['moves']) for s in game.scores], game.round, game.sequence)",
    "game.round = 2; print('set')",
]


@pytest.mark.browser
def test_what_is_played_arrives_in_python_and_stays_when_shown_again(browser, server):
    with lab.new_notebook(browser, server, "gate.ipynb", CELLS) as page:
        lab.run_cell(page, CELLS[0])
        lab.drawn(page)
        root_of(page).scroll_into_view_if_needed()
        root_of(page).locator("[data-dials=forget]").focus()
        for key in ("End", "1", "d", "d", "ArrowLeft", "1", "ArrowLeft", "0", "t"):
            page.keyboard.press(key)
        lab.expect_cell(page, CELLS[2], "3 True [(1, 3)] 1 0")
        lab.run_cell(page, CELLS[1])
        again = page.locator(".mtm").nth(1)
        says(again.locator("[data-role=verdict]"), "with other numbers")
        says(again.locator("[data-role=moves]"), "3")
        lab.run_cell(page, CELLS[3])
        says(again.locator("[data-role=lead]"), "All gates are at 0.")
        lab.expect_cell(page, CELLS[2], "0 False [(1, 3)] 2 1")
        assert page.errors == [] and page.outside == []
