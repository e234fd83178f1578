"""LatticeViewer: its Python side, its numbers, and every control on a page without a kernel and in JupyterLab."""

import base64
import statistics

import numpy as np
import pytest
import torch

from classroom import LatticeViewer
from classroom.lattice_numbers import outputs_after, solved
from seqmodels.ctc import collapse, greedy_decode, lattice
from viewers import lab
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, place, press, says, still_picture, viewer
from viewers.test_python import run_node

DIGITS = ["blank", *"0123456789"]


def spiked(word, frames, seed=0, classes=11):
    """(log_probs (T, C), strip (8, T)): mostly blank, a spike for each label of the word and a rival beside it."""
    rng = np.random.default_rng(seed)
    scores, strip = rng.normal(0, 0.5, (frames, classes)), np.zeros((8, frames))
    scores[:, 0] += 3.2
    for i, label in enumerate(word):
        at = int((i + 0.5) * frames / len(word))
        scores[at, label] += 6.5
        scores[max(at - 1, 0), label] += 3.5
        scores[at, 1 + (label + 2) % (classes - 1)] += 4.5
        strip[:, max(at - 2, 0) : at + 3] = rng.random((8, 1)) * [0.4, 1, 0.7, 1, 0.4][: frames - max(at - 2, 0)]
    return scores - np.logaddexp.reduce(scores, axis=1, keepdims=True), strip


def digits(frames=40, word=(4, 4, 8), **more):
    log_probs, strip = spiked(word, frames)
    return LatticeViewer(log_probs, list(word), DIGITS, **{"strip": strip, "title": "Three digits", **more})


def long(frames=120):
    return digits(frames, (4, 4, 8, 1, 1, 9, 10, 2, 3), title="Nine digits")


def even(frames=8, word="abba", **more):
    return LatticeViewer(np.full((frames, 4), np.log(0.25)), word, ["", *"abc"], **{"title": "Even", **more})


def sounds():
    names = ["_", "AH", "K", "T", "SH"]
    log_probs, _ = spiked((2, 1, 3), 18, classes=5)
    return LatticeViewer(log_probs, "K AH T", names, title="Sounds", layer="gradient")


