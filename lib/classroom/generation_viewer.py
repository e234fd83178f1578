"""GenerationViewer: one prompt, continued by several models side by side."""

import traitlets

from .generation_runs import CHOICE, checked_runs, choice_of, settled, surprises
from .viewer import Viewer


class GenerationViewer(Viewer):
    """What does each model know about what comes next?

    One lane for each model: the prompt, then what it writes, each character tinted by its surprise, -log2 p in bits,
    and the most probable characters at the place that the reader looks at. All lanes are written at once. The mean in
    each lane is the model's surprise at its own draws: what it believed of its own text, not a score.

    runs: dicts as ``seqmodels.continuation`` gives them, one for each model, prompt, temperature and seed:
    ``{"model": "LSTM", "prompt": "The ", "seed": 0, "temperature": 1.0, "text": "cat", "probabilities": [.1, .6, .9],
    "top": [[("d", .2), ("c", .1)], ...]}`` and, if wanted, ``"year"`` and ``"keeps"`` (what the model stores); at most
    8 models, 300 characters. The page offers a choice of whatever varies.
    compute: a function ``compute(prompt, temperature, seed)`` that returns such runs; with it, and a running kernel,
    the reader may type a prompt. What it raises is shown in words.

    From a cell, read or set ``viewer.prompt``, ``viewer.temperature``, ``viewer.seed`` (one of those in the runs),
    ``viewer.position`` (characters written), ``viewer.lane`` and ``viewer.pinned`` (a written character of that lane,
    or None), ``viewer.speed`` (characters a second). Raises ValueError, naming the run and the numbers.
    Held by tests/viewers/test_generation.py and generation.test.mjs.
    """

    _javascript = "generation"
    KEPT = 5  # prompts of the reader's own that stay in the choice

    _runs = traitlets.List(traitlets.Dict()).tag(sync=True)
    prompt = traitlets.Unicode("").tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    lane = traitlets.Int(0).tag(sync=True)
    pinned = traitlets.Int(None, allow_none=True).tag(sync=True)
    speed = traitlets.Float(8.0).tag(sync=True)
    can_compute = traitlets.Bool(False, read_only=True).tag(sync=True)

    def __init__(self, runs, compute=None, title="", **traits):
        if compute is not None and not callable(compute):
            raise ValueError(f"compute must be a function of (prompt, temperature, seed), got {compute!r}")
        self._given, self._asked, self._compute = checked_runs(runs), {}, compute
        wish = {name: traits.pop(name, self._given[0][name]) for name in CHOICE}
        super().__init__(_runs=self._given, title=title)
        self.set_trait("can_compute", compute is not None)
        for name in CHOICE:
            setattr(self, name, wish[name])
        self._quiet = False
        self._settle(CHOICE)
        for name, value in traits.items():
            setattr(self, name, value)
        self.on_msg(self._heard)

    @property
    def lanes(self):
        """The runs that are shown: those of the chosen prompt, temperature and seed."""
        return [run for run in self._runs if choice_of(run) == (self.prompt, self.temperature, self.seed)]

    @property
    def length(self):
        """How many characters the longest lane has."""
        return max(len(run["text"]) for run in self.lanes)

    @traitlets.validate("prompt", "temperature", "seed")
    def _check_choice(self, proposal):
        name = proposal.trait.name
        offered = list(dict.fromkeys(run[name] for run in self._runs))
        if proposal.value not in offered:
            raise ValueError(f"{name} is {proposal.value!r}, expected one of those in the runs: {offered}")
        return proposal.value

    @traitlets.validate("position", "lane", "pinned")
    def _check_place(self, proposal):
        name, value = proposal.trait.name, proposal.value
        if value is None or self._quiet:
            return value
        most = {"position": self.length, "lane": len(self.lanes) - 1, "pinned": self.length - 1}[name]
        if not 0 <= value <= most:
            raise ValueError(f"{name} must lie in 0..{most}, got {value}")
        return value

    @traitlets.validate("speed")
    def _check_speed(self, proposal):
        if not 0.1 <= proposal.value <= 1000:
            raise ValueError(f"speed must be 0.1 to 1000 characters a second, got {proposal.value}")
        return proposal.value

    @traitlets.observe("prompt", "temperature", "seed")
    def _choice_changed(self, change):
        if not self._quiet:
            self._settle((change.name, *(name for name in CHOICE if name != change.name)))

    def _settle(self, first):
        """Make the three choices name runs that there are; as much is written of them as of those before."""
        now = {name: getattr(self, name) for name in CHOICE}
        choice = settled(self._runs, now, first)
        with self._quietly(), self.hold_sync():
            self.prompt, self.temperature, self.seed = choice
            self.position, self.pinned = min(self.position, self.length), None
            self.lane = min(self.lane, len(self.lanes) - 1)

    def _heard(self, _, content, __):
        """A message of the page: "hello" asks whether Python is there, "ask" brings a prompt."""
        if content.get("kind") == "hello":
            self.send({"kind": "here"})
        elif content.get("kind") == "ask":
            try:
                self.ask(str(content["prompt"]), float(content["temperature"]), int(content["seed"]))
            except Exception as error:  # whatever the reader's function raises is told on the page
                self.send({"kind": "failed", "text": str(error) or type(error).__name__})
            else:
                self.send({"kind": "done"})

    def ask(self, prompt, temperature=1.0, seed=0):
        """Let the models continue another prompt, and show it; the last five stay in the choice."""
        if self._compute is None:
            raise ValueError("this viewer was made without compute=..., a function of (prompt, temperature, seed)")
        if not prompt:
            raise ValueError("prompt is empty; type at least one character")
        runs = checked_runs(self._compute(prompt, temperature, seed))
        new = choice_of(runs[0])
        self._asked.pop(new, None)
        self._asked[new] = runs
        self._asked = dict(list(self._asked.items())[-self.KEPT :])
        newer = [run for runs in self._asked.values() for run in runs]
        keys = {(run["model"], *choice_of(run)) for run in newer}
        kept = [run for run in self._given if (run["model"], *choice_of(run)) not in keys]
        with self._quietly(), self.hold_sync():
            self._runs = kept + newer
            self.prompt, self.temperature, self.seed = new
            self.position = 0
            self._settle(CHOICE)

    def describe(self):
        """The sentence for alt and text: what each model wrote first, and its mean surprise."""
        if self.alt:
            return self.alt
        told = "; ".join(
            f"{run['model']} writes {_begin(run['text'])} ({surprises(run).mean():.1f} bits a character)"
            for run in self.lanes
        )
        models = "1 model continues" if len(self.lanes) == 1 else f"{len(self.lanes)} models continue"
        title = f"{self.title}: " if self.title else ""
        return f"{title}{models} {self.prompt!r}: {told}."

    def figure(self):
        """The lanes, whole, tinted by surprise, as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .generation_picture import generation_figure

        return generation_figure(self.lanes, self.title)


def _begin(text, most=40):
    return repr(text if len(text) <= most else text[: most - 1] + "…")
