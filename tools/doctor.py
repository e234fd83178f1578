"""What `course.py doctor` prints: what is set up, what is missing, and what to do about it. It changes nothing."""

import platform
import shutil
import subprocess
import sys

import course

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# Run by the environment's own Python.
PACKAGES = """
from importlib.metadata import distributions
import torch
have = {d.name: d.version for d in distributions()}
gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU; the lessons do not need one"
wanted = ("hypothesis", "jupyter-repo2docker", "playwright", "ruff", "tokenizers", "transformers")
missing = [name for name in wanted if name not in have]
extras = "no " + ", ".join(missing) + "; do: python3 course.py setup --test-extras" if missing else "all there"
rows = {name: have[name] for name in ("torch", "numpy", "matplotlib", "jupyterlab", "anywidget", "nbval")}
for name, text in {**rows, "cuda": gpu, "test extras": extras}.items():
    print(f"{name:<13}{text}")
"""


def machine():
    """Rows of name -> text on this computer and the checkout."""
    nearest = next(path for path in (course.VENV, *course.VENV.parents) if path.exists())
    free = shutil.disk_usage(nearest).free / course.GIGABYTE
    state = "ready" if course.ready() else "not ready; do: python3 course.py setup"
    return {
        "course": course.ROOT,
        "first lesson": course.first_lesson() or "not built; do: python3 course.py build",
        "python": f"{platform.python_version()} ({sys.executable}) on {platform.system()} {platform.machine()}",
        "disk": f"{free:.0f} GB free (setting up takes 3 GB, with CUDA 9 GB)",
        "node": found(["node"], "not there; the viewers' own tests need Node.js 20 or newer"),
        "browser": found(BROWSERS, "no Chromium; the tests in a browser are skipped"),
        "environment": f"{course.VENV}, {state}",
    }


def found(programs, otherwise):
    """The first of some programs that is on the path."""
    return next(filter(None, map(shutil.which, programs)), otherwise)


def report():
    """Print it all; return 0 where the course is ready to run."""
    for name, text in machine().items():
        print(f"{name:<13}{text}", flush=True)
    course.check_machine()
    if not course.ready():
        return 1
    return subprocess.call([str(course.PYTHON), "-c", PACKAGES], env=course.course_environment())
