"""Every layer keeps every promise of the contract; layers broken on purpose are caught."""

import pytest
import torch

from property import contract, layers
from property.cases import CASES
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Stacked


def build(make):
    torch.manual_seed(0)
    layer = make().double()
    for parameter in layer.parameters():  # zero biases and unit scales would hide mistakes
        torch.nn.init.normal_(parameter, std=0.4)
    return layer


CARRIED = [contract.carried_state_equals_whole]  # a layer that looks ahead cannot be cut into pieces


def promises(name):
    layer = CASES[name]()
    kept = [p for p in contract.FOR_ALL if layer.causal or p not in CARRIED]
    kept += contract.FOR_CAUSAL if layer.causal else []
    if layer.causal and not isinstance(layer, LanguageModel):
        kept.append(contract.gradient_never_comes_from_the_future)
    if layer.causal and isinstance(layer, Stacked):
        kept.append(contract.below_edits_change_the_future)
    return kept


@pytest.mark.parametrize(
    ("name", "promise"), [pytest.param(n, p, id=f"{n}-{p.__name__}") for n in CASES for p in promises(n)]
)
def test_contract(name, promise):
    promise(build(CASES[name]))


BROKEN = [
    (lambda: layers.LeaksTheFuture(6, 6), contract.future_never_changes_past),
    (lambda: layers.LeaksTheFuture(6, 6), contract.gradient_never_comes_from_the_future),
    (lambda: layers.LeaksTheFuture(6, 6), contract.step_equals_forward),
    (lambda: layers.ForgetsItsState(6, 6), contract.carried_state_equals_whole),
    (lambda: layers.ForgetsItsState(6, 6), contract.padding_changes_nothing),
    (lambda: layers.StepsDifferently(6, 6), contract.step_equals_forward),
    (lambda: layers.StepsDifferently(6, 6), contract.watched_padding_changes_nothing),
    (lambda: layers.ReadsPadding(6, 6), contract.padding_changes_nothing),
    (lambda: layers.MixesSequences(6, 3), contract.batch_rows_are_independent),
    (lambda: layers.IgnoresEdits(6, 6), contract.edits_agree),
    (lambda: layers.WrongGradient(6, 6), contract.gradients_agree),
    (lambda: layers.AcceptsAnything(6, 6), contract.bad_input_is_refused),
    (lambda: Stacked([layers.ForgetsItsState(6, 6) for _ in range(4)]), contract.carried_state_equals_whole),
    (lambda: Stacked([layers.LeaksTheFuture(6, 6) for _ in range(4)]), contract.future_never_changes_past),
]


@pytest.mark.parametrize(("make", "promise"), BROKEN)
def test_broken_layers_are_caught(make, promise):
    with pytest.raises(AssertionError):
        promise(build(make))


def test_a_layer_that_looks_ahead_does_look_ahead():
    with pytest.raises(AssertionError, match="before step"):
        contract.future_never_changes_past(build(CASES["bidirectional"]))
