"""Binder's builder accepts the tree (it plans the image and builds nothing, so no Docker is needed)."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import need

ROOT = Path(__file__).parents[2]
FOR_BINDER = ["environment.yml", "requirements.txt", "requirements-pretrained.txt", "requirements-test.txt",
              "constraints.txt"]  # fmt: skip
OPTIONAL = ["binder", ".binder", "postBuild", "start", "apt.txt", "runtime.txt"]  # these would change its plan too


def test_binder_accepts_the_tree(tmp_path):
    need(importlib.util.find_spec("repo2docker"), "repo2docker is not installed (requirements-test.txt)")
    for path in [ROOT / name for name in FOR_BINDER + OPTIONAL if (ROOT / name).exists()]:
        (shutil.copytree if path.is_dir() else shutil.copy)(path, tmp_path / path.name)
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-2000:]
    assert "Building conda environment for python=3.12" in said, "environment.yml's Python was not understood"
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in said
