#!/usr/bin/env python3
"""Set up and open the course "Markov to Mamba".

    python3 course.py             open the first lesson in JupyterLab (the first time, set everything up)
    python3 course.py test        run every test

What it installs goes into the folder .venv beside this file; delete that folder and nothing remains.
To put it elsewhere, set COURSE_VENV to a folder. This file and tools/installing.py need nothing but Python.
"""

import sys

# The whole file stays readable to Python 3.6, so that an old Python gets as far as this sentence.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        f"course: this is Python {sys.version_info[0]}.{sys.version_info[1]}, and the course needs 3.11 or newer. "
        "Install one from python.org, or start this file with one you have: python3.12 course.py"
    )

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path

from tools.installing import ELSEWHERE, OTHER_FOLDER, Trouble, explain, has_nvidia, install, meaning, run

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("COURSE_VENV") or ROOT / ".venv").expanduser().absolute()
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = VENV / "course.lock"  # held while setting up
MADE = VENV / "course-made"  # written first: the course made this folder and may make it again
STAMP = VENV / "course-ready.json"  # written last: what is installed
GIGABYTE = 1 << 30



def say(text):
    print("course:", text, flush=True)


# --- What is installed already?


def fingerprint(*names):
    """One hash of some files at the root, whatever their line endings."""
    texts = [(ROOT / name).read_bytes().replace(b"\r\n", b"\n") for name in names]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def venv_version():
    """'3.11' from the environment's own pyvenv.cfg, '' without one: the Python running this may be another."""
    with contextlib.suppress(OSError):
        text = (VENV / "pyvenv.cfg").read_text("utf-8")
        return "".join(re.findall(r"^version(?:_info)?\s*=\s*(\d+\.\d+)", text, re.M)[:1])
    return ""


def wanted():
    """What the stamp of an environment that is up to date says."""
    return {
        "python": venv_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        "requirements": fingerprint("requirements.txt", "constraints.txt"),
        "pretrained": fingerprint("requirements-pretrained.txt"),
        "test extras": fingerprint("requirements-test.txt"),
    }


def stamp():
    try:
        return json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def ready(extras=False, pretrained=False):
    found, asked = stamp(), {"test extras": extras, "pretrained": pretrained or extras}
    return os.access(PYTHON, os.X_OK) and all(
        found.get(key) == value for key, value in wanted().items() if asked.get(key, True)
    )


# --- Setting up: may be killed at any moment, and started twice at once


def setup(extras=False, pretrained=False):
    """Make the environment or bring it up to date; where there is nothing to do it takes no time."""
    if ready(extras, pretrained):
        return
    check_machine()
    check_folder()
    with lock():
        extras = extras or "test extras" in stamp()
        pretrained = pretrained or extras or "pretrained" in stamp()  # the test extras hold that too
        if ready(extras, pretrained):  # another set-up, for which we waited, has done it
            return
        began = time.time()
        check_space()
        say(f"setting up {VENV} ({8 if has_nvidia() else 2} GB on disk, a few minutes, only this once).")
        make_environment()
        STAMP.unlink(missing_ok=True)
        requirements = "requirements-test.txt" if extras else "requirements" + "-pretrained" * pretrained + ".txt"
        install(PYTHON, ["-r", ROOT / requirements, "-c", ROOT / "constraints.txt"])
        left_out = {"test extras": not extras, "pretrained": not pretrained}
        done = {key: value for key, value in wanted().items() if not left_out.get(key)}
        write(STAMP, json.dumps(done, indent=1))
        say(f"ready after {time.time() - began:.0f} s.")


def check_machine():
    machine, abi = platform.machine().lower(), sysconfig.get_config_var("SOABI") or ""
    if sys.maxsize < 1 << 32:
        raise Trouble(f"{sys.executable} is a 32-bit Python; install a 64-bit one from python.org. {ELSEWHERE}")
    if sys.platform == "darwin" and machine == "x86_64":
        raise Trouble(
            "there is no current PyTorch for Intel Macs (on an Apple silicon Mac, this is an Intel Python: "
            f"install the one from python.org). {ELSEWHERE}"
        )
    if sys.platform == "linux" and (machine not in ("x86_64", "aarch64") or "musl" in abi):
        raise Trouble(f"there is no PyTorch for this kind of Linux ({abi or machine}). {ELSEWHERE}")


