"""Answers to the exercises of chapter 05 as readers might write them: right in another way, or wrong as is common."""

import math
from collections import deque

import numpy as np
import torch
from torch.nn import functional as F

# ---------------------------------------------------------------- 1


def blocks(steps, k, convolutions=2, newest=1, up=math.ceil):
    """By the logarithm, as the formula is solved for n."""
    return max(1, up(round(math.log2((steps - newest) / (convolutions * (k - 1)) + 1), 9)))


def counting(**mistakes):
    return lambda steps, k: blocks(steps, k, **mistakes)


def stirring(layer, size, most, rows, zeros):
    """Which inputs, from the newest backwards, make the last output stir?"""
    x = torch.zeros(rows, most, size) if zeros else torch.randn(rows, most, size)
    before, found = layer(x)[:, -1], []
    for back in range(most):
        other = x.clone()
        other[:, most - 1 - back] += 1 if zeros else torch.randn(rows, size)
        found.append(bool((layer(other)[:, -1] != before).any()))
    return found


def seeing(say, rows=16, zeros=False):
    return lambda layer, size, most=50: say(stirring(layer, size, most, rows, zeros))


def furthest(stirs):
    return max((back + 1 for back, stir in enumerate(stirs) if stir), default=0)


def until_nothing(stirs):
    return (*stirs, False).index(False)


def by_gradient(layer, size, most=50):
    x = torch.randn(64, most, size, requires_grad=True)
    with torch.enable_grad():
        y = layer(x)[:, -1].sum()
        back = torch.autograd.grad(y, x)[0].abs().sum((0, 2)).nonzero()
    return most - int(back[0]) if len(back) else 0


# ---------------------------------------------------------------- 2


def padded(left, right=lambda n, k, d: 0, cut=lambda y, n, T: y, bias=True, flip=False):
    """A convolution with so many zeros on either side; n = (k - 1) d."""

    def slide(x, weight, bias_of, dilation):
        k = weight.shape[-1]
        n = (k - 1) * dilation
        x_padded = F.pad(x, (left(n, k, dilation), right(n, k, dilation)))
        y = F.conv1d(x_padded, weight.flip(-1) if flip else weight, bias_of if bias else None, dilation=dilation)
        return cut(y, n, x.shape[-1])

    return slide


def reach(n, k, d):
    return n


def tap_by_tap(x, weight, bias, dilation):
    """(5.1.1) as it stands: each tap hears x some steps later."""
    y = bias[:, None].expand(len(x), len(bias), x.shape[-1])
    for j, tap in enumerate(weight.unbind(-1)):
        late = (weight.shape[-1] - 1 - j) * dilation
        y = y + torch.einsum("oc,bct->bot", tap, F.pad(x, (late, 0))[..., : x.shape[-1]])
    return y


both_then_cut = padded(reach, reach, lambda y, n, T: y[..., :T])

# ---------------------------------------------------------------- 4


def squeezed(x):
    return x.sign() * torch.log1p(255 * x.abs()) / math.log(256)


def encoding(to_level, squeeze=squeezed):
    return lambda x: to_level((squeeze(x) + 1) / 2 * 255)


def towards_zero(x):
    """Half a level nearer to the middle, above it and below."""
    f = (squeezed(x) + 1) / 2 * 255
    return torch.where(f > 127.5, f.floor(), f.ceil()).clamp(0, 255).long()


def by_table(x):
    """The nearest level by what it decodes to."""
    f = 2 * torch.arange(256) / 255 - 1
    table = f.sign() * (256 ** f.abs() - 1) / 255
    return (x[..., None] - table).abs().argmin(-1)


def in_numpy(x):
    f = np.sign(x.numpy()) * np.log1p(255 * np.abs(x.numpy())) / np.log(256)
    return torch.from_numpy(np.rint((f + 1) / 2 * 255).astype(np.int64))


# ---------------------------------------------------------------- 5


class Queue:
    def __init__(self, dilation):
        self.kept = deque(maxlen=dilation)

    def push(self, x):
        old = self.kept[0] if len(self.kept) == self.kept.maxlen else torch.zeros_like(x)
        self.kept.append(x)
        return old


