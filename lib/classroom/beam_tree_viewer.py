"""BeamTreeViewer: what a beam search kept, what it threw away, and whether that would have won."""

from collections.abc import Mapping

import numpy as np
import traitlets

from .beam_tree_numbers import BeamTree, known_sentences, would_have_won
from .viewer import Viewer

MOST_ALPHA = 2.0


def _checked_tree(tree, width, end, words):
    """A BeamTree of whatever has parent, token, log_prob and kept."""
    name = f"the tree of width {width!r}"
    if isinstance(width, bool) or not isinstance(width, int | np.integer) or not 1 <= width <= 64:
        raise ValueError(f"trees must be given by their widths, whole numbers from 1 to 64, got {width!r}")
    missing = [key for key in ("parent", "token", "log_prob", "kept") if not hasattr(tree, key)]
    if missing:
        raise ValueError(f"{name} must have parent, token, log_prob and kept, as a SearchTree; it lacks {missing}")
    parts = [np.asarray(getattr(tree, key)) for key in ("parent", "token", "log_prob", "kept")]
    shapes = {part.shape for part in parts}
    if len(shapes) != 1 or parts[0].ndim != 1:
        raise ValueError(f"{name}: parent, token, log_prob, kept must all have shape (N,), got {shapes}")
    parent, token, log_prob, kept = parts
    if not 2 <= len(parent) <= BeamTreeViewer.MOST_NODES:
        raise ValueError(f"{name} has {len(parent)} nodes; expected 2 to {BeamTreeViewer.MOST_NODES}")
    early = np.arange(len(parent)) > parent
    if parent[0] != -1 or not early.all() or (parent[1:] < 0).any():
        raise ValueError(f"{name}: parent must be -1 at row 0 and an earlier row elsewhere, got {parent[:8].tolist()}…")
    if token.min() < 0 or token.max() >= len(words):
        raise ValueError(f"{name} has tokens from {token.min()} to {token.max()}, but words has {len(words)} entries")
    if not np.isfinite(log_prob).all():
        raise ValueError(f"{name}: log_prob must be finite, got {(~np.isfinite(log_prob)).sum()} NaN or infinite")
    one = BeamTree(parent.astype(int), token.astype(int), log_prob.astype(float), kept.astype(bool), int(width), end)
    if (grows := np.flatnonzero(one.log_prob[1:] > one.log_prob[one.parent[1:]] + 1e-6)).size:
        raise ValueError(
            f"{name}: log_prob is that of all words so far and cannot rise, as it does at row {grows[0] + 1}"
        )
    for depth in range(1, len(one.steps)):
        fresh = one.depth == depth
        beam = {node for node in one.beam(depth) if fresh[node]}
        if beam != set(np.flatnonzero(fresh & one.kept).tolist()):
            raise ValueError(
                f"{name} does not fit its width: at depth {depth} it marks {(fresh & one.kept).sum()} new nodes as "
                f"kept, where the {width} most probable hold {len(beam)}"
            )
    return one


def _checked_reference(reference, end, words):
    """(tokens with END, log_probs or None), from tokens or from (tokens, log_probs)."""
    if reference is None:
        return None
    tokens, log_probs = reference if isinstance(reference, tuple) and len(reference) == 2 else (reference, None)
    tokens = np.asarray(tokens)
    if tokens.ndim != 1 or tokens.size == 0 or tokens.dtype.kind not in "iu":
        raise ValueError(f"reference must be tokens (T,), or a pair (tokens, log_probs), got {reference!r}")
    if tokens.min() < 0 or tokens.max() >= len(words):
        raise ValueError(f"reference has tokens from {tokens.min()} to {tokens.max()}; words has {len(words)} entries")
    found = (*tokens[tokens != end].tolist(), end)
    if log_probs is None:
        return found, None
    log_probs = np.asarray(log_probs, dtype=float)
    if (
        log_probs.shape != (len(found),)
        or not np.isfinite(log_probs).all()
        or (np.diff(log_probs, prepend=0) > 1e-6).any()
    ):
        raise ValueError(
            f"reference: log_probs must hold {len(found)} falling numbers, of all words so far, END's last, "
            f"got {log_probs.tolist()}"
        )
    return found, log_probs