# --- errors and traits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"log_probs": np.zeros(4)}, ["log_probs", "(T, C)", "(4,)"]),
        ({"log_probs": np.zeros((0, 4))}, ["log_probs", "(0, 4)"]),
        ({"log_probs": np.full((201, 4), np.log(0.25))}, ["201 frames", "at most 200"]),
        ({"log_probs": np.zeros((3, 1))}, ["1 classes", "2 to 64"]),
        ({"log_probs": [[np.nan, 0], [0, -np.inf]]}, ["finite", "got 2"]),
        ({"log_probs": np.full((5, 4), -1.0)}, ["sum to one", "frame 0", "1.472"]),
        ({"blank": 4}, ["blank must be a class from 0 to 3", "4"]),
        ({"blank": True}, ["blank", "True"]),
        ({"symbols": "ab"}, ["symbols has 2 entries", "4 classes"]),
        ({"symbols": ["", "a", "a", "b"]}, ["symbols must be distinct"]),
        ({"target": [1, 4]}, ["target", "0 to 3", "got 4"]),
        ({"target": [0]}, ["other than the blank 0", "got 0"]),
        ({"target": [1.5]}, ["target", "whole numbers", "[1.5]"]),
        ({"target": None}, ["target", "got None"]),
        ({"target": [1] * 13}, ["13 labels", "at most 12"]),
        ({"target": "abx"}, ["target", "'x'", "'a'"]),
        ({"strip": np.zeros((8, 6))}, ["strip", "T = 5", "(8, 6)"]),
        ({"strip": np.full((8, 5), np.inf)}, ["strip must be finite", "40"]),
        ({"position": 5}, ["position", "0 to 4", "got 5"]),
        ({"layer": "gamma"}, ["layer must be one of", "'posterior'", "'gamma'"]),
        ({"path": [0, 1, 1, 2]}, ["path", "each of 5 frames", "[0, 1, 1, 2]"]),
        ({"path": [1, 1, 3, 3, 5]}, ["path", "different symbols"]),
        ({"edits": [[5, 0, 0.5]]}, ["edits", "frame from 0 to 4", "[5, 0, 0.5]"]),
        ({"edits": [[0, 0, 1.0]]}, ["edits", "0.001 to 0.999", "1.0"]),
        ({"edits": ["jump"]}, ["edits", "'step'", "'jump'"]),
        ({"edits": ["step"] * 301}, ["edits has 301 entries", "at most 300"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, words):
    arguments = {"log_probs": np.full((5, 4), np.log(0.25)), "target": "aa", "symbols": ["", *"abc"], **changed}
    with pytest.raises(ValueError) as caught:
        LatticeViewer(**arguments)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_traits_are_checked_from_a_cell():
    it = even(path=[1, 3, 4, 5, 7, 8, 8, 8])
    for name, value, word in (
        ("position", 8, "0 to 7"),
        ("target", "abd", "'d'"),
        ("path", [1] * 8, "different symbols"),
        ("layer", "all", "'all'"),
        ("edits", [[0, 9, 0.5]], "class from 0"),
    ):
        with pytest.raises(ValueError, match=word):
            setattr(it, name, value)
    assert it.path == [1, 3, 4, 5, 7, 8, 8, 8] and it.target == [1, 2, 2, 1] and it.edits == []
    it.target = torch.tensor([2, 1])
    assert it.target == [2, 1] and it.path == [], "another word ends the path"
    it.target = "a b"
    assert it.target == [1, 2]
    it.edits = [(np.int64(3), 1, 0.5), "step"]
    assert it.edits == [[3, 1, 0.5], "step"]
    it.set_state({"target": [1, 1], "path": [1, 2, 3, 4, 4, 4, 4, 4], "edits": [[0, 0, 0.2]], "position": 1})
    assert it.path == [1, 2, 3, 4, 4, 4, 4, 4] and it.target == [1, 1] and it.position == 1


# --- numbers --------------------------------------------------------------------------------------

WORDS = {
    "spikes": (digits, [4, 4, 8]),
    "another word": (digits, [2, 2, 2, 9]),
    "nothing": (digits, []),
    "long": (long, [4, 4, 8, 1, 1, 9, 10, 2, 3]),
    "even": (even, [1, 2, 2, 1]),
    "sounds": (sounds, [2, 1, 3]),
    "just enough": (lambda: even(5), [1, 2, 2, 1]),
}


@pytest.mark.parametrize(("make", "word"), WORDS.values(), ids=WORDS.keys())
def test_the_numbers_of_text_and_picture_equal_the_library(make, word):
    it = make()
    it.target = word
    wanted = lattice(torch.from_numpy(it.outputs), torch.tensor(word, dtype=torch.int64), it.blank)
    mine = solved(it.outputs, word, it.blank)
    for name in ("alpha", "beta", "posterior", "gradient", "emit"):
        theirs = getattr(wanted, {"emit": "emission"}.get(name, name))
        np.testing.assert_allclose(mine[name], theirs, rtol=1e-12, atol=1e-12, err_msg=name)
    np.testing.assert_array_equal(mine["best"], wanted.best_path)
    assert (mine["alike"] > 1) == (make is even), "equal outputs prefer no path"
    assert abs(it.loss + wanted.log_likelihood) < 1e-12


NUMBERS = """((given, word) => {
  const plain = (x) => Array.from(x, (v) => (v === -Infinity ? null : v));
  const now = m.solveLattice({ ...given, logProbs: Float64Array.from(given.logProbs), target: word });
  const tables = ['emit', 'alpha', 'beta', 'posterior', 'gradient', 'sums'];
  return { ...Object.fromEntries(tables.map((name) => [name, plain(now[name])])), best: now.best, jump: now.jump,
    greedy: now.greedy, alike: now.alike,
    bestLogProb: now.bestLogProb, logLikelihood: now.logLikelihood, extended: now.extended };
})(v.given, v.word)"""


@pytest.mark.node
@pytest.mark.parametrize(("make", "word"), WORDS.values(), ids=WORDS.keys())
def test_the_browser_computes_what_the_library_computes(make, word):
    it = make()
    frames, classes = it.outputs.shape
    given = {"logProbs": it.outputs.ravel().tolist(), "frames": frames, "classes": classes, "blank": it.blank}
    here = run_node("lattice", NUMBERS, given=given, word=word)
    wanted = lattice(torch.from_numpy(it.outputs), torch.tensor(word, dtype=torch.int64), it.blank)
    for name in ("alpha", "beta", "posterior", "gradient"):
        table = getattr(wanted, name)
        mine = np.array([-np.inf if x is None else x for x in here[name]]).reshape(table.shape)
        np.testing.assert_allclose(mine, table, rtol=0, atol=1e-10, err_msg=name)
    np.testing.assert_allclose(here["sums"], wanted.log_likelihood, rtol=0, atol=1e-10)
    assert here["best"] == wanted.best_path.tolist() and here["extended"] == wanted.extended.tolist()
    assert here["jump"] == wanted.may_jump.tolist()
    assert here["greedy"] == it.outputs.argmax(1).tolist()
    assert here["alike"] == solved(it.outputs, word, it.blank)["alike"]
    assert abs(here["bestLogProb"] - wanted.best_log_prob) < 1e-10
    assert abs(here["logLikelihood"] - wanted.log_likelihood) < 1e-10


@pytest.mark.node
def test_edits_and_steps_are_the_same_in_both_languages():
    it = digits()
    it.edits = [[20, 8, 0.97], "step", [20, 0, 0.001], [3, 5, 0.6], *["step"] * 5]
    before = -lattice(torch.from_numpy(it._given), torch.tensor(it.target)).log_likelihood
    here = run_node(
        "lattice",
        """((given) => { const solve = (logProbs, target) => m.solveLattice({ ...given, logProbs, target });
        return Array.from(m.outputsAfter(given, solve)(v.target, v.edits)); })
        ({ ...v.given, logProbs: m.decode64(v.codes) })""",
        given={"frames": 40, "classes": 11, "blank": 0},
        codes=base64.b64encode(it._log_probs).decode(),
        edits=it.edits,
        target=it.target,
    )
    np.testing.assert_allclose(np.reshape(here, (40, 11)), it.outputs, rtol=0, atol=1e-10)
    assert abs(np.exp(it.outputs).sum(1) - 1).max() < 1e-12
    # a step is what autograd makes of one on the outputs before the softmax
    scores = torch.from_numpy(it._given).requires_grad_()
    loss = torch.nn.functional.ctc_loss(
        scores.log_softmax(1)[:, None], torch.tensor([it.target]), [40], [3], reduction="sum"
    )
    loss.backward()
    stepped = outputs_after(["step"], it._given, it.target, 0)
    np.testing.assert_allclose(stepped, (scores - scores.grad).log_softmax(1).detach().numpy(), rtol=0, atol=1e-9)
    it.edits = ["step"] * 20
    assert it.loss < 0.5 * before


# --- picture and text -----------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    it = digits(position=6)
    wanted = lattice(torch.from_numpy(it.outputs), torch.tensor(it.target))
    said = repr(it)
    assert said.startswith("LatticeViewer: Three digits: 40 frames and the word 3 3 7; all paths together")
    assert f"a loss of {-wanted.log_likelihood:.2f} nats" in said
    share = 100 * np.exp(wanted.best_log_prob - wanted.log_likelihood)
    assert f"the most probable path has {share:.0f} % of it" in said
    assert f"at frame 7 the paths are in symbol 1 of 3 with probability {np.exp(wanted.posterior[6, 1]):.2f};" in said
    assert said.endswith("; alone, the outputs say 3 3 7.")
    assert "the most probable path, one of many alike, has" in repr(even())
    assert repr(even(4)).endswith("impossible: it needs 5 frames.")
    assert "the word nothing" in repr(even(word=""))


def test_what_the_outputs_say_alone():
    for it in (digits(), long(), sounds(), even(), digits(edits=[[20, 0, 0.99]])):
        (labels,) = greedy_decode(torch.from_numpy(it.outputs)[None], blank=it.blank)
        assert it.says == (" ".join(it.symbols[k] for k in labels) or "nothing")
    assert even().says == "nothing" and digits(edits=[[20, 0, 0.99], [19, 0, 0.99]]).says == "3 7"


@pytest.mark.parametrize("make", [digits, long, sounds, lambda: even(4), lambda: even(3, "")])
def test_the_picture_for_pages_without_javascript(make, shots):
    it = make()
    png, image = still_picture(it)
    assert image.width > 1000 and len(image.getcolors(1 << 16)) > 4
    (shots / f"lattice_static_{it.title.split()[0]}.png").write_bytes(png)


# --- a page without a kernel ----------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    shown = [digits(), long(), even(12, title="Even", layer="alpha"), even(4, title="Never"), sounds()]
    with opened(browser, tmp_path / "page.html", shown, **getattr(request, "param", {})) as page:
        yield page


def trait(page, viewer, name):
    return page.evaluate("([i, name]) => models[i].get(name)", [viewer, name])


def box(root):
    return place(root.locator(".lattice"))


def cell(root, t, s):
    """The point in the middle of place s at frame t."""
    bounds, cursor = box(root), root.locator("[data-role=cursor]")
    at, left, wide = (float(cursor.get_attribute(name)) for name in ("data-t", "x", "width"))
    row = place(root.locator(f"[data-place='{s}']").first)
    return bounds["x"] + left + (t - at + 0.5) * wide, row["y"] + row["height"] / 2


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, (root, key) in enumerate(zip(bare.locator(".mtm").all(), ("p", "g", "a", "b", "g"), strict=True)):
        press(bare, root, key, "m")
        assert cut(root, also=[".line", "td", "input"]) == [], f"viewer {i}"
        root.screenshot(path=shots / f"lattice_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
def test_every_column_adds_up_to_the_same(bare):
    root = viewer(bare, "Three digits")
    it = digits()
    wanted = lattice(torch.from_numpy(it.outputs), torch.tensor(it.target))
    mass = np.exp(wanted.log_likelihood)
    total = root.locator("[data-role=total]")
    shown = total.inner_text()
    head, power = shown.replace("⁻", "-").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")).split("×10")
    assert abs(float(head) * 10.0 ** int(power) / mass - 1) < 5e-4
    for key in ("Home", "ArrowRight", "PageDown", "End"):
        press(bare, root, key)
        assert total.inner_text() == shown
    assert trait(bare, 0, "position") == 39
    x, y = cell(root, 12, 0)
    bare.mouse.click(x, box(root)["y"] + 5)  # on the strip
    assert trait(bare, 0, "position") == 12 and trait(bare, 0, "path") == []
    alpha = [row.locator("td").nth(4).inner_text() for row in root.locator("tr[data-place]").all()]
    for text, log in zip(alpha, wanted.posterior[12], strict=True):
        assert text in (f"{np.exp(log):.2f}", "<.01", ">.99")


@pytest.mark.browser
def test_a_path_is_led_walked_drawn_at_random_and_read(bare):
    root = viewer(bare, "Three digits")
    it = digits()
    wanted = lattice(torch.from_numpy(it.outputs), torch.tensor(it.target))
    root.locator("[data-role=best]").click()
    assert trait(bare, 0, "path") == wanted.best_path.tolist()
    bare.mouse.click(*cell(root, 3, 1))
    path = trait(bare, 0, "path")
    assert path[3] == 1 and path[10:] == wanted.best_path.tolist()[10:], "the rest stays"
    assert collapse([int(wanted.extended[s]) for s in path]) == it.target
    score = sum(wanted.emission[t, s] for t, s in enumerate(path))
    says(root.locator("[data-role=weighs]"), f"Alone it would cost {-score:.2f} nats")
    assert root.locator("[data-role=line-2]").inner_text() == "337"
    assert root.locator("[data-role=line-1]").inner_text() == "–3–3–7–"
    press(bare, root, "Home", "s", "n", "j")
    assert trait(bare, 0, "position") == 2, "no jump between equal symbols"
    says(root.locator("[data-role=refused]"), "No jump between equal symbols")
    walked = trait(bare, 0, "path")[:3]
    assert walked == [path[0], path[0], path[0] + 1]
    bare.mouse.click(*cell(root, 0, 6))
    says(root.locator("[role=status]"), "No path of this word can be there")
    press(bare, root, "r")
    first = trait(bare, 0, "path")
    press(bare, root, "r")
    assert collapse([int(wanted.extended[s]) for s in first]) == it.target and trait(bare, 0, "path") != first
    row = place(root.locator("svg [data-row='0']"))
    bare.mouse.click(cell(root, 9, 0)[0], row["y"] + row["height"] / 2)
    assert trait(bare, 0, "position") == 9 and len(trait(bare, 0, "path")) == 40, "a click in the outputs: column only"
    root.locator("[data-role=clear]").click()
    assert trait(bare, 0, "path") == [] and root.locator("[data-role=line-0]").is_hidden()
    bare.mouse.click(cell(root, 11, 0)[0], row["y"] + row["height"] / 2)
    assert trait(bare, 0, "position") == 11 and trait(bare, 0, "path") == []
    says(root.locator("[data-role=hint]"), "click in the outputs below the lattice")
    # a path is also drawn by dragging
    x, y = cell(root, 8, 2)
    bare.mouse.move(x, y)
    bare.mouse.down()
    bare.mouse.move(*cell(root, 9, 3))
    bare.mouse.up()
    assert trait(bare, 0, "path")[8:10] == [2, 3]


@pytest.mark.browser
def test_an_output_is_dragged_and_the_loss_follows(bare):
    root = viewer(bare, "Three digits")
    it = digits()
    knob = place(root.locator("[data-knob='8']"))
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    bare.mouse.move(x, y)
    bare.mouse.down()
    bare.mouse.move(x, y - 7)
    bare.mouse.move(x, y - 12)
    bare.mouse.up()
    ((frame, which, probability),) = trait(bare, 0, "edits")
    assert (frame, which) == (20, 8) and 0.4 < probability < 0.999
    it.edits = [[frame, which, probability]]
    before = digits().loss
    says(root.locator("[data-role=answer]"), f"a loss of {it.loss:.2f} nats ({before:.2f} as given)")
    press(bare, root, "+", "+", "l")
    it.edits = trait(bare, 0, "edits")
    assert len(it.edits) == 2 and it.edits[1] == "step" and it.edits[0][2] > probability
    says(root.locator("[data-role=answer]"), f"a loss of {it.loss:.2f} nats")
    press(bare, root, "u")
    assert trait(bare, 0, "edits") == it.edits[:1]
    press(bare, root, "m")
    root.locator("[data-role=reset]").click()
    assert trait(bare, 0, "edits") == [] and root.locator("[data-role=undo]").is_disabled()
    assert trait(bare, 0, "path") == [], "it was led over other outputs"
    press(bare, root, *"llllllllll")
    it.edits = ["step"] * 10
    says(root.locator("[data-role=answer]"), f"a loss of {it.loss:.2f} nats")
    bare.evaluate("() => models[0].set('edits', [[20, 0, 0.5]])")
    it.edits = [[20, 0, 0.5]]
    says(root.locator("[data-role=answer]"), f"a loss of {it.loss:.2f} nats")


@pytest.mark.browser
def test_what_is_said_alone_is_told_beside_the_best_path(bare):
    root = viewer(bare, "Three digits")
    alone, name = root.locator("[data-role=alone]"), root.locator("[data-role=path-name]")
    says(name, "Best path of 337")
    says(alone, "337  = the word ✓")
    press(bare, root, "m")
    says(name, "Your path, which says 337")
    bare.evaluate("() => models[0].set('edits', [[20, 0, 0.99], [19, 0, 0.99]])")
    says(alone, "37  ≠ the word")
    says(root.locator("[role=status]"), "Alone, the outputs say 37, not the word.")
    root.locator("[data-role=word]").fill("37")
    says(alone, "37  = the word ✓")
    even_root = viewer(bare, "Even")
    alone = even_root.locator("[data-role=alone]")
    says(alone, "nothing  ≠ the word")
    says(even_root.locator("[data-role=path-name]"), "One of many equally probable paths of abba")
    says(even_root.locator("[data-role=answer]"), "all equally probable; the loss counts them all.")
    for steps in (1, 59):
        press(bare, even_root, *"l" * steps)
        it = even(12, layer="alpha", edits=["step"] * trait(bare, 2, "edits").count("step"))
        says(alone, f"{it.says.replace(' ', '')}  {'= the word ✓' if it.says == 'a b b a' else '≠ the word'}")
    assert it.says == "a b b a"
    says(even_root.locator("[data-role=answer]"), f"a loss of {it.loss:.2f} nats after 60 steps (")
    never = viewer(bare, "Never")
    says(never.locator("[data-role=alone]"), "nothing  ≠ the word")


@pytest.mark.browser
def test_word_and_path_are_in_one_view(bare):
    """The controls of the word and of the path stand together, above the picture."""
    root = viewer(bare, "Three digits")
    word, path = (place(root.locator(f"[data-role={role}]")) for role in ("word", "best"))
    assert abs(word["y"] - path["y"]) < 100 and path["y"] < box(root)["y"]
    assert place(root)["height"] < 1250


@pytest.mark.browser
def test_another_word_and_an_impossible_one(bare):
    root = viewer(bare, "Even")
    press(bare, root, "m")
    word = root.locator("[data-role=word]")
    assert word.input_value() == "abba"
    word.fill("cab")
    assert trait(bare, 2, "target") == [3, 1, 2] and trait(bare, 2, "path") == []
    says(root.locator("[data-role=answer]"), "P(c a b)")
    assert root.locator("[data-place]").count() == 2 * 7
    word.fill("caxb")
    says(root.locator("[data-role=wrong]"), "“x” is none of the symbols")
    assert trait(bare, 2, "target") == [3, 1, 2]
    word.fill("aaaaaaa")
    says(root.locator("[data-role=answer]"), "Impossible: a a a a a a a needs 13 columns; there are 12.")
    assert root.locator("[data-role=never]").count() == 1 and root.locator("[data-role=best]").is_disabled()
    press(bare, root, "m", "r", "s", "l", "g", "ArrowRight")
    assert trait(bare, 2, "path") == [] and trait(bare, 2, "edits") == []
    word.fill("")
    says(root.locator("[data-role=answer]"), "P(no symbol at all)")
    assert root.locator("svg [data-place]").count() == 1
    bare.evaluate("() => models[2].set('target', [1, 2])")
    says(root.locator("[data-role=answer]"), "P(a b)")
    never = viewer(bare, "Never")
    says(never.locator("[role=status]"), "Impossible: a b b a needs 5 columns; there are 4.")


@pytest.mark.browser
def test_layers_play_and_keys_that_are_not_ours(bare):
    root = viewer(bare, "Three digits")
    for name, words in (("Forward α", "all beginnings"), ("Backward β", "still to come"), ("Posterior", "knowing all")):
        root.get_by_role("radio", name=name).check()
        says(root.locator("[data-role=column]"), words)
        assert root.locator("[data-knob]").count() > 3
    press(bare, root, "g", "ArrowDown")
    assert trait(bare, 0, "layer") == "gradient" and root.locator("[data-knob]").count() == 0
    says(root.locator("[data-role=column]"), "“7”: the network says")
    press(bare, root, "End", "Space")
    bare.wait_for_function("() => { const at = models[0].get('position'); return at > 2 && at < 30; }")
    press(bare, root, "Space")
    here = trait(bare, 0, "position")
    bare.wait_for_timeout(300)
    assert trait(bare, 0, "position") == here, "it stands still after Pause"
    root.locator("[data-role=word]").focus()
    bare.keyboard.type("7")
    assert trait(bare, 0, "target") == [4, 4, 8, 8] and trait(bare, 0, "position") == here


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 584}], indirect=True, ids=["touch"])
def test_a_finger_leads_the_path_and_moves_an_output(bare, shots):
    root = viewer(bare, "Three digits")
    assert [cut(each) for each in bare.locator(".mtm").all()] == [[]] * 5
    root.screenshot(path=shots / "lattice_584.png")
    root.locator(".lattice").scroll_into_view_if_needed()
    bare.touchscreen.tap(*cell(root, 6, 1))
    bare.wait_for_function("() => models[0].get('path')[6] === 1")
    root.locator("[data-knob='4']").scroll_into_view_if_needed()
    knob = place(root.locator("[data-knob='4']"))
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    devtools = bare.context.new_cdp_session(bare)
    for kind, up in (("touchStart", 0), ("touchMove", -6), ("touchMove", 12), ("touchEnd", None)):
        points = [] if up is None else [{"x": x, "y": y + up}]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    bare.wait_for_function("() => models[0].get('edits').length === 1 && models[0].get('edits')[0][1] === 4")


