"""One long sequence, cut into pieces that are read side by side: the scan of (1.2.8) in two levels.

What a piece of the sequence does to the state is a matrix, whatever the state was: P = A diag(b_t) A diag(b_{t+1}) ...
So (1) find the matrices of all C pieces together, (2) walk from border to border with one small product each, and
(3) read all pieces at once from their borders with the forms of `batch`. T steps in Python become about
2 T / C + C, at the price of K times the work in (1). For Viterbi the sum in the product is a maximum.
"""

import numpy as np

from seqmodels.hmm import batch


def fold(values, n_pieces):
    """values (T, K) without its first row -> (L, K, C), pieces that differ by at most one row; and alive (L,)."""
    rows, longer = divmod(len(values) - 1, n_pieces)
    alive = [n_pieces] * rows + [longer] * (longer > 0)
    first = 1 + rows * np.arange(n_pieces) + np.minimum(np.arange(n_pieces), longer)  # longer pieces come first
    where = np.minimum(first + np.arange(len(alive))[:, None], len(values) - 1)  # (L, C)
    return np.take(values.T, where, axis=1).transpose(1, 0, 2), alive


def unfold(pieces, alive):
    """Back again: (L, ..., C) -> (T - 1, ...)."""
    rows, longer = len(alive), alive[-1] if alive[-1] < alive[0] else alive[0]
    long = np.moveaxis(pieces[..., :longer], -1, 0)  # (longer, L, ...)
    short = np.moveaxis(pieces[: rows - 1, ..., longer:], -1, 0)
    return np.concatenate([part.reshape(-1, *part.shape[2:]) for part in (long, short)])


def forward(initial, transition, b, n_pieces):
    """Like `recursions.forward`: filtered (T, K), scale (T,); and what `backward` needs."""
    pieces, alive = fold(b, n_pieces)
    first = initial * b[0]
    matrices, _ = products(transition, pieces, alive)
    borders = [first / first.sum()]
    for matrix in matrices[:-1]:
        border = borders[-1] @ matrix
        borders.append(border / border.sum())
    entered = np.array(borders).T  # (K, C): filtered just before each piece
    filtered, scale = batch.forward(transition, pieces, alive, transition.T @ entered)
    together = np.concatenate([entered[:, :1].T, unfold(filtered, alive)])
    scales = np.concatenate([[first.sum()], unfold(scale, alive)])
    return together, scales, (matrices, pieces, alive, filtered, scale, entered)


def log_likelihood(initial, transition, b, n_pieces):
    """From the matrices alone: numbers whose logarithms sum to log P(x)."""
    matrices, sizes = products(transition, *fold(b, n_pieces))
    border, scale = initial * b[0], np.empty(n_pieces + 1)
    for i, matrix in enumerate(matrices):
        scale[i] = border.sum()
        border = (border / scale[i]) @ matrix
    scale[-1] = border.sum()
    return np.append(scale, sizes)


def backward(transition, known):
    """beta (T, K) and sum_t xi_t (K, K) from what `forward` found out."""
    matrices, pieces, alive, filtered, scale, entered = known
    n_pieces = len(matrices)
    left = np.ones((n_pieces, len(transition)))  # beta just after each piece
    for i in range(n_pieces - 1, 0, -1):
        left[i - 1] = matrices[i] @ left[i]
        left[i - 1] /= entered[:, i] @ left[i - 1]  # gamma sums to one
    beta, moves = batch.backward(transition, pieces, alive, filtered, scale, left.T)
    explained = pieces[0] * beta[0] / scale[0]  # (K, C): the step across each border
    first = transition @ explained[:, :1]
    return np.concatenate([first.T, unfold(beta, alive)]), moves + transition * (entered @ explained.T)


def products(transition, pieces, alive):
    """The matrix of each piece, (C, K, K) scaled to a largest entry of one, and by what it was divided (L, C)."""
    n_states, n_pieces = pieces.shape[1:]
    into, sizes = np.ascontiguousarray(transition.T), np.ones((len(alive), n_pieces))
    matrix = into[:, :, None] * pieces[0][:, None]  # (to, from, C)
    for t, n in enumerate(alive):
        if t > 0:
            ahead = (into @ matrix[..., :n].reshape(n_states, -1)).reshape(n_states, n_states, n)
            ahead *= pieces[t][:, None, :n]
            matrix = ahead if n == n_pieces else np.concatenate([ahead, matrix[..., n:]], 2)
        if t % batch.EVERY == batch.EVERY - 1 or t == len(alive) - 1:
            sizes[t] = matrix.max((0, 1))
            matrix /= sizes[t]
    return np.ascontiguousarray(matrix.transpose(2, 1, 0)), sizes


def viterbi(log_initial, log_transition, log_b, n_pieces):
    """Like `recursions.viterbi`, from logarithms: the path (T,) and log P(x, path).

    The best states at the borders come first; then every piece looks for its best way from border to border. Where
    several paths are equally good (two ways with the same steps in another order), rounding decides between them, here
    and in the plain form, so that they may find different ones.
    """
    pieces, alive = fold(log_b, n_pieces)
    matrices = best_products(log_transition, pieces, alive)  # (C, from, to)
    best = [log_initial + log_b[0]]
    for matrix in matrices:
        best.append((best[-1][:, None] + matrix).max(0))
    borders = np.empty(n_pieces + 1, int)
    borders[-1] = best[-1].argmax()
    for i in range(n_pieces - 1, -1, -1):
        borders[i] = (best[i] + matrices[i][:, borders[i + 1]]).argmax()
    delta = batch.best_scores(log_transition, pieces, alive, log_transition[borders[:-1]].T)
    paths = batch.trace_back(log_transition, delta, alive, borders[1:])
    return np.concatenate([borders[:1], unfold(paths, alive)]), best[-1].max()


def best_products(log_transition, pieces, alive):
    """The max-plus matrix of each piece, (C, K, K): the best way through it from each state to each state."""
    n_states, n_pieces = pieces.shape[1:]
    steps = log_transition[:, None, :, None]  # (via, 1, to, 1)
    ways = np.empty((n_states, n_states, n_states, n_pieces))  # (via, from, to, C)
    matrix = log_transition[:, :, None] + pieces[0]  # (from, to, C)
    for t, n in enumerate(alive[1:], start=1):
        here = ways[..., :n]
        np.add(matrix.transpose(1, 0, 2)[:, :, None, :n], steps, out=here)
        ahead = here.max(0) + pieces[t][:, :n]
        matrix = ahead if n == n_pieces else np.concatenate([ahead, matrix[..., n:]], 2)
    return np.ascontiguousarray(matrix.transpose(2, 0, 1))
