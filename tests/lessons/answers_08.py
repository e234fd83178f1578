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


def still_learning(keys):
    """A tensor as it comes from an optimiser, which still asks for gradients."""
    return lambda *given: torch.as_tensor(np.asarray(keys(*given))).float().requires_grad_()


# ---------------------------------------------------------------- 2


def lasting(*, left=0.5, softplus=F.softplus, row=True, sign=-1.0):
    def half_gone(b, A):
        delta = softplus(b)
        return -sign * math.log(left) / ((delta[:, None] if row else delta) * A)

    return half_gone


def in_numpy(b, A):
    return lasting()(b, A).double().numpy()


def counted(b, A):
    """Whole steps, counted until a half or less is left."""
    step, left, steps = torch.exp(F.softplus(b)[:, None] * A), torch.ones_like(A), torch.zeros_like(A)
    while (left > 0.5).any():
        steps += left > 0.5
        left = left * step
    return steps


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


def held_but_written(u, delta, A, B, C, lengths):
    """Behind the end nothing fades, but what stands there is written."""
    real, h = is_real(lengths, u.shape[1]), torch.zeros(len(u), *A.shape, dtype=u.dtype)
    for t in range(u.shape[1]):
        keep = torch.where(real[:, t, None, None], torch.exp(delta[:, t, :, None] * A), 1.0)
        h = keep * h + (delta * u)[:, t, :, None] * B[:, t, None]
    return selective_scan(u, delta, A, B, C), h


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


def without_the_last(y):
    return [node for node in in_layers(y) if node is not y.grad_fn]


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


def by_doubling(u, delta, A, B, C):
    """All steps at once, in log T rounds: slices of everything, but few of them. T log T numbers."""
    left, h, span = torch.exp(delta[..., None] * A), (delta * u)[..., None] * B[:, :, None], 1
    while span < u.shape[1]:
        h = torch.cat([h[:, :span], h[:, span:] + left[:, span:] * h[:, :-span]], 1)
        left = torch.cat([left[:, :span], left[:, span:] * left[:, :-span]], 1)
        span *= 2
    return (h @ C[..., None])[..., 0], h


def after_every_step(*, join="stack", steps=None, y="together", late=False, learn=True):
    """y and all states: in a list, in a text that grows, or written into their places; or with a mistake."""

    def scan(u, delta, A, B, C):
        steps_of = steps or unbound
        decay, drive = torch.exp(delta[..., None] * A), (delta * u)[..., None] * B[:, :, None]
        h, states, grown, places = torch.zeros_like(drive[:, 0]), [], drive[:, :0], torch.zeros_like(drive)
        for t, (a, x) in enumerate(zip(steps_of(decay, 0), steps_of(drive, 1), strict=True)):
            before, h = h, a * h + x
            states.append(before if late else h)
            if join == "grow":
                grown = torch.cat([grown, h[:, None]], 1)
            if join == "place":
                places[:, t] = h
        kept = {"stack": torch.stack(states, 1), "grow": grown, "place": places}[join]
        outputs = selective_scan(u, delta, A, B, C) if y == "apart" else (kept @ C[..., None])[..., 0]
        return outputs, kept if learn else kept.detach()

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


def all_but_the_last(x, which):
    return (unbound, unbound, indexed)[which](x, which)


def only_y(form):
    return lambda *values: form(*values)[0]


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


def single_steps(piece):
    """One piece of nine steps against nine pieces of one, from an empty slate."""
    steps, S, reads = drawn(9), torch.zeros(5, 2), []
    for t in range(9):
        read, S = piece(S, *(part[t : t + 1] for part in steps))
        reads.append(read)
    return not torch.allclose(torch.cat(reads), piece(torch.zeros(5, 2), *steps)[0], atol=1e-4)


def turned_round(piece):
    return not cut_once()(piece)


