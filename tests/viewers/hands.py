"""What a hand does on a page: find a viewer by its title, drag a thing."""


def viewer(page, title):
    """The root of the viewer with this title."""
    return page.locator(".mtm").filter(has=page.locator("h3", has_text=title)).first


def drag(page, handle, dx, dy):
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()
