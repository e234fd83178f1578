"""Notes: the pitch is where it should be, nothing folds back, and the three instruments differ as they say."""

import pytest
import torch

from seqmodels.datasets import INSTRUMENTS, note, notes


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def spectrum(wave, rate):
    """Amplitude by frequency in Hz."""
    window = torch.hann_window(len(wave), dtype=torch.float64)
    strength = torch.fft.rfft(wave.double() * window, n=8 * len(wave)).abs()
    return torch.fft.rfftfreq(8 * len(wave), 1 / rate).double(), strength


@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize("pitch", [48, 57, 69, 72])
def test_the_pitch_stands_out_at_its_frequency(instrument, pitch):
    frequencies, strength = spectrum(note(pitch, instrument, generator(), seconds=1.0), 4000)
    wanted = 440 * 2 ** ((pitch - 69) / 12)
    near = (frequencies > 0.8 * wanted) & (frequencies < 1.2 * wanted)
    peak = frequencies[near][strength[near].argmax()]
    assert float(peak) == pytest.approx(wanted, rel=0.005)
    assert strength[near].max() > 0.3 * strength.max()


def test_no_partial_folds_back():
    """At 4,000 samples a second the partials of a high note are those that 16,000 samples show below 2,000 Hz."""
    frequencies, strength = spectrum(note(72, "reed", generator(), seconds=1.0), 4000)
    pitch = 440 * 2 ** (3 / 12)
    partials = torch.arange(1, 4, 2) * pitch
    away = ((frequencies[:, None] - partials).abs() > 20).all(1)
    assert strength[away].max() < 0.02 * strength.max()


def test_instruments_differ_as_they_say():
    pitch = 220.0
    for instrument, loud, silent in (("string", 2, 5), ("reed", 3, 2), ("bell", 2.4, 2.7)):
        frequencies, strength = spectrum(note(57, instrument, generator(), seconds=1.0), 4000)
        at = [strength[(frequencies - pitch * ratio).abs() < 8].max() for ratio in (loud, silent)]
        assert at[0] > 10 * at[1], instrument
    string, reed, bell = (note(57, name, generator(), seconds=1.0).square() for name in INSTRUMENTS)
    assert string[:1000].mean() > 10 * string[-1000:].mean() and bell[:1000].mean() > 10 * bell[-1000:].mean()
    assert reed[1000:2000].mean() == pytest.approx(float(reed[2000:3000].mean()), rel=0.05)
    assert reed[:40].mean() < 0.2 * reed[1000:2000].mean()


def test_shapes_kinds_and_peaks():
    sounds = notes(50, generator(), seconds=0.25)
    assert sounds.waves.shape == (50, 1000) and sounds.waves.dtype == torch.float32 and sounds.rate == 4000
    assert sounds.pitches.dtype == sounds.instruments.dtype == torch.int64
    peaks = sounds.waves.abs().amax(1)
    assert 0.5 <= peaks.min() and peaks.max() <= 0.9500001 and peaks.std() > 0.05
    assert notes(2, generator(), seconds=0.5, rate=8000).waves.shape == (2, 4000)


def test_every_pitch_and_instrument_is_drawn():
    sounds = notes(1500, generator(), seconds=0.004)
    assert sounds.pitches.unique().tolist() == list(range(48, 73))
    assert sounds.instruments.bincount().tolist() == pytest.approx([500] * 3, abs=60)


def test_the_generator_alone_decides_and_labels_are_those_of_the_sound():
    first, again, other = notes(3, generator()), notes(3, generator()), notes(3, generator(1))
    assert torch.equal(first.waves, again.waves) and not torch.equal(first.waves, other.waves)
    sounds = notes(30, generator(2), seconds=1.0)
    for wave, pitch in zip(sounds.waves, sounds.pitches, strict=True):
        frequencies, strength = spectrum(wave, 4000)
        candidates = [440 * 2 ** ((p - 69) / 12) for p in range(int(pitch) - 2, int(pitch) + 3)]
        found = [strength[(frequencies - c).abs() < 1].max() for c in candidates]
        assert max(range(5), key=lambda k: found[k]) == 2


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="count: expected a whole number of notes"):
        notes(0, generator())
    with pytest.raises(ValueError, match="instrument: expected one of string, reed, bell, got 'harp'"):
        note(60, "harp", generator())
    with pytest.raises(ValueError, match="rate: expected .* 4000 or more, got 2000"):
        notes(1, generator(), rate=2000)
    with pytest.raises(ValueError, match=r"pitches: expected .* below 2000 Hz, got \(60, 100\)"):
        notes(1, generator(), pitches=(60, 100))
    with pytest.raises(ValueError, match="seconds: expected 16 samples or more"):
        note(60, "bell", generator(), seconds=0.001)
    with pytest.raises(ValueError, match="peak: expected more than 0 and at most 1, got 2"):
        note(60, "bell", generator(), peak=2)
