"""The static pages: a lesson opened from disk, its viewers alive, its formulas set, nothing fetched."""

import json
import re
from importlib.util import find_spec

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from conftest import need
from viewers import lab
from viewers.hands import drag, viewer

if find_spec("latex2mathml"):
    from tools import site
    from tools.notebook import ROOT, CourseError, find_sources
    from tools.site_page import Page, public_state
    from tools.site_text import Text, formula

ADDRESS = "chapters/01_markov/01_1_small.ipynb"
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def formulas():
    need(find_spec("latex2mathml"), "latex2mathml is not installed; it is in requirements-test.txt")


# --- Text


def test_a_formula_is_mathml_with_its_number():
    shown = formula(r" p = \frac{1}{2} \tag{1.1.4} ", display=True)
    assert "<mfrac>" in shown and 'display="block"' in shown and shown.endswith('id="eq-1.1.4">(1.1.4)</span></div>')
    assert "<math" in formula("a < b") and "<mo>&#x0003C;</mo>" in formula("a < b")
    for wrong in (r"\nonsense x", r"\frac{1}{"):
        with pytest.raises(CourseError, match="cannot be set"):
            formula(wrong)


def test_every_formula_of_the_course_can_be_set():
    for source in find_sources():
        notebook = site.unexecuted(source, source.with_suffix(".ipynb"))
        text = Text("chapters/x")
        shown = "".join(text(cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
        assert "$$" not in shown and not re.search(r"\\(frac|sum|tag|text)\b", shown), source.name


def test_links_lead_to_pages_or_to_the_repository():
    text = Text("chapters/01_markov")
    shown = text("[a](../references.md#x) [b](../02_b/02_1_c.ipynb) [c](../../lib/x.py) [d](https://a.org) [e](#f)")
    found = re.findall('href="(.*?)"', shown)
    assert found[:2] == ["../references.html#x", "../02_b/02_1_c.html"] and found[3:] == ["https://a.org", "#f"]
    assert found[2].startswith("https://github.com/") and found[2].endswith("/blob/main/lib/x.py")
    shown = Text("chapters/x", {"01_2": "../a/b.html"})("See 01_2, [lesson 01_2](c.ipynb), 01_3 and `01_2`.")
    assert re.findall('href="(.*?)">(.*?)</a>', shown) == [("../a/b.html", "01_2"), ("c.html", "lesson 01_2")]
    text("# Two\n\n## The same\n\n## The same")
    assert text.headings == [(1, "two", "Two"), (2, "the-same", "The same"), (2, "the-same-2", "The same")]


# --- A page of every kind of output


def small_page(*cells):
    text = "# Small\n\nSee (1.1.1) and (9.9.9).\n\n$$ a \\tag{1.1.1} $$"
    return Page(new_notebook(cells=[new_markdown_cell(text), *cells]), ADDRESS)


def shows(data, metadata=None):
    return new_output("display_data", data, metadata=metadata or {})


def code(source, *outputs, tags=()):
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def test_a_figure_is_captioned_once_and_has_words():
    picture = shows({"image/png": "aGk=\n", "text/plain": "x"}, {"image/png": {"alt": "A line <rises>.", "width": 9}})
    body = small_page(code("draw()", picture, shows({"text/markdown": "*A line <rises>.*"}))).body
    assert body.count("A line &lt;rises&gt;.") == 2 and '<figcaption aria-hidden="true">' in body
    assert '<img alt="A line &lt;rises&gt;." width="9" src="data:image/png;base64,aGk=">' in body


def test_answers_are_folded_and_machinery_is_left_out():
    said = new_output("stream", text="1 < 2\n")
    page = small_page(
        code("START", tags=["start"]), code("guess()", said, tags=["predict"]), code("Quiz([])", tags=["quiz"]),
        code("table", shows({"text/html": "<table></table>", "text/plain": "x"})),
        code("boom", new_output("error", ename="E", evalue="e")),
    )  # fmt: skip
    assert "START" not in page.body and "Quiz" not in page.body
    folded = re.search("<details class='answer'><summary>See what it shows</summary>(.*?)</details>", page.body, re.S)
    assert folded[1] == '<pre class="out">1 &lt; 2\n</pre>'
    assert '<div class="table"><table></table></div>' in page.body and ">E: e<" in page.body
    assert 'href="#eq-1.1.1"' in page.body and 'href="#eq-9.9.9"' not in page.body, "only what is on the page"
    assert page.title == "Small" and "</script" not in page.html().partition("<main>")[2]


def test_each_javascript_stands_once_and_states_are_whole():
    model = {"state": {"_esm": "export default 1 // </script>", "_model_name": "x", "title": "t"},
             "buffers": [{"path": ["codes"], "data": "AAA=", "encoding": "base64"}]}  # fmt: skip
    view = shows({VIEW: {"model_id": "m"}, "text/plain": "a picture"})
    notebook = new_notebook(cells=[new_markdown_cell("# Small"), code("V()", view), code("V()", view)])
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"m": model}}}
    page = Page(notebook, ADDRESS)
    text = page.html()
    assert text.count("export default 1") == 1 and text.count('<div class="viewer"') == 2 and "// <\\/script>" in text
    assert public_state(model) == {"title": "t", "codes": "AAA="} == page.viewers[1]["state"]
    assert ">a picture</pre></div>" in text, "it stays where no JavaScript runs"


