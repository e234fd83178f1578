"""GradientViewer: its Python side, its numbers, and every control on a page without a kernel and in JupyterLab."""

import base64
import statistics

import numpy as np
import pytest
import torch

from classroom.gradient_numbers import scientific, summary, tanh_and_slope, walk
from classroom.gradient_viewer import GradientViewer
from seqmodels.backprop import gradient_norms_by_lag
from seqmodels.recurrent import ElmanRNN
from viewers import lab
from viewers.bare_page import opened
from viewers.hands import EVERY_SIZE, cut, drag, says, still_picture, viewer
from viewers.test_python import run_node


def gaussian(units=24, steps=100, strength=0.5, **more):
    rng = np.random.default_rng(0)
    weight = rng.standard_normal((units, units)) / np.sqrt(units)
    return GradientViewer(weight, strength * rng.standard_normal((steps, units)), **{"title": "Random", **more})


def rotation(**more):
    rng = np.random.default_rng(1)
    turn, _ = np.linalg.qr(rng.standard_normal((16, 16)))
    return GradientViewer(turn, 0.1 * rng.standard_normal((100, 16)), **{"title": "Rotation", **more})


def hump(**more):
    """Eigenvalues below 1, but far from normal: the error first grows."""
    weight = 0.6 * np.eye(8) + 0.9 * np.eye(8, k=1)
    drive = 0.1 * np.random.default_rng(2).standard_normal((100, 8))
    return GradientViewer(
        weight, drive, **{"title": "Hump", "radius": 0.6, "nonlinearity": "linear", "position": 9, **more}
    )


def shut(**more):
    """ReLU units that all shut at step 21."""
    drive = np.ones((40, 3))
    drive[20] = -99
    return GradientViewer(np.eye(3) + 0.1, drive, **{"title": "Shut", "nonlinearity": "relu", **more})


# --- errors and traits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"weight": np.ones((2, 3))}, ["weight", "(H, H)", "(2, 3)"]),
        ({"weight": np.eye(33)}, ["weight", "at most 32", "(33, 33)"]),
        ({"weight": [1.0, 2.0]}, ["weight", "(2,)"]),
        ({"weight": [[np.nan, 0], [0, 1]]}, ["weight must be finite", "1 NaN"]),
        ({"weight": [[0, 1], [0, 0]]}, ["spectral radius 0", "singular value 1", "1000"]),
        ({"weight": np.zeros((2, 2))}, ["spectral radius 0"]),
        ({"drive": np.zeros((5, 3))}, ["drive has shape (5, 3)", "(T, 2)"]),
        ({"drive": np.zeros((1, 2))}, ["drive has shape (1, 2)", "2 to 200"]),
        ({"drive": np.zeros((201, 2))}, ["drive has shape (201, 2)", "200"]),
        ({"drive": np.zeros((0, 2))}, ["drive", "(0, 2)"]),
        ({"drive": [[np.inf, 0], [0, 0]]}, ["drive must be finite", "1 NaN or infinite"]),
        ({"radius": 0.4}, ["radius must lie in 0.5..2.0", "0.4"]),
        ({"radius": np.nan}, ["radius", "nan"]),
        ({"nonlinearity": "sigmoid"}, ["nonlinearity must be one of", "'linear'", "'sigmoid'"]),
        ({"drive_scale": 3.1}, ["drive_scale must lie in 0.0..3.0", "3.1"]),
        ({"error_step": 6}, ["error_step must lie in 2..5", "6"]),
        ({"position": 5}, ["position must lie in 0..4", "5"]),
        ({"pinned": [{}] * 5}, ["pinned has 5 curves", "at most 4"]),
        ({"pinned": [{"speed": 1}]}, ["pinned", "['speed']", "radius"]),
        ({"pinned": [{"radius": 3.0}]}, ["radius must lie in", "3.0"]),
    ],
)
def test_errors_name_argument_and_numbers(changed, words):
    with pytest.raises(ValueError) as caught:
        GradientViewer(**{"weight": [[0.5, 1], [0, 1.0]], "drive": np.ones((5, 2)), **changed})
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_traits_are_checked_from_a_cell():
    it = gaussian(4, 20, error_step=15, position=14)
    for name, value, word in (
        ("weight", np.eye(3), "for 3 units, but drive has 4"),
        ("drive", np.ones((9, 3)), r"\(9, 3\)"),
        ("radius", 2.1, "2.1"),
        ("nonlinearity", "none", "'none'"),
        ("error_step", 21, "2..20"),
        ("position", 15, "0..14"),
        ("pinned", [{"error_step": 30}], "30"),
    ):
        with pytest.raises(ValueError, match=word):
            setattr(it, name, value)
    it.error_step = 5
    assert it.position == 4, "the lag that is looked at stays inside"
    it.pinned = [{"radius": 2}]
    assert it.pinned == [{"radius": 2.0, "nonlinearity": "tanh", "drive_scale": 1.0, "error_step": 5}]
    it.set_state({"radius": 0.75, "error_step": 20, "position": 19, "nonlinearity": "relu"})
    assert (it.radius, it.error_step, it.position, it.nonlinearity) == (0.75, 20, 19, "relu")
    it.pinned = [{}]
    it.drive = np.ones((8, 4))
    assert (it.error_step, it.position, it.pinned[0]["error_step"]) == (8, 7, 8), "another length begins anew"
    it.weight = 2 * np.eye(4)
    assert it._spectrum == {"radius": 2.0, "singular": 2.0, "eigenvalues": [[2.0, 0.0]] * 4}


