"""Find the two heads: the network and its cuts as the course has them, presses, goals, both themes and three widths."""

import base64
import json
import subprocess

import numpy as np
import pytest
import torch

from classroom import FindTheTwoHeads
from classroom.two_heads_numbers import expected
from classroom.viewer import STATIC
from seqmodels.checkpoints import load_checkpoint
from seqmodels.datasets import frozen
from seqmodels.probes import intervene, record
from seqmodels.tasks import induction
from viewers import lab
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, is_now, place, root_of, says, still_picture, trait

GIVEN = json.loads(frozen("effects/06_2_two_heads.json"))
MODEL = load_checkpoint("two-heads")
RIGHT, HEADS = GIVEN["right"], GIVEN["heads"]
NONE, ALL = 0, 255


def game(given=GIVEN, **traits):
    return FindTheTwoHeads(given, **traits)


def pairs(mask):
    return [[1 + bit // HEADS, 1 + bit % HEADS] for bit in range(8) if mask >> bit & 1]


def bits(heads):
    return [HEADS * (layer - 1) + head - 1 for layer, head in heads]


def best(goal):
    """The heads of the way that the measurement calls the best: silent with the fewest answers, copying with most."""
    ways = GIVEN[goal]["ways"]
    pick = min if goal == "silenced by" else max
    return pick(ways, key=lambda way: way["right"])["heads"]


SILENCERS, KEEPERS = best("silenced by"), best("kept up by")
LONE = next(bit for bit in range(8) if RIGHT[1 << bit] > 0.9)


def cut_edits(mask):
    """Edits of seqmodels that silence the heads of a mask."""
    edits = {}
    for layer in (0, 1):
        on = torch.tensor([0.0 if mask >> (HEADS * layer + head) & 1 else 1.0 for head in range(HEADS)])
        edits[f"blocks.{layer}.attention.heads"] = lambda value, t, on=on: value * on[:, None, None]
    return edits


def course(tokens, mask):
    """What the course's own model makes of a text with these heads cut: maps (2, H, T, T), logits (T, V)."""
    with torch.no_grad(), intervene(MODEL, cut_edits(mask)), record(MODEL) as trace:
        logits, _ = MODEL(torch.tensor([tokens]))
    maps = [trace[f"blocks.{layer}.attention.weights"][0].numpy() for layer in (0, 1)]
    return np.array(maps), logits[0].numpy()


# --- the same numbers everywhere ------------------------------------------------------------------


def test_maps_and_letters_are_those_of_the_course_in_numpy_and_in_the_browser(tmp_path):
    draw, asked = np.random.default_rng(0), []
    for text in (*game().strings, "A", "MARKOV", "ABABABAC7"):
        asked += [(text, mask) for mask in (NONE, ALL, *draw.integers(1, 255, 4).tolist())]
    play, file = game(), tmp_path / "asked.json"
    network = {"layout": play._layout, "weights": base64.b64encode(play._weights).decode(), "heads": HEADS}
    cases = []
    for text, mask in asked:
        play.text, play.cut = text, pairs(mask)
        cases.append({"tokens": play.tokens[:-1], "mask": mask})
    file.write_text(json.dumps(network | {"cases": cases}))
    script = f"""import {{ readFileSync }} from 'node:fs';
import {{ twoHeadsNetwork, twoHeadsWeights }} from '{(STATIC / "two_heads_model.js").as_uri()}';
const given = JSON.parse(readFileSync({json.dumps(str(file))}));
const network = twoHeadsNetwork(twoHeadsWeights(given.layout, given.weights), given.heads);
console.log(JSON.stringify(given.cases.map(({{ tokens, mask }}) => {{
  const {{ attention, says }} = network(tokens, mask);
  return {{ attention: attention.map((map) => [...map]), says }};
}})));"""
    done = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    for (text, mask), case, there in zip(asked, cases, json.loads(done.stdout), strict=True):
        play.text, play.cut = text, pairs(mask)
        maps, logits = course(case["tokens"], mask)
        assert play.mask == mask
        np.testing.assert_allclose(play.attention, maps, rtol=0, atol=2e-5)
        np.testing.assert_allclose(play.attention.reshape(8, -1), there["attention"], rtol=0, atol=1e-11)
        said = [play.letters.index(letter) for letter in play.says]
        assert said == there["says"]
        top = np.sort(logits, -1)
        sure = top[:, -1] - top[:, -2] > 1e-3  # float32 may call a draw otherwise
        assert sure.mean() > 0.9 and (logits.argmax(-1) == said)[sure].all()


def test_the_table_of_cuts_is_that_of_the_course():
    x, y, scored = induction(500, GIVEN["length"], torch.Generator().manual_seed(20_000))
    for mask in (NONE, ALL, 0b1100, 0b11110000, *(1 << bit for bit in range(8))):
        with torch.no_grad(), intervene(MODEL, cut_edits(mask)):
            right = (MODEL(x)[0].argmax(-1) == y)[scored].double().mean().item()
        assert RIGHT[mask] == pytest.approx(right, abs=3e-4), mask


def test_the_goals_are_worth_the_game():
    play = game()
    silent, copying = play.goals["silent"], play.goals["copying"]
    assert RIGHT[NONE] > 0.98 and RIGHT[ALL] < 0.05
    for goal, reached, count in (
        ("silenced by", lambda mask: RIGHT[mask] < silent, int.bit_count),
        ("kept up by", lambda mask: RIGHT[mask] > copying, lambda mask: 8 - mask.bit_count()),
    ):
        done = [mask for mask in range(256) if reached(mask)]
        fewest = min(map(count, done))
        ways = [mask for mask in done if count(mask) == fewest]
        assert fewest == GIVEN[goal]["heads"] == 2, "two heads, as the title says"
        assert 1 <= len(ways) <= 3, "no lucky press wins"
        told = [sum(1 << bit for bit in bits(way["heads"])) for way in GIVEN[goal]["ways"]]
        assert sorted(ways) == sorted(told if goal == "silenced by" else [ALL - mask for mask in told])
        for mask in ways:
            margin = silent - RIGHT[mask] if goal == "silenced by" else RIGHT[mask] - copying
            assert margin > 0.02, "and not by a hair"
    assert [layer for layer, _ in KEEPERS] == [1, 2], "one in each layer"


def test_what_the_game_says_of_the_heads_is_true():
    play = game()
    writer, reader = (play.attention[layer - 1, head - 1] for layer, head in KEEPERS)
    T = play.length
    assert np.mean([writer[t, t - 1] for t in range(1, T)]) > 0.8, "who came before me"
    tokens = play.tokens[:-1]
    behind = [sum(reader[t, s + 1] for s in range(t) if tokens[s] == tokens[t]) for t in range(len(play.text), T)]
    assert np.mean(behind) > 0.8, "looks for it"
    second = [RIGHT[1 << (HEADS + head)] for head in range(HEADS)]
    assert min(second) > 0.95, "layer 2 has understudies"


def test_the_measurement_holds_what_is_said_of_it():
    found = json.loads(frozen("effects/06_2_induction.json"))
    two = found["two_layers"]["rows"]
    assert [row["seed"] for row in two] == [0, 1, 2, 3, 4] and all(row["right"] > 0.98 for row in two)
    for row in two:
        assert row["kept up by"]["heads"] == 2, "in each seed two heads are enough"
        assert {tuple(layer for layer, _ in way["heads"]) for way in row["kept up by"]["ways"]} == {(1, 2)}
        assert row["drop"][1] - row["drop"][0] <= 30, "the loss falls from 2.5 to 1 at once"
        assert max(row["before"][0]) > 0.8 and max(row["followed"][1]) > 0.9
    one = found["one_layer"]["rows"]
    assert {row["kind"] for row in one} == {"4 heads", "8 heads", "8 heads, five times the batches"}
    assert all(row["right"] < 0.35 for row in one), "one layer does not copy, not even with patience"
    assert all(row["right"] > 0.98 for row in found["fixed"]["rows"] if row["positions"] == "learned"), "the trap"
    others = {row["seed"] for row in GIVEN["about"]["not chosen"]}
    assert others | {GIVEN["about"]["seed"]} == {row["seed"] for row in two}


def test_the_strings_are_new_and_differ():
    play = game()
    assert [len(text) for text in play.strings] == [9, 12, 15]
    assert [len(set(text)) for text in play.strings] == [9, 12, 14]


# --- traits, errors, words, picture ---------------------------------------------------------------


def changed(**entries):
    return {**GIVEN, **entries}


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: game({"letters": "AB"}), ["game lacks", "length"]),
        (lambda: game(changed(letters="AAB")), ["letters", "different"]),
        (lambda: game(changed(right=[0.5] * 255)), ["right", "256", "255"]),
        (lambda: game(changed(goals={"silent": 0.9, "copying": 0.2})), ["goals", "silent", "copying"]),
        (lambda: game(changed(goals={"silent": 0.0, "copying": 0.2})), ["goals", "reached"]),
        (lambda: game(changed(strings=[])), ["strings", "at least one"]),
        (lambda: game(changed(strings=[[40]])), ["strings", "32", "40"]),
        (lambda: game(changed(weights="AAAAAAAA")), ["weights", "10688"]),
        (lambda: game(changed(weights="é")), ["weights", "base64"]),
        (lambda: game(changed(layout=[["x", [10688]]])), ["layout", "embedding.weight"]),
        (lambda: game(changed(heads=5)), ["heads", "5"]),
        (lambda: game(cut=[[0, 2]]), ["cut", "from 1", "[0, 2]"]),
        (lambda: game(cut=[[1, 5]]), ["cut", "[2, 4]", "[1, 5]"]),
        (lambda: game(cut=[[1, 2], [1, 2]]), ["cut", "once"]),
        (lambda: game(head=[3, 1]), ["head", "[3, 1]"]),
        (lambda: game(round=3), ["round", "1..2", "3"]),
        (lambda: game(place=48), ["place", "0..47", "48"]),
        (lambda: game(hints=4), ["hints", "0..3"]),
        (lambda: game(text="abc"), ["text", "letters", "abc"]),
        (lambda: game(text="A" * 25), ["text", "24"]),
    ],
)
def test_errors_name_argument_and_numbers(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_weights_that_are_not_numbers_are_refused():
    broken = np.frombuffer(base64.b64decode(GIVEN["weights"]), dtype="<f2").copy()
    broken[7] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        game(changed(weights=base64.b64encode(broken.tobytes()).decode()))
    narrow = [[name, list(shape)] for name, shape in expected(16, 32).items()]
    size = sum(int(np.prod(shape)) for _, shape in narrow)
    with pytest.raises(ValueError, match=r"embedding.weight has shape \(16, 32\), expected \(32, 32\)"):
        game(changed(layout=narrow, weights=base64.b64encode(np.zeros(size, "<f2").tobytes()).decode()))


def test_a_game_can_be_read_and_set_from_python():
    play = game()
    assert (play.cut, play.mask, play.accuracy) == ([], 0, RIGHT[0])
    play.cut = [tuple(head) for head in reversed(SILENCERS)]
    assert play.cut == SILENCERS and play.accuracy < play.goals["silent"]
    score = play.score()
    assert (score["reached"], score["solved"], score["used"], score["fewest"]) == (True, True, 2, 2)
    play.round = 2
    assert len(play.cut) == 8 and not play.score()["reached"]
    play.cut = [head for head in play.cut if head not in KEEPERS]
    assert play.score()["solved"] and play.accuracy > play.goals["copying"]
    play.cut = []
    assert play.score()["reached"] and not play.score()["solved"], "eight are not the fewest"
    assert play.attention.shape == (2, HEADS, 48, 48) and len(play.says) == 48
    at = len(play.text)
    assert play.says[at:-1] == "".join(play.letters[letter] for letter in play.tokens[at + 1 : -1])


def test_what_the_browser_did_is_kept_together():
    play, results = game(), [{"round": 2, "heads": 2, "tries": 3}]
    play.set_state({"round": 2, "cut": [[1, 2]], "path": [3, 2], "hints": 1, "results": results})
    assert (play.round, play.cut, play.path, play.hints, play.results) == (2, [[1, 2]], [3, 2], 1, results)


def test_picture_and_words():
    play = game(cut=SILENCERS)
    png, pixels = still_picture(play)
    assert game(cut=SILENCERS).to_png()[0] == png != game().to_png()[0]
    assert 700 < play.to_png()[1] < 760 and pixels.getpixel((3, 3)) == (255, 255, 255)
    names = ", ".join(f"{layer}.{head}" for layer, head in SILENCERS)
    assert f"{names} cut; it is right in {play.accuracy:.0%} (the goal is below 15%)." in repr(play)
    assert "all on; it is right in 99% (" in repr(game()) and "all cut" in repr(game(round=2))
    assert len(play._weights) < 25_000


# --- in a browser, without a kernel ---------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    with opened(browser, tmp_path / "page.html", [game()], **getattr(request, "param", {})) as page:
        page.set_default_timeout(5000)
        yield page


def tile(page, head):
    return root_of(page).locator(f"[data-bit='{bits([head])[0]}']")


def set_traits(page, **traits):
    page.evaluate("(traits) => Object.entries(traits).forEach(([k, v]) => models[0].set(k, v))", traits)


@pytest.mark.browser
def test_two_rounds_by_mouse(bare):
    root = root_of(bare)
    says(root.locator("[data-role=accuracy]"), "99 %")
    assert not root.locator("[data-role=card]").is_visible()
    [lone] = pairs(1 << LONE)
    tile(bare, lone).hover()
    is_now(bare, "head", lone)
    says(root.locator("[data-role=look]"), f"head {lone[0]}.{lone[1]} looks most at")
    root.locator("[data-bet='0']").click()
    tile(bare, lone).click()
    says(root.locator("[data-role=came]"), "you bet on “hardly any”")
    says(root.locator("[data-role=came]"), f"{100 * RIGHT[1 << LONE]:.0f} % right is what came.")
    assert not root.locator("[data-bet='0']").is_visible()
    tile(bare, lone).click()
    is_now(bare, "path", [1 << LONE, 0])
    for head in SILENCERS:
        tile(bare, head).click()
    is_now(bare, "cut", SILENCERS)
    says(root.locator("[data-role=verdict]"), "Silent with two cuts, and no way has fewer: found in four tries.")
    says(root.locator("[data-role=why]"), "Layer 2 has understudies.")
    says(root.locator("[data-role=why]"), "Before the first cut you bet on “hardly any”")
    assert root.locator("[data-told][data-good=true]").count() < 12, "it no longer copies this string"
    text = root.locator("[data-role=text]").input_value()
    assert text.startswith("Find the two heads: a small network that copies\n")
    assert "two cuts, in four tries\n" in text
    root.locator("[data-role=next]").click()
    is_now(bare, "round", 2)
    is_now(bare, "head", [1, 1])
    assert len(trait(bare, "cut")) == 8 and trait(bare, "path") == []
    root.locator("[data-role=hint]").click()
    says(root.locator("[data-role=hints]"), "Put back a head of layer 2 alone.")
    for head in KEEPERS:
        tile(bare, head).click()
    says(
        root.locator("[data-role=verdict]"),
        "It copies with two heads, and no way has fewer: found in two tries, with one",
    )
    assert root.locator("[data-road]").count() == 2, "the road is drawn"
    says(root.locator("[data-role=why]"), "hands it on.")
    assert "two heads left on, in two tries, with one hint\n" in root.locator("[data-role=text]").input_value()
    assert not root.locator("[data-role=other]").is_visible(), "with these two heads all of this string is right"
    third = game(text=game().strings[2], cut=trait(bare, "cut"))
    wrong = [t for t in range(15, 48) if third.says[t] != third.letters[third.tokens[t + 1]]]
    set_traits(bare, place=wrong[1])
    root.locator(f"[data-string={third.text}]").click()
    says(root.locator("[data-role=why]"), "An example, drawn above the string.")
    assert abs(trait(bare, "place") - wrong[1]) == 1, "the nearest place that comes out right"
    root.locator("[data-role=other]").click()
    is_now(bare, "place", wrong[1])
    says(root.locator("[data-role=why]"), "Here it fails.")
    says(root.locator("[data-role=why]"), "yet what comes out is")
    root.locator("[data-role=other]").click()
    says(root.locator("[data-role=why]"), "An example, drawn above the string.")
    root.locator("[data-role=toggle]").click()
    says(root.locator("[data-role=verdict]"), "Done before")
    assert [one["round"] for one in trait(bare, "results")] == [1, 2]
    root.locator("[data-role=again]").click()
    is_now(bare, "path", [])
    for head in KEEPERS:
        tile(bare, head).click()
    says(root.locator("[data-role=verdict]"), "in two tries, at the second attempt (five tries and one hint in all).")


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"width": width} for width in (700, 1000)], indirect=True, ids=("700", "1000"))
def test_a_cut_and_what_follows_share_one_screen(bare):
    bare.set_viewport_size({"width": bare.viewport_size["width"], "height": 760})
    root = root_of(bare)
    for moment in ("begin", "silent"):
        set_traits(bare, **MOMENTS[moment])
        for role in ("accuracy", "counts", "status", "grid", "line", *(["next"] if moment == "silent" else [])):
            box = place(root.locator(f"[data-role={role}]"))
            assert box["y"] >= 0 and box["y"] + box["height"] <= 760, f"{moment}: {role} lies below the screen"
    widths = {place(one)["width"] for one in root.locator(".tile").all()}
    assert all(80 < width < 130 for width in widths)


