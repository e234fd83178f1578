"""The launcher on machines where something is wrong: each trouble ends in its one sentence, and nothing is lost."""

import ast
import importlib.util
import json
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from conftest import need

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "course.py"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A fresh course.py whose environment is a folder that does not exist yet."""
    monkeypatch.setenv("COURSE_VENV", str(tmp_path / "env"))
    spec = importlib.util.spec_from_file_location("course_under_test", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def launch(code, venv, **variables):
    """A Python that has imported course.py and runs `code` (course.main's answer is its exit, as in the real one)."""
    environment = {**os.environ, "COURSE_VENV": str(venv), "PYTHONUNBUFFERED": "1", **variables}
    return subprocess.Popen(
        [sys.executable, "-c", f"import course, sys, time\n{code}"], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def wait_for(stream, words):
    for line in stream:
        if words in line:
            return line
    raise AssertionError(f"ended without saying: {words}")


def finish(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def fake_environment(course, version="3.12.4"):
    """An environment that looks finished, without the minutes that one takes."""
    course.PYTHON.parent.mkdir(parents=True)
    course.PYTHON.symlink_to(sys.executable)
    (course.VENV / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    course.STAMP.write_text(json.dumps(course.wanted()))


# --- Old Pythons


def old_pythons():
    """Every Python 3.6 to 3.10 that starts on this machine; there may be none."""
    places = list(Path.home().glob(".pyenv/versions/3.*/bin/python"))
    places += [shutil.which(f"python3.{minor}") for minor in range(6, 11)]
    asked = "import sys; print((3, 6) <= sys.version_info[:2] < (3, 11))"
    for python in filter(None, places):
        if "True" in subprocess.run([python, "-c", asked], capture_output=True, text=True).stdout:
            yield python


def test_the_file_is_readable_to_python_3_6():
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6), (3, 10)])
def test_an_old_python_gets_the_sentence(version, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(SOURCE))
    assert f"this is Python {version[0]}.{version[1]}, and the course needs 3.11 or newer" in ended.value.code


def test_old_pythons_found_here_get_the_sentence():
    for python in old_pythons():
        done = subprocess.run([python, SOURCE], capture_output=True, text=True)
        assert done.returncode == 1, python
        assert "the course needs 3.11 or newer" in done.stderr and "Traceback" not in done.stderr, python


# --- Folders and space


def test_an_unwritable_folder(course, tmp_path):
    (tmp_path / "env").write_text("a file where the environment should go")
    with pytest.raises(course.Trouble, match="cannot write in .*env.*set COURSE_VENV"):
        course.setup()


def test_a_read_only_folder(course, tmp_path):
    need(os.name != "nt" and os.getuid() != 0 or Path("/proc/self").exists(), "no folder here is read-only for root")
    read_only = tmp_path / "locked" if os.getuid() else Path("/proc/self")
    read_only.mkdir(mode=0o500, exist_ok=True)
    course.VENV = read_only / "env"
    with pytest.raises(course.Trouble, match="cannot write in .*set COURSE_VENV"):
        course.check_folder()


def test_a_folder_with_other_things_is_left_alone(course):
    course.VENV.mkdir()
    thesis = course.VENV / "thesis.txt"
    thesis.write_text("three years of work")
    with pytest.raises(course.Trouble, match="already holds thesis.txt"):
        course.setup()
    assert thesis.read_text() == "three years of work"


def test_a_broken_environment_of_someone_else_is_left_alone(course):
    course.VENV.mkdir()
    (course.VENV / "pyvenv.cfg").write_text("version = 3.11.2\n")
    with pytest.raises(course.Trouble, match="is broken and not the course's own"):
        course.setup()
    assert (course.VENV / "pyvenv.cfg").exists()


def test_no_space(course, monkeypatch):
    monkeypatch.setattr(course.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(8 << 30, 7 << 30, 1 << 30))
    with pytest.raises(course.Trouble, match="only 1.0 GB are free for .* needed: free some space"):
        course.setup()


def test_no_venv_module(course, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(course.Trouble, match="lacks the module venv or ensurepip.*sudo apt install python3-venv"):
        course.setup()


@pytest.mark.parametrize(
    "system, machine, maxsize, abi, sentence",
    [
        ("linux", "i686", (1 << 31) - 1, "", "32-bit Python"),
        ("darwin", "x86_64", sys.maxsize, "", "no current PyTorch for Intel Macs"),
        ("linux", "riscv64", sys.maxsize, "", "no PyTorch for this kind of Linux"),
        ("linux", "x86_64", sys.maxsize, "cpython-311-x86_64-linux-musl", "no PyTorch for this kind of Linux"),
    ],
)
def test_machines_without_pytorch(course, monkeypatch, system, machine, maxsize, abi, sentence):
    monkeypatch.setattr(course.sys, "platform", system)
    monkeypatch.setattr(course.sys, "maxsize", maxsize)
    monkeypatch.setattr(course.platform, "machine", lambda: machine)
    monkeypatch.setattr(course.sysconfig, "get_config_var", lambda name: abi)
    with pytest.raises(course.Trouble, match=f"{sentence}.*Colab"):
        course.check_machine()


@pytest.mark.parametrize("system, machine", [("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")])
def test_machines_with_pytorch(course, monkeypatch, system, machine):
    monkeypatch.setattr(course.sys, "platform", system)
    monkeypatch.setattr(course.platform, "machine", lambda: machine)
    monkeypatch.setattr(course.sysconfig, "get_config_var", lambda name: None)
    course.check_machine()


# --- The stamp


def test_a_finished_environment_is_ready_whatever_python_asks(course):
    fake_environment(course, version="3.12.4")  # this test itself may run in another
    assert course.wanted()["python"] == "3.12"
    assert course.ready()


def test_an_environment_made_by_uv_is_read_too(course):
    fake_environment(course)
    (course.VENV / "pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.12.4\n")
    assert course.ready()


def test_another_python_in_the_environment_is_not_ready(course):
    fake_environment(course)
    (course.VENV / "pyvenv.cfg").write_text("version = 3.13.0\n")
    assert not course.ready()


@pytest.mark.parametrize("damaged", ["", "{", '{"python": "3.12"}'])
def test_a_damaged_stamp_is_not_ready(course, damaged):
    fake_environment(course)
    course.STAMP.write_text(damaged)
    assert not course.ready()


def test_new_requirements_are_noticed_and_line_endings_are_not(course, tmp_path):
    for name in ("requirements.txt", "requirements-pretrained.txt", "requirements-test.txt", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    course.ROOT = tmp_path
    fake_environment(course)
    rows = (tmp_path / "constraints.txt").read_bytes()
    (tmp_path / "constraints.txt").write_bytes(rows.replace(b"\n", b"\r\n"))
    assert course.ready()
    (tmp_path / "constraints.txt").write_bytes(rows + b"one-more==1.0\n")
    assert not course.ready()


def test_extras_are_wanted_only_when_asked(course):
    fake_environment(course)
    course.STAMP.write_text(json.dumps({key: value for key, value in course.wanted().items() if key != "test extras"}))
    assert course.ready() and course.ready(pretrained=True) and not course.ready(extras=True)
    plain = {key: value for key, value in course.wanted().items() if key not in ("test extras", "pretrained")}
    course.STAMP.write_text(json.dumps(plain))
    assert course.ready() and not course.ready(pretrained=True)


@pytest.mark.parametrize(
    "options, file, there",
    [
        ([], "requirements.txt", set()),
        (["--pretrained"], "requirements-pretrained.txt", {"pretrained"}),
        (["--test-extras"], "requirements-test.txt", {"pretrained", "test extras"}),
    ],
)
def test_setup_installs_what_is_asked_and_keeps_it(course, monkeypatch, options, file, there):
    installed = []
    monkeypatch.setattr(course, "install", lambda python, what: installed.append(what[1].name))
    monkeypatch.setattr(course, "make_environment", lambda: course.PYTHON.exists() or fake_environment(course))
    monkeypatch.setattr(course, "check_folder", lambda: course.VENV.mkdir(parents=True, exist_ok=True))
    for name in ("check_machine", "check_space"):
        monkeypatch.setattr(course, name, lambda: None)
    assert course.setup_only(options) == 0 and installed == [file]
    assert set(course.stamp()) & {"pretrained", "test extras"} == there
    monkeypatch.setattr(course, "fingerprint", lambda *names: "newer")
    course.setup()
    assert installed == [file, file], "what was asked for once stays"
    with pytest.raises(course.Trouble, match="only --pretrained and --test-extras, not --all"):
        course.setup_only(["--all"])


# --- Killed, doubled, interrupted

QUICK = """
def make_environment():
    course.MADE.touch()
    course.PYTHON.parent.mkdir()
    course.PYTHON.symlink_to(sys.executable)
    (course.VENV / "pyvenv.cfg").write_text("version = 3.11.0")
course.make_environment = make_environment
"""
SLOW_INSTALL = """
def install(python, what):
    code = "import time; print('installing', flush=True); time.sleep(SECONDS)"
    course.run([sys.executable, "-c", code], loud=True)
course.install = install
sys.exit(course.main(["setup"]))
"""
INSTALL_NOW = 'course.install = lambda python, what: print("installed", *what)\nsys.exit(course.main(["setup"]))'


def slow_install(seconds):
    return QUICK + SLOW_INSTALL.replace("SECONDS", str(seconds))


def test_killed_half_way_is_made_afresh(tmp_path):
    """kill -9 during the installation: the next set-up waits for what still runs and leaves no half package."""
    first = launch(slow_install(2), tmp_path / "env")
    wait_for(first.stdout, "installing")
    half = tmp_path / "env" / "half-a-package"
    half.mkdir()
    first.kill()  # and not its child, which holds the lock two seconds more
    code, out, err = finish(launch(INSTALL_NOW, tmp_path / "env"))
    assert code == 0, err
    if os.name != "nt":
        assert "another set-up is running; waiting" in out
    assert "cut short or is broken: making it afresh" in out and "ready after" in out
    assert not half.exists() and (tmp_path / "env" / "course-ready.json").exists()


def test_two_at_once_install_once(tmp_path):
    first = launch(slow_install(1), tmp_path / "env")
    wait_for(first.stdout, "installing")
    code, out, err = finish(launch(INSTALL_NOW, tmp_path / "env"))
    assert code == 0, err
    assert "another set-up is running; waiting for it to end" in out
    assert "installed" not in out, "the second set-up must find the work of the first"
    assert finish(first)[0] == 0


def test_ctrl_c_is_a_sentence(tmp_path):
    need(os.name != "nt", "no SIGINT for a process group on Windows")
    process = launch(slow_install(30), tmp_path / "env")
    wait_for(process.stdout, "installing")
    os.killpg(process.pid, signal.SIGINT)
    code, out, err = finish(process)
    assert code == 1 and "course: stopped. Run the same command again" in err
    assert "course.py" not in err, "no traceback of the launcher"
    assert not (tmp_path / "env" / "course-ready.json").exists()


# --- The network


def test_no_network_is_a_sentence_and_quick(tmp_path):
    dead = "http://127.0.0.1:9"
    away = {"PIP_NO_CACHE_DIR": "1", "UV_CACHE_DIR": str(tmp_path / "cache"), "PIP_CONFIG_FILE": os.devnull}
    away |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "http_proxy"), dead)
    away |= dict.fromkeys(("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "NO_PROXY", "no_proxy"), "")
    began = time.time()
    code, out, err = finish(launch('sys.exit(course.main(["setup"]))', tmp_path / "env", **away))
    assert code == 1 and "there is no network, or a proxy is in the way" in err, out + err
    assert len(err.strip().splitlines()) == 1, err
    assert time.time() - began < 45


# --- The commands


def answer(*arguments, venv):
    environment = {**os.environ, "COURSE_VENV": str(venv)}
    done = subprocess.run([sys.executable, SOURCE, *arguments], env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("command", ["lab", "test", "build", "exercises", "site", "bench", "doctor", "setup"])
def test_help_sets_nothing_up(command, tmp_path):
    code, text = answer(command, "--help", venv=tmp_path / "env")
    assert code == 0 and f"course.py {command}: " in text
    assert not (tmp_path / "env").exists()


def test_help_names_every_command(course, tmp_path):
    code, text = answer("--help", venv=tmp_path / "env")
    assert code == 0 and all(f"\n    {name} " in text for name in course.COMMANDS)


def test_an_unknown_command_names_the_others(tmp_path):
    code, text = answer("tset", venv=tmp_path / "env")
    assert code == 1 and "there is no command tset; there are: lab, test" in text and "Traceback" not in text


@pytest.mark.parametrize("command, extras", [(["site", "01_1"], True), (["build"], False), (["test"], False),
                                             (["test", "--require-all"], True)])  # fmt: skip
def test_what_a_command_sets_up(course, command, extras):
    asked, ran = [], []
    course.setup = lambda extras=False: asked.append(extras)
    course.hand_over = lambda arguments: ran.append(arguments) or 0
    assert course.main(command) == 0
    assert asked == [extras] and ran[0][0] == "-m" and ran[0][2:] == command[1:]


def test_the_doctor_changes_nothing(tmp_path):
    code, text = answer("doctor", venv=tmp_path / "env")
    assert code == 1 and "not ready; do: python3 course.py setup" in text
    assert not (tmp_path / "env").exists()


def test_the_first_lesson_is_the_first_in_order(course, tmp_path):
    course.ROOT = tmp_path
    assert course.first_lesson() == ""
    for name in ("02_b/02_1_x", "01_a/01_2_y", "01_a/01_1_z", "01_a/01_exercises", "01_a/.ipynb_checkpoints/00_1_w"):
        path = tmp_path / "chapters" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert course.first_lesson() == "chapters/01_a/01_1_z.ipynb"


# --- JupyterLab as it starts

OPEN = """
from pathlib import Path
course.PYTHON, course.setup = Path(sys.executable), lambda: None
course.VENV.mkdir()
sys.exit(course.main(["lab", "--no-browser", "--port", "PORT"]))
"""


def fetch(address, patience=20, parse=json.loads):
    """What lies at an address of this machine; JupyterLab says its address a moment before it listens there."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            return parse(opener.open(address, timeout=20).read().decode())
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            if (patience := patience - 0.2) < 0:
                raise
            time.sleep(0.2)


def test_jupyterlab_is_private_and_quiet(tmp_path):
    """On loopback, behind a token, at the first lesson, without news; a port that is taken is no error."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = launch(OPEN.replace("PORT", str(port)), tmp_path / "env")
        try:
            line = wait_for(process.stderr, "http://127.0.0.1:")
            server, token = re.search(r"(http://127\.0\.0\.1:\d+)/\S*token=(\w{20,})", line).groups()
            assert not server.endswith(f":{port}")
            with pytest.raises(urllib.error.HTTPError, match="403"):
                fetch(f"{server}/api/contents")
            with pytest.raises(OSError):  # on every address or only on ours? 127.0.0.2 is this machine too
                socket.create_connection(("127.0.0.2", int(server.rpartition(":")[2])), timeout=5)
            plugin = "@jupyterlab/apputils-extension:notification"
            settings = fetch(f"{server}/lab/api/settings/{plugin}?token={token}")["schema"]["properties"]
            assert settings["fetchNews"]["default"] == "false"
            assert settings["checkForUpdates"]["default"] is False
            page = fetch(f"{server}/lab?token={token}", parse=re.compile('"news": {"disabled": true').search)
            assert page, "the page would fetch news"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=20)
