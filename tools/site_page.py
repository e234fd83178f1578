"""One executed notebook as one HTML page in which every viewer works, without a kernel and without a network."""

import hashlib
import html
import json
import re
from pathlib import Path
from string import Template

from tools.address import binder_url, colab_url
from tools.notebook import OUTPUT_FOLDED, SOURCE_FOLDED, tags
from tools.outputs import WIDGET_VIEW
from tools.site_text import Text, code, unlink_missing_equations

FILES = Path(__file__).parent / "site_files"
STATE = "application/vnd.jupyter.widget-state+json"
MACHINERY = ("_esm", "_css", "_anywidget_id", "_dom_classes", "layout", "tabbable", "tooltip")
LEFT_OUT = {"start", "buttons"}  # a page needs neither


class Page:
    """The HTML of a notebook. `address` is the notebook's path in the course, such as chapters/01_x/01_1_y.ipynb.

    lessons: where the pages of other lessons are, by their number; their mention in the text becomes a link.
    """

    def __init__(self, notebook, address, lessons=None):
        self.text = Text(address.rpartition("/")[0], lessons)
        self.models = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
        self.scripts, self.viewers = {}, []  # key -> JavaScript; what is mounted where
        cells = [cell for cell in notebook.cells if not set(tags(cell)) & LEFT_OUT]
        self.body = unlink_missing_equations("\n".join(map(self._cell, cells)))
        self.title = self.text.headings[0][2]

    def html(self, before=None, after=None, address=None):
        """The whole page; before, after: (href, title) of its neighbours; address: to open it elsewhere."""
        return filled(
            self.title,
            self.body,
            run=_run_it(address) if address else "",
            contents=self._contents(),
            neighbours=_neighbour("before", before) + _neighbour("after", after),
            scripts=self._scripts(),
        )

    def _cell(self, cell):
        if cell.cell_type == "markdown":
            return self.text(cell.source)
        if cell.cell_type != "code" or not cell.source.strip():
            return ""
        marks = set(tags(cell)) | ({"run"} if cell.get("execution_count") else set())
        shown = "".join(self._outputs(cell.outputs))
        if marks & OUTPUT_FOLDED and shown:
            shown = f"<details class='answer'><summary>See what it shows</summary>{shown}</details>"
        source = "" if marks & SOURCE_FOLDED else code(cell.source)
        return f'<section class="cell {" ".join(sorted(marks))}">{source}{shown}</section>'

    def _outputs(self, outputs):
        outputs = list(outputs)
        for number, output in enumerate(outputs):
            following = outputs[number + 1] if number + 1 < len(outputs) else {}
            before = outputs[number - 1] if number else {}
            if not _is_caption(output, of=before):
                yield self._output(output, captioned=_is_caption(following, of=output))

    def _output(self, output, captioned=False):
        if output.output_type == "stream":
            return f'<pre class="out">{html.escape(output.text)}</pre>'
        if output.output_type == "error":
            return f'<pre class="out">{html.escape(f"{output.ename}: {output.evalue}")}</pre>'
        data, plain = output.get("data", {}), output.get("data", {}).get("text/plain", "")
        view = data.get(WIDGET_VIEW)
        model = self.models.get(view["model_id"]) if view else None
        if model and "_esm" in model["state"]:
            return self._viewer(model, self._still(output, plain))
        return self._still(output, plain, captioned)

    def _still(self, output, plain, captioned=False):
        """Picture, table, Markdown or text: what does not move."""
        data = output.get("data", {})
        if "image/png" in data:
            about = output.metadata.get("image/png", {})
            alt, width = html.escape(about.get("alt", plain)), about.get("width")
            size = f' width="{width}"' if width else ""
            picture = f'<img alt="{alt}"{size} src="data:image/png;base64,{data["image/png"].replace(chr(10), "")}">'
            caption = f'<figcaption aria-hidden="true">{alt}</figcaption>' if captioned else ""
            return f"<figure>{picture}{caption}</figure>"
        if "text/html" in data:
            return f'<div class="table">{data["text/html"]}</div>'
        if "text/markdown" in data:
            return f'<div class="shown">{self.text(data["text/markdown"])}</div>'
        return f'<pre class="out">{html.escape(plain)}</pre>'

    def _viewer(self, model, picture):
        """A place for a viewer; the picture in it stays where the viewer cannot be drawn."""
        key = "js-" + hashlib.sha256(model["state"]["_esm"].encode()).hexdigest()[:12]
        self.scripts[key] = model["state"]["_esm"]
        place = f"viewer-{len(self.viewers)}"
        self.viewers.append({"place": place, "script": key, "state": public_state(model)})
        return f'<div class="viewer" id="{place}">{picture}</div>'

    def _contents(self):
        parts = [(name, text) for level, name, text in self.text.headings if level == 2]
        return "".join(f'<li><a href="#{name}">{html.escape(text)}</a></li>' for name, text in parts)

    def _scripts(self):
        """Each distinct JavaScript once, as text that does nothing until mount.js imports it."""
        if not self.viewers:
            return ""
        parts = [f'<script type="text/plain" id="{k}">{_inside(text)}</script>' for k, text in self.scripts.items()]
        state = _inside(json.dumps(self.viewers, ensure_ascii=False))
        parts.append(f'<script type="application/json" id="viewers">{state}</script>')
        parts.append(f'<script type="module">{(FILES / "mount.js").read_text(encoding="utf-8")}</script>')
        return "\n".join(parts)


def public_state(model):
    """The traits of a saved widget, without the machinery of widgets; binary ones as base64, which viewers take."""
    state = {k: v for k, v in model["state"].items() if k not in MACHINERY and not re.match("_(model|view)", k)}
    for buffer in model.get("buffers", []):
        place = state
        for step in buffer["path"][:-1]:
            place = place[step]
        place[buffer["path"][-1]] = buffer["data"]
    return state


def filled(title, body, *, run="", contents="", neighbours="", scripts="", home="../index.html"):
    """The page around a body: one file with its style, which may not fetch anything."""
    style = (FILES / "style.css").read_text(encoding="utf-8")
    page = Template((FILES / "page.html").read_text(encoding="utf-8"))
    contents = f'<nav class="contents" aria-label="On this page"><ol>{contents}</ol></nav>' if contents else ""
    return page.substitute(
        title=html.escape(title), style=style, body=body, home=home, run=run, contents=contents,
        neighbours=f'<nav class="neighbours">{neighbours}</nav>' if neighbours else "", scripts=scripts,
    )  # fmt: skip


def _run_it(address):
    links = f'<a href="{colab_url(address)}">Colab</a> · <a href="{binder_url(address)}">Binder</a>'
    return f"<span>Run it: {links}</span>"


def _neighbour(side, page):
    if not page:
        return ""
    arrow = {"before": "← ", "after": ""}[side], {"before": "", "after": " →"}[side]
    return f'<a class="{side}" href="{page[0]}">{arrow[0]}{html.escape(page[1])}{arrow[1]}</a>'


def _is_caption(output, of):
    """Whether an output is the sentence that show_figure writes under its picture, for views that drop alt texts."""
    alt = of.get("metadata", {}).get("image/png", {}).get("alt")
    return alt is not None and output.get("data", {}).get("text/markdown") == f"*{alt}*"


def _inside(text):
    """Text that may stand in a script element."""
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")
