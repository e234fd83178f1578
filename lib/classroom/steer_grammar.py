"""Numbers in English and German words, as *Steer the translator* reads and writes them. Compounds are cut in parts."""

ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
GERMAN = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn"
).split()
GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
VALUES = {
    **{word: value for value, word in enumerate(GERMAN)},
    **{word: 10 * ten for ten, word in enumerate(GERMAN_TENS, 2)},
    **{"eins": 1, "eine": 1},
}
LIMIT = 1_000_000_000


def english_words(number):
    """Words of a number below 10,000."""
    thousands, rest = divmod(number, 1000)
    hundreds, rest = divmod(rest, 100)
    words = [
        *([ENGLISH[thousands], "thousand"] if thousands else []),
        *([ENGLISH[hundreds], "hundred"] if hundreds else []),
    ]
    if words and not rest:
        return words
    words += ["and"] if words else []
    if rest < 20:
        return [*words, ENGLISH[rest]]
    return [*words, ENGLISH_TENS[rest // 10 - 2], *([ENGLISH[rest % 10]] if rest % 10 else [])]


def german_words(number):
    """Words of a number below 1,000,000,000."""
    millions, thousands, rest = number // 1_000_000, number // 1000 % 1000, number % 1000
    words = [*_hundreds(millions, "eine"), "Millionen" if millions > 1 else "Million"] if millions else []
    words += [*_hundreds(thousands, "ein"), "tausend"] if thousands else []
    return words + _hundreds(rest, "eins") if rest or not words else words


def _hundreds(number, one):
    hundreds, rest = divmod(number, 100)
    words = [GERMAN[hundreds], "hundert"] if hundreds else []
    if rest < 20:
        return words + ([one if rest == 1 else GERMAN[rest]] if rest or not words else [])
    return [*words, *([GERMAN[rest % 10], "und"] if rest % 10 else []), GERMAN_TENS[rest // 10 - 2]]


def german_value(words):
    """The number that these words say, or None where they say none: exactly the words that `german_words` gives it."""
    total = part = 0
    for word in words:
        if word in ("Million", "Millionen", "tausend"):
            total, part = total + part * (1000 if word == "tausend" else 1_000_000), 0
        elif word == "hundert":
            part *= 100
        elif word != "und":
            part += VALUES.get(word, LIMIT)
    total += part
    return total if total < LIMIT and german_words(total) == list(words) else None


def compound(words):
    """As Germans write it: one word, but for the millions."""
    text = "".join(f" {word} " if word.startswith("Million") else word for word in words)
    return text.strip()
