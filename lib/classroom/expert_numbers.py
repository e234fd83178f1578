"""Who answers for which token: the numbers of ExpertViewer."""

import numpy as np

MANY, CLEAR = 30, 0.25  # a class has a habit from so many tokens on, and so far above the share of all tokens
VOWELS = set("aeiouyäöüàáâèéêìíîòóôùúûæœ")


def probabilities(router):
    """The router's probabilities (T, E): as given where every row is a distribution, else the softmax of the scores."""
    router = np.asarray(router, dtype=np.float64)
    if router.min() >= 0 and np.allclose(router.sum(1), 1, atol=1e-3):
        return router
    exp = np.exp(router - router.max(1, keepdims=True))
    return exp / exp.sum(1, keepdims=True)


def chosen(router, top_k):
    """The experts that answer for each token, the most probable first, (T, top_k); of equals the lower number."""
    return np.argsort(-probabilities(router), axis=1, kind="stable")[:, :top_k]


def load(picks, experts):
    """The share of the tokens for which each expert answers, (E,); it sums to top_k."""
    return np.bincount(picks.ravel(), minlength=experts) / len(picks)


def balance(shares):
    """How many experts would do if all had as much to do: exp of the entropy of the load, from 1 to E."""
    used = shares[shares > 0] / shares.sum()
    return float(np.exp(-(used * np.log(used)).sum()))


def class_of(token):
    """The class of a token by its first character: vowel, consonant, capital, digit, space, sign; "word" if longer."""
    if len(token) > 1 and token.strip():
        return "word"
    if token.isspace():
        return "space"
    if token.isdigit():
        return "digit"
    if not token.isalpha():
        return "sign"
    return "capital" if token.isupper() else "vowel" if token in VOWELS else "consonant"


def class_table(classes, picks, experts):
    """(names, shares): of each class of tokens the share for which each expert answers, (classes, E)."""
    names = list(dict.fromkeys(classes))
    table = [load(picks[[c == name for c in classes]], experts) for name in names]
    return names, np.array(table)


def clearest(counts, table, shares):
    """(class, expert): where an expert is furthest above its share of all; None if no class is large and clear."""
    above = np.where(np.asarray(counts)[:, None] >= MANY, table - shares, -np.inf)
    row, who = np.unravel_index(above.argmax(), above.shape)
    return (int(row), int(who)) if above[row, who] >= CLEAR else None