def test_a_weight_as_it_is_has_its_own_radius():
    weight = gaussian(12).weight
    it = GradientViewer(weight, np.ones((9, 12)), radius=None)
    assert it.radius == pytest.approx(np.abs(np.linalg.eigvals(weight)).max(), rel=1e-14)
    assert it.bound == pytest.approx(np.linalg.norm(weight, 2), rel=1e-14)
    with pytest.raises(ValueError, match="radius must lie in"):
        GradientViewer(3 * weight, np.ones((9, 12)), radius=None)


# --- numbers --------------------------------------------------------------------------------------


def by_autograd(it):
    """||dh_E / dh_{E-k}||_F / sqrt(H), from PyTorch: the states again, and a Jacobian for each lag."""
    weight = torch.tensor(it.weight) * it.radius / np.abs(np.linalg.eigvals(it.weight)).max()
    f = {"tanh": torch.tanh, "relu": torch.relu, "linear": lambda a: a}[it.nonlinearity]
    drive = it.drive_scale * torch.tensor(it.drive)[: it.error_step]

    def onwards(h, t):
        for given in drive[t:]:
            h = f(weight @ h + given)
        return h

    states = [onwards_state := torch.zeros(len(weight), dtype=torch.float64)]
    for given in drive:
        states.append(onwards_state := f(weight @ onwards_state + given))
    jacobians = [
        torch.autograd.functional.jacobian(lambda h, t=t: onwards(h, t), states[t]) for t in range(it.error_step, 0, -1)
    ]
    return np.array([torch.linalg.norm(j).item() / len(weight) ** 0.5 for j in jacobians])


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu", "linear"])
@pytest.mark.parametrize("make", [gaussian, hump, rotation])
def test_the_norms_equal_autograd(make, nonlinearity):
    it = make(nonlinearity=nonlinearity, radius=0.9, drive_scale=1.5, error_step=30)
    np.testing.assert_allclose(it.norms, by_autograd(it), rtol=1e-11)
    assert it.norms[0] == 1 and len(it.norms) == 30


