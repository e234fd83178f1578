"""What the build does to the outputs of a notebook: make them repeatable, and hold the budgets."""

import base64
import re

from tools.notebook import CourseError, tags

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
WARNING = re.compile(r"^.*\b\w*Warning: .*$", re.M)
FIGURE_BYTES = 30_000
NOTEBOOK_BYTES = 400_000


def clean(notebook):
    """Take out whatever differs from one run, process or machine to the next."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined([without_view(output) for output in cell.outputs])
            for output in cell.outputs:
                without_addresses(output)


def without_view(output):
    """Drop a widget's view (its random id means nothing tomorrow); the picture or text beside it stays."""
    data = output.get("data", {})
    if WIDGET_VIEW in data:
        if not {"image/png", "image/svg+xml", "text/html", "text/plain"} & set(data):
            raise CourseError("a widget is shown with neither a picture nor a text beside it")
        del data[WIDGET_VIEW]
        output.metadata.pop(WIDGET_VIEW, None)
    return output


def joined(outputs):
    """Neighbouring pieces of one stream as one output: where the kernel cuts them is chance."""
    whole = []
    for output in outputs:
        last = whole[-1] if whole else None
        if last and output.output_type == "stream" == last.output_type and output.name == last.name:
            last["text"] += output["text"]
        else:
            whole.append(output)
    return whole


def without_addresses(output):
    """'<function f at 0x7f…>' names a place in memory: keep the words, drop the place."""
    if output.output_type == "stream":
        output["text"] = ADDRESS.sub("at 0x…", output["text"])
    for kind in ("text/plain", "text/html"):
        if kind in output.get("data", {}):
            output["data"][kind] = ADDRESS.sub("at 0x…", output["data"][kind])
    if "image/png" in output.get("data", {}):
        output["data"]["image/png"] = output["data"]["image/png"].replace("\n", "")


def keep_timings(notebook, old):
    """Put the earlier output back into each `timing` cell if its code and the code before it are the same.

    The injected start cell does not count: a new tag of the course makes no measurement stale.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    earlier = [cell for cell in old.cells if cell.cell_type == "code"] if old else []
    for new, before in zip(code, earlier, strict=False):
        if new.source != before.source and "start" not in tags(new):
            return
        if "timing" in tags(new) and before.outputs:
            new.outputs = before.outputs


def complaints(cell):
    """What is wrong with the outputs of one executed code cell, as a list of sentences."""
    found = []
    for output in cell.outputs:
        text = output.get("text", "")
        warned = WARNING.search(text)
        if output.output_type == "stream" and output.name == "stderr":
            found.append(f"it writes to stderr: {text.strip()[:300]}")
        elif warned:
            found.append(f"it prints a warning: {warned[0].strip()[:300]}")
        for kind in output.get("data", {}):
            if kind.startswith("image/"):
                found += picture_complaints(output, kind)
    return found


def picture_complaints(output, kind):
    """A picture has words for those who cannot see it, and is small."""
    found, picture = [], output["data"][kind]
    alt = output.metadata.get(kind, {}).get("alt", "")
    if not alt.strip():
        found.append(
            "it shows a picture without alt text: use show_figure(fig, alt='…'), "
            f"or give the output the metadata {{'{kind}': {{'alt': '…'}}}}"
        )
    size = len(picture.encode()) if kind == "image/svg+xml" else len(base64.b64decode(picture))
    if size > FIGURE_BYTES:
        found.append(f"its picture has {size:,} bytes, the budget is {FIGURE_BYTES:,}: make it smaller")
    return found
