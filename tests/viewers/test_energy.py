"""EnergyViewer: its Python side, its numbers against the library, and every control on a page without a kernel."""

import numpy as np
import pytest

from classroom.energy_numbers import energy_of, recall_run, state_at, sweep_order, uniform
from classroom.energy_viewer import EnergyViewer
from seqmodels.hopfield import HopfieldNetwork
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, drag, one_module, press, says, viewer
from viewers.test_python import run_node

ROWS, COLUMNS = 12, 10
UNITS = ROWS * COLUMNS
NAMES = ["gull", "anchor", "waves", "key", "crow", "lantern"]


def signs(count, units=UNITS, seed=0):
    return np.random.default_rng(seed).choice([-1, 1], (count, units))


def alike(count):
    """Pictures with much in common: a memory of few of them fails."""
    rng = np.random.default_rng(1)
    return np.where(rng.random((count, UNITS)) < 0.2, -1, 1) * signs(1, seed=5)


def memory(**more):
    return EnergyViewer(signs(6), (ROWS, COLUMNS), NAMES, **{"title": "Saltmere", **more})


# --- errors and traits ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"patterns": [1, -1]}, ["patterns", "a row of +1 and -1", "(2,)"]),
        ({"patterns": []}, ["patterns", "(0,)"]),
        ({"patterns": [[1, 0]]}, ["patterns", "got 0"]),
        ({"patterns": [[1, np.nan]]}, ["patterns", "got nan"]),
        ({"patterns": np.ones((13, 6))}, ["(13, 6)", "at most 12"]),
        ({"patterns": np.ones((1, 901))}, ["(1, 901)", "900 units"]),
        ({"shape": (2, 2)}, ["shape is (2, 2)", "must be 6"]),
        ({"shape": (-2, -3)}, ["shape is (-2, -3)"]),
        ({"labels": ["a"]}, ["labels has 1 entries", "2 patterns"]),
        ({"labels": ["a", "a"]}, ["labels must be distinct"]),
        ({"stored": [True]}, ["stored has 1 entries", "2 patterns"]),
        ({"start": [1, 1]}, ["start has 2 units", "have 6"]),
        ({"start": [1, 1, 1, 1, 1, 2]}, ["start", "got 2"]),
        ({"steps": -1}, ["steps", "got -1"]),
        ({"unit": 6}, ["unit", "0 to 5", "got 6"]),
        ({"noise": 101}, ["noise", "0 to 100"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, words):
    arguments = {"patterns": signs(2, 6), "shape": (2, 3), **changed}
    with pytest.raises(ValueError) as caught:
        EnergyViewer(**arguments)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_the_state_is_read_and_set_from_a_cell():
    it = memory()
    assert (it.state == it.patterns[0]).all() and it.steps == 0
    damaged = it.patterns[1] * np.where(np.arange(UNITS) < 20, -1, 1)
    it.state = damaged
    assert (it.start == damaged).all()
    it.steps = UNITS
    assert (it.state == it.patterns[1]).all(), "twenty units of 120 are mended within a sweep"
    it.seed = 4
    assert it.steps == 0 and (it.state == damaged).all(), "another order begins anew"
    it.steps = 7
    it.stored = [True, False] * 3
    assert it.steps == 0
    it.set_state({"start": it.patterns[2].tolist(), "steps": 5, "stored": [True] * 6})
    assert it.steps == 5, "what the browser sends together stays together"
    for value, word in (([1, 1], "state has 2 units"), ([0] * UNITS, "got 0")):
        with pytest.raises(ValueError, match=word):
            it.state = value


# --- numbers ----------------------------------------------------------------------------------------


@pytest.mark.node
@pytest.mark.parametrize("count, seed", [(1, 0), (6, 3), (12, 77)])
def test_the_browser_computes_what_the_library_computes(count, seed):
    patterns, start = signs(count, seed=seed), signs(1, seed=seed + 100)[0]
    here = run_node(
        "energy",
        "({ run: m.recallRun(v.p, v.s, v.seed),"
        " orders: [0, 1, 2, 3, 4, 5, 6, 7].map((k) => m.sweepOrder(v.seed, 120, k)),"
        " fields: m.moment(v.p, v.p.map(() => true), m.recallRun(v.p, v.s, v.seed), 0).fields,"
        " stays: m.whatStays(v.p, v.p.map(() => true), v.seed) })",
        p=patterns.tolist(),
        s=start.tolist(),
        seed=seed,
    )
    network, state, flips = HopfieldNetwork(patterns), start.astype(float), []
    assert here["run"]["first"] == pytest.approx(network.energy(state), abs=1e-12)
    np.testing.assert_allclose(here["fields"], network.field(state), rtol=0, atol=1e-12)
    for k, unit in enumerate(np.concatenate(here["orders"])):
        after = network.step(state, unit)
        if (after != state).any():
            flips.append(
                {"at": k + 1, "unit": unit, "field": network.field(state)[unit], "energy": network.energy(after)}
            )
        state = after
    assert len(flips) > 10 and [flip["unit"] for flip in here["run"]["flips"]] == [flip["unit"] for flip in flips]
    for mine, theirs in zip(here["run"]["flips"], flips, strict=True):
        assert mine == pytest.approx(theirs, abs=1e-9)
    assert here["run"]["end"] == state.tolist()
    # the picture for pages without JavaScript
    assert [sweep_order(seed, UNITS, k) for k in range(8)] == here["orders"]
    ours = recall_run(patterns, start, seed)
    assert [(at, unit) for at, unit, _ in ours] == [(flip["at"], flip["unit"]) for flip in flips]
    assert [energy for *_, energy in ours] == pytest.approx([flip["energy"] for flip in flips], abs=1e-12)
    assert state_at(start, ours, ours[3][0]).tolist() != state.tolist()
    ends = [state_at(p, recall_run(patterns, p, seed), 10**6) for p in patterns]
    assert here["stays"] == pytest.approx([(p * end).mean() for p, end in zip(patterns, ends, strict=True)])


@pytest.mark.node
def test_the_uniform_numbers_are_those_of_the_browser():
    wanted = run_node("energy", "[0, 7, 123456789].map((s) => [0, 1, 99, 100000].map((t) => m.uniform(s, t)))")
    assert [uniform(seed, np.array([0, 1, 99, 100000])).tolist() for seed in (0, 7, 123456789)] == wanted


def test_nothing_stored_is_no_crash():
    it = memory(stored=[False] * 6)
    assert (it.state == it.patterns[0]).all() and energy_of(it.patterns[:0], it.state) == 0
    assert "0 of 6 pictures" in it.describe() and it.to_png()[0].startswith(b"\x89PNG")


# --- picture and text -------------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    it = EnergyViewer(alike(6), (ROWS, COLUMNS), NAMES, title="Alike", steps=3)
    network = HopfieldNetwork(it.patterns)
    stay = (network.step(it.patterns) == it.patterns).all(1).sum()
    assert stay < 6
    said = repr(it)
    assert said.startswith("EnergyViewer: Alike: 6 of 6 pictures of 120 units stored")
    assert f", {stay} of them {'stays' if stay == 1 else 'stay'} when shown" in said
    assert f"energy {network.energy(it.state):.2f}" in said
    wants = (network.field(it.state) * it.state < 0).sum()
    assert f"{wants} unit" in said and "nearest is '" in said


def test_the_picture_for_pages_without_javascript(shots):
    it = memory(stored=[True] * 4 + [False] * 2)
    it.state = np.where(np.arange(UNITS) < 60, it.patterns[3], -1)
    it.steps = 40
    png, _ = it.to_png()
    assert len(png) < 30_000 and png == it.to_png()[0]
    assert it._repr_mimebundle_()[0]["text/plain"] == repr(it)
    (shots / "energy_static.png").write_bytes(png)


def test_joined_javascript_is_one_module():
    one_module("energy")


# --- a page without a kernel ------------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    shown = [memory(), EnergyViewer(alike(6), (ROWS, COLUMNS), NAMES, title="Alike")]
    with opened(browser, tmp_path / "page.html", shown, **getattr(request, "param", {})) as page:
        yield page


def trait(page, name, i=0):
    return page.evaluate("([i, name]) => models[i].get(name)", [i, name])


def shown_state(page, i=0):
    """What is drawn: the start after so many updates, by Python."""
    kept = np.array(trait(page, "patterns", i))[np.array(trait(page, "stored", i))]
    return state_at(trait(page, "start", i), recall_run(kept, trait(page, "start", i), 0), trait(page, "steps", i))


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        press(bare, root, "2", "d", "n", "n", "n")
        says(root.locator("[role=status]"), "3 flips")
        assert cut(root, ("canvas", "output", ".pictures > *")) == [], f"viewer {i}"
        board, table = (root.locator(f".{name}").bounding_box() for name in ("stage", "pictures"))
        assert table["x"] >= board["x"] + board["width"]
        root.screenshot(path=shots / f"energy_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"width": 570}, {"width": 592}], indirect=True, ids=["570", "592"])
def test_beside_a_list_of_files_board_and_table_still_stand_side_by_side(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        press(bare, root, "2", "d")
        says(root.locator("[role=status]"), "Not let go yet")
        assert cut(root, ("canvas", "output", ".pictures > *")) == [], f"viewer {i}"
        board, table, damage = (root.locator(f".{name}").bounding_box() for name in ("stage", "pictures", "damage"))
        told = root.locator(".damage output").bounding_box()
        assert table["x"] >= max(box["x"] + box["width"] for box in (board, damage, told))
        assert root.locator("[data-stays='0']").bounding_box()["height"] < 30, "a line for each picture"
        assert root.bounding_box()["height"] < 1100
        answer, drive = (root.locator(name).bounding_box() for name in ("[data-role=answer]", "[data-role=play]"))
        assert drive["y"] - answer["y"] - answer["height"] >= 6, "the answer does not touch the buttons"
        root.screenshot(path=shots / f"energy_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
def test_a_damaged_picture_is_found_again_by_keyboard(bare):
    root = viewer(bare, "Saltmere")
    patterns = np.array(trait(bare, "patterns"))
    press(bare, root, "3", "d")
    damaged = np.array(trait(bare, "start"))
    assert (damaged != patterns[2]).sum() == 24, "20 % of 120"
    says(root.locator("[data-role=answer]"), "want to flip. Nearest is the waves, overlap +0.60")
    press(bare, root, "End")
    says(root.locator("[data-role=answer]"), "At rest: this is the waves, to the last unit.")
    says(root.locator("[data-overlap='2']"), "+1.00")
    assert (shown_state(bare) == patterns[2]).all()
    press(bare, root, "Home")
    says(root.locator("[role=status]"), "Not let go yet")
    press(bare, root, "n")
    kept = HopfieldNetwork(patterns)
    at, unit, energy = recall_run(patterns, damaged, 0)[0]
    assert [trait(bare, "steps"), trait(bare, "unit")] == [at, unit]
    says(root.locator("[role=status]"), f"Energy −{-energy:.2f}. It was −{-kept.energy(damaged):.2f} at the start.")
    field = kept.field(damaged)[unit]
    says(root.locator("[data-role=because]"), f"{abs(field):.3f}: they want it {'filled' if field > 0 else 'empty'}")
    votes = [float(v.replace("−", "-")) for v in root.locator("[data-votes]").all_inner_texts()]
    own = 6 / UNITS * np.sign(field)
    assert sum(votes) - own == pytest.approx(field, abs=0.04), "votes, less the unit's own part, are its field"
    press(bare, root, "e", "o")
    assert trait(bare, "seed") == 1 and trait(bare, "steps") == 0
    assert all(s == -1 for s in trait(bare, "start")[60:])
    bare.evaluate("() => models[0].set('unit', 45)")
    before = trait(bare, "start")
    press(bare, root, "ArrowUp", "ArrowLeft", "Enter")
    assert trait(bare, "unit") == 34 and trait(bare, "start")[34] == -before[34]
    press(bare, root, "r")
    assert sum(trait(bare, "start")) == 0, "half of the units filled"


@pytest.mark.browser
def test_the_mouse_paints_lets_go_and_goes_back(bare):
    root = viewer(bare, "Saltmere")
    start = trait(bare, "start")
    box = root.locator("[data-role=grid]").bounding_box()
    size = box["width"] / COLUMNS
    y = box["y"] + 4.5 * size
    bare.mouse.move(box["x"] + 2.5 * size, y)
    bare.mouse.down()
    for column in range(3, 9):
        bare.mouse.move(box["x"] + (column + 0.5) * size, y)
    bare.mouse.up()
    painted = trait(bare, "start")
    assert painted[42:49] == [-start[42]] * 7 and painted[:42] == start[:42] and painted[49:] == start[49:]
    bare.evaluate("() => models[0].set('start', models[0].get('start').map((s, i) => (i < 30 ? -s : s)))")
    root.locator("[data-role=play]").click()
    says(root.locator("[data-role=play]"), "Pause")
    says(root.locator("[data-role=answer]"), "At rest: this is the gull")
    says(root.locator("[data-role=play]"), "Let go")
    assert shown_state(bare).tolist() == start
    curve = root.locator("[data-role=curve]")
    drag(bare, curve, dx=-60, dy=0)
    bare.wait_for_function("() => models[0].get('steps') > 0 && models[0].get('steps') < 90")
    root.locator("[data-role=back]").click()
    assert trait(bare, "steps") == 0
    root.locator("[data-show='4']").click()
    assert trait(bare, "start") == trait(bare, "patterns")[4]


@pytest.mark.browser
def test_with_too_many_pictures_it_stops_being_a_memory(bare):
    root = viewer(bare, "Alike")
    patterns = np.array(trait(bare, "patterns", 1))
    for number in (6, 2):
        root.locator("input[type=range]").nth(1).fill(str(number))
        network = HopfieldNetwork(patterns[:number])
        stay = (network.step(patterns[:number]) == patterns[:number]).all(1).sum()
        said = "Shown as they are, all 2" if stay == 2 else f"Shown as they are, {stay} of {number}"
        says(root.locator("[data-role=answer]"), said)
        assert trait(bare, "stored", 1) == [True] * number + [False] * (6 - number)
    assert root.locator("[data-stays='5']").inner_text() == "not stored"
    root.locator("[data-store='4']").check()
    bare.wait_for_function("() => models[1].get('stored')[4]")
    press(bare, root, "-", "-", "-")
    says(root.locator("[data-role=answer]"), "Nothing is stored.")
    assert trait(bare, "stored", 1) == [False] * 6
    press(bare, root, "+")
    assert trait(bare, "stored", 1)[0]


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_flips_a_unit_and_controls_have_names(bare):
    root = viewer(bare, "Saltmere")
    before = trait(bare, "start")
    box = root.locator("[data-role=grid]").bounding_box()
    bare.touchscreen.tap(box["x"] + 1.5 * box["width"] / COLUMNS, box["y"] + 0.5 * box["height"] / ROWS)
    bare.wait_for_function("(s) => models[0].get('start')[1] === -s", arg=before[1])
    says(root.locator("[data-role=answer]"), "1 of 120 units wants to flip")
    assert root.locator(".stage").get_attribute("aria-label").startswith("Not at rest")
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []
