"""Steer the translator: the same numbers in the course's Seq2Seq, NumPy and JavaScript; words, ways, how it plays."""

import itertools
import json
import random
import shutil
import subprocess

import numpy as np
import pytest
import torch

from classroom.steer_grammar import compound, english_words, german_value, german_words
from classroom.steer_numbers import BEGIN, END, LAYOUT, MOST, Translator, checked_weights
from classroom.steer_the_translator import SteerTheTranslator
from classroom.viewer import STATIC
from conftest import need
from seqmodels.checkpoints import load_checkpoint
from seqmodels.datasets import frozen, gold_alignment, in_words, number_words
from seqmodels.probes import intervene
from seqmodels.seq2seq import pair_batch
from viewers import lab
from viewers.bare_page import opened, public_state
from viewers.hands import EVERY_SIZE, cut, is_now, place, root_of, says, trait

EFFECT = json.loads(frozen("effects/04_3_translator.json"))
GAME = EFFECT["game"]
MODEL = load_checkpoint("translator")
ENGLISH, GERMAN = GAME["english"], GAME["german"]
ROUNDS = [[[402, 202]], [[4372, 2372]], [[227, 277]]]


def game(**more):
    return SteerTheTranslator(MODEL.state_dict(), ENGLISH, GERMAN, rounds=more.pop("rounds", ROUNDS), **more)


def translator():
    return Translator(checked_weights(MODEL.state_dict(), len(ENGLISH), len(GERMAN)))


def ids(words, known):
    return [known.index(word) for word in words]


