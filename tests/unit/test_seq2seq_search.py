"""Beam search against an enumeration of every sentence, the library's other beam search, and greedy choice."""

import itertools

import numpy as np
import pytest
import torch

from seqmodels import decoding
from seqmodels.seq2seq import BEGIN, END, PADDING, Seq2Seq, pair_batch, search
from unit.against_torch import randomised

PAIRS = [([3, 4, 5, 4], [3]), ([5], [3]), ([4, 3], [3])]
SOURCE, LENGTHS, _ = pair_batch(PAIRS)
SETTINGS = [{}, {"attention": "additive"}, {"attention": "general", "input_feeding": True, "cell": "lstm"}]


def build(settings, target_vocab=5, seed=0):
    torch.manual_seed(seed)
    return randomised(Seq2Seq(6, target_vocab, 4, 6, **settings)).double()


def log_prob_of(model, source, tokens):
    """log p of a sentence (END included if it is there), word by word, PADDING and BEGIN ruled out by hand."""
    total, (memory, state), token = 0.0, model.encode(source[None]), torch.tensor([BEGIN])
    with torch.no_grad():
        for word in tokens:
            logits, state = model.decoder_step(state, token, memory)
            total += (logits[0, word] - logits[0, 2:].logsumexp(0)).item()
            token = torch.tensor([word])
    return total


def every_sentence(vocab, most):
    """All that can be written in `most` words: those that END, and those that are cut."""
    words = range(END + 1, vocab)
    for length in range(most):
        yield from ([*sentence, END] for sentence in itertools.product(words, repeat=length))
    yield from (list(sentence) for sentence in itertools.product(words, repeat=most))


