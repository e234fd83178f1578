"""The viewers' JavaScript by itself: every *.test.mjs under `node --test`."""

import pathlib
import shutil
import subprocess

import pytest

from conftest import need

HERE = pathlib.Path(__file__).parent
FILES = sorted(HERE.glob("*.test.mjs"))


@pytest.mark.node
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_pure_functions(file):
    need(
        shutil.which("node"),
        "node is not installed; the viewers' JavaScript is tested under node 18 or newer",
    )
    done = subprocess.run(["node", "--test", str(file)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    passed = int(
        next(line for line in done.stdout.splitlines() if line.startswith(("# pass", "ℹ pass"))).split()[-1]
    )
    assert passed > 0, f"{file.name} holds no test"


def test_every_file_is_found():
    assert {file.name for file in FILES} >= {
        "common.test.mjs",
        "markov.test.mjs",
        "graph.test.mjs",
        "chain_words.test.mjs",
        "quiz.test.mjs",
    }
