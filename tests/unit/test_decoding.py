"""Sampling draws from exactly the distribution it says; beam search finds what enumeration finds."""

import itertools

import pytest
import torch

from property.layers import CachedAttention, LoopLSTM
from seqmodels import decoding
from seqmodels.decoding import beam_search, draw, generate, sampling_probabilities, tokens_seen
from seqmodels.language_model import LanguageModel
from seqmodels.probes import record


class Table:
    """A bigram table that is no nn.Module: logits of the next token by the last one."""

    def __init__(self, logits):
        self.logits = torch.as_tensor(logits, dtype=torch.float64)

    def initial_state(self, batch_size):
        return (torch.zeros(batch_size, dtype=torch.int64),)

    def step(self, token, state):
        return self.logits[token], (state[0] + 1,)


def random_table(vocab_size=4, seed=0):
    return Table(2 * torch.randn(vocab_size, vocab_size, generator=torch.Generator().manual_seed(seed)))


def language_model(backbone=None):
    torch.manual_seed(0)
    return LanguageModel(5, 4, backbone or LoopLSTM(4, 4)).double()


MODELS = {"table": random_table, "lstm": language_model, "attention": lambda: language_model(CachedAttention(4, 2))}


def log_probs_of(model, tokens, begin):
    """log p(tokens[begin:] | tokens[:begin]) of each row, step by step."""
    tokens = torch.as_tensor(tokens)
    state, total = model.initial_state(len(tokens)), 0.0
    with torch.no_grad():
        for t, token in enumerate(tokens.unbind(1)[:-1]):
            logits, state = model.step(token, state)
            if t + 1 >= begin:
                total = total + logits.log_softmax(-1).gather(1, tokens[:, t + 1, None]).squeeze(1)
    return total


# ---------------------------------------------------------------- the distribution


P = torch.tensor([[0.1, 0.4, 0.2, 0.3]], dtype=torch.float64)


@pytest.mark.parametrize(("options", "expected"), [
    ({}, [0.1, 0.4, 0.2, 0.3]),
    ({"top_k": 1}, [0, 1, 0, 0]),
    ({"top_k": 2}, [0, 4 / 7, 0, 3 / 7]),
    ({"top_k": 4}, [0.1, 0.4, 0.2, 0.3]),
    ({"top_p": 0.35}, [0, 1, 0, 0]),
    ({"top_p": 0.45}, [0, 4 / 7, 0, 3 / 7]),
    ({"top_p": 0.69}, [0, 4 / 7, 0, 3 / 7]),
    ({"top_p": 0.71}, [0, 4 / 9, 2 / 9, 3 / 9]),
    ({"top_p": 1.0}, [0.1, 0.4, 0.2, 0.3]),
    ({"top_k": 3, "top_p": 0.5}, [0, 4 / 7, 0, 3 / 7]),  # top_p of what top_k left over: 4/9 < 0.5
    ({"temperature": 0}, [0, 1, 0, 0]),
    ({"temperature": 0.5}, [1 / 30, 16 / 30, 4 / 30, 9 / 30]),
])  # fmt: skip
def test_sampling_probabilities_by_hand(options, expected):
    given = sampling_probabilities(P.log() + 5, **options)
    torch.testing.assert_close(given, torch.tensor([expected], dtype=torch.float64), rtol=1e-12, atol=1e-12)


def test_of_equal_logits_the_lower_id_comes_first():
    flat = torch.zeros(1, 6, dtype=torch.float64)
    assert sampling_probabilities(flat, top_k=2).tolist() == [[0.5, 0.5, 0, 0, 0, 0]]
    assert sampling_probabilities(flat, top_p=0.4).tolist()[0][3:] == [0, 0, 0]
    assert sampling_probabilities(flat, temperature=0).tolist() == [[1, 0, 0, 0, 0, 0]]