@pytest.mark.browser
def test_the_second_round_begins_at_the_top_with_the_keys_on_the_first_head(bare):
    bare.set_viewport_size({"width": 1000, "height": 400})
    set_traits(bare, **MOMENTS["silent"])
    root = root_of(bare)
    root.locator("[data-role=next]").focus()
    bare.evaluate("window.scrollTo(0, 1e6)")
    assert place(root.locator("h3"))["y"] < 0
    bare.keyboard.press("Enter")
    is_now(bare, "round", 2)
    bare.wait_for_function("() => document.querySelector('.mtm h3').getBoundingClientRect().top >= 0")
    for key in ("Space", "ArrowRight"):
        bare.keyboard.press(key)
    is_now(bare, "path", [ALL - 1])
    is_now(bare, "head", [1, 2])


@pytest.mark.browser
def test_by_keyboard_and_by_typing(bare):
    root = root_of(bare)
    tile(bare, [1, 1]).focus()
    for key in ("ArrowDown", "End", "Space", "d", "d", "Control+h"):
        bare.keyboard.press(key)
    is_now(bare, "cut", [[2, 4]])
    is_now(bare, "head", [2, 4])
    assert trait(bare, "hints") == 0, "combinations pass"
    bare.keyboard.press("h")
    is_now(bare, "hints", 1)
    for key in ("Enter", "ArrowUp"):
        bare.keyboard.press(key)
    is_now(bare, "cut", [])
    is_now(bare, "head", [1, 4])
    root.locator("[data-role=line]").focus()
    for key in ("Home", "PageDown", "ArrowRight"):
        bare.keyboard.press(key)
    is_now(bare, "place", len(game().text) + 1)
    bare.keyboard.press("n")
    is_now(bare, "round", 2)
    own = root.locator("[data-role=own]")
    own.fill("ada lovelace")
    is_now(bare, "text", "ADALOVELACE")
    own.fill("é")
    says(root.locator(".wrong"), "It knows A to Z and 2 to 7, not É")
    assert trait(bare, "text") == "ADALOVELACE"


