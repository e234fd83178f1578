"""GateViewer: its Python side, its numbers, and every control on a page without a kernel and in JupyterLab."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from classroom import gate_numbers as numbers
from classroom.gate_runs import coded, hold_name
from classroom.gate_viewer import GateViewer
from seqmodels.gru import GRU
from seqmodels.lstm import LSTM
from seqmodels.probes import intervene, record
from viewers import lab
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, one_module, says, viewer
from viewers.test_python import run_node

TEXT = 'He said "the tide is high" (so he said) and "no more".'
STEPS, UNITS = len(TEXT), 12
QUOTED = [TEXT[: t + 1].count('"') % 2 == 1 for t in range(STEPS)]
HOLD = {"gate": "forget_gate", "unit": 3, "value": 0.0, "begin": 10, "end": 30}


def recorded(layer, hold=None, steps=STEPS, seed=0):
    """What a small layer with random weights does, as an answer of `compute`."""
    x = torch.randn(1, steps, 5, generator=torch.Generator().manual_seed(seed)) * 2

    def edit(value, t):
        held = value.clone()
        held[:, slice(None) if hold["unit"] is None else hold["unit"]] = hold["value"]
        return held if hold["begin"] <= t < hold["end"] else value

    with torch.no_grad(), intervene(layer, {hold["gate"]: edit} if hold else {}), record(layer) as trace:
        y, _ = layer(x)
    bits = [None, *(3 + y[0, :-1, 0]).tolist()]
    return {"values": dict(trace), "bits": bits, "text": f"and {y.sum():.2f} more"}


def layer(kind=LSTM, units=UNITS):
    torch.manual_seed(4)
    made = kind(5, units)
    with torch.no_grad():
        for weight in made.parameters():
            weight.mul_(3)
    return made


MODEL = layer()
FIRST = recorded(MODEL)
VALUES = {**FIRST["values"], "bits": FIRST["bits"], "text": FIRST["text"]}
HELD = [
    {"name": "one shut", "hold": HOLD, **recorded(MODEL, HOLD)},
    {
        "name": "all open",
        "hold": (everything := {**HOLD, "unit": None, "value": 1.0, "begin": 0, "end": STEPS}),
        **recorded(MODEL, everything),
    },
]


def compute(hold):
    if hold["value"] == 0.5:
        raise ValueError("this gate is stuck")
    return recorded(MODEL, hold)


def lstm(**more):
    more = {"title": "A small LSTM", "patterns": {"inside quotes": QUOTED}, **more}
    return GateViewer(VALUES, TEXT, **more)


def gru(**more):
    return GateViewer(recorded(layer(GRU))["values"], TEXT, title="A small GRU", **more)


# --- errors and traits ----------------------------------------------------------------------------


def table(steps=STEPS, units=UNITS, fill=0.5):
    return np.full((steps, units), fill)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"values": [1, 2]}, ["values must map names", "list"]),
        ({"values": {"logits": table()}}, ["values holds ['logits']", "'cell_state'"]),
        (
            {"values": {"hidden": np.zeros((2, STEPS, UNITS))}},
            ["values['hidden']", f"(2, {STEPS}, {UNITS})", "pick one"],
        ),
        ({"values": {"hidden": table(3)}}, ["has 3 steps", f"{STEPS} tokens"]),
        ({"values": {"hidden": table(), "candidate": table(units=3)}}, ["has", "units, expected", "as the others"]),
        ({"values": {"hidden": table(units=513)}}, ["513 units", "1 to 512"]),
        ({"values": {"hidden": table(fill=np.nan)}}, ["finite", "NaN"]),
        ({"values": {"forget_gate": table(fill=1.2)}}, ["forget_gate", "from 0 to 1", "1.2"]),
        ({"values": {"a.hidden": table(), "b.hidden": table()}}, ["'a.hidden' and 'b.hidden'", "one layer"]),
        ({"values": {**VALUES, "bits": [1.0]}}, ["['bits'] has 1 numbers"]),
        ({"values": {**VALUES, "bits": [-1.0] * STEPS}}, ["['bits'] must be 0 or more", "-1"]),
        ({"values": {**VALUES, "text": 3}}, ["['text']", "3"]),
        ({"tokens": ""}, ["0 entries", "1 to 1000"]),
        ({"tokens": [1] * STEPS}, ["tokens must be a text"]),
        ({"compute": "model"}, ["compute must be a function"]),
        ({"patterns": {"odd": [0, 1]}}, ["patterns['odd']", f"{STEPS} booleans"]),
        ({"held": [{"values": VALUES}]}, ["held[0]", "'hold'"]),
        ({"held": [{"name": "x", "hold": HOLD}]}, ["held[0]", "'values'"]),
        ({"held": [{**HELD[0], "hold": {**HOLD, "gate": "reset_gate"}}]}, ["gate must be one of", "'reset_gate'"]),
        ({"held": [{**HELD[0], "hold": {**HOLD, "unit": 12}}]}, ["unit must lie from 0 to 11", "12"]),
        ({"held": [{**HELD[0], "hold": {**HOLD, "value": 2}}]}, ["value must lie from 0 to 1", "2"]),
        ({"held": [{**HELD[0], "hold": {**HOLD, "end": 10}}]}, ["begin < end", "10, 10"]),
        ({"held": [{**HELD[0], "hold": {"gate": "forget_gate"}}]}, ["keys", "'begin'", "['gate']"]),
        ({"held": [HELD[0], {**HELD[1], "name": "one shut"}]}, ["held[1]", "same name"]),
        ({"held": [{**HELD[0], "values": {"hidden": table()}}]}, ["lacks", "'cell_state'"]),
        ({"unit": 12}, ["unit must lie from 0 to 11"]),
        ({"position": -1}, ["position must lie from 0"]),
        ({"quantity": "reset_gate"}, ["quantity must be one of", "'reset_gate'"]),
        ({"sort": "best"}, ["sort must be one of", "'best'"]),
        ({"sort": "pattern"}, ["sort must be one of", "'pattern'"]),
        ({"pattern": "brackets"}, ["pattern must be one of", "'brackets'"]),
        ({"hold": HOLD}, ["none of those prepared", "compute"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, words):
    with pytest.raises(ValueError) as caught:
        GateViewer(**{"values": VALUES, "tokens": TEXT, **changed})
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_trace_is_taken_as_it_is():
    with torch.no_grad(), record(MODEL) as trace:
        MODEL(torch.zeros(1, 6, 5))
    it = GateViewer(trace, "abcdef")
    assert list(it.values) == ["forget_gate", "input_gate", "output_gate", "candidate", "cell_state", "hidden"]
    np.testing.assert_array_equal(it.values["cell_state"], trace["cell_state"][0])
    nested = {"backbone.hidden": trace["hidden"], "embedded": trace["hidden"], "logits": 3}
    assert list(GateViewer(nested, list("abcdef")).values) == ["hidden"]


def test_the_first_unit_is_the_one_that_goes_most_with_the_pattern():
    it = lstm()
    assert (it.quantity, it.sort, it.pattern, it.position) == ("cell_state", "pattern", "inside quotes", 0)
    found = [abs(np.corrcoef(it.values["cell_state"][:, unit], QUOTED)[0, 1]) for unit in range(UNITS)]
    assert it.unit == it.order[0] == int(np.argmax(found))
    it.pattern = None
    assert it.sort == "changes most", "without a pattern nothing can be sorted by it"
    ways = np.abs(np.diff(it.values["cell_state"], axis=0)).sum(axis=0)
    assert list(it.order) == sorted(range(UNITS), key=lambda unit: -ways[unit])
    it.sort = "most open"
    assert it.order[0] == it.values["forget_gate"].mean(axis=0).argmax()
    with pytest.raises(ValueError, match="most open"):
        GateViewer({"hidden": table()}, TEXT, sort="most open")


# --- holding a gate -------------------------------------------------------------------------------


def test_a_hold_from_a_cell_is_computed_once():
    asked = []
    it = lstm(held=HELD, compute=lambda hold: asked.append(hold) or compute(hold))
    it.hold = HOLD
    assert asked == [] and it._shown()["name"] == "one shut"
    assert (it.values["forget_gate"][10:30, 3] == 0).all()
    wanted = {**HOLD, "unit": np.int64(5), "value": 1}
    it.hold = wanted
    assert asked == [{**HOLD, "unit": 5, "value": 1.0}] and it.hold == asked[0]
    assert it._runs[-1]["name"] == "forget gate of unit 5 held at 1, steps 11 to 30"
    assert hold_name({**HOLD, "end": 11}) == "forget gate of unit 3 held at 0, step 11"
    it.hold = None
    it.hold = wanted
    assert len(asked) == 1, "a known hold is not computed again"
    with pytest.raises(ValueError, match="stuck"):
        it.hold = {**HOLD, "value": 0.5}
    assert it.hold["unit"] == 5, "after an error all stays as it was"
    for unit in range(6, 12):
        it.hold = {**HOLD, "unit": unit}
    assert [run["hold"]["unit"] for run in it._runs[1:]] == [3, None, 8, 9, 10, 11]


def test_what_compute_returns_is_checked():
    for answer, words in (
        (None, "must be a dict with 'values'"),
        ({"values": {"hidden": table()}}, "lacks"),
        ({"values": VALUES, "bits": [1.0]}, r"\['bits'\] has 1"),
        ({"values": {**VALUES, "hidden": table(units=3)}}, "3 units"),
    ):
        it = lstm(compute=lambda hold, answer=answer: answer)
        with pytest.raises(ValueError, match=words):
            it.hold = HOLD


def test_the_page_asks_and_hears():
    it, said = lstm(compute=compute), []
    it.send = lambda message, buffers=None: said.append(message)
    it._heard(it, {"kind": "hello"}, [])
    it._heard(it, {"kind": "ask", "hold": {**HOLD, "value": 0}}, [])
    assert said == [{"kind": "here"}, {"kind": "done"}] and it.hold == HOLD
    it._heard(it, {"kind": "ask", "hold": {**HOLD, "value": 0.5}}, [])
    it._heard(it, {"kind": "ask", "hold": {**HOLD, "end": 99}}, [])
    assert said[2] == {"kind": "failed", "text": "this gate is stuck"} and "begin < end" in said[3]["text"]
    assert it.hold == HOLD


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [LSTM, GRU])
def test_kept_and_written_are_the_two_summands(kind):
    values = {name: tensor[0].double().numpy() for name, tensor in recorded(layer(kind))["values"].items()}
    for unit in range(UNITS):
        one = {name: array[:, unit] for name, array in values.items()}
        told = numbers.story(values, unit)
        if kind is LSTM:
            written = one["input_gate"] * one["candidate"]
        else:
            written = (1 - one["update_gate"]) * one["candidate"]
        np.testing.assert_allclose(told["written"], written, rtol=0, atol=1e-6)
        np.testing.assert_allclose(told["kept"] + told["written"], told["after"], rtol=0, atol=1e-15)
        assert told["before"][0] == 0
    late = {name: array[7:] for name, array in values.items()}
    before = numbers.story(late, 2)["before"][0]
    np.testing.assert_allclose(before, values[numbers.memory_of(values)][6, 2], rtol=0, atol=1e-5)


def test_means_and_stretches():
    assert numbers.means_from([None, 1, 2, None], [None, 2, 4, 1], 0) == (1.5, 3)
    assert numbers.means_from([None, 1, 2], [None, 2, 4], 2) == (2, 4)
    assert numbers.means_from(None, [1.0], 0) is None and numbers.means_from([None], [1.0], 0) is None
    assert numbers.longest_open([1, 0, 0.9, 0.95, 0, 1, 1]) == (2, 4)
    assert numbers.longest_open([0.5]) is None


@pytest.mark.node
@pytest.mark.parametrize("make", [lambda: lstm(held=HELD), gru])
def test_the_browser_computes_what_the_library_computes(make):
    it = make()
    runs = [it._first, *it._given]
    layout, codes = coded(runs)
    quantity = it.quantity
    here = run_node(
        "gate",
        "(() => { const runs = m.gateRuns(v.codes, v.layout, v.steps, v.units); const array = (x) => Array.from(x);"
        "return { values: runs.map((r) => Object.fromEntries(Object.entries(r.values).map(([k, x]) => [k, array(x)]))),"
        "stories: runs.map((r) => { const s = m.gateStory(r, 2); return [s.before, s.kept, s.written]; }),"
        "open: m.longestOpen(m.gateStory(runs[0], 2).rows[m.keeperOf(runs[0].values)]),"
        "change: runs.slice(1).map((r) => m.surpriseChange(runs[0].bits, r.bits, r.hold.begin)),"
        "scores: m.GATE_SORTS.map((s) => m.gateScores(runs[0], s, v.quantity, v.marks)) }; })()",
        **{"codes": base64.b64encode(codes).decode(), "layout": layout, "steps": STEPS, "units": UNITS},
        **{"quantity": quantity, "marks": QUOTED},
    )
    for run, values, told in zip(runs, here["values"], here["stories"], strict=True):
        for name, array in run["values"].items():
            step = np.ptp(array) / 131070
            shown = np.array(values[name]).reshape(STEPS, UNITS)
            np.testing.assert_allclose(shown, array, rtol=0, atol=step * 1.01 + 1e-6)
        mine, kept = numbers.story(run["values"], 2), run["values"][numbers.memory_of(run["values"])]
        coding = (2 * np.ptp(kept) + np.abs(kept).max()) / 131070 + 1e-5  # of the memory twice, of the gate times it
        for part, there in zip(("before", "kept", "written"), told, strict=True):
            np.testing.assert_allclose(there, mine[part], rtol=0, atol=coding)
    keeper = numbers.keeper_of(it.values)
    stretch = numbers.longest_open(it.values[keeper][:, 2])
    assert here["open"] == (stretch and {"begin": stretch[0], "end": stretch[1]})
    for sort, there in zip(numbers.SORTS, here["scores"], strict=True):
        np.testing.assert_allclose(there, numbers.scores(it.values, sort, quantity, QUOTED), rtol=1e-3, atol=1e-4)
    for run, there in zip(runs[1:], here["change"], strict=True):
        means = numbers.means_from(it._first["bits"], run["bits"], run["hold"]["begin"])
        np.testing.assert_allclose((there["old"], there["now"]), means, rtol=0, atol=1e-12)


def test_joined_javascript_is_one_module_without_clashes():
    one_module("gate")


# --- picture and text -----------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    it = lstm(held=HELD, unit=3)
    said = repr(it)
    assert said == repr(lstm(held=HELD, unit=3))
    assert said.startswith(f"GateViewer: A small LSTM: {STEPS} steps, 12 units; the forget gate of unit 3 ")
    r = np.corrcoef(it.values["cell_state"][:, 3], QUOTED)[0, 1]
    assert f"the cell of unit 3 has correlation {r:.2f} with 'inside quotes'" in said
    it.hold = HOLD
    old, now = (np.mean([b for b in bits[10:] if b is not None]) for bits in (FIRST["bits"], HELD[0]["bits"]))
    assert f"one shut; the mean surprise from there on goes from {old:.2f} to {now:.2f} bits." in repr(it)
    assert repr(lstm(alt="A gate.")) == "GateViewer: A gate."


@pytest.mark.parametrize(
    "make",
    [
        lstm,
        lambda: lstm(held=HELD, hold=HOLD, unit=3, title="Costs $5"),
        gru,
        lambda: GateViewer({"hidden": table()}, TEXT),
        lambda: GateViewer({"forget_gate": table(300, 4)}, ["word$"] * 300, position=250),
    ],
    ids=["lstm", "held", "gru", "hidden", "long"],
)
def test_the_picture_for_pages_without_javascript(make):
    png, width = make().to_png()
    assert png == make().to_png()[0] and len(png) <= 30_000 and 700 <= width <= 760, len(png)
    assert len(Image.open(io.BytesIO(png)).convert("RGB").getcolors(1 << 24)) > 8


def test_the_state_is_small_and_prepared_answers_begin_where_they_differ():
    it = lstm(held=HELD)
    sizes = [STEPS, STEPS - HOLD["begin"], STEPS]
    assert len(it._codes) == sum(sizes) * UNITS * 6 * 2
    data, metadata = it._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} <= set(data)
    assert metadata["image/png"]["alt"] == it.describe()


# --- a page without a kernel ----------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    views = [
        lstm(held=HELD, unit=3, position=20),
        lstm(held=HELD, compute=compute, title="Ask", hold=HOLD),
        gru(compute=compute),
    ]
    with opened(browser, tmp_path / "page.html", views, **getattr(request, "param", {})) as page:
        yield page


def state(page, *names):
    """Traits of the first viewer on the page, once they are drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate("(names) => names.map((name) => models[0].get(name))", list(names))


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        assert cut(root, ("select", "pre", "span", "canvas", ".legend")) == [], f"viewer {i}"
        root.screenshot(path=shots / f"gate_{i}_{request.node.callspec.id}.png")
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input, select')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []


@pytest.mark.browser
def test_the_keyboard_moves_step_and_unit(bare):
    root = viewer(bare, "A small LSTM")
    root.locator(".story").focus()
    for key in ("ArrowRight", "PageDown", "ArrowLeft"):
        bare.keyboard.press(key)
    assert state(bare, "position") == [30]
    bare.keyboard.press("End")
    says(root.locator("[data-role=moment]"), f"Unit 3, step {STEPS} “.”: ")
    order = list(lstm().order)
    bare.keyboard.press("ArrowDown")
    wanted = order[min(UNITS - 1, order.index(3) + 1)]
    says(root.locator("[data-role=unit-name]"), f"Unit {wanted}")
    bare.keyboard.press("Home")
    bare.keyboard.press("Space")
    bare.wait_for_function("() => models[0].get('position') > 2")
    bare.keyboard.press("Space")
    says(root.locator("[data-role=play]"), "Play")


@pytest.mark.browser
def test_the_mouse_goes_through_a_long_text(browser, tmp_path):
    long = GateViewer(recorded(MODEL, steps=200)["values"], "abcdefghij" * 20, title="Long", position=3)
    with opened(browser, tmp_path / "page.html", [long], width=700) as page:
        seen, earlier, later = (page.locator(f"[data-role={role}]") for role in ("window", "earlier", "later"))
        first, last = (int(part) for part in re.findall(r"\d+", seen.text_content())[:2])
        assert first == 1 and 40 < last < 100 and earlier.is_disabled()
        later.click()
        says(seen, f"steps {last - 7} to {2 * last - 8} of 200")
        assert last - 8 < page.evaluate("models[0].get('position')") < 2 * last - 8
        while later.is_enabled():
            later.click()
        says(seen, "to 200 of 200")
        assert page.evaluate("models[0].get('position')") <= 199
        earlier.click()
        assert later.is_enabled() and page.errors == []


