"""Connectionist temporal classification: learn from pairs of a long input and a short label sequence, not aligned.

    loss        `ctc_loss` and `alignment_posteriors` for batches: the fast form, with its gradient
    recursions  forward, backward, posterior and Viterbi on the lattice of one sequence: the clear forms
    lattice     `lattice`: everything that is known about one sequence, to be drawn
    search      `greedy_decode`, `beam_search_decode`: from the network's outputs to labels
    arguments   what all of them refuse, in words

tests/unit/test_ctc.py holds the fast forms to the clear ones, these to an enumeration of every path, and the loss and
its gradient to torch.nn.functional.ctc_loss; tests/unit/test_ctc_search.py holds the search to an enumeration too.

    y_t(k)   output of the network: the probability of class k at frame t; one class is the blank
    l, U     the labels (U,), none of them the blank
    l', S    extended labels: a blank before, between and after the labels, S = 2U + 1
    path     one class for each frame (T,); collapsing it (repeats once, then blanks away) gives the labels
    alpha_t(s), beta_t(s), gamma_t(s)   at frame t in place s of l': how it came there, how it goes on, both

Source: Graves, Fernández, Gomez and Schmidhuber, "Connectionist temporal classification" (2006).
"""

from seqmodels.ctc.lattice import Lattice, lattice
from seqmodels.ctc.loss import alignment_posteriors, ctc_loss
from seqmodels.ctc.recursions import collapse, frames_needed
from seqmodels.ctc.search import Hypothesis, beam_search_decode, greedy_decode

__all__ = ["Hypothesis", "Lattice", "alignment_posteriors", "beam_search_decode", "collapse", "ctc_loss",
           "frames_needed", "greedy_decode", "lattice"]  # fmt: skip
