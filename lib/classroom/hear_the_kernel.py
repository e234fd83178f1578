"""HearTheKernel: what can a spring remember, and what does it sound like?"""

import numpy as np
import traitlets

from .kernel_best import BEST, LIN_STEPS
from .kernel_numbers import LEVELS, delay_score, delay_weights, kernel_of, numbers_kept
from .viewer import Viewer

TASKS, INPUTS, LENGTHS = ("listen", "delay"), ("impulse", "step", "pluck", "word"), (64, 256, 1024)
MOST_NUMBERS, FASTEST_DECAY, FASTEST_TURN = 16, 16.0, 26.0
WORD = 9  # letters at most


def springs(modes):
    """Where the eigenvalues stand at first: they ring for a while, each at a pitch of its own."""
    return -0.15 - 0.03 * np.arange(modes) + 1j * (5 + 2.9 * np.arange(modes)) * (1 if modes < 7 else 0.8)


def _checked_eigenvalues(value):
    try:
        found = np.atleast_1d(np.asarray(value, dtype=np.complex128))
    except (TypeError, ValueError):
        found = np.zeros(0)
    if found.ndim != 1 or not 1 <= len(found) <= MOST_NUMBERS:
        raise ValueError(f"eigenvalues must be a row of 1 to {MOST_NUMBERS} complex numbers, got {value!r:.80}")
    if not np.isfinite(found).all():
        raise ValueError(f"eigenvalues must be finite, got {found[~np.isfinite(found)][0]}")
    for each in found:
        if not -FASTEST_DECAY <= each.real <= 0 or not 0 <= each.imag <= FASTEST_TURN:
            raise ValueError(f"eigenvalues must have real parts from {-FASTEST_DECAY:g} to 0 and imaginary parts from "
                             f"0 to {FASTEST_TURN:g} (each stands for its mirror image too), got {each}")  # fmt: skip
    if (kept := numbers_kept(found)) > MOST_NUMBERS:
        raise ValueError(f"eigenvalues must keep at most {MOST_NUMBERS} numbers, two for each above the real axis, "
                         f"got {kept}")  # fmt: skip
    return found


