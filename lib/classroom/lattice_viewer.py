"""LatticeViewer: all the ways in which the frames of a strip can spell a word."""

import numpy as np
import traitlets

from .lattice_numbers import alone, frames_needed, is_path, may_jump, outputs_after, solved
from .viewer import Viewer, quantise

LEAST, MOST = 0.001, 0.999  # of a probability that the reader sets


def _checked_outputs(log_probs):
    """(T, C) in float64: finite, each frame's probabilities summing to one."""
    table = np.array(log_probs, dtype=np.float64)
    if table.ndim != 2 or table.size == 0:
        raise ValueError(f"log_probs must have shape (T, C), one sequence and not empty, got {table.shape}")
    frames, classes = table.shape
    if frames > LatticeViewer.MOST_FRAMES or not 2 <= classes <= LatticeViewer.MOST_CLASSES:
        raise ValueError(
            f"log_probs has {frames} frames and {classes} classes; LatticeViewer draws at most "
            f"{LatticeViewer.MOST_FRAMES} frames of 2 to {LatticeViewer.MOST_CLASSES} classes"
        )
    if not np.isfinite(table).all():
        raise ValueError(f"log_probs must be finite, got {(~np.isfinite(table)).sum()} NaN or infinite entries")
    sums = np.exp(table).sum(1)
    if (wrong := np.abs(sums - 1) > 1e-3).any():
        frame = int(wrong.argmax())
        raise ValueError(
            f"log_probs must hold logarithms of probabilities that sum to one, as log_softmax gives; "
            f"those of frame {frame} sum to {sums[frame]:.4g}"
        )
    return table


def _checked_strip(strip, frames):
    """(H, W) in float64, finite, W a multiple of the frames; None where there is none."""
    if strip is None:
        return None
    image = np.array(strip, dtype=np.float64)
    if image.ndim != 2 or image.size == 0 or image.shape[1] % frames:
        raise ValueError(f"strip must have shape (H, T) with T = {frames}, or a multiple of it, got {image.shape}")
    if not np.isfinite(image).all():
        raise ValueError(f"strip must be finite, got {(~np.isfinite(image)).sum()} NaN or infinite entries")
    return image


def _checked_symbols(symbols, classes, blank):
    names = [str(symbol) for symbol in symbols]
    if len(names) != classes:
        raise ValueError(f"symbols has {len(names)} entries, but log_probs has {classes} classes; give {classes} names")
    others = [name for k, name in enumerate(names) if k != blank]
    if len(set(others)) != len(others) or "" in others:
        raise ValueError(f"symbols must be distinct and not empty, got {names}")
    return names