def test_the_norms_are_those_of_the_library():
    torch.manual_seed(0)
    layer, x = ElmanRNN(3, 24).double(), torch.randn(1, 60, 3, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_hidden *= 2
        drive = x[0] @ layer.weight_input.T + layer.bias
    it = GradientViewer(layer.weight_hidden.detach(), drive, radius=None)
    np.testing.assert_allclose(it.norms, gradient_norms_by_lag(layer, x), rtol=1e-11)


def test_tanh_and_slope_keep_their_digits():
    a = np.concatenate([np.linspace(-22, 22, 20001), 10.0 ** -np.arange(1, 300, 7)])
    value, slope = tanh_and_slope(a)
    np.testing.assert_allclose(value, np.tanh(a), rtol=3e-15)
    np.testing.assert_allclose(slope, 1 / np.cosh(a) ** 2, rtol=2e-14)
    assert tanh_and_slope(np.array([1e300]))[0] == 1


HARD = {
    "random": lambda: gaussian(),
    "chaotic": lambda: gaussian(32, 200, 0.01, radius=2.0),
    "saturated": lambda: gaussian(strength=4.0, drive_scale=3.0, radius=1.3),
    "relu": lambda: gaussian(nonlinearity="relu", radius=2.0, error_step=77),
    "explodes": lambda: gaussian(32, 200, nonlinearity="linear", radius=2.0),
    "far from normal": lambda: hump(radius=2.0),
    "rotation": lambda: rotation(),
    "shut": lambda: shut(),
}


@pytest.mark.node
def test_the_browser_computes_what_python_computes():
    its = {name: make() for name, make in HARD.items()}
    given = [
        {
            **{name: {"shape": a.shape, "data": base64.b64encode(a).decode()} for name, a in arrays.items()},
            "spectrum": it._spectrum,
            "settings": it._settings(),
        }
        for it in its.values()
        for arrays in [{"weight": it.weight, "drive": it.drive}]
    ]
    here = run_node(
        "gradient",
        "v.given.map((g) => m.solveGradient(m.network(g.weight, g.drive), g.spectrum, g.settings))"
        ".map((s) => ({ logs: Array.from(s.logs), states: Array.from(s.states), told: s.told, bound: s.bound }))",
        given=given,
    )
    for (name, it), found in zip(its.items(), here, strict=True):
        logs = np.array([-np.inf if x is None else x for x in found["logs"]])  # JSON has no infinity
        alive = np.isfinite(logs)
        np.testing.assert_array_equal(alive, it.norms > 0, err_msg=name)
        np.testing.assert_allclose(10 ** logs[alive], it.norms[alive], rtol=1e-9, err_msg=name)
        assert found["bound"] == pytest.approx(it.bound, rel=1e-14)
        weight = it.radius / it._spectrum["radius"] * it.weight
        states, _ = walk(weight, it.drive_scale * it.drive, it.nonlinearity)
        there = np.array(found["states"], dtype=float).reshape(states.shape)
        np.testing.assert_array_equal(there, states, err_msg=name)
        told = summary(it.log10_norms)
        assert [found["told"][key] for key in ("half", "thousandth", "double", "dead", "peakAt")] == [
            told[key] for key in ("half", "thousandth", "double", "dead", "peak_at")
        ]
        if told["rate"] is not None:
            assert found["told"]["rate"] == pytest.approx(told["rate"], abs=1e-9)


@pytest.mark.parametrize("name", HARD)
def test_no_norm_passes_the_bound(name):
    it = HARD[name]()
    lags = np.arange(len(it.norms))
    assert (it.log10_norms <= lags * np.log10(it.bound) + 1e-9).all()
    assert it.log10_norms[0] == 0


def test_what_decides():
    """Below the bound 1 it must vanish, above it may; a spectral radius below 1 does not forbid growth on the way."""
    assert hump().norms.max() > 20 and hump().norms[-1] < 1e-10
    np.testing.assert_allclose(rotation(nonlinearity="linear").norms, 1, rtol=1e-12)
    assert gaussian(radius=1.5).bound > 2 and gaussian(radius=1.5).norms[-1] < 1e-3
    assert gaussian(radius=1.5, drive_scale=3.0).norms[-1] < 1e-12 * gaussian(radius=1.5).norms[-1]
    dead = shut()
    assert (dead.norms[:20] > 0).all() and (dead.norms[20:] == 0).all()
    assert np.isneginf(dead.log10_norms[20:]).all()


def test_a_million_fold_at_every_step_does_not_overflow():
    weight = np.array([[1.0, 900.0], [0.0, 1.0]])
    drive = np.ones((200, 2))
    it = GradientViewer(weight, drive, nonlinearity="relu", radius=2.0, drive_scale=3.0)
    assert np.isfinite(it.log10_norms).all() and it.log10_norms[-1] > 60
    states, slopes = walk(np.full((2, 2), 1e10), drive, "relu")
    assert states.max() == 1e150 and (slopes == 1).all(), "what grows beyond is held"


# --- picture and text -----------------------------------------------------------------------------


def test_one_sentence_with_numbers():
    said = repr(gaussian(radius=1.5))
    assert said.startswith("GradientViewer: Random: 24 units, 100 steps, tanh, spectral radius 1.50, ")
    it = gaussian(radius=1.5)
    assert f"largest singular value {it.bound:.2f}" in said and f"{it.norms[-1]:.1e} is left 99 steps earlier" in said
    assert f"half is gone after {np.argmax(it.norms < 0.5)} steps" in said and "doubled" not in said
    assert f"99.9 % after {np.argmax(it.norms < 1e-3)} steps" in said
    assert "it is doubled after 4 steps" in repr(hump())
    assert "it is exactly zero after 20 steps" in repr(shut())
    assert hump(alt="A hump.").describe() == "A hump."


@pytest.mark.parametrize(
    ("log", "said"),
    [(-np.inf, "0"), (0, "1"), (-2.5, "3.2e-03"), (2.5, "316"), (60.0, "1.0e+60"), (-12.00001, "1.0e-12")],
)
def test_norms_in_words(log, said):
    assert scientific(log) == said


PINS = [
    {"radius": 1.5, "drive_scale": 1.0},
    {"radius": 1.5, "nonlinearity": "linear"},
    {"radius": 0.8, "nonlinearity": "relu", "error_step": 60},
]


@pytest.mark.parametrize("make", [lambda: gaussian(radius=1.5, drive_scale=3.0, pinned=PINS), hump, shut])
def test_the_picture_for_pages_without_javascript(make, shots):
    it = make()
    png, image = still_picture(it)
    colours = np.array([colour for count, colour in image.getcolors(1 << 16) if count > 150])

    def drawn(*colour):  # 24 colours are left: near is near enough
        return (np.abs(colours - colour).max(axis=1) < 8).any()

    assert drawn(0x09, 0x6C, 0xC5), "the curve is drawn in its colour"
    assert drawn(0xE5, 0x67, 0x00) == bool(it.pinned), "and the pinned one in its own"
    (shots / f"gradient_static_{it.title}.png").write_bytes(png)


# --- a page without a kernel ----------------------------------------------------------------------


@pytest.fixture
def bare(browser, tmp_path, request):
    shown = [gaussian(radius=1.5, drive_scale=3.0, pinned=PINS), hump(), shut(), rotation(nonlinearity="linear")]
    with opened(browser, tmp_path / "page.html", shown, **getattr(request, "param", {})) as page:
        yield page


def said(root, text):
    root.locator("[data-role=answer]", has_text=text).wait_for(timeout=8000)


def press(page, root, *keys):
    root.locator("[data-role=plot]").focus()
    for key in keys:
        page.keyboard.press(key)


TRAIT = "([i, name]) => models[i].get(name)"


def becomes(page, i, name, value):
    page.wait_for_function(
        "([i, name, value]) => JSON.stringify(models[i].get(name)) === JSON.stringify(value)", arg=[i, name, value]
    )


@pytest.mark.browser
@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for i, root in enumerate(bare.locator(".mtm").all()):
        assert cut(root, also=(".chip", "canvas", "output")) == [], f"viewer {i}"
        plot, plane = (root.locator(f"[data-role={name}]").bounding_box() for name in ("plot", "plane"))
        assert plot["x"] + plot["width"] <= plane["x"], "side by side"
        root.screenshot(path=shots / f"gradient_{i}_{request.node.callspec.id}.png")


@pytest.mark.browser
def test_sliders_keys_and_eigenvalues_move_the_curve(bare):
    root = viewer(bare, "Random")
    it = gaussian(radius=1.5, drive_scale=3.0)
    says(root.locator("[data-role=here]"), f"lag 10: {it.norms[10]:.2g}")
    press(bare, root, "1", "-", "-", "f", "f", "f", "ArrowRight", "PageDown")
    becomes(bare, 0, "position", 21)
    assert bare.evaluate(TRAIT, [0, "radius"]) == 1 and bare.evaluate(TRAIT, [0, "nonlinearity"]) == "tanh"
    it = gaussian(radius=1.0, drive_scale=2.8)
    assert bare.evaluate(TRAIT, [0, "drive_scale"]) == 2.8
    half, little = np.argmax(it.norms < 0.5), np.argmax(it.norms < 1e-3)
    said(root, f"Half of the error is gone after {half} step{'' if half == 1 else 's'}, 99.9 % after {little}")
    says(root.locator("[role=status]"), "21 steps back, step 79")
    slider = root.locator("[data-role=radius]")
    slider.focus()
    for _ in range(4):
        bare.keyboard.press("ArrowRight")
    becomes(bare, 0, "radius", round(2 ** (4 / 64), 3))
    outer = root.locator("[data-role=outermost]").first
    outer.scroll_into_view_if_needed()
    box, plane = outer.bounding_box(), root.locator("[data-role=plane]").bounding_box()
    reach = box["x"] + box["width"] / 2 - plane["x"] - plane["width"] / 2
    drag(bare, outer, dx=0.25 * reach, dy=0)
    bare.wait_for_function("() => Math.abs(models[0].get('radius') - 1.25 * 2 ** (1 / 16)) < 0.02")
    root.get_by_role("radio", name="linear").check()
    becomes(bare, 0, "nonlinearity", "linear")
    said(root, "The error grows: it is doubled after")
    root.get_by_role("radio", name="ReLU").focus()
    bare.keyboard.press("Control+1")
    assert bare.evaluate(TRAIT, [0, "radius"]) != 1, "combinations are not ours"


@pytest.mark.browser
def test_curves_are_pinned_and_let_go(bare):
    root = viewer(bare, "Random")
    assert root.locator("[data-pin]").count() == 3 and root.locator("[data-chip]").count() == 3
    press(bare, root, "p")
    root.locator("[data-chip='3']").wait_for()
    assert root.locator("[data-role=pin]").is_disabled(), "it is pinned already"
    mine = bare.evaluate(TRAIT, [0, "pinned"])[3]
    assert mine == {"radius": 1.5, "nonlinearity": "tanh", "drive_scale": 3, "error_step": 100}
    press(bare, root, "ArrowUp")
    root.locator("[data-role=pin]:enabled").click()
    bare.wait_for_function("() => models[0].get('pinned')[3].radius > 1.5")
    assert bare.evaluate(TRAIT, [0, "pinned"])[2] == mine, "the oldest gave way"
    root.get_by_role("button", name="Unpin curve A").click()
    bare.wait_for_function("() => models[0].get('pinned').length === 2 + 1")
    press(bare, root, "u", "u", "u", "u")
    root.locator("[data-pin]").first.wait_for(state="detached")
    assert bare.evaluate(TRAIT, [0, "pinned"]) == []


@pytest.mark.browser
def test_the_error_walks_back_and_arises_where_the_reader_wants(bare):
    root = viewer(bare, "Hump")
    reached, later = (root.locator(f"[data-role={name}]") for name in ("reached", "later"))
    assert reached.get_attribute("d").count("M") == 10 and later.get_attribute("d").count("M") > 10
    press(bare, root, "Home", "Space")
    bare.wait_for_function("() => models[1].get('position') >= 5")
    press(bare, root, "Space")
    here = bare.evaluate(TRAIT, [1, "position"])
    bare.wait_for_timeout(300)
    assert bare.evaluate(TRAIT, [1, "position"]) == here, "it stands still after Pause"
    root.locator("[data-role=arises]").scroll_into_view_if_needed()
    strips = root.locator("[data-role=strips]").bounding_box()
    wide = strips["width"] - 106 - 12
    bare.mouse.click(strips["x"] + 106 + wide * 0.705, strips["y"] + 60)
    becomes(bare, 1, "position", 29)  # step 71 of 100
    drag(bare, root.locator("[data-role=arises] path"), dx=-0.4 * wide, dy=0)
    becomes(bare, 1, "error_step", 60)
    says(root.locator("[data-role=arises]"), "error arises at step 60")
    assert bare.evaluate(TRAIT, [1, "position"]) == 29
    says(root.locator("[role=status]"), "29 steps back, step 31")
    press(bare, root, "]", "End")
    becomes(bare, 1, "error_step", 61)
    becomes(bare, 1, "position", 60)
    plot = root.locator("[data-role=plot]").bounding_box()
    bare.mouse.click(plot["x"] + 42, plot["y"] + 100)
    becomes(bare, 1, "position", 0)
    dead = viewer(bare, "Shut")
    said(dead, "From step 20 back the error is exactly zero: at step 21 no open unit passes it on.")
    assert dead.locator("[data-role=dead]").count() == 1 and root.locator("[data-role=dead]").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_scales_the_eigenvalues(bare):
    root = viewer(bare, "Rotation")
    root.locator("[data-role=plane]").scroll_into_view_if_needed()
    plane = root.locator("[data-role=plane]").bounding_box()
    devtools = bare.context.new_cdp_session(bare)
    x, y = plane["x"] + plane["width"] / 2, plane["y"] + plane["height"] / 2
    far = plane["width"] / 2
    for kind, shares in (("touchStart", [0.4]), ("touchMove", [0.5]), ("touchMove", [0.6]), ("touchEnd", [])):
        touches = [{"x": x + share * far, "y": y} for share in shares]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    bare.wait_for_function("() => Math.abs(models[3].get('radius') - 1.5) < 0.02")
    said(root, "later it doubles every 1.7 steps")


@pytest.mark.browser
def test_another_network_from_a_cell(bare):
    root = viewer(bare, "Rotation")
    said(root, "The error keeps its size: 99 steps back all of it is left.")
    new = shut()
    state = {name: new.get_state()[name] for name in ("weight", "_spectrum", "drive")}
    bare.evaluate("(state) => Object.entries(state).forEach(([name, value]) => models[3].set(name, value))", state)
    said(root, "Every slope is 1")
    assert root.locator("[data-eigenvalue]").count() == 3
    bare.evaluate("() => models[3].set('nonlinearity', 'relu')")
    says(root.locator("[data-role=arises]"), "error arises at step 40")
    said(root, "From step 20 back the error is exactly zero")


@pytest.mark.browser
def test_screen_readers_hear_what_is_drawn(bare):
    for root in bare.locator(".mtm").all():
        assert "error" in root.locator("[data-role=plot]").get_attribute("aria-label")
        assert "eigenvalues; the outermost at distance" in root.locator("[data-role=plane]").get_attribute("aria-label")
        assert "steps back" in root.locator("[role=status]").inner_text()
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []


@pytest.mark.browser
def test_every_key_is_answered_at_once(browser, tmp_path):
    """32 units and 200 steps: the whole network and its Jacobians anew at every press."""
    with opened(browser, tmp_path / "page.html", [gaussian(32, 200, title="Large")]) as page:
        root, taken = viewer(page, "Large"), []
        for key in ("ArrowUp", "ArrowUp", "+", "f", "ArrowUp", "f", "-", "ArrowDown", "f"):
            frame = root.get_attribute("data-frame")
            press(page, root, key)
            page.wait_for_function(
                "([e, f]) => e.dataset.frame !== f", arg=[root.element_handle(), frame], polling=5, timeout=3000
            )
            taken.append(float(root.get_attribute("data-draw-ms")))
        assert statistics.median(taken) < 60, taken
        assert page.errors == []


# --- JupyterLab -----------------------------------------------------------------------------------

CELLS = [
    "import numpy as np\nfrom classroom.gradient_viewer import GradientViewer\nrng = np.random.default_rng(0)\n"
    "v = GradientViewer(rng.standard_normal((6, 6)), rng.standard_normal((20, 6)), title='In Lab')\nv",
    "print(v.radius, v.nonlinearity, v.drive_scale, v.error_step, v.position, len(v.pinned))",
    "v.radius, v.nonlinearity, v.error_step, v.pinned = 2.0, 'linear', 12, []",
]


@pytest.mark.browser
def test_page_and_python_move_each_other(browser, server, shots):
    with lab.new_notebook(browser, server, "gradient.ipynb", CELLS) as page:
        lab.run_cell(page, CELLS[0])
        lab.drawn(page)
        root = viewer(page, "In Lab")
        press(page, root, "ArrowUp", "p", "f", "+", "[", "d", "d")
        lab.expect_cell(page, CELLS[1], "1.022 relu 1.1 19 10 1")
        assert lab.count_cells(page) == 3, "d d stays inside the viewer"
        lab.run_cell(page, CELLS[2])
        said(root, "The error grows")
        says(root.locator("[data-role=arises]"), "error arises at step 12")
        lab.expect_cell(page, CELLS[1], "2.0 linear 1.1 12 10 0")
        root.screenshot(path=shots / "gradient_lab.png")
        assert page.errors == [] and page.outside == []