@pytest.mark.browser
def test_the_calculation_under_the_pointer(bare):
    root = viewer(bare, "A small LSTM")
    lanes, canvas = (root.locator(part).bounding_box() for part in ("[data-role=lanes]", "canvas"))
    bare.mouse.move(canvas["x"] + 24.5 * canvas["width"] / STEPS, lanes["y"] + 60)
    told = numbers.story(lstm().values, 3)
    f, i, g, o = (lstm().values[name][24, 3] for name in ("forget_gate", "input_gate", "candidate", "output_gate"))
    says(root.locator("[data-role=sum]"), "step 25")
    said = root.locator("[data-role=sum]").inner_text().replace("−", "-").replace("(", "").replace(")", "")
    for number in (f, told["before"][24], i, g, told["kept"][24], told["written"][24], told["after"][24], o):
        assert f"{number:.2f}" in said, (said, number)
    assert state(bare, "position") == [20], "a look is not sent"
    bare.mouse.down()
    bare.mouse.up()
    assert state(bare, "position") == [24]


@pytest.mark.browser
def test_a_prepared_answer_works_from_disk(bare):
    root = viewer(bare, "A small LSTM")
    assert root.locator("[data-ghost]").count() == 0 and root.locator("[data-role=gate]").is_hidden()
    root.locator("[data-role=prepared]").select_option("one shut")
    says(root.locator("[data-role=answer]"), "Forget gate of unit 3 held at 0, steps 11 to 30: the mean surprise")
    assert root.locator("[data-ghost]").count() == 7
    held = root.locator("[data-role=span]")
    assert (held.get_attribute("data-begin"), held.get_attribute("data-end")) == ("10", "30")
    says(root.locator("[data-value=forget_gate]"), "0.00")
    says(root.locator("[data-role=now]"), HELD[0]["text"])
    assert state(bare, "hold") == [HOLD]
    root.locator(".story").focus()
    bare.keyboard.press("Escape")
    bare.wait_for_function("() => models[0].get('hold') === null")
    root.locator("[data-ghost]").first.wait_for(state="detached")


