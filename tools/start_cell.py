"""The first code cell of every notebook, the same everywhere: it finds the course, and on Colab it fetches it.

In a checkout and on Binder the course lies around the notebook. On Colab the cell clones it at the tag and installs
what is missing of FETCHED, without dependencies: Colab's own PyTorch and NumPy stay as they are.
"""

from tools.address import REPOSITORY, TAG, clone_url

FETCHED = ("anywidget", "psygnal")  # what lib/ needs and Colab lacks; pure Python
FOLDER = REPOSITORY.split("/")[1]

START_CELL = f'''\
# @title Run this first: it finds the course (on Colab it fetches it, which takes a moment)
import importlib.util
import subprocess
import sys
from pathlib import Path

COURSE, TAG, colab = "{clone_url()}", "{TAG}", "google.colab" in sys.modules
places = [Path.cwd(), *Path.cwd().parents, Path.cwd() / "{FOLDER}"]
root = next((p for p in places if (p / "course.py").exists() and (p / "lib/classroom").exists()), None)
if root is None and not colab:
    raise RuntimeError(f"This notebook is alone, and it needs the course around it. Get the whole: {{COURSE}}")
if root is None:
    root = places[-1]
    clone = ["git", "clone", "--quiet", "--depth=1", "--branch", TAG, COURSE, str(root)]
    if (done := subprocess.run(clone, capture_output=True, text=True)).returncode:
        raise RuntimeError(f"{{COURSE}} could not be fetched at its tag {{TAG}}. git says: {{done.stderr}}")
missing = [name for name in {FETCHED!r} if importlib.util.find_spec(name) is None]
if missing and not colab:
    raise RuntimeError(f"This Python lacks {{missing}}. Open the course with: python3 {{root / 'course.py'}}")
if missing:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *missing], check=True)
sys.path.insert(0, str(root / "lib"))
from classroom import start
start()'''
