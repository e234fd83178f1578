"""Every task against a second, plainer account of its rules."""

import itertools
import re

import numpy as np
import pytest
import torch

from seqmodels import tasks
from seqmodels.tasks import elman, grammars


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


# ---------------------------------------------------------------- memory


@pytest.mark.parametrize("length", [2, 3, 10, 31])
def test_adding_has_one_mark_in_each_half_and_their_sum(length):
    x, y = tasks.adding(500, length, generator())
    assert x.shape == (500, length, 2) and y.shape == (500,) and x.dtype == y.dtype == torch.float32
    for sequence, answer in zip(x, y, strict=True):
        marked = [t for t in range(length) if sequence[t, 1] == 1]
        assert len(marked) == 2 and marked[0] < length // 2 <= marked[1]
        assert sequence[:, 1].sum() == 2 and answer == pytest.approx(float(sequence[marked, 0].sum()), abs=1e-6)
    assert 0 <= x[..., 0].min() and x[..., 0].max() < 1


def test_every_place_of_adding_is_marked_equally_often():
    x, _ = tasks.adding(20_000, 5, generator())
    assert x[..., 1].mean(0).tolist() == pytest.approx([1 / 2, 1 / 2, 1 / 3, 1 / 3, 1 / 3], abs=0.015)


def test_baseline_of_adding_is_one_sixth():
    _, y = tasks.adding(200_000, 20, generator())
    assert float(((y - 1) ** 2).mean()) == pytest.approx(1 / 6, abs=0.002)