class BeamTreeViewer(Viewer):
    """What did the search throw away, and would it have won?

    Left to right, word by word, the beginnings that the search kept, the most probable on top; below the cut those
    that it threw away, open at the chosen word and counted elsewhere. Thick lines are likely words. The best sentence
    found, the greedy one and the right one are marked. A table shows who stood where before and after the chosen
    word; another ranks the whole sentences, those too that only another width has seen. The reader steps through the
    words, chooses a beginning, turns the width and the length penalty; all is computed in the browser.

    trees: {width: tree}, or {sentence: {width: tree}}; a tree is a `SearchTree`, or has its parent, token, log_prob,
    kept, each (N,). words: the name of each token; end: the token that ends a sentence.
    reference: the right sentence's tokens, or a pair (tokens, log_probs) with log_probs (T,) in nats of all words so
    far, END included; for several sentences a mapping by their names.

    From a cell, read or set ``viewer.sentence`` (a name), ``viewer.width``, ``viewer.depth`` (a word from 1),
    ``viewer.node`` (a row of the tree, or None), ``viewer.alpha`` (from 0 to 2: sentences are ranked by
    log_prob / length^alpha), ``viewer.seen`` (widths whose sentences count as known: all, or those it was given and
    every width shown since). Another sentence or width ends the choice of a node. ``viewer.best`` is the words found.
    Raises ValueError, naming the argument and the numbers.
    Held by tests/viewers/test_beam_tree.py, beam_tree.test.mjs.
    """

    _javascript = "beam_tree"
    MOST_NODES, MOST_SENTENCES = 8_000, 12

    _trees = traitlets.Bytes().tag(sync=True)
    _shapes = traitlets.List().tag(sync=True)
    _references = traitlets.List().tag(sync=True)
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    end = traitlets.Int().tag(sync=True)
    sentence = traitlets.Unicode("").tag(sync=True)
    width = traitlets.Int(1).tag(sync=True)
    depth = traitlets.Int(1).tag(sync=True)
    node = traitlets.Any(None).tag(sync=True)
    alpha = traitlets.Float(0.0).tag(sync=True)
    seen = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, trees, words, end, reference=None, title="", **traits):
        names = [str(word) for word in words]
        if isinstance(end, bool) or not isinstance(end, int | np.integer) or not 0 <= end < len(names):
            raise ValueError(f"end must be a token from 0 to {len(names) - 1}, got {end!r}")
        if not isinstance(trees, Mapping) or not trees:
            kinds = "{width: tree} or {sentence: {width: tree}}"
            raise ValueError(f"trees must be {kinds}, got {type(trees).__name__}")
        several = all(isinstance(name, str) for name in trees)
        given, right = (trees, reference or {}) if several else ({"": trees}, {"": reference})
        if len(given) > self.MOST_SENTENCES:
            raise ValueError(f"trees has {len(given)} sentences; BeamTreeViewer shows at most {self.MOST_SENTENCES}")
        named = isinstance(right, Mapping)
        if not named or not set(right) <= set(given):
            wrong = set(right) - set(given) if named else right
            raise ValueError(f"reference must name sentences of trees, {list(given)}, got {wrong!r}")
        self._given, self._right = {}, {}
        for name, by_width in given.items():
            if not isinstance(by_width, Mapping) or not by_width:
                raise ValueError(f"trees[{name!r}] must be {{width: tree}} and not empty, got {by_width!r}")
            self._given[name] = {int(w): _checked_tree(by_width[w], w, int(end), names) for w in sorted(by_width)}
            self._right[name] = _checked_reference(right.get(name), int(end), names)
        first = next(iter(self._given))
        super().__init__(
            title=title,
            words=names,
            end=int(end),
            _trees=b"".join(self._bytes(tree) for trees in self._given.values() for tree in trees.values()),
            _shapes=[[name, [[w, len(t.parent)] for w, t in trees.items()]] for name, trees in self._given.items()],
            _references=[self._plain(one) for one in self._right.values()],
            sentence=first,
            width=max(self._given[first]),
            seen=sorted({width for trees in self._given.values() for width in trees}),
        )
        self._quiet = False
        for name in ("sentence", "width", "alpha"):
            if name in traits:
                setattr(self, name, traits.pop(name))
        for name, value in {"depth": self._first_doubt(), **traits}.items():
            setattr(self, name, value)
        self._remember()

    @staticmethod
    def _bytes(tree):
        return np.stack([tree.parent, tree.token, tree.log_prob, tree.kept]).astype("<f8").tobytes()

    @staticmethod
    def _plain(reference):
        if reference is None:
            return None
        tokens, log_probs = reference
        return [list(tokens), None if log_probs is None else log_probs.tolist()]

    @property
    def tree(self):
        """The tree that is shown, a BeamTree."""
        return self._given[self.sentence][self.width]

    @property
    def best(self):
        """The words of the sentence that is found at this width and alpha."""
        return self._words(self.tree.best(self.alpha).tokens)

    def _words(self, tokens):
        return [self.words[token] for token in tokens if token != self.end]

    def _greedy(self):
        """Tokens of the greedy sentence, as far as any tree of this sentence has them."""
        trees = self._given[self.sentence]
        tree = trees.get(1, self.tree)
        return tree.tokens(tree.greedy[-1]) if tree.greedy else ()

    def _known(self):
        """{tokens: Sentence} of the widths that were seen."""
        trees = (tree for width, tree in self._given[self.sentence].items() if width in self.seen)
        return known_sentences(trees, self._right[self.sentence])

    def _remember(self):
        if self.width not in self.seen:
            self.seen = sorted({*self.seen, self.width})

    def _first_doubt(self):
        """The depth where greedy and the best sentence part, or 1."""
        pairs = zip(self._greedy(), self.tree.best(self.alpha).tokens, strict=False)
        return next((depth for depth, (a, b) in enumerate(pairs, 1) if a != b), 1)

    @traitlets.validate("sentence")
    def _check_sentence(self, proposal):
        if proposal.value not in self._given:
            raise ValueError(f"sentence must be one of {list(self._given)}, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("width")
    def _check_width(self, proposal):
        widths = list(self._given[self.sentence])
        if not self._quiet and proposal.value not in widths:
            raise ValueError(f"width must be one of {widths}, got {proposal.value}")
        return proposal.value

    @traitlets.validate("depth")
    def _check_depth(self, proposal):
        most = len(self.tree.steps) - 1 if not self._quiet else proposal.value
        if not 1 <= proposal.value <= most:
            raise ValueError(f"depth must be a word from 1 to {most}, got {proposal.value}")
        return proposal.value

    @traitlets.validate("node")
    def _check_node(self, proposal):
        node = proposal.value
        if self._quiet or node is None:
            return node
        most = len(self.tree.parent) - 1
        if isinstance(node, bool) or not isinstance(node, int | np.integer) or not 1 <= node <= most:
            raise ValueError(f"node must be a row of the tree from 1 to {most}, or None, got {node!r}")
        return int(node)

    @traitlets.validate("seen")
    def _check_seen(self, proposal):
        widths = {width for trees in self._given.values() for width in trees}
        if not set(proposal.value) <= widths:
            raise ValueError(f"seen must hold widths of trees, {sorted(widths)}, got {proposal.value}")
        return proposal.value

    @traitlets.validate("alpha")
    def _check_alpha(self, proposal):
        if not 0 <= proposal.value <= MOST_ALPHA:  # NaN fails too
            raise ValueError(f"alpha must be from 0 to {MOST_ALPHA}, got {proposal.value}")
        return proposal.value

    @traitlets.observe("sentence", "width")
    def _another_tree(self, change):
        if self._quiet:
            return
        if change.name == "sentence" and self.width not in self._given[self.sentence]:
            self.width = max(self._given[self.sentence])
        self._remember()
        self.node = None
        self.depth = min(self.depth, len(self.tree.steps) - 1)

    @traitlets.observe("node")
    def _go_to_the_node(self, change):
        if not self._quiet and self.node is not None:
            self.depth = int(self.tree.depth[self.node])

    def describe(self):
        """The sentence for alt and text: what was found, what greedy finds, what was thrown away and would win."""
        if self.alt:
            return self.alt
        tree, best = self.tree, self.tree.best(self.alpha)
        head = f"{self.title or 'A beam search'}: a beam of {tree.width}"
        found = f"finds “{' '.join(self.best)}”, log-probability {best.log_prob:.2f}"
        greedy = self._greedy()
        other = "as greedy search does" if greedy == best.tokens else f"greedy search “{' '.join(self._words(greedy))}”"
        dropped = sum(len(tree.dropped(depth)) for depth in range(1, len(tree.steps)))
        better = would_have_won(tree, self._known(), self.alpha)
        wins = better and " ".join(self._words(better[0].tokens))
        fate = f"“{wins}” would have won" if better else "none is known that would have won"
        return f"{head} {found}, {other}; of {dropped} runners-up that it threw away {fate} at alpha {self.alpha:g}."

    def figure(self):
        """The tree of the shown width as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .beam_tree_picture import beam_tree_figure

        return beam_tree_figure(self)
