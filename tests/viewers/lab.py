"""JupyterLab on loopback, driven by a real Chromium: start, open, run, read. No network is needed or allowed."""

import contextlib
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import nbformat

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


class Server:
    """A running JupyterLab with settings of its own, that serves one folder to this machine only."""

    def __init__(self, folder):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="course-lab-"))
        self.token, self.port = secrets.token_hex(16), _free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.settings(theme="light")
        self.log = (self.home / "lab.log").open("wb")
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--ip=127.0.0.1",
            f"--port={self.port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={folder}",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.extension_manager=readonly",
            "--ServerApp.terminals_enabled=False",
            "--allow-root",
        ]
        self.process = subprocess.Popen(
            command,
            env=self._environment(),
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def settings(self, theme):
        """Write the user settings: theme, no news, every cell in the page (also those off the screen)."""
        for plugin, name, values in (
            (
                "@jupyterlab/apputils-extension",
                "notification",
                {"fetchNews": "false", "checkForUpdates": False},
            ),
            ("@jupyterlab/apputils-extension", "themes", {"theme": THEMES[theme], "adaptive-theme": False}),
            ("@jupyterlab/notebook-extension", "tracker", {"windowingMode": "none"}),
        ):
            file = self.home / "settings" / plugin / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))

    def _environment(self):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
        places = {
            "HOME": "home",
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        own = {key: str(self.home / name) for key, name in places.items()}
        path = os.pathsep.join([str(ROOT / "lib"), *filter(None, [kept.get("PYTHONPATH")])])
        return {
            **kept,
            **own,
            "JUPYTER_TOKEN": self.token,
            "PYTHONPATH": path,
            "MPLCONFIGDIR": kept.get("MPLCONFIGDIR", str(self.home / "mpl")),
        }

    def wait(self, seconds=60):
        """Until the server answers."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.base}/api", timeout=1)
                return self
            time.sleep(0.1)
        raise RuntimeError("JupyterLab did not start:\n" + (self.home / "lab.log").read_text()[-3000:])

    def close(self):
        """Stop the server (its kernels go with it) and remove its settings."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def new_page(browser, theme="light", width=1280, height=1000, **options):
    """A page that may speak to this machine only; `page.outside` and `page.errors` must stay empty."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, **options)
    page = context.new_page()
    page.outside, page.errors = [], []

    def gate(route):
        url = route.request.url
        if url.startswith(("http://127.0.0.1", "data:", "blob:", "file:")):
            return route.continue_()
        page.outside.append(url)
        return route.abort()

    context.route("**/*", gate)
    page.on(
        "websocket",
        lambda socket: None if socket.url.startswith("ws://127.0.0.1") else page.outside.append(socket.url),
    )
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.extend(_uncaught(error)))
    return page


def _uncaught(error):
    """What was thrown and from where; nothing for the one race that is JupyterLab's own.

    Now and then React, inside JupyterLab's bundle, takes away a node that is gone already. A viewer's code runs from a
    blob, so an error that a viewer had a hand in has such a frame in its stack, and counts.
    """
    stack = getattr(error, "stack", None) or ""
    own = "'removeChild' on 'Node'" in str(error) and "/static/lab/" in stack and "blob:" not in stack
    return [] if own else [f"uncaught: {error} {stack}"]


READY = """() => { const w = window.jupyterapp?.shell.currentWidget;
  return w?.context?.isReady && w.sessionContext?.isReady
    && w.sessionContext.session?.kernel?.status === 'idle'; }"""


def open_notebook(page, server, name, seconds=120):
    """Open a notebook and wait for its kernel."""
    page.goto(f"{server.base}/lab/tree/{name}?token={server.token}&reset", wait_until="domcontentloaded")
    page.wait_for_function(READY, timeout=seconds * 1000)


@contextlib.contextmanager
def new_notebook(browser, server, name, cells, theme="light"):
    """A page on a new notebook, its kernel ready; closed at the end. cells: sources, or a mapping from id to source."""
    named = cells.items() if isinstance(cells, dict) else ((None, source) for source in cells)
    made = [nbformat.v4.new_code_cell(source, **({"id": id_} if id_ else {})) for id_, source in named]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=kernel), server.folder / name)
    server.settings(theme=theme)
    page = new_page(browser)
    try:
        open_notebook(page, server, name)
        yield page
    finally:
        page.context.close()


def open_lesson(page, server, file):
    """Open a copy of a lesson, with library and data beside it as in the course: what Lab writes stays outside."""
    target = server.folder / file.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, target)
    for name in ("course.py", "lib", "data"):
        if not (server.folder / name).exists():
            (server.folder / name).symlink_to(ROOT / name)
    open_notebook(page, server, file.relative_to(ROOT).as_posix())


RUN_ALL = """async () => {
  await jupyterapp.commands.execute('notebook:run-all-cells');
  const errors = c => c.model.outputs.toJSON().filter(o => o.output_type === 'error');
  return jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code').map(c => ({
    source: c.model.sharedModel.getSource().slice(0, 60), count: c.model.executionCount,
    errors: errors(c).map(o => `${o.ename}: ${o.evalue}`) })); }"""


def run_all(page):
    """Run every cell and wait for the last; returns what failed, as a list of (first words of the cell, error)."""
    cells = page.evaluate(RUN_ALL)
    never = [(cell["source"], "did not run") for cell in cells if cell["count"] is None and cell["source"].strip()]
    return never + [(cell["source"], error) for cell in cells for error in cell["errors"]]


RUN_CELL = """async (source) => {
  const notebook = jupyterapp.shell.currentWidget.content;
  const i = notebook.widgets.findIndex(c => c.model.sharedModel.getSource() === source);
  if (i < 0) throw new Error('no such cell: ' + source);
  notebook.activeCellIndex = i; notebook.deselectAll();
  await jupyterapp.commands.execute('notebook:run-cell');
  const text = o => [].concat(o.text ?? o.data?.['text/plain'] ?? o.evalue).join('');
  return notebook.widgets[i].model.outputs.toJSON().map(text).join(''); }"""


def run_cell(page, source):
    """Run the cell with this source; returns what it printed or showed as text."""
    return page.evaluate(RUN_CELL, source).strip()


def expect_cell(page, source, wanted, seconds=15):
    """Run the cell with this source again until it prints `wanted`: ipywidgets delays trait updates after a burst."""
    until = time.monotonic() + seconds
    while (printed := run_cell(page, source)) != wanted:
        if time.monotonic() > until:
            raise AssertionError(f"{source!r} printed {printed!r}, expected {wanted!r}")
        time.sleep(0.05)


def count_cells(page):
    """How many cells the open notebook has."""
    return page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.length")


def drawn(page, seconds=20):
    """Wait until every viewer on the page has drawn; returns how many there are."""
    ready = "() => [...document.querySelectorAll('.mtm')].every(e => +e.dataset.frame > 0)"
    page.locator(".mtm").first.wait_for(state="attached", timeout=seconds * 1000)
    page.wait_for_function(ready, timeout=seconds * 1000)
    return page.locator(".mtm").count()