@pytest.mark.parametrize("length", [20, 21, 100])
def test_adding_of_1997(length):
    x, y, lengths = tasks.adding_1997(1000, length, generator())
    assert set(lengths.tolist()) == set(range(length, length * 11 // 10 + 1)) and x.shape[1] == lengths.max()
    firsts, seconds = set(), set()
    for sequence, answer, n in zip(x, y, lengths.tolist(), strict=True):
        values, marks = sequence[:n].T
        assert marks[0] == marks[-1] == -1 and (sequence[n:] == 0).all() and -1 <= values.min() and values.max() < 1
        marked = (marks == 1).nonzero()[:, 0].tolist()
        assert len(marked) == 2 and marked[0] < 10 and marked[1] < length // 2 - 1 and (marks == 0).sum() == n - 4
        assert float(answer) == pytest.approx(float(0.5 + values[marked].sum() / 4), abs=1e-6)
        firsts.add(marked[0])
        seconds.add(marked[1])
    assert firsts == set(range(1, min(10, length // 2 - 2))) and max(seconds) == length // 2 - 2


@pytest.mark.parametrize("length", [10, 19, 50])
def test_temporal_order(length):
    x, y = tasks.temporal_order(2000, length, generator())
    assert x.shape == (2000, length, 6) and (x.sum(-1) == 1).all() and y.dtype == torch.int64
    for sequence, answer in zip(x.argmax(-1), y.tolist(), strict=True):
        text = "".join("ABcdef"[i] for i in sequence)
        (early, first), (late, second) = [(m.start(), m.group()) for m in re.finditer("[AB]", text)]
        assert length // 10 <= early < length // 5 and length // 2 <= late < 3 * length // 5
        assert ["AA", "AB", "BA", "BB"][answer] == first + second
    assert torch.bincount(y).tolist() == pytest.approx([500] * 4, abs=80)


# ---------------------------------------------------------------- Elman's streams


def test_every_third_bit_is_the_exclusive_or():
    bits = tasks.temporal_xor(1000, generator())
    assert bits.shape == (3000,) and bits.dtype == torch.int64
    for a, b, c in bits.view(-1, 3).tolist():
        assert c == (a != b)
    assert bits.double().mean() == pytest.approx(0.5, abs=0.04)


def test_letters_follow_the_published_table():
    letters, features = tasks.elman_letters(600, generator())
    text = "".join(letters)
    assert re.fullmatch("(ba|dii|guuu)+", text) and features.shape == (len(text), 6)
    assert [text.count(c) for c in "bdg"] == pytest.approx([200] * 3, abs=40) and sum(map(text.count, "bdg")) == 600
    rows = {"b": "101001", "d": "101101", "g": "101011", "a": "010011", "i": "010101", "u": "010111"}
    for letter, row in zip(letters, features.int().tolist(), strict=True):
        assert "".join(map(str, row)) == rows[letter]


def test_the_grammar_has_the_published_size():
    assert len(elman.WORDS) == len(set(elman.WORDS)) == 29 and len(elman.CLASSES) == 13 and len(elman.TEMPLATES) == 16
    assert len(set(elman.TEMPLATES)) == 16 and {len(t) for t in elman.TEMPLATES} == {2, 3}
    assert {name for template in elman.TEMPLATES for name in template} == set(elman.CLASSES)


def test_sentences_are_cut_into_templates():
    found = tasks.elman_sentences(300, generator())
    pattern = "|".join(" ".join(f"({'|'.join(elman.CLASSES[name])})" for name in t) + " " for t in elman.TEMPLATES)
    assert re.fullmatch(f"({pattern}){{300}}", " ".join(found.words) + " ")
    assert [elman.WORDS[i] for i in found.ids] == found.words and found.ids.dtype == torch.int64
    assert all(word in elman.CLASSES[name] for word, name in zip(found.words, found.classes, strict=True))
    assert found.likelihood.shape == (len(found.words), 29)


def all_beginnings(length):
    """P(class sequence) of every way in which a stream can begin, by enumeration of the templates."""
    found = {}
    for count in range(1, (length + 1) // 2 + 1):  # a template has two words or more
        for choice in itertools.product(elman.TEMPLATES, repeat=count):
            classes = sum(choice, ())
            if len(classes) - len(choice[-1]) < length <= len(classes):  # long enough, and not without the last
                found[classes[:length]] = found.get(classes[:length], 0) + len(elman.TEMPLATES) ** -count
    return found


def test_likelihood_is_the_exact_distribution_of_the_next_word():
    found = tasks.elman_sentences(20, generator(3))
    for t in range(4):
        past, expected = [elman.CLASS_OF[word] for word in found.words[: t + 1]], np.zeros(29)
        for classes, p in all_beginnings(t + 2).items():
            if list(classes[: t + 1]) == past:
                for word in elman.CLASSES[classes[-1]]:
                    expected[elman.WORDS.index(word)] += p / len(elman.CLASSES[classes[-1]])
        np.testing.assert_allclose(found.likelihood[t].numpy(), expected / expected.sum(), rtol=0, atol=1e-14)


def test_likelihood_is_calibrated():
    """Where a word is given probability p, it comes in a share p of the cases."""
    found = tasks.elman_sentences(20_000, generator())
    came = torch.nn.functional.one_hot(found.ids[1:], 29).double()
    given = found.likelihood[:-1]
    assert (given.gather(1, found.ids[1:, None]) > 0).all()
    for low, high in ((0.01, 0.05), (0.05, 0.1), (0.1, 0.3), (0.3, 0.6)):
        here = (given > low) & (given <= high)
        assert here.sum() > 1000 and came[here].mean() == pytest.approx(float(given[here].mean()), rel=0.05)


# ---------------------------------------------------------------- grammars


PAIRS = {  # the automaton once more, its states by name
    ("start", "B"): "choose",
    ("choose", "T"): "upper",
    ("choose", "P"): "lower",
    ("upper", "S"): "upper",
    ("upper", "X"): "cross",
    ("lower", "T"): "lower",
    ("lower", "V"): "late",
    ("cross", "X"): "lower",
    ("cross", "S"): "end",
    ("late", "P"): "cross",
    ("late", "V"): "end",
    ("end", "E"): "done",
}


def accepted(text):
    state = "start"
    for symbol in text:
        state = PAIRS.get((state, symbol))
    return state == "done"


def possible(text):
    """The symbols that may come after the text, by trying every way to finish it."""
    return {c for c in "BTPSXVE" if can_be_finished(text + c)}


def can_be_finished(text, most=6):
    return accepted(text) or most > 0 and _alive(text) and any(can_be_finished(text + c, most - 1) for c in "BTPSXVE")


def _alive(text):
    state = "start"
    for symbol in text:
        state = PAIRS.get((state, symbol))
    return state is not None


def test_reber_strings_are_accepted_by_another_automaton():
    g = generator()
    for _ in range(300):
        text, legal = tasks.reber(g)
        assert accepted(text) and len(legal) == len(text)
        assert all(text[t + 1] in legal[t] for t in range(len(text) - 1)) and legal[-1] == set()
        for t in range(min(len(text), 12)):
            assert legal[t] == possible(text[: t + 1])


def test_every_branch_is_taken_half_of_the_time():
    g, counts = generator(), {}
    for _ in range(4000):
        text, legal = tasks.reber(g)
        state = "start"
        for symbol in text:
            counts.setdefault(state, {}).setdefault(symbol, 0)
            counts[state][symbol] += 1
            state = PAIRS[state, symbol]
    assert {len(row) for row in counts.values()} == {1, 2}
    for row in counts.values():
        if len(row) == 2:
            total = sum(row.values())
            assert max(row.values()) / total == pytest.approx(0.5, abs=2.5 / total**0.5)


def test_embedded_strings_remember_their_second_symbol():
    g, seen = generator(), set()
    for _ in range(200):
        text, legal = tasks.embedded_reber(g)
        assert text[0] == "B" and text[-1] == "E" and text[1] == text[-2] and accepted(text[2:-2])
        assert legal[0] == {"T", "P"} and legal[1] == {"B"} and legal[-3:] == [{text[1]}, {"E"}, set()]
        assert legal[2:-3] == [possible(text[2 : t + 1]) for t in range(2, len(text) - 3)]
        assert len(legal) == len(text) >= 9
        seen.add(text[1])
    assert seen == {"T", "P"}


def test_the_continual_stream_is_embedded_strings_end_to_end():
    ids, legal = tasks.continual_reber(5000, generator())
    assert ids.shape == (5000,) and ids.dtype == torch.int64 and legal.shape == (5000, 7) and legal.dtype == torch.bool
    text, g, whole = "".join(tasks.REBER[i] for i in ids), generator(), ""
    sets = []
    while len(whole) < 5000:
        string, after = tasks.embedded_reber(g)
        whole, sets = whole + string, sets + after[:-1] + [{"B"}]
    assert text == whole[:5000]
    assert [{tasks.REBER[i] for i in row.nonzero()[:, 0]} for row in legal] == sets[:5000]
    assert legal[:-1].gather(1, ids[1:, None]).all() and set(legal.sum(1).tolist()) == {1, 2}


@pytest.mark.parametrize("letters", [2, 3])
def test_counting(letters):
    ids, lengths, legal = tasks.counting(200, 6, generator(), letters)
    assert set(((lengths - 2) // letters).tolist()) == set(range(1, 7))
    language = ["S" + "".join(c * m for c in "abc"[:letters]) + "S" for m in range(1, 20)]
    for row, n, allowed in zip(ids, lengths.tolist(), legal, strict=True):
        text = "".join("Sabc"[i] for i in row[:n])
        assert text in language and (row[n:] == 0).all() and not allowed[n - 1 :].any()
        for t in range(n - 1):
            begun = [string for string in language if string.startswith(text[: t + 1])]
            assert {"Sabc"[i] for i in allowed[t].nonzero()[:, 0]} == {string[t + 1] for string in begun}


# ---------------------------------------------------------------- all of them

DRAWS = {
    "adding": lambda g: tasks.adding(3, 10, g),
    "adding_1997": lambda g: tasks.adding_1997(3, 20, g),
    "temporal_order": lambda g: tasks.temporal_order(3, 20, g),
    "temporal_xor": lambda g: [tasks.temporal_xor(40, g)],
    "elman_letters": lambda g: tasks.elman_letters(20, g)[1:],
    "elman_sentences": lambda g: tasks.elman_sentences(20, g)[1:2],
    "continual_reber": lambda g: tasks.continual_reber(50, g),
    "counting": lambda g: tasks.counting(5, 6, g),
}


def same(one, other):
    return all(a.shape == b.shape and torch.equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", DRAWS)
def test_the_generator_decides_everything(name):
    torch.manual_seed(0)
    one = DRAWS[name](generator(5))
    torch.manual_seed(1)
    assert same(one, DRAWS[name](generator(5))) and not same(one, DRAWS[name](generator(6)))


@pytest.mark.parametrize("wrong", [0, -3, 2.0, True, "7"])
def test_bad_counts_are_refused(wrong):
    g = generator()
    calls = {
        "batch_size": [tasks.adding, tasks.adding_1997, tasks.temporal_order, tasks.counting],
        "triples": [tasks.temporal_xor],
        "consonants": [tasks.elman_letters],
        "count": [tasks.elman_sentences],
        "length": [tasks.continual_reber, lambda n, g: tasks.adding(4, n, g)],
        "n": [lambda n, g: tasks.counting(4, n, g)],
        "letters": [lambda n, g: tasks.counting(4, 3, g, n)],
    }
    for name, functions in calls.items():
        for function in functions:
            takes_length = function in calls["batch_size"]
            with pytest.raises(ValueError, match=f"^{name}: expected a whole number"):
                function(wrong, 30, g) if takes_length else function(wrong, g)


@pytest.mark.parametrize("task, least", [(tasks.adding, 2), (tasks.adding_1997, 20), (tasks.temporal_order, 10)])
def test_too_short_sequences_are_refused(task, least):
    with pytest.raises(ValueError, match=f"^length: expected a whole number, {least} or more, got {least - 1}"):
        task(4, least - 1, generator())
    task(4, least, generator())


def test_the_public_names():
    assert sorted(tasks.__all__) == tasks.__all__ and all(hasattr(tasks, name) for name in tasks.__all__)
    assert len(grammars.REBER) == 7
