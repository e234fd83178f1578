"""The start cell as it is committed: in a checkout, on a pretended Colab with a local repository, and alone."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.address import TAG, clone_url
from tools.start_cell import FETCHED, FOLDER, START_CELL

ROOT = Path(__file__).parents[2]
# What lib/ may import without fetching: the standard library, itself, and what Colab has.
ON_COLAB = {"IPython", "PIL", "cycler", "ipywidgets", "traitlets"}
ON_COLAB |= {"matplotlib", "numpy", "safetensors", "torch", "tqdm"}
START = "def start():\n    import sys\n    print('started from', __file__)\n"


def git(*arguments, cwd):
    who = ["-c", "user.email=reader@example.org", "-c", "user.name=reader", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """A small course with a commit before the tag, one at it and one after it."""
    root = tmp_path / "repository"
    (root / "lib" / "classroom").mkdir(parents=True)
    (root / "course.py").touch()
    (root / "lib" / "classroom" / "__init__.py").write_text(START)
    git("init", "--quiet", ".", cwd=root)
    git("commit", "--quiet", "--allow-empty", "-m", "before", cwd=root)
    git("add", "--all", cwd=root)
    git("commit", "--quiet", "-m", "at the tag", cwd=root)
    git("tag", TAG, cwd=root)
    git("commit", "--quiet", "--allow-empty", "-m", "later", cwd=root)
    return root


@pytest.fixture
def content(tmp_path):
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def run(cwd, *, colab=False, repository=None, lacks=(), code=START_CELL):
    """The cell in a new Python. `repository` answers for the public address, by git's own redirection of addresses."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    if repository:
        environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": clone_url(),
        }
    before = ["import importlib.util, subprocess, sys, types"]
    if colab:
        before.append("sys.modules['google'] = sys.modules['google.colab'] = types.ModuleType('colab')")
    before.append(f"find = importlib.util.find_spec; lacks = {tuple(lacks)!r}")
    before.append("importlib.util.find_spec = lambda name: None if name in lacks else find(name)")
    before.append("run = subprocess.run")  # pip is not let out; the rest runs
    before.append(
        "subprocess.run = lambda c, **k: print('PIP', *c[3:]) if c[1:3] == ['-m', 'pip'] else run(c, **k)"
    )
    after = "import sys; print('torch' in sys.modules, 'numpy' in sys.modules)"
    text = "\n".join([*before, code, after])
    done = subprocess.run([sys.executable, "-c", text], cwd=cwd, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_it_is_short_and_addressed():
    lines = START_CELL.splitlines()
    assert len(lines) <= 25 and max(map(len, lines)) <= 120
    assert clone_url() in START_CELL and f'"{TAG}"' in START_CELL
    ast.parse(START_CELL, feature_version=(3, 10))


@pytest.mark.parametrize("place", [".", "chapters/01_era"])
def test_in_a_checkout(repository, place):
    """From the root (as on Binder) and from a chapter; nothing is fetched or installed."""
    folder = repository / place
    folder.mkdir(parents=True, exist_ok=True)
    code, out, err = run(folder)
    assert code == 0, err
    assert f"started from {repository / 'lib'}" in out and "PIP" not in out
    assert "False False" in out, "the cell itself imports neither torch nor numpy"


def test_in_this_course():
    code, out, err = run(ROOT / "chapters")
    assert code == 0, err


def test_on_colab_it_fetches_once_at_the_tag(repository, content):
    for _ in range(2):
        code, out, err = run(content, colab=True, repository=repository)
        assert code == 0, err
        assert f"started from {content / FOLDER / 'lib'}" in out
        repository = None  # the second run finds no address and must not look for one
    head = ["git", "log", "--format=%s"]
    log = subprocess.run(head, cwd=content / FOLDER, capture_output=True, text=True, check=True).stdout.split("\n")
    assert log[:-1] == ["at the tag"], "the commit at the tag, and none of the history"


def test_on_colab_it_installs_what_is_missing_and_nothing_below(repository, content):
    code, out, err = run(content, colab=True, repository=repository, lacks=["psygnal"])
    assert code == 0, err
    assert "PIP install --quiet --no-deps psygnal\n" in out


def test_a_wrong_tag_is_named(repository, content):
    code, out, err = run(content, colab=True, repository=repository, code=START_CELL.replace(f'"{TAG}"', '"v9.9"'))
    assert code != 0 and "could not be fetched at its tag v9.9" in err and "git says:" in err


def test_an_orphan_explains_itself(content):
    code, out, err = run(content)
    assert code != 0 and "needs the course around it" in err and clone_url() in err


def test_a_kernel_without_the_packages_is_told_what_to_do(repository):
    code, out, err = run(repository, lacks=["anywidget"])
    assert code != 0 and "Open the course with: python3" in err and "anywidget" in err


def test_lib_needs_nothing_that_the_cell_does_not_fetch():
    known = ON_COLAB | set(FETCHED) | sys.stdlib_module_names | {"seqmodels", "classroom"}
    for path in (ROOT / "lib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                assert name.split(".")[0] in known, f"{path.relative_to(ROOT)} imports {name}, which Colab may lack"
