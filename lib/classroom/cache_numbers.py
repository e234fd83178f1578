"""What a word costs with a cache and without, and what the cache weighs: counted exactly, in whole numbers."""


def pairs_up_to(n, window):
    """How many keys the words 1 to n look at in all: each at itself and what stands before, at most `window`."""
    w = n if window is None else min(window, n)
    return w * (w + 1) // 2 + (n - w) * w


def pairs_anew(n, window):
    """The same, summed over the texts of 1, 2, … n words: what is looked at where every step begins anew."""
    w = n if window is None else min(window, n)
    more = n - w
    return w * (w + 1) * (w + 2) // 6 + more * pairs_up_to(w, w) + w * more * (more + 1) // 2


def reach(model):
    """How many words, the one that is written included, can reach the next: None without a window.

    A layer looks window - 1 words back, and what it finds there has looked as far back in the layer below.
    """
    return None if model["window"] is None else model["layers"] * (model["window"] - 1) + 1


def unit_costs(model):
    """Multiplications of a word: (own: projections and feed-forward networks, for each key looked at, of the head)."""
    own = model["layers"] * model["d_model"] * (
        model["head_size"] * 2 * (model["heads"] + model["kv_heads"]) + 2 * model["d_ff"])  # fmt: skip
    return own, 2 * model["layers"] * model["heads"] * model["head_size"], model["d_model"] * model["vocabulary"]


def cache_costs(model, n, batch=1, size=4):
    """A dict for a text of n words, the last of which is being written, batch texts at a time, size bytes a number.

    step, anew: multiplications of this word with a cache and without; again: words that are read again without, those
    that can reach the next; all, all_anew: of the text so far; per_token: numbers that a word leaves; kept: words whose
    keys are kept; bytes: of the cache; weights: of the model.
    """
    own, pair, head = unit_costs(model)
    kept = n if model["window"] is None else min(n, model["window"])
    again = n if model["window"] is None else min(n, reach(model))
    anew = again * own + head + pair * pairs_up_to(again, model["window"])
    until = again * (again + 1) // 2 * own + again * head + pair * pairs_anew(again, model["window"])
    per_token = 2 * model["layers"] * model["kv_heads"] * model["head_size"]
    return {
        "step": batch * (own + head + pair * kept),
        "anew": batch * anew,
        "again": again,
        "all": batch * (n * (own + head) + pair * pairs_up_to(n, model["window"])),
        "all_anew": batch * (until + (n - again) * anew),
        "kept": kept,
        "per_token": per_token,
        "bytes": batch * kept * per_token * size,
        "weights": model["parameters"] * size,
    }


def outgrown(model, batch=1):
    """From which length on the cache is larger than the model itself; None if it never is."""
    costs = cache_costs(model, 1, batch, 1)
    first = costs["weights"] // (batch * costs["per_token"]) + 1
    return None if model["window"] is not None and first > model["window"] else first


def answering(model):
    """How many heads answer, in words: "1 of 12 heads answers"."""
    heads, answer = model["heads"], model["kv_heads"]
    return f"{answer} of {heads} head{'s' * (heads > 1)} answer{'s' * (answer == 1)}"
