"""From text to token ids and back."""

import torch

from seqmodels.byte_pairs import BytePairEncoder
from seqmodels.pretrained.tokenizer import PublishedTokenizer, published_tokenizer

__all__ = ["BytePairEncoder", "CharacterVocabulary", "PublishedTokenizer", "published_tokenizer"]


class CharacterVocabulary:
    """One id a character, in the order of the alphabet: the simplest tokens there are.

    characters: any text; its different characters, sorted, are the vocabulary.
    encode(text) -> int64 (T,); decode(ids) -> str. ValueError names a character it does not know.
    Held by tests/unit/test_tokens.py.
    """

    def __init__(self, characters):
        self.characters = sorted(set(characters))
        if not self.characters:
            raise ValueError("characters is empty; expected a text with at least one character")
        self._index = {c: i for i, c in enumerate(self.characters)}

    def __len__(self):
        return len(self.characters)

    def encode(self, text):
        unknown = set(text) - self._index.keys()
        if unknown:
            raise ValueError(f"text holds {sorted(unknown)[0]!r}, which is not one of the {len(self)} characters known")
        return torch.tensor([self._index[c] for c in text], dtype=torch.int64)

    def decode(self, ids):
        ids = [int(i) for i in ids]
        wrong = next((i for i in ids if not 0 <= i < len(self)), None)
        if wrong is not None:
            raise ValueError(f"ids holds {wrong}; expected numbers from 0 to {len(self) - 1}")
        return "".join(self.characters[i] for i in ids)
