"""Numbers in words: how English, German and French say them, and which part of the number each word stands for.

`in_words` writes a number, `parts` reads words back, and the two know nothing of each other: every number can be
checked by reading what was written. German compounds are cut into their parts: vierundzwanzig is vier und zwanzig.
Hyphens and commas are left out. Held by tests/unit/test_datasets_numbers.py.
"""

from typing import NamedTuple

LIMIT = 1_000_000_000
TEENS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen".split(),
    "de": "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn".split(),
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split(),
}
TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety".split(),
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(),
    "fr": "vingt trente quarante cinquante soixante".split(),
}
SCALES = {
    "en": {"hundred": 100, "thousand": 1000, "million": 1_000_000},
    "de": {"hundert": 100, "tausend": 1000, "Million": 1_000_000, "Millionen": 1_000_000},
    "fr": {"cent": 100, "cents": 100, "mille": 1000, "million": 1_000_000, "millions": 1_000_000},
}
JOINERS = {"en": "and", "de": "und", "fr": "et"}
OTHER_FORMS = {"en": {}, "de": {"eins": 1, "eine": 1}, "fr": {"vingts": 20}}
VALUES = {
    language: {
        **{word: value for value, word in enumerate(TEENS[language])},
        **{word: 10 * ten for ten, word in enumerate(TENS[language], 2)},
        **OTHER_FORMS[language],
    }
    for language in TEENS
}


def in_words(number: int, language: str) -> tuple[str, ...]:
    """The words of a number from 0 to 999,999,999 in "en", "de" or "fr".

    As num2words 0.5.14 says them, to which every number below 10,000 and every one of the frozen file is held; but
    where it says einhunderteinstausend for 101,000, here stands what Germans say, ein hundert ein tausend.
    """
    check_language(language)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < LIMIT:
        raise ValueError(f"number: expected a whole number from 0 to {LIMIT - 1:,}, got {number!r}")
    return tuple({"en": _english, "de": _german, "fr": _french}[language](number))


def check_language(language, among=tuple(TEENS)):
    if language not in among:
        raise ValueError(f"language: expected one of {', '.join(among)}, got {language!r}")


def _english(number):
    millions, thousands, rest = number // 1_000_000, number // 1000 % 1000, number % 1000
    words = [*_english_hundreds(millions), "million"] if millions else []
    words += [*_english_hundreds(thousands), "thousand"] if thousands else []
    if words and 0 < rest < 100:
        words.append("and")
    return words + _english_hundreds(rest) if rest or not words else words


def _english_hundreds(number):
    hundreds, rest = divmod(number, 100)
    if hundreds:
        return [TEENS["en"][hundreds], "hundred", *(["and", *_english_hundreds(rest)] if rest else [])]
    if rest < 20:
        return [TEENS["en"][rest]]
    tens, ones = divmod(rest, 10)
    return [TENS["en"][tens - 2], *([TEENS["en"][ones]] if ones else [])]


def _german(number):
    millions, thousands, rest = number // 1_000_000, number // 1000 % 1000, number % 1000
    words = [*_german_hundreds(millions, one="eine"), "Millionen" if millions > 1 else "Million"] if millions else []
    words += [*_german_hundreds(thousands, one="ein"), "tausend"] if thousands else []
    return words + _german_hundreds(rest) if rest or not words else words


def _german_hundreds(number, one="eins"):
    """one: how a last one is said: eins where the number ends, ein before tausend, eine before Million."""
    hundreds, rest = divmod(number, 100)
    if hundreds:
        return [TEENS["de"][hundreds], "hundert", *(_german_hundreds(rest, one) if rest else [])]
    if rest < 20:
        return [one if rest == 1 else TEENS["de"][rest]]
    tens, ones = divmod(rest, 10)
    return [*([TEENS["de"][ones], "und"] if ones else []), TENS["de"][tens - 2]]  # the ones come first


def _french(number):
    millions, thousands, rest = number // 1_000_000, number // 1000 % 1000, number % 1000
    words = [*_french_hundreds(millions), "millions" if millions > 1 else "million"] if millions else []
    if thousands:
        words += [*(_french_hundreds(thousands, last=False) if thousands > 1 else []), "mille"]
    return words + _french_hundreds(rest) if rest or not words else words


