"""Seeds, threads, devices, the progress bar."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from seqmodels.runtime import count_parameters, evaluating, prepare, progress


def draw():
    return random.random(), np.random.rand(), torch.rand(1).item()


def test_prepare_makes_runs_repeatable():
    prepare(3)
    first = draw()
    prepare(3)
    assert draw() == first
    prepare(4)
    assert draw() != first


def test_prepare_takes_one_thread_and_names_the_device():
    torch.set_num_threads(2)
    device = prepare()
    assert torch.get_num_threads() == 1
    assert device.type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert torch.zeros(2, device=device).sum() == 0


@pytest.mark.skipif(torch.backends.mps.is_available(), reason="this machine has MPS")
def test_prepare_refuses_mps_where_there_is_none():
    with pytest.raises(ValueError, match="^use_mps"):
        prepare(use_mps=True)


def test_count_parameters():
    layer = nn.Linear(3, 4)
    assert count_parameters(layer) == 3 * 4 + 4
    tied = nn.Sequential(nn.Embedding(5, 3), nn.Linear(3, 5, bias=False))
    tied[1].weight = tied[0].weight
    assert count_parameters(tied) == 15
    layer.bias.requires_grad_(False)
    assert count_parameters(layer) == 12


@pytest.mark.parametrize(("name", "value", "silent"), [
    ("COURSE_BUILD", "1", True), ("TQDM_DISABLE", "1", True), ("COURSE_BUILD", "0", False), ("COURSE_BUILD", "", False),
])  # fmt: skip
def test_progress_is_silent_while_a_notebook_is_built(monkeypatch, name, value, silent):
    monkeypatch.delenv("COURSE_BUILD", raising=False)
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setenv(name, value)
    bar = progress(range(3))
    assert bar.disable is silent
    assert list(bar) == [0, 1, 2]


def test_progress_shows_numbers_and_the_time_left(monkeypatch, capsys):
    monkeypatch.delenv("COURSE_BUILD", raising=False)
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    bar = progress(total=10, label="training")
    bar.delay, bar.mininterval = 0, 0
    bar.set_postfix_str("loss 1.25", refresh=False)
    bar.update(5)
    bar.refresh()
    bar.close()
    shown = capsys.readouterr().out
    assert "training" in shown and "5/10" in shown and "left" in shown and "loss 1.25" in shown


@pytest.mark.parametrize("training", [True, False])
def test_evaluating_puts_the_mode_back(training):
    model = nn.Dropout(0.5).train(training)
    with pytest.raises(RuntimeError), evaluating(model):
        assert not model.training and not torch.is_grad_enabled()
        raise RuntimeError
    assert model.training is training and torch.is_grad_enabled()


def test_evaluating_takes_models_that_are_no_modules():
    with evaluating(object()):
        assert not torch.is_grad_enabled()
