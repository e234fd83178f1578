"""Sounds to hear and to see."""

import base64
import html
import io
import wave

import numpy as np
from IPython.display import display
from matplotlib import pyplot

from .figures import show_figure

MOST_SECONDS = 4


def wav(sound, rate):
    """The bytes of a WAV file, 16 bits a sample, of a sound (T,) between -1 and 1; the same at every call."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(32767 * sound).astype("<i2").tobytes())
    return whole.getvalue()


def show_sounds(sounds, rate, alt, zoom=(0, 0.02)):
    """Players side by side, and under them each sound's wave, a piece of it seen closely, and its spectrum.

    Each player says how long its sound is, for a browser rounds half a second down to 0:00. The pieces have one scale.

    sounds: a name for each sound (T,), finite, between -1 and 1, of at most 4 seconds. rate: samples a second.
    alt: one or two sentences with what there is to see and to hear. zoom: where the piece begins and ends, in
    seconds. Raises ValueError that says what came.
    Held by tests/unit/test_classroom_sound.py.
    """
    sounds = {str(name): _checked(sound, name, rate) for name, sound in sounds.items()}
    if not sounds:
        raise ValueError("sounds is empty; expected a name for each sound")
    players = "".join(_player(name, sound, rate) for name, sound in sounds.items())
    page = f'<div style="display:flex;flex-wrap:wrap;gap:6px 18px">{players}</div>'
    display({"text/html": page, "text/plain": "to hear: " + ", ".join(sounds)}, raw=True)
    show_figure(_figure(sounds, rate, zoom), alt)


def _checked(sound, name, rate):
    if isinstance(rate, bool) or not isinstance(rate, int) or not 3000 <= rate <= 48000:
        raise ValueError(f"rate must be a whole number of samples a second, 3,000 to 48,000, got {rate!r}")
    sound = np.asarray(sound, dtype=np.float64)
    if sound.ndim != 1 or not 16 <= len(sound) <= MOST_SECONDS * rate:
        raise ValueError(f"sound {name!r} must be (T,), 16 samples to {MOST_SECONDS} seconds, got shape {sound.shape}")
    if not np.isfinite(sound).all() or np.abs(sound).max() > 1:
        raise ValueError(f"sound {name!r} must be finite and between -1 and 1, got {np.abs(sound).max():.4g}")
    return sound


def _player(name, sound, rate):
    data, said = base64.b64encode(wav(sound, rate)).decode(), html.escape(name)
    return (
        f'<figure style="margin:0;max-width:240px"><figcaption>{said}, {len(sound) / rate:.2g} s</figcaption>'
        f'<audio controls aria-label="{said}" style="width:230px;height:34px" '
        f'src="data:audio/wav;base64,{data}"></audio></figure>'
    )


def _outline(sound, rate, columns=100):
    """The lowest and the highest sample of every piece of the sound, and when the piece begins."""
    begins = np.unique(np.linspace(0, len(sound), min(columns, len(sound)), endpoint=False).astype(int))
    return np.minimum.reduceat(sound, begins), np.maximum.reduceat(sound, begins), begins / rate


def _spectrum(sound, rate, columns=160):
    """How strong each of `columns` bands of frequency is at its strongest, in decibels below the strongest of all."""
    strength = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    begins = np.unique(np.linspace(0, len(strength), min(columns, len(strength)), endpoint=False).astype(int))
    strength = np.maximum.reduceat(strength, begins)
    return begins * rate / len(sound), 20 * np.log10(strength / max(strength.max(), 1e-9) + 1e-3)


def _figure(sounds, rate, zoom):
    begin, end = (round(second * rate) for second in zoom)
    top = max([0.01, *(float(np.abs(sound[begin:end]).max(initial=0)) for sound in sounds.values())])
    figure, rows = pyplot.subplots(len(sounds), 3, figsize=(7, 0.6 + 0.9 * len(sounds)), squeeze=False)
    for (name, sound), (whole, near, heard) in zip(sounds.items(), rows, strict=True):
        low, high, seconds = _outline(sound, rate)
        piece = sound[begin:end]
        whole.fill_between(seconds, low, high, lw=0)
        near.plot(1000 * np.arange(begin, begin + len(piece)) / rate, piece, lw=1)
        hertz, decibels = _spectrum(sound, rate)
        heard.plot(hertz, decibels, lw=0.9)
        whole.set(ylim=(-1, 1), yticks=[-1, 0, 1])
        whole.set_ylabel(name, fontsize=9)
        near.set(xlim=(1000 * zoom[0], 1000 * zoom[1]), ylim=(-1.1 * top, 1.1 * top))
        near.set_yticks([-top, 0, top], [f"{-top:.2g}", "0", f"{top:.2g}"])
        heard.set(ylim=(-60, 3), yticks=[-60, -30, 0], xlim=(0, rate / 2))
    for axes, text in zip(rows[0], ("wave", "a piece of it", "spectrum, decibels"), strict=True):
        axes.set_title(text, fontsize=9)
    for axes in rows[:-1].flat:
        axes.set_xticklabels([])
    for axes, text in zip(rows[-1], ("seconds", "milliseconds", "hertz"), strict=True):
        axes.set_xlabel(text)
    return figure
