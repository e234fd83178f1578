"""SelectionViewer: when does the model open the door, and what is then in the room?"""

import base64

import numpy as np
import traitlets

from . import selection_numbers as numbers
from .selection_trace import checked_hold, checked_layer, checked_marks, checked_text, checked_tokens, checked_trace
from .viewer import Viewer, quantise


class SelectionViewer(Viewer):
    """When does the model open the door, and what is then in the room?

    The door is Δ: a step keeps exp(ΔA) of every state and writes the more, the larger Δ is. Seen are, on one time axis,
    the door of one channel among those of all, its N states, and, for the step at the cursor, what of every earlier
    token is still there: what it wrote times all decays since, exactly, as one row of the matrix that the layer
    applies. Below, Δ of all channels. A Δ may be set by hand: the states follow at once in the page, and with
    ``compute`` Python runs the model so and tells what it says then.

    trace: mapping (such as a Trace) with delta (T, D) and state (T, D, N), and if known B (T, N), C (T, N) and the
    input x (T, D) (also called conv, input or u). A batch of 1 is dropped, a dotted name counts by its last part.
    Instead of state, B and x will do: the states are then those of h_t = exp(ΔA) h + Δ B x. With C a token's part is
    that in the output C_t h_t of its channel, without it the size of what is left of it in the N states. Of several
    layers, layer (a place from 0 or the part of the name before the dot) picks one, None the first.
    A: (D, N) or (N,), below 0; may be left out where trace has it. tokens: a text or a list of T texts. marked: T
    booleans, the tokens that matter. text: what the model says as it is. compute: a function of a hold,
    {"position": 12, "channel": 7 or None for all, "delta": 2.0}, which runs the model so and returns a text.
    T x D x N is 600,000 at most, T 512.

    From a cell, read or set ``viewer.channel``, ``viewer.position`` (the step), ``viewer.sort`` ("marked", "half-life",
    "number"), ``viewer.quantity`` ("door": 1 - exp(-Δ min|A|), or "delta": Δ on a log scale), ``viewer.hold`` (or
    None). Read ``viewer.remembered()``, ``viewer.door`` (T, D), ``viewer.order``, ``viewer.held_text``.
    Raises ValueError, naming what is wrong. Held by tests/viewers/test_selection.py and selection.test.mjs.
    """

    _javascript = "selection"

    tokens = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    marked = traitlets.List(traitlets.Bool(), read_only=True).tag(sync=True)
    can_compute = traitlets.Bool(False, read_only=True).tag(sync=True)
    channel = traitlets.Int(0).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    sort = traitlets.Unicode("number").tag(sync=True)
    quantity = traitlets.Enum(["door", "delta"], "door").tag(sync=True)
    hold = traitlets.Dict(None, allow_none=True).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    held_text = traitlets.Unicode("").tag(sync=True)
    _layout = traitlets.Dict().tag(sync=True)
    _codes = traitlets.Bytes(b"").tag(sync=True, to_json=lambda codes, _: base64.b64encode(codes).decode("ascii"))

    def __init__(self, trace, tokens, A=None, title="", layer=None, marked=None, compute=None, text="", **traits):
        if compute is not None and not callable(compute):
            raise ValueError(f"compute must be a function of a hold, got {compute!r}")
        tokens = checked_tokens(tokens)
        keys, self.layer, self.layers = checked_layer(trace, layer)
        self._values, self._compute = checked_trace(trace, keys, A, len(tokens)), compute
        super().__init__(title=title or "", text=checked_text(text, "text"), hold=None)
        self.set_trait("tokens", tokens)
        self.set_trait("marked", checked_marks(marked, len(tokens)))
        self.set_trait("can_compute", compute is not None)
        self._layout, self._codes = _coded(self._values, self.layer if len(self.layers) > 1 else "")
        self._quiet = False
        self.sort = traits.pop("sort", "marked" if self.marked else "half-life")
        self.channel = traits.pop("channel", int(self.order[0]))
        self.position = traits.pop("position", len(tokens) - 1)
        for name, value in traits.items():
            setattr(self, name, value)
        self.on_msg(self._heard)

    # ------------------------------------------------------------ what there is

    @property
    def delta(self):
        """Δ (T, D), the one set by hand included."""
        delta = self._values["delta"]
        if self.hold:
            delta, where = delta.copy(), slice(None) if self.hold["channel"] is None else self.hold["channel"]
            delta[self.hold["position"], where] = self.hold["delta"]
        return delta

    @property
    def door(self):
        """The share of the slowest state that each step replaces, (T, D)."""
        return numbers.door(self.delta, self._values["A"])

    @property
    def order(self):
        """The channels in the order of the overview, (D,)."""
        return numbers.channel_order(self._values["delta"], self._values["A"], self.sort, self.marked)

    def states(self, channel=None):
        """The states of a channel, (T, N): of the one that is shown, unless named; as they are with a Δ set by hand."""
        channel = self.channel if channel is None else channel
        written, keep = self._written(), numbers.decays(self.delta[:, [channel]], self._values["A"][[channel]])[:, 0]
        before, path = 0.0, []
        for t in range(len(keep)):
            before = keep[t] * before + written[t, channel]
            path.append(before)
        return np.array(path)

    def remembered(self, position=None, channel=None):
        """What of each token up to the step is still there, (position + 1,); place and channel as shown, unless given.

        With C in the trace the parts add up to C_t h_t; without it they are sizes.
        """
        position = self.position if position is None else position
        channel = self.channel if channel is None else channel
        given = self._written(), self.delta, self._values["A"], position, channel, self._values.get("C")
        return numbers.remembered(*given)

    def _written(self):
        """What each step wrote, (T, D, N): with a Δ set by hand, more or less in proportion to what it then writes."""
        written, before, now = self._values["written"], self._values["delta"], self.delta
        if not self.hold:
            return written
        form = numbers.FORMS[self._values["form"] or "code"]
        A = self._values["A"]
        return written * form(now[:, :, None], A) / form(before[:, :, None], A)

    # ------------------------------------------------------------ what may be set

    @traitlets.validate("channel", "position")
    def _check_place(self, proposal):
        most = {"channel": self._layout.get("channels", 1), "position": len(self.tokens)}[proposal.trait.name] - 1
        if not self._quiet and not 0 <= proposal.value <= most:
            raise ValueError(f"{proposal.trait.name} must lie in 0..{most}, got {proposal.value}")
        return proposal.value

    @traitlets.validate("sort")
    def _check_sort(self, proposal):
        offered = [sort for sort in numbers.SORTS if sort != "marked" or self.marked]
        if not self._quiet and proposal.value not in offered:
            raise ValueError(f"sort must be one of {offered}, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("hold")
    def _check_hold(self, proposal):
        if proposal.value is None:
            return None
        hold = checked_hold(proposal.value, len(self.tokens), self._layout["channels"])
        if not self._quiet and self._compute is not None:
            self.held_text = checked_text(self._compute(dict(hold)), "what compute returns")
        return hold

    @traitlets.observe("hold")
    def _let_go(self, change):
        if change.new is None or self._compute is None:
            self.held_text = ""

    def _heard(self, _, content, __):
        """A message of the page: "hello" asks whether Python is there, "ask" brings a hold."""
        if content.get("kind") == "hello":
            self.send({"kind": "here"})
        elif content.get("kind") == "ask":
            try:
                hold = checked_hold(content["hold"], len(self.tokens), self._layout["channels"])
                told = checked_text(self._compute(dict(hold)), "what compute returns")
            except Exception as error:  # whatever the reader's function raises is told on the page
                self.send({"kind": "failed", "text": str(error) or type(error).__name__})
            else:
                with self._quietly(), self.hold_sync():
                    self.hold, self.held_text = hold, told
                self.send({"kind": "done"})

    # ------------------------------------------------------------ words and a picture

    def describe(self):
        """The sentence for alt and text: when the door of the channel opens, and what is in the room at the cursor."""
        if self.alt:
            return self.alt
        steps, channels = self.door.shape
        said = [f"{self.title or 'A selective memory'}: {steps} tokens, {channels} channels"]
        share, t = self.door[:, self.channel], self.position
        if self.marked:
            marks = np.array(self.marked)
            means = share[marks].mean(), share[~marks].mean()
            said.append("the door of channel {} is open by {:.2f} at marked steps, by {:.2f} elsewhere".format(
                self.channel, *means))  # fmt: skip
        else:
            said.append(f"the door of channel {self.channel} is open by {share.mean():.2f} on average")
        parts = np.abs(self.remembered())
        seen = "there" if self._values.get("C") is None else "read"
        if parts.any():
            said.append(f"at step {t + 1} most of what is {seen} is from step {parts.argmax() + 1}, "
                        f"{self.tokens[parts.argmax()]!r}: {parts.max() / parts.sum():.0%}")  # fmt: skip
        else:
            said.append(f"at step {t + 1} nothing is {seen}")
        return "; ".join(said) + "."

    def figure(self):
        """Door, states and what is remembered as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .selection_picture import selection_figure

        return selection_figure(self)


def _coded(values, layer):
    """(layout, codes): Δ as the code of its logarithm; B, x and C, or the states where B and x do not explain them."""
    names = ["delta", *(["B", "x"] if values["form"] else ["state"]), *(["C"] if "C" in values else [])]
    parts, pieces, place = {}, [], 0
    for name in names:
        codes, low, high = quantise(np.log(values[name]) if name == "delta" else values[name])
        parts[name] = [low, high, place]
        pieces.append(codes)
        place += len(codes) // 2
    channels, states = values["A"].shape
    layout = {"parts": parts, "channels": channels, "states": states, "form": values["form"], "layer": layer}
    return {**layout, "A": values["A"].ravel().tolist()}, b"".join(pieces)
