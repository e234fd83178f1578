"""Make static pages: site/index.html and one HTML file a notebook, to read and to play with without Python.

    python -m tools.site              every lesson, exercise and solution
    python -m tools.site 01_1         this one; the index lists all pages that are there
    python -m tools.site --folder X   into another folder than site/

Every page is one file that works from disk, without a kernel and without a network: it holds its pictures, its style
and the JavaScript of its viewers, and its browser is told to fetch nothing else. The lesson is run afresh, because
a committed notebook does not hold what its viewers need.
"""

import argparse
import html
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from tools.build import execute, kernel_environment
from tools.exercises import exercises_of
from tools.notebook import ROOT, CourseError, find_sources, is_solutions, unexecuted, write
from tools.outputs import joined
from tools.site_page import Page, filled
from tools.site_text import Text

TIMES = re.compile(r"^\*Read: (.+?)\.", re.M)


def executed(source, report=print):
    """The notebook of `source` after a run of all its cells, with the state of its viewers kept."""
    notebook = unexecuted(source, source.with_suffix(".ipynb"))
    with tempfile.TemporaryDirectory() as profile:
        execute(notebook, source, kernel_environment(source, profile), report)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    return notebook


def notebooks(source, report=print):
    """(path in the course, notebook) of every page that a source makes: solutions also make the exercises."""
    path = source.with_suffix(".ipynb").relative_to(ROOT).as_posix()
    if is_solutions(source):
        text, target = exercises_of(source)
        yield target.relative_to(ROOT).as_posix(), nbformat.reads(text, 4)
    yield path, executed(source, report)


def place(folder, path):
    """Where the page of a notebook or text under chapters/ goes: the same folders, so that links stay right."""
    return (folder / Path(path).relative_to("chapters")).with_suffix(".html")


def title_of(source):
    return source.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ")


def neighbours(source, lessons):
    """(href, title) of the lesson before and of the one after, None where there is none; solutions have neither."""
    if source not in lessons:
        return None, None
    at = lessons.index(source)
    before, after = lessons[at - 1 : at] if at else [], lessons[at + 1 : at + 2]
    return tuple((f"../{_html(pair[0])}", title_of(pair[0])) if pair else None for pair in (before, after))


def addresses(source, lessons):
    """{"01_2": its page as seen from that of `source`} of all lessons but itself."""
    return {"_".join(other.stem.split("_")[:2]): f"../{_html(other)}" for other in lessons if other != source}


def _html(source, stem=None):
    """Where the page of a source stands in the folder of pages."""
    return f"{source.parent.name}/{stem or source.stem}.html"


def write_pages(source, folder, lessons, report=print):
    """Write the pages of one source; returns their paths. lessons: those that have a page or will have one."""
    written = []
    for path, notebook in notebooks(source, report):
        target = place(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            page = Page(notebook, path, addresses(source, lessons))
            write(page.html(*neighbours(source, lessons), path), target)
        except CourseError as error:
            raise CourseError(f"{source.name}: {error}") from None
        written.append(target)
    return written


def write_shared(folder):
    """The references, to which all lessons link, and the index of the pages that are there."""
    references = ROOT / "chapters" / "references.md"
    text = Text("chapters")
    body = text(references.read_text(encoding="utf-8"))
    write(filled(text.headings[0][2], body, home="index.html"), place(folder, "chapters/references.md"))
    write(index(folder), folder / "index.html")


def index(folder):
    """The first page: what the course is, and the lessons that are there."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8").split("\n\n")
    about = next(part for part in readme[1:] if not part.startswith(("#", "!")))
    rows = [
        _row(source, stem)
        for source in find_sources()
        for stem in dict.fromkeys((source.stem.replace("_solutions", "_exercises"), source.stem))
        if (folder / _html(source, stem)).is_file()
    ]
    body = [
        Text(".")(f"# Markov to Mamba\n\n{about}"),
        "<p>These pages need nothing but a browser: the viewers work, the predictions wait to be unfolded, "
        "and nothing is fetched. To change the code as well, open a lesson in Colab, on Binder or at home.</p>",
        f'<table class="lessons"><tbody>{"".join(rows)}</tbody></table>',
        '<p><a href="references.html">References</a></p>',
    ]
    return filled("Lessons", "\n".join(body), home="index.html")


def _row(source, stem):
    """A line of the index: number, title as a link, time to read."""
    text, title = source.read_text(encoding="utf-8"), title_of(source)
    number = stem.split("_")[0] if is_solutions(source) else "_".join(stem.split("_")[:2])
    if stem.endswith("_solutions"):
        title = title.replace("Exercises", "Solutions")
    read = TIMES.search(text)
    link = f'<a href="{_html(source, stem)}">{html.escape(title)}</a>'
    return f"<tr><td>{number}</td><td>{link}</td><td>{html.escape(read[1]) if read else ''}</td></tr>"


def main(argv=None):
    """Exit status 0 if every page asked for was written, 1 with a message otherwise."""
    parser = argparse.ArgumentParser(prog="course.py site", description="Make static pages of the lessons.")
    parser.add_argument("lessons", nargs="*", help="ids (01_1, 01_solutions), chapters (01), paths; or all")
    parser.add_argument("--folder", type=Path, default=ROOT / "site", help="where the pages go; default: site/")
    options = parser.parse_args(argv)
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)

    def report(line):
        print(line, flush=True)

    try:
        chosen = find_sources(options.lessons)
        there = [source for source in find_sources() if source in chosen or (folder / _html(source)).is_file()]
        lessons = [source for source in there if not is_solutions(source)]
        for source in chosen:
            began = time.perf_counter()
            for page in write_pages(source, folder, lessons, report):
                report(f"{page.name}: {page.stat().st_size / 1000:.0f} kB, {time.perf_counter() - began:.1f} s")
        write_shared(folder)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"open {folder / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