def check_folder():
    """Refuse a folder that cannot be written, or that holds something else."""
    try:
        VENV.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=VENV):
            pass
    except OSError as error:
        advice = OTHER_FOLDER.format(of="of your own")
        raise Trouble(f"cannot write in {VENV} ({error.strerror}): {advice}") from None
    others = [path.name for path in VENV.iterdir() if path != LOCK]
    if others and not MADE.exists() and not venv_version():
        raise Trouble(f"{VENV} already holds {others[0]}: " + OTHER_FOLDER.format(of="that does not exist yet"))


def check_space():
    """Look before a long download; an earlier set-up has taken part of what is needed already."""
    needed = 0.5 if any(VENV.glob("**/site-packages/torch")) else 9 if has_nvidia() else 3
    free = shutil.disk_usage(VENV).free / GIGABYTE
    if free < needed:
        advice = "free some space, or " + OTHER_FOLDER.format(of="on a larger disk")
        raise Trouble(f"only {free:.1f} GB are free for {VENV}, and {needed} GB are needed: {advice}")


@contextlib.contextmanager
def lock():
    """One set-up at a time. The lock is the operating system's: it goes with its holders, however they end."""
    with open(LOCK, "a+b") as file:
        if not try_lock(file):
            say("another set-up is running; waiting for it to end.")
            while not try_lock(file):
                time.sleep(0.5)
        yield


def try_lock(file):
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.set_inheritable(file.fileno(), True)  # an installer that outlives its launcher still holds it
    except (BlockingIOError, PermissionError):
        return False
    return True


def write(path, text):
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def make_environment():
    """Keep a sound environment; make an absent, half-made or broken one from nothing."""
    half_made = MADE.exists() and not STAMP.exists()
    if sound() and not half_made:
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Trouble(
            f"{sys.executable} lacks the module venv or ensurepip. On Debian and Ubuntu: sudo apt install "
            "python3-venv, then run again; elsewhere, install Python from python.org."
        ) from None
    if venv_version():
        if not MADE.exists() and VENV != ROOT / ".venv":
            advice = OTHER_FOLDER.format(of="that does not exist yet")
            raise Trouble(f"the environment in {VENV} is broken and not the course's own: {advice}")
        say("an earlier set-up was cut short or is broken: making it afresh.")
    for path in VENV.iterdir():
        if path != LOCK:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    MADE.touch()
    done = run([sys.executable, "-m", "venv", VENV])
    if done.returncode:
        raise explain(done.stdout)


def sound():
    """Does the environment's Python start, is it still the version it was made for, and is pip there?"""
    code = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    return os.access(PYTHON, os.X_OK) and run([PYTHON, "-c", code]).stdout.strip() == venv_version()


# --- Running


def course_environment():
    """The variables of whatever runs in the course. Jupyter's own files stay in the environment, so that a
    reader's extensions and kernels cannot get in the way (with the reader, where the environment is read-only)."""
    home = VENV / "jupyter" if os.access(VENV, os.W_OK) else Path.home() / ".markov-to-mamba"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONHOME"}
    environment.setdefault("OMP_NUM_THREADS", "1")  # small models are several times faster on one thread
    return environment | {
        "VIRTUAL_ENV": str(VENV),
        "PATH": str(PYTHON.parent) + os.pathsep + os.environ.get("PATH", ""),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "lib"), str(ROOT)]),
        "PYTHONUTF8": "1",
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def first_lesson():
    """The first lesson's notebook, as a path from the root; '' if none is built."""
    found = (ROOT / "chapters").glob("*/[0-9][0-9]_[0-9]*_*.ipynb")
    return min((path.relative_to(ROOT).as_posix() for path in found), default="")


def configure_jupyter(config):
    """On this computer only, opening at the first lesson, and no calls to the outside: no news, no updates."""
    server = {"ip": "127.0.0.1", "root_dir": str(ROOT), "allow_root": getattr(os, "getuid", lambda: 1)() == 0}
    app = {"default_url": f"/lab/tree/{first_lesson()}" if first_lesson() else "/lab", "news_url": None}
    app |= {"check_for_updates_class": "jupyterlab.NeverCheckForUpdate", "extension_manager": "readonly"}
    quiet = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    (config / "labconfig").mkdir(parents=True, exist_ok=True)
    write(config / "jupyter_server_config.json", json.dumps({"ServerApp": server, "LabApp": app}, indent=1))
    write(config / "labconfig" / "default_setting_overrides.json", json.dumps(quiet, indent=1))


