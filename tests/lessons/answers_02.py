"""Answers to the exercises of chapter 02 as readers might write them: right in another way, or wrong as is common."""

import numpy as np
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

from seqmodels.recurrent import ElmanRNN

RING = np.roll(np.eye(3), 1, axis=0)


def coins(initial=None, backwards=False):
    """The eight states in another order: third bits 0 and 1, first coins 2 and 3, second coins 4 to 7."""
    transition, emission = np.zeros((8, 8)), np.zeros((8, 2))
    for a in (0, 1):
        emission[a, a] = emission[2 + a, a] = 1
        transition[a, 2:4] = 0.5
        for b in (0, 1):
            second = 4 + 2 * a + b
            emission[second, b], transition[2 + a, second], transition[second, a ^ b] = 1, 0.5, 1
    initial = [1 / 6] * 4 + [1 / 12] * 4 if initial is None else initial
    return initial, (transition.T / transition.T.sum(1, keepdims=True) if backwards else transition), emission


def only_the_place():
    return np.full(3, 1 / 3), RING.T, np.full((3, 2), 0.5)


def only_two_bits():
    """State (a, b): the last two bits; the next differs as in the stream, two to one."""
    transition, emission = np.zeros((4, 4)), np.tile(np.eye(2), (2, 1))
    for a in (0, 1):
        for b in (0, 1):
            transition[2 * a + b, 2 * b + (a ^ b)], transition[2 * a + b, 2 * b + 1 - (a ^ b)] = 2 / 3, 1 / 3
    return np.full(4, 1 / 4), transition, emission


def learn(model, batches, optimizer, clip, *, early=False, late=False, cut="together", zero=True):
    """The loop of exercise 3, right or with one of the mistakes that one can make in it."""
    losses, norms = [], []
    for x, y in batches:
        loss = (model(x) - y).pow(2).mean()
        if zero:
            model.zero_grad()
        if early:
            norms.append(float(clip_grad_norm_(model.parameters(), clip)))
        loss.backward()
        if late:
            model.zero_grad()
        if cut == "each":
            norms.append(max(float(clip_grad_norm_([p], clip)) for p in model.parameters()))
        elif cut == "values":
            nn.utils.clip_grad_value_(model.parameters(), clip)
            norms.append(0.0)
        elif not early:
            norms.append(float(clip_grad_norm_(model.parameters(), 1.0 if cut == "at one" else clip)))
        if cut == "reported":
            norms[-1] = min(norms[-1], clip)
        optimizer.step()
        losses.append(loss.detach().item())
    return losses, norms


def learning(**mistakes):
    return lambda model, batches, optimizer, clip=1.0: learn(model, batches, optimizer, clip, **mistakes)


def by_hand(model, batches, optimizer, clip=1.0):
    """Clipping written out, and the gradients emptied after the step."""
    losses, norms = [], []
    optimizer.zero_grad()
    for x, y in batches:
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        length = torch.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
        for p in model.parameters():
            p.grad *= min(1.0, clip / length.item())
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        norms.append(length.item())
    return losses, tuple(norms)


def left_by_loop(w, states):
    left = 1.0
    for t in range(len(states) - 1, 0, -1):
        left *= w * (1 - states[t]) * (1 + states[t])
    return left


def solved_patterns(patterns):
    """X^T C^-1 X with the diagonal taken out."""
    weights = patterns.T @ np.linalg.solve((patterns @ patterns.T).astype(float), patterns)
    return weights - np.diag(np.diag(weights))


def hebb(patterns):
    return patterns.T @ patterns / patterns.shape[1] * (1 - np.eye(patterns.shape[1]))


def perceptron(patterns):
    """Each unit learns until every pattern holds it with a margin."""
    weights = np.zeros((patterns.shape[1],) * 2)
    for _ in range(400):
        wrong = (patterns @ weights.T) * patterns < 1
        weights += (wrong * patterns).T @ patterns / patterns.shape[1]
        np.fill_diagonal(weights, 0)
    return weights


class Said(nn.Module):
    """What a function of bits (B, T) says, in the clothes of a network with one number."""

    def __init__(self, say):
        super().__init__()
        self.say, self.sure = say, nn.Parameter(torch.tensor(1.0))

    def forward(self, x):
        return self.sure * self.say(x[..., 0])[..., None]


def differ(bits):
    before = torch.cat([torch.zeros_like(bits[:, :1]), bits[:, :-1]], 1)
    return (bits - before).abs()


def differ_at_the_third(bits):
    due = torch.arange(bits.shape[1]) % 3 == 1
    return torch.where(due, differ(bits), torch.full_like(bits, 0.5))


