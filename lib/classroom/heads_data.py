"""What HeadsViewer is given: weights of all heads, checked; what a model says, checked; bytes for the browser."""

from collections.abc import Mapping

import numpy as np

from .heads_numbers import ORDERED, RULES, habits, label, named, noun_of, rule_words

KINDS = {"self": "ss", "encoder": "ss", "decoder": "tt", "cross": "ts"}  # whose words look, and are looked at
MOST_WORDS, MOST_WEIGHTS, FINE = 128, 2_000_000, 250_000  # up to FINE weights travel as 16 bits, more as 8
MOST_SAID = 8


def are_heads(weights, source):
    """Are these weights of layers and heads, rather than one map or a list of maps?"""
    if isinstance(weights, Mapping):
        return True
    one_text = len(source) > 0 and isinstance(source[0], str)
    if isinstance(weights, list | tuple):
        return len(weights) > 0 and getattr(weights[0], "ndim", 0) > 2
    return getattr(weights, "ndim", 0) > (2 if one_text else 3)


def checked_words(words, name):
    found = [str(word) for word in words]
    if not 1 <= len(found) <= MOST_WORDS:
        raise ValueError(f"{name} must hold 1 to {MOST_WORDS} words, got {len(found)}")
    return found


def checked_heads(weights, source, target, like=None):
    """kind -> (L, H, T, S) in float64. like: such a mapping, whose kinds and shapes must be the same."""
    if not isinstance(weights, Mapping):
        array = np.stack([np.asarray(each) for each in weights]) if isinstance(weights, list | tuple) else weights
        array = np.asarray(array)
        weights = {"self": array[None] if array.ndim == 3 else array}
    if not weights:
        raise ValueError(f"weights is empty; expected some of the kinds {', '.join(KINDS)}")
    if like is not None and list(weights) != list(like):
        raise ValueError(f"weights: expected the kinds {list(like)} as before, got {list(weights)}")
    found = {}
    for kind, values in weights.items():
        if kind not in KINDS:
            raise ValueError(f"weights: expected kinds among {', '.join(KINDS)}, got {kind!r}")
        table = np.asarray(values, dtype=np.float64)
        rows, columns = words_of(kind, source, target)
        shape = table.shape if like is None else like[kind].shape
        if table.ndim != 4 or 0 in table.shape or table.shape != (*shape[:2], len(rows), len(columns)):
            sizes = "(layers, heads" if like is None else f"({shape[0]}, {shape[1]}"
            raise ValueError(
                f"weights of kind {kind!r} have shape {table.shape}, expected {sizes}, {len(rows)}, {len(columns)}): "
                "a row for each word that looks, a column for each that is looked at"
            )
        found[kind] = _weights(table, kind)
    count = sum(table.size for table in found.values())
    if count > MOST_WEIGHTS:
        raise ValueError(f"weights hold {count:,} numbers, more than the {MOST_WEIGHTS:,} that a page can carry")
    return found


def _weights(table, kind):
    if not np.isfinite(table).all():
        raise ValueError(
            f"weights of kind {kind!r} must be finite, got {(~np.isfinite(table)).sum()} NaN or infinite entries"
        )
    sums = table.sum(-1)
    if table.min() < 0 or sums.max() > 1.001:
        worst = table.min(-1).argmin() if table.min() < 0 else sums.argmax()
        place = tuple(int(k) for k in np.unravel_index(worst, sums.shape))
        raise ValueError(
            f"weights of kind {kind!r} must be 0 or more and sum to at most 1 in each row; layer, head, row {place} "
            f"have a least weight of {table[place].min():.3g} and a sum of {sums[place]:.4g}"
        )
    return np.minimum(table, 1.0)


def words_of(kind, source, target):
    """(the words that look, the words that are looked at) of a kind. "self": target looks at source."""
    if kind == "self":
        return (source if target is None else target), source
    if "t" in KINDS[kind] and target is None:
        raise ValueError(f"target is None; weights of kind {kind!r} need the words that the decoder read")
    both = {"s": source, "t": target}
    return tuple(both[letter] for letter in KINDS[kind])


def told_of(heads, source, target):
    """What the page is told of each kind beside the weights: sizes, words, and what each head does."""
    told, at = [], 0
    for kind, table in heads.items():
        rows, columns = words_of(kind, source, target)
        square = rows == columns
        apart = kind == "self" and not square  # who looks and what is looked at are different things, in no order
        noun = "place" if apart else noun_of([*rows, *columns])
        found = habits(table, rows, columns, square=square)
        if apart:
            found["rules"] = {name: rule for name, rule in found["rules"].items() if name not in ORDERED}
        layers, each = table.shape[:2]
        rules = [{"name": name, "text": RULES[name][1], "long": rule_words(name, noun), **_plain(rule)}
                 for name, rule in found["rules"].items()]  # fmt: skip
        places = [[(layer, head) for head in range(each)] for layer in range(layers)]
        labels = [[label(found, *place, noun) for place in row] for row in places]
        does = [[next((name for name, _ in named(found, *place)), None) for place in row] for row in places]
        whose = "target" if "t" in KINDS[kind][0] or (kind == "self" and target is not None) else "source"
        told.append({"name": kind, "shape": list(table.shape), "at": at, "rows": rows, "columns": columns,
                     "whose": whose, "causal": found["causal"], "square": square, "noun": noun, "rules": rules,
                     "labels": labels, "does": does})  # fmt: skip
        at += table.size
    return told


def _plain(rule):
    return {**rule, "share": np.round(rule["share"], 4).tolist(), "chance": round(rule["chance"], 4)}


def packed(heads):
    """(bytes, bits): all weights, one kind after the other. 16 bits hold 65535 w, 8 bits hold 255 √w: off by 0.004 at
    most, and by less where a weight is small."""
    flat = np.concatenate([table.ravel() for table in heads.values()])
    if flat.size <= FINE:
        return np.round(flat * 65535).astype("<u2").tobytes(), 16
    return np.round(np.sqrt(flat) * 255).astype("u1").tobytes(), 8


def checked_said(said, count):
    """For each row [[token, probability], ...], best first: at most MOST_SAID of them."""
    rows = [[(str(token), float(p)) for token, p in row] for row in said]
    if len(rows) != count:
        raise ValueError(f"said has {len(rows)} rows, expected {count}: one for each word of the target")
    for t, row in enumerate(rows):
        chances = [p for _, p in row]
        if not row or not all(-1e-6 <= p <= 1 + 1e-6 for p in chances) or chances != sorted(chances, reverse=True):
            raise ValueError(
                f"said: row {t} must hold (token, probability from 0 to 1) pairs, best first, got {row[:3]}"
            )
    return [[[token, round(p, 4)] for token, p in row[:MOST_SAID]] for row in rows]
