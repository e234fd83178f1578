"""The kernel of a few springs, and the weights that make a delay of it, as static/kernel_model.js computes them.

    λ (M,)   eigenvalues with imaginary parts >= 0; one above the real axis stands for itself and its mirror image
    Δ        the step: the input is held for so long (zero-order hold)
    K_l = Σ_m w_m Re(C_m (e^(Δλ_m) - 1) / λ_m · e^(lΔλ_m)),   w = 2 above the real axis, 1 on it

Held by tests/viewers/test_hear_the_kernel.py to the recurrence, to numpy.linalg.lstsq, and to the browser's numbers.
"""

import numpy as np

DELAY, HORIZON = 20, 64  # steps: where the impulse shall come out, and how many count
RIDGE = 1e-8  # of the weights of columns of length 1: what keeps them from growing without bound
BEATS_APART = 3  # steps from one letter of a word to the next
LEVELS = (1, 2, 4, 8)  # pairs; twice as many real ones keep as many numbers


def modes(eigenvalues, step, length):
    """(length, M): what each mode does after a held impulse, with C = 1: (e^(Δλ) - 1) / λ · e^(lΔλ)."""
    z = step * np.asarray(eigenvalues, dtype=np.complex128)
    gain = step * np.where(z == 0, 1, np.expm1(z) / np.where(z == 0, 1, z))
    return gain * np.exp(np.outer(np.arange(length), z))


def doubled(eigenvalues):
    """2 for an eigenvalue with a mirror image, 1 for one on the real axis."""
    return np.where(np.imag(eigenvalues) > 0, 2.0, 1.0)


def kernel_of(eigenvalues, step, weights, length):
    """(length,) K_l, the answer to an impulse."""
    return (modes(eigenvalues, step, length) * weights * doubled(eigenvalues)).real.sum(1)


def numbers_kept(eigenvalues):
    """How many real numbers the state has: two for a pair, one for a real eigenvalue."""
    return int(doubled(eigenvalues).sum())


def delay_weights(eigenvalues, step):
    """(M,) C, complex: those whose kernel is nearest to a one at step 20 and zeros elsewhere, of 64 steps.

    Least squares on columns of length 1, with a little of the weights' own squares (RIDGE) added: where modes are
    alike, the weights stay below some thousands instead of growing without bound. That is part of the task: free to use
    weights of three millions (RIDGE at 1e-16), sixteen real eigenvalues reach 20 of 100 instead of 11.
    """
    basis, twice = modes(eigenvalues, step, HORIZON), doubled(eigenvalues)
    parts = np.concatenate([twice * basis.real, -twice * basis.imag], 1)
    used = np.concatenate([np.ones(len(twice), bool), twice == 2])
    columns = parts[:, used]
    size = np.linalg.norm(columns, axis=0)
    size[size == 0] = 1
    count = columns.shape[1]
    stacked = np.concatenate([columns / size, np.sqrt(RIDGE) * np.eye(count)])
    wanted = np.zeros(HORIZON + count)
    wanted[DELAY] = 1
    found = np.zeros(len(used))
    found[used] = np.linalg.lstsq(stacked, wanted, rcond=None)[0] / size
    real, imaginary = np.split(found, 2)
    return real + 1j * imaginary


def delay_score(kernel):
    """(Score in per cent, what comes through at step 20, the energy at all other steps) of a kernel's first 64 steps.

    The score is 100 · (1 - Σ_l (K_l - δ_l)²): 100 for a delay without fault, 0 where nothing comes out.
    """
    first = np.asarray(kernel)[:HORIZON]
    through = float(first[DELAY])
    smear = float((first**2).sum() - through**2)
    return 100 * (1 - (1 - through) ** 2 - smear), through, smear


def word_pulses(word, length):
    """(length,) a rhythm: a knock of 1 for each letter, silence for a space, three steps apart."""
    pulses = np.zeros(length)
    for k, letter in enumerate(word[: -(-length // BEATS_APART)]):
        pulses[BEATS_APART * k] = letter != " "
    return pulses


def word_heard(output, word, through):
    """The rhythm that comes out twenty steps later, with the volume turned so that `through` counts as 1.

    More than a half is a knock: the letter, or x in a silence; "·" is a letter that is missing.
    """
    heard = ""
    for k, letter in enumerate(word):
        at = DELAY + BEATS_APART * k
        knock = at < len(output) and through > 0.02 and output[at] / through > 0.5
        heard += (letter if letter != " " else "x") if knock else ("·" if letter != " " else " ")
    return heard


def lin(pairs):
    """S4D-Lin: -1/2 + iπn, n = 0, 1, …: the one of n = 0 is real here, as its imaginary part is 0."""
    return -0.5 + 1j * np.pi * np.arange(pairs)
