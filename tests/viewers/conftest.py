"""One Chromium and one JupyterLab for all tests of this folder."""

import os
import pathlib
from importlib.util import find_spec

import nbformat
import pytest

from conftest import need
from viewers import lab
from viewers.gallery import gallery


@pytest.fixture(scope="session")
def shots(tmp_path_factory):
    folder = pathlib.Path(os.environ.get("COURSE_SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def browser():
    need(find_spec("playwright"), "playwright is not installed; it is in requirements-test.txt")
    from playwright.sync_api import sync_playwright

    need(lab.CHROMIUM, "no Chromium or Chrome on the PATH; set CHROMIUM to its program to run the browser tests")
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


@pytest.fixture(autouse=True)
def clean(request):
    """Whatever a test does with a page: no console error, no request to the outside."""
    yield
    page = request.node.funcargs.get("page") or request.node.funcargs.get("bare")
    if page is not None:
        assert page.errors == []
        assert page.outside == []
