"""Every viewer in a real JupyterLab in a real Chromium, by mouse and by keyboard, in light and in dark."""

import os
import pathlib
import statistics
from importlib.util import find_spec

import nbformat
import pytest

from classroom import ChainViewer, Quiz
from conftest import need
from viewers import lab
from viewers.bare_page import bare_page
from viewers.gallery import CELLS, gallery

pytestmark = pytest.mark.browser
WEATHER = [[0.8, 0.15, 0.05], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]]


@pytest.fixture(scope="session")
def shots(tmp_path_factory):
    folder = pathlib.Path(os.environ.get("COURSE_SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def browser():
    need(find_spec("playwright"), "playwright is not installed; it is in requirements-test.txt")
    from playwright.sync_api import sync_playwright

    need(
        lab.CHROMIUM, "no Chromium or Chrome on the PATH; set CHROMIUM to its program to run the browser tests"
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=lab.CHROMIUM, args=lab.FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(browser, tmp_path_factory):
    """One JupyterLab for all tests. It serves a folder with the gallery and copies of the lessons."""
    folder = tmp_path_factory.mktemp("course")
    nbformat.write(gallery(), folder / "gallery.ipynb")
    server = lab.Server(folder)
    server.folder = folder
    try:
        yield server.wait()
    finally:
        server.close()


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request, browser, server):
    """The gallery, run from top to bottom (but for the cell that a test runs itself)."""
    server.settings(theme=request.param)
    page = lab.new_page(browser, theme=request.param)
    page.theme = request.param
    lab.open_notebook(page, server, "gallery.ipynb")
    failed = lab.run_all(page)
    assert failed == []
    lab.drawn(page)
    yield page
    page.context.close()


@pytest.fixture(autouse=True)
def clean(request):
    """Whatever a test does with a page: no console error, no request to the outside."""
    yield
    page = request.node.funcargs.get("page") or request.node.funcargs.get("bare")
    if page is not None:
        assert page.errors == []
        assert page.outside == []


def viewer(page, title):
    """The root of the viewer with this title."""
    return page.locator(".mtm").filter(has=page.locator("h3", has_text=title)).first


@pytest.fixture
def weather(page):
    """The weather chain, as it was given."""
    root = viewer(page, "The weather in Saltmere")
    lab.run_cell(page, CELLS["weather"])
    lab.drawn(page)
    root.scroll_into_view_if_needed()
    return root


def traits(page, wanted):
    lab.expect_cell(page, CELLS["traits"], wanted)


GIVEN = "[[0.8, 0.15, 0.05], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]]"


# --- JupyterLab -----------------------------------------------------------------------------------------------------


def test_every_viewer_draws_in_the_theme_of_the_page(page, shots):
    assert page.locator(".mtm").count() == 5
    for i in range(5):
        root = page.locator(".mtm").nth(i)
        assert root.get_attribute("data-theme") == page.theme
        root.scroll_into_view_if_needed()
        root.screenshot(path=shots / f"lab_{i}_{page.theme}.png")
    assert page.locator("mjx-container").count() > 0, "formulas are set without a network"
    assert page.locator("mjx-merror").count() == 0


def test_chain_by_mouse(page, weather):
    weather.locator("[data-role=more]").click()
    traits(page, f"{GIVEN} 0 101 3 False")
    drag(page, weather.locator(".tag[data-from='0'][data-to='1'] rect"), dx=66, dy=0)  # 66 px are 0.30
    traits(page, "[[0.518, 0.45, 0.032], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]] 0 101 3 False")
    assert weather.locator(".tag[data-from='0'][data-to='1']").text_content() == "0.45"
    weather.locator(".disc[data-node='2'] .body").click()
    traits(page, "[[0.518, 0.45, 0.032], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]] 2 101 3 False")
    weather.locator("[data-role=undo]").click()
    weather.locator("[data-role=start]").select_option("1")
    weather.locator("input[type=checkbox]").check()
    plot = weather.locator("svg.distance").bounding_box()
    page.mouse.click(plot["x"] + 34 + (plot["width"] - 48) * 0.5, plot["y"] + 60)  # the middle of 0..20
    traits(page, f"{GIVEN} 1 101 10 True")
    weather.locator("[data-role=restart]").click()
    weather.locator("[data-role=step]").click()
    traits(page, f"{GIVEN} 1 2 10 True")


def drag(page, handle, dx, dy):
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def test_chain_by_the_ribbon_and_its_buttons(page, weather):
    ribbon = weather.locator("[data-role=row]")
    wide = ribbon.bounding_box()["width"]
    drag(page, ribbon.locator("[data-to='0']"), dx=-0.2 * wide, dy=0)
    traits(page, "[[0.6, 0.3, 0.1], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]] 0 1 3 False")
    weather.get_by_label("More probable").click()
    assert weather.locator("[data-role=value]").inner_text() == "0.61"
    assert ribbon.locator("[data-to]").count() == 3


def test_chain_by_keyboard(page, weather):
    weather.locator(".stage").focus()
    press = page.keyboard.press
    for key in ("ArrowRight", "ArrowDown"):  # from sunny → cloudy to cloudy → rainy
        press(key)
    for _ in range(10):
        press("-")
    traits(page, "[[0.8, 0.15, 0.05], [0.343, 0.457, 0.2], [0.2, 0.3, 0.5]] 0 1 3 False")
    weather.locator(".stage").focus()
    for key in ("u", "s", "m", ".", ".", ",", "l"):
        press(key)
    traits(page, f"{GIVEN} 1 101 4 True")
    weather.locator(".stage").focus()
    for key in ("r", "End", "n"):
        press(key)
    traits(page, f"{GIVEN} 1 2 20 True")
    weather.locator("[data-role=play]").focus()
    press("n")  # keys work wherever the focus is in the viewer
    traits(page, f"{GIVEN} 1 3 20 True")


def test_play_walks_until_it_is_stopped(page, weather):
    words = weather.locator(".words")
    weather.locator(".stage").focus()
    page.keyboard.press("Space")
    weather.locator("[data-role=play]", has_text="Pause").wait_for()
    page.wait_for_function("(e) => e.querySelectorAll('b, span').length > 3", arg=words.element_handle())
    assert weather.locator("[data-role=walker]").get_attribute("cx") is not None
    page.keyboard.press("Space")
    weather.locator("[data-role=play]", has_text="Play").wait_for()
    page.wait_for_timeout(700)  # the step under way comes to its end
    lab.expect_cell(page, CELLS["visited"], "0 True True")
    said = words.locator("b, span").all_inner_texts()
    assert len(said) > 3 and set(said) <= {"sunny", "cloudy", "rainy"}
    length = len(said)
    page.wait_for_timeout(600)
    assert words.locator("b, span").count() == length, "it stands still after Pause"


def test_no_key_leaks_to_the_notebook(page, weather):
    before = lab.count_cells(page)
    places = (".stage", "[data-role=play]", "input[type=range]", "[data-role=start]")
    for place in places:
        weather.locator(place).first.focus()
        for key in ("d", "d", "a", "b", "x", "ArrowDown", "0", "0"):
            page.keyboard.press(key)
    quiz = viewer(page, "Quiz")
    quiz.locator("[data-option]").first.focus()
    for key in ("d", "d", "a", "x"):
        page.keyboard.press(key)
    assert lab.count_cells(page) == before
    assert page.locator(".jp-Dialog").count() == 0, "0 0 would ask to restart the kernel"


def test_tab_and_a_second_escape_leave_the_viewer(page, weather):
    inside = "(e) => e.contains(document.activeElement)"
    root = weather.element_handle()
    weather.locator(".stage").focus()
    page.keyboard.press("Escape")
    assert page.evaluate(inside, root), "the first Escape stops what runs"
    page.keyboard.press("Escape")
    assert not page.evaluate(inside, root)
    weather.locator("[data-role=start]").focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if not page.evaluate(inside, root):
            break
    assert not page.evaluate(inside, root), "Tab goes through the controls and out"


def test_a_cell_moves_the_viewer(page, weather):
    lab.expect_cell(page, CELLS["set"], "set")
    weather.locator("b", has_text="periodic (period 3)").wait_for()
    assert weather.locator(".words").inner_text().split() == ["rainy", "sunny", "cloudy"]
    assert weather.locator("[data-role=start]").input_value() == "2"
    assert weather.locator("[data-bar=longrun][data-state='1']").get_attribute("data-share") == "0.333333"
    traits(page, "[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]] 2 3 3 False")


def test_quiz_by_mouse_and_keyboard(page, shots):
    lab.run_cell(page, CELLS["quiz"])
    lab.drawn(page)
    quiz = viewer(page, "Quiz")
    quiz.scroll_into_view_if_needed()
    quiz.locator("[data-question='0'] [data-option='1']").click()
    quiz.locator(
        "[data-question='0'] [data-option='1']", has_text="Not quite. That is the transpose"
    ).wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    quiz.locator("[data-question='0'] [data-option='0']", has_text="Right. The row says").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('[data-question]')?.dataset.question") == "1"
    page.keyboard.press("2")
    quiz.locator("[data-role=score]", has_text="All answered, 1 of 2 right at the first try.").wait_for()
    lab.expect_cell(page, CELLS["answers"], "[[1, 0], [1]] 1")
    quiz.screenshot(path=shots / f"lab_quiz_answered_{page.theme}.png")
    quiz.locator("[data-role=again]").click()
    lab.expect_cell(page, CELLS["answers"], "[[], []] 0")


def test_the_theme_is_followed_live(page, weather):
    other = {"light": "dark", "dark": "light"}[page.theme]
    for theme in (other, page.theme):
        page.evaluate(
            "(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", lab.THEMES[theme]
        )
        page.wait_for_function(
            f"(e) => e.dataset.theme === '{theme}'", arg=weather.element_handle(), timeout=15_000
        )


def test_an_answer_is_drawn_soon_after_the_key(page, weather, capsys):
    """Printed, not asserted: the time depends on the machine."""
    for title in ("The weather in Saltmere", "Letters"):
        root = viewer(page, title)
        root.scroll_into_view_if_needed()
        root.locator(".stage").focus()
        times = page.evaluate(LATENCY, root.element_handle())
        with capsys.disabled():
            print(
                f"\n{page.theme}, {title}: " + ", ".join(f"{k} {_spread(v)}" for k, v in times.items()), end=""
            )
        assert all(len(v) == 12 for v in times.values()), "every key was answered by a drawing"


LATENCY = """async (root) => {
  const stage = root.querySelector('.stage'), times = {};
  const painted = () => new Promise((done) => requestAnimationFrame(() => { const c = new MessageChannel();
    c.port1.onmessage = done; c.port2.postMessage(0); }));
  for (const key of ['.', '+', 'm', 'ArrowDown']) {
    times[key] = [];
    for (let i = 0; i < 12; i++) {
      const frame = root.dataset.frame, began = performance.now();
      const pressed = { key: key === '.' && i % 2 ? ',' : key, bubbles: true, cancelable: true };
      stage.dispatchEvent(new KeyboardEvent('keydown', pressed));
      for (let tries = 0; root.dataset.frame === frame && tries < 60; tries++) await painted();
      if (root.dataset.frame !== frame) times[key].push(performance.now() - began);
      await new Promise((done) => setTimeout(done, 30));
    }
  }
  return times; }"""


def _spread(times):
    return f"{statistics.median(times):.0f} ms (at most {max(times):.0f})"


def test_a_notebook_as_committed_shows_picture_and_fold(browser, server):
    """Without the live view, as in the repository and on GitHub: the picture with its words, the quiz as text."""
    chain, quiz = chains()[0], chains()[-1]
    cells = []
    for viewer_ in (chain, quiz):
        data, metadata = viewer_._repr_mimebundle_()
        data = {kind: value for kind, value in data.items() if "widget" not in kind}
        output = nbformat.v4.new_output("display_data", data, metadata=metadata)
        cells.append(nbformat.v4.new_code_cell("0", outputs=[output]))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), server.folder / "committed.ipynb")
    page = lab.new_page(browser)
    try:
        lab.open_notebook(page, server, "committed.ipynb")
        picture = page.locator(".jp-OutputArea img")
        picture.wait_for()
        assert picture.get_attribute("alt") == chain.describe()
        assert 600 <= picture.bounding_box()["width"] <= 800
        fold = page.locator(".jp-OutputArea details")
        fold.wait_for()
        assert not fold.get_by_text("Count again.").is_visible()
        fold.locator("summary").click()
        assert fold.get_by_text("Count again.").is_visible()
        assert page.errors == [] and page.outside == []
    finally:
        page.context.close()


