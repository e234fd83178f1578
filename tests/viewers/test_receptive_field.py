"""ReceptiveFieldViewer: its Python side, its numbers, every control on a page without a kernel, and JupyterLab."""

import statistics

import numpy as np
import pytest
import torch

from classroom import ReceptiveFieldViewer
from classroom.receptive_field_numbers import field_and_holes, roads_to_output
from seqmodels.tcn import TCN, feeding, receptive_field
from viewers import lab
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, place, press, says, still_picture, viewer
from viewers.test_python import run_node


def blocks(kernel_size, count):
    """The convolutions of a TCN: two of each dilation."""
    return [(kernel_size, 2**i) for i in range(count) for _ in range(2)]


def measured(steps=25, step=24, seed=0):
    """|gradient| of one output of a small TCN by its inputs and by the outputs of its blocks' convolutions."""
    torch.manual_seed(seed)
    net, x = TCN(3, [4] * 3, kernel_size=3), torch.randn(1, steps, 3, requires_grad=True)
    y = net(x)[0][0, step].sum()
    (gradient,) = torch.autograd.grad(y, x)
    return net.convolutions, gradient[0].norm(dim=-1).numpy()


def used(**more):
    """A stack with importance on every level: mostly one input, 20 steps back."""
    rows = np.random.default_rng(0).random((9, 25)) * 0.06
    for level, back in enumerate([20, 20, 18, 16, 16, 8, 8, 0, 0]):
        rows[level, 24 - back] += 1
    tokens = [*"47162", *"_" * 15, *"?????"]
    return ReceptiveFieldViewer(blocks(3, 4), tokens=tokens, importance=list(rows), title="Copy", **more)


def five(**more):
    return ReceptiveFieldViewer([(3, 2**i) for i in range(5)], title="Five layers", length=80, **more)


def holes(**more):
    return ReceptiveFieldViewer([(2, 1), (2, 4)], **{"title": "Holes", "length": 24, **more})


def words(**more):
    tokens = "the cat that chased the mice was very tired and so it slept".split()
    return ReceptiveFieldViewer([(2, 1), (2, 2)], tokens=tokens, title="Words", compare="recurrent", traced=3, **more)


def high(**more):
    """As much as can be drawn."""
    return ReceptiveFieldViewer([(3, 2 ** (i % 8)) for i in range(24)], length=512, title="High", **more)