@pytest.mark.browser
def test_screen_readers_hear_what_is_drawn(bare):
    for root in bare.locator(".mtm").all():
        assert "columns" in root.locator(".stage").get_attribute("aria-label")
        assert root.locator("[role=status]").inner_text()
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []


@pytest.mark.browser
def test_every_key_is_answered_at_once(bare):
    """120 frames and nine symbols: solving and drawing, well under a blink."""
    root = viewer(bare, "Nine digits")
    taken = []
    for key in ("a", "PageDown", "m", "r", "p", "+", "l", "g", "b", "ArrowLeft", "n"):
        press(bare, root, key)
        taken.append(float(root.get_attribute("data-draw-ms")))
    print(taken)
    assert statistics.median(taken) < 60, taken


# --- JupyterLab -----------------------------------------------------------------------------------

CELLS = [
    "import numpy as np\nfrom classroom import LatticeViewer\n"
    "v = LatticeViewer(np.full((8, 4), np.log(.25)), 'abba', ['', 'a', 'b', 'c'], title='In Lab')\nv",
    "print(v.position, v.layer, v.target, v.path, v.edits, f'{v.loss:.3f}')",
    "v.target = 'ca'; v.layer = 'posterior'; v.path = [1, 1, 1, 1, 1, 1, 1, 3]; v.position = 7",
]