@pytest.mark.browser
def test_without_python_it_says_so(bare):
    for name, prepared in (("Ask", True), ("A small GRU", False)):
        root = viewer(bare, name)
        told = root.locator("[data-role=told]").inner_text()
        assert "Python must run" in told and ("prepared" in told) == prepared
        assert root.locator("[data-role=open]").is_disabled() and root.locator("[data-role=gate]").is_disabled()


@pytest.mark.browser
def test_a_unit_is_picked_from_the_overview(bare):
    root = viewer(bare, "A small LSTM")
    root.locator("[data-role=quantity]").select_option("forget_gate")
    root.locator("[data-role=sort]").select_option("most open")
    order = np.argsort(-lstm().values["forget_gate"].mean(axis=0), kind="stable")
    assert state(bare, "quantity", "sort", "unit") == ["forget_gate", "most open", int(order[0])]
    box = root.locator("[data-role=heat]").bounding_box()
    bare.mouse.click(box["x"] + 300, box["y"] + box["height"] * 5.5 / UNITS)
    says(root.locator("[data-role=unit-name]"), f"Unit {order[5]}")
    root.locator("[data-role=pattern]").select_option("nothing")
    root.locator("[data-role=marked]").first.wait_for(state="detached")
    assert state(bare, "pattern", "sort") == [None, "most open"]


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_tap_goes_to_a_step(bare):
    root = viewer(bare, "A small LSTM")
    box = root.locator("[data-role=lanes]").bounding_box()
    root.locator("[data-role=lanes]").tap(position={"x": 300, "y": box["height"] / 2})
    bare.wait_for_function("() => models[0].get('position') !== 20")


