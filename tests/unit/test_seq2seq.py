"""Seq2Seq against torch.nn and explicit loops: values, every gradient, padding, teacher forcing, probes, bad input."""

import pytest
import torch

from seqmodels.probes import Probe, at_step, intervene, record
from seqmodels.seq2seq import BEGIN, END, PADDING, Seq2Seq, TranslationLoss, pair_batch
from seqmodels.training import train
from tools import bench_seq2seq
from unit.against_torch import equal, randomised
from unit.seq2seq_reference import Reference, gradients

SOURCE_VOCAB, TARGET_VOCAB, E, H = 9, 8, 5, 6

MODELS = {
    "gru": {},
    "lstm, reversed": {"cell": "lstm", "reverse_source": True},
    "gru, both sides": {"bidirectional": True},
    "additive": {"attention": "additive"},
    "additive, lstm, both sides": {"attention": "additive", "cell": "lstm", "bidirectional": True},
    "dot": {"attention": "dot"},
    "dot, reversed, fed": {"attention": "dot", "reverse_source": True, "input_feeding": True},
    "general, both sides": {"attention": "general", "bidirectional": True},
    "general, lstm, fed": {"attention": "general", "cell": "lstm", "input_feeding": True},
    "concat": {"attention": "concat"},
    "concat, lstm, fed": {"attention": "concat", "cell": "lstm", "input_feeding": True},
    "local": {"attention": "local", "window": 1},
    "local, fed": {"attention": "local", "window": 2, "input_feeding": True},
    "local, monotonic": {"attention": "local", "window": 1, "monotonic": True},
}
PAIRS = [([3, 4, 5, 6, 8], [3, 4, 5]), ([7], [6]), ([8, 3, 8], [7, 7, 3, 4, 5, 6])]
WITH_ATTENTION = [name for name, settings in MODELS.items() if "attention" in settings]


def build(name, dtype=torch.float64, seed=0):
    torch.manual_seed(seed)
    return randomised(Seq2Seq(SOURCE_VOCAB, TARGET_VOCAB, E, H, **MODELS[name])).to(dtype)


@pytest.fixture(params=MODELS)
def model(request):
    return build(request.param)


def alone(batch):
    """The sentences of a batch without their padding: source (S,), target (T,)."""
    for source, length, target in zip(*batch, strict=True):
        yield source[:length], target[target != PADDING]


# ---------------------------------------------------------------- the reference


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", MODELS)
def test_equal_to_torch_with_every_gradient(name, dtype):
    model, batch = build(name, dtype), pair_batch(PAIRS)
    reference = Reference(model)
    found = model(*batch)
    directions = torch.randn(found.shape, dtype=dtype, generator=torch.Generator().manual_seed(3))
    scalar = 0.0
    for i, (source, target) in enumerate(alone(batch)):
        expected = reference.logits(source, target)
        equal(found[i, : len(target)], expected, f"logits of sentence {i}")
        assert (found[i, len(target) :] == 0).all()
        scalar = scalar + (expected * directions[i, : len(target)]).sum()
    compared = gradients(model, reference, (found * directions).sum(), scalar)
    for parameter, ours, theirs in compared:
        equal(ours, theirs, f"gradient of {parameter}")
    assert len(compared) == len(list(model.parameters()))


@pytest.mark.parametrize("name", WITH_ATTENTION)
def test_probes_show_what_the_reference_computes(name):
    model, batch = build(name), pair_batch(PAIRS)
    reference = Reference(model)
    with record(model) as trace:
        model(*batch)
    for i, (source, target) in enumerate(alone(batch)):
        reference.logits(source, target)
        T, S = len(target), len(source)
        equal(trace["weights"][i, :T, :S], torch.stack(reference.weights), "weights")
        assert (trace["weights"][i, :, S:] == 0).all()
        equal(trace["decoder_hidden"][i, :T], torch.stack(reference.hidden), "decoder hidden")
        equal(trace["attentional"][i, :T], torch.stack(reference.attentional), "attentional")
        equal(trace["encoder_hidden"][i, :S], reference.read(source)[0], "encoder hidden")
    assert trace.axes("weights") == ("B", "T", "S")


