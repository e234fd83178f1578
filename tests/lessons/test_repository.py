"""The repository as a whole: ruff has nothing to say, no path of one machine, links that lead somewhere."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from conftest import need
from seqmodels.datasets import frozen
from tools.notebook import ROOT

TEXT = {".py", ".md", ".txt", ".toml", ".yml", ".yaml", ".json", ".js", ".mjs", ".css", ".ipynb", ".sh", ""}
ONE_MACHINE = re.compile(r"(?<![\w.~\-}])(?:/(?:home|Users|root|work)/\w|/opt/\w|[A-Z]:\\Users\\)")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)[^)]*\)")


def tracked():
    """The files that git knows or would take; without git (a downloaded archive), all but hidden folders."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if shutil.which("git") and (ROOT / ".git").exists():
        git = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
        found = [ROOT / name for name in git.stdout.split("\0") if name]
    else:
        found = [p for p in ROOT.rglob("*") if not any(part.startswith(".venv") for part in p.relative_to(ROOT).parts)]
    return [path for path in found if path.is_file() and path.suffix in TEXT]


def test_ruff():
    version = subprocess.run([sys.executable, "-m", "ruff", "--version"], capture_output=True)
    need(version.returncode == 0, "ruff is not installed (it is in requirements-test.txt)")
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", str(ROOT)],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_path_of_one_machine():
    found = []
    for path in tracked():
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {text[m.start() : m.end() + 20]!r}" for m in ONE_MACHINE.finditer(text)]
    found = [line for line in found if not line.startswith("tests/lessons/test_repository.py")]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("text, bad", [("see /home/ann/x", True), ("'/Users/ann/x'", True), ("a/home/b", False)])
def test_one_machine_is_recognised(text, bad):
    assert bool(ONE_MACHINE.search(text)) == bad


def test_links_of_the_pages_lead_somewhere():
    dead = []
    for path in tracked():
        if path.suffix == ".md":
            text = re.sub(r"```.*?```|`[^`\n]+`|\$\$.*?\$\$", "", path.read_text(encoding="utf-8"), flags=re.S)
            files = [link.partition("#")[0] for link in LINK.findall(text) if not re.match(r"[a-z]+:|#", link)]
            dead += [f"{path.relative_to(ROOT)}: {file}" for file in files if not (path.parent / file).exists()]
    assert not dead, "\n".join(dead)


def test_the_self_check_leads_to_lessons_that_are_there():
    content = json.loads(frozen("self_check.json"))
    assert len(content["questions"]) == 12
    addresses = re.findall(r"\]\(([^)]+)\)", json.dumps(content))
    files = [address for address in addresses if "://" not in address]
    assert files and all((ROOT / "chapters" / "00_start" / address).is_file() for address in files), files
