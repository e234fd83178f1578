"""What each attention head does, counted: how much of its weight falls where a simple rule says.

A head's weights are (T, S): a row for each word that looks, a column for each that is looked at. Here `word` stands for
any token. All in float64; held by tests/viewers/test_heads.py to loops over rows.
"""

import numpy as np

ORDERED = ("place", "first", "last")  # which rules say something only where rows and columns are texts
NAMED, BESIDE = 0.5, 0.25  # of the weight: what a rule needs to be named, and to be named as a second one
TIMES_CHANCE = 2  # and so many times what a head has there that looks at all words alike

# name -> (what the head looks at, the same in short); {} is "word", "letter" or, of other things, "token"
RULES = {
    "before": ("the one before", "the one before"),
    "itself": ("itself", "itself"),
    "after": ("the one after", "the one after"),
    "place": ("the {} at the same place", "the same place"),
    "induction": ("what followed the same {}", "after the same (induction)"),
    "same": ("the same {} elsewhere", "the same"),
    "first": ("the first {}", "the first"),
    "last": ("the last {}", "the last"),
    "word": ("letters of its own word", "its own word"),
}


def is_causal(weights):
    """Does no head look ahead? weights (L, H, T, S); False where T is not S."""
    rows, columns = weights.shape[-2:]
    return rows == columns > 1 and not weights[..., ~np.tri(rows, dtype=bool)].any()


def noun_of(words):
    """What one of them is called: "letter", "word", or "place" where half of them at least are neither."""
    real = [word.strip().strip("<>") for word in set(words) if any(sign.isalnum() for sign in word)]
    spelled = [word for word in real if not any(sign.isnumeric() or sign.isspace() for sign in word)]
    if 2 * len(spelled) <= len(real):
        return "place"
    return "letter" if all(len(word) == 1 for word in words) else "word"


def rule_words(name, noun):
    """What a head that follows this rule looks at."""
    return RULES[name][0].format("token" if noun == "place" else noun)


def rule_targets(rows, columns, *, square, causal):
    """name -> (T, S) booleans: where the rule says to look. A row with none is not counted.

    rows, columns: the words that look, and those that are looked at; square: they are the same words.
    `induction`: behind an earlier place of the same word, where that is before the one that looks.
    """
    t, s = np.ogrid[: len(rows), : len(columns)]
    same = np.array(rows)[:, None] == np.array(columns)[None]
    follows = np.zeros_like(same)
    follows[:, 1:] = same[:, :-1]
    if not square:
        return {
            "place": s == t,
            "induction": follows,
            "same": same,
            "first": (s == 0) & (t >= 0),
            "last": (s == len(columns) - 1) & (t >= 0),
        }
    found = {
        "before": s == t - 1,
        "itself": (s == t) & (t > 0),
        "induction": follows & (s < t),
        "same": same & ((s < t) if causal else (s != t)),
        "first": (s == 0) & (t > 1),
    }
    if noun_of(columns) == "letter":
        found["word"] = own_word(columns) & ((s <= t) if causal else True)
    if not causal:
        found |= {"after": s == t + 1, "last": (s == len(columns) - 1) & (t < len(rows) - 2)}
    return {name: found[name] for name in RULES if name in found}


def own_word(letters):
    """(T, T) booleans: are these letters of one word, of two letters at least? Not at the first letter of a word."""
    inside = np.array([letter.isalnum() for letter in letters])
    word = np.cumsum(~inside)
    first = inside & ~np.concatenate([[False], inside[:-1]])
    return (word[:, None] == word) & inside & (inside & ~first)[:, None]


def habits(weights, rows, columns, *, square):
    """{"rules": name -> {"share": (L, H), "chance": of a head that looks at all alike, "places"}, "width": (L, H)}.

    weights (L, H, T, S). share: the mean, over the places where the rule applies, of the weight that falls where it
    says. width: the mean, over rows, of exp(entropy): over how many words the weight is spread.
    """
    causal = square and is_causal(weights)
    alike = np.tri(*weights.shape[-2:]) if causal else np.ones(weights.shape[-2:])
    alike /= alike.sum(-1, keepdims=True)
    found = {}
    for name, there in rule_targets(rows, columns, square=square, causal=causal).items():
        counted = there.any(-1)
        if counted.sum() < 2:
            continue
        share = (weights * there).sum(-1)[..., counted].mean(-1)
        chance = float((alike * there).sum(-1)[counted].mean())
        if chance * TIMES_CHANCE <= 1:  # or no head could be told by it
            found[name] = {"share": share, "chance": chance, "places": int(counted.sum())}
    safe = np.where(weights > 0, weights, 1.0)
    entropy = -(safe * np.log(safe)).sum(-1)  # nats, (L, H, T)
    from_row = int(causal and weights.shape[-2] > 1)  # the first has no choice
    return {"rules": found, "width": np.exp(entropy[..., from_row:]).mean(-1), "causal": causal}


def named(found, layer, head):
    """The rules that say what a head does, the largest share first: [(name, share), ...], none to two.

    The second is one that the first leaves room for, not one that happens to say the same of these words.
    """
    shares = {
        name: float(rule["share"][layer, head])
        for name, rule in found["rules"].items()
        if rule["share"][layer, head] >= TIMES_CHANCE * rule["chance"]
    }
    own = shares.pop("word", 0)  # which holds what several others say
    order = sorted(shares.items(), key=lambda pair: -pair[1])[:2]  # of equals the one that stands first in RULES
    if not order or order[0][1] < NAMED:
        return [("word", own)] if own >= NAMED else []
    return [pair for k, pair in enumerate(order) if k == 0 or (pair[1] >= BESIDE and pair[1] + order[0][1] < 1.02)]


def label(found, layer, head, noun):
    """What a head does in words: "looks at the one before: 0.97"."""
    rules = named(found, layer, head)
    if rules:
        said = [f"{rule_words(name, noun)} ({share:.2f})" for name, share in rules]
        return ("induction: " if rules[0][0] == "induction" else "") + "looks at " + " and at ".join(said)
    width = float(found["width"][layer, head])
    return f"looks at about {width:.0f} {noun}s at a time" if width >= 1.5 else f"looks at one {noun} at a time"
