"""Make constraints.txt: the exact version of every package, for each system and Python that the course runs on.

    python -m tools.pins              keep the versions there are; add and drop what the requirements ask for
    python -m tools.pins --upgrade    take the newest versions

The file names no host, path or file hash, so that any mirror serves it; and no CUDA package, since the machine decides
between PyTorch's builds, and each build brings its own. Needs uv.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.installing import find_uv, pip_settings, uv_variables

HEADER = "# The exact versions this course was tested with. Made by: python -m tools.pins\n"
ROOT = Path(__file__).parents[1]
OLDEST_PYTHON = "3.11"
CUDA = re.compile(r"(nvidia|cuda|triton|pytorch-triton)\b")
ROW = re.compile(r"[a-z0-9.-]+==[A-Za-z0-9.]+( ; [^#@]+)?")


def clean(compiled):
    """The rows to keep of what uv compiled: without CUDA packages and builds (+cpu), and nothing but pins."""
    text = re.sub(r"(==[^\s+;]+)\+[a-z0-9.]+", r"\1", compiled)
    rows = [row.rstrip() for row in text.splitlines() if row.strip() and not row.startswith("#")]
    rows = [row for row in rows if not CUDA.match(row)]
    for row in rows:
        if not ROW.fullmatch(row):
            raise ValueError(f"a row of constraints.txt must read NAME==VERSION ; MARKER, and this one does not: {row}")
    return HEADER + "\n".join(rows) + "\n"


def compile_pins(old, upgrade=False):
    """Run uv on the requirement files, starting from the pins `old`; return its text."""
    uv, trouble = find_uv(sys.executable)
    if not uv:
        raise RuntimeError(f"uv is needed and could not be installed: {trouble}")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "pins.txt"
        target.write_text(old, encoding="utf-8")
        command = [uv, "pip", "compile", "requirements-test.txt", "--output-file", target]
        command += ["--universal", "--python-version", OLDEST_PYTHON, "--no-header", "--no-annotate", "--quiet"]
        command += ["--upgrade"] if upgrade else []
        variables = {**os.environ, **uv_variables(pip_settings(sys.executable))}
        subprocess.run([str(part) for part in command], cwd=ROOT, env=variables, check=True)
        return target.read_text(encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    path = ROOT / "constraints.txt"
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(clean(compile_pins(old, parser.parse_args().upgrade)), encoding="utf-8", newline="\n")
    print(f"{path.name}: {len(path.read_text(encoding='utf-8').splitlines()) - 1} packages")


if __name__ == "__main__":
    main()
