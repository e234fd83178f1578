import re

import pytest

from seqmodels import datasets
from seqmodels.datasets import saltmere


def test_the_tales_are_whole():
    tales = saltmere()
    assert (len(tales.tales), len(tales.train), len(tales.held_out)) == (77, 70, 7)
    assert len(tales.vocabulary) == 64
    assert sum(len(tale.text) for tale in tales.tales) > 0.99 * len(tales.text)
    assert all(tale.text.startswith(f"== {tale.title} ==\n\n") for tale in tales.tales)
    assert not set(tales.train) & set(tales.held_out)


def test_every_recall_place_holds_its_word_and_was_said_before():
    tales = saltmere()
    assert len(tales.recall) == 374
    for place in tales.recall:
        text = tales.tales[place.tale].text
        assert text[place.offset :].startswith(place.word)
        assert place.distance >= 424
        before = text[: place.offset - place.distance + len(place.word)]
        assert re.search(re.escape(place.word), before, re.IGNORECASE), place


def test_changed_or_unlisted_data_is_refused(tmp_path):
    (tmp_path / "checksums.txt").write_text("0" * 64 + "  tale.txt\n")
    (tmp_path / "tale.txt").write_text("something else")
    with pytest.raises(ValueError, match="data/tale.txt was changed"):
        datasets.frozen("tale.txt", folder=tmp_path)
    with pytest.raises(ValueError, match="'other.txt' is not listed"):
        datasets.frozen("other.txt", folder=tmp_path)
