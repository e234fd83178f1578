import re

import pytest

from seqmodels import datasets
from seqmodels.datasets import CODE_TAGS, code, saltmere


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


def test_the_library_is_tagged_character_by_character():
    library = code()
    assert (len(library.files), len(library.held_out)) == (40, 6)
    assert all(len(file.text) == len(file.tags) and set(file.tags) <= set(CODE_TAGS) for file in library.files)
    assert not {file.name for file in library.train} & {file.name for file in library.held_out}
    ids = library.tag_ids("tkf")
    assert [library.tags[k] for k in ids] == ["text", "keyword", "call"]
    for file in library.files:
        tagged = zip(file.text, file.tags, strict=True)
        assert all(tag not in "kf" or character.isalnum() or character == "_" for character, tag in tagged), file.name


LISTED = [line[66:] for line in (datasets.DATA / "checksums.txt").read_text(encoding="utf-8").splitlines()]


def test_every_frozen_file_is_small_and_has_a_row_in_the_readme():
    readme = (datasets.DATA / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ((?:`[^`]+`(?:, )?)+) \|", readme, re.M)
    named = {name for row in rows for name in re.findall("`([^`]+)`", row)}
    for name in LISTED:
        assert len(datasets.frozen(name)) <= 600_000, name
        assert name in named or f"{name.split('/')[0]}/" in named, f"{name} has no row in data/README.md"


def test_licences_that_must_be_kept_are_kept():
    for folder, maker in (("handwriting", "scikit-learn developers"), ("pronunciations", "Carnegie Mellon")):
        assert maker in datasets.frozen(f"{folder}/LICENSE").decode()
