"""RecurrenceViewer: its numbers against the layers of seqmodels, its Python side, every control on a bare page."""

import math

import numpy as np
import pytest
import torch

from classroom.recurrence_numbers import PRESETS, VALUES, direction, directions, parsed, rightly
from classroom.recurrence_viewer import PAIRS, RecurrenceViewer
from seqmodels.efficient_attention import positive
from seqmodels.efficient_attention.linear import ask, remember
from seqmodels.linear_recurrence import GLA, MLSTM, DeltaNet, RetNet
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, is_now, one_module, press, says, still_picture, trait, viewer
from viewers.test_python import run_node

TWICE = "ann=tea ben=milk eve=soup | dan=rice ben=fish"
MANY = "cat=red dog=blue owl=gold fox=grey hen=pink bee=teal ant=lime cow=navy elk=plum rat=rose yak=sand emu=jade"


def memory(**more):
    return RecurrenceViewer(**{"title": "Pairs", **more})


# --- errors and traits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pairs": "cat=red dog"}, ["pairs", "key=value", "'dog'"]),
        ({"pairs": ""}, ["pairs", "1 to 24", "got 0"]),
        ({"pairs": "a=b " * 25}, ["pairs", "1 to 24", "got 25"]),
        ({"pairs": "elephants=red"}, ["pairs", "at most 8", "'elephants=red'"]),
        ({"preset": "Mamba"}, ["preset must be one of", "mLSTM", "'Mamba'"]),
        ({"decay": "slow"}, ["decay must be one of none, fixed, step, channel", "'slow'"]),
        ({"write": None}, ["write must be one of add, delta, exponential", "None"]),
        ({"normaliser": "z"}, ["normaliser must be one of", "'z'"]),
        ({"rows": 7}, ["rows must be one of 4, 6, 8, 12, 16", "7"]),
        ({"keep": 1.1}, ["keep must be a number from 0 to 1", "1.1"]),
        ({"keep": math.nan}, ["keep", "nan"]),
        ({"strength": True}, ["strength", "True"]),
        ({"gain": 13}, ["gain must be a number from -4 to 12", "13"]),
        ({"step": 6}, ["step must be a whole number from 0 to 5", "6"]),
        ({"draw": -1}, ["draw", "-1"]),
        ({"asked": "hen"}, ["asked must be one of the keys ['cat', 'dog', 'owl', 'fox']", "'hen'"]),
        ({"right_angles": 1}, ["right_angles must be True or False", "1"]),
        ({"again": "yes"}, ["again must be True or False", "'yes'"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, said):
    with pytest.raises(ValueError) as caught:
        memory(**changed)
    assert all(word in str(caught.value) for word in said), str(caught.value)


def test_state_is_read_and_set_from_a_cell():
    it = memory()
    assert (it.preset, it.step, it.asked) == ("DeltaNet", 5, "cat")
    assert it.recall["cat"] == ("green", "green")
    it.step = 2
    assert it.recall == {"cat": ("red", "red"), "dog": ("blue", "blue")}
    it.pairs = TWICE
    assert (it.step, it.asked) == (5, "ben") and it.written[3] == ("dan", "rice", True)
    it.preset = "mLSTM"
    assert (it.decay, it.write, it.normaliser, it.keep) == ("step", "exponential", "max", 0.1)
    it.strength = 0.3
    assert it.preset == "mLSTM", "a number that the rule does not use"
    it.gain = 2
    assert it.preset is None
    it.set_state({"pairs": "a=b", "step": 1, "asked": "a"})
    assert it.written == [("a", "b", False)] and it.memory.shape == (8, 9)


def test_the_sentence_says_what_is_answered():
    assert memory().describe() == (
        "Pairs: DeltaNet, 8 rows; after 5 of 5 pairs it answers 4 of 4 keys rightly; "
        "asked for cat it answers green, right."
    )
    told = memory(preset="RetNet", keep=1.0).describe()
    assert "it answers 3 of 4 keys rightly; asked for cat it cannot tell, where green was written" in told
    own = memory(decay="fixed", step=0).describe()
    assert "a rule of your own (fixed, delta, none)" in own and "after 0 of 5 pairs it answers 0 of 0" in own


@pytest.mark.parametrize("more", [{}, {"preset": "mLSTM", "pairs": TWICE}, {"decay": "fixed", "step": 0}])
def test_the_still_picture(more):
    still_picture(memory(**more))


def test_one_module_and_the_same_presets():
    one_module("recurrence")
    assert memory()._presets == PRESETS


# --- numbers against the library ------------------------------------------------------------------


def library_moments(it):
    """(state, what is read) after every pair, from seqmodels' own cells."""
    layer = {"RetNet": RetNet, "GLA": GLA, "DeltaNet": DeltaNet, "Gated DeltaNet": DeltaNet, "mLSTM": MLSTM}
    layer = layer[it.preset](8, 1, key_size=it.rows, value_size=VALUES).double()
    state = layer.initial_state(1)
    for key, value, marked in it.written:
        k, v = (torch.tensor(x)[None, None] for x in (it.key_vectors[key], it.value_vectors[value]))
        kept = np.array([it.keep if it.decay == "fixed" or (it.decay == "step" and marked) else 1.0])
        if it.preset == "GLA":
            kept = np.linspace(it.keep, 1.0, it.rows)
        log_decay = torch.tensor(np.log(kept))[None, None]
        rest = {"DeltaNet": [it.strength], "Gated DeltaNet": [it.strength], "mLSTM": [it.gain]}.get(it.preset, [])
        rest = [torch.tensor([[[number]]], dtype=torch.float64) for number in rest]
        read, state = layer.cell(state, k, k, v, log_decay, *rest)
        yield state, read[0, 0].detach().numpy()


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "Linear attention"])
@pytest.mark.parametrize("right_angles", [True, False])
def test_memory_and_answers_are_those_of_seqmodels(name, right_angles):
    it = memory(preset=name, pairs=MANY + " | cat=jade", right_angles=right_angles)
    story = node_story(it)
    for n, moment in enumerate(library_moments(it), 1):
        it.step = n
        state, read = moment
        theirs = state[0][0, 0].detach().numpy()
        for ours in (it.memory, np.reshape(story["memories"][n], (8, VALUES + 1))):
            np.testing.assert_allclose(ours[:, : theirs.shape[1]], theirs, rtol=0, atol=1e-12)
        if name == "mLSTM":
            assert it.moments[-1][2] == pytest.approx(state[1].item(), abs=1e-12)
    np.testing.assert_allclose(story["reads"][it.written[-1][0]], read, rtol=0, atol=1e-12)