def node(script, tmp_path, traits=None):
    """What a script prints, as JSON; `state` are the traits of a game, `translator` its translator."""
    need(shutil.which("node"), "node is not installed; the game's JavaScript is compared with Python under node")
    file = tmp_path / "state.json"
    file.write_text(json.dumps(public_state(game(**(traits or {})))))
    files = {"game": "steer_game", "model": "steer_model", "numbers": "steer_numbers"}
    imports = "".join(f"import * as {name} from '{(STATIC / f'{file}.js').as_uri()}';" for name, file in files.items())
    start = (
        f"import {{ readFileSync }} from 'node:fs'; const state = JSON.parse(readFileSync({json.dumps(str(file))}));"
        "const translator = model.steerTranslator(model.steerWeights(state._layout, state._weights));"
        "const memory = game.steerMemory(translator, state.english, state.german);"
    )
    command = ["node", "--input-type=module", "-e", f"{imports}{start} console.log(JSON.stringify({script}));"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def course_rows(number, pulls):
    """What the course's own model does: its memory, then (word, own weights, weights, chances) of each row."""
    source, asked = ids(in_words(number, "en"), ENGLISH), {row: (word, share) for row, word, share in pulls}
    found, seen, token = [], [], torch.tensor([BEGIN])
    with torch.no_grad():
        memory, state = MODEL.encode(torch.tensor([source]))
        while len(found) < MOST and (not found or found[-1][0] != END):
            at = len(found)

            def edit(value, _, row=at):
                seen.append((value[0].numpy().copy(),))
                if row in asked:
                    word, share = asked[row]
                    value = (1 - share) * value + share * torch.eye(len(source))[word]
                seen[-1] += (value[0].numpy(),)
                return value

            with intervene(MODEL, {"weights": edit}):
                logits, state = MODEL.decoder_step(state, token, memory)
            logits[:, :END] = -torch.inf
            token = logits.argmax(-1)
            found.append((token.item(), *seen[-1], logits.softmax(-1)[0].numpy()))
    return memory.hidden[0].numpy(), found


def cases():
    """Numbers with random pulls, many of them partial."""
    draw, found = random.Random(0), [(4372, []), (0, []), (1001, []), (9999, [[0, 6, 1.0]])]
    for _ in range(40):
        number = draw.randrange(10_000)
        words = len(english_words(number))
        rows = draw.sample(range(8), draw.randrange(4))
        found.append((number, [[row, draw.randrange(words), draw.randrange(1, 101) / 100] for row in sorted(rows)]))
    return found


# --- the same numbers everywhere ------------------------------------------------------------------


def test_encoder_and_steered_steps_are_those_of_the_course_in_numpy_and_in_javascript(tmp_path):
    ours, every = translator(), cases()
    sources = [ids(english_words(number), ENGLISH) for number, _ in every]
    asked = json.dumps([[source, pulls] for source, (_, pulls) in zip(sources, every, strict=True)])
    theirs = node(
        f"{asked}.map(([source, pulls]) => ({{memory: translator.encode(source).memory.map((m) => [...m]),"
        "rows: translator.translate(source, pulls).map((r) => ({...r, chances: [...r.chances]}))}))",
        tmp_path,
    )
    steered = 0
    for source, (number, pulls), browser in zip(sources, every, theirs, strict=True):
        memory, course = course_rows(number, pulls)
        rows = ours.translate(source, pulls)
        assert [row.word for row in rows] == [row[0] for row in course] == [row["word"] for row in browser["rows"]]
        np.testing.assert_allclose(ours.encode(source)[0], memory, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(ours.encode(source)[0], browser["memory"], rtol=0, atol=1e-12)
        for row, (_, own, weights, chances), there in zip(rows, course, browser["rows"], strict=True):
            for name, value in (("own", own), ("weights", weights), ("chances", chances)):
                np.testing.assert_allclose(getattr(row, name), value, rtol=1e-5, atol=1e-5)
                np.testing.assert_allclose(getattr(row, name), there[name], rtol=0, atol=1e-10)
            assert there["moved"] == pytest.approx(row.moved, abs=1e-12)
            steered += row.moved > 0.1
    assert steered > 30, "many rows are really steered"


def test_words_and_values_are_those_of_the_data():
    draw = random.Random(1)
    for number in [*range(10_000), *(draw.randrange(10**9) for _ in range(2000))]:
        words = german_words(number)
        assert words == list(in_words(number, "de")) and german_value(words) == number
        if number < 10_000:
            assert english_words(number) == list(in_words(number, "en"))
    for wrong in ("vier und vier tausend", "tausend drei hundert", "drei und", "hundert", "end", ""):
        assert german_value(wrong.split()) is None
    assert compound(german_words(2_000_021)) == "zwei Millionen einundzwanzig"


def test_words_values_and_gold_of_the_page_are_those_of_the_data(tmp_path):
    numbers = [*range(10_000), 10_001, 21_000, 101_000, 1_000_000, 2_345_678, 999_999_999]
    german = node(
        f"{numbers}.map((n) => [numbers.germanWords(n).join(' '), numbers.germanValue(numbers.germanWords(n))])",
        tmp_path,
    )
    assert german == [[" ".join(in_words(n, "de")), n] for n in numbers]
    english = node(
        "Array.from({length: 10000}, (_, n) => [numbers.englishWords(n).join(' '), numbers.goldLinks(n)])", tmp_path
    )
    for number, (words, links) in enumerate(english):
        source, target = in_words(number, "en"), in_words(number, "de")
        assert words == " ".join(source)
        assert {(s, t) for t, row in enumerate(links) for s in row} == set(gold_alignment(source, target, "de")[1])
    wrong = ["vier und vier tausend", "tausend drei hundert", "drei und", "hundert"]
    assert node(f"{json.dumps(wrong)}.map((w) => numbers.germanValue(w.split(' ')))", tmp_path) == [None] * 4


def test_left_alone_it_is_right_about_every_number():
    pairs = number_words("de")
    assert (ENGLISH, GERMAN) == (pairs.source_vocabulary.words, pairs.target_vocabulary.words)
    batch = pair_batch([(ids(in_words(n, "en"), ENGLISH), ids(in_words(n, "de"), GERMAN)) for n in range(10_000)])
    found = MODEL.translate(batch.source, batch.source_lengths, max_length=MOST)
    right = np.mean([words == ids(in_words(n, "de"), GERMAN) for n, words in enumerate(found)])
    assert right >= 0.99 and right == EFFECT["rows"][0]["0 to 9999"]


def test_the_way_is_found_by_no_search_of_fewer_rows_and_leads_there(tmp_path):
    ours, source = translator(), ids(english_words(4372), ENGLISH)
    targets = [4073, 2372, 2472, 7234, 4300]
    ways = node(f"{[ids(german_words(t), GERMAN) for t in targets]}.map((t) => translator.way({source}, t))", tmp_path)
    for target, there in zip(targets, ways, strict=True):
        words = ids(german_words(target), GERMAN)
        way = ours.way(source, words)
        assert (way is None) == (there is None)
        if way is None:
            continue
        assert [row.word for row in ours.translate(source, way)] == [*words, END]
        assert ours.weight_of(source, there) == pytest.approx(ours.weight_of(source, way), abs=1e-6)
        assert len(there) == len(way)
        for row, word, share in way:  # a hundredth less on any row is too little
            less = [(r, w, s - 0.01 if r == row else s) for r, w, s in way]
            assert [r.word for r in ours.translate(source, less)] != [*words, END], (target, row, word, share)
        for rows in itertools.combinations(range(len(words) + 1), len(way) - 1):
            for to in itertools.product(range(len(source)), repeat=len(rows)):
                pulls = [(r, s, 1.0) for r, s in zip(rows, to, strict=True)]
                assert [r.word for r in ours.translate(source, pulls)] != [*words, END], "fewer rows"
    assert len(ours.way(source, ids(german_words(2472), GERMAN))) == 2
    assert ours.way(source, ids(german_words(7234), GERMAN)) is None


@pytest.mark.parametrize(
    "traits",
    [{}, {"pulls": [[3, 1, 0.44]]}, {"round": 3, "pulls": [[3, 1, 0.44]]}, {"target": 7234}, {"round": 2, "seed": 5}],
    ids=["free", "steered", "solved", "impossible", "round"],
)
def test_scores_and_rounds_are_the_browsers(traits, tmp_path):
    play, keys = game(**traits), ("steered", "weight", "solved", "fewest", "lightest", "value", "words")
    theirs = node("game.steerView(state, memory)", tmp_path, traits)
    ours = play.score() | {"value": play.value, "words": play.written}
    ours["steered"] = ours.pop("rows")
    for key in keys:
        assert theirs[key] == (pytest.approx(ours[key], abs=1e-9) if key in ("weight", "lightest") else ours[key]), key


def test_a_game_draws_the_same_rounds_in_python_and_in_the_browser(tmp_path):
    play, levels = game(rounds=GAME["rounds"]), range(1, len(GAME["rounds"]) + 1)
    asked = [[seed, level] for seed in (1, 2, 77) for level in levels]
    theirs = node(
        f"{asked}.map(([seed, level]) => game.steerRound(state.rounds, seed, level))", tmp_path, {"rounds": play.rounds}
    )
    drawn = []
    for seed, level in asked:
        play.seed, play.round = seed, level
        drawn.append({"number": play.number, "target": play.target})
    assert drawn == theirs and len({each["number"] for each in drawn}) > 10


def test_the_measurement_holds_what_the_lesson_says_of_it():
    rows = EFFECT["rows"]
    assert [row["seed"] for row in rows] == [0, 1, 2, 3, 4]
    assert all(row["0 to 9999"] >= 0.99 and row["held out"] >= 0.99 for row in rows)
    assert max(row["alignment error"] for row in rows) < 0.05
    ours = translator()
    assert len(GAME["rounds"]) == 5
    for level, pool in enumerate(GAME["rounds"]):
        assert len(pool) >= 20
        for source, target, fewest, weight in pool:
            words = ids(english_words(source), ENGLISH)
            way = ours.way(words, ids(german_words(target), GERMAN))
            assert len(way) == fewest == (1, 1, 1, 2, 3)[level]
            assert ours.weight_of(words, way) == pytest.approx(weight, abs=1e-3)
            assert ours.wholly(words, ids(german_words(target), GERMAN)) == (level != 2), (
                "a part is needed in the third"
            )
            if level == 1:
                assert german_words(source)[: len(german_words(target))] == german_words(target), "it ends early"


def ends_at_and(number, target):
    """Does it write the target if the row after it looks at "and" with all of its weight?"""
    source, words = english_words(number), german_words(target)
    pulls = [(len(words), s, 1.0) for s, word in enumerate(source) if word == "and"]
    rows = [translator().translate(ids(source, ENGLISH), [pull]) for pull in pulls]
    return [*ids(words, GERMAN), END] in [[row.word for row in found] for found in rows]


def test_in_every_second_number_of_the_second_level_a_look_at_and_is_no_way():
    found = [ends_at_and(number, target) for number, target, *_ in GAME["rounds"][1]]
    assert not any(found[1::2]) and np.mean(found[::2]) > 0.8


def by_hand(number, target):
    """Is there for each row that must be pulled a word that does it with all of its weight? Found by trying all."""
    ours, source, words = translator(), ids(english_words(number), ENGLISH), ids(german_words(target), GERMAN)
    pulls = []
    for row, word in enumerate([*words, END]):
        tried = [[*pulls, (row, s, share)] for share in (0.0, 1.0) for s in range(len(source))]
        pulls = next((p for p in tried if ours.translate(source, p, most=row + 1)[-1].word == word), None)
        if pulls is None:
            return False
    return True


def test_whether_all_the_weight_will_do_is_true_in_python_and_in_the_browser(tmp_path):
    draw = random.Random(3)
    asked = [pair[:2] for pool in GAME["rounds"] for pair in draw.sample(pool, 4)]
    asked += [[4372, 4073], [4372, 2372], [1427, 1477], [4372, 7234], [402, 9], [5017, 5005]]
    ours, words = translator(), [(ids(english_words(n), ENGLISH), ids(german_words(t), GERMAN)) for n, t in asked]
    found = [ours.wholly(source, target) for source, target in words]
    assert found == [by_hand(number, target) for number, target in asked] and 3 < sum(found) < len(found) - 3
    assert found == node(f"{json.dumps(words)}.map(([source, target]) => translator.wholly(source, target))", tmp_path)
    views = "({...state, number, target, pulls: []}, memory)"
    hints = node(f"{json.dumps(asked)}.map(([number, target]) => game.steerView{views}.needsPart)", tmp_path)
    ways = [ours.way(source, target) for source, target in words]
    assert hints == [way is not None and not whole for way, whole in zip(ways, found, strict=True)]


# --- traits, errors, words, picture ---------------------------------------------------------------


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: SteerTheTranslator({}, ENGLISH, GERMAN), ["weights", "encoder.embedding.weight", "state_dict"]),
        (lambda: SteerTheTranslator(MODEL.state_dict(), ENGLISH[:-1], GERMAN), ["english", "lacks"]),
        (lambda: SteerTheTranslator(MODEL.state_dict(), [*ENGLISH, "x"], GERMAN), ["weights", "(35, 24)", "(36, 24)"]),
        (lambda: game(number=10_000), ["number", "0..9999", "10000"]),
        (lambda: game(round=4), ["round", "0..3", "4"]),
        (lambda: game(rounds=[[]]), ["rounds", "empty"]),
        (lambda: game(rounds=[[[5, 5]]]), ["rounds", "different", "[5, 5]"]),
        (lambda: game(pulls=[[0, 9, 1.0]]), ["pulls", "0 to 6", "9"]),
        (lambda: game(pulls=[[0, 1, 1.5]]), ["pulls", "from 0 to 1", "1.5"]),
        (lambda: game(pulls=[[0, 1, 1.0], [0, 2, 1.0]]), ["pulls", "once"]),
        (lambda: game(met=[5]), ["met", "[number read, number said]", "[5]"]),
        (lambda: game().way(), ["target", "None"]),
    ],
)
def test_errors_name_argument_and_numbers(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_weights_that_are_not_numbers_are_refused():
    broken = {name: value.clone() for name, value in MODEL.state_dict().items()}
    broken["decoder.readout.bias"][3] = torch.nan
    with pytest.raises(ValueError, match="decoder.readout.bias holds NaN"):
        SteerTheTranslator(broken, ENGLISH, GERMAN)


def test_a_game_can_be_read_and_set_from_python():
    play = game()
    assert (play.number, play.target, play.value) == (4372, None, 4372)
    play.pulls = [(3, 1, 0.44)]
    assert play.written == ["vier", "tausend", "drei", "und", "siebzig"] and play.value == 4073
    assert play.attention.shape == play.own_attention.shape == (6, 7)
    assert play.attention[3, 1] == pytest.approx(0.44, abs=0.01) and play.own_attention[3, 3] > 0.99
    play.round = 3
    assert (play.number, play.target, play.pulls) == (227, 277, [])
    play.pulls = play.way()
    score = play.score()
    assert score["solved"] and score["rows"] == score["fewest"] == 1 and score["weight"] == score["lightest"] < 0.6
    play.number = 17
    assert (play.round, play.target, play.pulls, play.written) == (0, None, [], ["siebzehn"])
    play.target = 18
    assert play.score()["fewest"] is None and play.way() is None


def test_what_the_browser_did_is_kept_together():
    play, results = game(), [{"seed": 1, "round": 1, "rows": 1}]
    play.set_state({"round": 1, "number": 402, "target": 202, "pulls": [[0, 3, 1.0]], "results": results})
    assert (play.round, play.number, play.target, play.pulls, play.results) == (1, 402, 202, [[0, 3, 1.0]], results)


def test_picture_words_and_size():
    play = game(pulls=[[3, 1, 0.44]])
    png, width = play.to_png()
    assert game(pulls=[[3, 1, 0.44]]).to_png()[0] == png != game().to_png()[0]
    assert len(png) < 30_000 and 700 < width < 760
    assert "reads 4,372 and writes viertausenddreiundsiebzig, 4,073 (1 of its rows steered, weight 0.44)" in repr(play)
    assert "(not steered); wanted is 277." in game(round=3).describe()
    assert len(play._weights) <= 250_000 and len(play._layout) == len(LAYOUT)


# --- in a browser, without a kernel ---------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    with opened(browser, tmp_path / "page.html", [game()], **getattr(request, "param", {})) as page:
        page.set_default_timeout(5000)
        yield page


def play_with(page, **traits):
    page.evaluate("(traits) => Object.entries(traits).forEach(([k, v]) => models[0].set(k, v))", traits)


def middle(root, row, word):
    box = place(root.locator(f"[data-cell='{row}-{word}']"))
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.browser
def test_the_german_changes_under_the_hand_and_a_round_is_won(bare):
    root = root_of(bare)
    german = root.locator("[data-role=german]")
    says(german, "viertausenddreihundertzweiundsiebzig")
    bare.mouse.move(*middle(root, 0, 0))
    bare.mouse.down()
    for word, written in ((1, "tausenddreihundert"), (2, "dreitausenddrei"), (5, "siebzigtausenddrei")):
        bare.mouse.move(*middle(root, 0, word))
        says(german, written)
        assert german.text_content().startswith(written), "while the button is down"
    x, y = middle(root, 0, 6)
    bare.mouse.move(x, y)
    says(german, "zweitausenddrei")
    bare.mouse.move(x, y + 94)
    says(german, "viertausenddrei")
    says(root.locator("[data-role=status]"), "it still writes 4,372")
    bare.mouse.move(x, y)
    bare.mouse.up()
    is_now(bare, "pulls", [[0, 6, 1]])
    says(root.locator("[data-role=says]"), "= 2,372")
    says(root.locator("[data-role=row]"), "1.00 of its weight moved to two; left alone it would write vier.")
    says(root.locator("[data-role=own]"), "Left alone: vier 100")
    root.locator("[data-role=release]").click()
    is_now(bare, "pulls", [])
    root.locator("[data-round='2']").click()
    says(root.locator("[data-role=lead]"), "Make it write 2,372, zweitausenddreihundertzweiundsiebzig.")
    bare.mouse.move(*middle(root, 0, 0))
    bare.mouse.down()
    bare.mouse.move(*middle(root, 0, 6))
    assert trait(bare, "results") == [], "not before the hand lets go"
    bare.mouse.up()
    says(root.locator("[data-role=verdict]"), "★☆☆ Done with 1 row, and no way has fewer. It can be lighter.")
    assert trait(bare, "met") == [4372, 70372], "met while the button was down, in free play"
    assert not root.locator("[data-role=bound]").is_visible()
    root.locator("summary").click()
    says(root.locator("[data-role=bound]"), "1 row, weight 0.")
    slider = root.locator("[data-role=share]")
    way = game(round=2).way()
    slider.fill(str(round(100 * way[0][2])))
    says(root.locator("[data-role=verdict]"), "No way is lighter.")
    assert trait(bare, "results")[0]["weight"] == pytest.approx(game(round=2, pulls=way).score()["weight"], abs=1e-9)
    root.locator("[data-role=next]").click()
    is_now(bare, "round", 3)
    assert (trait(bare, "number"), trait(bare, "target"), trait(bare, "pulls")) == (227, 277, [])
    says(root.locator("[data-role=lead]"), "All of a row’s weight is too much here")
    assert not root.locator("details").get_attribute("open"), "what was asked for is asked for one round"
    root.locator("[data-role=show]").click()
    says(root.locator("[data-role=verdict]"), "This was the lightest way")
    text = root.locator("[data-role=text]").input_value().split("\n")
    assert text[0] == "I made a translator read 4,372 and say zweitausenddreihundertzweiundsiebzig with one pull."
    assert text[1] == "The oddest on the way: it read 4,372 and said 70,372."
    assert text[2] == "Steer the translator, game 1: 2 of 3"
    assert text[3].startswith("4,372 → 2,372  ■□□□□□□□  ★★★ 1 row, weight 0.")
    assert text[4].endswith("shown to me") and text[5].endswith("3 of 3 stars")


@pytest.mark.browser
def test_by_keyboard_and_by_typing(bare):
    root = root_of(bare)
    root.locator("[data-role=number]").fill("402")
    says(root.locator("[data-role=german]"), "vierhundertzwei")
    root.locator("[data-role=number]").fill("12345")
    says(root.locator(".wrong"), "At most 9,999")
    assert trait(bare, "number") == 402
    root.locator("[data-role=target]").fill("202")
    says(root.locator("[data-role=lead]"), "Make it write 202")
    root.locator("[data-role=map]").focus()
    for key in ("End", "-", "-", "Shift+ArrowUp", "d", "d"):
        bare.keyboard.press(key)
    is_now(bare, "pulls", [[0, 3, 0.91]])
    says(root.locator("[data-role=says]"), "✓ 202")
    assert trait(bare, "results") == [], "a target of one's own is no round"
    for key in ("ArrowDown", "ArrowDown", "g"):
        bare.keyboard.press(key)
    is_now(bare, "row", 2)
    is_now(bare, "show_gold", True)
    root.locator("[data-gold='2-3']").wait_for(state="attached")
    bare.keyboard.press("ArrowLeft")
    is_now(bare, "pulls", [[0, 3, 0.91], [2, 2, 1]])
    bare.keyboard.press("Delete")
    is_now(bare, "pulls", [[0, 3, 0.91]])
    bare.keyboard.press("r")
    is_now(bare, "pulls", [])
    bare.keyboard.press("Control+ArrowRight")
    assert trait(bare, "pulls") == []


@pytest.mark.browser
def test_what_is_drawn_is_what_python_computes(bare):
    root, here = root_of(bare), game(number=4372, pulls=[[3, 1, 0.44]])
    play_with(bare, pulls=[[3, 1, 0.44]], row=3)
    says(root.locator("[data-role=german]"), compound(here.written))
    attention = here.attention
    for (t, s), weight in np.ndenumerate(attention):
        bars = root.locator(f"[data-weight='{t}-{s}']")
        tall = float(bars.get_attribute("height")) if bars.count() else 0
        assert tall == pytest.approx(34 * weight, abs=0.2), (t, s)
    assert root.locator("[data-own]").count() == 1, "where the model looked"
    root.locator("[data-role=words]").click()
    root.locator("[data-would]").first.wait_for(state="attached")
    for s, word in enumerate(english_words(4372)):
        whole = game(pulls=[[3, s, 1.0]]).written
        assert root.locator(f"[data-would='{s}']").text_content() == (whole[3] if len(whole) > 3 else "end"), word
    play_with(bare, number=7, pulls=[], row=0)
    says(root.locator("[data-role=german]"), "sieben")
    play_with(bare, pulls=[[1, 0, 0.5]])
    assert root.locator("[data-cell]").count() == 2


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_steers_and_a_scroll_undoes(bare):
    root = root_of(bare)
    bare.touchscreen.tap(*middle(root, 0, 2))
    is_now(bare, "pulls", [[0, 2, 1]])
    says(root.locator("[data-role=says]"), "= 3,372")
    root.locator("[data-role=map]").dispatch_event("pointercancel")
    assert trait(bare, "pulls") == [[0, 2, 1]], "nothing is held"
    (x, y), touch = middle(root, 2, 2), {"pointerId": 1, "bubbles": True}
    bare.evaluate("() => { Element.prototype.setPointerCapture = () => {}; }")
    root.locator("[data-role=map]").dispatch_event("pointerdown", {**touch, "clientX": x, "clientY": y})
    root.locator("[data-role=map]").dispatch_event("pointermove", {**touch, "clientX": x + 250, "clientY": y})
    assert len(trait(bare, "pulls")) == 2
    root.locator("[data-role=map]").dispatch_event("pointercancel", touch)
    is_now(bare, "pulls", [[0, 2, 1]])


LINES = """(line) => ({ line: line.getBoundingClientRect().height, german: line.querySelector('.german').offsetHeight,
  room: line.querySelector('.german').clientWidth, wide: line.querySelector('.german').scrollWidth,
  map: line.parentElement.querySelector('.map').getBoundingClientRect().top })"""


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"width": w} for w in (592, 700, 1000)], indirect=True, ids=lambda o: str(o["width"]))
def test_a_level_hand_leaves_the_share_and_the_map_stays_under_it(bare):
    root, lengths = root_of(bare), set()
    play_with(bare, number=7777)
    says(root.locator("[data-role=says]"), "= 7,777")
    before, places = root.locator(".line").evaluate(LINES), [middle(root, 0, word)[0] for word in range(7)]
    for row in (0, 3, 7):
        y = middle(root, row, 0)[1]
        bare.mouse.move(places[0], y)
        bare.mouse.down()
        for word, x in enumerate(places):
            bare.mouse.move(x, y)
            is_now(bare, "row", row)
            assert dict((r, s) for r, _, s in trait(bare, "pulls"))[row] == 1, (row, word)
            now = root.locator(".line").evaluate(LINES)
            lengths.add(len(root.locator("[data-role=german]").text_content()))
            assert (now["line"], now["map"]) == (before["line"], before["map"]), (row, word)
            assert now["german"] <= before["line"] and now["wide"] <= now["room"], (row, word)
        bare.mouse.up()
        root.locator("[data-role=map]").press("Delete")
    assert max(lengths) > 40 > 20 > min(lengths), "the text really changed its length"


