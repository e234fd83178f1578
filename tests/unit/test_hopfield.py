"""Hopfield networks against their definition, against every state of a small one, and against attention in torch."""

import itertools

import numpy as np
import pytest
import torch

from seqmodels.hopfield import HopfieldNetwork, ModernHopfield, SequenceNetwork


def signs(shape, seed=0):
    return np.random.default_rng(seed).choice([-1.0, 1.0], shape)


# --- 1982 -------------------------------------------------------------------------------------------


def test_weights_field_energy_and_overlap_are_their_sums():
    patterns, n = signs((3, 6)), 6
    network, state = HopfieldNetwork(patterns), signs(6, seed=1)
    w = network.weights
    for i, j in itertools.product(range(n), repeat=2):
        wanted = 0 if i == j else sum(p[i] * p[j] for p in patterns) / n
        assert w[i, j] == pytest.approx(wanted, abs=1e-15)
    assert network.field(state) == pytest.approx([sum(w[i, j] * state[j] for j in range(n)) for i in range(n)])
    pairs = sum(w[i, j] * state[i] * state[j] for i in range(n) for j in range(n))
    assert network.energy(state) == pytest.approx(-pairs / 2, abs=1e-15)
    assert network.overlap(state) == pytest.approx([np.mean(p * state) for p in patterns])
    assert network.overlap(patterns).shape == (3, 3) and network.energy(patterns).shape == (3,)


@pytest.mark.parametrize("seed", range(5))
def test_no_update_of_one_unit_raises_the_energy_in_any_state(seed):
    network = HopfieldNetwork(signs((2, 7), seed))
    states = np.array(list(itertools.product([-1.0, 1.0], repeat=7)))
    before = network.energy(states)
    for unit in range(7):
        after = network.step(states, unit)
        assert (after[:, np.arange(7) != unit] == states[:, np.arange(7) != unit]).all(), "only this unit moves"
        field = network.field(states)[:, unit]
        wanted = np.where(np.isclose(field, 0), states[:, unit], np.sign(field))
        assert (after[:, unit] == wanted).all()
        fall = before - network.energy(after)
        moved = after[:, unit] != states[:, unit]
        assert fall == pytest.approx(np.where(moved, 2 * np.abs(field), 0), abs=1e-14)


def test_a_tie_keeps_the_old_value():
    network = HopfieldNetwork([[1, 1, 1], [1, 1, -1]])  # unit 2 hears 1 - 1 from each neighbour: nothing
    for state in itertools.product([-1, 1], repeat=3):
        assert network.field(state)[2] == 0
        assert network.step(state, 2)[2] == state[2]
    # 99 patterns, weights in parts of 31: sums that binary fractions would miss
    many = HopfieldNetwork(signs((99, 31), seed=3))
    states = signs((400, 31), seed=4)
    counts = np.rint(many.weights * 31).astype(int)
    ties = states.astype(int) @ counts == 0
    assert ties.sum() > 100
    assert (many.step(states)[ties] == states[ties]).all()


def test_recall_is_its_steps_and_comes_to_rest():
    network, state = HopfieldNetwork(signs((4, 40))), signs(40, seed=9)
    found, energies, settled = network.recall(state, np.random.default_rng(2))
    rng, by_hand, seen = np.random.default_rng(2), state, [network.energy(state)]
    while len(seen) < len(energies):
        for unit in rng.permutation(40):
            by_hand = network.step(by_hand, unit)
            seen.append(network.energy(by_hand))
    assert settled is True and (found == by_hand).all()
    assert energies == pytest.approx(seen, abs=1e-12)
    assert (np.diff(energies) <= 0).all()
    assert (network.step(found) == found).all(), "at rest every unit agrees with its inputs"
    assert (len(energies) - 1) % 40 == 0


def test_several_recalls_at_once_are_each_as_alone():
    network, states = HopfieldNetwork(signs((10, 50))), signs((6, 50), seed=5)
    together, energies, settled = network.recall(states, np.random.default_rng(3), sweeps=30)
    assert settled.all() and energies.shape[0] == 6
    for state, end, curve in zip(states, together, energies, strict=True):
        alone, own, _ = network.recall(state, np.random.default_rng(3), sweeps=30)
        assert (alone == end).all()
        assert curve[: len(own)] == pytest.approx(own, abs=1e-12)
    unfinished, curves, done = network.recall(states, np.random.default_rng(3), sweeps=1)
    assert curves.shape == (6, 51) and not done.all()
    assert unfinished.shape == (6, 50)


def test_the_start_is_left_alone():
    network, state = HopfieldNetwork(signs((2, 20))), signs(20, seed=1)
    kept = state.copy()
    network.recall(state, np.random.default_rng(0))
    network.step(state, 3)
    assert (state == kept).all()


def test_a_few_patterns_are_completed_and_so_are_their_negatives():
    patterns = signs((5, 200))
    network, rng = HopfieldNetwork(patterns), np.random.default_rng(1)
    damaged = patterns * np.where(rng.random(patterns.shape) < 0.2, -1, 1)
    assert (network.recall(damaged, rng)[0] == patterns).all()
    assert (network.recall(-damaged, rng)[0] == -patterns).all()


