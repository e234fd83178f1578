"""Linear attention: a score that is a product of features, so that all keys can be summed up before anybody asks.

    q_i, k_j  (d,) query and key          v_j  (d_v,) value          φ(x)  (F,) features of a query or key, positive
    S_i  (F, d_v) what is kept of all keys and values up to i        z_i  (F,) what is kept of the keys alone
    B  batch      H  heads      T  time      C  chunk

y_i = Σ_j φ(q_i)·φ(k_j) v_j / Σ_j φ(q_i)·φ(k_j). Nothing hinders us from taking φ(q_i) out of the sums over j: what
remains is a state of constant size, and attention has become a recurrent network.
"""

import torch
from torch.nn import functional as F

from seqmodels.efficient_attention.checks import check_heads, check_whole

FORMS = ("chunked", "recurrent", "quadratic")
LOWEST = -30.0


def positive(x):
    """φ(x) = elu(x) + 1: x + 1 where x is positive, eˣ where it is not. The features of Katharopoulos and others.

    Not written as elu(x) + 1, which adds 1 to eˣ - 1 and so rounds to 0 at -18 in float32; and not below e⁻³⁰, so that
    the product of two features does not round to 0 either: a query to which no key is left has nothing to divide by.
    """
    return torch.where(x > 0, x + 1, x.clamp(LOWEST, 0).exp())


def linear_attention(query, key, value, form="chunked", feature_map=positive, causal=True, chunk=64, state=None):
    """Attention at a cost that grows with T, not with T²: output (B, H, T, d_v), and the state after the last key.

    query, key (B, H, T, d), value (B, H, T, d_v). state = (S (B, H, F, d_v), z (B, H, F)), None for nothing yet; what
    it holds counts as keys that came before. causal: query i sees keys 0 … i, otherwise it sees all.
    form, three ways to the same numbers:
        "recurrent"   step after step, as a network that remembers S and z
        "quadratic"   all T × T products at once, as attention is written
        "chunked"     recurrent from chunk to chunk of so many steps, quadratic inside: the fastest; memory linear in T
    feature_map φ: a function of (B, H, T, d) to (B, H, T, F) whose values are positive, or every quotient can be 0/0.
    Source: Katharopoulos, Vyas, Pappas and Fleuret (2020). Held by tests/unit/test_efficient_attention.py: all forms
    equal, value, state and gradient, and equal to sums written out.
    """
    check_heads(query, key, value)
    check_whole(chunk=chunk)
    if form not in FORMS:
        raise ValueError(f"form: expected one of {', '.join(FORMS)}, got {form!r}")
    query, key = feature_map(query), feature_map(key)  # (B, H, T, F)
    if state is None:
        state = key.new_zeros(*key.shape[:2], key.shape[-1], value.shape[-1]), torch.zeros_like(key[:, :, 0])
    _check_state(state, key, value)
    if form == "quadratic":
        return _quadratic(query, key, value, causal, state)
    if not causal:
        state = _all_at_once(key, value, state) if form == "chunked" else _recurrent(query, key, value, state)[1]
        return _read(query, *state), state
    return _recurrent(query, key, value, state) if form == "recurrent" else chunked(query, key, value, state, chunk)


def remember(S, z, key, value):
    """One key (B, H, F) and its value (B, H, d_v) more in the state."""
    S = S + key[..., :, None] * value[..., None, :]  # (6.6.3) S_i = S_{i-1} + φ(k_i) v_iᵀ
    z = z + key  # (6.6.4) z_i = z_{i-1} + φ(k_i)
    return S, z


def ask(query, S, z):
    """What the state answers to one query (B, H, F): (B, H, d_v)."""
    # (6.6.5) y_i = φ(q_i)ᵀ S_i / φ(q_i)ᵀ z_i
    return torch.einsum("bhf,bhfv->bhv", query, S) / (query * z).sum(-1, keepdim=True)


def _recurrent(query, key, value, state):
    S, z = state
    outputs = []
    for q, k, v in zip(query.unbind(2), key.unbind(2), value.unbind(2), strict=True):
        S, z = remember(S, z, k, v)
        outputs.append(ask(q, S, z))
    return torch.stack(outputs, 2), (S, z)


def _quadratic(query, key, value, causal, state):
    S, z = state
    weights = query @ key.transpose(-1, -2)  # (6.6.2) φ(q_i)·φ(k_j)                   (B, H, T, T)
    if causal:
        weights = weights.tril()
    mixed = weights @ value + query @ S  # (B, H, T, d_v)
    total = weights.sum(-1, keepdim=True) + query @ z[..., None]  # (B, H, T, 1)
    return mixed / total, _all_at_once(key, value, state)


def chunked(query, key, value, state, chunk=64):
    """The fast causal form, on features (B, H, T, F): attention inside each chunk, the state for all chunks before.

    z is what S would be for a value that is always 1: so a column of ones beside the values makes one sum of two.
    """
    length = query.shape[2]
    chunk = min(chunk, length)
    beyond = -length % chunk  # keys that are all zero add nothing, neither to S nor to z
    value = F.pad(value, (0, 1), value=1.0)  # (B, H, T, d_v + 1)
    query, key, value = (F.pad(x, (0, 0, 0, beyond)).unflatten(2, (-1, chunk)) for x in (query, key, value))
    within = (query @ key.transpose(-1, -2)).tril() @ value  # quadratic in C           (B, H, N, C, d_v + 1)
    added = key.transpose(-1, -2) @ value  # what each chunk adds to [S z]              (B, H, N, F, d_v + 1)
    first = torch.cat([state[0], state[1][..., None]], -1)[:, :, None]
    after = torch.cat([first, added], 2).cumsum(2)  # [S z] before and after each chunk (B, H, N + 1, F, d_v + 1)
    both = (within + query @ after[:, :, :-1]).flatten(2, 3)[:, :, :length]
    last = after[:, :, -1]
    return both[..., :-1] / both[..., -1:], (last[..., :-1], last[..., -1])


def _all_at_once(key, value, state):
    return state[0] + key.transpose(-1, -2) @ value, state[1] + key.sum(2)


def _read(query, S, z):
    return (query @ S) / (query @ z[..., None])


def _check_state(state, key, value):
    shapes = ((*key.shape[:2], key.shape[-1], value.shape[-1]), (*key.shape[:2], key.shape[-1]))
    fits = isinstance(state, tuple) and [getattr(part, "shape", None) for part in state] == [*shapes]
    if not fits:
        came = [tuple(getattr(part, "shape", ())) for part in state] if isinstance(state, tuple) else state
        raise ValueError(f"state: expected (S {shapes[0]}, z {shapes[1]}), got {came}")
