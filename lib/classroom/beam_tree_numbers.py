"""What can be read off the trees of a beam search, in NumPy, for the text and the picture: as beam_tree_model.js.

A tree has N rows, parents before children, row 0 the beginning; a sentence is the tuple of its tokens, END included
where it was written. Held to beam_tree_model.js and to seqmodels.seq2seq.search by tests/viewers/test_beam_tree.py.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Sentence:
    """Tokens, END included where it was written; log_prob in nats of all of them; node: its row, None where none."""

    tokens: tuple
    log_prob: float
    node: int | None
    finished: bool

    def score(self, alpha):
        return self.log_prob / len(self.tokens) ** alpha


@dataclass(frozen=True)
class BeamTree:
    """One tree: parent, token, log_prob, kept (N,); width: how many were kept at each step; end: the last token."""

    parent: np.ndarray
    token: np.ndarray
    log_prob: np.ndarray
    kept: np.ndarray
    width: int
    end: int

    @cached_property
    def depth(self):
        depth = np.zeros(len(self.parent), int)
        for node in range(1, len(depth)):
            depth[node] = depth[self.parent[node]] + 1
        return depth

    @cached_property
    def steps(self):
        """For each depth the rows that stood for choice, best first; the first `width` of them were kept.

        A finished one stands for choice again at every step after its own.
        """
        steps = [[0]]
        for depth in range(1, self.depth.max() + 1):
            ended = [node for node in steps[-1][: self.width] if self.token[node] == self.end and node]
            fresh = np.flatnonzero(self.depth == depth).tolist()
            steps.append(sorted([*ended, *fresh], key=lambda node: (-self.log_prob[node], not self.kept[node], node)))
        return steps

    def beam(self, depth):
        return self.steps[depth][: self.width]

    def dropped(self, depth):
        return self.steps[depth][self.width :]

    def tokens(self, node):
        found = []
        while node > 0:
            found.append(int(self.token[node]))
            node = self.parent[node]
        return tuple(found[::-1])

    def sentence(self, node):
        return Sentence(self.tokens(node), float(self.log_prob[node]), int(node), bool(self.token[node] == self.end))

    @cached_property
    def finals(self):
        """The sentences that were kept to the last step."""
        return [self.sentence(node) for node in self.beam(len(self.steps) - 1)]

    @cached_property
    def survivors(self):
        """Rows that a sentence of the last step goes through."""
        return {row for one in self.finals for row in self.follow(one.tokens)}

    def best(self, alpha):
        """The sentence of highest log_prob / length^alpha; of equal ones the more probable."""
        return max(self.finals, key=lambda one: one.score(alpha))

    def follow(self, tokens):
        """The rows of these tokens from the beginning on, as far as the tree has them."""
        rows, node = [], 0
        for token in tokens:
            below = np.flatnonzero((self.parent == node) & (self.token == token))
            if len(below) == 0:
                break
            rows.append(node := int(below[0]))
        return rows

    @cached_property
    def greedy(self):
        """Rows of the likeliest word after the likeliest word, as far as the tree has them."""
        rows, node = [], 0
        while len(below := np.flatnonzero(self.parent == node)):
            rows.append(node := int(below[self.log_prob[below].argmax()]))
        return rows

    def lost_at(self, tokens):
        """The depth at which a sentence was no longer among the kept ones; None where it was kept to the end."""
        rows = self.follow(tokens)
        for depth in range(1, len(self.steps)):
            at = min(depth, len(tokens))
            if at > len(rows) or rows[at - 1] not in self.beam(depth):
                return depth
        return None if len(tokens) == len(rows) else len(self.steps)


def known_sentences(trees, reference=None):
    """Every finished sentence that any of the trees has seen, {tokens: Sentence}, and the reference if its
    log-probability is given."""
    known = {}
    for tree in trees:
        for node in np.flatnonzero(tree.token == tree.end):
            if node:
                one = tree.sentence(node)
                known.setdefault(one.tokens, one)
    if reference is not None and reference[1] is not None:
        tokens, log_probs = reference
        known.setdefault(tokens, Sentence(tokens, float(log_probs[-1]), None, True))
    return known


def would_have_won(tree, known, alpha):
    """Known sentences that this search threw away and that score more than what it found, best first."""
    best = tree.best(alpha).score(alpha)
    mine = {one.tokens for one in tree.finals}
    better = [one for one in known.values() if one.tokens not in mine and one.score(alpha) > best]
    return sorted(better, key=lambda one: -one.score(alpha))
