"""Spellings and sounds: phones of English, one pronunciation a word, and no family in both splits."""

from seqmodels.datasets import DATA, pronunciations

CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH".split()
VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split()


def spelled(pairs):
    return {"".join(pair.source): " ".join(pair.target) for pair in pairs}


def test_letters_and_phones_are_those_of_english():
    words = pronunciations()
    assert words.source_vocabulary.words[3:] == sorted("abcdefghijklmnopqrstuvwxyz")
    assert words.target_vocabulary.words[3:] == sorted(CONSONANTS + VOWELS)


def test_the_splits_hold_as_many_words_each_once_of_3_to_12_letters():
    words = pronunciations()
    train, held_out = spelled(words.train), spelled(words.held_out)
    assert (len(train), len(words.train), len(held_out), len(words.held_out)) == (12_388, 12_388, 1337, 1337)
    assert not train.keys() & held_out.keys() and words.longer == ()
    assert {len(word) for word in train} == set(range(3, 13))


def test_every_word_has_a_vowel_that_sounds():
    words = pronunciations()
    assert all(set(pair.target) & set(VOWELS) for pair in (*words.train, *words.held_out))


def test_some_words_as_everybody_says_them():
    words = pronunciations()
    said = spelled((*words.train, *words.held_out))
    assert said["knock"] == "N AA K" and said["knocking"] == "N AA K IH NG" and said["climbed"] == "K L AY M D"
    assert said["knight"] == "N AY T" and said["writes"] == "R AY T S" and said["shapes"] == "SH EY P S"


def test_no_word_held_out_is_a_form_of_a_word_learned():
    words = pronunciations()
    train, held_out = spelled(words.train).keys(), spelled(words.held_out).keys()
    ends = ("s", "es", "ed", "ing", "er", "ly", "ness")
    for some, others in ((train, held_out), (held_out, train)):
        for word in some:
            stems = [word, word[:-1]] if word[-1] in "ey" else [word, word + word[-1]]
            family = {stem + end for stem in stems for end in ends} - {word[:-1] + "s", word[:-1] + "ly"}
            same = {form for form in family & others if form.startswith(word)}
            assert not same, (word, same)
            assert "un" + word not in others and "re" + word not in others, word


def test_the_licence_of_the_dictionary_is_kept():
    notice = (DATA / "pronunciations" / "LICENSE").read_text(encoding="utf-8")
    assert "Carnegie Mellon University" in notice and "Redistribution and use in source and binary forms" in notice