@pytest.mark.browser
def test_what_is_drawn_is_what_python_computes(bare):
    play = game(cut=SILENCERS[:1], text=GIVEN and game().strings[1], head=KEEPERS[1], place=30)
    set_traits(bare, cut=play.cut, text=play.text, head=play.head, place=play.place)
    says(root_of(bare).locator("[data-role=accuracy]"), f"{100 * play.accuracy:.0f} %")
    for t in range(len(play.text), play.length):
        good = str(play.says[t] == play.letters[play.tokens[t + 1]]).lower()
        assert root_of(bare).locator(f"[data-told='{t + 1}']").get_attribute("data-good") == good, t
    row = play.attention[KEEPERS[1][0] - 1, KEEPERS[1][1] - 1, 30]
    drawn = {int(arc.get_attribute("data-arc")) for arc in root_of(bare).locator("[data-arc]").all()}
    assert drawn == {s for s, weight in enumerate(row) if weight >= 0.04}
    pixels = bare.evaluate("""() => { const { width, height } = document.querySelector('.large canvas');
      const data = document.querySelector('.large canvas').getContext('2d').getImageData(0, 0, width, height).data;
      return Array.from({ length: width }, (_, s) => data[4 * (30 * width + s)]); }""")
    assert np.argmin(pixels) == row.argmax(), "the darkest cell of the row is where it looks most"


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_first_shows_and_then_cuts(bare):
    tile(bare, [2, 3]).tap()
    is_now(bare, "head", [2, 3])
    assert trait(bare, "cut") == []
    tile(bare, [2, 3]).tap()
    is_now(bare, "cut", [[2, 3]])
    line = root_of(bare).locator("[data-role=line]")
    box = place(line)
    bare.touchscreen.tap(box["x"] + box["width"] * 0.75, box["y"] + 70)
    bare.wait_for_function("() => models[0].get('place') > 30")


