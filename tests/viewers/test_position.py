"""PositionViewer: its numbers against seqmodels.positions, its Python side, every control on a bare page."""

import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg

from classroom.position_numbers import SEED, alibi_slopes, asking_places, hand_counts, normal_numbers
from classroom.position_viewer import PositionViewer
from seqmodels import positions
from seqmodels.positions import LearnedPositions
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, drag, is_now, one_module, place, press, says, still_picture, trait, viewer
from viewers.test_python import run_node

TABLE = torch.randn(40, 12, generator=torch.Generator().manual_seed(0)).numpy()


def rotary(**more):
    return PositionViewer(**{"title": "Rotary here", **more})


def sines(**more):
    return PositionViewer("sinusoidal", query=200, key=150, projected=True, title="Sines", **more)


def slopes(**more):
    return PositionViewer("alibi", heads=12, head=2, title="Penalties", **more)


def learned(**more):
    return PositionViewer("learned", **{"length": 64, "table": TABLE, "title": "Rows"} | more)


# --- errors and traits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"length": 1}, ["length", "2 to 1024", "1"]),
        ({"trained": 300}, ["trained", "1 to 256", "300"]),
        ({"size": 7}, ["size must be even", "7"]),
        ({"size": 258}, ["size", "2 to 256", "258"]),
        ({"heads": 0}, ["heads", "1 to 16", "0"]),
        ({"code": "relative"}, ["code must be one of", "'rotary'", "'relative'"]),
        ({"code": "learned"}, ["code must be one of", "'learned'"]),
        ({"codes": ["learned"]}, ["codes must be some of", "give a table"]),
        ({"codes": []}, ["codes must be some of", "[]"]),
        ({"query": 256}, ["query", "0 to 255", "256"]),
        ({"query": 5, "key": 6}, ["key must be at most query", "6", "5"]),
        ({"key": True}, ["key", "True"]),
        ({"base": 1}, ["base", "10 to 1000000", "1"]),
        ({"projected": 1}, ["projected must be True or False", "1"]),
        ({"head": 8}, ["head", "0 to 7", "8"]),
        ({"table": np.zeros(3)}, ["table must be (positions, d_model)", "(3,)"]),
        ({"table": np.zeros((0, 4))}, ["table", "(0, 4)"]),
        ({"table": [[1.0, np.nan]]}, ["table must be finite", "1 NaN"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, said):
    with pytest.raises(ValueError) as caught:
        PositionViewer(**changed)
    assert all(word in str(caught.value) for word in said), str(caught.value)


def test_the_other_word_gives_way():
    it = rotary()
    assert (it.query, it.key, it.trained) == (96, 64, 128)
    it.query = 10
    assert (it.query, it.key) == (10, 10)
    it.key = np.int64(30)
    assert (it.query, it.key) == (30, 30)
    it.set_state({"query": 90, "key": 20, "base": 500})
    assert (it.query, it.key, it.base) == (90, 20, 500.0)
    with pytest.raises(ValueError, match="key"):
        it.key = -1
    assert learned().trained == 40, "as long as the table"


# --- numbers --------------------------------------------------------------------------------------


def library_curve(it, t):
    """What seqmodels.positions gives for a viewer's curve, from t at distance 0, 1, … t."""
    keys = torch.arange(t, -1, -1)
    here = torch.tensor([t])
    if it.code == "alibi":
        bias = positions.alibi(here[None], keys[None], positions.alibi_slopes(it.heads).double())
        return bias[0, it.head, 0].numpy()
    if it.code == "rotary":
        if it.projected:
            q, k = torch.from_numpy(normal_numbers(SEED, 2 * it.size)).chunk(2)
            turned = positions.rotary(q[None], here, it.base) @ positions.rotary(k.expand(t + 1, -1), keys, it.base).T
            return (turned / (q.norm() * k.norm()))[0].numpy()
        basis = torch.eye(it.size, dtype=torch.float64)[:, None]  # the mean over q = k is that over a basis
        query, key = (
            positions.rotary(basis, here, it.base),
            positions.rotary(basis.expand(-1, t + 1, -1), keys, it.base),
        )
        return (query @ key.transpose(-1, -2)).mean(0)[0].numpy()
    rows = torch.from_numpy(it.table) if it.code == "learned" else positions.sinusoidal(it.length, it.size).double()
    unit = rows.square().sum(1).mean()
    matrix = (
        torch.from_numpy(normal_numbers(SEED, rows.shape[1] ** 2)).reshape(rows.shape[1], -1) / rows.shape[1] ** 0.5
    )
    asks = rows[t] @ matrix if it.projected else rows[t]
    return (rows[keys] @ asks / unit).numpy()


def every_code():
    for projected in (False, True):
        yield rotary(base=500.0, size=16, projected=projected, query=77, key=10)
        yield PositionViewer("sinusoidal", length=100, size=20, projected=projected, query=88, key=80)
        yield learned(projected=projected, query=39, key=3)
    yield PositionViewer("alibi", heads=12, head=9, query=50, key=0)
    yield PositionViewer("alibi", heads=8, head=0, query=5, key=5)


def test_the_numbers_of_text_and_picture_equal_the_library():
    for it in every_code():
        wanted = library_curve(it, it.query)
        bound = 1e-6 if it.code == "sinusoidal" else 1e-12  # the library gives its sines in float32
        np.testing.assert_allclose(it.scores, wanted, atol=bound * max(1, np.abs(wanted).max()), err_msg=it.code)
    for heads in range(1, 17):
        np.testing.assert_allclose(alibi_slopes(heads), positions.alibi_slopes(heads), rtol=1e-6)


@pytest.mark.node
def test_the_browser_computes_what_the_library_computes():
    views = [*every_code(), PositionViewer("none", query=9)]
    specs = [
        {name: getattr(it, name) for name in ("code", "size", "base", "projected", "head", "heads", "query", "key")}
        | {
            "length": it.length,
            "trained": it.trained,
            "rows": it.table.ravel().tolist() if it.code == "learned" else None,
        }
        for it in views
    ]
    expression = """v.specs.map((s) => { const base = s.code === 'rotary' ? s.base : 10000;
      const table = s.rows && m.positionTable(Float64Array.from(s.rows), 40, 12);
      const spec = { ...s, rates: m.handRates(s.size, base), slopes: m.alibiSlopes(s.heads), table };
      const { all, slow, fresh } = m.handCounts(spec);
      return [Array.from(m.positionScores(spec).curve(s.query)), [all, slow, fresh], m.askingPlaces(s.length),
        Array.from(m.handRates(s.size, base))]; })"""
    for it, (scores, counts, places, rates) in zip(views, run_node("position", expression, specs=specs), strict=True):
        np.testing.assert_allclose(scores, it.scores, atol=1e-12, err_msg=it.code)
        if it.code in ("rotary", "sinusoidal"):
            assert tuple(counts) == hand_counts(it)
            wanted = library_curve(it, it.query)
            np.testing.assert_allclose(scores, wanted, atol=1e-6 if it.code == "sinusoidal" else 1e-12)
            assert rates[0] == 1 and len(rates) == it.size // 2
        assert places == asking_places(it.length)


def test_rotary_meets_no_new_angle_at_the_distances_of_training():
    near, far = rotary(query=250, key=130), rotary(query=250, key=10)
    assert hand_counts(near) == (32, 21, 0) and hand_counts(far)[2] > 0
    assert hand_counts(rotary(base=100.0))[1] < 21 < hand_counts(rotary(base=1e6))[1]


def test_a_table_that_is_trained_is_taken_as_it_is():
    it = learned(table=LearnedPositions(40, 12).table.weight)
    assert it.table.shape == (40, 12)


def test_a_table_ends():
    it = learned(query=45, key=30)
    assert np.isnan(it.scores).all() and "there is no such row" in it.describe()
    np.testing.assert_allclose(it.table, TABLE, atol=(TABLE.max() - TABLE.min()) / 131070 * 1.01)


# --- picture and text -----------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    said = repr(rotary(query=240, key=40))
    assert said.startswith("PositionViewer: Rotary here: rotary positions, t = 240 asks s = 40, 200 apart;")
    assert said.endswith("score 0.357; 21 of 32 hands never go round in training, 19 show a new angle here.")
    assert "of 12 heads adds -22.63 to the score, the flattest -0.12" in repr(slopes())
    assert repr(PositionViewer("none")).endswith("same everywhere.")
    assert repr(learned()).endswith("of a table of 40 rows.")


@pytest.mark.parametrize("make", [rotary, sines, slopes, learned, lambda: PositionViewer("none", length=2)])
def test_the_picture_for_pages_without_javascript(make, shots):
    it = make()
    png, image = still_picture(it)
    assert image.width > 1000 and len(image.getcolors(1 << 16)) > 4
    (shots / f"position_static_{it.code}.png").write_bytes(png)


@pytest.mark.parametrize("places", [(0, 0), (2, 0), (255, 255)])
def test_no_label_of_the_picture_is_cut(places):
    figure = rotary(query=places[0], key=places[1]).figure()
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
    assert len(boxes) == 2 and all(0 < box.x0 and box.x1 < figure.bbox.width for box in boxes)


def test_joined_javascript_is_one_module():
    assert len(one_module("position").encode()) < 80_000


# --- a page without a kernel ----------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    shown = [rotary(), sines(), slopes(), learned(), PositionViewer("none", title="Nothing")]
    with opened(browser, tmp_path / "page.html", shown, **getattr(request, "param", {})) as page:
        yield page


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        press(bare, root, "End")
        assert cut(root, also=["svg circle", "b", "span"]) == [], f"viewer {i}"
        root.screenshot(path=shots / f"position_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
def test_both_move_and_a_relative_code_does_not_notice(bare):
    root = viewer(bare, "Rotary here")
    status, hands = root.locator("[role=status]"), root.locator("[data-hand]")
    before = hands.evaluate_all("all => all.map((one) => one.dataset.angle)")
    root.locator("[data-role=on]").click()
    is_now(bare, "query", 112)
    says(status, "Both moved by 16: nothing has changed, the score is still 0.611.")
    assert hands.evaluate_all("all => all.map((one) => one.dataset.angle)") == before
    press(bare, root, "c")
    says(root.locator("[data-role=answer]"), "two hands on every clock")
    assert hands.count() == 16
    before = hands.evaluate_all("all => all.map((one) => one.dataset.angle)")
    press(bare, root, "PageUp")
    says(status, "every hand has turned, but the product is still 0.611. Now look through a layer.")
    assert all(
        a != b for a, b in zip(before, hands.evaluate_all("a => a.map((one) => one.dataset.angle)"), strict=True)
    )
    press(bare, root, "l", "PageDown")
    says(status, "every hand has turned, and the score went from ")
    assert trait(bare, "projected") is True


@pytest.mark.browser
def test_pins_band_and_curve_are_dragged(bare):
    root = viewer(bare, "Rotary here")
    step = (place(root.locator("[data-role=line]"))["width"] - 36) / 255
    drag(bare, root.locator("[data-role=line] [data-role=query]"), 20 * step, 0)
    is_now(bare, "query", 116)
    assert trait(bare, "key") == 64
    drag(bare, root.locator("[data-role=line] [data-role=key]"), 70 * step, 0)
    is_now(bare, "key", 134)
    assert trait(bare, "query") == 134, "it is pushed along"
    press(bare, root, *["ArrowUp"] * 30)
    is_now(bare, "key", 104)
    drag(bare, root.locator("[data-role=band]"), 50 * step, 0)
    is_now(bare, "query", 184)
    assert trait(bare, "key") == 154
    box = place(root.locator("[data-role=course]"))
    across = (box["width"] - 66) / 255
    bare.mouse.click(box["x"] + 52 + 150 * across, box["y"] + 60)
    is_now(bare, "key", 34)
    says(root.locator("[data-role=answer]"), "stand where they never stood before")
    assert root.locator("[data-fresh]").count() > 0


@pytest.mark.browser
def test_base_heads_rows_and_the_walk(bare):
    root = viewer(bare, "Rotary here")
    root.locator("[data-role=base]").fill("40")
    is_now(bare, "base", 100)
    says(root.locator("[data-role=slow]"), f"{hand_counts(rotary(base=100.0))[1]} of 32 hands never go round")
    press(bare, root, " ")
    bare.wait_for_function("() => models[0].get('query') > 99")
    together = "() => document.querySelector('.mtm .status').textContent.includes(`t = ${models[0].get('query')},`)"
    bare.wait_for_function(together)  # while it walks
    assert root.locator("[role=status]").get_attribute("aria-live") == "off", "it is not read aloud at every place"
    assert bare.evaluate("() => models[0].get('query') - models[0].get('key')") == 32
    press(bare, root, " ")
    says(root.locator("[data-role=play]"), "Walk")
    says(root.locator("[role=status]"), f"t = {trait(bare, 'query')}, s = {trait(bare, 'key')}: 32 places apart.")
    assert root.locator("[role=status]").get_attribute("aria-live") == "polite"
    alibi = viewer(bare, "Penalties")
    alibi.locator("[data-head='8']").click()
    bare.wait_for_function("() => models[2].get('head') === 8")
    press(bare, alibi, "[")
    bare.wait_for_function("() => models[2].get('head') === 7")
    score = PositionViewer("alibi", heads=12, head=7).scores[32]
    says(alibi.locator("[data-role=score]"), f"{score:.3f}".replace("-", "−"))
    press(bare, alibi, *["["] * 7)
    says(alibi.locator("[data-role=score]"), "−16.0, below the picture")
    assert alibi.locator("path[data-role=pair][data-below]").count() == 1, "no dot where the score is not"
    press(bare, alibi, "End")
    says(alibi.locator("[role=status]"), "Bring them nearer, and both can move.")
    rows = viewer(bare, "Rows")
    press(bare, rows, "End")
    says(rows.locator("[data-role=answer]"), "Nothing: there is no row for place 63.")
    says(rows.locator("[data-role=faces]"), "there is no such row")


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True)
def test_a_finger_moves_a_pin(bare):
    root = viewer(bare, "Rotary here")
    box = place(root.locator("[data-role=line]"))
    bare.touchscreen.tap(box["x"] + 18 + 200 * (box["width"] - 36) / 255, box["y"] + 20)
    is_now(bare, "query", 200)
