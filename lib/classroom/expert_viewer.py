"""ExpertViewer: who answers for which letter?"""

import numpy as np
import traitlets

from . import expert_numbers as numbers
from .viewer import Viewer, quantise

MOST_STEPS, MOST_EXPERTS = 1000, 16


class ExpertViewer(Viewer):
    """Who answers for which letter?

    A router sends every token to its top_k experts of E. Seen are the text, each token with the number and the colour
    of its first expert; for the token at the cursor the router's probabilities; the share of the tokens for which every
    expert answers; and the same for each class of characters. A class is called clear if it has 30 tokens or more and
    an expert answers for a quarter of them more than its share of all tokens.

    router: (T, E) or (1, T, E): probabilities, each row summing to 1, or the scores before the softmax. tokens: a text
    or a list of T texts. The weights shown are the router's probabilities, not renormalised over the chosen.
    classes: T names, such as parts of speech; by default vowel, consonant, capital, digit, space, sign, or word.

    From a cell, read or set ``viewer.position`` (the step) and ``viewer.expert`` (the one that is followed, or None);
    read ``viewer.chosen`` (T, top_k), ``viewer.load`` (E,), ``viewer.table()``. Raises ValueError.
    Held by tests/viewers/test_experts.py and expert.test.mjs.
    """

    _javascript = "expert"

    tokens = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    classes = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    top_k = traitlets.Int(2, read_only=True).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    expert = traitlets.Int(None, allow_none=True).tag(sync=True)
    _experts = traitlets.Int(1).tag(sync=True)
    _codes = traitlets.Bytes().tag(sync=True)
    _range = traitlets.List().tag(sync=True)

    def __init__(self, router, tokens, top_k=2, title="", classes=None, **traits):
        tokens = list(tokens) if isinstance(tokens, str) else tokens
        if not isinstance(tokens, list | tuple) or not all(isinstance(token, str) and token for token in tokens):
            raise ValueError(f"tokens must be a text or a list of texts, got {tokens!r:.80}")
        if not 1 <= len(tokens) <= MOST_STEPS:
            raise ValueError(f"tokens has {len(tokens)} entries; ExpertViewer draws 1 to {MOST_STEPS}")
        router = _checked(router, len(tokens))
        experts = router.shape[1]
        if isinstance(top_k, bool) or not isinstance(top_k, int | np.integer) or not 1 <= top_k <= experts:
            raise ValueError(f"top_k must be a whole number from 1 to {experts}, the experts there are, got {top_k!r}")
        classes = [numbers.class_of(token) for token in tokens] if classes is None else [str(c) for c in classes]
        if len(classes) != len(tokens) or len(set(classes)) > 12:
            raise ValueError(f"classes must hold {len(tokens)} names, 12 different at most, got {len(classes)} names, "
                             f"{len(set(classes))} different")  # fmt: skip
        self.probabilities = numbers.probabilities(router)
        self.chosen = numbers.chosen(router, int(top_k))
        codes, low, high = quantise(self.probabilities)
        super().__init__(title=title or "", _codes=codes, _range=[low, high], _experts=experts)
        for name, value in (("tokens", list(tokens)), ("classes", classes), ("top_k", int(top_k))):
            self.set_trait(name, value)
        self._quiet = False
        for name, value in traits.items():
            setattr(self, name, value)

    @property
    def load(self):
        """The share of the tokens for which each expert answers, (E,); it sums to top_k."""
        return numbers.load(self.chosen, self._experts)

    def table(self):
        """(names of the classes, shares (classes, E)): who answers for which class; rows sum to top_k."""
        return numbers.class_table(self.classes, self.chosen, self._experts)

    @traitlets.validate("position", "expert")
    def _check_place(self, proposal):
        name, value = proposal.trait.name, proposal.value
        most = (len(self.tokens) if name == "position" else self._experts) - 1
        if not self._quiet and value is not None and not 0 <= value <= most:
            raise ValueError(f"{name} must lie in 0..{most}, got {value}")
        return value

    def describe(self):
        """The sentence for alt and text: the load, the most and the least used expert, the clearest class."""
        if self.alt:
            return self.alt
        shares, (names, table) = self.load, self.table()
        counts = [self.classes.count(name) for name in names]
        found = numbers.clearest(counts, table, shares)
        clear = "no expert stands out for a class of 30 tokens or more"
        if found:
            row, who = found
            clear = (f"expert {who} answers for {table[row, who] * counts[row]:.0f} of {counts[row]} {names[row]!r}, "
                     f"and for {shares[who]:.0%} of all")  # fmt: skip
        return (
            f"{self.title or 'Experts'}: {len(self.tokens)} tokens, {self.top_k} of {self._experts} experts each; "
            f"the busiest, expert {shares.argmax()}, answers for {shares.max():.0%} of the tokens, the idlest for "
            f"{shares.min():.0%}; {clear}."
        )

    def figure(self):
        """Load and classes as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .expert_picture import expert_figure

        return expert_figure(self)


def _checked(router, steps):
    router = np.asarray(router.detach().cpu() if hasattr(router, "detach") else router, dtype=np.float64)
    router = router[0] if router.ndim == 3 and len(router) == 1 else router
    if router.ndim != 2 or len(router) != steps or not 1 <= router.shape[1] <= MOST_EXPERTS:
        raise ValueError(
            f"router must have shape ({steps}, E), a row for each token and at most {MOST_EXPERTS} experts, "
            f"got {router.shape}"
        )
    if not np.isfinite(router).all():
        raise ValueError(f"router must be finite, got {(~np.isfinite(router)).sum()} NaN or infinite entries")
    return router
