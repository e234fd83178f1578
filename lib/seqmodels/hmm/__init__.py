"""Hidden Markov models: a Markov chain that we cannot see, and observations that it lets through.

    model       `HMM`: the methods that a reader calls
    emissions   `Categorical`, `Gaussian`: what a state shows of itself
    recursions  forward, backward, posterior, Viterbi and Baum-Welch, one sequence at a time: the clear forms
    scan        the forward pass once more, as the scan that runs through the course

The public methods run on forms that are equal and faster: `batch` (many sequences side by side), `blocked` (one long
sequence, cut into pieces that are read side by side) and `logs` (where numbers are too small even for scaling);
`inference` decides which, `learning` is `HMM.fit`. tests/unit/test_hmm.py holds all of them to the clear forms, these
to an enumeration of every path, and the whole to hmmlearn.

    z_t   hidden state at time t, one of K          x_t   observation
    pi    initial distribution (K,)                 A     transition matrix (K, K), A[i, j] from i to j
    b_j(x)   probability (or density) of x in state j
"""

from seqmodels.hmm.emissions import Categorical, Gaussian
from seqmodels.hmm.model import HMM
from seqmodels.hmm.scan import forward_scan

__all__ = ["HMM", "Categorical", "Gaussian", "forward_scan"]
