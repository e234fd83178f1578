"""Sounds to hear and to see: the file, the players, the picture, and what is refused."""

import io
import wave

import numpy as np
import pytest

from classroom import figures, sound
from classroom.sound import show_sounds, wav

RATE = 4000


def tone(hertz, seconds=0.25):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)


def test_the_file_holds_the_sound_and_is_the_same_at_every_call():
    note = tone(440)
    with wave.open(io.BytesIO(wav(note, RATE))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767
    assert np.abs(heard - note).max() < 1 / 32767
    assert wav(note, RATE) == wav(note, RATE)


def test_players_and_a_picture_with_words(monkeypatch):
    shown = []
    for module in (figures, sound):
        monkeypatch.setattr(module, "display", lambda data, **more: shown.append(data))
    show_sounds({"high <A>": tone(880), "low": tone(220)}, RATE, alt="Two tones, two octaves apart.")
    page, picture, caption = shown
    assert page["text/html"].count("<audio controls") == 2 and "low, 0.25 s<" in page["text/html"]
    assert "high &lt;A&gt;" in page["text/html"]
    assert page["text/plain"] == "to hear: high <A>, low"
    assert len(picture["image/png"]) < 30_000
    assert "two octaves" in caption["text/markdown"]


def test_the_pieces_have_one_scale():
    figure = sound._figure({"loud": tone(220), "soft": 0.1 * tone(220), "none": 0 * tone(220)}, RATE, (0.1, 0.12))
    pieces = figure.axes[1::3]
    titles = ["".join(axes.get_title(side) for side in ("left", "center", "right")) for axes in pieces]
    assert titles == ["a piece of it", "", ""]  # on which side is a matter of style
    low, high = pieces[0].get_ylim()
    assert high == -low and 0.5 < high < 0.6
    assert all(axes.get_ylim() == (low, high) for axes in pieces)


@pytest.mark.parametrize(
    ("sounds", "rate", "message"),
    [
        ({}, RATE, "sounds is empty"),
        ({"a": np.zeros(5)}, RATE, "sound 'a' must be .*got shape"),
        ({"a": np.zeros((2, 100))}, RATE, "got shape"),
        ({"a": np.zeros(5 * RATE)}, RATE, "4 seconds"),
        ({"a": np.full(100, 1.5)}, RATE, "between -1 and 1, got 1.5"),
        ({"a": np.full(100, np.nan)}, RATE, "finite"),
        ({"a": np.zeros(100)}, 1000, "rate must be"),
        ({"a": np.zeros(100)}, 4000.0, "rate must be"),
    ],
)
def test_what_is_no_sound_is_refused(sounds, rate, message):
    with pytest.raises(ValueError, match=message):
        show_sounds(sounds, rate, alt="A sound that cannot be shown.")