def the_loop(S, query, key, value, decay, beta):
    reads = []
    for q, k, v, a, b in zip(query, key, value, decay, beta, strict=True):
        S = a * S
        S = S + b * torch.outer(k, v - k @ S)
        reads.append(q @ S)
    return torch.stack(reads), S


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
           window_inside=2, grows=False, a_number="each", windows="mamba", each_channel=True):  # fmt: skip
    """The bill layer by layer, or with one of its mistakes."""

    def bill(length, layers, attention, width, heads, answer, states=16, taps=4, each=2):
        size, others = width // heads if per_head else width, layers - attention if other_layers else layers
        with_keys = {"answer": answer, "ask": heads, "share": heads // answer}[heads_that]
        cache = pairs * with_keys * size * length
        room = inside * width * states * (length if grows else 1)
        last = 0 if window is None else (window_inside * width if each_channel else 1) * (taps + window)
        total = (attention if several else 1) * cache + others * room
        total += (others if windows == "mamba" else layers) * last
        return float(total * {"each": each, "none": 1, "two": 2}[a_number])

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


def their_modules(model, x):
    return {name.rpartition(".")[0] for name in nothing_reaches()(model, x)}


def themselves(model, x):
    named = dict(model.named_parameters())
    return [named[name] for name in nothing_reaches()(model, x)]


def by_nudging(model, x):
    """What changes nothing in the output when it is changed a little."""
    found = []
    with torch.no_grad():
        y = model(x)
        for name, parameter in model.named_parameters():
            kept = parameter.clone()
            parameter += 1e-3 * torch.randn_like(parameter)
            if (model(x) - y).abs().max() < 1e-7:
                found.append(name)
            parameter.copy_(kept)
    return found


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


def three_in_a_plane(faint=0.05):
    """Keys at a third of a circle in each of four planes; the rest faint."""
    rng, three = np.random.default_rng(0), 2 * np.pi / 3 * np.arange(3)
    keys = np.concatenate([np.zeros((12, 8)), rng.normal(size=(20, 8))])
    keys[12:] *= faint / np.linalg.norm(keys[12:], axis=1, keepdims=True)
    for plane in range(4):
        keys[3 * plane : 3 * plane + 3, 2 * plane : 2 * plane + 2] = np.stack([np.cos(three), np.sin(three)], 1)
    return lambda: keys


def axes_and_faint(faint):
    return lambda: np.concatenate([np.eye(8), evenly(8, faint)()[8:]])


RIGHT = [
    ("08", "test_mirrors", pair()),
    ("08", "test_mirrors", pair(first=-2.0, sign=-1.0)),
    ("08", "test_mirrors", the_other_way),
    ("08", "test_mirrors", still_learning(pair())),
    ("08", "test_half_gone", lasting()),
    ("08", "test_half_gone", in_numpy),
    ("08", "test_half_gone", still_learning(lasting())),
    ("08", "lasting", in_numpy),
    ("08", "test_ends", one_text_at_a_time),
    ("08", "test_ends", state_chosen),
    ("08", "test_ends", by_product()),
    ("08", "test_nodes", in_layers),
    ("08", "test_nodes", without_leaves),
    ("08", "test_mended", scanned(unbound)),
    ("08", "test_mended", scanned(iterated)),
    ("08", "test_mended", scanned(split)),
    ("08", "test_mended", selective_scan),
    ("08", "test_mended", only_y(by_doubling)),
    ("08", "test_mended", lambda *values: selective_scan_loop(*values)[0]),
    ("08", "test_mended_too", after_every_step()),
    ("08", "test_mended_too", after_every_step(y="apart")),
    ("08", "test_mended_too", after_every_step(steps=iterated)),
    ("08", "test_mended_too", by_doubling),
    ("08", "test_cut_matters", cut_once()),
    ("08", "test_cut_matters", cut_once(slates=False)),
    ("08", "test_cut_matters", cut_once(empty=True)),
    ("08", "test_piece", pieces()),
    ("08", "test_piece", the_loop),
    ("08", "test_bill", billed()),
    ("08", "test_deaf", nothing_reaches()),
    ("08", "test_deaf", nothing_reaches(exact=True, least=1e-12)),
    ("08", "test_deaf", nothing_reaches(relative=False)),
    ("08", "test_keys", evenly(11, 0.1)),
    ("08", "test_keys", evenly(10, 0.2)),
    ("08", "test_keys", still_learning(evenly(12, 0.1))),
    ("08", "test_keys", evenly(12, 0.1)),
    ("08", "test_keys", three_in_a_plane()),
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
    ("08", "test_half_gone", lasting(softplus=torch.exp), "that is exp.b."),
    ("08", "test_half_gone", lambda b, A: lasting()(b, A).ceil(), "rounded to whole steps"),
    ("08", "test_half_gone", lambda b, A: lasting()(b, A).round().long(), "rounded to whole steps"),
    ("08", "test_half_gone", counted, "rounded to whole steps"),
    ("08", "test_ends", lambda *given: None, "expected two things"),
    ("08", "test_ends", lambda *given: (given[0], given[0]), "expected y"),
    ("08", "test_ends", by_product(part="u"), "Time has passed"),
    ("08", "test_ends", by_product(part="B"), "Time has passed"),
    ("08", "test_ends", lambda *given: selective_scan_with_state(*given[:5]), "has been written in"),
    ("08", "test_ends", held_but_written, "still written in"),
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
    ("08", "test_nodes", without_the_last, "y.grad_fn is one of them"),
    ("08", "test_nodes", no_none, "hold None"),
    ("08", "test_mended", lambda *values: None, "expected y"),
    ("08", "test_mended", scanned(indexed), "still taken apart"),
    ("08", "test_mended", scanned(one_of_two), "still taken apart"),
    ("08", "test_mended", scanned(sliced), "still taken apart"),
    ("08", "test_mended", a_step_at_a_time, "still taken apart"),
    ("08", "test_mended", scanned(unbound, beforehand=True), "CopySlices"),
    ("08", "test_mended", scanned(all_but_the_last), "still taken apart"),
    ("08", "test_mended", only_y(after_every_step(join="grow")), "by torch.cat"),
    ("08", "test_mended", only_y(after_every_step(join="place")), "CopySlices"),
    ("08", "test_mended", scanned(unbound, late=True), "not that of theirs_too"),
    ("08", "test_mended", scanned(unbound, learn=False), "no gradient reaches A|the gradient of delta"),
    ("08", "test_mended", lambda *values: selective_scan(*values).detach(), "no gradient reaches u"),
    ("08", "test_mended_too", lambda *values: None, "expected two things"),
    ("08", "test_mended_too", selective_scan, "expected two things"),
    ("08", "test_mended_too", selective_scan_with_state, "expected y .* and the states"),
    ("08", "test_mended_too", after_every_step(join="place"), "CopySlices"),
    ("08", "test_mended_too", after_every_step(join="place", y="apart"), "CopySlices"),
    ("08", "test_mended_too", after_every_step(join="grow"), "by torch.cat"),
    ("08", "test_mended_too", after_every_step(steps=indexed), "still taken apart"),
    ("08", "test_mended_too", after_every_step(late=True), "before each step"),
    ("08", "test_mended_too", after_every_step(learn=False), "nothing can be learnt from the states"),
    ("08", "test_mended_too", lambda *values: (0 * values[0], by_doubling(*values)[1]), "y: the numbers"),
    ("08", "test_cut_matters", turned_round, "step by step.*True stands for"),
    ("08", "test_cut_matters", single_steps, "In pieces of one step"),
    ("08", "test_cut_matters", lambda piece: None, "True or False"),
    ("08", "test_cut_matters", lambda piece: torch.zeros(9) > 0, "True or False"),
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
    ("08", "test_bill", billed(a_number="none"), "in numbers, not in bytes"),
    ("08", "test_bill", billed(windows="every"), "only a Mamba layer has a convolution"),
    ("08", "test_bill", billed(each_channel=False), "for every channel inside"),
    ("08", "test_bill", billed(heads_that="share"), "not how many share"),
    ("08", "test_bill", billed(a_number="two"), "a number has `each` bytes"),
    ("08", "test_deaf", themselves, "names are strings"),
    ("08", "test_deaf", their_modules, "no parameter is called"),
    ("08", "test_deaf", by_nudging, "no .gradient. comes through"),
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
    ("08", "test_keys", evenly(9, 0.0), "above 10 it counts.*speak faintly"),
    ("08", "test_keys", axes_and_faint(0.32), "above 10 it counts.*room for a few more"),
]