def test_tokens_of_probability_zero_are_never_drawn():
    given = sampling_probabilities(torch.tensor([[0.0, -torch.inf, 0.0]]))
    assert given.tolist() == [[0.5, 0, 0.5]]


def test_top_p_of_one_cuts_nothing_however_rare():
    given = sampling_probabilities(torch.tensor([[0.0, -60.0, -70.0]], dtype=torch.float64), top_p=1.0)
    assert (given > 0).all()


def test_each_row_of_the_batch_is_cut_on_its_own():
    both = torch.cat([P, P.flip(1)]).log()
    given = sampling_probabilities(both, top_p=0.45)
    torch.testing.assert_close(given[1], given[0].flip(0))


def test_draws_follow_the_distribution():
    logits = P.log().expand(40_000, 4)
    counts = draw(logits, top_k=3, generator=torch.Generator().manual_seed(0)).bincount(minlength=4)
    torch.testing.assert_close(counts / 40_000, torch.tensor([0, 4 / 9, 2 / 9, 3 / 9]), atol=0.01, rtol=0)
    assert counts[0] == 0


@pytest.mark.parametrize(("name", "options"), [
    ("temperature", {"temperature": -1}), ("temperature", {"temperature": float("nan")}),
    ("top_k", {"top_k": 0}), ("top_k", {"top_k": 5}), ("top_p", {"top_p": 0.0}), ("top_p", {"top_p": 1.5}),
])  # fmt: skip
def test_sampling_refuses(name, options):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        sampling_probabilities(P.log(), **options)


@pytest.mark.parametrize("bad", [float("nan"), -torch.inf])
def test_logits_that_are_no_distribution_are_refused(bad):
    with pytest.raises(ValueError, match="^logits: "):
        sampling_probabilities(torch.full((1, 3), bad))


# ---------------------------------------------------------------- repetition


LOGITS = torch.tensor([[2.0, -1.0, 0.0, 3.0], [2.0, -1.0, 0.0, -torch.inf]], dtype=torch.float64)
SEEN = torch.tensor([[True, True, False, False], [True, False, True, True]])


@pytest.mark.parametrize(("penalty", "expected"), [
    (2.0, [[1.0, -2.0, 0.0, 3.0], [1.0, -1.0, 0.0, -torch.inf]]),
    (1.25, [[1.6, -1.25, 0.0, 3.0], [1.6, -1.0, 0.0, -torch.inf]]),
    (1, [[2.0, -1.0, 0.0, 3.0], [2.0, -1.0, 0.0, -torch.inf]]),
])  # fmt: skip
def test_the_penalty_divides_positive_and_multiplies_negative_logits(penalty, expected):
    before = LOGITS.clone()
    given = sampling_probabilities(LOGITS, repetition_penalty=penalty, seen=SEEN)
    torch.testing.assert_close(given, torch.tensor(expected, dtype=torch.float64).softmax(-1), rtol=1e-12, atol=1e-12)
    assert torch.equal(LOGITS, before)


def test_the_penalty_comes_before_temperature_and_cuts():
    """After it the logits of the first row are 1/3, -6, 0, 3: now 3 is first, then 0, and 2 is third."""
    given = sampling_probabilities(LOGITS[:1], 0.5, top_k=2, repetition_penalty=6, seen=SEEN[:1])
    expected = torch.tensor([[2 / 3, -torch.inf, -torch.inf, 6.0]], dtype=torch.float64).softmax(-1)
    torch.testing.assert_close(given, expected, rtol=1e-12, atol=1e-12)
    greedy = sampling_probabilities(LOGITS[1:], 0, repetition_penalty=1.5, seen=SEEN[1:])
    assert greedy.tolist() == [[1, 0, 0, 0]]