def hand_over(arguments):
    """Become `python ARGUMENTS` in the environment, at the root (on Windows: run it and wait)."""
    command, environment = [str(PYTHON), *arguments], course_environment()
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, environment)
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the program that runs
    return subprocess.call(command, env=environment)


def lab(arguments):
    setup()
    configure_jupyter(Path(course_environment()["JUPYTER_CONFIG_DIR"]))
    return hand_over(["-m", "jupyterlab", *arguments])


def tool(module, arguments, extras=False):
    if not asks_help(arguments):
        setup(extras=extras or "--require-all" in arguments)
    elif not ready():
        say("for its options, set the course up first: python3 course.py setup")
        return 0
    return hand_over(["-m", f"tools.{module}", *arguments])


def setup_only(arguments):
    if set(arguments) - {"--test-extras", "--pretrained"}:
        raise Trouble(f"setup knows only --pretrained and --test-extras, not {' '.join(arguments)}")
    setup(extras="--test-extras" in arguments, pretrained="--pretrained" in arguments)
    say(f"{VENV} is ready. Open the course with: python3 course.py")
    return 0


def doctor(arguments):
    sys.modules.setdefault("course", sys.modules[__name__])  # so that the doctor finds this very module
    from tools.doctor import report

    return report()


COMMANDS = {
    "lab": (lab, """Open the course in JupyterLab at the first lesson (what you get without a command).
        Whatever follows goes to JupyterLab: --no-browser, --port 9000, the path of a notebook.
        A port that is taken is no trouble, the next one is used. Stop it with Ctrl-C."""),
    "test": (lambda a: tool("run_tests", a), """Run every test: library, lessons, notebooks, viewers, a real browser.
        What this machine lacks is skipped with a reason. --quick is for in between. --require-all, for
        maintainers, installs requirements-test.txt too and accepts no skip but that of a missing GPU."""),
    "build": (lambda a: tool("build", a), "Build the notebooks from their sources: run them, keep what they show."),
    "exercises": (lambda a: tool("exercises", a), "Write each chapter's exercises from its solutions."),
    "site": (lambda a: tool("site", a, extras=True), """Write the lessons as pages into site/, one file each.
        In them every viewer works without Python and without a network: open site/index.html. Each lesson named
        (01_1; or all) is run first. Installs requirements-test.txt too, for what sets the formulas."""),
    "bench": (lambda a: tool("bench", a), "Measure the time and memory that the models take."),
    "doctor": (doctor, "Say what is set up and what is missing, and what to do about it. Changes nothing."),
    "setup": (setup_only, """Only set up; with --pretrained, also what reads the tokenizers of published models,
        and with --test-extras what the maintainers' tests need, which holds that too.
        Nothing happens where all is ready."""),
}  # fmt: skip


def asks_help(arguments):
    return "--help" in arguments or "-h" in arguments


def dispatch(arguments):
    if arguments[:1] in (["--help"], ["-h"]):
        print(__doc__ + "\nCommands; COMMAND --help says more:\n")
        print("\n".join(f"    {name:<10}  {text.splitlines()[0]}" for name, (_, text) in COMMANDS.items()))
        return 0
    name, rest = (arguments[0], arguments[1:]) if arguments[:1] and arguments[0][0] != "-" else ("lab", arguments)
    if name not in COMMANDS:
        raise Trouble(f"there is no command {name}; there are: {', '.join(COMMANDS)}")
    command, text = COMMANDS[name]
    if asks_help(rest):
        print(f"python3 course.py {name}: " + re.sub(r"\n +", "\n", text) + "\n", flush=True)
    if asks_help(rest) and name in ("lab", "doctor", "setup"):
        return 0
    return command(rest)


def main(arguments):
    """Run a command; whatever goes wrong ends in one sentence."""
    try:
        return dispatch(arguments)
    except Trouble as trouble:
        return f"course: {trouble}"
    except OSError as error:
        return f"course: {meaning(str(error)) or error}"
    except KeyboardInterrupt:
        return "\ncourse: stopped. Run the same command again and it goes on from here."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
