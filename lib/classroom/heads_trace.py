"""From what a model did to what AttentionViewer takes: weights of all layers and heads, and the best words."""

import re
from collections.abc import Mapping

import numpy as np


def attention_of(trace, row=0):
    """The attention weights of one text in a trace: (L, H, T, S), or a mapping kind -> (L, H, T, S).

        with record(model) as trace:
            model(tokens)
        AttentionViewer(attention_of(trace), words)

    trace: a mapping of names to arrays; taken are those whose name ends in "weights" and that are (B, H, T, S), layers
    in the order of the numbers in their names. row: which text of the batch; its padding is left out. A model with an
    encoder, a decoder and a look from one to the other gives {"encoder", "decoder", "cross"}, a model with one stack
    an array. Raises ValueError where there is none, or where layers do not fit. Held by tests/viewers/test_heads.py to
    traces of GPT, BERT, T5 and Transformer.
    """
    if not isinstance(trace, Mapping):
        raise ValueError(f"trace: expected a mapping of names to arrays, got {type(trace).__name__}")
    stacks = {}
    for name in sorted(trace, key=_numbers):
        if name.rsplit(".", 1)[-1] == "weights" and np.ndim(trace[name]) == 4:
            stacks.setdefault(_stack(name), []).append((name, np.asarray(trace[name])))
    if not stacks:
        raise ValueError(f'trace: expected names that end in "weights" with arrays (B, H, T, S), got {sorted(trace)}')
    heads = {stack: _stacked(layers, row) for stack, layers in stacks.items()}
    if len(heads) == 1:
        return _without_padding(heads)[next(iter(heads))]
    kinds = {"cross": "cross"} | {stack: kind for stack in heads for kind in ("encoder", "decoder") if kind in stack}
    if set(heads) > set(kinds):
        raise ValueError(f"trace: expected stacks called encoder and decoder, got {sorted(heads)}")
    named = {kinds[stack]: table for stack, table in heads.items()}
    return _without_padding({kind: named[kind] for kind in ("encoder", "decoder", "cross") if kind in named})


def _numbers(name):
    return [int(number) for number in re.findall(r"\d+", name)]


def _stack(name):
    return "cross" if "cross" in name else re.split(r"\.?\d+\.", name)[0]


def _stacked(layers, row):
    sizes = {array.shape for _, array in layers}
    if len(sizes) > 1:
        raise ValueError(f"trace: layers of different shapes cannot be shown together: {sorted(sizes)}")
    batch = len(layers[0][1])
    if not 0 <= row < batch:
        raise ValueError(f"row must lie in 0..{batch - 1}, got {row}")
    return np.stack([array[row] for _, array in layers]).astype(np.float64)


def _without_padding(heads):
    """At padding nobody looks: it ends where the last column with any weight ends."""
    columns = {kind: int(np.flatnonzero(table.any((0, 1, 2))).max(initial=0)) + 1 for kind, table in heads.items()}
    kept = {}
    for kind, table in heads.items():
        rows, all_columns = table.shape[-2:]
        own = columns[kind] if rows == all_columns and kind != "cross" else rows
        kept[kind] = table[..., : columns.get("decoder", rows) if kind == "cross" else own, : columns[kind]]
    return kept


def top_words(probabilities, words, count=5):
    """What a model says at each place: [[(word, probability), ...], ...], the `count` most probable, best first.

    probabilities: (T, V), an array or a tensor without gradient; words: V of them, or a function from id to word. As
    AttentionViewer wants it for "said". Held by tests/viewers/test_heads.py.
    """
    table = np.asarray(probabilities, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"probabilities: expected (places, words), got shape {table.shape}")
    if not callable(words) and len(words) != table.shape[1]:
        raise ValueError(f"words has {len(words)} entries, but probabilities are of {table.shape[1]} words")
    word = words if callable(words) else words.__getitem__
    best = np.argsort(-table, 1, kind="stable")[:, :count]
    return [[(word(int(k)), float(row[k])) for k in ids] for row, ids in zip(table, best, strict=True)]
