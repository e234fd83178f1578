"""Which word made which? IBM Model 1: a table of words, learned from sentence pairs alone by expectation-maximisation.

    e_i   source word i of l                   f_j   target word j of m            NULL  a word that is always there
    t(f | e)   table (E + 1, F): how likely the source word e becomes the target word f; the last row is NULL's

    p(f_1 … f_m | e) = Π_j  1/(l + 1) Σ_i t(f_j | e_i)        i over the l words and NULL

Every target word chooses one source word, any of them with the same chance, and is then drawn from that word's row.
Where words stand plays no part. The choice is the hidden variable, and learning is the EM of the hidden Markov model
(chapter 01) without the chain.
"""

import operator

import numpy as np


class IBMModel1:
    """The table t(f | e) and what follows from it.

    source_vocab, target_vocab: how many different ids there are on each side; null_word: may a target word come from
    no source word at all? `table` (source_vocab + 1, target_vocab), rows that sum to 1, at first with all words alike.
    The log-likelihood is concave in the table: no start leads to a worse end than another.
    Source: Brown, Della Pietra, Della Pietra and Mercer (1993). Held by tests/unit/test_word_alignment.py to fractions
    worked out by hand and to an enumeration of every alignment.
    """

    def __init__(self, source_vocab: int, target_vocab: int, null_word: bool = True):
        for name, value in (("source_vocab", source_vocab), ("target_vocab", target_vocab)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")
        self.source_vocab, self.target_vocab, self.null_word = source_vocab, target_vocab, null_word
        self.table = np.full((source_vocab + 1, target_vocab), 1 / target_vocab)

    def fit(self, pairs, iterations: int = 10) -> list:
        """Learn from pairs [(source ids, target ids), …]. Returns the total log-likelihood in nats, which never falls.

        history: one entry before every iteration and one after the last. Rows of words that no pair holds stay as they
        are.
        """
        if not isinstance(iterations, int) or iterations < 1:
            raise ValueError(f"iterations: expected a whole number, 1 or more, got {iterations!r}")
        meetings, history = _Meetings([self._checked(*pair) for pair in pairs], self.null_word, self.source_vocab), []
        for _ in range(iterations):
            posterior, log_likelihood = meetings.expect(self.table)
            history.append(log_likelihood)
            counts = meetings.count(posterior, self.table.shape)  # E: how often did e become f?
            total = counts.sum(1, keepdims=True)
            self.table = np.divide(counts, total, out=self.table.copy(), where=total > 0)  # M: t(f | e)
        return [*history, meetings.expect(self.table)[1]]

    def posteriors(self, source, target):
        """p(a_j = i | e, f): for each target word, where it came from. (m, l + 1), rows sum to 1, NULL in the last.

        A target word that no word of the source can have made is spread evenly over what it may come from.
        """
        source, target = self._checked(source, target)
        t = self.table[np.append(source, self.source_vocab)][:, target].T  # (m, l + 1)
        if not self.null_word:
            t[:, -1] = 0
        total = t.sum(1, keepdims=True)
        even = np.full_like(t, 1 / (len(source) + self.null_word))
        if not self.null_word:
            even[:, -1] = 0
        return np.divide(t, total, out=even, where=total > 0)

    def align(self, source, target):
        """The most probable source position of each target word, int64 (m,), and -1 where that is NULL.

        Of equal ones the first, and a word before NULL.
        """
        best = self.posteriors(source, target).argmax(1)
        return np.where(best == len(source), -1, best)

    def links(self, source, target) -> frozenset:
        """The same as links (source place, target place), for `metrics.alignment_error_rate`; NULL makes none."""
        return frozenset((int(i), j) for j, i in enumerate(self.align(source, target)) if i >= 0)

    def log_likelihood(self, pairs) -> float:
        """Σ log p(f | e) over the pairs, in nats."""
        pairs = [self._checked(*pair) for pair in pairs]
        return _Meetings(pairs, self.null_word, self.source_vocab).expect(self.table)[1]

    def _checked(self, source, target):
        return _ids(source, self.source_vocab, "source"), _ids(target, self.target_vocab, "target")


class _Meetings:
    """Every meeting of a source word with a target word of its pair, in one long list: what EM goes through.

    source, target (N,): the two words; place (N,): which target position this is, counted through all pairs.
    """

    def __init__(self, pairs, null_word, null):
        if not pairs:
            raise ValueError("pairs: expected at least one pair (source ids, target ids), got none")
        sources, targets, places, choices, begin = [], [], [], [], 0
        for source, target in pairs:
            source = np.append(source, null) if null_word else source
            sources.append(np.tile(source, len(target)))
            targets.append(np.repeat(target, len(source)))
            places.append(np.repeat(np.arange(begin, begin + len(target)), len(source)))
            choices.append(np.full(len(target), len(source)))
            begin += len(target)
        self.source, self.target, self.place = map(np.concatenate, (sources, targets, places))
        self.choices = np.concatenate(choices)  # l + 1 for every target position

    def expect(self, table):
        """The posterior of each meeting (N,), and the log-likelihood of all pairs."""
        t = table[self.source, self.target]
        total = np.bincount(self.place, t)  # Σ_i t(f_j | e_i)
        with np.errstate(divide="ignore"):
            log_likelihood = float(np.log(total / self.choices).sum())
        return np.divide(t, total[self.place], out=np.zeros_like(t), where=t > 0), log_likelihood

    def count(self, posterior, shape):
        """Add up the posteriors of the same two words: (E + 1, F)."""
        meeting = self.source * shape[1] + self.target
        return np.bincount(meeting, posterior, minlength=shape[0] * shape[1]).reshape(shape)


def _ids(words, vocab_size, name):
    try:
        ids = np.array([operator.index(word) for word in words], dtype=np.int64)
    except TypeError:
        raise ValueError(f"{name}: expected a list of whole numbers, the ids of its words, got {words!r}") from None
    if len(ids) == 0 or ids.min() < 0 or ids.max() >= vocab_size:
        came = f"ids from {ids.min()} to {ids.max()}" if len(ids) else "no word"
        raise ValueError(f"{name}: expected one word or more, ids from 0 to {vocab_size - 1}, got {came}")
    return ids