RESULTS = [
    {"round": 1, "heads": 2, "tries": 9, "hints": 0, "right": 0.09, "path": [1, 0, 16, 0, 32, 0, 8, 9, 8]},
    {"round": 2, "heads": 2, "tries": 2, "hints": 1, "right": 0.81, "path": [247, 215]},
]
MOMENTS = {
    "begin": {},
    "hints": {"hints": 3, "cut": [[1, 1], [2, 3]], "path": [1, 65], "head": [2, 3]},
    "silent": {"cut": SILENCERS, "path": [8, 12], "hints": 0, "head": SILENCERS[0], "results": RESULTS[:1]},
    "kept": {
        **{"round": 2, "cut": [head for head in pairs(ALL) if head not in KEEPERS], "head": KEEPERS[1], "place": 31},
        **{"path": [1, 2], "results": RESULTS, "hints": 1, "text": game().strings[2]},
    },
}  # fmt: skip


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_moment(bare, shots, request):
    root = root_of(bare)
    for moment, traits in MOMENTS.items():
        before = root.get_attribute("data-frame")
        set_traits(bare, **traits)
        if traits:
            bare.wait_for_function("(n) => document.querySelector('.mtm').dataset.frame > n", arg=int(before))
        root.screenshot(path=shots / f"two_heads_{moment}_{request.node.callspec.id}.png")
        assert cut(root, ("textarea", "input", "span", "li", ".tile")) == [], moment
    assert float(root.get_attribute("data-draw-ms")) < 400
    free, rows = place(root.locator(".free")), place(root.locator("[data-role=large]"))
    low = (free["y"] + free["height"] - rows["y"]) / rows["height"]
    assert (free["x"] - rows["x"]) / rows["width"] > low, "what is said of a head stands above the diagonal"


