"""Pairs of sentences: the words' ids, and the small world of agreement against a second account of its French."""

import pytest
import torch

from seqmodels import seq2seq
from seqmodels.datasets import Parallel, WordVocabulary, agreement, is_held_out
from seqmodels.datasets.agreement_grammar import AFTER, ALONE, ARTICLES, BEFORE, NOUNS, WITH_OBJECT
from seqmodels.word_alignment import IBMModel1


@pytest.fixture(scope="module")
def world():
    return agreement()


def test_a_vocabulary_comes_back_and_keeps_the_three_special_ids():
    words = WordVocabulary("the cat the dog".split())
    assert words.words == ["<padding>", "<begin>", "<end>", "cat", "dog", "the"] and len(words) == 6
    ids = words.encode(("the", "dog"))
    assert ids.tolist() == [5, 4] and ids.dtype == torch.int64 and words.decode(ids) == ["the", "dog"]
    assert [words.words[i] for i in (seq2seq.PADDING, seq2seq.BEGIN, seq2seq.END)] == words.words[:3]


def test_a_vocabulary_names_what_it_does_not_know():
    words = WordVocabulary(["cat"])
    with pytest.raises(ValueError, match="holds 'dog', which is not one of the 4 words"):
        words.encode(["dog"])
    with pytest.raises(ValueError, match="holds 4; expected numbers from 0 to 3"):
        words.decode([4])
    with pytest.raises(ValueError, match="words is empty"):
        WordVocabulary(["<end>"])


def test_ids_are_what_the_models_take(world):
    pairs = world.ids(world.train[:3])
    batch = seq2seq.pair_batch(pairs)
    assert batch.source.shape[0] == 3 and batch.source_lengths.tolist() == [len(p.source) for p in world.train[:3]]
    model = IBMModel1(len(world.source_vocabulary), len(world.target_vocabulary))
    history = model.fit(pairs, 2)
    assert history[-1] > history[0]


def test_the_world_is_drawn_anew_the_same_and_by_its_generator():
    first, again = agreement(20, 5), agreement(20, 5, torch.Generator().manual_seed(0))
    other = agreement(20, 5, torch.Generator().manual_seed(1))
    assert first == again and first != other and isinstance(first, Parallel)
    assert (len(first.train), len(first.held_out), first.longer) == (20, 5, ())


FRENCH = {row[0]: row for row in (*BEFORE, *AFTER)}
ENGLISH_NOUNS = {word: (row, number) for row in NOUNS for number, word in enumerate(row[:2])}


def checked(pair):
    """The gender and number of every French word, looked up again from the English one it is linked to."""
    near = None  # the noun that an adjective goes with: of its own phrase, or the subject before "is"
    nouns = [(place, ENGLISH_NOUNS[word]) for place, word in enumerate(pair.source) if word in ENGLISH_NOUNS]
    for i, j in sorted(pair.sure):
        word, said = pair.source[i], pair.target[j]
        near = next((noun for place, noun in nouns if place >= i), nouns[0][1])
        row, many = near
        if word in FRENCH:
            assert said == FRENCH[word][1 + 2 * many + (row[4] == "f")], (pair, word)
        elif word in ENGLISH_NOUNS:
            assert said == row[2 + many], (pair, word)
        elif any(word in article[:2] for article in ARTICLES) or word == "an":
            article = next(a for a in ARTICLES if ("a" if word == "an" else word) in a[:2])
            asked = "de" if word == "some" and pair.target[j + 1] in {f for a in BEFORE for f in a[1:]} else None
            assert said == (asked or article[4 if many else 2 + (row[4] == "f")]), (pair, word)
        else:
            verb = next(row for row in (*ALONE, *WITH_OBJECT, ["is", "are", "est", "sont"]) if word in row[:2])
            assert said == verb[2 + verb.index(word)] and verb.index(word) == nouns[0][1][1], (pair, word)


def test_every_french_word_agrees_and_is_linked_once(world):
    for pair in (*world.train, *world.held_out):
        assert sorted(i for i, _ in pair.sure) == list(range(len(pair.source)))
        assert sorted(j for _, j in pair.sure) == list(range(len(pair.target))) and pair.sure == pair.possible
        checked(pair)


def test_adjectives_change_sides_with_their_kind(world):
    crossed = sum(any(i > a and j < b for i, j in p.sure for a, b in p.sure) for p in world.train)
    assert 0.3 < crossed / len(world.train) < 0.8
    by_words = {" ".join(p.source): " ".join(p.target) for p in (*world.train, *world.held_out)}
    assert "an old" in " ".join(by_words) and "a old" not in " ".join(by_words)
    after = {form for row in AFTER for form in row[1:]}
    for english, french in by_words.items():
        if " are " not in english and " is " not in english:
            words = french.split()
            assert all(k > 1 and words[k - 1] not in {"le", "la", "les"} for k, w in enumerate(words) if w in after)


def test_held_out_pairs_of_adjective_and_noun_are_never_in_train(world):
    def combinations(pair):
        nouns = [(k, ENGLISH_NOUNS[w][0][0]) for k, w in enumerate(pair.source) if w in ENGLISH_NOUNS]
        for place, word in enumerate(pair.source):
            if word in FRENCH:
                yield word, next((noun for k, noun in nouns if k > place), nouns[0][1])

    train = {c for pair in world.train for c in combinations(pair)}
    assert not any(is_held_out(*c) for c in train)
    assert all(any(is_held_out(*c) for c in combinations(pair)) for pair in world.held_out)
    everything = [(a, n[0]) for a in FRENCH for n in NOUNS]
    assert sum(is_held_out(*c) for c in everything) / len(everything) == 0.2
    assert {a for a, _ in train} == set(FRENCH) and {n for _, n in train} == {row[0] for row in NOUNS}


def test_no_sentence_twice_and_all_words_in_train(world):
    said = [pair.source for pair in (*world.train, *world.held_out)]
    assert len(set(said)) == len(said) == 6600
    learned = {word for pair in world.train for word in (*pair.source, *pair.target)}
    assert {word for pair in world.held_out for word in (*pair.source, *pair.target)} <= learned


def test_french_begins_with_consonants_so_that_no_article_is_cut_short():
    words = [row[k] for row in NOUNS for k in (2, 3)] + [form for row in (*BEFORE, *AFTER) for form in row[1:]]
    assert all(word[0] not in "aeiouhéèêâ" for word in words)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="train: expected a whole number of sentences from 1 to 20,000, got 0"):
        agreement(0)
    with pytest.raises(ValueError, match="held_out: .* got 20001"):
        agreement(1, 20_001)
    with pytest.raises(ValueError, match="adjective: expected one of small, .* got 'loud'"):
        is_held_out("loud", "cat")
    with pytest.raises(ValueError, match="noun: expected one of cat, .* got 'cats'"):
        is_held_out("small", "cats")