def untrained():
    torch.manual_seed(0)
    layer, readout = ElmanRNN(1, 4), nn.Linear(4, 1)
    model = nn.Sequential(layer, readout)
    model.forward = lambda x: readout(layer(x)[0]).sigmoid()
    return model


RIGHT = [
    ("02", "test_ring", lambda: [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
    ("02", "test_ring", lambda: torch.eye(3).roll(1, 0)),
    ("02", "test_ring_in_noise", lambda: (5 * RING, (2.0, -1.0, -2.0))),
    ("02", "test_ring_in_noise", lambda: (torch.tensor(6 * RING - 3), [1, 0, 0])),  # one up, the others pushed down
    ("02", "test_coins_model", coins),
    ("02", "test_coins_model", lambda: coins([1 / 8] * 8)),
    ("02", "test_coins_model", lambda: coins(backwards=True)),  # of three bits each is the difference of the others
    ("02", "test_training", by_hand),
    ("02", "test_what_is_left", left_by_loop),
    ("02", "test_holding_weight", lambda: np.float64(1.6)),
    ("02", "test_holding_weight", lambda: -2),
    ("02", "test_weights_for", solved_patterns),
    ("02", "test_weights_for", perceptron),
    ("02", "test_smallest", lambda: Said(differ_at_the_third)),
]
WRONG = [
    ("02", "test_ring", lambda: RING.T, "that is backwards"),
    ("02", "test_ring", lambda: np.eye(3), "after 'one' comes"),
    ("02", "test_ring", lambda: 0.99 * RING, "neither fade nor grow"),
    ("02", "test_ring", lambda: [1, 2, 3], r"need weights of shape \(3, 3\)"),
    ("02", "test_ring_in_noise", lambda: (RING, [1, 0, 0]), "it fades"),
    ("02", "test_ring_in_noise", lambda: (3 * RING, [1, 0, 0]), "give it a side"),
    ("02", "test_ring_in_noise", lambda: (1.2 * RING, [1, -1, -1]), "Not firm enough"),
    ("02", "test_ring_in_noise", lambda: (3 * RING.T, [1, -1, -1]), "even without noise"),
    ("02", "test_coins_model", only_the_place, "which coins were it"),
    ("02", "test_coins_model", only_two_bits, "Does a state know where it is"),
    ("02", "test_coins_model", lambda: coins([0, 0, 0.5, 0.5, 0, 0, 0, 0]), "may begin at any of the three"),
    ("02", "test_training", learning(early=True), "does it exist yet"),
    ("02", "test_training", learning(zero=False, early=True), "does it exist yet"),
    ("02", "test_training", learning(cut="each"), "all parameters together"),
    ("02", "test_training", learning(cut="values"), "all parameters together"),
    ("02", "test_training", learning(cut="reported"), "before. clipping"),
    ("02", "test_training", learning(cut="at one"), "clip= is not used"),
    ("02", "test_training", learning(zero=False), "The last one is still in it"),
    ("02", "test_training", learning(late=True), "no gradient at all"),
    ("02", "test_training", lambda *a, **k: learning()(*a, **k) and None, "returns nothing"),
    ("02", "test_what_is_left", lambda w, states: None, "expected one number"),
    ("02", "test_what_is_left", lambda w, states: w ** (len(states) - 1), "where are the slopes"),
    ("02", "test_what_is_left", lambda w, states: np.prod(w * (1 - states**2)), "d h_1 / d h_1 is 1"),
    ("02", "test_what_is_left", lambda w, states: np.prod(w * (1 - states[:-1] ** 2)), "where it led to"),
    ("02", "test_holding_weight", lambda: 0.9, "falls to zero"),
    ("02", "test_holding_weight", lambda: 1.2, "too shallow"),
    ("02", "test_weights_for", hebb, "2 of 8 pictures stay"),
    ("02", "test_weights_for", lambda patterns: np.eye(120), "recalled nothing"),
    ("02", "test_weights_for", lambda patterns: patterns @ patterns.T, r"weights of shape \(120, 120\)"),
    ("02", "test_smallest", lambda: Said(differ), "where nothing can be known"),
    ("02", "test_smallest", lambda: Said(lambda bits: bits.roll(-1, 1)), "it looks ahead"),
    ("02", "test_smallest", lambda: Said(lambda bits: 9 * differ(bits)), "expected probabilities"),
    ("02", "test_smallest", lambda: Said(lambda bits: (1 + differ(bits)) / 3), "as a table of two bits does"),
    ("02", "test_smallest", untrained, "not yet below 0.02"),
    ("02", "test_smallest", lambda: 41, "expected a torch.nn.Module"),
]
