"""Put packages into an environment: with uv where it works, otherwise with pip. Only the standard library.

uv is many times faster. It does not read pip's settings (a mirror, a folder of wheels, a certificate), so they are
handed to it in its own words: what an institution has set up for pip serves the course too.
"""

import ast
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

ELSEWHERE = "The course also runs on Colab, on Binder (README.md has the buttons) and from conda (environment.yml)."
OTHER_FOLDER = "set COURSE_VENV to a folder {of} (COURSE_VENV=~/course-environment) and run again."
NO_NETWORK = (
    "the packages cannot be fetched: there is no network, or a proxy is in the way. Connect (behind a proxy, set "
    "HTTPS_PROXY or pip's index-url) and run the same command again; what was fetched already is kept."
)
NO_SPACE = "the disk is full. Free some space, or " + OTHER_FOLDER.format(of="on a larger disk")
NO_BUILD = f"some package has no build for this computer with Python {platform.python_version()}. {ELSEWHERE}"
UNKNOWN = "the packages could not be installed; the lines above say why. Once that is mended, run it again."
SYMPTOMS = {  # what an installer says when it fails, and what that means; the first match counts
    "No space left|os error 28|disk quota|os error 122|not enough space": NO_SPACE,
    "dns error|error sending request|Failed to (fetch|connect)|name resolution|Connection(Error| ?refused| ?reset)|"
    "NewConnection|ProxyError|Connect(ion)? ?timeout|timed out|tunnel|unreachable|Retrying": NO_NETWORK,
    "No solution found|No matching distribution|no wheels? ": NO_BUILD,
}
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
MISLEADING = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "UV_SYSTEM_PYTHON", "PIP_USER")


class Trouble(Exception):
    """Something the reader can mend. Its text says what it is and what to do."""


def meaning(output):
    """The sentence for what an installer (or the system) said, None if it is none that we know."""
    return next((text for pattern, text in SYMPTOMS.items() if re.search(pattern, output, re.I)), None)


def explain(output):
    """A Trouble from what an installer said; what we do not know is shown whole."""
    if meaning(output) is None:
        print(output, file=sys.stderr)
    return Trouble(meaning(output) or UNKNOWN)


def has_nvidia():
    return bool(shutil.which("nvidia-smi")) or Path("/proc/driver/nvidia/version").exists()


def run(command, loud=False, **variables):
    """Run an installer, with some more environment variables; unless loud, keep what it says in .stdout."""
    environment = {key: value for key, value in os.environ.items() if key not in MISLEADING}
    environment.update(variables, PIP_DISABLE_PIP_VERSION_CHECK="1", UV_COMPILE_BYTECODE_TIMEOUT="900")
    streams = {} if loud else {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    streams |= {"stdin": subprocess.DEVNULL, "close_fds": False}  # it inherits the launcher's lock
    command = [str(part) for part in command]
    return subprocess.run(command, env=environment, encoding="utf-8", errors="replace", **streams)


def attempt(command, **variables):
    """Run in sight; if it fails run it again out of sight, to learn why. Return that, or '' for success."""
    if run(command, loud=True, **variables).returncode == 0:
        return ""
    print("course: that failed; trying once more.", flush=True)
    done = run(command, **variables)
    return done.stdout + "\n" if done.returncode else ""


def install(python, what):
    """Install `what` (as pip's arguments: -r FILE -c FILE) into the environment of `python`, or raise Trouble."""
    trouble = install_with_uv(python, what)
    if trouble and meaning(trouble) not in (NO_NETWORK, NO_SPACE):
        trouble = attempt([python, "-m", "pip", "install", *what])
    if trouble:
        raise explain(trouble)


def install_with_uv(python, what):
    """Return what went wrong, or ''. Every way is planned first (quick, quiet); the first that can work is taken."""
    uv, trouble = find_uv(python)
    if not uv:
        return trouble
    settings = pip_settings(python)
    variables = uv_variables(settings)
    command = [uv, "pip", "install", "--python", python, "--compile-bytecode", *what]
    for number, way in enumerate(ways(settings)):
        plan = run([*command, *way, "--dry-run"], **{**variables, "UV_HTTP_RETRIES": "1"})
        if plan.returncode == 0:
            if number and not way:
                print("course: PyTorch's own index does not answer; taking its standard build, which is larger.")
            return attempt([*command, *way], **variables)
        trouble = trouble if way else plan.stdout  # the plain way's word is the one that explains
    return trouble


def ways(settings):
    """Options for uv, best first: PyTorch's build for this machine; as pip would; from uv's own cache."""
    if settings.get("no-index", "").lower() in ("true", "1", "yes"):
        return [["--no-index"], []]
    fitting = ["--torch-backend", "auto" if has_nvidia() else "cpu"]
    chosen_already = sys.platform != "linux" or "find-links" in settings
    return [[], ["--offline"]] if chosen_already else [fitting, [], ["--offline"]]


def find_uv(python):
    """(uv, '') or (None, what went wrong): a uv on the path that runs, or one installed into the environment."""
    uv = shutil.which("uv")
    if uv and run([uv, "--version"]).returncode == 0:
        return uv, ""
    done = run([python, "-m", "pip", "install", "--retries", "1", "uv"])
    return (None, done.stdout) if done.returncode else (Path(python).with_name("uv"), "")


def pip_settings(python):
    """pip's settings on this machine, from its files and the environment: {'index-url': 'https://...', ...}."""
    listed = run([python, "-m", "pip", "config", "list"]).stdout
    rows = re.findall(r"^(?:global|install|:env:)\.([a-z-]+)=(['\"].*)$", listed, re.M)
    return {name: ast.literal_eval(value) for name, value in rows}


def uv_variables(settings):
    """pip's settings in uv's words, for what the reader has not told uv itself."""
    gaps = {"find-links": ","}  # between several values; the others take a space
    known = [name for name in settings if name in UV_NAMES]
    found = {UV_NAMES[name]: gaps.get(name, " ").join(settings[name].split()) for name in known}
    if "UV_EXTRA_INDEX_URL" in found:
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # the best of all indexes, as pip does
    return {name: value for name, value in found.items() if value and name not in os.environ}
