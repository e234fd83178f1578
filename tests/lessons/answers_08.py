"""Answers to the exercises of chapter 08 as readers might write them: right in another way, or wrong as is common."""

import copy
import math
from collections import deque

import numpy as np
import torch
from torch.nn import functional as F

from seqmodels.linear_recurrence.recurrence import spans
from seqmodels.mamba import selective_scan, selective_scan_loop, selective_scan_with_state
from seqmodels.padding import is_real

# ---------------------------------------------------------------- 1


def pair(*, apart=math.pi, first=0.7, length=1.0, sign=1.0):
    """Two keys that stand `apart / m` from each other, anywhere on the circle."""

    def mirrors(m):
        angles = np.array([first, first + apart / m])
        return (length * np.stack([np.cos(angles), sign * np.sin(angles)], 1)).tolist()

    return mirrors


def the_other_way(m):
    (a, b), (c, d) = pair()(m)
    return np.array([[-c, -d], [a, b]])


# ---------------------------------------------------------------- 2


def lasting(*, left=0.5, softplus=F.softplus, row=True, sign=-1.0):
    def half_gone(b, A):
        delta = softplus(b)
        return -sign * math.log(left) / ((delta[:, None] if row else delta) * A)

    return half_gone


def one_text_at_a_time(u, delta, A, B, C, lengths):
    y, states = torch.zeros_like(u), []
    for b, n in enumerate(lengths.tolist()):
        mine = (part[b : b + 1, :n] for part in (u, delta))
        y[b, :n], h = (part[0] for part in selective_scan_with_state(*mine, A, B[b : b + 1, :n], C[b : b + 1, :n]))
        states.append(h)
    return y, torch.stack(states)


def state_chosen(u, delta, A, B, C, lengths):
    """All states, and of each text the last."""
    h, states = torch.zeros(len(u), *A.shape, dtype=u.dtype), []
    for d, v, b in zip(delta.unbind(1), u.unbind(1), B.unbind(1), strict=True):
        h = torch.exp(d[..., None] * A) * h + (d * v)[..., None] * b[:, None]
        states.append(h)
    states = torch.stack(states, 1)
    return (states @ C[..., None])[..., 0], states[torch.arange(len(u)), lengths - 1]


def by_product(more=0, part="delta"):
    """Zeros by a product, where the padding begins, or `more` steps later, in one of the sequences."""

    def ends(u, delta, A, B, C, lengths):
        given = {"u": u, "delta": delta, "B": B}
        given[part] = given[part] * is_real(lengths + more, u.shape[1])[..., None]
        return selective_scan_with_state(given["u"], given["delta"], A, given["B"], C)

    return ends


def y_of_zeros(u, delta, A, B, C, lengths):
    y, h = one_text_at_a_time(u, delta, A, B, C, lengths)
    return 0 * y, h


# ---------------------------------------------------------------- 3


def in_layers(y):
    found, queue = [], deque([y.grad_fn])
    while queue:
        node = queue.popleft()
        if node is None or any(node is other for other in found):
            continue
        found.append(node)
        queue.extend(before for before, _ in node.next_functions)
    return found


def without_leaves(y):
    return {node for node in in_layers(y) if "AccumulateGrad" not in node.name()}


def calls_itself(y):
    seen = set()

    def visit(node):
        if node is not None and node not in seen:
            seen.add(node)
            for before, _ in node.next_functions:
                visit(before)

    visit(y.grad_fn)
    return seen