@pytest.mark.browser
def test_a_round_that_is_done_and_then_loosened_is_told_as_the_best_so_far(bare):
    root, way = root_of(bare), game(round=2).way()
    root.locator("[data-round='2']").click()
    for key in ("End", "-", "-", "Shift+ArrowDown"):
        bare.keyboard.press(key)
    is_now(bare, "pulls", [[0, 6, 0.89]])
    verdict = root.locator("[data-role=verdict]")
    says(verdict, "★☆☆ Done with 1 row")
    bare.keyboard.press("Delete")
    says(verdict, "Best so far: ★☆☆ 1 row, weight 0.89.")
    assert verdict.get_attribute("data-now") == "false" and way[0][2] < 0.89
    root.locator("[data-round='0']").click()
    words = root.locator("[data-role=words]")
    words.click()
    says(words, "Hide what each would do")


MOMENTS = {
    "longest": {"number": 7777, "pulls": [[7, 6, 1.0]], "row": 7, "show_words": True},
    "ways": {"number": 4372, "pulls": [[3, 1, 0.5]], "row": 3, "show_words": True},
    "steered": {"number": 4372, "pulls": [[3, 1, 0.44]], "row": 3, "show_gold": True, "show_words": False},
    "long": {"number": 7777, "pulls": [[3, 1, 1.0], [7, 3, 1.0]], "row": 3},
    "won": {
        "number": 4372,
        "round": 3,
        "target": 4073,
        "met": [3830, 330000000],
        "pulls": [[3, 1, 0.5]],
        "results": [
            {**{"seed": 1, "round": k, "source": 4372, "target": 4073, "rows": 1, "fewest": 1, "weight": 0.5},
             **{"lightest": 0.44, "strip": [0, 0, 0, 1, 0, 0]}}
            for k in (1, 2, 3)
        ],
    },
}  # fmt: skip


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_moment(bare, shots, request):
    everything_is_seen(bare, shots, request)


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"theme": "dark", "width": 592}], indirect=True, ids=["dark-592"])
def test_in_a_narrow_column_all_is_seen(bare, shots, request):
    assert root_of(bare).bounding_box()["width"] == 568
    everything_is_seen(bare, shots, request)