def test_linear_attention_is_that_of_seqmodels():
    it = memory(preset="Linear attention", pairs=MANY)
    S, z = torch.zeros(1, 1, 8, VALUES, dtype=torch.float64), torch.zeros(1, 1, 8, dtype=torch.float64)
    for key, value, _ in it.written:
        k = positive(torch.tensor(it.key_vectors[key]) * math.sqrt(8))[None, None]
        S, z = remember(S, z, k, torch.tensor(it.value_vectors[value])[None, None])
    np.testing.assert_allclose(it.memory, torch.cat([S, z[..., None]], -1)[0, 0].numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(node_story(it)["reads"]["emu"], ask(k, S, z)[0, 0].numpy(), rtol=0, atol=1e-12)


def node_story(it):
    """What the browser's JavaScript makes of a viewer's state: every memory, and what every key answers at the end."""
    world = {"rows": it.rows, "draw": it.draw, "upright": it.right_angles}
    expression = """(() => {
      const { pairs } = m.parsedPairs(v.text);
      const story = m.memoryStory({ ...v.world, pairs }, v.rule);
      const recalls = m.recallNow(story, v.rule, v.step);
      return { memories: story.moments.map((one) => [...one.memory]), units: story.moments.map((one) => one.m),
        reads: Object.fromEntries(recalls.map((one) => [one.key, [...one.read]])),
        said: Object.fromEntries(recalls.map((one) => [one.key, one.said])) }; })()"""
    return run_node("recurrence", expression, text=it.pairs, world=world, rule=it.rule, step=it.step)


RULES = [*PRESETS.values(), PRESETS["mLSTM"] | {"gain": 5.0, "keep": 0.0}, PRESETS["DeltaNet"] | {"strength": 1.7},
         PRESETS["RetNet"] | {"write": "delta", "normaliser": "max", "decay": "channel"}]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: "-".join(map(str, rule.values())))
