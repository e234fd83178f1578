"""The contract of `seqmodels.layer`, one function for each promise. Each raises AssertionError if it is broken.

Everything is done in float64; equal means to within 1e-12 of the largest value (of 1, if all are smaller).
`T` is the length of the sequences, `B` how many.
"""

import torch

from property.cases import FEATURES, VOCABULARY
from seqmodels.language_model import LanguageModel
from seqmodels.layer import map_state
from seqmodels.probes import Probe, at_step, intervene, record
from seqmodels.s4 import StateSpace

B, T = 3, 9


def random_input(layer, batch=B, length=T, seed=1):
    generator = torch.Generator().manual_seed(seed)
    if isinstance(layer, LanguageModel):
        return torch.randint(VOCABULARY, (batch, length), generator=generator)
    return torch.randn(batch, length, FEATURES, dtype=parameter(layer).dtype, generator=generator)


def parameter(layer):
    return next(p for p in layer.parameters() if p.is_floating_point())


def equal(a, b, what, tolerance=1e-12):
    assert a.shape == b.shape, f"{what}: shapes {tuple(a.shape)} and {tuple(b.shape)}"
    assert a.dtype == b.dtype, f"{what}: {a.dtype} and {b.dtype}"
    assert a.isfinite().all() and b.isfinite().all(), f"{what}: not finite"
    distance, size = ((v.abs().max().item() if v.numel() else 0.0) for v in (a - b, b))
    assert distance <= tolerance * max(1.0, size), f"{what}: differ by {distance:.3g}"


def equal_states(a, b, what):
    map_state(lambda leaf: leaf, a)  # both must be states at all
    if isinstance(a, tuple):
        assert len(a) == len(b), f"{what}: {len(a)} and {len(b)} parts"
        for part, other in zip(a, b, strict=True):
            equal_states(part, other, what)
    else:
        equal(a, b, what)


def stepped(layer, x, state=None):
    state = layer.initial_state(x.shape[0]) if state is None else state
    outputs = []
    for x_t in x.unbind(1):
        y_t, state = layer.step(x_t, state)
        outputs.append(y_t)
    return torch.stack(outputs, 1), state


def probe_names(layer):
    return [name for name, child in layer.named_modules() if isinstance(child, Probe)]


def change(layer, name):
    """An edit that changes any value; one that scales where there are keys, so that no weight goes to later ones."""
    has_keys = "K" in layer.get_submodule(name).axes
    return lambda value, t: 0.5 * value if has_keys else 0.5 * value + 0.25


# ---------------------------------------------------------------- computing


def step_equals_forward(layer):
    x = random_input(layer)
    y, state = layer(x)
    y_stepped, state_stepped = stepped(layer, x)
    equal(y, y_stepped, "outputs of forward and of step")
    equal_states(state, state_stepped, "states of forward and of step")


def carried_state_equals_whole(layer):
    x = random_input(layer)
    y, state = layer(x)
    for sizes in ((4, 5), (1, 8), (8, 1), (1,) * T):
        pieces, carried = [], None
        for piece in x.split(sizes, 1):
            y_piece, carried = layer(piece, carried)
            pieces.append(y_piece)
        equal(torch.cat(pieces, 1), y, f"outputs of the whole and of pieces {sizes}")
        equal_states(carried, state, f"states after the whole and after pieces {sizes}")
    _, halfway = layer(x[:, :4])
    y_rest, state_rest = stepped(layer, x[:, 4:], halfway)
    equal(y_rest, y[:, 4:], "forward, then step")
    equal_states(state_rest, state, "state of forward, then step")


