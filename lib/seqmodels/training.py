"""Learning: one loop for every model of the course."""

import math
import time
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch.nn import functional as F

from seqmodels.checks import NotANumber
from seqmodels.layer import map_state
from seqmodels.padding import is_real
from seqmodels.runtime import progress
from seqmodels.schedules import crops as crops
from seqmodels.schedules import curriculum as curriculum
from seqmodels.schedules import length_buckets as length_buckets
from seqmodels.schedules import scheduled_sampling as scheduled_sampling

# ---------------------------------------------------------------- batches and losses


def next_token(model, batch):
    """Mean −log p of each token given those before it, in nats.

    batch: tokens (B, T + 1), of which all but the first are predicted; or a pair (tokens, lengths), where lengths
    counts each row's real tokens (2 or more) and padding is not scored.
    """
    tokens, lengths = batch if isinstance(batch, tuple) else (batch, None)
    if lengths is None:
        logits, _ = model(tokens[:, :-1])  # (B, T, V)
        return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
    logits, _ = model(tokens[:, :-1], lengths=lengths - 1)
    real = is_real(lengths - 1, tokens.shape[1] - 1)  # (B, T)
    return F.cross_entropy(logits[real], tokens[:, 1:][real])


class Piece(NamedTuple):
    """A piece of a long text: tokens (B, T + 1), the last of which is the first of the next piece."""

    tokens: torch.Tensor
    fresh: bool  # the text begins here


def truncated_bptt_batches(tokens, batch_size, length) -> list:
    """Cut a long text (N,) into B strips side by side, and the strips into pieces of `length` steps, in reading order.

    Row b of each piece goes on where row b of the piece before ended, so that a state can be carried: train with
    loss=CarriedState(). The last piece may be shorter; fewer than `batch_size` tokens at the very end are left out.
    """
    if tokens.dim() != 1 or len(tokens) < 2 * batch_size:
        raise ValueError(f"tokens: expected one text (N,) with at least 2 tokens for each of {batch_size} strips, "
                         f"got shape {tuple(tokens.shape)}")  # fmt: skip
    if length < 1:
        raise ValueError(f"length: expected 1 or more, got {length}")
    strips = tokens[: len(tokens) // batch_size * batch_size].view(batch_size, -1)  # (B, N / B)
    begins = range(0, strips.shape[1] - 1, length)
    return [Piece(strips[:, begin : begin + length + 1], fresh=begin == 0) for begin in begins]


class CarriedState:
    """The next-token loss for pieces of a long text: values flow on from piece to piece, gradients stop at the cut."""

    def __init__(self):
        self.state = None

    def __call__(self, model, piece):
        state = None if piece.fresh else self.state
        logits, state = model(piece.tokens[:, :-1], state)
        self.state = map_state(torch.Tensor.detach, state)
        return F.cross_entropy(logits.flatten(0, 1), piece.tokens[:, 1:].flatten())


def warmup_cosine(steps, warmup=0):
    """A schedule: up in a straight line for `warmup` steps, then down along a half cosine to nothing at `steps`."""
    if not 0 <= warmup < steps:
        raise ValueError(f"warmup: expected 0 to {steps - 1}, fewer than the {steps} steps, got {warmup}")

    def factor(step):
        if step < warmup:
            return (step + 1) / (warmup + 1)
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))

    return factor


# ---------------------------------------------------------------- the loop


@dataclass
class History:
    """What happened, one entry for each step: loss (nats), gradient norm before clipping, learning rate.

    seconds: the time it took; stopped: "" after all steps, otherwise the sentence that says why it ended early.
    """

    loss: list = field(default_factory=list)
    gradient_norm: list = field(default_factory=list)
    learning_rate: list = field(default_factory=list)
    seconds: float = 0.0
    stopped: str = ""


def train(model, batches, *, steps, loss=next_token, learning_rate=None, optimizer=None, schedule=None, clip=1.0,
          after_step=None) -> History:  # fmt: skip
    """Change the model, batch by batch, so that loss(model, batch) falls. Returns a `History`.

    batches: an iterable, on the model's device; a list is gone through again and again. loss: (model, batch) -> scalar.
    optimizer: Adam with `learning_rate` (1e-3) unless you give one. schedule: step -> factor on the learning rate.
    clip: longest gradient allowed, in total norm (None: any). after_step: called as after_step(step, history).

    Ctrl-C (the stop button) keeps what was learned and returns the history so far. Where the loss or the gradient is
    no longer a number, training stops before that step changes the model, and says so.
    Held by tests/unit/test_training.py.
    """
    optimizer = _optimizer(model, steps, learning_rate, optimizer)
    base_rates = [group["lr"] for group in optimizer.param_groups]
    history, was_training, began = History(), model.training, time.perf_counter()
    model.train()
    bar = progress(total=steps, label="training")
    try:
        for step, batch in enumerate(_endless(batches, steps)):
            factor = 1.0 if schedule is None else schedule(step)
            for group, rate in zip(optimizer.param_groups, base_rates, strict=True):
                group["lr"] = rate * factor
            value, norm = _descend(model, batch, loss, optimizer, clip)
            if not (math.isfinite(value) and math.isfinite(norm)):
                history.stopped = _exploded(step, value, norm)
                break
            history.loss.append(value)
            history.gradient_norm.append(norm)
            history.learning_rate.append(base_rates[0] * factor)
            if after_step is not None:
                after_step(step, history)
            bar.set_postfix_str(f"loss {value:.3f}, gradient {norm:.2g}", refresh=False)
            bar.update()
    except KeyboardInterrupt:
        history.stopped = f"Interrupted after {len(history.loss)} of {steps} steps; what was learned is kept."
    finally:
        bar.close()
        model.train(was_training)
        history.seconds = time.perf_counter() - began
    if history.stopped:
        print(history.stopped)
    return history


def _descend(model, batch, loss, optimizer, clip):
    """One step of gradient descent, unless something is not finite: (loss, gradient norm before clipping)."""
    optimizer.zero_grad(set_to_none=True)
    try:
        value = loss(model, batch)
    except NotANumber:  # a layer refused the values of the layer below
        return math.nan, math.nan
    value.backward()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    norm = torch.nn.utils.clip_grad_norm_(parameters, math.inf if clip is None else clip)
    value, norm = value.item(), norm.item()
    if math.isfinite(value) and math.isfinite(norm):
        optimizer.step()
    return value, norm


def _exploded(step, value, norm):
    return (
        f"Stopped at step {step}: the loss is {value:g} and the gradient norm {norm:g}, not finite numbers; the model "
        "is as it was before this step. Try a learning rate ten times smaller, a smaller clip, and look for NaN in the "
        "data."
    )


# ---------------------------------------------------------------- set-up


def _optimizer(model, steps, learning_rate, optimizer):
    if not isinstance(steps, int) or steps < 1:
        raise ValueError(f"steps: expected a whole number, 1 or more, got {steps!r}")
    if optimizer is not None:
        if learning_rate is not None:
            raise ValueError("learning_rate: the optimizer you gave has its own; give one or the other")
        return optimizer
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError("model: has no parameter that requires a gradient; there is nothing to train")
    return torch.optim.Adam(parameters, lr=1e-3 if learning_rate is None else learning_rate)


def _endless(batches, steps):
    """`steps` batches; starts over whenever the iterable ends, which a generator cannot."""
    given = 0
    while given < steps:
        before = given
        for batch in batches:
            yield batch
            given += 1
            if given == steps:
                return
        if given == before:
            raise ValueError(f"batches: ended after {given} of {steps} steps; give a list, which can start over, "
                             "or a generator that never ends")  # fmt: skip