def test_javascript_and_python_tell_one_story(rule):
    it = memory(pairs=TWICE, draw=3, rows=6, right_angles=False, **rule)
    story = node_story(it)
    for step in range(6):
        it.step = step
        np.testing.assert_allclose(np.reshape(story["memories"][step], (6, 9)), it.memory, rtol=0, atol=1e-12)
        assert story["units"][step] == pytest.approx(it.moments[-1][2] if step else 0.0, abs=1e-12)
    assert story["said"] == {key: said for key, (_, said) in it.recall.items()}


def test_javascript_and_python_count_alike():
    expression = "v.rules.map((rule) => [0, 1].map((twice) => [...m.capacityCurve(rule, 6, v.upright, 9, twice)]))"
    for upright in (True, False):
        found = run_node("recurrence", expression, rules=RULES, upright=upright)
        for rule, curves in zip(RULES, found, strict=True):
            for again, curve in enumerate(curves):
                np.testing.assert_allclose(curve, rightly(rule, 6, upright, 9, bool(again)), rtol=0, atol=1e-12)


def test_words_have_the_same_vectors_in_javascript():
    words = ["key cat", "value groß", "key 12"]
    found = run_node("recurrence", "m.wordDirections(v.words, 8, 5, true).map((one) => [...one])", words=words)
    np.testing.assert_allclose(found, directions(words, 8, 5, True), rtol=0, atol=1e-13)
    np.testing.assert_allclose(directions(words, 8, 5, True) @ np.transpose(found), np.eye(3), atol=1e-12)
    assert np.linalg.norm(direction("key cat", 8, 5)) == pytest.approx(1)


def test_what_each_rule_can_hold():
    """At right angles every rule but linear attention holds as many as there are rows; a second value needs delta."""
    for name in ("RetNet", "GLA", "DeltaNet", "Gated DeltaNet", "mLSTM"):
        once = rightly(PRESETS[name], 8, True, 16)
        assert (once[:9] == np.arange(9)).all() and once[16] < 11
    assert rightly(PRESETS["DeltaNet"], 8, True, 8, again=True)[8] == 8
    assert rightly(PRESETS["RetNet"] | {"decay": "none"}, 8, True, 8, again=True)[8] == 0
    assert parsed("a=b | c=d") == [("a", "b", False), ("c", "d", True)]


# --- in the browser -------------------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    options = dict(getattr(request, "param", {}))
    it = memory(**options.pop("state", {}))
    with opened(browser, tmp_path / "page.html", [it], **options) as page:
        yield page


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_in_any_state(bare, tmp_path, request):
    root = viewer(bare, "Pairs")
    for preset, pairs, rows in (("Linear attention", MANY, 16), ("mLSTM", TWICE, 4), ("DeltaNet", PAIRS, 8)):
        bare.evaluate(
            """([name, pairs, rows]) => { const m = models[0]; m.set('rows', rows); m.set('pairs', pairs);
            for (const [part, value] of Object.entries(m.get('_presets')[name])) m.set(part, value); }""",
            [preset, pairs, rows],
        )
        says(root.locator("[data-preset][aria-pressed=true]"), preset)
        bare.wait_for_function("() => document.querySelectorAll('[data-curve]').length === 6")
        assert cut(root, ("input", "select", "code")) == []
    draw = [float(root.get_attribute("data-draw-ms"))]
    for _ in range(4):
        press(bare, root, "ArrowLeft")
        draw.append(float(root.get_attribute("data-draw-ms")))
    assert min(draw) < 20, draw