def everything_is_seen(bare, shots, request):
    root = root_of(bare)
    for moment, traits in MOMENTS.items():
        before = root.get_attribute("data-frame")
        play_with(bare, **traits)
        bare.wait_for_function("(n) => document.querySelector('.mtm').dataset.frame > n", arg=int(before))
        root.screenshot(path=shots / f"steer_{moment}_{request.node.callspec.id}.png")
        assert cut(root, ("textarea", "input", "span")) == [], moment
    assert float(root.get_attribute("data-draw-ms")) < 200


@pytest.mark.browser
def test_every_control_has_a_name(bare):
    play_with(bare, **MOMENTS["won"])
    root_of(bare).locator("[data-role=text]").wait_for()
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input, textarea, [tabindex="0"]')]
      .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length))
      .map((e) => e.outerHTML)""")
    assert unnamed == []
    assert root_of(bare).locator("[role=status]").count() == 1


# --- in JupyterLab --------------------------------------------------------------------------------

CELLS = [
    "import json\nfrom classroom import SteerTheTranslator\nfrom seqmodels.checkpoints import load_checkpoint\n"
    "from seqmodels.datasets import frozen\ngiven = json.loads(frozen('effects/04_3_translator.json'))['game']\n"
    "game = SteerTheTranslator(load_checkpoint('translator').state_dict(), **given)\ngame",
    "print(game.pulls, game.value, game.number, game.round, len(game.results))",
    "game.number = 402; print('set')",
]


@pytest.mark.browser
def test_what_is_steered_arrives_in_python(browser, server):
    with lab.new_notebook(browser, server, "steer.ipynb", CELLS) as page:
        lab.run_cell(page, CELLS[0])
        lab.drawn(page)
        root = root_of(page)
        root.scroll_into_view_if_needed()
        root.locator("[data-role=map]").focus()
        for key in ("ArrowDown", "ArrowDown", "End", "d", "d"):
            page.keyboard.press(key)
        says(root.locator("[data-role=says]"), "= 4,272")
        lab.expect_cell(page, CELLS[1], "[[2, 6, 1.0]] 4272 4372 0 0")
        lab.run_cell(page, CELLS[2])
        says(root.locator("[data-role=says]"), "= 402")
        lab.expect_cell(page, CELLS[1], "[] 402 402 0 0")
        assert page.errors == [] and page.outside == []