def test_all_at_once_can_cycle_where_one_by_one_rests():
    network = HopfieldNetwork([[1, 1]])
    assert (network.step([1, -1]) == [-1, 1]).all() and (network.step([-1, 1]) == [1, -1]).all()
    found, _, settled = network.recall([1, -1], np.random.default_rng(0))
    assert settled and abs(found.sum()) == 2


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: HopfieldNetwork([[1, 0]]), ["patterns holds 0", "+1 and -1"]),
        (lambda: HopfieldNetwork([[1, np.nan]]), ["patterns holds nan"]),
        (lambda: HopfieldNetwork([1, -1]), ["patterns has shape (2,)", "(P, N)"]),
        (lambda: HopfieldNetwork(np.ones((0, 4))), ["patterns has shape (0, 4)"]),
        (lambda: HopfieldNetwork([[1, -1]]).energy([1, 1, 1]), ["state has shape (3,)", "2 units"]),
        (lambda: HopfieldNetwork([[1, -1]]).step([1, 0.5], 0), ["state holds 0.5"]),
        (lambda: HopfieldNetwork([[1, -1]]).recall([1, 1], np.random.default_rng(0), sweeps=0), ["sweeps is 0"]),
        (lambda: SequenceNetwork([[1, -1]], -1.0), ["strength is -1.0"]),
        (lambda: SequenceNetwork([[1, -1]], 2.0, delay=0), ["delay is 0"]),
        (lambda: SequenceNetwork([[1, -1]], 2.0).run(np.ones((2, 2)), None, 1), ["state has shape (2, 2)"]),
        (lambda: ModernHopfield([[1.0, 2.0]], beta=0), ["beta is 0"]),
        (lambda: ModernHopfield([[1.0, np.inf]], beta=1), ["patterns holds inf"]),
        (lambda: ModernHopfield([1.0, 2.0], beta=1), ["patterns has shape (2,)"]),
        (lambda: ModernHopfield([[1.0, 2.0]], beta=1).step([1.0]), ["state has shape (1,)"]),
        (lambda: ModernHopfield([[1.0, 2.0]], beta=1).step([1.0, np.nan]), ["state holds nan"]),
    ],
)
def test_errors_name_the_argument(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


# --- sequences --------------------------------------------------------------------------------------


def test_one_way_weights_are_their_sum_and_no_symmetric_matrix():
    patterns = signs((3, 8))
    network = SequenceNetwork(patterns, strength=1.5)
    wanted = 1.5 / 8 * sum(np.outer(patterns[(k + 1) % 3], patterns[k]) for k in range(3))
    assert network.onward == pytest.approx(wanted, abs=1e-15)
    assert np.abs(network.onward - network.onward.T).max() > 0.1


@pytest.mark.parametrize("delay", [2, 5])
def test_it_rests_for_the_delay_and_goes_round(delay):
    patterns = signs((4, 300), seed=2)
    network = SequenceNetwork(patterns, strength=2.0, delay=delay)
    visited = network.run(patterns[0], np.random.default_rng(0), sweeps=9 * (delay + 1))
    nearest = network.overlap(visited).argmax(1)
    assert network.overlap(visited).max(1).min() > 0.95
    changes = np.flatnonzero(np.diff(nearest))
    assert (nearest[changes + 1] == (nearest[changes] + 1) % 4).all(), "always on to the next"
    assert set(np.diff(changes)) == {delay + 1}, "and always after the same rest"
    assert len(changes) >= 8


def test_weak_one_way_weights_move_nothing():
    patterns = signs((4, 300), seed=2)
    visited = SequenceNetwork(patterns, strength=0.5).run(patterns[1], np.random.default_rng(0), sweeps=20)
    assert (visited == patterns[1]).all()


# --- 2020 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beta", [0.1, 1.0, 8.0])
def test_one_step_is_one_step_of_attention(beta):
    rng = np.random.default_rng(0)
    patterns, states = rng.standard_normal((7, 5)), rng.standard_normal((3, 5))
    query, keys = torch.from_numpy(states)[None], torch.from_numpy(patterns)[None]
    attended = torch.nn.functional.scaled_dot_product_attention(query, keys, keys, scale=beta)[0].numpy()
    memory = ModernHopfield(patterns, beta)
    assert memory.step(states) == pytest.approx(attended, abs=1e-12)
    assert memory.step(states[0]) == pytest.approx(attended[0], abs=1e-12)
    assert memory.shares(states).sum(1) == pytest.approx(np.ones(3), abs=1e-12)


@pytest.mark.parametrize("beta", [0.2, 1.0, 5.0])
def test_no_step_raises_its_energy_and_a_step_is_where_its_gradient_vanishes(beta):
    rng = np.random.default_rng(1)
    memory = ModernHopfield(rng.standard_normal((9, 6)), beta)
    end, energies, settled = memory.recall(rng.standard_normal((4, 6)), steps=2000)
    assert settled and (np.diff(energies, axis=0) <= 1e-12).all()
    # the gradient of E is s - step(s), by differences
    state, small = rng.standard_normal(6), 1e-6
    slopes = [(memory.energy(state + small * e) - memory.energy(state - small * e)) / (2 * small) for e in np.eye(6)]
    assert slopes == pytest.approx(state - memory.step(state), abs=1e-8)
    assert end == pytest.approx(memory.step(end), abs=1e-11)


def test_a_sharp_one_finds_the_nearest_of_many_patterns():
    patterns = signs((2000, 100), seed=5)
    damaged = patterns[:20] * np.where(np.random.default_rng(0).random((20, 100)) < 0.1, -1, 1)
    assert np.abs(ModernHopfield(patterns, beta=1.0).step(damaged) - patterns[:20]).max() < 1e-3
    assert ModernHopfield(1e3 * patterns, beta=1.0).step(patterns[0]) == pytest.approx(1e3 * patterns[0])