@pytest.mark.parametrize("penalty", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("settings", SETTINGS)
def test_a_beam_that_holds_everything_finds_what_enumeration_finds(settings, penalty):
    model, most = build(settings), 3
    results = search(model, SOURCE, LENGTHS, 40, most, penalty)
    for source, length, result in zip(SOURCE, LENGTHS, results, strict=True):
        rows = [(log_prob_of(model, source[:length], s) / len(s) ** penalty, s) for s in every_sentence(5, most)]
        rows.sort(reverse=True)
        assert len(result.hypotheses) == len(rows) == 15
        for found, (score, tokens) in zip(result.hypotheses, rows, strict=True):
            assert found.score == pytest.approx(score, rel=1e-12)
            assert found.finished == (tokens[-1] == END)
            assert found.tokens == [word for word in tokens if word != END]
        assert sum(np.exp(found.log_prob) for found in result.hypotheses) == pytest.approx(1)
    best = [result.best.tokens for result in results]
    assert model.translate(SOURCE, LENGTHS, 40, most, penalty) == best


class AsTable:
    """A Seq2Seq and one source, in the form that seqmodels.decoding asks for."""

    def __init__(self, model, source, lengths):
        self.model, (self.memory, self.state) = model, model.encode(source, lengths)

    def initial_state(self, batch_size):
        return self.state, self.memory

    def step(self, token, state):
        logits, after = self.model.decoder_step(state[0], token, state[1])
        return torch.cat([torch.full_like(logits[:, :2], -torch.inf), logits[:, 2:]], -1), (after, state[1])


@pytest.mark.parametrize("beam_size", [1, 2, 5])
@pytest.mark.parametrize("settings", SETTINGS)
def test_equal_to_the_beam_search_of_language_models(settings, beam_size):
    model = build(settings, target_vocab=7)
    prompt = torch.full((3, 1), BEGIN)
    tokens, log_probs = decoding.beam_search(
        AsTable(model, SOURCE, LENGTHS), prompt, 6, beam_size, end=END, length_penalty=0.6
    )
    for i, result in enumerate(search(model, SOURCE, LENGTHS, beam_size, 6, 0.6)):
        assert len(result.hypotheses) == beam_size
        for found, row, log_prob in zip(result.hypotheses, tokens[i, :, 1:].tolist(), log_probs[i], strict=True):
            assert found.tokens == (row[: row.index(END)] if END in row else row)
            assert found.log_prob == pytest.approx(log_prob.item(), rel=1e-12)


@pytest.mark.parametrize("settings", SETTINGS)
def test_a_beam_of_one_is_greedy(settings):
    model = build(settings, target_vocab=9)
    for source, length, found in zip(SOURCE, LENGTHS, search(model, SOURCE, LENGTHS, 1, 12), strict=True):
        written = []
        (memory, state), token = model.encode(source[None, :length]), torch.tensor([BEGIN])
        while len(written) < 12 and END not in written:
            logits, state = model.decoder_step(state, token, memory)
            token = logits[:, 2:].argmax(-1) + 2
            written.append(token.item())
        assert found.best.tokens == [word for word in written if word != END]
        assert found.best.finished == (written[-1] == END)
        assert found.best.log_prob == pytest.approx(log_prob_of(model, source[:length], written), rel=1e-12)


def test_a_wider_beam_never_loses_what_it_was_exact_about():
    model = build({"attention": "dot"}, target_vocab=8)
    best = [[r.best.log_prob for r in search(model, SOURCE, LENGTHS, k, 4)] for k in (1, 3, 2000)]
    assert all(exact >= some - 1e-12 for exact, *others in zip(*reversed(best), strict=True) for some in others)


def test_padding_and_begin_are_never_written():
    model = build({})
    with torch.no_grad():
        model.decoder.readout.bias[[PADDING, BEGIN]] = 100.0
    for result in search(model, SOURCE, LENGTHS, 4, 8):
        assert all(word > END for found in result.hypotheses for word in found.tokens)
        assert -20 < result.best.log_prob < 0


def test_a_length_penalty_prefers_longer_sentences():
    model = build({}, seed=3)
    with torch.no_grad():
        model.decoder.readout.bias[END] = 1.0
    lengths = [[len(r.best.tokens) for r in search(model, SOURCE, LENGTHS, 40, 3, a)] for a in (-2.0, 0.0, 1.0, 6.0)]
    assert all(a <= b for one, other in itertools.pairwise(lengths) for a, b in zip(one, other, strict=True))
    assert sum(lengths[0]) < sum(lengths[-1])


# ---------------------------------------------------------------- the tree


@pytest.mark.parametrize("beam_size", [1, 3])
def test_the_tree_holds_what_was_tried(beam_size):
    model = build({"attention": "additive"}, target_vocab=6)
    results = search(model, SOURCE, LENGTHS, beam_size, 5, record_tree=True)
    plain = search(model, SOURCE, LENGTHS, beam_size, 5)
    for source, length, result, same in zip(SOURCE, LENGTHS, results, plain, strict=True):
        assert result.hypotheses == same.hypotheses and same.tree is None
        tree, ways = result.tree, [[]]
        assert (tree.parent[0], tree.token[0], tree.log_prob[0], tree.depth[0]) == (-1, BEGIN, 0, 0)
        for node in range(1, len(tree.parent)):
            parent = tree.parent[node]
            assert parent < node and tree.kept[parent] and tree.token[parent] != END
            ways.append([*ways[parent], int(tree.token[node])])
            assert tree.depth[node] == len(ways[node])
            assert tree.log_prob[node] == pytest.approx(log_prob_of(model, source[:length], ways[node]), rel=1e-9)
        assert len(set(map(tuple, ways))) == len(ways), "no way stands there twice"
        for depth in range(1, 6):
            assert tree.kept[tree.depth == depth].sum() <= beam_size
            assert (tree.depth == depth).sum() <= 2 * beam_size
            worst = tree.log_prob[(tree.depth == depth) & tree.kept]
            others = tree.log_prob[(tree.depth == depth) & ~tree.kept]
            assert not len(others) or not len(worst) or worst.min() >= others.max()
        for found in result.hypotheses:
            node = ways.index([*found.tokens, END] if found.finished else found.tokens)
            assert tree.kept[node] and tree.log_prob[node] == found.log_prob


@pytest.mark.parametrize(("arguments", "message"), [
    ({"beam_size": 0}, "beam_size: expected a whole number, 1 or more, got 0"),
    ({"beam_size": 2.0}, "beam_size: "),
    ({"max_length": 0}, "max_length: expected a whole number, 1 or more, got 0"),
    ({"length_penalty": float("nan")}, "length_penalty: expected a finite number, got nan"),
    ({"source": SOURCE.float()}, "source: "),
    ({"source_lengths": LENGTHS + 5}, "lengths: "),
])  # fmt: skip
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        search(build({}), **({"source": SOURCE, "source_lengths": LENGTHS} | arguments))


def test_a_model_that_gives_nan_is_refused_and_left_as_it_was():
    model = build({}).train()
    model.translate(SOURCE, LENGTHS, max_length=2)
    assert model.training
    with torch.no_grad():
        model.decoder.readout.bias[3] = torch.nan
    with pytest.raises(ValueError, match="^logits: contains NaN"):
        model.translate(SOURCE, LENGTHS)
    assert model.training
