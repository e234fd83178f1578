"""A pytest plugin (-p notebook_stage) for the stage that runs every notebook under nbval.

It sets COURSE_STRICT for the notebooks of solutions, so that there a failed check raises, and it writes down the
peak memory of each kernel: one line of JSON a notebook in the folder $COURSE_RECORDS. nbval kills its kernels, so
a kernel cannot report on itself when it ends; we look at it from outside after each cell.
"""

import json
import os
from pathlib import Path

import psutil
import pytest


def peak_bytes(pid):
    """The most memory that process `pid` has held at once, in bytes; where the system does not say, its size now."""
    status = Path(f"/proc/{pid}/status")
    if status.is_file():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    memory = psutil.Process(pid).memory_info()
    return getattr(memory, "peak_wset", memory.rss)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Runs before nbval starts the kernel, which inherits the environment."""
    if Path(item.path).stem.endswith("_solutions"):
        os.environ["COURSE_STRICT"] = "1"
    else:
        os.environ.pop("COURSE_STRICT", None)


@pytest.hookimpl(trylast=True)
def pytest_runtest_call(item):
    """Runs after the cell; an error in the cell has been raised before and leaves the earlier record."""
    kernel = getattr(item.parent, "kernel", None)
    folder = os.environ.get("COURSE_RECORDS")
    if folder and kernel and kernel.is_alive():
        item.parent.peak = max(getattr(item.parent, "peak", 0), peak_bytes(kernel.km.provisioner.pid))
        record = {"notebook": Path(item.path).stem, "peak_bytes": item.parent.peak}
        Path(folder, f"{Path(item.path).stem}.json").write_text(json.dumps(record), encoding="utf-8")