class Shifted:
    """A tensor that is moved on by one."""

    def __init__(self, dilation):
        self.dilation, self.kept = dilation, None

    def push(self, x):
        if self.kept is None:
            self.kept = torch.zeros(self.dilation, *x.shape)
        old, self.kept = self.kept[0], torch.cat([self.kept[1:], x[None]])
        return old


class LongQueue(Queue):
    def __init__(self, dilation):
        super().__init__(dilation + 1)


class ShortQueue(Queue):
    def __init__(self, dilation):
        super().__init__(max(1, dilation - 1))


class Newest(Queue):
    def push(self, x):
        self.kept.append(x)
        return self.kept[-1]


class PutFirst(Queue):
    """The newest is put in before the oldest is taken out: one step short."""

    def push(self, x):
        self.kept.append(x)
        return self.kept[0] if len(self.kept) == self.kept.maxlen else torch.zeros_like(x)


class Everything:
    def __init__(self, dilation):
        self.dilation, self.all = dilation, []

    def push(self, x):
        self.all.append(x)
        return self.all[-1 - self.dilation] if len(self.all) > self.dilation else torch.zeros_like(x)


class Shared:
    kept = []

    def __init__(self, dilation):
        self.dilation = dilation
        self.kept.clear()

    def push(self, x):
        self.kept.append(x)
        return self.kept[-1 - self.dilation] if len(self.kept) > self.dilation else torch.zeros_like(x)


class NothingAtFirst(Queue):
    def push(self, x):
        old = self.kept[0] if len(self.kept) == self.kept.maxlen else None
        self.kept.append(x)
        return old


