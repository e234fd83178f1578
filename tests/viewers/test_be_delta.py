"""Be Δ: the same numbers in Python and JavaScript, the best dials, errors that help, every way to play."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from classroom import delta_board_numbers as numbers
from classroom.be_delta import BeDelta
from classroom.viewer import STATIC
from conftest import need
from viewers.bare_page import opened, public_state
from viewers.hands import cut, is_now, one_module, root_of, says, still_picture, trait

MARKS = [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]


def game(**more):
    return BeDelta(**more)


BEST = BeDelta()._levels


def best(level, form="exact"):
    """The best dials of a level's first sequence with one memory, computed."""
    return BEST[level - 1]["sequences"][0]["best"][form][0][0]


def node(script):
    """What a script prints, as JSON; `game`, `rules` and `words` are the modules."""
    need(shutil.which("node"), "node is not installed; the game's JavaScript is compared with Python under node")
    files = {"game": "delta_game", "rules": "board_rules", "words": "delta_words"}
    imports = "".join(f"import * as {name} from '{(STATIC / f'{file}.js').as_uri()}';" for name, file in files.items())
    command = ["node", "--input-type=module", "-e", f"{imports} console.log(JSON.stringify({script}));"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


# --- the numbers ----------------------------------------------------------------------------------


def test_a_memory_by_hand_and_in_the_browser():
    half = np.log(2)
    np.testing.assert_allclose(numbers.run_delta([half, 0, half], [1, 9, 0.25]), [0.5, 0.5, 0.375], rtol=0, atol=1e-15)
    np.testing.assert_allclose(numbers.run_delta([half, 2], [1, 0.5], True)[0], half, rtol=0, atol=1e-15)
    rng = np.random.default_rng(0)
    delta, x = rng.exponential(1, 12), rng.random(12)
    for simplified, rule in ((False, "delta"), (True, "simple")):
        theirs = node(
            f"[rules.runBoard('{rule}', {{ delta: {delta.tolist()} }}, {x.tolist()}).map((s) => s.memory), "
            f"rules.arrivals('{rule}', {{ delta: {delta.tolist()} }}, 12)]"
        )
        path, shares = numbers.run_delta(delta, x, simplified), numbers.shares(delta, simplified)
        np.testing.assert_allclose(path, theirs[0], rtol=0, atol=1e-14)
        np.testing.assert_allclose(shares, theirs[1], rtol=0, atol=1e-14)
        assert shares @ x == pytest.approx(path[-1], abs=1e-14), "the shares add up to the memory"


def test_one_knob_is_one_gate_under_the_exact_form_only():
    z = np.linspace(-6, 4, 41)
    delta, gate = np.logaddexp(0, z), 1 / (1 + np.exp(-z))  # softplus, sigmoid
    keep, write = numbers.factors(delta)
    np.testing.assert_allclose(keep, 1 - gate, rtol=0, atol=1e-15)
    np.testing.assert_allclose(write, gate, rtol=0, atol=1e-15)
    write = numbers.factors(np.logaddexp(0, 2.0), simplified=True)[1]
    assert write == pytest.approx(2.1269, abs=1e-4) and gate[32] == pytest.approx(0.8808, abs=1e-4)


@pytest.mark.parametrize("simplified", [False, True], ids=numbers.FORMS)
@pytest.mark.parametrize("level", [name for name in numbers.LEVELS if name != "last"])
def test_no_other_dials_do_better(level, simplified):
    """Dials at random, and the best ones shaken: none has an expected error that is smaller by more than a trifle."""
    rng, (dials,) = np.random.default_rng(0), numbers.best_deltas(level, MARKS, simplified)
    wanted, begin = numbers.wanted(level, MARKS), numbers.locked(level, MARKS)
    least = numbers.expected_error(dials, wanted, simplified)
    anywhere = numbers.MOST * rng.random((20_000, 12)) ** rng.uniform(1, 8, (20_000, 1))
    near = dials * np.exp(rng.normal(0, 0.1, (20_000, 12))) + rng.exponential(0.01, (20_000, 12))
    for tried in (anywhere, near):
        tried[:, :begin] = numbers.START[level]
        found = numbers.expected_error(np.clip(tried, 0, numbers.MOST), wanted, simplified).min()
        assert found > least - 2e-4, (level, found, least)


def test_a_sum_is_beyond_one_memory_but_not_beyond_two():
    rng = np.random.default_rng(0)
    assert numbers.shares(rng.exponential(1, (1000, 12))).sum(-1).max() <= 1 + 1e-12, (
        "so at least one of two is missing"
    )
    x = rng.random((20_000, 12))
    wanted = numbers.wanted("sum", MARKS)
    for memories, simplified, least, most in ((1, False, 0.49, 0.51), (2, False, 0, 0.003), (1, True, 0, 1e-12)):
        dials = numbers.best_deltas("sum", MARKS, simplified, memories)
        error = np.abs(x @ (numbers.shares(dials, simplified).sum(0) - wanted)).mean()
        assert least <= error <= most, (memories, simplified, error)


def test_a_rule_that_looks_and_one_that_does_not():
    rows = numbers.usual_sequences(20, seed=20)
    tried = {(a, b): 0.0 for a in np.arange(0, 6.1, 0.5) for b in (0, 0.05, 0.1, 0.5, 0.7, 1)}
    for simplified in (False, True):
        rule = numbers.best_rule(*rows, simplified)

        def error(marked, other, simplified=simplified):
            ends = [
                numbers.run_delta(np.where(m, marked, other), x, simplified)[-1] for x, m in zip(*rows, strict=True)
            ]
            goals = [np.dot(x, numbers.wanted("last", m)) for x, m in zip(*rows, strict=True)]
            return np.abs(np.subtract(ends, goals)).mean()

        least = error(**rule)
        assert all(error(*pair) > least - 1e-9 for pair in tried)
        even = numbers.best_rule(*rows, simplified, even=True)
        assert even["marked"] == even["other"] and error(**even) > least + 0.05, "what does not look is far off"
    assert numbers.best_rule(*rows) == {"marked": 6.0, "other": 0.0}
    even = game()._levels[1]["even"]["exact"]
    blind = game(level=2, rule=dict.fromkeys(("marked", "other"), even["delta"]))
    assert even["error"] == pytest.approx(blind.score()["others"], abs=1e-12)


@pytest.mark.parametrize(
    "traits",
    [
        {},
        {"delta": best(1)},
        {"level": 2, "rule": {"marked": 2.5, "other": 0.1}, "sequence": 4},
        {"level": 2, "rule": {"marked": 0.75, "other": 0.0}, "simplified": True},
        {"level": 3, "sequence": 2, "delta": [0.3] * 12},
        {"level": 4, "simplified": True},
        {"level": 5, "delta": best(5)},
        {"level": 5, "memories": 2, "delta": [0.5] * 12, "second": best(1)},
        {"level": 5, "simplified": True, "delta": best(5, "code")},
    ],
)
def test_scores_are_the_browsers(traits):
    play = game(**traits)
    state = {name: value for name, value in public_state(play).items() if name != "theme"} | {"tested": True}
    view = node(f"(({{ cell, goal, score }}) => ({{ cell, goal, score }}))(game.deltaView({json.dumps(state)}))")
    assert (play.answer, play.goal) == pytest.approx((view["cell"], view["goal"]), abs=1e-12)
    assert play.score().keys() == view["score"].keys()
    for name, value in play.score().items():
        assert value == pytest.approx(view["score"][name], abs=1e-12), name


# --- the Python side ------------------------------------------------------------------------------

ROWS = {"sequences": [[0.5] * 12], "marks": [MARKS]}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: game(sequences=[[0.5] * 12]), ["sequences and marks", "both"]),
        (lambda: game(sequences=[[0.5] * 11], marks=[MARKS]), ["sequences", "(1, 11)"]),
        (lambda: game(sequences=[[1.5] * 12], marks=[MARKS]), ["sequences", "from 0 to 1", "1.5"]),
        (lambda: game(unseen=[[0.5] * 12]), ["unseen", "pair", "1"]),
        (lambda: game(unseen=([[0.5] * 12], [[0] * 12])), ["marks of unseen", "two ones"]),
        (lambda: game(**ROWS, trained={"keep": [[0.5] * 11]}), ["trained['keep']", "(1, 12)", "(1, 11)"]),
        (lambda: game(**ROWS, trained={6: [[0.5] * 12]}), ["trained", "1 to 5", "6"]),
        (lambda: game(**ROWS, trained={1: [[-0.5] * 12]}), ["trained[1]", "0 or more", "-0.5"]),
        (lambda: game(**ROWS, trained={3: [[[0.5] * 12] * 2]}), ["trained[3]", "(1, 12)"]),
        (lambda: game(level=6), ["level", "1..5", "6"]),
        (lambda: game(sequence=4), ["sequence", "0..3", "4"]),
        (lambda: game(memories=2), ["memories", "1..1", "level 1"]),
        (lambda: game(delta=[0.5] * 11), ["delta", "12 values"]),
        (lambda: game(delta=[0.5] * 11 + [7]), ["delta", "from 0 to 6", "7"]),
        (lambda: game(level=4, delta=[0.1] * 12), ["delta", "stay at 0.7"]),
        (lambda: game(level=2, rule={"marked": 1}), ["rule", "marked and other"]),
        (lambda: game(level=2, rule={"marked": 9, "other": 0}), ["rule", "0 to 6"]),
    ],
)
def test_errors_name_argument_and_numbers(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_game_can_be_read_and_set_from_python():
    play = game()
    assert (play.level, play.delta) == (1, [0.7] * 12)
    play.delta = best(1)
    assert play.answer == pytest.approx(play.goal, abs=0.003) and play.score()["others"] < 0.003
    play.tested = True
    play.delta = [0.0] * 12
    assert not play.tested and play.answer == 0, "a dial that moves ends the test; with Δ = 0 nothing is written"
    play.level = 5
    play.memories = 2
    play.delta, play.second = BEST[4]["sequences"][0]["best"]["exact"][1]
    assert play.score()["others"] < 0.01
    play.sequence = 3
    assert play.delta == [0.0] * 12 and play.memories == 2
    play.level = 2
    assert (play.sequence, play.memories, play.rule) == (0, 1, {"marked": 0.7, "other": 0.7})
    play.rule = {"marked": 6, "other": 0}
    play.sequence = 11
    assert play.rule == {"marked": 6, "other": 0} and play.score()["others"] == play.score()["best"] < 0.002


def test_what_the_browser_did_is_kept_together():
    play, scores = game(), [{"level": 4, "others": 0.0}]
    play.set_state({"level": 4, "sequence": 2, "delta": [0.1] * 12, "tested": True, "scores": scores})
    assert (play.level, play.sequence, play.tested, play.scores) == (4, 2, True, scores)


def test_picture_and_words():
    still_picture(game())
    still_picture(game(level=5, memories=2, delta=best(5), overlay=True, simplified=True))
    said = game(delta=best(1)).describe()
    assert "level 1 (keep)" in said and "the memory ends at 0.29, wanted is 0.29" in said and "0.00 on average" in said
    assert "as the code does" in repr(game(simplified=True))
    one_module("delta")


# --- in a browser, without a kernel ---------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    options = dict(getattr(request, "param", {}))
    made = options.pop("make", game)()
    with opened(browser, tmp_path / "page.html", [made], **options) as page:
        page.set_default_timeout(8000)
        yield page


def put(page, **traits):
    page.evaluate("(traits) => Object.entries(traits).forEach(([k, v]) => models[0].set(k, v))", traits)


def place(root, name, step, share):
    """Where on the page the knob of a step stands at a share of its track, which is the root of Δ / 6."""
    row = root.locator(f"[data-dials={name}]").bounding_box()
    return row["x"] + row["width"] * (step + 0.5) / 12, row["y"] + 14 + (row["height"] - 54) * (1 - share)


def turn(page, root, name, dials):
    """Press on the first of these (step, share), and draw through the others."""
    for k, (step, share) in enumerate(dials):
        page.mouse.move(*place(root, name, step, share))
        if k == 0:
            page.mouse.down()
    page.mouse.up()


@pytest.mark.browser
def test_by_mouse_from_one_number_to_the_sum(bare):
    root = root_of(bare)
    assert root.locator("[data-role=overlay]").is_disabled(), "first try your own"
    turn(bare, root, "delta", [(2, 0.5), (2, 1.2)])
    turn(bare, root, "delta", [(3, 0.02), (11, -0.1)])
    is_now(bare, "delta", [0.7, 0.7, 6] + [0] * 9)
    says(root.locator("[data-role=status]"), "The memory ends at 0.29, as wanted.")
    root.locator("[data-role=tick]").wait_for(state="attached")
    root.locator("[data-role=test]").click()
    says(root.locator("[data-role=verdict]"), "Right whatever the numbers")
    says(root.locator("[data-role=lesson]"), "Large Δ overwrites, small Δ keeps")
    assert root.locator("[data-role=trials] circle").count() == 20
    score = game(delta=[0.7, 0.7, 6] + [0] * 9).score()
    says(root.locator("[data-role=others]"), f"{score['others']:.3f}")
    assert trait(bare, "scores")[0]["others"] == pytest.approx(score["others"], abs=1e-12)
    root.locator("[data-level='5']").click()
    is_now(bare, "level", 5)
    put(bare, delta=best(5))
    root.locator("[data-role=test]").click()
    says(root.locator("[data-role=verdict]"), "Over all numbers no Δ does better with one memory")
    says(root.locator("[data-role=lesson]"), "all shares add up to 100\u00a0% at most")
    root.locator("[data-role=memories]").click()
    is_now(bare, "memories", 2)
    second = root.locator("[data-dials=second]")
    second.wait_for()
    assert root.locator("[data-knob^=second]").count() == 12
    turn(bare, root, "second", [(8, 0.6), (8, 1.1)])
    turn(bare, root, "delta", [(8, 0.3), (8, -0.2)])
    says(root.locator("[data-role=status]"), "The read-out is 0.69, as wanted")


@pytest.mark.browser
def test_by_keyboard(bare):
    root = root_of(bare)
    root.locator("[data-dials=delta]").focus()
    for key in ("ArrowRight", "ArrowRight", "1", "End", "0", "ArrowUp", "ArrowUp", "ArrowDown"):
        bare.keyboard.press(key)
    is_now(bare, "delta", [0.7, 0.7, 6] + [0.7] * 8 + [0.01])
    for key in ("ArrowLeft", "ArrowUp", "ArrowDown", "ArrowDown"):
        bare.keyboard.press(key)
    is_now(bare, "delta", [0.7, 0.7, 6] + [0.7] * 7 + [0.65, 0.01])
    dials = root.locator("[data-dials=delta]")
    bare.wait_for_function(
        "() => document.querySelector('[data-dials=delta]').getAttribute('aria-valuetext').includes('Δ 0.65, 52')"
    )
    assert dials.get_attribute("aria-valuenow") == "0.65"
    bare.keyboard.press("b")
    is_now(bare, "simplified", True)
    says(root.locator("[data-under='delta-2']"), "600%")
    bare.keyboard.press("o")
    bare.keyboard.press("t")
    says(root.locator("[data-role=verdict]"), "Mean error")
    assert trait(bare, "overlay") is False, "o has no effect before the first test"
    bare.keyboard.press("o")
    root.locator("[data-role=trained-path]").wait_for(state="attached")
    bare.keyboard.press("n")
    is_now(bare, "sequence", 1)
    assert trait(bare, "delta") == [0.7] * 12


@pytest.mark.browser
def test_a_rule_locked_knobs_and_a_trained_delta(browser, tmp_path):
    made = game(trained={"last": [[0.1] * 12] * 20})
    with opened(browser, tmp_path / "page.html", [made]) as page:
        root = root_of(page)
        root.locator("[data-level='2']").click()
        marks = made._levels[1]["sequences"][0]["marks"]
        turn(page, root, "delta", [(marks.index(1), 0.9), (marks.index(1), 1.3)])
        turn(page, root, "delta", [(0, 0.5), (0, -0.3)])
        is_now(page, "rule", {"marked": 6, "other": 0})
        root.locator("[data-role=test]").click()
        says(root.locator("[data-role=lesson]"), "Choosing Δ by what arrives is selection")
        root.locator("[data-trial='7']").click()
        is_now(page, "sequence", 7)
        assert trait(page, "tested"), "the run stays shown"
        root.locator("[data-role=overlay]", has_text="Show the trained Δ").click()
        root.locator("[data-gate='delta-3']").wait_for(state="attached")
        root.locator("[data-role=code]").click()
        root.locator("[data-role=trained-path]").wait_for(state="detached")
        is_now(page, "overlay", False)
        root.locator("[data-level='4']").click()
        locked = made._levels[3]["sequences"][0]["locked"]
        root.locator("[data-role=lock]").first.wait_for(state="attached")
        assert root.locator("[data-role=lock]").count() == locked > 0
        turn(page, root, "delta", [(0, 0), (11, 0)])
        is_now(page, "delta", [0.7] * locked + [0] * (12 - locked))


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_paints_dials(bare):
    places = [place(root_of(bare), "delta", t, 0) for t in (2, 3, 5)]
    devtools = bare.context.new_cdp_session(bare)
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), places, strict=True):
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    is_now(bare, "delta", [0.7] * 2 + [0] * 4 + [0.7] * 6)


