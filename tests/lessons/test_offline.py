"""The kernels of the notebook stage really have no network, and loopback stays open for them."""

import os
import subprocess
import sys

import pytest

from tools.notebook import ROOT

OFFLINE = str(ROOT / "tests" / "offline")


def python(code, *folders):
    """Run code in a fresh Python with the offline folder (and others behind it) on its path."""
    path = os.pathsep.join([OFFLINE, *map(str, folders)])
    return subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    "code",
    [
        "import urllib.request; urllib.request.urlopen('http://example.org', timeout=3)",
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=3)",
        "import socket; socket.socket().connect_ex(('192.0.2.1', 80))",
        "import socket; socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
        "import socket; socket.gethostbyname('example.org')",
    ],
)
def test_connections_are_refused(code):
    run = python(code)
    assert run.returncode != 0 and "offline test: no connection to" in run.stderr


def test_loopback_works():
    code = (
        "import socket, asyncio\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(('localhost', server.getsockname()[1]), timeout=3)\n"
        "asyncio.run(asyncio.sleep(0))\n"
        "print('open')"
    )
    assert python(code).stdout == "open\n"


def test_another_sitecustomize_still_runs(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("print('the other one')")
    assert python("print('the program')", tmp_path).stdout == "the other one\nthe program\n"