def every_road(y):
    found, todo = [], [y.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None:
            found.append(node)
            todo += [before for before, _ in node.next_functions]
    return found


def first_road(y):
    found, node = [], y.grad_fn
    while node is not None:
        found.append(node)
        node = node.next_functions[0][0] if node.next_functions else None
    return found


def no_none(y):
    seen, todo = set(), [y.grad_fn]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo += [before for before, _ in node.next_functions]
    return seen


def scanned(steps, *, beforehand=False, late=False, learn=True):
    """The loop, with the big sequences taken apart by `steps`, or with a mistake."""

    def scan(u, delta, A, B, C):
        decay, drive = torch.exp(delta[..., None] * A), (delta * u)[..., None] * B[:, :, None]
        if not learn:
            decay = decay.detach()
        h, outputs, y = torch.zeros_like(drive[:, 0]), [], torch.zeros_like(u)
        for t, (a, x, c) in enumerate(zip(steps(decay, 0), steps(drive, 1), steps(C, 2), strict=True)):
            before, h = h, a * h + x
            out = ((before if late else h) @ c[..., None])[..., 0]
            if beforehand:
                y[:, t] = out
            outputs.append(out)
        return y if beforehand else torch.stack(outputs, 1)

    return scan


def unbound(x, which):
    return x.unbind(1)


def indexed(x, which):
    return [x[:, t] for t in range(x.shape[1])]


def sliced(x, which):
    return [x[:, t : t + 1].squeeze(1) for t in range(x.shape[1])]


def iterated(x, which):
    return list(x.movedim(1, 0))


def split(x, which):
    return [part.squeeze(1) for part in x.split(1, 1)]


def one_of_two(x, which):
    return (unbound, indexed, unbound)[which](x, which)


def a_step_at_a_time(u, delta, A, B, C):
    """Nothing large is made beforehand, but the four sequences are indexed."""
    h, outputs = 0, []
    for t in range(u.shape[1]):
        now = delta[:, t, :, None]
        h = torch.exp(now * A) * h + now * u[:, t, :, None] * B[:, t, None]
        outputs.append((h @ C[:, t, :, None])[..., 0])
    return torch.stack(outputs, 1)


# ---------------------------------------------------------------- 4


def drawn(T, *, gates=True):
    keys = F.normalize(torch.randn(T, 5), dim=-1)
    decay = torch.rand(T) if gates else torch.ones(T)
    return torch.randn(T, 5), keys, torch.randn(T, 2), decay, torch.rand(T)


def cut_once(*, gates=True, empty=False, reads=True, slates=True, tolerance=1e-4):
    """Cut in the middle, in 32 bits."""

    def cut_matters(piece):
        S, steps = torch.zeros(5, 2) if empty else torch.randn(5, 2), drawn(12, gates=gates)
        read, last = piece(S, *steps)
        first, middle = piece(S, *(part[:5] for part in steps))
        second, end = piece(middle, *(part[5:] for part in steps))
        off = [((torch.cat([first, second]) - read).abs().max(), reads), ((end - last).abs().max(), slates)]
        return any(error > tolerance for error, counts in off if counts)

    return cut_matters


def against_the_loop(piece):
    """Another test, which asks for more."""
    S, steps = torch.randn(5, 2), drawn(12)
    kept = S
    for k, v, a, b in zip(*steps[1:], strict=True):
        kept = a * kept + b * torch.outer(k, v - k @ (a * kept))
    return not torch.allclose(piece(S, *steps)[1], kept, atol=1e-4) or cut_once()(piece)


def pieces(asked=lambda since, decay: since, *, value_too=False, divided=False, end=True):
    """A piece at once; how much of the slate is left when a key asks it; or with other mistakes."""

    def piece(S, query, key, value, decay, beta):
        since, beta = decay.cumprod(0)[:, None], beta[:, None]
        left = (since / since.T).tril() if divided else spans(decay.log()[:, None])[..., 0].exp()
        met = beta * (left * (key @ key.T)).tril(-1)
        part = asked(since, decay[:, None])
        fresh = beta * (part * (value - key @ S) if value_too else value - part * (key @ S))
        writes = []
        for t in range(len(key)):
            before = sum((met[t, i] * write for i, write in enumerate(writes)), torch.zeros_like(value[0]))
            writes.append(fresh[t] - before)
        u = torch.stack(writes)
        read = (left * (query @ key.T)) @ u + since * (query @ S)
        return read, (since[-1] if end else 1) * S + (left[-1][:, None] * key).T @ u

    return piece


# ---------------------------------------------------------------- 5


def billed(*, pairs=2, per_head=True, heads_that="answer", several=True, other_layers=True, window=-1, inside=2,
           window_inside=2, grows=False, bytes_too=True):  # fmt: skip
    """The bill layer by layer, or with one of its mistakes."""

    def bill(length, layers, attention, width, heads, answer, states=16, taps=4, each=2):
        size = width // heads if per_head else width
        cache = pairs * (answer if heads_that == "answer" else heads) * size * length
        room = inside * width * states * (length if grows else 1)
        kept = room + (0 if window is None else window_inside * width * (taps + window))
        total = (attention if several else 1) * cache + (layers - attention if other_layers else layers) * kept
        return float(total * (each if bytes_too else 1))

    return bill


def nothing_reaches(*, wish="random", least=1e-5, relative=True, none="deaf", exact=False):
    """The names whose gradient is small for a wish; or with one of the mistakes."""

    def deaf(model, x):
        model = copy.deepcopy(model).double() if exact else model
        y = model(x.double() if exact else x)
        loss = y.sum() if wish == "sum" else (y * torch.randn_like(y)).sum()
        named = dict(model.named_parameters())
        grads = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
        sizes = {
            name: 0.0 if grad is None and none == "deaf" else grad.norm().item()
            for name, grad in zip(named, grads, strict=True)
            if grad is not None or none != "left out"
        }
        border = least * (max(sizes.values()) if relative else 1)
        return [name for name, size in sizes.items() if size <= border]

    return deaf


# ---------------------------------------------------------------- 6


def evenly(held, faint):
    """Keys of a tight frame, by turns: all directions equally long, all keys equally long. The rest faint."""

    def keys():
        rng = np.random.default_rng(0)
        rows = rng.normal(size=(held, 8))
        for _ in range(300):
            left, _, right = np.linalg.svd(rows, full_matrices=False)
            rows = left @ right
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        rest = rng.normal(size=(32 - held, 8))
        return np.concatenate([rows, faint * rest / np.linalg.norm(rest, axis=1, keepdims=True)])

    return keys


RIGHT = [
    ("08", "test_mirrors", pair()),
    ("08", "test_mirrors", pair(first=-2.0, sign=-1.0)),
    ("08", "test_mirrors", the_other_way),
    ("08", "test_half_gone", lasting()),
    ("08", "test_half_gone", lambda b, A: (math.log(0.5) / (F.softplus(b)[:, None] * A)).double().numpy()),
    ("08", "test_ends", one_text_at_a_time),
    ("08", "test_ends", state_chosen),
    ("08", "test_ends", by_product()),
    ("08", "test_nodes", in_layers),
    ("08", "test_nodes", without_leaves),
    ("08", "test_mended", scanned(unbound)),
    ("08", "test_mended", scanned(iterated)),
    ("08", "test_mended", scanned(split)),
    ("08", "test_mended", selective_scan),
    ("08", "test_mended", lambda *values: selective_scan_loop(*values)[0]),
    ("08", "test_cut_matters", cut_once()),
    ("08", "test_cut_matters", cut_once(slates=False)),
    ("08", "test_cut_matters", cut_once(empty=True)),
    ("08", "test_piece", pieces()),
    ("08", "test_bill", billed()),
    ("08", "test_deaf", nothing_reaches()),
    ("08", "test_deaf", nothing_reaches(exact=True, least=1e-12)),
    ("08", "test_deaf", nothing_reaches(relative=False)),
    ("08", "test_keys", evenly(11, 0.1)),
    ("08", "test_keys", evenly(10, 0.2)),
]
WRONG = [
    ("08", "test_mirrors", lambda m: None, "expected 2 keys"),
    ("08", "test_mirrors", lambda m: [[1.0, 0.0]], "expected 2 keys"),
    ("08", "test_mirrors", lambda m: [[1.0, math.nan], [0.0, 1.0]], "not finite"),
    ("08", "test_mirrors", pair(length=1.5), "a mirror leaves -1"),
    ("08", "test_mirrors", lambda m: [[1.0, 0.0]] * 2, "undoes the first"),
    ("08", "test_mirrors", pair(apart=2 * math.pi), "by 0.400 of a circle.*turn by twice"),
    ("08", "test_mirrors", pair(apart=180), "turn by twice"),
    ("08", "test_half_gone", lambda b, A: None, "expected a tensor"),
    ("08", "test_half_gone", lasting(sign=1.0), "time runs forward"),
    ("08", "test_half_gone", lasting(left=math.exp(-1)), "1/e is left"),
    ("08", "test_half_gone", lambda b, A: F.softplus(b)[:, None] * -A, "what a step takes"),
    ("08", "test_half_gone", lasting(softplus=lambda b: b), "has a softplus"),
    ("08", "test_half_gone", lasting(row=False), "to the row"),
    ("08", "test_half_gone", lambda b, A: (math.log(2) / F.softplus(b))[:, None].repeat(1, 4), "and A"),
    ("08", "test_half_gone", lasting(left=0.1), "expected .* steps, got"),
    ("08", "test_ends", lambda *given: None, "expected two things"),
    ("08", "test_ends", lambda *given: (given[0], given[0]), "expected y"),
    ("08", "test_ends", by_product(part="u"), "Time has passed"),
    ("08", "test_ends", by_product(part="B"), "Time has passed"),
    ("08", "test_ends", lambda *given: selective_scan_with_state(*given[:5]), "has been written in"),
    ("08", "test_ends", by_product(more=-1), "last letter has not been read"),
    ("08", "test_ends", by_product(more=1), "one step too many"),
    ("08", "test_ends", lambda *given: (given[0], torch.zeros(4, 3, 2)), "state is empty"),
    ("08", "test_ends", lambda *given: (given[0], torch.ones(4, 3, 2)), "its state is .*, not"),
    ("08", "test_ends", y_of_zeros, "but y is not"),
    ("08", "test_nodes", lambda y: None, "list or set"),
    ("08", "test_nodes", lambda y: [1, 2], "list or set"),
    ("08", "test_nodes", calls_itself, "too deep"),
    ("08", "test_nodes", every_road, "Each once"),
    ("08", "test_nodes", first_road, "Which roads"),
    ("08", "test_nodes", no_none, "hold None"),
    ("08", "test_mended", lambda *values: None, "expected y"),
    ("08", "test_mended", scanned(indexed), "still taken apart"),
    ("08", "test_mended", scanned(one_of_two), "still taken apart"),
    ("08", "test_mended", scanned(sliced), "still taken apart"),
    ("08", "test_mended", a_step_at_a_time, "still taken apart"),
    ("08", "test_mended", scanned(unbound, beforehand=True), "Put the outputs in a list"),
    ("08", "test_mended", scanned(unbound, late=True), "not that of theirs_too"),
    ("08", "test_mended", scanned(unbound, learn=False), "no gradient reaches A|the gradient of delta"),
    ("08", "test_mended", lambda *values: selective_scan(*values).detach(), "no gradient reaches u"),
    ("08", "test_cut_matters", lambda piece: None, "True or False"),
    ("08", "test_cut_matters", lambda piece: True, "does not matter, you say it does"),
    ("08", "test_cut_matters", lambda piece: False, "theirs: a cut matters, you say no"),
    ("08", "test_cut_matters", cut_once(gates=False), "With open gates"),
    ("08", "test_cut_matters", cut_once(reads=False), "Compare what is read"),
    ("08", "test_cut_matters", cut_once(empty=True, slates=False), "An empty slate cannot fade"),
    ("08", "test_cut_matters", cut_once(tolerance=0.0), "allow for it"),
    ("08", "test_cut_matters", against_the_loop, "It is not the delta rule"),
    ("08", "test_piece", lambda *given: None, "two things"),
    ("08", "test_piece", lambda *given: (given[0], given[0]), "expected shapes"),
    ("08", "test_piece", pieces(lambda since, decay: 1.0), "before it has faded, still"),
    ("08", "test_piece", pieces(lambda since, decay: decay), "faded twice"),
    ("08", "test_piece", pieces(lambda since, decay: since / decay), "faded at this step, too|before it has faded"),
    ("08", "test_piece", pieces(lambda since, decay: since[-1]), "as old as the last"),
    ("08", "test_piece", pieces(value_too=True), "the value is new"),
    ("08", "test_piece", pieces(divided=True), "Do you divide"),
    ("08", "test_piece", pieces(end=False), "S is wrong"),
    ("08", "test_piece", lambda S, query, *rest: pieces()(S, 2 * query, *rest), "wrong from step 0 on"),
    ("08", "test_bill", lambda *given: None, "expected one number"),
    ("08", "test_bill", billed(pairs=1), "keys AND values"),
    ("08", "test_bill", billed(heads_that="ask"), "only the heads that answer"),
    ("08", "test_bill", billed(per_head=False), "has width / heads numbers"),
    ("08", "test_bill", billed(several=False), "there are several"),
    ("08", "test_bill", billed(other_layers=False), "attention OR Mamba"),
    ("08", "test_bill", billed(window=None), "last inputs are missing"),
    ("08", "test_bill", billed(window=0), "one input less"),
    ("08", "test_bill", billed(inside=1, window_inside=1), "twice as wide"),
    ("08", "test_bill", billed(window_inside=1), "the window is twice as wide"),
    ("08", "test_bill", billed(grows=True), "does not grow"),
    ("08", "test_bill", billed(bytes_too=False), "in numbers, not in bytes"),
    ("08", "test_deaf", lambda model, x: None, "expected names"),
    ("08", "test_deaf", lambda model, x: [name for name, _ in model.named_parameters()], "expected no name"),
    ("08", "test_deaf", nothing_reaches(least=0.0), "it is rounding"),
    ("08", "test_deaf", nothing_reaches(least=0.05), "A small gradient is still one"),
    ("08", "test_deaf", nothing_reaches(wish="sum"), "Behind a norm"),
    ("08", "test_deaf", nothing_reaches(none="left out"), "may be None"),
    ("08", "test_deaf", nothing_reaches(none="asked"), "may be None"),
    ("08", "test_keys", lambda: None, "expected 32 keys"),
    ("08", "test_keys", lambda: np.eye(8), "expected 32 keys"),
    ("08", "test_keys", lambda: torch.zeros(32, 8), "all keys are 0"),
    ("08", "test_keys", evenly(32, 0.0), "Must all be held"),
    ("08", "test_keys", evenly(8, 0.0), "room for a few more, if"),
    ("08", "test_keys", evenly(9, 0.0), "above 9.5 it counts"),
]