@pytest.mark.browser
def test_many_units_are_drawn_quickly(browser, tmp_path):
    rng = np.random.default_rng(0)
    values = {name: rng.random((200, 128)) for name in FIRST["values"]}
    it = GateViewer(values, "abcde" * 40, title="Many")
    with opened(browser, tmp_path / "many.html", [it], width=1300) as page:
        times = page.evaluate("""async () => {
          const root = document.querySelector('.mtm'), frame = () => new Promise(requestAnimationFrame), times = [];
          for (let k = 0; k < 30; k++) {
            models[0].set('position', (7 * k) % 200); models[0].set('unit', k);
            await frame(); await frame(); times.push(+root.dataset.drawMs);
          }
          return times; }""")
        print(f"200 steps, 128 units, 6 quantities: draw {np.median(times):.1f} ms, fastest {min(times):.1f} ms")
        assert min(times) < 20
        assert page.errors == []


# --- a page with a kernel -------------------------------------------------------------------------

CELLS = {
    "model": """import torch
from classroom.gate_viewer import GateViewer
from seqmodels.lstm import LSTM
from seqmodels.probes import intervene, record
torch.manual_seed(4)
layer, x = LSTM(5, 12), torch.randn(1, 30, 5)
def compute(hold=None):
    def edit(value, t):
        held = value.clone()
        held[:, slice(None) if hold["unit"] is None else hold["unit"]] = hold["value"]
        return held if hold["begin"] <= t < hold["end"] else value
    with torch.no_grad(), intervene(layer, {hold["gate"]: edit} if hold else {}), record(layer) as trace:
        layer(x)
    return {"values": dict(trace)}""",
    "view": 'view = GateViewer(compute()["values"], "abcdefghij" * 3, "Live", compute, unit=3)\nview',
    "traits": "print(view.hold, view.unit, view.position, view.sort)",
    "values": 'print(float(view.values["forget_gate"][5:9].max()))',
    "set": 'view.hold = None; view.unit = 7; view.sort = "most open"; view.position = 11; print("set")',
}