MOMENTS = {
    "start": {},
    "mean": {"level": 3, "delta": best(3), "tested": True, "overlay": True},
    "overshoot": {
        "level": 4,
        "delta": [0.7, 0.7, 4] + [0.5] * 9,
        "simplified": True,
        "tested": False,
        "overlay": False,
    },
    "two": {"level": 5, "simplified": False, "memories": 2, "delta": [3] * 12, "second": [6] * 12, "tested": True},
}
WIDTHS = pytest.mark.parametrize(
    "bare",
    [{"theme": t, "width": w} for t in ("light", "dark") for w in (592, 700, 1000, 1300)],
    indirect=True,
    ids=lambda o: f"{o['theme']}-{o['width']}",
)


@pytest.mark.browser
@WIDTHS
def test_nothing_is_cut_at_any_moment(bare, shots, request):
    root = root_of(bare)
    for moment, traits in MOMENTS.items():
        put(bare, **traits)
        root.screenshot(path=shots / f"delta_{moment}_{request.node.callspec.id}.png")
        assert cut(root, ("textarea", "[data-role=tick]", "[data-role=goal]")) == [], moment
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, select, textarea, [tabindex="0"]')]
      .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length))
      .filter((e) => !e.hidden).map((e) => e.outerHTML)""")
    assert unnamed == [] and root.locator("[role=status]").count() == 1
