"""MemoryViewer: its numbers against seqmodels.hippo, its Python side, every control on a bare page."""

import itertools

import numpy as np
import pytest

from classroom.memory_numbers import bump
from classroom.memory_viewer import MemoryViewer
from seqmodels.hippo import project, reconstruct
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, is_now, one_module, place, press, says, still_picture, trait, viewer
from viewers.test_python import run_node

T = 240
TIME = np.arange(T)
SIGNALS = {
    "waves": np.sin(2 * np.pi * 3 * TIME / T) + 0.4 * np.sin(2 * np.pi * 11 * TIME / T),
    "steps": np.repeat(np.random.default_rng(0).normal(0, 1, 8), 30),
}


def memory(**more):
    return MemoryViewer(SIGNALS, **{"title": "Waves", **more})


def windowed(**more):
    return MemoryViewer(SIGNALS, **{"measure": "legt", "order": 12, "title": "A window", **more})


# --- errors and traits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"signals": {}}, ["signals must be a mapping", "1 to 6"]),
        ({"signals": [1, 2]}, ["signals must be a mapping", "[1, 2]"]),
        ({"signals": {"x": np.zeros((9, 2))}}, ["signals['x'] must be (T,)", "(9, 2)"]),
        ({"signals": {"x": np.zeros(7)}}, ["8 to 2000 samples", "(7,)"]),
        ({"signals": {"x": [0.0] * 8 + [np.nan]}}, ["signals['x'] must be finite", "1 NaN"]),
        ({"signals": {"x": np.zeros(8), "y": np.zeros(9)}}, ["one length", "'y'", "9", "8"]),
        ({"order": 65}, ["order", "1 to 64", "65"]),
        ({"order": True}, ["order", "True"]),
        ({"measure": "lagt"}, ["measure must be one of", "'legs'", "'lagt'"]),
        ({"method": "exact"}, ["method must be one of", "'euler'", "'exact'"]),
        ({"at": T}, ["at", f"0 to {T - 1}", str(T)]),
        ({"window": 1}, ["window", f"2 to {T}", "1"]),
        ({"width": 0.1}, ["width", "0.5 to 60", "0.1"]),
        ({"bump": 3}, ["bump must be [place, height] or None", "3"]),
        ({"bump": [T, 1]}, ["bump[0]", str(T)]),
        ({"bump": [0, np.nan]}, ["bump[1]", "nan"]),
        ({"number": 64}, ["number", "0 to 63", "64"]),
        ({"signal": "noise"}, ["signal must be one of", "'waves'", "'noise'"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, said):
    with pytest.raises(ValueError) as caught:
        MemoryViewer(**({"signals": SIGNALS} | changed))
    assert all(word in str(caught.value) for word in said), str(caught.value)


def test_what_is_set_is_read_back():
    it = memory(signal="steps", bump=[50, 1.5], width=4, at=100)
    assert (it.signal, it.at, it.order, it.window) == ("steps", 100, 16, T // 4)
    np.testing.assert_allclose(it.heard, SIGNALS["steps"] + 1.5 * bump(T, 50, 4), atol=1e-4)
    assert it.memory.shape == (16,) and it.past.shape == (101,)
    it.set_state({"order": 8, "bump": [60, -1], "at": 120})
    assert (it.order, it.bump, len(it.past)) == (8, [60, -1.0], 121)
    it.at = 20
    assert it.through is None, "the bump has not come in yet"
    it.bump = None
    assert it.through is None


# --- numbers --------------------------------------------------------------------------------------

EVERY = list(itertools.product(("legs", "legt"), ("zoh", "bilinear", "euler"), (1, 12, 40), (0, 3, 200)))


def test_the_memory_and_what_it_has_of_the_past_are_those_of_the_library():
    for measure, method, order, at in EVERY:
        it = memory(measure=measure, method=method, order=order, at=at, window=80, bump=[30, 1.0])
        wanted = project(it.heard[: at + 1], order, measure, method, None if measure == "legs" else 80)[-1]
        size = max(1.0, np.abs(wanted).max())
        np.testing.assert_allclose(it.memory, wanted, atol=1e-6 * size)
        if method == "euler" and size > 10:
            continue  # it exploded, and rounding decides what is left
        past = reconstruct(it.memory, at + 1 if measure == "legs" else 80)
        np.testing.assert_allclose(it.past[-80:], past[-(at + 1) :][-80:], atol=1e-9)


def test_the_exact_method_is_exact_and_the_default_also_where_it_is_hardest():
    assert memory().method == "zoh"
    signal = np.random.default_rng(1).normal(0, 1, 600)
    for measure, window in (("legs", None), ("legt", 3), ("legt", 500)):
        it = MemoryViewer({"noise": signal}, order=64, measure=measure, **({"window": window} if window else {}))
        wanted = project(it.heard, 64, measure, "zoh", window)[-1]
        np.testing.assert_allclose(it.memory, wanted, atol=1e-11)


def test_the_errors_are_those_of_the_definition():
    it = memory(order=24)
    wanted = np.linalg.norm(it.heard - reconstruct(it.memory, T)) / np.linalg.norm(it.heard)
    assert it.error == pytest.approx(wanted, abs=1e-9)
    assert windowed(at=10).error < 10 and memory(measure="last", order=64, at=40).error == 0
    with_bump, without = memory(bump=[100, 2.0], width=6, order=30), memory(order=30)
    shape = 2 * bump(T, 100, 6)
    assert with_bump.through == pytest.approx((with_bump.past - without.past) @ shape / (shape @ shape), abs=1e-9)


@pytest.mark.node
def test_the_browser_computes_what_the_library_computes():
    it = memory()
    cases = [
        {"order": order, "measure": measure, "method": method, "window": 80, "at": at}
        for measure, method, order, at in EVERY
    ]
    expression = """v.cases.map(({ at, ...spec }) => {
      const c = m.memoryReader(Float64Array.from(v.signal), spec).at(at);
      return [Array.from(c), Array.from(m.memoryPast(c, spec, at))]; })"""
    found = run_node("memory", expression, cases=cases, signal=it.heard.tolist())
    for case, (kept, past) in zip(cases, found, strict=True):
        at, window = case["at"], None if case["measure"] == "legs" else 80
        wanted = project(it.heard[: at + 1], case["order"], case["measure"], case["method"], window)[-1]
        size = max(1.0, np.abs(wanted).max())
        if case["method"] == "euler" and at == 200 and case["order"] == 40:
            continue  # after 10^20 the rounding of two orders of adding is all that is left
        np.testing.assert_allclose(kept, wanted, atol=1e-6 * size, err_msg=str(case))
        rebuilt = reconstruct(wanted, at + 1 if window is None else window)
        np.testing.assert_allclose(past[-80:], rebuilt[-(at + 1) :][-80:], atol=1e-6 * size * case["order"])


@pytest.mark.node
def test_the_browser_decodes_and_scores_as_python_does():
    cases = [memory(bump=[90, 1.0], width=5, order=20), windowed(bump=[220, -2.0], width=3), memory(measure="last")]
    names = ["signal", "order", "measure", "method", "window", "at", "bump", "width", "number"]
    states = [{name: getattr(it, name) for name in names} for it in cases]
    expression = """v.states.map((state) => { const signals = Object.fromEntries(Object.entries(v.signals)
      .map(([name, row]) => [name, Float64Array.from(row)]));
      const view = m.memoryLook(signals)({ get: (name) => state[name] });
      return [view.error, Number.isNaN(view.through) ? null : view.through, Array.from(view.memory)]; })"""
    signals = {name: row.tolist() for name, row in cases[0]._signals.items()}
    for it, (error, through, kept) in zip(cases, run_node("memory", expression, states=states, signals=signals),
                                          strict=True):  # fmt: skip
        assert error == pytest.approx(it.error, abs=1e-9)
        assert through == (None if it.through is None else pytest.approx(it.through, abs=1e-9))
        np.testing.assert_allclose(kept, it.memory, atol=1e-9)


# --- picture and text -----------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    it = memory(order=24, bump=[100, 1.0])
    said = repr(it)
    assert said.startswith("MemoryViewer: Waves: 24 numbers for all of the past evenly (LegS) of 'waves' at time 239")
    assert (
        f"error {it.error:.1%} of the past; of a bump at 100, 4 samples wide, {it.through:.0%} comes through." in said
    )
    assert "the last 60 samples (LegT)" in repr(windowed())
    assert "the memory exploded at step 3, to 10^" in repr(memory(method="euler", order=40))
    assert repr(memory(measure="last", order=1)).startswith("MemoryViewer: Waves: 1 number for the last 1 samples")
    lost = repr(windowed(method="euler", order=64, window=10))
    assert "beyond all numbers" in lost and lost.endswith("nothing of the past is left.")


@pytest.mark.parametrize(
    "make", [memory, windowed, lambda: memory(measure="last"), lambda: windowed(method="euler", order=64, window=10)]
)
def test_the_picture_for_pages_without_javascript(make, shots):
    it = make()
    png, image = still_picture(it)
    assert image.width > 1000 and len(image.getcolors(1 << 16)) > 4
    (shots / f"memory_static_{it.measure}_{it.method}.png").write_bytes(png)


def test_the_longest_signal_has_a_small_picture():
    rng = np.random.default_rng(0)
    png, _ = still_picture(MemoryViewer({"noise": rng.normal(0, 1, 2000)}, order=64))
    assert len(png) < 30_000


def test_joined_javascript_is_one_module():
    assert len(one_module("memory").encode()) < 75_000


# --- a page without a kernel ----------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    long = MemoryViewer({"a walk": np.cumsum(np.random.default_rng(0).normal(0, 1, 2000))}, order=64, title="Long")
    shown = [memory(), windowed(), long, memory(method="euler", order=40, title="Euler")]
    with opened(browser, tmp_path / "page.html", shown, **getattr(request, "param", {})) as page:
        yield page


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        press(bare, root, "b")
        says(root.locator("[role=status]"), "A bump")
        assert cut(root, also=["svg circle", "svg rect", "b", "span"]) == [], f"viewer {i}"
        root.screenshot(path=shots / f"memory_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
def test_time_and_bump_are_dragged(bare):
    root = viewer(bare, "Waves")
    box = place(root.locator("[data-role=signal]"))
    step = (box["width"] - 46 - 16) / (T - 1)
    bare.mouse.move(box["x"] + 46 + (T - 1) * step, box["y"] + 12)
    bare.mouse.down()
    bare.mouse.move(box["x"] + 46 + 200 * step, box["y"] + 100)  # the time, wherever the hand goes
    bare.mouse.up()
    is_now(bare, "at", 200)
    bare.mouse.click(box["x"] + 46 + 150 * step, box["y"] + 278)  # the axis
    is_now(bare, "at", 150)
    assert trait(bare, "bump") is None
    bare.mouse.move(box["x"] + 46 + 100 * step, box["y"] + 60)
    bare.mouse.down()
    assert trait(bare, "bump")[0] == 100
    bare.mouse.move(box["x"] + 46 + 120 * step, box["y"] + 240, steps=3)
    bare.mouse.up()
    place_, height = trait(bare, "bump")
    assert place_ == 120 and height < 0
    it = memory(at=150, bump=[120, height])
    says(root.locator("[role=status]"), f"A bump 4 samples wide at 120, 30 samples ago: {100 * it.through:.0f}%")
    assert root.locator("[data-moved]").count() > 3, "one sees which numbers it moves"
    assert root.locator("[data-role=without]").count() == 1, "and what there would be without the bump"
    says(root.locator("[data-role=answer]"), f"error {100 * it.error:.0f}% of the past")
    root.locator("[data-role=away]").click()
    is_now(bare, "bump", None)
    assert root.locator("[data-moved]").count() == 0


@pytest.mark.browser
def test_keys_controls_and_play(bare):
    root = viewer(bare, "Waves")
    press(bare, root, "ArrowUp", "ArrowUp", "m", "e", "PageDown", "b", "]", ".")
    is_now(bare, "order", 18)
    assert (trait(bare, "measure"), trait(bare, "method"), trait(bare, "at")) == ("legt", "bilinear", T - 1 - 12)
    assert trait(bare, "width") > 4 and trait(bare, "bump")[0] > 113
    root.locator("[data-role=window]").fill("100")
    is_now(bare, "window", 100)
    root.locator("[data-role=order]").fill("30")
    is_now(bare, "order", 30)
    root.get_by_text("Exact", exact=True).click()
    is_now(bare, "method", "zoh")
    root.get_by_text("The last N samples").click()
    is_now(bare, "measure", "last")
    assert root.get_by_text("Exact", exact=True).is_hidden() and root.locator("[data-role=window]").is_hidden()
    says(root.locator("[data-role=answer]"), "The last 30 samples, to the letter.")
    press(bare, root, "n", "n")
    is_now(bare, "number", 1)
    press(bare, root, "m")
    says(root.locator("[role=status]"), "how much of a slope there is in the whole past (dashed).")
    assert root.locator("[data-role=part]").count() == 1
    bar = place(root.locator("[data-number='7']"))
    bare.mouse.click(bar["x"] + bar["width"] / 2, place(root.locator("[data-role=numbers]"))["y"] + 20)
    is_now(bare, "number", 7)
    says(root.locator("[role=status]"), "a wave that crosses zero 7 times")
    press(bare, root, "m", "m")
    root.get_by_text("steps", exact=True).click()
    is_now(bare, "signal", "steps")
    press(bare, root, "End")
    is_now(bare, "at", T - 1)
    press(bare, root, " ")
    bare.wait_for_function("() => models[0].get('at') > 5 && models[0].get('at') < 200")
    assert root.locator("[role=status]").get_attribute("aria-live") == "off", "it is not read aloud at every sample"
    press(bare, root, " ")
    says(root.locator("[data-role=play]"), "Play")
    assert root.locator("[role=status]").get_attribute("aria-live") == "polite"


@pytest.mark.browser
def test_euler_is_said_to_explode_and_the_largest_is_drawn_in_time(bare):
    euler = viewer(bare, "Euler")
    says(euler.locator("[data-role=answer]"), "The memory exploded at step 3: 10")
    press(bare, euler, "Home", *["ArrowRight"] * 9)
    says(euler.locator("[data-role=numbers]"), "off every scale")
    says(euler.locator("[data-role=shares]"), "nothing can be seen in these numbers")
    assert euler.evaluate("(e) => !e.innerHTML.includes('NaN')"), "no mark without a place"
    long = viewer(bare, "Long")
    press(bare, long, *["ArrowLeft"] * 12)
    times = []
    for _ in range(5):
        press(bare, long, "ArrowLeft")
        times.append(float(long.get_attribute("data-draw-ms")))
    assert min(times) < 100, times


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True)
def test_a_finger_puts_a_bump_and_moves_the_time(bare):
    root = viewer(bare, "Waves")
    box = place(root.locator("[data-role=signal]"))
    step = (box["width"] - 46 - 16) / (T - 1)
    bare.touchscreen.tap(box["x"] + 46 + 60 * step, box["y"] + 90)
    bare.wait_for_function("() => models[0].get('bump')?.[0] === 60")
    bare.touchscreen.tap(box["x"] + 46 + 180 * step, box["y"] + 10)
    is_now(bare, "at", 180)