# --- without a kernel -----------------------------------------------------------------------------------------------


def chains():
    """A chain of every kind."""
    import numpy as np

    rng = np.random.default_rng(0)
    traps = [
        [0.5, 0.3, 0.2, 0, 0],
        [0, 0.7, 0.3, 0, 0],
        [0, 0.4, 0.6, 0, 0],
        [0.1, 0, 0, 0.6, 0.3],
        [0, 0, 0, 0, 1],
    ]
    return [
        ChainViewer(WEATHER, ["sunny", "cloudy", "rainy"], title="Weather", n=3),
        ChainViewer([[0.128, 0.872], [0.663, 0.337]], ["vowel", "consonant"], title="Onegin"),
        ChainViewer(np.eye(4)[[1, 2, 3, 0]], list("ABCD"), title="Round"),
        ChainViewer(traps, list("ABCDE"), title="Traps"),
        ChainViewer(np.full((8, 8), 1 / 8), ["do", "re", "mi", "fa", "sol", "la", "si", "pause"], title="Tune"),
        ChainViewer(rng.dirichlet(np.full(27, 0.3), 27), list("abcdefghijklmnopqrstuvwxyz "), title="Letters"),
        ChainViewer([[1.0]], ["home"], title="One"),
        Quiz(
            [{"ask": "Is `1 + 1` two?", "options": [("yes", True, "Count."), ("no", False, "Count again.")]}],
            title="Sums",
        ),
    ]


