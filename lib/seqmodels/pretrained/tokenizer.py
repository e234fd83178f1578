"""From text to the ids that a published model was trained on, and back, by the rules in its own files."""

import importlib
import json
from pathlib import Path

import torch

MISSING = ("published_tokenizer: the package tokenizers reads these files and is not installed; get it with "
           "python3 course.py setup --pretrained (requirements-pretrained.txt)")  # fmt: skip


def published_tokenizer(folder):
    """The tokenizer in a folder with a published model: a `PublishedTokenizer`.

    Reads tokenizer.json, else vocab.json and merges.txt (GPT-2), else vocab.txt (BERT; lower case unless
    tokenizer_config.json says otherwise). ImportError says how to get the package tokenizers where it is missing.
    """
    try:
        tokenizers = importlib.import_module("tokenizers")  # an extra: whoever reads no published model needs none
    except ImportError:
        raise ImportError(MISSING) from None
    folder = Path(folder)
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    try:
        if "tokenizer.json" in there:
            return PublishedTokenizer(tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json")))
        if {"vocab.json", "merges.txt"} <= there:
            files = (str(folder / name) for name in ("vocab.json", "merges.txt"))
            return PublishedTokenizer(tokenizers.ByteLevelBPETokenizer.from_file(*files)._tokenizer)
        if "vocab.txt" in there:
            lower = _config(folder).get("do_lower_case", True)
            words = tokenizers.BertWordPieceTokenizer.from_file(str(folder / "vocab.txt"), lowercase=lower)
            return PublishedTokenizer(words._tokenizer)
    except Exception as error:  # the package raises bare Exceptions
        raise ValueError(f"folder: the tokenizer's files in {folder} cannot be read: {error}") from error
    raise ValueError(f"folder: expected tokenizer.json, vocab.json with merges.txt, or vocab.txt in {str(folder)!r}, "
                     f"got {', '.join(sorted(there)) or 'no files'}")  # fmt: skip


class PublishedTokenizer:
    """Text to ids and back, like `CharacterVocabulary` and `BytePairEncoder`.

    encode(text) -> int64 (T,), with the marks that the model expects around a text (BERT's [CLS] and [SEP], T5's </s>)
    unless marks=False; decode(ids) -> str, without such marks unless marks=True; pieces(text): each token as text, as
    the vocabulary spells it; id(token): the number of a token such as "[MASK]"; len(): how many tokens.
    """

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.no_truncation()

    def __len__(self):
        return self.tokenizer.get_vocab_size()

    def encode(self, text: str, *, marks=True):
        return torch.tensor(self._encoded(text, marks).ids, dtype=torch.int64)

    def pieces(self, text: str, *, marks=True) -> list[str]:
        return self._encoded(text, marks).tokens

    def decode(self, ids, *, marks=False) -> str:
        ids = [int(i) for i in ids]
        wrong = next((i for i in ids if not 0 <= i < len(self)), None)
        if wrong is not None:
            raise ValueError(f"ids: expected numbers from 0 to {len(self) - 1}, got {wrong}")
        return self.tokenizer.decode(ids, skip_special_tokens=not marks)

    def id(self, token: str) -> int:
        found = self.tokenizer.token_to_id(token)
        if found is None:
            raise ValueError(f"token: expected one of the {len(self)} tokens of the vocabulary, got {token!r}")
        return found

    def _encoded(self, text, marks):
        if not isinstance(text, str):
            raise ValueError(f"text: expected a string, got {type(text).__name__}")
        return self.tokenizer.encode(text, add_special_tokens=marks)


def _config(folder):
    path = folder / "tokenizer_config.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