# --- Lesson 01_1, whole


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    need(find_spec("latex2mathml"), "latex2mathml is not installed; it is in requirements-test.txt")
    folder = tmp_path_factory.mktemp("site")
    assert site.main(["01_1", "--folder", str(folder)]) == 0
    return folder / "01_markov" / "01_1_markov_chains.html"


@pytest.fixture
def page(browser, lesson, request):
    page = lab.new_page(browser, **{"width": 1280, **getattr(request, "param", {})})
    page.context.set_offline(True)
    page.goto(lesson.as_uri())
    assert lab.drawn(page) == 3
    yield page
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("page", [{"theme": "light"}, {"theme": "dark"}], indirect=True, ids=["light", "dark"])
def test_a_lesson_from_disk_is_alive(page, shots, request):
    theme = request.node.callspec.id
    chain = viewer(page, "Vowels and consonants")
    assert chain.get_attribute("data-theme") == theme
    chain.scroll_into_view_if_needed()
    drag(page, chain.locator(".tag[data-from='0'][data-to='1'] rect"), dx=0, dy=44)
    changed = page.evaluate("() => models['viewer-0'].get('transition')[0]")
    assert changed[1] < 0.8 and abs(sum(changed) - 1) < 1e-9, "an arrow was dragged"
    people = viewer(page, "Who is spoken of next?")
    people.locator(".stage").focus()
    page.keyboard.press("m")
    page.wait_for_function("() => models['viewer-1'].get('path').length === 101")
    quiz = viewer(page, "Quiz")
    quiz.locator("[data-question='0'] [data-option='1']").click()
    quiz.locator("[data-question='0'] [data-state=right]").wait_for()
    answer = page.locator("details.answer").first
    assert answer.locator("img").first.is_hidden()
    answer.locator("summary").click()
    assert answer.locator("img").first.is_visible()
    assert page.locator("math").count() > 40 and page.locator(".equation .number").count() == 6
    assert page.evaluate("() => [...document.images].every((i) => i.alt.length > 20 && i.naturalWidth > 100)")
    page.screenshot(path=shots / f"site_{theme}.png")


TOO_WIDE = """() => [...document.querySelectorAll('main > *, .cell > *, header, figure img')].filter((e) =>
  e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 80))"""


@pytest.mark.browser
def test_no_page_is_wider_than_its_window_and_on_paper_all_is_unfolded(page, shots):
    for width in (390, 760, 1400):
        page.set_viewport_size({"width": width, "height": 1000})
        assert page.evaluate(TOO_WIDE) == [], width
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), width
        page.screenshot(path=shots / f"site_{width}.png")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details").count() > 5 and page.locator("details:not([open])").count() == 0


def test_neighbours_are_the_lessons_that_are_there():
    sources = [source for source in find_sources() if not site.is_solutions(source)]
    first, last = site.neighbours(sources[0], sources), site.neighbours(sources[-1], sources)
    assert first[0] is None and last[1] is None
    known = site.addresses(sources[0], sources)
    assert len(known) == len(sources) - 1 and all(number in href for number, href in known.items())
    assert site.neighbours(sources[0], sources[:1]) == (None, None) == site.neighbours(sources[0], [])
    if len(sources) > 1:
        assert first[1] == (f"../{sources[1].parent.name}/{sources[1].stem}.html", site.title_of(sources[1]))


@pytest.mark.browser  # like those above, so that the lesson is run once
def test_the_file_is_whole_and_tells_nothing_of_this_machine(lesson):
    text = lesson.read_text(encoding="utf-8")
    assert str(ROOT) not in text and "$$" not in text and len(text) < 1_000_000
    assert not re.search(r"<(script|link|img|iframe)[^>]*(src|href)=[\"']?(https?:)?//", text)
    for href in re.findall(r'<a [^>]*href="([^"#:]+)(?:#[^"]*)?"', text):
        assert (lesson.parent / href).is_file(), f"{href} leads nowhere"
    index = (lesson.parents[1] / "index.html").read_text(encoding="utf-8")
    assert "01_markov/01_1_markov_chains.html" in index and "01_solutions.html" not in index
    assert json.loads(re.search(r'id="viewers">(.*?)</script>', text)[1])[2]["state"]["title"] == "Quiz"