def test_a_penalty_never_makes_a_seen_token_more_probable():
    logits = torch.randn(50, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    seen = torch.rand(50, 9, generator=torch.Generator().manual_seed(1)) < 0.5
    odds = [sampling_probabilities(logits, repetition_penalty=r, seen=seen).log() for r in (1, 1.3, 2)]
    unseen = (~seen).double().argmax(-1, keepdim=True)  # some token that was not seen
    rows = (~seen).any(-1)
    relative = [(p - p.gather(1, unseen))[rows] for p in odds]
    assert (relative[1] <= relative[0] + 1e-12)[seen[rows]].all() and (relative[2] <= relative[1] + 1e-12)[
        seen[rows]
    ].all()


def test_tokens_that_were_seen():
    assert tokens_seen(torch.tensor([[1, 1, 3], [0, 2, 0]]), 4).int().tolist() == [[0, 1, 0, 1], [1, 0, 1, 0]]


@pytest.mark.parametrize("penalty", [0, 0.5, -1, float("nan"), float("inf"), True, "2", None])
def test_penalties_that_are_nonsense_are_refused(penalty):
    for call in (lambda: sampling_probabilities(LOGITS, repetition_penalty=penalty, seen=SEEN),
                 lambda: generate(random_table(), torch.tensor([[1]]), 2, repetition_penalty=penalty)):  # fmt: skip
        with pytest.raises(ValueError, match="^repetition_penalty: expected a number, 1"):
            call()


@pytest.mark.parametrize("seen", [None, SEEN[:1], SEEN.long(), [[True] * 4] * 2])
def test_a_penalty_needs_to_know_what_was_seen(seen):
    with pytest.raises(ValueError, match="^seen: a repetition_penalty needs"):
        sampling_probabilities(LOGITS, repetition_penalty=1.2, seen=seen)


PENALTY = 4.0


@pytest.mark.parametrize("name", MODELS)
def test_generate_penalises_the_prompt_and_what_it_wrote(name):
    model, prompt = MODELS[name](), torch.tensor([[1, 2], [3, 0]])
    if name != "table":
        model.head.bias.data += 2  # logits of both signs in the table, mostly positive ones here
    tokens = generate(model, prompt, 9, temperature=0, repetition_penalty=PENALTY)
    for row in tokens.tolist():
        for t in range(2, 11):
            state = model.initial_state(1)
            for token in row[:t]:
                logits, state = model.step(torch.tensor([token]), state)
            penalised = logits[0].detach().clone()
            for token in set(row[:t]):
                penalised[token] = penalised[token] * (1 / PENALTY if penalised[token] > 0 else PENALTY)
            assert penalised.argmax().item() == row[t]
    assert not torch.equal(tokens, generate(model, prompt, 9, temperature=0))


def test_a_great_penalty_writes_every_token_once():
    """All logits equal and positive: each token that was not yet there comes before any that was."""
    written = generate(Table(torch.full((6, 6), 50.0)), torch.tensor([[4]]), 5, repetition_penalty=50.0)
    assert sorted(written[0].tolist()) == list(range(6))


def test_the_penalty_does_not_read_the_text_again_for_every_token(monkeypatch):
    """The work for one token does not grow with the text: what was seen is noted, never looked up."""
    calls, sizes = [], []
    seen, probabilities = decoding.tokens_seen, decoding.sampling_probabilities

    def look_up(*given):
        calls.append(given)
        return seen(*given)

    def ask(*given, **more):
        sizes.append(more["seen"].numel())
        return probabilities(*given, **more)

    monkeypatch.setattr(decoding, "tokens_seen", look_up)
    monkeypatch.setattr(decoding, "sampling_probabilities", ask)
    generate(random_table(), torch.ones(2, 500, dtype=torch.int64), 40, repetition_penalty=1.2)
    assert len(calls) == 1 and sizes == [2 * 4] * 40


# ---------------------------------------------------------------- generate


@pytest.mark.parametrize("name", MODELS)
def test_greedy_is_argmax_of_what_was_written(name):
    model = MODELS[name]()
    prompt = torch.tensor([[1, 2], [3, 0]])
    tokens = generate(model, prompt, 6, temperature=0)
    assert tokens.shape == (2, 8) and torch.equal(tokens[:, :2], prompt)
    for row in tokens.tolist():
        for t in range(2, 8):
            state = model.initial_state(1)
            for token in row[:t]:
                logits, state = model.step(torch.tensor([token]), state)
            assert logits.argmax().item() == row[t]


@pytest.mark.parametrize("name", MODELS)
def test_generate_repeats_with_its_generator(name):
    model, prompt = MODELS[name](), torch.tensor([[1, 2, 0]] * 3)

    def sample(seed):
        return generate(model, prompt, 12, generator=torch.Generator().manual_seed(seed))

    assert torch.equal(sample(1), sample(1)) and not torch.equal(sample(1), sample(2))


def test_generate_samples_a_chain():
    """A cycle 0 → 1 → 2 → 0 with certainty, and -inf elsewhere."""
    cycle = torch.full((3, 3), -torch.inf)
    cycle[[0, 1, 2], [1, 2, 0]] = 0
    assert generate(Table(cycle), torch.tensor([[0]]), 5).tolist() == [[0, 1, 2, 0, 1, 2]]


@pytest.mark.parametrize("name", ["lstm", "attention"])
def test_a_trace_of_generate_is_the_trace_of_what_was_written(name):
    model = MODELS[name]()
    with record(model) as writing:
        tokens = generate(model, torch.tensor([[1, 2, 0], [3, 3, 1]]), 6, generator=torch.Generator().manual_seed(0))
    with record(model) as reading:
        model(tokens[:, :-1])
    assert set(writing) == set(reading)
    for probe in reading:
        torch.testing.assert_close(writing[probe], reading[probe], rtol=0, atol=1e-12)


def test_generate_goes_on_from_a_state():
    model = language_model()
    whole = generate(model, torch.tensor([[1, 2, 3]]), 5, temperature=0)
    _, state = model(torch.tensor([[1, 2]]))
    assert torch.equal(generate(model, torch.tensor([[3]]), 5, temperature=0, state=state), whole[:, 2:])


def test_generate_turns_dropout_off_and_on_again():
    model = LanguageModel(5, 4, LoopLSTM(4, 4), norm=torch.nn.Dropout(0.9)).train()
    prompt = torch.tensor([[1]])
    assert torch.equal(generate(model, prompt, 9, temperature=0), generate(model, prompt, 9, temperature=0))
    assert model.training


@pytest.mark.parametrize("prompt", [torch.tensor([1]), torch.empty(1, 0, dtype=torch.int64), torch.ones(1, 2), [[1]]])
def test_generate_refuses_prompts(prompt):
    for search in (generate, beam_search):
        with pytest.raises(ValueError, match="^prompt: expected"):
            search(random_table(), prompt, 3)


def test_lengths_and_beam_sizes_are_checked():
    prompt = torch.tensor([[1]])
    for search in (generate, beam_search):
        with pytest.raises(ValueError, match="^length: expected"):
            search(random_table(), prompt, 0)
    with pytest.raises(ValueError, match="^beam_size: expected"):
        beam_search(random_table(), prompt, 2, beam_size=0)


# ---------------------------------------------------------------- beam search


@pytest.mark.parametrize("name", MODELS)
def test_a_beam_that_holds_everything_is_exact(name):
    model = MODELS[name]()
    vocab_size = 4 if name == "table" else 5
    prompts = [[1, 2], [3, 0]]
    tokens, log_probs = beam_search(model, torch.tensor(prompts), 3, beam_size=vocab_size**2)
    for b, prompt in enumerate(prompts):
        ways = torch.tensor([prompt + list(way) for way in itertools.product(range(vocab_size), repeat=3)])
        best, which = log_probs_of(model, ways, 2).max(0)
        assert torch.equal(tokens[b, 0], ways[which])
        assert log_probs[b, 0].item() == pytest.approx(best.item(), abs=1e-12)
        torch.testing.assert_close(log_probs[b], log_probs_of(model, tokens[b], 2), rtol=0, atol=1e-12)
        assert (log_probs[b].diff() <= 0).all()


@pytest.mark.parametrize("name", MODELS)
def test_a_beam_of_one_is_greedy(name):
    model, prompt = MODELS[name](), torch.tensor([[1, 2], [3, 0], [0, 0]])
    tokens, _ = beam_search(model, prompt, 8, beam_size=1)
    assert torch.equal(tokens[:, 0], generate(model, prompt, 8, temperature=0))


def test_a_wider_beam_finds_what_greedy_misses():
    """From 0: token 1 (.6) leads to halves, token 2 (.4) to certainty."""
    model = Table(torch.tensor([[1e-9, 0.6, 0.4, 1e-9], [0.25] * 4, [1e-9, 1e-9, 1e-9, 1.0], [0.25] * 4]).log())
    prompt = torch.tensor([[0]])
    assert beam_search(model, prompt, 2, beam_size=1)[0][0, 0].tolist()[:2] == [0, 1]
    tokens, log_probs = beam_search(model, prompt, 2, beam_size=2)
    assert tokens[0, 0].tolist() == [0, 2, 3] and log_probs[0, 0].exp().item() == pytest.approx(0.4, abs=1e-6)


def test_end_finishes_a_continuation_at_no_cost():
    model = random_table(3, seed=4)
    tokens, log_probs = beam_search(model, torch.tensor([[0]]), 4, beam_size=27, end=2)
    expected = {}
    for way in itertools.product(range(3), repeat=4):
        cut = way[: way.index(2) + 1] if 2 in way else way
        expected[cut + (2,) * (4 - len(cut))] = log_probs_of(model, [[0, *cut]], 1).item()
    found = {tuple(row[1:]): value for row, value in zip(tokens[0].tolist(), log_probs[0].tolist(), strict=True)}
    best = max(expected, key=expected.get)
    assert tokens[0, 0, 1:].tolist() == list(best)
    for way, value in found.items():
        assert value == pytest.approx(expected[way], abs=1e-12)


def test_length_penalty_prefers_longer_continuations():
    """Ending at once has p = .5; going on has p = .45, then .9: shorter wins, per token longer wins."""
    model = Table(torch.tensor([[0.05, 0.45, 0.5], [0.05, 0.05, 0.9], [0.3, 0.3, 0.4]]).log())
    prompt = torch.tensor([[0]])
    assert beam_search(model, prompt, 2, beam_size=3, end=2)[0][0, 0].tolist() == [0, 2, 2]
    assert beam_search(model, prompt, 2, beam_size=3, end=2, length_penalty=1.0)[0][0, 0].tolist() == [0, 1, 2]


def test_length_penalty_counts_the_end_as_a_token():
    """Ending at once with p = .9 stays best per token: log .9 / 1 against log .045 / 2."""
    model = Table(torch.tensor([[0.05, 0.05, 0.9], [0.05, 0.05, 0.9], [0.3, 0.3, 0.4]]).log())
    tokens, _ = beam_search(model, torch.tensor([[0]]), 2, beam_size=3, end=2, length_penalty=1.0)
    assert tokens[0, 0].tolist() == [0, 2, 2]


def test_more_beams_than_continuations():
    tokens, log_probs = beam_search(random_table(2), torch.tensor([[0]]), 1, beam_size=3)
    assert log_probs[0, :2].exp().sum().item() == pytest.approx(1)
    assert log_probs[0, 2] == -torch.inf and tokens[0, :2, 1].sort().values.tolist() == [0, 1]


def test_an_end_outside_of_the_vocabulary_is_refused():
    with pytest.raises(ValueError, match="^end: expected"):
        beam_search(random_table(2), torch.tensor([[0]]), 1, end=2)