def _french_hundreds(number, last=True):
    """last: does no mille follow? Then vingt and cent take an s where they are counted and nothing comes after."""
    hundreds, rest = divmod(number, 100)
    if hundreds:
        cent = "cents" if hundreds > 1 and not rest and last else "cent"
        return [
            *([TEENS["fr"][hundreds]] if hundreds > 1 else []),
            cent,
            *(_french_hundreds(rest, last) if rest else []),
        ]
    if rest < 17:
        return [TEENS["fr"][rest]]
    if rest < 20:
        return ["dix", TEENS["fr"][rest - 10]]
    if rest >= 80:
        return (
            ["quatre", "vingt", *_french_hundreds(rest - 80)]
            if rest > 80
            else ["quatre", "vingts" if last else "vingt"]
        )
    tens = min(rest // 10, 6)  # there is no word for seventy: sixty goes on to nineteen
    ones = rest - 10 * tens
    return [TENS["fr"][tens - 2], *(["et"] if ones in (1, 11) else []), *(_french_hundreds(ones) if ones else [])]


class Part(NamedTuple):
    """What a word stands for in 0 … number: the amounts from start to end, and its role in them.

    In "two hundred" both words stand for 0 to 200; the role says that one counts and the other is counted. role: pairs
    (scale, "count" or "scale"), from the outermost; () for a word that says its amount alone.
    """

    start: int
    end: int
    role: tuple


def parts(words, language: str):
    """A Part for each word of a number, None for words that only join (and, und, et). The last end is the number.

    The number line is cut from above: in "twenty four" twenty stands for 0 to 20 and four for 20 to 24, whichever of
    them is said first. ValueError names a word that the language does not have.
    """
    check_language(language)
    known = VALUES[language].keys() | SCALES[language].keys() | {JOINERS[language]}
    unknown = next((word for word in words if word not in known), None)
    if unknown is not None or not words:
        raise ValueError(f"words: expected a number in words ({language}), got {unknown!r} in {' '.join(words)!r}")
    found = [None] * len(words)
    _read(list(words), language, found, range(len(words)), 0, 1, ())
    return found


def _read(words, language, found, places, start, unit, role):
    """Fill `found` for the words at `places`, whose amounts begin at `start` in units of `unit`; return their end."""
    scales = SCALES[language]
    scaled = [k for k in places if words[k] in scales]
    if not scaled:
        return _read_below_hundred(words, language, found, places, start, unit, role)
    at = max(scaled, key=lambda k: scales[words[k]])
    scale = scales[words[at]]
    before, after = range(places.start, at), range(at + 1, places.stop)
    if before:
        end = _read(words, language, found, before, start, unit * scale, (*role, (scale, "count")))
        found[at] = Part(start, end, (*role, (scale, "scale")))
    else:  # French says cent and mille without un
        end = start + unit * scale
        found[at] = Part(start, end, role)
    return _read(words, language, found, after, end, unit, role) if after else end


def _read_below_hundred(words, language, found, places, start, unit, role):
    values = VALUES[language]
    rest = [k for k in places if words[k] != JOINERS[language]]
    for k in rest[:-1]:
        if words[k] == "quatre" and words[k + 1] in ("vingt", "vingts"):  # four times twenty
            found[k] = Part(start, start + 80 * unit, (*role, (20, "count")))
            found[k + 1] = Part(start, start + 80 * unit, (*role, (20, "scale")))
            start, rest = start + 80 * unit, [j for j in rest if j not in (k, k + 1)]
            break
    for k in sorted(rest, key=lambda k: -values[words[k]]):
        found[k] = Part(start, start + values[words[k]] * unit, role)
        start = found[k].end
    return start


def gold_alignment(source, target, language: str):
    """The links between an English number and the same number in another language: (sure, possible), frozensets.

    Two words are linked where they share an amount and their roles agree: sure where all of one lies in the other, as
    ninety and each of quatre vingt dix; possible where each also says something else, as seventy and onze in 71. und
    and et are possibly linked to what their neighbours are linked to; the English and to nothing, as nothing says it.
    ValueError where the two are different numbers. Held to the numbers by tests/unit/test_datasets_numbers.py.
    """
    said, heard = parts(source, "en"), parts(target, language)
    numbers = [max(part.end for part in side if part) for side in (said, heard)]
    if numbers[0] != numbers[1]:
        raise ValueError(f"target: expected {numbers[0]} like the source, got {numbers[1]} ({' '.join(target)})")
    linked = [(i, j) for i, a in enumerate(said) for j, b in enumerate(heard) if a and b and _share(a, b)]
    sure = {(i, j) for i, j in linked if _inside(said[i], heard[j]) or _inside(heard[j], said[i])}
    joined = {(i, j) for j, b in enumerate(heard) if b is None for i, k in sure if abs(k - j) == 1}
    return frozenset(sure), frozenset({*linked, *joined})


def _share(a, b):
    shorter = min(len(a.role), len(b.role))
    return a.role[:shorter] == b.role[:shorter] and (max(a.start, b.start) < min(a.end, b.end) or a[:2] == b[:2])


def _inside(a, b):
    return b.start <= a.start and a.end <= b.end