@pytest.fixture
def bare(browser, tmp_path, request):
    """All viewers on a page opened from disk; options of the browser come from the test's marker."""
    options = {"theme": "light", "width": 1000, **getattr(request, "param", {})}
    page = lab.new_page(browser, **options)
    page.goto(
        bare_page(tmp_path / "page.html", chains(), "#ffffff" if options["theme"] == "light" else "#111111")
    )
    lab.drawn(page)
    yield page
    page.context.close()


def test_a_page_from_disk_answers_without_a_kernel(bare):
    root = viewer(bare, "Weather")
    drag(bare, root.locator(".tag[data-from='0'][data-to='1'] rect"), dx=0, dy=-66)
    assert bare.evaluate("() => models[0].get('transition')[0].map((p) => +p.toFixed(3))") == [
        0.518,
        0.45,
        0.032,
    ]
    root.locator("[data-role=more]").click()
    assert bare.evaluate("() => models[0].get('path').length") == 101
    shares = [float(bar.get_attribute("data-share")) for bar in root.locator("[data-bar=visits]").all()]
    assert abs(sum(shares) - 1) < 1e-5
    viewer(bare, "Sums").locator("[data-option='0']").click()
    assert "All 1 right at the first try." in viewer(bare, "Sums").inner_text()


# Texts and controls that reach over the edge of the viewer.
CUT = """(root) => { const box = root.getBoundingClientRect();
  const over = (b) => b.left < box.left || b.right > box.right + .5 || b.bottom > box.bottom + .5;
  return [...root.querySelectorAll('svg text, button, h3, h4, p, label, kbd')]
    .filter((e) => e.getClientRects().length && over(e.getBoundingClientRect())).map((e) => e.textContent); }"""