@pytest.mark.browser
def test_a_gate_is_held_by_hand(browser, server, shots):
    with lab.new_notebook(browser, server, "gates.ipynb", CELLS) as page:
        assert lab.run_all(page) == []
        lab.drawn(page)
        root = viewer(page, "Live")
        says(root.locator("[data-role=unit-name]"), "Unit 7")
        root.locator("[data-role=whose]").select_option("all units")
        y = root.locator("[data-role=lanes]").bounding_box()["y"] + 60
        canvas = root.locator("canvas").bounding_box()
        step = [canvas["x"] + (t + 0.5) * canvas["width"] / 30 for t in range(30)]
        page.mouse.move(step[5], y)
        page.mouse.down()
        page.mouse.move(step[7], y, steps=4)
        page.mouse.move(step[8], y, steps=4)
        page.mouse.up()
        root.locator("[data-role=over]").locator("option", has_text="steps 6 to 9").wait_for(state="attached")
        before = lab.count_cells(page)
        root.locator("[data-role=shut]").click()
        says(root.locator("[data-role=answer]"), "Forget gate of all units held at 0, steps 6 to 9.")
        hold = {"gate": "forget_gate", "unit": None, "value": 0.0, "begin": 5, "end": 9}
        lab.expect_cell(page, CELLS["traits"], f"{hold} 7 11 most open")
        lab.expect_cell(page, CELLS["values"], "0.0")
        root.screenshot(path=shots / "gate_lab.png")
        root.locator(".story").focus()
        for key in ("Escape", "d", "d"):
            page.keyboard.press(key)
        lab.expect_cell(page, CELLS["traits"], "None 7 11 most open")
        root.locator(".story").focus()
        for key in ("g", "1"):
            page.keyboard.press(key)
        says(root.locator("[data-role=answer]"), "Input gate of all units held at 1, steps 6 to 9.")
        assert lab.count_cells(page) == before, "no key leaks to the notebook"
        root.locator("[data-role=over]").select_option("step 12 only")
        says(root.locator("[data-role=answer]"), "Input gate of all units held at 1, step 12.")
        lab.expect_cell(page, CELLS["set"], "set")
        root.locator("[data-ghost]").first.wait_for(state="detached")
        assert page.errors == [] and page.outside == []
