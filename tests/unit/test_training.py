"""The one training loop: it learns, it stops kindly, and it says why."""

import math

import pytest
import torch
from torch import nn

from property.layers import LoopLSTM
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Stacked
from seqmodels.training import CarriedState, History, next_token, train, truncated_bptt_batches, warmup_cosine


def language_model(seed=0):
    torch.manual_seed(seed)
    return LanguageModel(5, 8, LoopLSTM(8, 8))


def pattern(batch=4, length=12):
    """0 1 2 3 4 0 1 2 …, each row begun elsewhere."""
    return (torch.arange(length) + torch.arange(batch)[:, None]) % 5


def weights(model):
    return [p.detach().clone() for p in model.parameters()]


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


class Line(nn.Module):
    """y = w x, for gradients that can be worked out by hand."""

    def __init__(self, w=1.0):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(w))


def line_loss(model, x):
    return model.w * x


# ---------------------------------------------------------------- it learns


def test_training_learns_and_keeps_a_history():
    model = language_model()
    history = train(model, [pattern()], steps=60, learning_rate=0.05)
    assert isinstance(history, History) and history.stopped == ""
    assert len(history.loss) == len(history.gradient_norm) == len(history.learning_rate) == 60
    assert history.loss[0] > 1.4 and history.loss[-1] < 0.2
    assert history.learning_rate == [0.05] * 60 and history.seconds > 0