# Labels of arrows that lie on the disc of a state.
COVERED = """(root) => { const discs = [...root.querySelectorAll('.disc .body')].map((e) => e.getBoundingClientRect());
  const near = (x, low, high) => Math.max(low, Math.min(x, high)) - x;
  const on = (b) => discs.some((d) => { const r = d.width / 2, x = d.x + r, y = d.y + r;
    return Math.hypot(near(x, b.left, b.right), near(y, b.top, b.bottom)) < r - 1; });
  return [...root.querySelectorAll('.tag text')].filter((e) => on(e.getBoundingClientRect()))
    .map((e) => e.textContent); }"""


@pytest.mark.parametrize(
    "bare",
    [{"theme": t, "width": w} for t in ("light", "dark") for w in (700, 1000, 1300)],
    indirect=True,
    ids=lambda o: f"{o['theme']}-{o['width']}",
)
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for button in bare.locator("[data-role=more]").all():
        button.click()
    bare.wait_for_timeout(100)
    name = request.node.callspec.id
    for i, root in enumerate(bare.locator(".mtm").all()):
        root.screenshot(path=shots / f"bare_{i}_{name}.png")
        assert root.evaluate(CUT) == [], f"viewer {i}"
        covered = root.evaluate(COVERED)
        assert covered == [], f"viewer {i}: a label lies on a state"