@pytest.mark.parametrize("make", bench_seq2seq.ALL)
def test_what_is_timed_side_by_side_computes_the_same(make):
    first, *others = [run() for run in make(3).values()]
    for other in others:
        torch.testing.assert_close(other, first, rtol=1e-4, atol=1e-7)


# ---------------------------------------------------------------- equal ways of computing


def test_padding_never_changes_a_result(model):
    """Each sentence alone, in a batch, in a batch padded further with whatever: the same."""
    batch = pair_batch(PAIRS)
    whole = model(*batch)
    waste = torch.tensor([[SOURCE_VOCAB - 1, 10**6, -7]]).expand(3, 3)
    source = torch.cat([batch.source, waste], 1)
    target = torch.nn.functional.pad(batch.target, (0, 2))
    wider = model(source, batch.source_lengths, target)
    equal(wider[:, :-2], whole, "padded further")
    for i, (source, target) in enumerate(alone(batch)):
        equal(model(source[None], None, target[None])[0], whole[i, : len(target)], f"sentence {i} alone")
    found = model.translate(*batch[:2], max_length=7)
    assert found == [model.translate(source[None], max_length=7)[0] for source, _ in alone(batch)]


def test_many_random_sentences_alone_and_together(model):
    generator = torch.Generator().manual_seed(5)

    def sentence(most, vocab):
        return torch.randint(3, vocab, (int(torch.randint(1, most, (), generator=generator)),), generator=generator)

    pairs = [(sentence(9, SOURCE_VOCAB).tolist(), sentence(9, TARGET_VOCAB).tolist()) for _ in range(12)]
    batch = pair_batch(pairs)
    whole = model(*batch)
    for i, pair in enumerate(pairs):
        one = model(*pair_batch([pair]))
        equal(one[0], whole[i, : one.shape[1]], f"sentence {i}")


def test_all_at_once_is_the_loop_and_the_loop_is_decoder_step(model):
    batch = pair_batch(PAIRS)
    fast = model(*batch)
    with record(model):
        equal(model(*batch), fast, "watched")
    memory, state = model.encode(*batch[:2])
    token = torch.full((3,), BEGIN)
    for t, real in enumerate((batch.target != PADDING).unbind(1)):
        logits, state = model.decoder_step(state, token, memory)
        equal(logits[real], fast[:, t][real], f"step {t}")
        token = batch.target[:, t]
    assert state.position.tolist() == [batch.target.shape[1]] * 3


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.7])
def test_teacher_forcing_is_the_loop_with_its_coins(model, chance):
    batch = pair_batch(PAIRS)
    found = model(*batch, chance, generator=torch.Generator().manual_seed(11))
    coins = torch.rand(batch.target.shape, generator=torch.Generator().manual_seed(11))
    reference = Reference(model)
    for i, (source, target) in enumerate(alone(batch)):
        expected = reference.logits(source, target, reads_own=coins[i] >= chance)
        equal(found[i, : len(target)], expected, f"sentence {i}")


def test_free_running_writes_what_greedy_translation_writes(model):
    batch = pair_batch(PAIRS)
    long = torch.full((3, 9), 3)
    best = model(*batch[:2], long, 0.0)[..., 2:].argmax(-1) + 2
    for tokens, row in zip(model.translate(*batch[:2], max_length=9), best.tolist(), strict=True):
        assert tokens == (row[: row.index(END)] if END in row else row)


