"""Fill the table of lessons in README.md from what there is under chapters/ and from the one public address.

    python -m tools.readme [--check]
"""

import argparse
import re
import sys
from pathlib import Path

from tools.address import binder_url, colab_url

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- lessons: made by tools/readme.py -->\n", "<!-- end of lessons -->"


def rows(root=ROOT):
    """One Markdown row a notebook that a reader opens: lessons first, then the chapter's exercises."""
    for source in sorted(root.glob("chapters/*/[0-9][0-9]_[0-9]*.md")) + sorted(root.glob("chapters/*/*_solutions.md")):
        text = source.read_text(encoding="utf-8")
        title = re.search(r"^# (.+)$", text, re.MULTILINE)[1]
        times = re.search(r"^\*Read: (?:about )?(.+?)\. Run: (?:about )?(.+?)\.", text, re.MULTILINE)
        notebook = source.with_suffix(".ipynb").relative_to(root).as_posix().replace("_solutions", "_exercises")
        number = re.match(r"\d\d_\d|\d\d", source.name)[0]
        read, run = (times[1], times[2]) if times else ("", "")
        links = f"[Colab]({colab_url(notebook)}) · [Binder]({binder_url(notebook)})"
        yield f"| {number} | [{title}]({notebook}) | {read} | {run} | {links} |"


def filled(text, root=ROOT):
    """README.md with its table made anew; ValueError where the two marks are missing."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"README.md must hold the lines {BEGIN!r} and {END!r} around the table of lessons")
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    table = ["| | lesson | read | run | without installing |", "|---|---|---|---|---|", *rows(root)]
    return head + BEGIN + "\n".join(table) + "\n" + END + tail


def main():
    parser = argparse.ArgumentParser(prog="tools.readme", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the table is up to date")
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    new = filled(text)
    if parser.parse_args().check:
        sys.exit(0 if new == text else "README.md: the table of lessons is old; run python -m tools.readme")
    readme.write_text(new, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
