"""The viewers on a page without a kernel, opened from disk: every width, both themes, touch, less motion, words."""

import pytest

from viewers.bare_page import chains, opened
from viewers.hands import EVERY_SIZE, cut, drag, place, says, viewer

pytestmark = pytest.mark.browser


@pytest.fixture
def bare(browser, tmp_path, request):
    """All viewers on a page opened from disk; options of the browser come from the test's marker."""
    with opened(browser, tmp_path / "page.html", chains(), **getattr(request, "param", {})) as page:
        yield page


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
    says(viewer(bare, "Sums"), "All 1 right at the first try.")


# Labels of arrows that lie on the disc of a state.
COVERED = """(root) => { const discs = [...root.querySelectorAll('.disc .body')].map((e) => e.getBoundingClientRect());
  const near = (x, low, high) => Math.max(low, Math.min(x, high)) - x;
  const on = (b) => discs.some((d) => { const r = d.width / 2, x = d.x + r, y = d.y + r;
    return Math.hypot(near(x, b.left, b.right), near(y, b.top, b.bottom)) < r - 1; });
  return [...root.querySelectorAll('.tag text')].filter((e) => on(e.getBoundingClientRect()))
    .map((e) => e.textContent); }"""


@EVERY_SIZE
def test_nothing_is_cut_at_any_width(bare, shots, request):
    for button in bare.locator("[data-role=more]").all():
        button.click()
    bare.wait_for_timeout(100)
    name = request.node.callspec.id
    for i, root in enumerate(bare.locator(".mtm").all()):
        root.screenshot(path=shots / f"bare_{i}_{name}.png")
        assert cut(root) == [], f"viewer {i}"
        covered = root.evaluate(COVERED)
        assert covered == [], f"viewer {i}: a label lies on a state"


@pytest.mark.parametrize("bare", [{"has_touch": True, "width": 700}], indirect=True, ids=["touch"])
def test_a_finger_drags_a_probability(bare):
    box = place(viewer(bare, "Weather").locator(".tag[data-from='0'][data-to='1'] rect"))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    devtools = bare.context.new_cdp_session(bare)
    for kind, points in (
        ("touchStart", [(x, y)]),
        ("touchMove", [(x, y - 40)]),
        ("touchMove", [(x, y - 66)]),
        ("touchEnd", []),
    ):
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})
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


@pytest.mark.parametrize("bare", [{"theme": "light"}, {"theme": "dark"}], indirect=True, ids=["light", "dark"])
def test_the_average_by_mouse_and_keyboard(bare):
    root = viewer(bare, "Weather")
    root.get_by_label("Does the average settle?").check()
    assert bare.evaluate("() => models[0].get('plot')") == "average"
    root.locator("[data-role=steadiness]", has_text="D = 3.51: no steadier than an urn").wait_for()
    assert root.locator("svg.distance").is_hidden() and root.locator("[data-band]").count() == 3
    root.locator(".stage").focus()
    for _ in range(12):
        bare.keyboard.press("Shift+M")
    root.locator("[role=status]", has_text="10,000 steps").wait_for()
    assert bare.evaluate("() => models[0].get('path').length") == 10_001
    says(root.locator("[role=status]"), "Restart begins another")
    bare.keyboard.press("a")
    root.locator("[data-role=pace]", has_text="In the end each step leaves about 0.57").wait_for()
    assert root.locator("svg.average").is_hidden()
    traps = viewer(bare, "Traps")
    traps.locator(".stage").focus()
    bare.keyboard.press("a")
    traps.locator("[data-role=steadiness]", has_text="so no band").wait_for()
    assert traps.locator("[data-band]").count() == 0


def test_an_arrow_at_zero_stays_to_be_caught(bare):
    root = viewer(bare, "Weather")
    row = "() => models[0].get('transition')[0].map((p) => +p.toFixed(3))"
    root.locator(".stage").focus()
    for key in ("PageDown", "PageDown", "ArrowDown"):  # sunny -> cloudy to 0, then another arrow
        bare.keyboard.press(key)
    assert bare.evaluate(row)[1] == 0
    tag = root.locator(".tag[data-from='0'][data-to='1']", has_text="0.00")
    tag.wait_for()
    drag(bare, tag.locator("rect"), dx=44, dy=0)
    assert bare.evaluate(row)[1] == 0.2
    root.get_by_label("More probable").click(modifiers=["Shift"])
    assert bare.evaluate(row)[1] == 0.3


# Rules of a style sheet that would dress a viewer of another kind: they do not name the kind they belong to.
LOOSE = """() => [...document.querySelectorAll('.mtm > style, .mtm section style')].flatMap((sheet) =>
  [...sheet.sheet.cssRules].flatMap((rule) => (rule.selectorText ?? '').split(',')))
  .filter((selector) => selector.trim() && !/^\\.mtm\\.[a-z]+-[a-z]+/.test(selector.trim()))"""


def test_no_viewer_dresses_another(bare):
    kinds = bare.evaluate("() => [...document.querySelectorAll('.mtm')].map((root) => root.className)")
    assert all("-" in kind for kind in kinds), kinds
    assert bare.locator(".mtm > style").count() == len(kinds)
    assert bare.evaluate(LOOSE) == []


def test_hovering_shows_one_fan(bare):
    root = viewer(bare, "Letters")
    assert root.locator(".arrow[data-from='0']").count() > 5
    root.locator(".disc[data-node='9'] .body").hover()
    bare.wait_for_function("(e) => !e.querySelector('.arrow[data-from=\\'0\\']')", arg=root.element_handle())
    assert root.locator(".arrow[data-from='9']").count() > 5


def test_screen_readers_hear_what_is_drawn(bare):
    root = viewer(bare, "Traps")
    stage = root.locator(".stage")
    assert "5 states. Yes, for ever. Not every state can be reached" in stage.get_attribute("aria-label")
    assert "A: visits 1.00, after 1 steps 0.50, long run 0.00" in root.locator("svg[role=img]").first.get_attribute(
        "aria-label"
    )
    says(root.locator("[role=status]"), "1 step after A")
    unnamed = bare.evaluate("""() => [...document.querySelectorAll('button, input, select')].filter((e) =>
      !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')?.textContent.trim()))
      .map((e) => e.outerHTML)""")
    assert unnamed == []


def test_seen_by_a_deuteranope(bare, shots):
    devtools = bare.context.new_cdp_session(bare)
    devtools.send("Emulation.setEmulatedVisionDeficiency", {"type": "deuteranopia"})
    for i in (0, 4):
        bare.locator(".mtm").nth(i).screenshot(path=shots / f"deuteranopia_{i}.png")
