"""CTC's lattice of one sequence in NumPy, for the text and the static picture: as lattice_model.js, in logarithms.

T frames, C classes, S = 2U + 1 places. Held to lattice_model.js and to seqmodels.ctc.lattice by
tests/viewers/test_lattice.py.
"""

import numpy as np

RATE = 1.0  # of a step along the gradient
ALIKE = 1e-9  # paths whose log-probabilities differ by less are equally probable


def blank_sign(symbols, blank):
    """The blank's name where that is one character and no symbol, or else a dash."""
    name = symbols[blank].strip()
    return name if len(name) == 1 and symbols.count(name) == 1 else "–"


def frames_needed(target):
    """The fewest frames that can say these labels: one each, and a blank between two that are the same."""
    return len(target) + sum(a == b for a, b in zip(target, target[1:], strict=False))


def outputs_after(edits, log_probs, target, blank):
    """log_probs (T, C) after the edits, one after the other.

    An edit is (frame, class, probability), where the others of the frame keep their proportions, or "step": one step
    of RATE along the gradient of the loss, taken before the softmax.
    """
    out = log_probs.copy()
    for edit in edits:
        if edit == "step":
            out -= RATE * solved(out, target, blank)["gradient"]
            out -= np.logaddexp.reduce(out, axis=1, keepdims=True)
            continue
        frame, which, probability = edit
        others = np.delete(np.arange(out.shape[1]), which)
        out[frame, others] += np.log1p(-probability) - np.logaddexp.reduce(out[frame, others])
        out[frame, which] = np.log(probability)
    return out


def may_jump(extended, blank):
    """(S,) booleans: may a path come to a place past the blank before it?"""
    jump = extended != blank
    jump[:2] = False
    jump[2:] &= extended[2:] != extended[:-2]
    return jump


def solved(log_probs, target, blank):
    """extended, jump (S,); emit, alpha, beta, posterior (T, S); gradient, wanted (T, C);
    log_likelihood; best (T,); alike.

    alike is the number of paths that are as probable as the best one, itself among them. A word that needs more frames
    than there are has log_likelihood -inf, gradient 0 and no best path.
    """
    extended = np.full(2 * len(target) + 1, blank)
    extended[1::2] = target
    jump, emit = may_jump(extended, blank), log_probs[:, extended]
    alpha, beta = np.full(emit.shape, -np.inf), np.full(emit.shape, -np.inf)
    alpha[0, :2], beta[-1, -2:] = emit[0, :2], 0
    for t in range(1, len(emit)):
        alpha[t] = np.logaddexp.reduce(_ways(alpha[t - 1], jump)) + emit[t]
    for t in range(len(emit) - 2, -1, -1):  # read from its end, the lattice is a lattice too
        onward = (beta[t + 1] + emit[t + 1])[::-1]
        leap = np.where(jump[::-1], onward, -np.inf)
        beta[t] = np.logaddexp.reduce([onward, _later(onward, 1), _later(leap, 2)])[::-1]
    log_likelihood = float(np.logaddexp.reduce(alpha[-1, -2:]))
    wanted, gradient, best, alike = np.zeros_like(log_probs), np.zeros_like(log_probs), None, 0
    posterior = np.full(emit.shape, -np.inf)
    if log_likelihood > -np.inf:
        posterior = alpha + beta - log_likelihood
        np.add.at(wanted.T, extended, np.exp(posterior).T)
        gradient, (best, alike) = np.exp(log_probs) - wanted, _best(emit, jump)
    return {
        **{"extended": extended, "jump": jump, "emit": emit, "alpha": alpha, "beta": beta, "posterior": posterior},
        **{"gradient": gradient, "wanted": wanted, "log_likelihood": log_likelihood, "best": best, "alike": alike},
    }


def _later(row, by):
    return np.concatenate([np.full(min(by, len(row)), -np.inf), row[: max(len(row) - by, 0)]])


def _ways(row, jump):
    """Into each place: from itself, from the one before, past a blank. (3, S)"""
    return np.stack([row, _later(row, 1), np.where(jump, _later(row, 2), -np.inf)])


def _best(emit, jump):
    """The most probable path (T,), and how many are as probable."""
    score, came = np.full(emit.shape[1], -np.inf), np.zeros(emit.shape, int)
    score[:2] = emit[0, :2]
    counts = np.where(score > -np.inf, 0.0, -np.inf)  # logarithms, as all else
    for t in range(1, len(emit)):
        ways = _ways(score, jump)
        counts = np.logaddexp.reduce(np.where(ways >= ways.max(0) - ALIKE, _ways(counts, jump), -np.inf))
        came[t] = np.arange(len(score)) - ways.argmax(0)
        score = ways.max(0) + emit[t]
    path = [len(score) - 1 - int(score[::-1][:2].argmax())]
    alike = np.exp(counts[-2:])[score[-2:] >= score[path[0]] - ALIKE].sum()
    for t in range(len(emit) - 1, 0, -1):
        path.append(int(came[t, path[-1]]))
    return np.array(path[::-1]), round(alike)


def alone(log_probs, blank):
    """What the outputs say by themselves, no word given: the best class of each frame, collapsed. A list of labels."""
    best = log_probs.argmax(1)
    return [int(k) for k, before in zip(best, [blank, *best], strict=False) if k not in (before, blank)]


def is_path(path, jump, frames):
    """Is this a whole path: a place for each frame, each step stay, next or an allowed jump, allowed ends?"""
    path, places = np.asarray(path), len(jump)
    if len(path) != frames or path.min() < 0 or path.max() >= places or path[0] > 1 or path[-1] < places - 2:
        return False
    by = np.diff(path)
    return bool(((by == 0) | (by == 1) | ((by == 2) & jump[path[1:]])).all())