@pytest.mark.browser
def test_page_and_python_move_each_other(browser, server, shots):
    with lab.new_notebook(browser, server, "lattice.ipynb", CELLS) as page:
        lab.run_cell(page, CELLS[0])
        lab.drawn(page)
        root = viewer(page, "In Lab")
        press(page, root, "ArrowLeft", "m", "g", "l", "d", "d")
        even = np.full((8, 4), np.log(0.25))
        loss = -solved(outputs_after(["step"], even, [1, 2, 2, 1], 0), [1, 2, 2, 1], 0)["log_likelihood"]
        path = solved(even, [1, 2, 2, 1], 0)["best"].tolist()
        lab.expect_cell(page, CELLS[1], f"3 gradient [1, 2, 2, 1] {path} ['step'] {loss:.3f}")
        assert lab.count_cells(page) == 3, "d d stays inside the viewer"
        lab.run_cell(page, CELLS[2])
        says(root.locator("[data-role=answer]"), "P(c a)")
        says(root.locator("[data-role=line-0]"), "ccccccca")
        loss = -solved(outputs_after(["step"], even, [3, 1], 0), [3, 1], 0)["log_likelihood"]
        lab.expect_cell(page, CELLS[1], f"7 posterior [3, 1] [1, 1, 1, 1, 1, 1, 1, 3] ['step'] {loss:.3f}")
        root.screenshot(path=shots / "lattice_lab.png")
        assert page.errors == [] and page.outside == []