@pytest.mark.browser
def test_time_keys_and_rules_by_keyboard(bare):
    root = viewer(bare, "Pairs")
    says(
        root.locator("[data-role=answer]"),
        "Asked for cat it answers green: right. After 5 of 5 pairs it answers 4 of 4",
    )
    press(bare, root, "Home")
    is_now(bare, "step", 0)
    says(root.locator("[data-role=answer]"), "Nothing is written yet.")
    press(bare, root, "ArrowRight", "ArrowRight")
    is_now(bare, "asked", "dog")
    press(bare, root, "ArrowDown")
    says(root.locator("[data-role=answer]"), "owl is not written yet.")
    press(bare, root, "End", "2")
    is_now(bare, "keep", 0.97)
    is_now(bare, "asked", "cat")
    says(root.locator("[data-role=answer]"), "it answers green: right, but only just: red is nearly as like.")
    bare.evaluate("() => models[0].set('decay', 'none')")
    says(root.locator("[data-role=answer]"), "cannot tell: wrong.")
    says(root.locator("[data-role=answer]"), "red was written for this key too, and lies under green: adding smears.")
    says(root.locator("[data-pair='4']"), "✗ cannot tell")
    says(root.locator("[data-pair='0']"), "replaced")
    press(bare, root, "5", "b")
    is_now(bare, "pairs", PAIRS.replace("cat=green", "| cat=green"))
    press(bare, root, "ArrowUp")
    says(root.locator("[data-name=kept]"), "kept: 0.10 of it")
    press(bare, root, "Control+ArrowLeft")
    assert trait(bare, "step") == 5
    press(bare, root, "Space")
    says(root.locator("[data-role=play]"), "Pause")
    says(root.locator("[data-role=play]"), "Write")
    assert trait(bare, "step") == 5


@pytest.mark.browser
def test_rules_pairs_and_numbers_by_mouse(bare):
    root = viewer(bare, "Pairs")
    root.locator("[data-preset=mLSTM]").click()
    is_now(bare, "write", "exponential")
    root.locator("[data-role=gain]").fill("3")
    says(root.locator("[data-name=memory]"), "in units of e^3.0")
    root.locator("[data-role=normaliser]").select_option("none")
    says(root.locator("[data-curve='your rule']").locator(".."), "your rule")
    root.locator("[data-role=write]").select_option("delta")
    says(root.locator("[data-role=formula]"), "S ← α S + 1.0 · k (v − (α S)ᵀk)ᵀ")
    root.locator("[data-role=examples]").select_option("more keys than rows")
    is_now(bare, "step", 12)
    root.locator("[data-pair='0']").click()
    is_now(bare, "asked", "cat")
    root.locator("[data-role=rows]").select_option("16")
    says(root.locator("[data-role=answer]"), "12 of 12 keys rightly")
    field = root.locator("[data-role=pairs]")
    field.fill("sun=hot moon")
    says(root.locator("[data-role=wrong]"), "“moon” is not key=value")
    assert trait(bare, "step") == 12, "what does not fit is not taken"
    field.fill("sun=hot moon=cold")
    is_now(bare, "step", 2)
    field.press("ArrowLeft")
    assert trait(bare, "step") == 2, "keys in the text are the text's"
    root.locator("[data-role=twice]").check()
    is_now(bare, "again", True)
    says(root.locator("[role=status]"), "when each is written twice")
    root.locator("[data-role=step]").fill("1")
    says(root.locator("[data-role=answer]"), "After 1 of 2 pairs")
    root.locator("[data-role=bar]").click()
    is_now(bare, "pairs", "| sun=hot moon=cold")
    root.locator("[data-role=decay]").select_option("none")
    says(root.locator("[data-role=formula]").locator(".."), "It does not heed the bar.")


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_asks_a_key_and_controls_have_names(bare):
    root = viewer(bare, "Pairs")
    root.locator("[data-pair='2']").tap()
    is_now(bare, "asked", "owl")
    says(root.locator("[data-role=answer]"), "Asked for owl it answers gold: right.")
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input, select')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []
    pictures = root.locator("svg[role=img]")
    assert all(pictures.nth(i).get_attribute("aria-label") for i in range(pictures.count()))