@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_drags_a_probability(bare):
    box = viewer(bare, "Weather").locator(".tag[data-from='0'][data-to='1'] rect").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    devtools = bare.context.new_cdp_session(bare)
    for kind, points in (
        ("touchStart", [(x, y)]),
        ("touchMove", [(x, y - 40)]),
        ("touchMove", [(x, y - 66)]),
        ("touchEnd", []),
    ):
        devtools.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]}
        )
    bare.wait_for_function(
        "() => models[0].get('transition')[0].map((p) => p.toFixed(3)).join() === '0.518,0.450,0.032'"
    )


@pytest.mark.parametrize("bare", [{"reduced_motion": "reduce"}], indirect=True, ids=["calm"])
def test_less_motion_where_the_reader_asks_for_it(bare):
    root = viewer(bare, "Weather")
    root.locator("[data-role=step]").click()
    assert bare.evaluate("() => models[0].get('path').length") == 2, "a step is made at once"
    root.locator("[data-role=play]").click()
    bare.wait_for_function("() => models[0].get('path').length > 3")
    assert root.locator("[data-role=walker]").get_attribute("opacity") == "0", "nothing glides"


def test_screen_readers_hear_what_is_drawn(bare):
    root = viewer(bare, "Traps")
    stage = root.locator(".stage")
    assert "5 states. Yes, for ever. Not every state can be reached" in stage.get_attribute("aria-label")
    assert "A: visits 1.00, after 1 steps 0.50, long run 0.00" in root.locator(
        "svg[role=img]"
    ).first.get_attribute("aria-label")
    assert "1 step after A" in root.locator("[role=status]").inner_text()
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input, select')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []


def test_seen_by_a_deuteranope(bare, shots):
    devtools = bare.context.new_cdp_session(bare)
    devtools.send("Emulation.setEmulatedVisionDeficiency", {"type": "deuteranopia"})
    for i in (0, 4):
        bare.locator(".mtm").nth(i).screenshot(path=shots / f"deuteranopia_{i}.png")


# --- lessons --------------------------------------------------------------------------------------------------------


def lessons():
    """The newest lesson, or every notebook that is given to students under COURSE_ALL_LESSONS=1."""
    found = sorted((lab.ROOT / "chapters").glob("*/*.ipynb"))
    if os.environ.get("COURSE_ALL_LESSONS") == "1":
        return found
    plain = [file for file in found if file.stem.split("_")[1].isdigit()]
    return [max(plain, key=lambda file: file.stat().st_mtime)] if plain else []


@pytest.mark.parametrize("file", lessons(), ids=lambda file: file.stem)
def test_lesson_runs_whole_in_the_browser(file, browser, server, shots):
    server.settings(theme="light")
    page = lab.new_page(browser, height=1200)
    try:
        lab.open_lesson(page, server, file)
        failed = lab.run_all(page)
        assert failed == [] or file.stem.endswith("_exercises"), failed
        viewers = page.locator(".mtm").count()
        if viewers:
            lab.drawn(page)
        text = file.read_text(encoding="utf-8")
        if "$" in text:
            page.wait_for_selector("mjx-container", timeout=20_000)
        assert page.locator("mjx-merror").count() == 0, "a formula is wrong"
        assert page.errors == [] and page.outside == []
        page.screenshot(path=shots / f"lesson_{file.stem}.png")
        for i in range(viewers):
            page.locator(".mtm").nth(i).screenshot(path=shots / f"lesson_{file.stem}_{i}.png")
    finally:
        page.context.close()