def test_one_tosses_no_coin_and_a_chance_is_what_it_says():
    model, generator = build("dot"), torch.Generator().manual_seed(0)
    before, words, seen = generator.get_state(), torch.full((64, 40), 3), []
    model.decoder.register_forward_pre_hook(lambda _, arguments: seen.append(arguments[-1]))
    with torch.no_grad():
        model(words, None, words, 1.0, generator=generator)
        assert seen == [None] and torch.equal(generator.get_state(), before)
        model(words, None, words, 0.25, generator=generator)
    own_word = seen[1].double()
    assert 0.72 < own_word.mean() < 0.78
    assert own_word.mean(0).std() > 0.02 and own_word.mean(1).std() > 0.02, "every word of every sentence has its own"


# ---------------------------------------------------------------- steering


@pytest.mark.parametrize("name", WITH_ATTENTION)
def test_weights_can_be_steered(name):
    """All weight on one word: the context is that word's memory, and what follows is computed from it."""
    model, batch = build(name), pair_batch(PAIRS)
    one_word = lambda w, t: torch.nn.functional.one_hot(torch.zeros(len(w)).long(), w.shape[-1]).to(w)  # noqa: E731
    before = model(*batch)
    with record(model) as trace, intervene(model, {"weights": one_word}):
        after = model(*batch)
    equal(trace["context"], trace["encoder_hidden"][:, :1].expand_as(trace["context"]), "context")
    assert (after - before).abs().max() > 1e-3
    steps = []
    with intervene(model, {"weights": lambda w, t: steps.append(t) or w}):
        model.translate(*batch[:2], max_length=4)
        first = list(steps)
        model.translate(*batch[:2], max_length=4)
    assert first[0] == 0 and first == list(range(len(first))) and steps == first * 2


@pytest.mark.parametrize("name", WITH_ATTENTION)
def test_steering_one_step_leaves_the_steps_before_alone(name):
    model, batch = build(name), pair_batch(PAIRS)
    before = model(*batch)
    with intervene(model, {"weights": at_step(2, lambda w, t: w.flip(-1))}):
        after = model(*batch)
    equal(after[:, :2], before[:, :2], "steps before")
    assert (after[2, 2] - before[2, 2]).abs().max() > 1e-4
    later = (after[2, 3] - before[2, 3]).abs().max()
    waits = MODELS[name].get("input_feeding", False) or MODELS[name]["attention"] == "additive"
    assert later > 1e-6 if waits else later < 1e-12, "only a cell that reads the context passes it on"


def test_greedy_translation_can_be_recorded():
    model, batch = build("additive"), pair_batch(PAIRS)
    with record(model) as trace:
        (tokens,) = model.translate(batch.source[:1], max_length=5)
    assert trace["weights"].shape == (1, min(len(tokens) + 1, 5), 5)
    equal(trace["weights"].sum(-1), torch.ones(trace["weights"].shape[:2]).double(), "sums")


def test_every_probe_sees_something(model):
    probes = {name for name, child in model.named_modules() if isinstance(child, Probe)}
    with record(model) as trace:
        model(*pair_batch(PAIRS))
    assert set(trace) == probes


# ---------------------------------------------------------------- learning


@pytest.mark.parametrize("settings", [
    {"attention": "additive", "bidirectional": True},
    {"attention": "dot", "reverse_source": True},
    {"attention": "general", "input_feeding": True, "cell": "lstm"},
])  # fmt: skip
def test_learns_to_write_backwards_what_it_reads(settings):
    generator = torch.Generator().manual_seed(0)
    words = [torch.randint(3, 9, (int(n),), generator=generator).tolist()
             for n in torch.randint(2, 5, (64,), generator=generator)]  # fmt: skip
    batch = pair_batch([(sentence, sentence[::-1]) for sentence in words])
    torch.manual_seed(1)
    model = Seq2Seq(9, 9, 16, 32, **settings)
    history = train(model, [batch], steps=120, loss=TranslationLoss(), learning_rate=0.01)
    assert history.loss[0] > 1.5 and history.loss[-1] < 0.1
    right = [found == sentence[::-1] for found, sentence in zip(model.translate(*batch[:2]), words, strict=True)]
    assert sum(right) > 55


# ---------------------------------------------------------------- what is refused

