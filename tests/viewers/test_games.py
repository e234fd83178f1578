"""The two games: the same numbers in Python and JavaScript, errors that help, every way to play in a real browser."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from classroom import CasinoGame, GuessingGame
from classroom.chance import uniform
from classroom.guessing_game import CHARACTERS, bounds_intervals, shannon_bounds
from classroom.viewer import STATIC
from conftest import need
from seqmodels.datasets import saltmere
from seqmodels.hmm import HMM, Categorical
from viewers import lab
from viewers.bare_page import opened
from viewers.hands import cut, place, says

TALE = 'Mistress Quill (who had ink) said: "The tide waits."\n\nOrla wrote it down. ' * 20
HOUSE = ([0.5, 0.5], [[0.95, 0.05], [0.1, 0.9]], [[1 / 6] * 6, [0.1] * 5 + [0.5]])
RIVALS = {
    "trigram": {"ranks": [1, 3, 1, 2, 9, 1, 1, 5, 1, 1, 2, 1], "bits": [0.5] * 6 + [2.5] * 6},
    "network": {"ranks": [1, 1, 1, 1, 2, 1, 1, 2, 1, 1, 1, 1], "bits": [0.25] * 12},
}


def guessing(**more):
    """Twelve hidden characters: `Quill (who h`."""
    begin = TALE.index("Quill", 800)
    return GuessingGame(TALE, begin, **{"length": 12, "rivals": RIVALS, "title": "Guess", **more})


def casino(**more):
    return CasinoGame(*HOUSE, **{"title": "Inspect", **more})


def node(script):
    """What a script prints, as JSON; `games` and `casino` are the modules with the rules."""
    need(shutil.which("node"), "node is not installed; the games' JavaScript is compared with Python under node")
    files = {"common": "common", "games": "guessing_rules", "casino": "casino_rules"}
    imports = "".join(f"import * as {name} from '{(STATIC / f'{file}.js').as_uri()}';" for name, file in files.items())
    command = ["node", "--input-type=module", "-e", f"{imports} console.log(JSON.stringify({script}));"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


# --- the same numbers in Python and in the browser ------------------------------------------------


def test_random_numbers_are_the_browsers():
    seeds, steps = [0, 1, 1951, 2**31 - 1], list(range(200)) + [10**6]
    theirs = node(f"{seeds}.map((s) => {steps}.map((t) => common.uniform(s, t)))")
    np.testing.assert_array_equal([uniform(seed, steps) for seed in seeds], theirs)
    many = uniform(3, np.arange(20_000))
    assert abs(many.mean() - 0.5) < 0.01 and abs(many.var() - 1 / 12) < 0.002
    assert abs(np.corrcoef(many[:-1], many[1:])[0, 1]) < 0.03


def test_nights_decoders_and_scores_are_the_browsers_and_the_models():
    game, model = casino(), HMM(*HOUSE[:2], Categorical(HOUSE[2]))
    house = json.dumps(dict(zip(("initial", "transition", "emission"), HOUSE, strict=True)) | {"length": 300})
    marks = [int(t % 50 < 20) for t in range(300)]
    seeds = list(range(1, 21))
    theirs = node(
        f"{seeds}.map((seed) => {{ const n = casino.casinoNight({{ ...{house}, seed }});"
        f" return {{ ...n, score: casino.nightScore(n, {marks}) }}; }})"
    )
    for seed, night in zip(seeds, theirs, strict=True):
        game.seed = seed
        game.marks = marks
        rolls, decoded = game.rolls, game.decoded()
        np.testing.assert_array_equal(rolls, night["rolls"])
        np.testing.assert_array_equal(game.truth, night["truth"])
        np.testing.assert_array_equal(decoded["viterbi"], night["paths"]["viterbi"])
        np.testing.assert_array_equal(decoded["viterbi"], model.viterbi(rolls)[0])
        np.testing.assert_allclose(decoded["posterior"], night["likely"], rtol=0, atol=1e-12)
        np.testing.assert_allclose(decoded["posterior"], model.posterior(rolls)[:, 1], rtol=0, atol=1e-12)
        assert game.score() == night["score"]


def test_rolls_follow_the_casino():
    game = casino(length=600)
    nights = []
    for seed in range(60):
        game.seed = seed
        nights.append((game.truth, game.rolls))
    truth, rolls = (np.concatenate(part) for part in zip(*nights, strict=True))
    assert abs(np.mean(truth) - 1 / 3) < 0.02, "the long run of the dice"
    for state in (0, 1):
        shares = np.bincount(rolls[truth == state], minlength=6) / np.sum(truth == state)
        np.testing.assert_allclose(shares, HOUSE[2][state], atol=0.015)


def test_bounds_and_intervals_are_the_browsers():
    rng = np.random.default_rng(0)
    games = [[1], [1] * 12, [64] * 3, [1, 2] * 9] + [
        np.minimum(rng.geometric(p, n), 64).tolist() for p in (0.1, 0.4, 0.7) for n in (5, 10, 50)
    ]
    for ranks, theirs in zip(games, node(f"{games}.map((ranks) => games.scoreOf(ranks, 64))"), strict=True):
        np.testing.assert_allclose(shannon_bounds(ranks), [theirs["lower"], theirs["upper"]], rtol=0, atol=1e-12)
        ours = bounds_intervals(ranks, 64)
        if ours is None:
            assert theirs["intervals"] is None
        else:
            both = [theirs["intervals"]["lower"], theirs["intervals"]["upper"]]
            np.testing.assert_allclose(ours, both, rtol=0, atol=1e-12)


# --- Shannon's bounds -----------------------------------------------------------------------------


def test_bounds_by_hand():
    assert shannon_bounds([1, 1, 1]) == (0.0, 0.0)
    assert shannon_bounds([1, 2, 3, 4]) == (2.0, 2.0), "all ranks alike: both bounds are log2 4"
    lower, upper = shannon_bounds(np.array([9, 9, 1, 4]))  # sorted shares 1/2, 1/4, 1/4
    assert upper == 1.5 and abs(lower - 0.75 * np.log2(3)) < 1e-15
    for ranks in ([], [0, 1], [1.5], [[1, 2]]):
        with pytest.raises(ValueError, match="ranks must be"):
            shannon_bounds(ranks)


def test_a_guesser_who_knows_the_probabilities_lies_between_the_bounds():
    p = np.array([0.5, 0.2, 0.2, 0.05, 0.05])
    ranks = np.repeat(np.arange(1, 6), (1000 * p).astype(int))
    lower, upper = shannon_bounds(ranks)
    assert lower < -(p * np.log2(p)).sum() <= upper + 1e-12


def test_the_interval_holds_the_long_run_more_often_than_plain_percentiles():
    rng = np.random.default_rng(0)
    q = 0.55 * 0.45 ** np.arange(12) + 0.01
    q /= q.sum()
    truth = -(q * np.log2(q)).sum()
    held, plain = [], []
    for _ in range(100):
        ranks = rng.choice(12, 50, p=q) + 1
        low, high = bounds_intervals(ranks.tolist(), 64)[1]
        held.append(low <= truth <= high)
        again = [shannon_bounds(rng.choice(ranks, 50))[1] for _ in range(50)]
        plain.append(np.quantile(again, 0.05) <= truth <= np.quantile(again, 0.95))
    assert np.mean(held) > 0.75 and np.mean(held) > np.mean(plain) + 0.1, (np.mean(held), np.mean(plain))


def test_intervals_need_ten_characters_and_more_than_one_rank():
    assert bounds_intervals([1, 2] * 4 + [3], 64) is None
    assert bounds_intervals([1] * 50, 64) is None
    few, many = ([1, 1, 2, 5] * n for n in (3, 12))
    widths = [np.ptp(bounds_intervals(ranks, 64)[1]) for ranks in (few, many)]
    assert widths[0] > widths[1]


# --- the Python side ------------------------------------------------------------------------------


def _rival(**changes):
    return {"trigram": RIVALS["trigram"] | changes}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: GuessingGame("short", 3), ["begin is 3", "length 50", "5 characters"]),
        (lambda: GuessingGame(TALE, 0), ["begin is 0"]),
        (lambda: guessing(alphabet="abc"), ["alphabet", "'Q'"]),
        (lambda: guessing(alphabet=CHARACTERS + "a"), ["each character once"]),
        (lambda: guessing(rivals=_rival(ranks=[1, 2])), ["'trigram'", "2 ranks", "12 characters"]),
        (lambda: guessing(rivals=_rival(ranks=[0] * 12)), ["'trigram'", "from 1 to 64", "got 0"]),
        (lambda: guessing(rivals=_rival(ranks=[1.5] * 12)), ["'trigram'", "whole numbers"]),
        (lambda: guessing(rivals=_rival(bits=[-1.0] * 12)), ["'trigram'", "-log2 p"]),
        (lambda: guessing(rivals=_rival(bits=[np.inf] * 12)), ["'trigram'", "finite"]),
        (lambda: guessing(rivals={"trigram": {"ranks": [1] * 12}}), ["'trigram'", "exactly", "bits"]),
        (lambda: guessing(ranks=[1] * 13), ["13 entries", "12 characters"]),
        (lambda: guessing(ranks=[65]), ["ranks", "1 to 64", "65"]),
        (lambda: CasinoGame(HOUSE[0], np.eye(3), HOUSE[2]), ["transition", "(2, 2)", "(3, 3)"]),
        (lambda: CasinoGame(*HOUSE[:2], np.full((2, 6), 0.2)), ["emission", "summing to 1"]),
        (lambda: CasinoGame([0.5, np.nan], *HOUSE[1:]), ["initial", "nan"]),
        (lambda: CasinoGame(HOUSE[0], [[1, 0], [0.1, 0.9]], HOUSE[2]), ["transition", "positive"]),
        (lambda: casino(length=10), ["length", "30 to 600", "10"]),
        (lambda: casino(seed=-1), ["seed", "-1"]),
        (lambda: casino(states=("die", "die")), ["two different names"]),
        (lambda: casino(marks=[0, 1]), ["marks", "300 zeros and ones"]),
        (lambda: casino(marks=[2] * 300), ["marks", "zeros and ones"]),
    ],
)
def test_errors_name_argument_and_numbers(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_the_default_alphabet_is_that_of_the_tales():
    assert CHARACTERS == "".join(saltmere().vocabulary.characters)
    assert guessing().alphabet == CHARACTERS
    assert GuessingGame("xX7" * 30, 10).alphabet == "".join(sorted(CHARACTERS + "X7"))


def test_a_game_can_be_read_restored_and_cleared_from_python():
    game = guessing()
    assert game.result() is None
    game.set_state({"ranks": [1, 4], "tried": "eb"})
    assert (game.ranks, game.tried) == ([1, 4], "eb"), "the browser's guesses are kept"
    game.ranks = [1, 4, 1, 1, 2, 1, 1, 1, 1, 1, 3]
    assert game.tried == "", "a restored game waits for the next character"
    result = game.result()
    assert (result["characters"], result["first_guesses"]) == (11, 8)
    assert (result["lower"], result["upper"]) == shannon_bounds(game.ranks)
    assert (result["lower_interval"], result["upper_interval"]) == bounds_intervals(game.ranks, 64)
    trigram = result["rivals"]["trigram"]
    assert trigram["characters"] == 11 and trigram["bits"] == pytest.approx((6 * 0.5 + 5 * 2.5) / 11, abs=1e-15)
    assert trigram["upper"] == shannon_bounds(RIVALS["trigram"]["ranks"][:11])[1]
    assert json.loads(json.dumps(result))["characters"] == 11, "plain numbers"
    game.ranks = []
    assert game.result() is None


def test_a_page_without_javascript_hides_the_answer():
    game = guessing()
    text = game._repr_mimebundle_()[0]["text/markdown"]
    assert re.findall(r"(?:_ ?){12}", text) and "Mistress <b>_" in text
    assert game.answer not in text.split("Mistress <b>")[1] and game.answer not in game.describe()
    assert "| trigram | 7 | " in text and "| 1.50 |" in text
    game.ranks = [1, 2, 1]
    text = game.markdown()
    assert "<b>Qui_ _" in text and "3 of 12 characters guessed, 2 at once" in text
    assert repr(game) == f"GuessingGame: {game.describe()}"
    script = GuessingGame("<script> & so on" * 9, 40, length=4).markdown()
    assert "<script" not in script and "&lt;script&gt; &amp; so" in script


def test_a_night_can_be_read_and_begun_from_python():
    game = casino(seed=5)
    assert game.rolls.shape == game.truth.shape == (300,) and set(game.rolls) <= set(range(6))
    assert not game.score()["you"] - game.score()["always"]
    game.set_state({"marks": game.truth.tolist(), "revealed": True})
    assert game.score()["you"] == 1.0 and "you 100%" in game.describe()
    game.set_state({"seed": 6, "marks": [1] * 300, "revealed": False})
    assert sum(game.marks) == 300, "the browser's marks are kept"
    game.seed = 7
    assert (sum(game.marks), game.revealed) == (0, False), "another night begins unmarked"
    assert "loaded" in game.describe() and "%" not in game.describe(), "no score before the confession"


def test_the_static_picture_is_small_and_always_the_same():
    game = casino()
    png, width = game.to_png()
    assert casino().to_png()[0] == png and len(png) < 30_000 and 700 < width < 760


def test_the_static_picture_keeps_the_secret_until_the_confession():
    game, drawn = casino(), []
    for change in ({}, {"marks": [1] * 300}, {"revealed": True}):
        game.set_state(change)
        drawn.append({text.get_text() for text in game.figure().axes[0].texts if not text.get_text().isdigit()})
        assert len(game.to_png()[0]) < 30_000
    assert drawn == [set(), {"you"}, {"you", "truth", "Viterbi", "posterior"}]


# --- in a browser, without a kernel ---------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    """Both games on a page opened from disk."""
    with opened(browser, tmp_path / "page.html", [guessing(), casino()], **getattr(request, "param", {})) as page:
        page.set_default_timeout(5000)
        yield page


def roots(page):
    return page.locator(".mtm").nth(0), page.locator(".mtm").nth(1)


def stroke(page, root, first, last):
    """Drag from one roll to another."""
    ends = [place(root.locator(f"[data-roll='{t}']")) for t in (first, last)]
    (x, y), (to_x, to_y) = ((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in ends)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=5)
    page.mouse.up()


def value(page, viewer, name):
    return page.evaluate(f"() => models[{viewer}].get('{name}')")


def test_guessing_by_keyboard(bare):
    root, _ = roots(bare)
    root.locator("[data-role=desk]").focus()
    for key in ("e", "Space", "e", "Q"):  # the second e does not count
        bare.keyboard.press(key)
    assert value(bare, 0, "ranks") == [3]
    root.locator("[data-role=heard]", has_text="Right: Q, at guess 3. Guesses needed: you 3, trigram 1").wait_for()
    for key in ("Enter", "+", "Control+u"):
        bare.keyboard.press(key)
    assert value(bare, 0, "tried") == "\n", "a sign outside the alphabet and a shortcut are no guesses"
    root.locator("[data-role=tries] s", has_text="new line").wait_for()
    for key in "uill (who h":
        bare.keyboard.press("Space" if key == " " else key)
    assert value(bare, 0, "ranks") == [3, 2] + [1] * 10
    root.locator(
        "[data-role=verdict]", has_text="between 0.40 and 0.82 bits to you (by 12 characters: probably more)."
    ).wait_for()
    assert "Mistress Quill (who h" in root.locator("[data-role=tale]").inner_text()
    assert root.locator("[data-row=trigram] td").last.inner_text() == "1.50"
    root.locator("[data-role=ladder]", has_text="at most: network 0.65, you 0.82, trigram 1.78 bits").wait_for()


def test_guessing_by_mouse_giving_up_and_stopping(bare):
    root, _ = roots(bare)
    assert root.locator("[data-role=stop]").is_disabled()
    root.locator("[data-key='x']").click()
    assert root.locator("[data-key='x']").get_attribute("aria-disabled") == "true"
    root.locator("[data-role=case]").click()
    root.locator("[data-key='Q']").click()
    assert root.locator("[data-key='q']").count() == 1, "capitals are for one guess"
    root.locator("[data-role=give]").click()
    assert value(bare, 0, "ranks") == [2, 64]
    root.locator("[data-role=heard]", has_text="It was u. It counts as guess 64").wait_for()
    root.locator("[data-role=progress]", has_text="2 of 12").wait_for()
    root.locator("[data-role=stop]").click()
    root.locator("[data-role=card]", has_text="You stopped early").wait_for()
    assert "No interval" in root.inner_text() and root.locator("[data-role=keyboard]").is_hidden()
    root.locator("[data-role=clear]").click()
    root.locator("[data-role=progress]", has_text="0 of 12").wait_for()
    assert value(bare, 0, "stopped") is False
    root.locator("[data-key='z']").click()
    bare.evaluate("() => { models[0].set('tried', ''); models[0].set('ranks', [1, 2]); }")
    root.locator("[data-role=heard]", has_text="What comes next?").wait_for()


def test_brushing_by_mouse_confessing_and_another_night(bare):
    _, root = roots(bare)
    stroke(bare, root, 10, 34)
    assert value(bare, 1, "marks") == [int(10 <= t <= 34) for t in range(300)]
    stroke(bare, root, 20, 22)
    root.locator("[data-role=marked]", has_text="22 rolls marked in 2 spells").wait_for()
    assert root.locator("[data-judge]").count() == 0, "nothing is given away before"
    root.locator("[data-role=confess]").click()
    root.locator("[data-row=viterbi]").wait_for()
    game = casino(marks=value(bare, 1, "marks"))
    assert value(bare, 1, "nights") == [game.score()]
    assert root.locator("[data-row=you] b").inner_text() == f"{100 * game.score()['you']:.0f} %"
    assert root.locator("[data-judge=truth]").count() == game.truth.sum()
    assert root.locator("[data-judge=viterbi]").count() == game.decoded()["viterbi"].sum()
    stroke(bare, root, 100, 120)
    assert value(bare, 1, "marks") == game.marks, "after the confession the marks stand"
    root.locator("[data-role=next]").click()
    root.locator("[data-role=night]", has_text="night 2").wait_for()
    faces = [int(e.get_attribute("data-face")) for e in root.locator("[data-roll]").all()[:40]]
    assert faces == (casino(seed=2).rolls[:40] + 1).tolist()
    bare.keyboard.press("c")
    root.locator("th", has_text="mean of 2 nights").wait_for()
    assert [night["seed"] for night in value(bare, 1, "nights")] == [1, 2]


def test_brushing_by_keyboard(bare):
    _, root = roots(bare)
    root.locator("[data-role=table]").focus()
    for key in ("ArrowRight", "ArrowRight", "Space", "End", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowLeft"):
        bare.keyboard.press(key)
    assert [t for t, mark in enumerate(value(bare, 1, "marks")) if mark] == [2, 29, 30]
    root.locator("[data-role=spoken]", has_text="Roll 31: ").wait_for(state="attached")
    says(root.locator("[data-role=spoken]"), "marked loaded")
    root.locator("[data-role=clear]").click()
    assert sum(value(bare, 1, "marks")) == 0


@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_brushes_and_guesses(bare):
    guess, root = roots(bare)
    guess.locator("[data-key='e']").tap()
    assert value(bare, 0, "tried") == "e"
    root.locator("[data-roll='3']").scroll_into_view_if_needed()
    boxes = [place(root.locator(f"[data-roll='{t}']")) for t in (3, 6, 9)]
    devtools = bare.context.new_cdp_session(bare)
    for kind, box in zip(("touchStart", "touchMove", "touchMove"), boxes, strict=True):
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    bare.wait_for_function("() => models[1].get('marks').join('').startsWith('0001111111000')")


@pytest.mark.parametrize(
    "bare",
    [{"theme": t, "width": w} for t, w in (("light", 700), ("dark", 1000), ("light", 1300))],
    indirect=True,
    ids=lambda o: f"{o['theme']}-{o['width']}",
)
def test_nothing_is_cut_before_during_and_after(bare, shots, request):
    guess, inspect = roots(bare)
    for moment in ("before", "after"):
        if moment == "after":
            bare.evaluate(
                "() => { models[0].set('ranks', [1, 1, 64, 2, 1, 1, 8, 1, 3, 1, 1, 20]);"
                " models[1].set('marks', models[1].get('marks').map((_, t) => +(t % 90 < 40))); }"
            )
            for _ in range(2):
                inspect.locator("[data-role=confess]").click()
                inspect.locator("[data-role=next]").click()
            inspect.locator("[data-role=confess]").click()
            inspect.locator("[data-row=always]").wait_for()
        for name, root in (("guess", guess), ("casino", inspect)):
            root.screenshot(path=shots / f"{name}_{moment}_{request.node.callspec.id}.png")
            assert cut(root) == [], f"{name} {moment}"
            wide = root.evaluate(
                "(e) => [...e.querySelectorAll('*')].filter((c) => c.scrollWidth > c.clientWidth + 1"
                " && getComputedStyle(c).display === 'block' && c.clientWidth > 20).map((c) => c.className)"
            )
            assert wide == [], f"{name} {moment}"


def test_every_control_has_a_name(bare):
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, [tabindex="0"]')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim())).map((e) => e.outerHTML)""")
    assert unnamed == []
    for root in roots(bare):
        assert root.locator("[role=application]").get_attribute("aria-label")
        assert root.locator("[aria-live=polite]").count() >= 1


