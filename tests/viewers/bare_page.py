"""A page without a kernel: viewers mounted on their own `staticModel`, opened from disk."""

import base64
import contextlib
import html
import json

import numpy as np

from classroom import ChainViewer, Quiz
from viewers import lab

# On a page of a test a viewer repaints before the action that asked for it returns, not in the next frame, which may
# be long in coming on a busy machine: what is read after a click is what the click did. What asks for a frame from
# within a frame, a thing that plays, waits 16 ms; the next touch of the page paints what still waits. The tests in
# JupyterLab keep the browser's own frames.
AT_ONCE = """(() => {
  let within = false;
  const waiting = new Set();
  const paint = (draw) => {
    within = true;
    try { draw(performance.now()); } finally { within = false; }
  };
  const due = (draw) => waiting.delete(draw) && paint(draw);
  window.requestAnimationFrame = (draw) => {
    if (!within) return queueMicrotask(() => paint(draw));
    waiting.add(draw);
    setTimeout(() => due(draw), 16);
  };
  for (const touch of ['click', 'keydown', 'pointerdown', 'pointermove', 'pointerup', 'input', 'change'])
    window.addEventListener(touch, () => [...waiting].forEach(due));
})();"""

WEATHER = [[0.8, 0.15, 0.05], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5]]

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Viewers without a kernel</title>
<body style="margin: 12px; background: {background}">{places}
<script type="application/json" id="viewers">{data}</script>
<script type="module">
const modules = {{}};
window.models = [];
for (const [i, {{ source, state }}] of JSON.parse(document.getElementById('viewers').textContent).entries()) {{
  modules[source] ??= import(URL.createObjectURL(new Blob([source], {{ type: 'text/javascript' }})));
  const viewer = await modules[source], model = viewer.staticModel(state);
  window.models.push(model);
  viewer.default.render({{ model, el: document.getElementById('viewer-' + i) }});
}}
</script></body></html>
"""


def bare_page(file, viewers, background="#ffffff"):
    """Write the page with these viewers to `file`; returns its address."""
    data = [{"source": str(viewer._esm), "state": public_state(viewer)} for viewer in viewers]
    places = "".join(f'<div id="viewer-{i}" title="{html.escape(v.title)}"></div>' for i, v in enumerate(viewers))
    text = PAGE.format(background=background, places=places, data=json.dumps(data).replace("</", "<\\/"))
    file.write_text(text, encoding="utf-8")
    return file.as_uri()


@contextlib.contextmanager
def opened(browser, file, viewers, *, theme="light", width=1000, **options):
    """A browser's page with these viewers, once all are drawn."""
    page = lab.new_page(browser, theme=theme, width=width, **options)
    page.add_init_script(AT_ONCE)
    page.goto(bare_page(file, viewers, "#ffffff" if theme == "light" else "#111111"))
    lab.drawn(page)
    try:
        yield page
    finally:
        page.context.close()


def public_state(viewer):
    """What a page needs of a viewer: its traits without the widget machinery."""
    machinery = ("_esm", "_css", "_anywidget_id", "_dom_classes", "layout", "tabbable", "tooltip", "comm")
    state = viewer.get_state()
    kept = {k: v for k, v in state.items() if k not in machinery and not k.startswith(("_model", "_view"))}
    return {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in kept.items()}


def chains():
    """A chain of every kind."""
    rng = np.random.default_rng(0)
    traps = [
        [0.5, 0.3, 0.2, 0, 0],
        [0, 0.7, 0.3, 0, 0],
        [0, 0.4, 0.6, 0, 0],
        [0.1, 0, 0, 0.6, 0.3],
        [0, 0, 0, 0, 1],
    ]
    return [
        ChainViewer(WEATHER, ["sunny", "cloudy", "rainy"], title="Weather", n=3),
        ChainViewer([[0.128, 0.872], [0.663, 0.337]], ["vowel", "consonant"], title="Onegin"),
        ChainViewer(np.eye(4)[[1, 2, 3, 0]], list("ABCD"), title="Round"),
        ChainViewer(traps, list("ABCDE"), title="Traps"),
        ChainViewer(np.full((8, 8), 1 / 8), ["do", "re", "mi", "fa", "sol", "la", "si", "pause"], title="Tune"),
        ChainViewer(rng.dirichlet(np.full(27, 0.3), 27), list("abcdefghijklmnopqrstuvwxyz "), title="Letters"),
        ChainViewer([[1.0]], ["home"], title="One"),
        Quiz(
            [{"ask": "Is `1 + 1` two?", "options": [("yes", True, "Count."), ("no", False, "Count again.")]}],
            title="Sums",
        ),
    ]
