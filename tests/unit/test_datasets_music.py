"""Chorales: four voices as a choir sings them, every step size from one file, melodies in one split."""

import pytest
import torch

from seqmodels.datasets import DATA, chorales


def everything(per_quarter=4):
    music = chorales(per_quarter)
    return [*music.train, *music.valid, *music.test]


def test_the_splits_hold_as_many_chorales_each_once():
    music = chorales()
    assert (len(music.train), len(music.valid), len(music.test), music.per_quarter) == (195, 55, 68, 2)
    assert len({chorale.bwv for chorale in everything()}) == 318
    assert len({tuple(chorale.voices.flatten().tolist()) for chorale in everything()}) == 318


def test_a_choir_can_sing_them():
    ranges = [(57, 81), (50, 76), (45, 72), (36, 66)]  # soprano, alto, tenor, bass
    for chorale in everything():
        assert chorale.voices.dtype == torch.int64 and chorale.voices.shape == chorale.begins.shape
        for voice, (low, high) in zip(chorale.voices.T, ranges, strict=True):
            sung = voice[voice > 0]
            assert low <= sung.min() and sung.max() <= high, (chorale.bwv, int(sung.min()), int(sung.max()))
        assert (chorale.voices.float().mean(0).diff() < 0).all(), chorale.bwv


def test_the_last_chord_is_a_triad_or_a_part_of_one():
    """Music, not noise: four in five chorales end on a major or minor chord, and all but a few on nothing worse."""
    triads = {frozenset((root + k) % 12 for k in chord) for root in range(12) for chord in ((0, 4, 7), (0, 3, 7))}
    ends = [frozenset((c.voices[-1][c.voices[-1] > 0] % 12).tolist()) for c in everything()]
    assert sum(end in triads for end in ends) / len(ends) > 0.8
    assert sum(any(end <= triad for triad in triads) for end in ends) / len(ends) > 0.98


def test_a_chorale_known_by_heart():
    """BWV 269, Aus meines Herzens Grunde, in G: how it begins, in quarters, and the passing note in the tenor."""
    (slow,) = [c for c in everything(1) if c.bwv == "269"]
    assert slow.voices[:4].tolist() == [[67, 62, 59, 43], [67, 62, 59, 55], [67, 64, 60, 52], [74, 62, 57, 54]]
    (quick,) = [c for c in everything(2) if c.bwv == "269"]
    assert quick.voices[4:6, 2].tolist() == [60, 59] and quick.begins[5].tolist() == [False, False, True, False]


def test_larger_steps_are_every_second_and_fourth_of_the_smallest():
    for fine, eighths, quarters in zip(everything(4), everything(2), everything(1), strict=True):
        assert torch.equal(fine.voices[::2], eighths.voices) and torch.equal(fine.voices[::4], quarters.voices)
        assert fine.bwv == eighths.bwv == quarters.bwv


@pytest.mark.parametrize("per_quarter", [1, 2, 4])
def test_a_note_begins_wherever_the_pitch_changes_and_never_in_a_rest(per_quarter):
    repeated = 0
    for chorale in everything(per_quarter):
        sounds, changes = chorale.voices > 0, chorale.voices[1:] != chorale.voices[:-1]
        assert not (chorale.begins & ~sounds).any() and (chorale.begins[0] == sounds[0]).all()
        assert chorale.begins[1:][changes & sounds[1:]].all(), chorale.bwv
        repeated += int((chorale.begins[1:] & ~changes).sum())
    assert repeated > 1000  # notes sung again on the same pitch


def test_the_piano_roll_holds_each_voice():
    chorale = chorales().test[0]
    assert chorale.roll.shape == (len(chorale.voices), 88) and set(chorale.roll.unique().tolist()) == {0, 1}
    for step, roll in zip(chorale.voices.tolist(), chorale.roll, strict=True):
        assert {21 + key for key in roll.nonzero().flatten().tolist()} == set(step) - {0}


def test_melodies_stay_in_one_split():
    def stretches(chorale):
        pitches = chorale.voices[:, 0][chorale.begins[:, 0]]
        moves = pitches.diff()
        moves = moves[moves != 0].tolist()
        return {tuple(moves[k : k + 14]) for k in range(len(moves) - 13)}

    music = chorales(4)
    splits = [set().union(*(stretches(c) for c in split)) for split in (music.train, music.valid, music.test)]
    assert not splits[0] & splits[1] and not splits[0] & splits[2] and not splits[1] & splits[2]


def test_the_notice_says_whose_notes_and_whose_encoding():
    notice = (DATA / "music" / "NOTICE.txt").read_text(encoding="utf-8")
    assert "Johann Sebastian Bach" in notice and "Margaret Greentree" in notice and "public domain" in notice


def test_a_wrong_step_is_named():
    with pytest.raises(ValueError, match="per_quarter: expected 1, 2 or 4 steps in a quarter note, got 3"):
        chorales(3)