class LatticeViewer(Viewer):
    """How can a short word be trained on a long strip when nobody says which column belongs to which symbol?

    Above, the strip; below it the lattice: a column for each frame, a row for each symbol of the word and for the
    blanks around them, pale. Discs and lines show what the paths weigh in four layers: "alpha" (what arrives from the
    left), "beta" (what is still to come), "posterior" (both multiplied) and "gradient" (where the loss pushes the
    outputs). Below the lattice the best path of the word, or the reader's, and what the outputs say alone, the best
    class of each column; then the outputs: bars are what the network says, the line is what the word wants.
    The reader moves a column, bends a path, drags an output up or down, takes steps along the gradient, types another
    word. Everything is computed in the browser, in float64 logarithms.

    log_probs: (T, C), as log_softmax gives; T <= 200, C <= 64. target: labels from 0 to C - 1, none of them the
    blank, or a text of symbols such as "337"; at most 12; it may be empty. symbols: C names; the blank's is drawn
    where it is one character, such as "·", and no symbol; else a dash stands for the blank.
    strip: (H, T), or (H, nT), a picture of the input, drawn from its least value (paper) to its largest (ink).

    From a cell, read or set ``viewer.position`` (a frame from 0), ``viewer.target``, ``viewer.path`` (a place from 0
    to 2U for each frame, or [] for none), ``viewer.layer``, ``viewer.edits`` (one after the other: [frame, class,
    probability], where the others of the frame keep their proportions, or "step": one step of size 1 along the
    gradient of the outputs before the softmax, for the target as it stands). ``viewer.outputs``, ``viewer.loss`` and
    ``viewer.says`` are after the edits. A new target ends the path.
    Raises ValueError, naming the argument and the numbers.
    Source: Graves and others 2006. Held by tests/viewers/test_lattice.py to seqmodels.ctc.lattice, and
    lattice.test.mjs.
    """

    _javascript = "lattice"
    LAYERS = ("alpha", "beta", "posterior", "gradient")
    MOST_FRAMES, MOST_CLASSES, MOST_LABELS, MOST_EDITS = 200, 64, 12, 300

    _log_probs = traitlets.Bytes().tag(sync=True)
    _shape = traitlets.List(traitlets.Int()).tag(sync=True)
    _strip = traitlets.Bytes().tag(sync=True)
    _strip_shape = traitlets.List(traitlets.Int()).tag(sync=True)
    symbols = traitlets.List(traitlets.Unicode()).tag(sync=True)
    blank = traitlets.Int(0).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    target = traitlets.Any().tag(sync=True)
    path = traitlets.Any().tag(sync=True)
    layer = traitlets.Any("posterior").tag(sync=True)
    edits = traitlets.Any().tag(sync=True)

    def __init__(self, log_probs, target, symbols, blank=0, strip=None, title="", **traits):
        self._given = _checked_outputs(log_probs)
        frames, classes = self._given.shape
        if isinstance(blank, bool) or not isinstance(blank, int | np.integer) or not 0 <= blank < classes:
            raise ValueError(f"blank must be a class from 0 to {classes - 1}, got {blank!r}")
        self._image = _checked_strip(strip, frames)
        names = _checked_symbols(symbols, classes, blank)
        super().__init__(
            title=title,
            symbols=names,
            blank=int(blank),
            _log_probs=self._given.astype("<f8").tobytes(),
            _shape=[frames, classes],
            _strip=b"" if self._image is None else quantise(self._image)[0],
            _strip_shape=[] if self._image is None else list(self._image.shape),
            path=[],
            edits=[],
        )
        self.target = self._labels(target)
        self._quiet = False
        for name, value in {"position": frames // 2, **traits}.items():
            setattr(self, name, value)

    @property
    def outputs(self):
        """log_probs (T, C) as they are shown: after the edits."""
        return outputs_after(self.edits, self._given, self.target, self.blank)

    @property
    def loss(self):
        """-log P(target | strip) in nats, of the outputs as they are shown; inf where the frames are too few."""
        return -self._solved()["log_likelihood"]

    def _solved(self):
        return solved(self.outputs, self.target, self.blank)

    def _labels(self, value):
        """Labels, checked; a text is read as symbols, the longest that fits first."""
        if not isinstance(value, str):
            found = np.asarray(value)
            if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
                raise ValueError(f"target must be a text of symbols or one sequence of whole numbers, got {value!r}")
            return found.tolist()
        known = sorted(
            ((name, k) for k, name in enumerate(self.symbols) if k != self.blank), key=lambda pair: -len(pair[0])
        )
        labels, rest = [], value
        while rest:
            found = next(((name, k) for name, k in known if rest.startswith(name)), None)
            if found is None and not rest[0].isspace():
                raise ValueError(f"target: {rest[:8]!r} begins with none of the symbols {[n for n, _ in known][:12]}")
            labels += [] if found is None else [found[1]]
            rest = rest[1 if found is None else len(found[0]) :]
        return labels

    @traitlets.validate("target")
    def _check_target(self, proposal):
        labels = self._labels(proposal.value)
        if len(labels) > self.MOST_LABELS:
            raise ValueError(f"target has {len(labels)} labels; LatticeViewer draws at most {self.MOST_LABELS}")
        classes = self._shape[1]
        for k in labels:
            if not 0 <= k < classes or k == self.blank:
                raise ValueError(
                    f"target must hold labels from 0 to {classes - 1} other than the blank {self.blank}, got {k}"
                )
        return labels

    @traitlets.observe("target")
    def _end_the_path(self, change):
        if not self._quiet:
            self.path = []

    @traitlets.validate("path")
    def _check_path(self, proposal):
        path = [int(s) for s in proposal.value]
        if self._quiet or not path:
            return path
        extended = np.full(2 * len(self.target) + 1, self.blank)
        extended[1::2] = self.target
        if not is_path(path, may_jump(extended, self.blank), self._shape[0]):
            raise ValueError(
                f"path must hold a place from 0 to {len(extended) - 1} for each of {self._shape[0]} frames: from place "
                f"0 or 1 to one of the last two, each step staying, going on by one, or jumping over a blank between "
                f"two different symbols; got {path}"
            )
        return path

    @traitlets.validate("layer")
    def _check_layer(self, proposal):
        if proposal.value not in self.LAYERS:
            raise ValueError(f"layer must be one of {self.LAYERS}, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("position")
    def _check_position(self, proposal):
        if not 0 <= proposal.value < self._shape[0]:
            raise ValueError(f"position must be a frame from 0 to {self._shape[0] - 1}, got {proposal.value}")
        return proposal.value

    @traitlets.validate("edits")
    def _check_edits(self, proposal):
        (frames, classes), checked = self._shape, []
        if len(proposal.value) > self.MOST_EDITS:
            raise ValueError(f"edits has {len(proposal.value)} entries; at most {self.MOST_EDITS}")
        for edit in proposal.value:
            if isinstance(edit, str) and edit == "step":
                checked.append("step")
                continue
            numbers = not isinstance(edit, str) and len(edit) == 3
            fits = numbers and edit[0] in range(frames) and edit[1] in range(classes) and LEAST <= edit[2] <= MOST
            if not fits:
                raise ValueError(
                    f"edits must hold 'step' or [frame, class, probability] with a frame from 0 to {frames - 1}, a "
                    f"class from 0 to {classes - 1} and a probability from {LEAST} to {MOST}, got {edit!r}"
                )
            checked.append([int(edit[0]), int(edit[1]), float(edit[2])])
        return checked

    def word(self):
        """The target in symbols."""
        return " ".join(self.symbols[k] for k in self.target) or "nothing"

    @property
    def says(self):
        """What the outputs as they are shown say by themselves, in symbols."""
        return " ".join(self.symbols[k] for k in alone(self.outputs, self.blank)) or "nothing"

    def describe(self):
        """The sentence for alt and text: frames, word, loss, the best path's share, where the word is at the column,
        what the outputs say alone."""
        if self.alt:
            return self.alt
        frames, places = self._shape[0], 2 * len(self.target) + 1
        head = f"{self.title or 'A lattice'}: {frames} frames and the word {self.word()}"
        numbers = self._solved()
        if numbers["best"] is None:
            return f"{head}; impossible: it needs {frames_needed(self.target)} frames."
        best = float(numbers["emit"][np.arange(frames), numbers["best"]].sum())
        mass = numbers["log_likelihood"]
        share = np.exp(best - mass)
        percent = "under 1 %" if share < 0.005 else f"{100 * share:.0f} %"
        one = "path" if numbers["alike"] < 2 else "path, one of many alike,"
        gamma = np.exp(numbers["posterior"][self.position])
        place = int(gamma.argmax())
        where = f"symbol {place // 2 + 1} of {places // 2}" if place % 2 else "a blank"
        return (
            f"{head}; all paths together have probability {np.exp(mass):.3g}, a loss of {-mass:.2f} nats, and the most "
            f"probable {one} has {percent} of it; at frame {self.position + 1} the paths are in {where} "
            f"with probability {gamma[place]:.2f}; alone, the outputs say {self.says}."
        )

    def figure(self):
        """Strip, lattice and outputs as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .lattice_picture import lattice_figure

        return lattice_figure(self)