# --- errors and traits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"layers": []}, ["layers", "at least one", "[]"]),
        ({"layers": [3, 1]}, ["layers", "pairs (kernel_size, dilation)"]),
        ({"layers": [(3, 1), (2, 2)]}, ["layers must have one kernel_size", "[2, 3]"]),
        ({"layers": [(17, 1)]}, ["kernel_size", "1 to 16", "17"]),
        ({"layers": [(2, 0)]}, ["dilations", "1 to 512", "got 0"]),
        ({"layers": [(2, 1)] * 25}, ["dilations must hold 1 to 24", "25"]),
        ({"length": 0}, ["length", "1 to 512", "0"]),
        ({"length": 10, "tokens": "abc"}, ["tokens has 3 steps", "expected 10"]),
        ({"step": 24}, ["step", "0 to 23", "24"]),
        ({"step": True}, ["step", "True"]),
        ({"tokens": "abcd", "importance": np.ones(5)}, ["importance has 5 steps", "expected 4"]),
        ({"importance": np.ones((4, 24))}, ["importance has 4 levels", "2 layers", "3 levels"]),
        ({"importance": np.ones((2, 2, 24))}, ["importance must be (T,)"]),
        ({"importance": []}, ["importance must be (T,)", "[]"]),
        ({"importance": {}}, ["importance", "not empty"]),
        ({"importance": [-1.0, np.nan, *[0] * 22]}, ["not negative", "2 entries"]),
        ({"importance": {3: np.ones(24), 4: np.ones((3, 24))}}, ["one shape", "(1, 24), (3, 24)"]),
        ({"importance": {30: np.ones(24)}}, ["importance", "0 to 23", "30"]),
        ({"compare": "flat"}, ["compare must be one of", "'plain'", "'flat'"]),
        ({"goal": "win"}, ["goal must be one of", "'cover'", "'win'"]),
        ({"traced": -1}, ["traced", "-1"]),
        ({"goals": "no"}, ["goals must be True or False", "'no'"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, said):
    with pytest.raises(ValueError) as caught:
        ReceptiveFieldViewer(**{"layers": [(2, 1), (2, 4)], **changed})
    assert all(word in str(caught.value) for word in said), str(caught.value)


def test_traits_are_checked_from_a_cell():
    it = holes()
    for name, value, word in (
        ("step", 24, "0 to 23"),
        ("step", 1.5, "1.5"),
        ("kernel_size", 0, "1 to 16"),
        ("dilations", [1, 513], "513"),
        ("dilations", [], "1 to 24"),
        ("compare", "", "'dilated'"),
        ("traced", 300, "300"),
    ):
        with pytest.raises(ValueError, match=word):
            setattr(it, name, value)
    assert (it.step, it.kernel_size, it.dilations, it.compare, it.traced) == (23, 2, [1, 4], "dilated", None)
    it.step, it.dilations = np.int64(5), (1, np.int64(2))
    assert it.step == 5 and it.layers == [(2, 1), (2, 2)]
    it.compare = "plain"
    assert it.layers == [(2, 1), (2, 1)]
    it.set_state({"goal": "reach", "dilations": [8, 64, 128], "best": {"reach": 6}})
    assert it.best == {"reach": 6} and it.dilations == [8, 64, 128]


def test_importance_belongs_to_its_step_and_to_the_stack_as_given():
    layers, gradient = measured()
    it = ReceptiveFieldViewer(layers, importance={24: gradient, 10: gradient[::-1]})
    assert it.step == 24 and it.length == 25
    np.testing.assert_allclose(it.shown_importance[0], gradient)
    it.step = 10
    np.testing.assert_allclose(it.shown_importance[0], gradient[::-1])
    it.step = 11
    assert it.shown_importance is None
    it.step, it.compare = 10, "plain"
    assert it.shown_importance is None
    codes = np.frombuffer(it._importance, "<u2")[: 2 * 25].reshape(2, 25) / 65535
    np.testing.assert_allclose(codes[0], gradient / gradient.max(), atol=1e-5)
    assert ReceptiveFieldViewer(layers, step=7, importance=gradient)._importance_steps == [7]


# --- numbers --------------------------------------------------------------------------------------


def random_stacks(count=40):
    rng = np.random.default_rng(1)
    for _ in range(count):
        layers = [(int(rng.integers(1, 6)), int(rng.integers(1, 9))) for _ in range(rng.integers(1, 7))]
        yield layers, int(rng.integers(0, 70))


def test_the_numbers_of_text_and_picture_equal_the_library():
    for layers, step in random_stacks():
        field, gaps = field_and_holes(layers)
        assert field == receptive_field(layers)
        levels = [sorted(step - back for back in level if back <= step) for level in roads_to_output(layers)]
        assert levels == feeding(layers, step)
        assert sorted({*range(field)} - set(gaps)) == sorted(roads_to_output(layers)[0])


@pytest.mark.node
def test_the_browser_computes_what_the_library_computes():
    stacks = [*random_stacks(200), (blocks(3, 4), 24), ([(2, 1), (2, 4)], 23), ([(1, 5)], 3)]
    expression = """v.stacks.map(([layers, step]) => { const s = m.solveReceptive(layers);
      return [m.feedingLevels(layers, step), m.receptiveField(layers), s.field, s.holes, Array.from(s.roads[0])]; })"""
    here = run_node("receptive", expression, stacks=stacks)
    for (layers, step), (levels, field, solved, gaps, roads) in zip(stacks, here, strict=True):
        assert levels == feeding(layers, step)
        assert field == solved == receptive_field(layers)
        assert gaps == field_and_holes(layers)[1]
        assert roads == [roads_to_output(layers)[0].get(back, 0) for back in range(field)]


def test_a_gradient_is_zero_where_the_cone_says_so():
    layers, gradient = measured(steps=60, step=50)
    seen = feeding(layers, 50)[0]
    assert np.flatnonzero(gradient).tolist() == [t for t in range(60) if t in seen]


# --- picture and text -----------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    said = repr(five())
    assert said.startswith("ReceptiveFieldViewer: Five layers: 5 layers, kernel 3, dilations 1 2 4 8 16: sees 63 steps")
    assert "stores 62 numbers" in said and "15 multiplications" in said and said.endswith("sees 63 inputs.")
    assert "sees 4 of 6 steps, with holes" in repr(holes()) and repr(holes(step=3)).endswith("sees 2 inputs.")
    assert "sees 3 steps" in repr(holes(compare="plain"))
    assert "a recurrent layer sees all 13 inputs so far" in repr(words())
    one = ReceptiveFieldViewer([(3, 1)], importance=[0, 0, 9, 1, 0])
    assert repr(one).endswith("and nine tenths of what it depends on lie in 1 of them.")


@pytest.mark.parametrize(
    "make", [used, five, holes, words, high, lambda: five(step=0), lambda: ReceptiveFieldViewer([(1, 1)], length=1)]
)
def test_the_picture_for_pages_without_javascript(make, shots):
    it = make()
    png, image = still_picture(it)
    assert image.width > 1000 and len(image.getcolors(1 << 16)) > 4
    (shots / f"receptive_static_{it.title.split()[0] if it.title else 'one'}_{it.step}.png").write_bytes(png)


# --- a page without a kernel ----------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    shown = [used(), five(), holes(), words(), high()]
    with opened(browser, tmp_path / "page.html", shown, **getattr(request, "param", {})) as page:
        yield page


def trait(page, viewer, name):
    return page.evaluate("([i, name]) => models[i].get(name)", [viewer, name])


def spot(root, t, length, low=True):
    """A point at step t: among the inputs, or among the outputs."""
    box, mark = place(root.locator(".receptive")), place(root.locator("[data-role=output]"))
    at = int(root.locator("[data-role=output]").get_attribute("data-t"))
    left = 132 if box["width"] >= 620 else 104
    column = (box["width"] - left - 10) / length
    x = box["x"] + left + (t + 0.5) * column
    assert abs(box["x"] + left + (at + 0.5) * column - mark["x"] - mark["width"] / 2) < 1
    return x, box["y"] + box["height"] - 22 if low else mark["y"] + 3


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        assert cut(root, also=["td", "b", "span"]) == [], f"viewer {i}"
        if i == 2:
            root.locator("[data-role=goal-cover]").click()
            press(bare, root, "+", "d", "+", "d", "d", "+")
            assert cut(root, also=["td", "b", "span"]) == []
        root.screenshot(path=shots / f"receptive_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
def test_an_output_is_chosen_and_an_input_followed(bare):
    root = viewer(bare, "Copy")
    answer, card = root.locator("[data-role=answer]"), root.locator("[data-role=card]")
    says(answer, "It sees all 25 inputs so far. One of them, “2”, 20 steps back, has ")
    bare.mouse.move(*spot(root, 4, 25))
    roads = roads_to_output(blocks(3, 4))[0][20]
    says(card, f"“2”, 20 steps back: {roads} roads to the output.")
    assert trait(bare, 0, "traced") is None, "pointing is no choosing"
    bare.mouse.click(*spot(root, 4, 25))
    bare.mouse.move(*spot(root, 9, 25, low=False))
    says(answer, "It sees all 10 inputs so far.")
    assert trait(bare, 0, "step") == 24 and trait(bare, 0, "traced") == 4
    says(root.locator(".receptive"), "Importance was measured for output 25 only.")
    bare.mouse.click(*spot(root, 9, 25, low=False))
    assert trait(bare, 0, "step") == 9
    press(bare, root, "ArrowRight", "PageDown", "[", "Home", "]")
    assert trait(bare, 0, "step") == 0 and trait(bare, 0, "traced") == 4
    says(card, "“2”, 4 steps later than the output: nothing looks ahead.")
    bare.mouse.click(*spot(root, 4, 25))
    assert trait(bare, 0, "traced") is None, "a second click lets it go"
    press(bare, root, "End", "[", "Escape")
    assert trait(bare, 0, "step") == 24 and trait(bare, 0, "traced") is None
    says(card, "Most important: “2”, 20 steps back")


@pytest.mark.browser
def test_the_stack_is_changed_by_buttons_and_keys(bare):
    root = viewer(bare, "Five layers")
    status = root.locator("[role=status]")
    says(status, "Output 80 of 80. 5 layers, kernel 3, dilations 1 2 4 8 16: sees 63 steps, stores 62 × channels")
    assert root.locator("[data-back]").count() == 0, "a short field has its ticks at equal distances"
    root.locator("[data-role=add]").click()
    root.locator("[data-double='5']").click()
    root.locator("[data-back='64']").wait_for(state="attached")
    backs = root.locator("[data-back]").evaluate_all("marks => marks.map((mark) => +mark.dataset.back)")
    assert backs == [0, 1, 2, 4, 8, 16, 32, 64]
    root.locator("[data-role=given]").click()
    root.locator("[data-double='4']").click()
    root.locator("[data-flatten='1']").click()
    assert trait(bare, 1, "dilations") == [1, 1, 4, 8, 32]
    root.locator("[data-role=kernel-2]").click()
    says(status, "dilations 1 1 4 8 32: sees 24 of 47 steps")
    press(bare, root, "+", "d", "d", "ArrowDown", "1", "-", "5")
    assert trait(bare, 1, "dilations") == [1, 1, 4, 8, 1] and trait(bare, 1, "kernel_size") == 5
    root.locator("[data-role=doubling]").click()
    assert trait(bare, 1, "dilations") == [1, 2, 4, 8, 16]
    root.get_by_role("radio", name="The same without dilation").check()
    says(root.locator("[data-role=answer]"), "It sees the last 21 inputs")
    press(bare, root, "c")
    says(root.locator("[data-role=answer]"), "80 steps in a row")
    root.locator("[data-role=given]").click()
    assert trait(bare, 1, "dilations") == [1, 2, 4, 8, 16] and trait(bare, 1, "kernel_size") == 3
    bare.evaluate("() => { models[1].set('dilations', [1, 4]); models[1].set('compare', 'dilated'); }")
    says(status, "2 layers, kernel 3, dilations 1 4: sees 9 of 11")


@pytest.mark.browser
def test_a_goal_is_a_trap_and_then_is_won(bare):
    root = viewer(bare, "Holes")
    card = root.locator("[data-role=card]")
    root.locator("[data-role=goal-reach]").click()
    assert trait(bare, 2, "dilations") == [1] and trait(bare, 2, "goal") == "reach"
    press(bare, root, *"ddd", "+", *"dddddd", "+", *"ddddddd")
    assert trait(bare, 2, "dilations") == [8, 64, 128]
    says(card, "Done with 6 weights per channel pair; with dilations 1, 2, 4, 8 … nobody needs fewer. But of the 201 ")
    assert trait(bare, 2, "best") == {"reach": 6}
    root.locator("[data-role=goal-cover]").click()
    says(card, "Not yet: 2 weights per channel pair, the oldest input is 1 step back.")
    press(bare, root, *"++++++++")
    root.locator("[data-role=doubling]").click()
    says(card, "Done with 18 weights per channel pair; 16 are enough.")
    press(bare, root, "-")
    says(card, "Done with 16 weights per channel pair; with dilations 1, 2, 4, 8 … nobody needs fewer.")
    assert trait(bare, 2, "best") == {"reach": 6, "cover": 16}
    root.locator("[data-role=goal-none]").click()
    assert trait(bare, 2, "dilations") == [1, 4] and trait(bare, 2, "kernel_size") == 2
    says(root.locator("[data-role=answer]"), "It is blind 2 to 3 steps back.")
    says(root.locator("[data-role=goal-cover]"), "No hole: 16")
    bare.evaluate("() => models[2].set('goals', false)")
    root.locator("[data-role=goal-cover]").wait_for(state="hidden")


@pytest.mark.browser
def test_the_cone_grows_and_draws_in_time(bare):
    root = viewer(bare, "Five layers")
    press(bare, root, "Space")
    says(root.locator("[data-role=play]"), "Pause")
    assert root.locator("[data-role=flat]").count() == 0, "the comparison comes when the cone is whole"
    bare.wait_for_function("() => document.querySelectorAll('.mtm')[1].querySelector('[data-role=flat]')")
    says(root.locator("[data-role=play]"), "Grow the cone")
    high = viewer(bare, "High")
    taken = []
    for key in ("ArrowLeft", "PageUp", "[", "[", "ArrowLeft", "c", "c", "c"):
        press(bare, high, key)
        taken.append(float(high.get_attribute("data-draw-ms")))
    print(taken)
    assert statistics.median(taken) < 100, taken


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 584}], indirect=True, ids=["touch"])
def test_a_finger_chooses_on_a_narrow_page_and_screen_readers_hear(bare, shots):
    for root in bare.locator(".mtm").all():
        assert cut(root, also=["td", "b", "span"]) == []
        assert "layers over" in root.locator(".stage").get_attribute("aria-label")
        assert root.locator("[role=status]").inner_text()
    root = viewer(bare, "Copy")
    root.screenshot(path=shots / "receptive_584.png")
    root.locator(".receptive").scroll_into_view_if_needed()
    bare.touchscreen.tap(*spot(root, 4, 25))
    bare.wait_for_function("() => models[0].get('traced') === 4")
    bare.touchscreen.tap(*spot(root, 12, 25, low=False))
    bare.wait_for_function("() => models[0].get('step') === 12")
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []


# --- JupyterLab -----------------------------------------------------------------------------------

CELLS = [
    "from classroom import ReceptiveFieldViewer\n"
    "v = ReceptiveFieldViewer([(2, 1), (2, 4)], tokens='abcdefgh', title='In Lab')\nv",
    "print(v.step, v.kernel_size, v.dilations, v.compare, v.traced)",
    "v.step = 3; v.dilations = [1, 2, 4]; v.traced = 1",
]


@pytest.mark.browser
def test_page_and_python_move_each_other(browser, server, shots):
    with lab.new_notebook(browser, server, "receptive.ipynb", CELLS) as page:
        lab.run_cell(page, CELLS[0])
        lab.drawn(page)
        root = viewer(page, "In Lab")
        press(page, root, "ArrowLeft", "3", "d", "d", "[")
        lab.expect_cell(page, CELLS[1], "6 3 [1, 16] dilated 6")
        assert lab.count_cells(page) == 3, "d d stays inside the viewer"
        lab.run_cell(page, CELLS[2])
        says(root.locator("[data-role=answer]"), "It sees all 4 inputs so far.")
        says(root.locator("[data-role=card]"), "“b”, 2 steps back")
        lab.expect_cell(page, CELLS[1], "3 3 [1, 2, 4] dilated 1")
        root.screenshot(path=shots / "receptive_lab.png")
        assert page.errors == [] and page.outside == []
