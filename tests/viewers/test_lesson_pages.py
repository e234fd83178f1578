"""Whole lessons in JupyterLab: run, formulas set, viewers drawn, nothing failed, nothing fetched."""

import os

import pytest

from viewers import lab

pytestmark = pytest.mark.browser


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