class HearTheKernel(Viewer):
    """What can a spring remember, and what does it sound like?

    A plane of eigenvalues to be dragged, and the step Δ: how fast each mode dies, and how fast it turns. Beside it the
    answer to an impulse, or to another input, found three times: as the motion itself (the line), by the recurrence
    (dots) and by convolution with the kernel (rings). The kernel is a sound: its numbers, 4,000 a second. The task:
    build a delay of twenty steps out of 1, 2, 4 or 8 pairs. There one hears the steps, twenty a second: wood for what
    goes in, a drum for what comes out; whoever knocks a rhythm is answered. The player places them, the page finds the
    weights C by least squares, and shows how much of the impulse comes through at step 20, beside S4D-Lin and the best
    that a search found. The score is 100 · (1 - Σ (K_l - δ_l)²) over 64 steps: 100 for a delay without fault, 0 if
    nothing comes out; with these weights it is what comes through, in per cent (with real ones up to 1 more: their
    weights are held in bounds). With real eigenvalues only, twice as many keep as many numbers. A word is a rhythm of 1
    to 9 beats: its letters knock, its spaces are silent, and a good delay says it again. What is built can be kept: as
    a line of Python with the result, and as a sound file.

    eigenvalues: complex, real parts from -16 to 0, imaginary parts from 0 to 26; one above the real axis stands for
    its mirror image too and keeps two numbers; 16 numbers at most. step: Δ, 0.001 to 1. modes: how many pairs, 1 to 8,
    where no eigenvalues are given (with real=True, twice as many real ones). task: "listen" (C = 1) or "delay".

    From a cell, read or set ``viewer.eigenvalues``, ``viewer.step``, ``viewer.task``, ``viewer.real`` (real only),
    ``viewer.chosen`` (one eigenvalue), ``viewer.input`` ("impulse", "step", "pluck", "word"), ``viewer.word``,
    ``viewer.length`` (of steps shown: 64, 256 or 1,024), ``viewer.muted``. Read ``viewer.kernel()``,
    ``viewer.weights`` (C), ``viewer.score``, ``viewer.through`` (K_20), ``viewer.smear`` (the energy at other steps),
    all three as if the task were the delay; and ``viewer.best``, a mapping from a level such as "4 pairs" or "8 real"
    to the reader's best: [score, eigenvalues as [real, imaginary], step]. Everything is computed in the browser, and
    nothing plays by itself. Raises ValueError that names the argument.
    Held by tests/viewers/test_hear_the_kernel.py and kernel.test.mjs.
    """

    _javascript = "kernel"

    eigenvalues = traitlets.Any().tag(
        sync=True,
        to_json=lambda a, _: None if a is None else [[float(x.real), float(x.imag)] for x in a],
        from_json=lambda a, _: None if a is None else np.array([complex(*x) for x in a]),
    )
    step = traitlets.Any(0.1).tag(sync=True)
    task = traitlets.Enum(TASKS, "listen").tag(sync=True)
    real = traitlets.Bool(False).tag(sync=True)
    chosen = traitlets.Any(0).tag(sync=True)
    input = traitlets.Enum(INPUTS, "impulse").tag(sync=True)
    word = traitlets.Unicode("rat a tat").tag(sync=True)
    length = traitlets.Enum(LENGTHS, 64).tag(sync=True)
    muted = traitlets.Bool(False).tag(sync=True)
    best = traitlets.Dict().tag(sync=True)
    _found = traitlets.Dict().tag(sync=True)
    _lin_steps = traitlets.Dict().tag(sync=True)

    def __init__(self, eigenvalues=None, step=0.1, modes=2, title=None, **traits):
        if isinstance(modes, bool) or not isinstance(modes, int) or not 1 <= modes <= max(LEVELS):
            raise ValueError(f"modes must be a whole number from 1 to {max(LEVELS)}, got {modes!r}")
        found = {
            level: {"score": score, "at": [list(pair) for pair in zip(*parts, strict=True)]}
            for level, (score, *parts) in BEST.items()
        }
        super().__init__(title="Hear the kernel" if title is None else title, _found=found, _lin_steps=LIN_STEPS)
        self.real = traits.pop("real", False)
        if eigenvalues is None:
            eigenvalues = -1.0 - np.arange(2 * modes) if self.real else springs(modes)
        self.eigenvalues, self.step = eigenvalues, step
        self._quiet = False
        for name, value in traits.items():
            setattr(self, name, value)

    @traitlets.validate("eigenvalues")
    def _check_eigenvalues(self, proposal):
        found = _checked_eigenvalues(proposal.value)
        if not self._quiet and self.real and found.imag.any():
            raise ValueError(
                f"eigenvalues must lie on the real axis while real is True, got {found[found.imag > 0][0]}"
            )
        return found

    @traitlets.validate("step")
    def _check_step(self, proposal):
        value = proposal.value
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0.001 <= value <= 1:
            raise ValueError(f"step must be a number from 0.001 to 1, got {value!r}")
        return float(value)

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal):
        value, most = proposal.value, len(self.eigenvalues) - 1
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value <= most:
            raise ValueError(f"chosen must be a whole number from 0 to {most}, got {value!r}")
        return int(value)

    @traitlets.validate("word")
    def _check_word(self, proposal):
        word = proposal.value
        if not 1 <= len(word) <= WORD or not all("a" <= letter <= "z" or letter == " " for letter in word):
            raise ValueError(f"word must hold 1 to {WORD} letters from a to z, or spaces, got {word!r}")
        return word

    @traitlets.observe("real")
    def _real_changed(self, change):
        if not self._quiet:
            pairs = -(-numbers_kept(self.eigenvalues) // 2)
            with self._quietly(), self.hold_sync():
                self.eigenvalues = -1.0 - np.arange(2 * pairs) if self.real else springs(pairs)

    @traitlets.observe("eigenvalues")
    def _fewer(self, change):
        if self.chosen >= len(self.eigenvalues):
            self.chosen = 0

    @property
    def weights(self):
        """(M,) C: ones while one listens, those of least squares in the task."""
        if self.task == "delay":
            return delay_weights(self.eigenvalues, self.step)
        return np.ones(len(self.eigenvalues), np.complex128)

    def kernel(self, length=64):
        """(length,) K_0, K_1, …: the answer to an impulse at step 0, and the convolution's kernel."""
        if isinstance(length, bool) or not isinstance(length, int | np.integer) or not 1 <= length <= 100_000:
            raise ValueError(f"length must be a whole number from 1 to 100000, got {length!r}")
        return kernel_of(self.eigenvalues, self.step, self.weights, length)

    def _delay(self):
        weights = delay_weights(self.eigenvalues, self.step)
        return delay_score(kernel_of(self.eigenvalues, self.step, weights, 64))

    @property
    def score(self):
        """How good a delay of twenty steps these eigenvalues make, 0 to 100."""
        return self._delay()[0]

    @property
    def through(self):
        """How much of the impulse comes through at step 20, with the weights of the task."""
        return self._delay()[1]

    @property
    def smear(self):
        """The energy that comes out at all other steps, with the weights of the task."""
        return self._delay()[2]

    def describe(self):
        """The sentence for alt and text: the eigenvalues, their half-lives and turns, the score in the task."""
        if self.alt:
            return self.alt
        rates = (-self.eigenvalues.real.min(), -self.eigenvalues.real.max())
        lives = [f"{np.log(2) / (rate * self.step):.3g}" if rate else "endless" for rate in rates]
        turns = self.eigenvalues.imag.max() * self.step / (2 * np.pi)
        kept = numbers_kept(self.eigenvalues)
        said = f"{self.title or 'A kernel'}: {len(self.eigenvalues)} eigenvalue{'s' * (len(self.eigenvalues) > 1)}, "
        said += f"{kept} number{'s' * (kept > 1)} kept, step {self.step:.3g}; "
        said += f"half-life {lives[0]} steps" if lives[0] == lives[1] else f"half-lives {lives[0]} to {lives[1]} steps"
        said += f", at most {turns:.3f} cycles a step" if turns else ", none of them turns"
        if self.task == "delay":
            said += f"; as a delay of 20 steps: {self.through:.1%} of an impulse comes through"
            count = len(self.eigenvalues)
            level = f"{count} real" if self.real else f"{count} pair{'s' * (count > 1)}"
            if level in BEST:
                best = np.array(BEST[level][1]) + 1j * np.array(BEST[level][2])
                through = delay_score(kernel_of(best, 0.1, delay_weights(best, 0.1), 64))[1]
                said += f" (best found: {through:.1%})"
        return said + "."

    def figure(self):
        """The plane and the kernel, as a matplotlib Figure."""
        from .kernel_picture import kernel_figure

        return kernel_figure(self)
