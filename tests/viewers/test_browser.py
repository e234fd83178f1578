"""The gallery in a real JupyterLab in a real Chromium, by mouse and by keyboard, in light and in dark."""

import statistics

import nbformat
import pytest

from viewers import lab
from viewers.bare_page import chains
from viewers.gallery import CELLS, gallery
from viewers.hands import drag, says, viewer

pytestmark = pytest.mark.browser


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
    says(weather.locator(".tag[data-from='0'][data-to='1']"), "0.45")
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


def test_chain_by_the_ribbon_and_its_buttons(page, weather):
    ribbon = weather.locator("[data-role=row]")
    wide = ribbon.bounding_box()["width"]
    drag(page, ribbon.locator("[data-to='0']"), dx=-0.2 * wide, dy=0)
    traits(page, "[[0.6, 0.3, 0.1], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]] 0 1 3 False")
    weather.get_by_label("More probable").click()
    says(weather.locator("[data-role=value]"), "0.61")
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
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=gallery().metadata)
    nbformat.write(notebook, server.folder / "committed.ipynb")
    page = lab.new_page(browser)
    try:
        lab.open_notebook(page, server, "committed.ipynb")
        picture = page.locator(".jp-OutputArea img")
        picture.wait_for()
        assert 600 <= picture.bounding_box()["width"] <= 800
        fold = page.locator(".jp-OutputArea details")
        fold.wait_for()
        assert not fold.get_by_text("Count again.").is_visible()
        fold.locator("summary").click()
        assert fold.get_by_text("Count again.").is_visible()
        assert page.errors == [] and page.outside == []
    finally:
        page.context.close()
