"""README.md says what there is: its table of lessons, its links, its commands."""

import re
import subprocess
import sys

import pytest

from tools import readme


def test_the_table_of_lessons_is_up_to_date():
    text = (readme.ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.filled(text) == text, "run python -m tools.readme"
    assert len(list(readme.rows())) >= 2


def test_marks_that_are_missing_are_named():
    with pytest.raises(ValueError, match="end of lessons"):
        readme.filled("# a page without marks\n")


def test_every_path_that_the_readme_names_exists():
    text = (readme.ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (readme.ROOT / link).exists()] == []


def test_every_command_that_the_readme_names_is_known():
    text = (readme.ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"course\.py (\w+)", text))
    assert {"test", "build", "exercises", "doctor"} <= named
    for command in named:
        done = subprocess.run([sys.executable, "course.py", command, "--help"], cwd=readme.ROOT, capture_output=True)
        assert done.returncode == 0, f"course.py {command} --help fails"
