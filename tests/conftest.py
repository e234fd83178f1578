"""What every test may use: `need` for a tool that a machine may lack, and the profiles of hypothesis."""

import os
import sys

import pytest

REQUIRE_ALL = os.environ.get("COURSE_REQUIRE_ALL") == "1"


def need(condition, what):
    """Go on if `condition` holds; else skip with the reason `what`, or fail where everything is required.

    `what` says what is missing and how to get it: need(shutil.which("node"), "node is not installed").
    A reader's machine may lack a browser or node; under `course.py test --require-all` only a GPU may be
    missing, and a test says so with `need_gpu`.
    """
    if condition:
        return
    if REQUIRE_ALL:
        pytest.fail(f"--require-all: {what}", pytrace=False)
    pytest.skip(what)


def need_gpu():
    """Skip where there is no CUDA device: the one skip that --require-all accepts."""
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no GPU")


# `from conftest import need` must find this module, not a second copy: pytest loads it under its own name.
sys.modules.setdefault("conftest", sys.modules[__name__])


def pytest_configure(config):
    """Property tests draw the same examples on every run: a red test is red for everybody."""
    try:
        from hypothesis import settings
    except ImportError:
        return
    settings.register_profile("course", deadline=None, derandomize=True, max_examples=40, database=None)
    settings.load_profile("course")