RIGHT = [
    ("05", "test_blocks_for", blocks),
    ("05", "test_seen", seeing(furthest)),
    ("05", "test_seen", by_gradient),
    ("05", "test_culprit", lambda: [4, torch.tensor(1).item()]),
    ("05", "test_slide", both_then_cut),
    ("05", "test_slide", tap_by_tap),
    ("05", "test_stack", lambda: ((2, 1), (3, 2), (3, 6), (3, 18), (4, 54))),
    ("05", "test_encode", encoding(lambda f: f.round().long())),
    ("05", "test_encode", by_table),
    ("05", "test_encode", in_numpy),
    ("05", "test_wrong_memory", lambda: [32, 16]),
    ("05", "test_memory", Queue),
    ("05", "test_memory", Shifted),
    ("05", "test_design", lambda: ([(5, 1), (5, 5)], 8)),
]
WRONG = [
    ("05", "test_blocks_for", lambda steps, k: None, "a whole number of blocks"),
    ("05", "test_blocks_for", lambda steps, k: math.log2((steps - 1) / (2 * (k - 1)) + 1), "a whole number of blocks"),
    ("05", "test_blocks_for", counting(convolutions=1), "Five are one too many"),
    ("05", "test_blocks_for", counting(up=math.floor), "rounded up"),
    ("05", "test_blocks_for", counting(newest=0), "Five are one too many"),
    ("05", "test_blocks_for", lambda steps, k: 10, "you say 10"),
    ("05", "test_blocks_for", lambda steps, k: blocks(steps, 3), "were asked for"),
    ("05", "test_seen", lambda layer, size, most=50: None, "a whole number of steps"),
    ("05", "test_seen", seeing(lambda stirs: furthest(stirs) - 1), "the newest counts too"),
    ("05", "test_seen", seeing(until_nothing), "You stop at the first step that does nothing"),
    ("05", "test_seen", seeing(sum), "how many it sees, not how far"),
    ("05", "test_seen", seeing(furthest, rows=1, zeros=True), "Try several rows|still five"),
    ("05", "test_seen", seeing(lambda stirs: max(1, furthest(stirs))), "sees nothing: 0"),
    ("05", "test_culprit", lambda: None, "expected .dilation, steps ahead"),
    ("05", "test_culprit", lambda: (3, 1), "the layers have the dilations"),
    ("05", "test_culprit", lambda: (1, 1), "sees nothing that lies ahead"),
    ("05", "test_culprit", lambda: (8, 1), "looks ahead already"),
    ("05", "test_culprit", lambda: (4, 4), "is used 4 steps before its time"),
    ("05", "test_culprit", lambda: (4, 0), "of 1 or more"),
    ("05", "test_slide", lambda x, weight, bias, dilation: None, "one a step"),
    ("05", "test_slide", padded(lambda *n: 0), "one a step"),
    ("05", "test_slide", padded(lambda n, k, d: k - 1), "one a step"),
    ("05", "test_slide", padded(lambda n, k, d: n // 2, lambda n, k, d: n - n // 2), "steps too early"),
    ("05", "test_slide", padded(reach, reach, lambda y, n, T: y[..., n:]), "steps too early"),
    ("05", "test_slide", padded(lambda n, k, d: k * d, cut=lambda y, n, T: y[..., :T]), "steps too late"),
    ("05", "test_slide", padded(reach, bias=False), "the bias is missing"),
    ("05", "test_slide", padded(reach, flip=True), "The newest tap is"),
    ("05", "test_stack", lambda: None, "expected pairs"),
    ("05", "test_stack", lambda: [1, 3, 9], "expected pairs"),
    ("05", "test_stack", lambda: [(2, 2**i) for i in range(7)], "it sees 128 steps"),
    ("05", "test_stack", lambda: [(2, 2**i) for i in range(8)], "and you have 4,000"),
    ("05", "test_stack", lambda: [(3, 2**i) for i in range(7)], "many arrive more than once"),
    ("05", "test_stack", lambda: [(2, 200)], "a hole"),
    ("05", "test_stack", lambda: [(3, 4**i) for i in range(5)], "a hole"),
    ("05", "test_encode", lambda x: None, "expected int64 levels"),
    ("05", "test_encode", encoding(lambda f: f.round()), "expected int64 levels"),
    ("05", "test_encode", encoding(lambda f: f.long()), "the one below"),
    ("05", "test_encode", encoding(lambda f: f.ceil().long()), "the one above"),
    ("05", "test_encode", encoding(lambda f: (f + 1).long()), "levels from 0 to 255"),
    ("05", "test_encode", encoding(lambda f: (f + 1).long().clamp(0, 255)), "-1 is level 0 and 1 is level 255"),
    ("05", "test_encode", encoding(lambda f: f.round().long(), squeeze=lambda x: x), "Squeeze before you count"),
    ("05", "test_encode", encoding(lambda f: f.round().long() - 128), "levels from 0 to 255"),
    ("05", "test_encode", towards_zero, "round towards zero"),
    ("05", "test_wrong_memory", lambda: None, "expected .dilation, inputs kept"),
    ("05", "test_wrong_memory", lambda: (16, 16), "would be right"),
    ("05", "test_wrong_memory", lambda: (16, 17), "but it would see"),
    ("05", "test_wrong_memory", lambda: (32, 31), "the first mistake would be at sample 31"),
    ("05", "test_wrong_memory", lambda: (48, 16), "the layers have the dilations"),
    ("05", "test_memory", LongQueue, "remembers 2 steps instead of 1"),
    ("05", "test_memory", ShortQueue, "instead of 2"),
    ("05", "test_memory", PutFirst, "just given"),
    ("05", "test_memory", Newest, "just given"),
    ("05", "test_memory", Everything, "it keeps 1000 inputs"),
    ("05", "test_memory", Shared, "share what they keep"),
    ("05", "test_memory", NothingAtFirst, "also in the beginning"),
    ("05", "test_design", lambda: [(3, 1)], "expected .pairs"),
    ("05", "test_design", lambda: ([(3, 1), (3, 3)], 8), "it needs 21"),
    ("05", "test_design", lambda: ([(2, 20)], 8), "no holes"),
    ("05", "test_design", lambda: ([(3, 1)] * 10, 6), "does not learn to say it"),
    ("05", "test_design", lambda: ([(3, 1), (3, 3), (3, 9)], 3), "on its way"),
]