@pytest.mark.browser
def test_every_control_has_a_name(bare):
    set_traits(bare, **MOMENTS["kept"])
    root_of(bare).locator("[data-role=text]").wait_for()
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input, textarea, [tabindex="0"]')]
      .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length))
      .map((e) => e.outerHTML)""")
    assert unnamed == []
    assert root_of(bare).locator("[role=status]").count() == 1


# --- in JupyterLab --------------------------------------------------------------------------------

CELLS = [
    "import json\nfrom classroom import FindTheTwoHeads\nfrom seqmodels.datasets import frozen\n"
    "game = FindTheTwoHeads(json.loads(frozen('effects/06_2_two_heads.json')))\ngame",
    "print(game.cut, game.path, game.round)",
    "game.round = 2; print('set')",
]


@pytest.mark.browser
def test_what_is_cut_arrives_in_python(browser, server):
    with lab.new_notebook(browser, server, "two_heads.ipynb", CELLS) as page:
        lab.run_cell(page, CELLS[0])
        lab.drawn(page)
        root = root_of(page)
        root.scroll_into_view_if_needed()
        root.locator("[data-bit='0']").focus()
        for key in ("ArrowRight", "Space", "d", "d"):
            page.keyboard.press(key)
        lab.expect_cell(page, CELLS[1], "[[1, 2]] [2] 1")
        lab.run_cell(page, CELLS[2])
        says(root.locator("[data-role=counts]"), "0 on")
        lab.expect_cell(page, CELLS[1], f"{pairs(ALL)} [] 2")
        assert page.errors == [] and page.outside == []
