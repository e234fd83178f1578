"""What every viewer is on the Python side: traits, a picture, a sentence, one text of JavaScript."""

import base64
import contextlib
import pathlib
import re

import anywidget
import numpy as np
import traitlets
from matplotlib import style

from .figures import figure_png

STATIC = pathlib.Path(__file__).parent / "static"
_IMPORT = re.compile(r"^import [^;]*?from '\./([\w]+)\.js';\n", re.MULTILINE)


def joined_javascript(name):
    """One ES module: ``static/<name>.js`` with the files it imports, each once, in the order they are needed.

    anywidget sends a viewer's JavaScript as one text, and a page opened from disk may not import files.
    So every shared line stands in one file only, with ordinary imports, and is joined here when the class is made.
    Held by tests/viewers/test_python.py (joins once, no import left) and by every browser test.
    """
    parts = []

    def add(file):
        text = (STATIC / f"{file}.js").read_text(encoding="utf-8")
        for needed in _IMPORT.findall(text):
            if needed not in seen:
                seen.add(needed)
                add(needed)
        parts.append(_IMPORT.sub("", text))

    seen = {name}
    add(name)
    return "\n".join(parts)


def quantise(array):
    """An array as little-endian 16-bit codes with its range: ``(codes, low, high)``.

    ``decode16`` in common.js undoes it. The error is at most (high - low) / 131070. NaN and infinity raise ValueError.
    """
    array = np.asarray(array, dtype=np.float64)
    if array.size == 0 or not np.isfinite(array).all():
        raise ValueError(
            f"array must be non-empty and finite, got shape {array.shape} with "
            f"{array.size - np.isfinite(array).sum()} NaN or infinite entries"
        )
    low, high = float(array.min()), float(array.max())
    span = (high - low) or 1.0
    codes = np.round((array - low) * (65535 / span)).astype("<u2").tobytes()
    return codes, low, low + span


class Viewer(anywidget.AnyWidget):
    """A picture that answers: drawn by JavaScript in the notebook, by matplotlib wherever no JavaScript runs.

    A subclass names its file with ``_javascript = "name"`` (for ``static/name.js``), keeps its state in synced traits
    and writes ``describe()`` and ``figure()``. All that a viewer computes while it is used is computed in JavaScript:
    it works on a page without a kernel.

    ``title`` stands above the viewer, ``alt`` replaces the sentence for screen readers, ``theme`` is "auto"
    (JupyterLab, VS Code, Colab, the system), "light" or "dark".
    """

    title = traitlets.Unicode("").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)
    _quiet = True  # while the browser, or a constructor that ends with False, sets several traits that fit together

    def __init_subclass__(cls, **kwargs):
        if "_javascript" in cls.__dict__:
            cls._esm = joined_javascript(cls._javascript)
        super().__init_subclass__(**kwargs)

    def set_state(self, sync_data):
        """Take what the reader did in the browser, where everything is kept together."""
        with self._quietly():
            super().set_state(sync_data)

    @contextlib.contextmanager
    def _quietly(self):
        """Observers that make one trait follow another look at `_quiet` and hold still."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def describe(self):
        """One sentence with what there is to see: the alt text and the text form."""
        return self.alt or self.title

    def figure(self):
        """The same picture as a matplotlib Figure."""
        raise NotImplementedError(f"{type(self).__name__} has no static picture")

    def to_png(self):
        """The static picture as PNG bytes, whatever style the notebook has set, and its width in CSS pixels."""
        with style.context("default"):
            return figure_png(self.figure())

    def __repr__(self):
        return f"{type(self).__name__}: {self.describe()}"  # no address: the same text in every run

    def _bundle(self, **kwargs):
        """The live view and the text: what every viewer's output has."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": repr(self)}, metadata

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = self._bundle(**kwargs)
        png, width = self.to_png()
        data["image/png"] = base64.b64encode(png).decode("ascii")
        return data, {**metadata, "image/png": {"alt": self.describe(), "width": width}}