def future_never_changes_past(layer):
    x, other = random_input(layer, seed=1), random_input(layer, seed=2)
    y, _ = layer(x)
    for t in (1, T // 2, T - 1):
        y_other, _ = layer(torch.cat([x[:, :t], other[:, t:]], 1))
        equal(y_other[:, :t], y[:, :t], f"outputs before step {t} when everything from it on is changed")
        assert ((y_other - y)[:, t:].abs() > 1e-9).any(), f"the input from step {t} on changes no output at all"


def gradient_never_comes_from_the_future(layer):
    x = random_input(layer).requires_grad_()
    y, _ = layer(x)
    t = T // 2
    (gradient,) = torch.autograd.grad(y[:, t].sum(), x)
    # a Fourier transform mixes all times: what should be 0 is there what rounding leaves
    limit = 1e-14 if any(isinstance(module, StateSpace) for module in layer.modules()) else 0
    assert (gradient[:, t + 1 :].abs() <= limit).all(), "an output has a gradient for an input after it"
    assert (gradient[:, t] != 0).any(), "an output has no gradient for the input at its own step"


def padding_changes_nothing(layer):
    x, lengths = random_input(layer), torch.tensor([T, 4, 1])
    y, state = layer(x, lengths=lengths)
    for junk in (5, -7 if x.dtype == torch.int64 else torch.nan):
        beyond = torch.arange(T) >= lengths[:, None]
        padded = torch.where(beyond if x.dim() == 2 else beyond[..., None], junk, x)
        y_padded, state_padded = layer(padded, lengths=lengths)
        equal(y_padded, y, f"outputs with padding {junk}")
        equal_states(state_padded, state, f"states with padding {junk}")
    more = random_input(layer, length=3, seed=5)
    if layer.causal:
        y_after, _ = layer(more, state)
        y_after_stepped, _ = stepped(layer, more, state)
        equal(y_after_stepped, y_after, "forward and step from the states after padding")
    for b, n in enumerate(lengths):
        y_alone, state_alone = layer(x[b : b + 1, :n])
        equal(y[b : b + 1, :n], y_alone, f"sequence of length {n} in a padded batch and alone")
        assert (y[b, n:] == 0).all(), f"outputs beyond length {n} are not zero"
        if layer.causal:
            y_after_alone, _ = layer(more[b : b + 1], state_alone)
            equal(y_after[b : b + 1], y_after_alone, f"going on after a padded sequence of length {n}")


def watched_padding_changes_nothing(layer):
    """The explicit loop (taken because an edit that changes nothing is there) keeps the same promise."""
    x, lengths = random_input(layer), torch.tensor([T, 4, 1])
    y, state = layer(x, lengths=lengths)
    with intervene(layer, {name: lambda value, t: value for name in probe_names(layer)}):
        y_loop, state_loop = layer(x, lengths=lengths)
    equal(y_loop, y, "padded outputs of the fast form and of the loop")
    equal_states(state_loop, state, "padded states of the fast form and of the loop")


def batch_rows_are_independent(layer):
    x, order = random_input(layer), torch.tensor([2, 0, 1])
    y, state = layer(x)
    equal(layer(x[order])[0], y[order], "outputs of a permuted batch")
    for b in range(B):
        equal(layer(x[b : b + 1])[0], y[b : b + 1], "a sequence in a batch and alone")
    if layer.causal:
        x_t = random_input(layer, length=1, seed=3)[:, 0]
        y_t, after = layer.step(x_t, state)
        reordered = map_state(lambda leaf: leaf[order], state)
        y_reordered, after_reordered = layer.step(x_t[order], reordered)
        equal(y_reordered, y_t[order], "step from a state whose rows were reordered")
        equal_states(after_reordered, map_state(lambda leaf: leaf[order], after), "state from a reordered state")


def states_are_batch_first(layer):
    _, after = layer(random_input(layer))
    for state in (layer.initial_state(B), after):
        assert isinstance(state, tuple), f"a state is a nested tuple, this is {type(state).__name__}"
        map_state(_assert_batch_first, state)


def _assert_batch_first(leaf):
    assert leaf.shape[0] == B, f"a leaf of the state has shape {tuple(leaf.shape)}, not {B} rows first"
    return leaf


# ---------------------------------------------------------------- gradients


def gradients(layer, forward):
    """Outputs, and the gradients for the input and all parameters of a scalar that hangs on every output and state."""
    x = random_input(layer)
    leaves = [p for p in layer.parameters() if p.requires_grad]
    if x.is_floating_point():
        leaves.append(x.requires_grad_())
    y, state = forward(layer, x)
    total = (y * torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view(y.shape)).sum()
    found = torch.autograd.grad(total, leaves, allow_unused=True)
    return y, [torch.zeros_like(leaf) if g is None else g for g, leaf in zip(found, leaves, strict=True)]


def gradients_agree(layer):
    """The fast form, the loop that watching enforces, and step after step: the same outputs, the same gradients."""

    def recorded(layer, x):
        with record(layer, gradients=True):
            return layer(x)

    def edited(layer, x):
        with intervene(layer, {name: lambda value, t: value for name in probe_names(layer)}):
            return layer(x)

    y, fast = gradients(layer, lambda layer, x: layer(x))
    assert any((g != 0).any() for g in fast), "no gradient at all"
    forms = {"recorded": recorded, "edited": edited} | ({"stepped": stepped} if layer.causal else {})
    for form, forward in forms.items():
        y_form, slow = gradients(layer, forward)
        equal(y_form, y, f"outputs, {form}")
        for one, other in zip(slow, fast, strict=True):
            equal(one, other, f"gradients, {form}", 1e-11)


# ---------------------------------------------------------------- looking inside


def recordings_agree(layer):
    """The same trace from forward, from the loop that an edit enforces, and from step."""
    x = random_input(layer)
    with record(layer) as whole:
        y, _ = layer(x)
    assert set(whole) == set(probe_names(layer)), "a probe that nothing passes"
    with record(layer) as looped, intervene(layer, {name: lambda value, t: value for name in probe_names(layer)}):
        layer(x)
    traces = {"looped": looped}
    if layer.causal:
        with record(layer) as traces["stepped"]:
            stepped(layer, x)
        with record(layer) as traces["forward, then step"]:
            _, state = layer(x[:, :4])
            stepped(layer, x[:, 4:], state)
    for name, value in whole.items():
        assert value.dim() == len(whole.axes(name)), f"{name}: {tuple(value.shape)} for axes {whole.axes(name)}"
        if "T" in whole.axes(name):
            assert value.shape[whole.axes(name).index("T")] == T, f"{name}: not one value for each step"
        for form, trace in traces.items():
            equal(trace[name], value, f"{name} recorded in forward and {form}")


def edits_agree(layer):
    """Editing one time step leaves the past alone and changes what comes, by the same amount in forward and in step."""
    x, k = random_input(layer), T // 2
    y, _ = layer(x)
    for name in probe_names(layer):
        with intervene(layer, {name: at_step(k, change(layer, name))}):
            y_edited, state_edited = layer(x)
        changed = ((y_edited - y).abs() > 1e-9).any(-1)  # (B, T); less is only the rounding of another form
        if not layer.causal:
            assert changed.any(), f"editing {name} at step {k} changes nothing"
            continue
        with intervene(layer, {name: at_step(k, change(layer, name))}):
            y_stepped, state_stepped = stepped(layer, x)
        equal(y_edited[:, :k], y[:, :k], f"outputs before the edit of {name} at step {k}")
        assert changed[:, k:].any(1).all(), f"editing {name} at step {k} changes nothing from there on"
        equal(y_stepped, y_edited, f"editing {name} at step {k}, in step and in forward")
        equal_states(state_stepped, state_edited, f"state after editing {name} at step {k}")


def below_edits_change_the_future(layer):
    """In a stack, an edit of one step of the lowest layer reaches later outputs: that is what memory means."""
    x, k = random_input(layer), T // 2
    y, _ = layer(x)
    name = next(n for n in probe_names(layer) if ".0." in n or n.startswith("layers.0."))
    with intervene(layer, {name: at_step(k, change(layer, name))}):
        y_edited, _ = layer(x)
    assert ((y_edited - y)[:, k + 1 :].abs() > 1e-9).any(), f"editing {name} at step {k} never reaches the later steps"


# ---------------------------------------------------------------- bad input


def bad_input_is_refused(layer):
    x = random_input(layer)
    tokens = isinstance(layer, LanguageModel)
    bad_x = {
        "one dimension missing": x[0],
        "one dimension too many": x[..., None],
        "no elements": x[:, :0],
        "no sequences": x[:0],
        "not a tensor": x.tolist(),
        "wrong dtype": x.to(torch.int32),
        "wrong device": x.to("meta"),
    }
    if tokens:
        bad_x |= {"an id too high": x + VOCABULARY, "a negative id": x - VOCABULARY, "floats": x.double()}
    else:
        nan = x.clone()
        nan[1, 2, 3] = torch.nan
        bad_x |= {"one feature missing": x[..., 1:], "NaN": nan, "float32": x.float(), "int64": x.long()}
    for what, bad in bad_x.items():
        _refused(lambda bad=bad: layer(bad), "tokens" if tokens else "x", what)
    bad_lengths = {
        "too long": torch.tensor([T + 1, 2, 3]),
        "zero": torch.tensor([0, 2, 3]),
        "negative": torch.tensor([-1, 2, 3]),
        "too few": torch.tensor([2, 3]),
        "wrong shape": torch.tensor([[2, 3, 4]]),
        "float": torch.tensor([2.0, 3.0, 4.0]),
        "int32": torch.tensor([2, 3, 4], dtype=torch.int32),
        "a list": [2, 3, 4],
    }
    for what, lengths in bad_lengths.items():
        _refused(lambda lengths=lengths: layer(x, lengths=lengths), "lengths", what)
    _refused(lambda: layer(x, layer.initial_state(B + 1)), "state", "a state of another batch size")
    _refused(lambda: layer(x, list(layer.initial_state(B))), "state", "a list for a state")
    _refused(lambda: layer(x, layer.initial_state(B)[:-1]), "state", "a state with a part missing")
    _refused(lambda: layer(x, (layer.initial_state(B),)), "state", "a state nested too deep")
    if not layer.causal:
        _refused(lambda: layer.step(x[:, 0], layer.initial_state(B)), "step", "step of a layer that looks ahead")
        return
    x_t, state = x[:, 0], layer.initial_state(B)
    for what, bad in {"one dimension too many": x, "one missing": x_t[0], "no sequences": x_t[:0]}.items():
        _refused(lambda bad=bad: layer.step(bad, state), "token" if tokens else "x_t", what)
    _refused(lambda: layer.step(x_t.to(torch.int32), state), "token" if tokens else "x_t", "wrong dtype")
    _refused(lambda: layer.step(x_t, layer.initial_state(B + 1)), "state", "a state of another batch size")
    if not tokens:
        _refused(lambda: layer.step(x_t * torch.nan, state), "x_t", "NaN")


def _refused(call, argument, what):
    try:
        call()
    except ValueError as error:
        assert str(error).startswith(f"{argument}:"), f"{what}: the message does not begin with '{argument}:': {error}"
    except Exception as error:
        raise AssertionError(f"{what}: expected a ValueError about {argument}, got {error!r}") from error
    else:
        raise AssertionError(f"{what}: accepted as {argument}")


def float32_too(layer):
    layer = layer.float()
    x = random_input(layer)
    y, state = layer(x)
    assert y.dtype == torch.float32
    if layer.causal:
        equal(stepped(layer, x)[0], y, "float32 outputs of forward and of step", 1e-5)


FOR_ALL = [
    carried_state_equals_whole,
    padding_changes_nothing,
    watched_padding_changes_nothing,
    batch_rows_are_independent,
    states_are_batch_first,
    gradients_agree,
    recordings_agree,
    edits_agree,
    bad_input_is_refused,
    float32_too,
]
FOR_CAUSAL = [step_equals_forward, future_never_changes_past]
