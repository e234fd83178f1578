"""uv and pip as the launcher uses them: what they say is understood, and what is set up for pip reaches uv."""

import os
import sys

import pytest

from tools import installing


@pytest.mark.parametrize(
    "said, sentence",
    [
        ("cause: failed to copy file: No space left on device (os error 28)", "NO_SPACE"),
        ("OSError: [Errno 122] Disk quota exceeded", "NO_SPACE"),
        ("error: Request failed after 1 retry\ncause: Failed to fetch: `https://a/simple/b/`", "NO_NETWORK"),
        ("WARNING: Retrying after connection broken\nERROR: No matching distribution found for uv", "NO_NETWORK"),
        ("ERROR: Could not find a version\nERROR: No matching distribution found for torch==2.13.0", "NO_BUILD"),
        ("error: No solution found when resolving dependencies", "NO_BUILD"),
    ],
)
def test_what_installers_say_is_understood(said, sentence):
    assert installing.meaning(said) == getattr(installing, sentence)


def test_something_unknown_is_shown_whole(capsys):
    assert str(installing.explain("error: the moon is in the wrong house")) == installing.UNKNOWN
    assert "the moon" in capsys.readouterr().err


def test_pip_settings_reach_uv(tmp_path, monkeypatch):
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://mirror.example/simple\nfind-links =\n  /media/a\n  /media/b\n"
        "[install]\ntrusted-host = mirror.example\n"
    )
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_", "SSL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://more.example/simple")
    monkeypatch.setenv("UV_INSECURE_HOST", "told-to-uv.example")
    variables = installing.uv_variables(installing.pip_settings(sys.executable))
    assert variables["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert variables["UV_FIND_LINKS"] == "/media/a,/media/b"
    assert variables["UV_EXTRA_INDEX_URL"] == "https://more.example/simple"
    assert "UV_INSECURE_HOST" not in variables, "what the reader told uv stays"


def test_the_small_pytorch_is_tried_first_on_linux_without_nvidia(monkeypatch):
    monkeypatch.setattr(installing.sys, "platform", "linux")
    monkeypatch.setattr(installing, "has_nvidia", lambda: False)
    assert installing.ways({}) == [["--torch-backend", "cpu"], [], ["--offline"]]
    assert installing.ways({"find-links": "/wheels"})[0] == []
    monkeypatch.setattr(installing, "has_nvidia", lambda: True)
    assert installing.ways({})[0] == ["--torch-backend", "auto"]
    monkeypatch.setattr(installing.sys, "platform", "darwin")
    assert installing.ways({})[0] == []


def test_pip_takes_over_where_uv_cannot(monkeypatch):
    tried = []
    monkeypatch.setattr(installing, "find_uv", lambda python: (None, "ERROR: uv: unsupported platform"))
    monkeypatch.setattr(installing, "attempt", lambda command: tried.append(list(map(str, command))) or "")
    installing.install("python", ["-r", "requirements.txt", "-c", "constraints.txt"])
    assert tried == [["python", "-m", "pip", "install", "-r", "requirements.txt", "-c", "constraints.txt"]]