SOURCE, LENGTHS, TARGET = pair_batch(PAIRS)


@pytest.mark.parametrize(("settings", "message"), [
    ({"source_vocab": 3}, r"source_vocab: expected 4 or more \(PADDING, BEGIN, END and a word\), got 3"),
    ({"target_vocab": 8.0}, "target_vocab: "),
    ({"embedding_size": 0}, "embedding_size: expected a whole number"),
    ({"hidden_size": -1}, "hidden_size: expected a whole number"),
    ({"cell": "rnn"}, "cell: expected one of gru, lstm, got 'rnn'"),
    ({"attention": "bahdanau"}, "attention: expected None or one of"),
    ({"hidden_size": 5, "bidirectional": True}, "hidden_size: a bidirectional encoder"),
    ({"bidirectional": True, "reverse_source": True}, "reverse_source: "),
    ({"input_feeding": True}, "input_feeding: .* got attention None"),
    ({"input_feeding": True, "attention": "additive"}, "input_feeding: .* reads its context already"),
    ({"monotonic": True, "attention": "dot"}, "monotonic: is for local attention"),
    ({"attention": "local", "window": 0}, "window: "),
])  # fmt: skip
def test_bad_settings_are_refused(settings, message):
    sizes = {"source_vocab": 9, "target_vocab": 8, "embedding_size": 5, "hidden_size": 6}
    with pytest.raises(ValueError, match=f"^{message}"):
        Seq2Seq(**(sizes | settings))


@pytest.mark.parametrize(("arguments", "message"), [
    ((SOURCE.float(), LENGTHS, TARGET), "source: expected token ids as an int64"),
    ((SOURCE[0], None, TARGET), "source: expected shape"),
    ((SOURCE + 1, LENGTHS, TARGET), "source: expected ids from 0 to 8, got ids from 0 to 9"),
    ((SOURCE, LENGTHS - 1, TARGET), "lengths: expected 1 to 5"),
    ((SOURCE, LENGTHS[:2], TARGET), "lengths: expected one for each sequence"),
    ((SOURCE, LENGTHS, TARGET[:2]), "target: expected 3 sentences like the source, got 2"),
    ((SOURCE, LENGTHS, TARGET.float()), "target: expected token ids"),
    ((SOURCE, LENGTHS, torch.full((3, 4), 8)), "target: expected ids from 0 to 7"),
    ((SOURCE, LENGTHS, torch.full((3, 4), BEGIN)), r"target: holds BEGIN \(1\)"),
    ((SOURCE, LENGTHS, torch.tensor([[0, 3], [3, 2], [3, 2]])), r"target: expected a word, then PADDING \(0\) only"),
    ((SOURCE, LENGTHS, torch.tensor([[3, 0, 2], [3, 3, 2], [3, 3, 2]])), "target: expected a word, then PADDING"),
    ((SOURCE, LENGTHS, TARGET, 1.5), "teacher_forcing: expected a chance from 0 to 1, got 1.5"),
    ((SOURCE, LENGTHS, TARGET, float("nan")), "teacher_forcing: "),
])  # fmt: skip
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        build("dot")(*arguments)


def test_bad_steps_are_refused():
    model = build("general, lstm, fed")
    memory, state = model.encode(SOURCE, LENGTHS)
    token = torch.full((3,), BEGIN)
    for arguments, message in [
        ((state, token[:2], memory), "state: "),
        ((state, token + 7, memory), "token: expected ids from 0 to 7"),
        ((state, token.float(), memory), "token: expected token ids"),
        ((state.cell, token, memory), "state: expected a tuple of 3 parts"),
        ((state, token, memory.hidden), "memory: expected the Memory that encode returned, got Tensor"),
        ((state, token, build("gru").encode(SOURCE[:1])[0]), "memory.hidden: expected shape"),
    ]:
        with pytest.raises(ValueError, match=f"^{message}"):
            model.decoder_step(*arguments)