# --- in JupyterLab --------------------------------------------------------------------------------

CELLS = [
    "from classroom import CasinoGame, GuessingGame\n"
    f"game = GuessingGame({TALE[:200]!r}, 60, length=12, title='Guess')\ngame",
    f"house = CasinoGame(*{HOUSE!r}, title='Inspect')\nhouse",
    "print(game.ranks, repr(game.tried), game.result() and game.result()['characters'])",
    "print(sum(house.marks), house.revealed, len(house.nights), house.seed)",
    "game.ranks = [1, 1, 1]; house.seed = 9; print('set')",
]


def test_what_is_played_arrives_in_python_and_back(browser, server):
    with lab.new_notebook(browser, server, "games.ipynb", CELLS) as page:
        assert lab.run_all(page) == []
        for cell in CELLS[:2]:
            lab.run_cell(page, cell)
        lab.drawn(page)
        guess, inspect = roots(page)
        cells = lab.count_cells(page)
        guess.scroll_into_view_if_needed()
        guess.locator("[data-role=desk]").focus()
        answer = TALE[60]
        for key in ("d", "d", answer if answer != " " else "Space", "0", "0"):
            page.keyboard.press(key)
        lab.expect_cell(page, CELLS[2], f"[{1 if answer == 'd' else 2}] '' 1")
        assert lab.count_cells(page) == cells, "d d is no shortcut inside the game"
        assert page.locator(".jp-Dialog").count() == 0
        inspect.scroll_into_view_if_needed()
        stroke(page, inspect, 3, 7)
        inspect.locator("[data-role=confess]").click()
        lab.expect_cell(page, CELLS[3], "5 True 1 1")
        lab.run_cell(page, CELLS[4])
        guess.locator("[data-role=progress]", has_text="3 of 12").wait_for()
        inspect.locator("[data-role=night]", has_text="night 9").wait_for()
        lab.expect_cell(page, CELLS[3], "0 False 1 9")
        assert page.errors == [] and page.outside == []
