"""What a hand does on a page: find a viewer by its title, drag a thing, look for what is cut off."""

import base64
import io
import re

import pytest
from PIL import Image

from classroom.viewer import joined_javascript

# The fixture `bare` in both themes at three widths.
EVERY_SIZE = pytest.mark.parametrize(
    "bare",
    [{"theme": t, "width": w} for t in ("light", "dark") for w in (700, 1000, 1300)],
    indirect=True,
    ids=lambda o: f"{o['theme']}-{o['width']}",
)

CUT = """(root, selectors) => { const box = root.getBoundingClientRect();
  const over = (b) => b.left < box.left || b.right > box.right + .5 || b.bottom > box.bottom + .5;
  return [...root.querySelectorAll(selectors)]
    .filter((e) => e.getClientRects().length && over(e.getBoundingClientRect())).map((e) => e.textContent); }"""


def cut(root, also=()):
    """Texts and controls that reach over the edge of the viewer; also: further selectors to look at."""
    return root.evaluate(CUT, ", ".join(("svg text", "button", "h3", "h4", "p", "label", "kbd", *also)))


def viewer(page, title):
    """The root of the viewer with this title."""
    return page.locator(".mtm").filter(has=page.locator("h3", has_text=title)).first


def root_of(page):
    """The root of a page with one viewer."""
    return page.locator(".mtm").first


def trait(page, name):
    """A trait of the first viewer on a bare page."""
    return page.evaluate(f"() => models[0].get('{name}')")


def is_now(page, name, wanted):
    """Wait until that trait has this value."""
    page.wait_for_function(
        "([name, wanted]) => JSON.stringify(models[0].get(name)) === JSON.stringify(wanted)", arg=[name, wanted]
    )


def says(locator, text, state="attached"):
    """Wait until the locator shows this text: a viewer repaints in the next frame, not within the click."""
    locator.filter(has_text=text).first.wait_for(state=state)


FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def place(handle):
    """Where a thing lies once the page has painted: within a frame a viewer may draw its marks anew."""
    for _ in range(20):
        handle.page.evaluate(FRAMES)
        if box := handle.bounding_box():
            return box
    raise AssertionError(f"never drawn: {handle}")


def drag(page, handle, dx, dy):
    box = place(handle)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def press(page, root, *keys):
    """Press keys while the viewer's stage has the focus."""
    root.locator(".stage").focus()
    for key in keys:
        page.keyboard.press(key)


def one_module(name):
    """The joined JavaScript of a viewer: one module without imports, in which every name is declared once."""
    text = joined_javascript(name)
    assert not re.search(r"^import ", text, re.MULTILINE) and text.count("export default") == 1
    names = re.findall(r"^(?:export )?(?:const|let|function) (\w+)", text, re.MULTILINE)
    assert len(names) == len(set(names)), "two declarations of one name"
    return text


def still_picture(it, less_than=30_000):
    """The PNG that pages without JavaScript show of a viewer, and its pixels: light, described, always the same."""
    png, width = it.to_png()
    assert len(png) < less_than
    data, metadata = it._repr_mimebundle_()
    assert metadata["image/png"] == {"alt": it.describe(), "width": width}
    assert base64.b64decode(data["image/png"]) == png, "the same picture every time"
    return png, Image.open(io.BytesIO(png)).convert("RGB")