def test_one_step_is_what_torch_does():
    ours, theirs = language_model(), language_model()
    train(ours, [pattern()], steps=3, learning_rate=0.1, clip=0.5)
    optimizer = torch.optim.Adam(theirs.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        next_token(theirs, pattern()).backward()
        nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
        optimizer.step()
    assert same(weights(ours), weights(theirs))


@pytest.mark.parametrize(("clip", "moved"), [(None, 8.0), (10.0, 8.0), (2.0, 2.0)])
def test_clipping_shortens_the_gradient_and_reports_it_before(clip, moved):
    model = Line(0.0)
    history = train(model, [torch.tensor(8.0)], steps=1, loss=line_loss, clip=clip,
                    optimizer=torch.optim.SGD(model.parameters(), lr=1.0))  # fmt: skip
    assert history.gradient_norm == [8.0]
    assert model.w.item() == pytest.approx(-moved, rel=1e-5)


def test_a_schedule_multiplies_every_groups_own_rate():
    model, other = Line(), Line()
    optimizer = torch.optim.SGD([{"params": model.parameters(), "lr": 1.0}, {"params": other.parameters(), "lr": 0.1}])
    rates = []

    def look(step, history):
        rates.append([group["lr"] for group in optimizer.param_groups])

    history = train(model, [torch.tensor(0.0)], steps=3, loss=line_loss, optimizer=optimizer,
                    schedule=lambda step: 1 / (step + 1), after_step=look)  # fmt: skip
    assert history.learning_rate == [1, 1 / 2, 1 / 3]
    assert rates == [[1, 0.1], [1 / 2, 0.1 / 2], [1 / 3, 0.1 / 3]]


def test_warmup_cosine():
    factor = warmup_cosine(100, warmup=9)
    assert [factor(step) for step in (0, 4, 8, 9)] == [0.1, 0.5, 0.9, 1.0]
    assert warmup_cosine(100)(50) == pytest.approx(0.5) and warmup_cosine(100)(99) < 0.001
    with pytest.raises(ValueError, match="^warmup: "):
        warmup_cosine(10, warmup=10)


def test_the_mode_of_the_model_is_put_back():
    model = language_model().eval()
    train(model, [pattern()], steps=1)
    assert not model.training


def test_after_step_sees_every_step():
    seen = []
    train(Line(), [torch.tensor(1.0)], steps=3, loss=line_loss, after_step=lambda t, h: seen.append((t, len(h.loss))))
    assert seen == [(0, 1), (1, 2), (2, 3)]


# ---------------------------------------------------------------- batches


def test_a_list_is_gone_through_again():
    seen = []

    def loss(model, batch):
        seen.append(batch.item())
        return model.w * batch

    train(Line(), [torch.tensor(1.0), torch.tensor(2.0)], steps=5, loss=loss)
    assert seen == [1, 2, 1, 2, 1]


def test_a_generator_that_ends_too_early_is_an_error():
    with pytest.raises(ValueError, match="^batches: ended after 2 of 3 steps"):
        train(Line(), (torch.tensor(1.0) for _ in range(2)), steps=3, loss=line_loss)
    with pytest.raises(ValueError, match="^batches: ended after 0 of 3 steps"):
        train(Line(), [], steps=3, loss=line_loss)


# ---------------------------------------------------------------- it stops kindly


def test_interrupting_keeps_what_was_learned(capsys):
    model = language_model()

    def batches():
        for _ in range(20):
            yield pattern()
        raise KeyboardInterrupt

    history = train(model, batches(), steps=100, learning_rate=0.05)
    assert len(history.loss) == 20 and history.loss[-1] < history.loss[0]
    assert history.stopped == "Interrupted after 20 of 100 steps; what was learned is kept."
    assert history.stopped in capsys.readouterr().out
    other = language_model()
    train(other, [pattern()], steps=20, learning_rate=0.05)
    assert same(weights(model), weights(other)) and model.training


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_stops_before_it_does_harm(capsys, bad):
    model = Line()
    before = []

    def loss(model, batch):
        before.append(model.w.item())
        return model.w * batch

    history = train(model, [torch.tensor(v) for v in (1.0, 1.0, bad, 1.0)], steps=4, loss=loss)
    assert len(history.loss) == 2 and "Stopped at step 2" in history.stopped and "learning rate" in history.stopped
    assert history.stopped in capsys.readouterr().out
    assert model.w.item() == before[-1] and math.isfinite(model.w.item())


def test_a_gradient_that_is_no_number_stops_too():
    model = Line(0.0)
    history = train(model, [torch.tensor(1.0)], steps=3, loss=lambda model, x: model.w.sqrt())  # slope ∞ at 0
    assert history.loss == [] and "gradient norm inf" in history.stopped and model.w.item() == 0


def test_nan_between_the_layers_stops_too():
    """The second layer of a stack refuses the NaN that the first one gives it."""
    model = LanguageModel(5, 4, Stacked([LoopLSTM(4, 4), LoopLSTM(4, 4)]))
    nn.init.constant_(model.backbone.layers[0].from_input.weight, torch.nan)
    history = train(model, [pattern()], steps=3)
    assert history.loss == [] and "Stopped at step 0" in history.stopped


@pytest.mark.parametrize(("message", "options"), [
    ("steps: expected", {"steps": 0}),
    ("steps: expected", {"steps": 2.5}),
    ("learning_rate: the optimizer", {"steps": 1, "learning_rate": 1.0, "optimizer": torch.optim.SGD([torch.ones(1)])}),
])  # fmt: skip
def test_train_refuses(message, options):
    with pytest.raises(ValueError, match=f"^{message}"):
        train(Line(), [torch.tensor(1.0)], loss=line_loss, **options)


def test_a_model_with_nothing_to_train_is_refused():
    model = Line()
    model.w.requires_grad_(False)
    with pytest.raises(ValueError, match="^model: "):
        train(model, [torch.tensor(1.0)], steps=1, loss=line_loss)


# ---------------------------------------------------------------- losses


def test_next_token_is_the_mean_of_minus_log_p():
    model, tokens = language_model(), pattern()
    log_probs = model(tokens[:, :-1])[0].log_softmax(-1)
    expected = -torch.stack([log_probs[b, t, tokens[b, t + 1]] for b in range(4) for t in range(11)]).mean()
    torch.testing.assert_close(next_token(model, tokens), expected)


def test_next_token_does_not_score_padding():
    model, tokens = language_model(), pattern(2, 8)
    lengths = torch.tensor([8, 3])
    padded = tokens.clone()
    padded[1, 3:] = 0
    alone = [next_token(model, tokens[:1]) * 7, next_token(model, tokens[1:, :3]) * 2]
    torch.testing.assert_close(next_token(model, (padded, lengths)), sum(alone) / 9)


def test_truncated_bptt_batches_read_on():
    text = torch.arange(23)
    pieces = truncated_bptt_batches(text, batch_size=2, length=4)
    assert [piece.fresh for piece in pieces] == [True, False, False]
    assert pieces[0].tokens.tolist() == [[0, 1, 2, 3, 4], [11, 12, 13, 14, 15]]
    assert pieces[2].tokens.tolist() == [[8, 9, 10], [19, 20, 21]]
    predicted = torch.cat([piece.tokens[:, 1:] for piece in pieces], 1)
    assert predicted.tolist() == [list(range(1, 11)), list(range(12, 22))]
    for options in ({"batch_size": 12, "length": 4}, {"batch_size": 2, "length": 0}):
        with pytest.raises(ValueError, match="^(tokens|length): expected"):
            truncated_bptt_batches(text, **options)


def test_a_carried_state_gives_the_loss_of_the_whole_text():
    model, text = language_model().double(), pattern(1, 50)[0]
    loss = CarriedState()
    pieces = truncated_bptt_batches(text, batch_size=1, length=7)
    total = sum(loss(model, piece) * (piece.tokens.shape[1] - 1) for piece in pieces) / 49
    torch.testing.assert_close(total, next_token(model, text[None]), rtol=1e-12, atol=0)


def test_a_carried_state_cuts_the_gradient_and_begins_afresh():
    model = language_model()
    pieces = truncated_bptt_batches(pattern(1, 50)[0], batch_size=1, length=7)
    loss = CarriedState()
    first = loss(model, pieces[0])
    assert all(not leaf.requires_grad for leaf in loss.state)
    loss(model, pieces[1]).backward()  # only this piece: the graph of the first is not needed
    assert torch.equal(loss(model, pieces[0]), first)


def test_training_with_carried_state():
    pieces = truncated_bptt_batches(pattern(1, 200)[0], batch_size=2, length=10)
    history = train(language_model(), pieces, steps=50, loss=CarriedState(), learning_rate=0.05)
    assert history.stopped == "" and history.loss[-1] < 0.3
