import pytest
import torch

from seqmodels.tokens import CharacterVocabulary


def test_encode_and_decode_are_inverse():
    vocabulary = CharacterVocabulary("banana")
    ids = vocabulary.encode("nab")
    assert ids.dtype == torch.int64 and ids.tolist() == [2, 0, 1]
    assert vocabulary.decode(ids) == "nab"
    assert len(vocabulary) == 3


def test_strangers_are_named():
    vocabulary = CharacterVocabulary("abc")
    with pytest.raises(ValueError, match="'x', which is not one of the 3"):
        vocabulary.encode("abx")
    with pytest.raises(ValueError, match="ids holds 3"):
        vocabulary.decode([0, 3])
    with pytest.raises(ValueError, match="characters is empty"):
        CharacterVocabulary("")
