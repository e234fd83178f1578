"""Freeze numbers in words, English, German and French, for chapter 04, into data/numbers/numbers.json.

    python -m tools.data.numbers        needs the package num2words (0.5.14 made the file)

The words are those of num2words; German compounds are cut into their parts and put together again as a check. Numbers
are drawn so that short and long ones are equally common; each word of a language becomes one letter in the file. Also
the sha256 of all numbers below 10,000, to which the course's own grammar is held.
"""

import hashlib
import json
import random
import re
from collections import Counter

from num2words import num2words

from seqmodels.datasets import DATA
from seqmodels.datasets.numbers import fold
from tools.frozen import enter

SEED = 20
LONGEST = 10  # English words in train and held_out
SHARES = {"train": 1000, "held_out": 100, "longer": 200}  # of each length in English words
GERMAN = (
    "null eins eine ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend und "
    "Millionen Million"
).split()
GERMAN_PART = re.compile("|".join(sorted(GERMAN, key=len, reverse=True)))


def words(number, language):
    """What num2words says, as a list of words without hyphens and commas; German cut into parts."""
    said = re.split("[ ,-]+", num2words(number, lang=language))
    if language != "de":
        return said
    cut = [GERMAN_PART.findall(word) for word in said]
    if ["".join(part) for part in cut] != said:
        raise ValueError(f"{number}: the parts {cut} do not make {said}")
    return [part for word in cut for part in word]


def drawn(generator):
    """Numbers without end: any number of digits equally often, some with many zeros, as people say them."""
    while True:
        zeros, digits = generator.choice([0, 0, 0.3, 0.6]), generator.randint(1, 9)
        number = int(
            "".join("0" if generator.random() < zeros else generator.choice("0123456789") for _ in range(digits))
        )
        if not any(group % 100 == 1 and group > 1 for group in (number // 1_000_000, number // 1000 % 1000)):
            yield number  # num2words says einhunderteinstausend for 101,000, which no German does


def choose():
    """The numbers of the three splits: of each length in English words SHARES, or as many as turn up."""
    generator = random.Random(SEED)
    must = [*range(21), *range(30, 100, 10), 100, 200, 1000, 2000, 1_000_000, 2_000_000, 200_000_000]  # every word once
    chosen = {"train": dict.fromkeys(must), "held_out": {}, "longer": {}}
    filled = Counter()
    for number, _ in zip(drawn(generator), range(150_000), strict=False):
        if any(number in split for split in chosen.values()):
            continue
        length = len(words(number, "en"))
        new = "train" if generator.random() < 0.9 else "held_out"
        split = "longer" if length > LONGEST else "train" if length < 3 else new
        if filled[split, length] < SHARES[split]:
            chosen[split][number] = None
            filled[split, length] += 1
    return {split: list(numbers) for split, numbers in chosen.items()}


def table():
    """The sha256 of all numbers below 10,000, one a line, for each language."""
    said = {language: "\n".join(" ".join(words(n, language)) for n in range(10_000)) for language in ("en", "de", "fr")}
    return {language: hashlib.sha256(text.encode()).hexdigest() for language, text in said.items()}


def main():
    splits = choose()
    numbers = [number for split in splits.values() for number in split]
    said = {language: {number: words(number, language) for number in numbers} for language in ("en", "de", "fr")}
    known = {language: sorted({word for row in rows.values() for word in row}) for language, rows in said.items()}
    folded = {
        split: [
            " ".join([str(n), *(fold(said[language][n], known[language]) for language in known)]) for n in sorted(rows)
        ]
        for split, rows in splits.items()
    }
    head = {"made by": "tools/data/numbers.py", "source": "num2words 0.5.14"}
    head |= {"words": {language: " ".join(rows) for language, rows in known.items()}, "below 10000": table()}
    lines = json.dumps({**head, **folded}, ensure_ascii=False)
    path = DATA / "numbers" / "numbers.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((re.sub(r'(\], |", )"', '\\1\n"', lines) + "\n").encode())
    enter(path)
    print({split: len(rows) for split, rows in splits.items()}, path.stat().st_size)


if __name__ == "__main__":
    main()
