"""Single notes of three made-up instruments, computed from their partials: sound for a WaveNet, with nothing to store.

    x(t) = loudness · Σ_n a_n · e_n(t) · sin(2π f_n t + φ_n)      f_n = ratio_n · f,   f = 440 · 2^((pitch − 69)/12) Hz

    a_n  how strong a partial is      e_n  how it comes and goes      φ_n  where it begins, drawn for every note
Partials at half the sampling rate or above are left out: they would come back as other, wrong pitches.
"""

import math
from typing import NamedTuple

import torch

INSTRUMENTS = ("string", "reed", "bell")
PITCHES = (48, 72)  # MIDI, C3 to C5
RATE = 4000


class Notes(NamedTuple):
    """waves (B, T), from -1 to 1, float32. pitches (B,), MIDI numbers (69 is the A of 440 Hz), int64.

    instruments (B,), places in INSTRUMENTS, int64. rate: samples a second.
    """

    waves: torch.Tensor
    pitches: torch.Tensor
    instruments: torch.Tensor
    rate: int


def notes(count: int, generator, *, seconds: float = 0.5, rate: int = RATE, pitches: tuple = PITCHES) -> Notes:
    """Notes drawn at random: Notes, of the same length, any pitch and instrument equally often.

    count: how many, B. seconds: T = seconds · rate samples, at least 16. rate: samples a second, 4,000 or more.
    pitches: lowest and highest MIDI number, both may occur; the highest below half the rate. Loudness is drawn too, the
    peak of a note lies between 0.5 and 0.95. Held by tests/unit/test_datasets_notes.py.
    """
    if not isinstance(count, int) or count < 1:
        raise ValueError(f"count: expected a whole number of notes, 1 or more, got {count!r}")
    low, high = _check_pitches(pitches, rate)
    pitch = torch.randint(low, high + 1, (count,), generator=generator)
    instrument = torch.randint(len(INSTRUMENTS), (count,), generator=generator)
    peaks = 0.5 + 0.45 * torch.rand(count, generator=generator)
    waves = [
        note(int(p), INSTRUMENTS[int(i)], generator, seconds=seconds, rate=rate, peak=float(peak))
        for p, i, peak in zip(pitch, instrument, peaks, strict=True)
    ]
    return Notes(torch.stack(waves), pitch, instrument, rate)


def note(pitch: int, instrument: str, generator, *, seconds: float = 0.5, rate: int = RATE, peak: float = 0.9):
    """One note (T,), float32, whose largest sample is `peak` away from 0. Arguments as for `notes`.

    A string is plucked and its high partials die first; a reed swells within 30 ms, holds and ends within 50 ms, with
    odd partials alone; half of a bell's partials are no multiples of its pitch.
    """
    if instrument not in INSTRUMENTS:
        raise ValueError(f"instrument: expected one of {', '.join(INSTRUMENTS)}, got {instrument!r}")
    _check_pitches((pitch, pitch), rate)
    samples = round(seconds * rate)
    if samples < 16:
        raise ValueError(f"seconds: expected 16 samples or more at rate {rate}, got {samples} ({seconds!r} seconds)")
    if not 0 < peak <= 1:
        raise ValueError(f"peak: expected more than 0 and at most 1, got {peak!r}")
    t = torch.arange(samples, dtype=torch.float64) / rate
    ratios, strengths, envelopes = _partials(instrument, t)  # (N,), (N,), (N, T)
    frequencies = ratios * 440 * 2 ** ((pitch - 69) / 12)
    audible = (frequencies < rate / 2).double()
    phases = 2 * math.pi * torch.rand(len(ratios), 1, generator=generator, dtype=torch.float64)
    tones = torch.sin(2 * math.pi * frequencies[:, None] * t + phases)  # (N, T)
    wave = ((strengths * audible)[:, None] * envelopes * tones).sum(0)
    return (peak * wave / wave.abs().max()).float()


def _partials(instrument, t):
    """Of an instrument: the partials' frequencies as multiples of the pitch, their strengths, their course in time."""
    if instrument == "bell":
        ratios = torch.tensor([1.0, 2.0, 2.4, 3.0, 4.5, 5.33], dtype=torch.float64)
        strengths = torch.tensor([1.0, 0.6, 0.5, 0.35, 0.25, 0.2], dtype=torch.float64)
        return ratios, strengths, torch.exp(-3 * ratios[:, None] * t)
    n = torch.arange(1, 17, dtype=torch.float64)
    if instrument == "string":
        strengths = (math.pi * n / 5).sin().abs() / n  # plucked at a fifth of its length: every fifth partial is silent
        return n, strengths, torch.exp(-(2 + 1.5 * n)[:, None] * t)
    envelope = (t / 0.03).clamp(max=1) * ((t[-1] - t) / 0.05).clamp(max=1)
    return n, (n % 2) / n, envelope.expand(len(n), -1)


def _check_pitches(pitches, rate):
    if not isinstance(rate, int) or rate < RATE:
        raise ValueError(f"rate: expected a whole number of samples a second, {RATE} or more, got {rate!r}")
    fits = len(pitches) == 2 and all(isinstance(p, int) for p in pitches) and 0 <= pitches[0] <= pitches[1]
    if not fits or 440 * 2 ** ((pitches[1] - 69) / 12) >= rate / 2:
        raise ValueError(f"pitches: expected (lowest, highest) MIDI numbers, whole, the highest below "
                         f"{rate / 2:.0f} Hz, got {pitches!r}")  # fmt: skip
    return pitches
