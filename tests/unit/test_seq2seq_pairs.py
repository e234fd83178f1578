"""Batches of pairs, and the loss that is trained on them."""

import pytest
import torch

from seqmodels.schedules import scheduled_sampling
from seqmodels.seq2seq import END, PADDING, PairBatch, Seq2Seq, TranslationLoss, pair_batch

PAIRS = [([3, 4, 5], [6, 3]), ([7], []), ([4, 4], [5, 4, 3])]


def model():
    torch.manual_seed(0)
    return Seq2Seq(8, 7, 4, 6, attention="dot").double()


def test_a_batch_by_hand():
    batch = pair_batch(PAIRS)
    assert isinstance(batch, PairBatch)
    assert batch.source.tolist() == [[3, 4, 5], [7, PADDING, PADDING], [4, 4, PADDING]]
    assert batch.source_lengths.tolist() == [3, 1, 2]
    assert batch.target.tolist() == [[6, 3, END, PADDING], [END, PADDING, PADDING, PADDING], [5, 4, 3, END]]
    assert {part.dtype for part in batch} == {torch.int64}


def test_rows_choose_and_order():
    chosen = pair_batch(PAIRS, torch.tensor([2, 1]))
    assert chosen.source.tolist() == [[4, 4], [7, PADDING]] and chosen.target.shape == (2, 4)
    assert (
        pair_batch((torch.tensor(s), torch.tensor(t)) for s, t in PAIRS).source.tolist()
        == pair_batch(PAIRS)[0].tolist()
    )


def test_the_loss_is_the_mean_over_words_and_end():
    translator, batch, total, words = model(), pair_batch(PAIRS), 0.0, 0
    for pair in PAIRS:
        one = pair_batch([pair])
        log_probs = translator(*one)[0].log_softmax(-1)
        total = total - log_probs.gather(1, one.target[0, :, None]).sum()
        words += one.target.shape[1]
    torch.testing.assert_close(TranslationLoss()(translator, batch), total / words, rtol=1e-12, atol=1e-12)


def test_a_schedule_is_followed_step_by_step():
    translator, batch, used = model(), pair_batch(PAIRS), []
    loss = TranslationLoss(scheduled_sampling("linear", k=1.0, c=0.25), generator=torch.Generator().manual_seed(0))
    for _ in range(6):
        loss(translator, batch)
        used.append(loss.last_teacher_forcing)
    assert used == [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    free = translator(*batch, 0.0)
    expected = torch.nn.functional.cross_entropy(free.flatten(0, 1), batch.target.flatten(), ignore_index=PADDING)
    torch.testing.assert_close(loss(translator, batch), expected)


def test_the_coins_are_those_of_the_generator():
    batch, values = pair_batch(PAIRS * 5), []
    for seed in (0, 0, 1):
        loss = TranslationLoss(0.5, generator=torch.Generator().manual_seed(seed))
        values.append(loss(model(), batch).item())
    assert values[0] == values[1] != values[2]


@pytest.mark.parametrize(("pairs", "message"), [
    ([], "pairs: expected at least one pair"),
    ([([3, PADDING], [3])], "pairs: each source must hold the ids of words alone"),
    ([([3], [3, END])], "pairs: each target must hold the ids of words alone"),
    ([([3], torch.tensor([1, 3]))], "pairs: each target must hold the ids of words alone"),
    ([([3.0], [3])], "pairs: each source must hold the ids of words alone, whole numbers from 3 on"),
    ([([], [3])], "pairs: each source must hold at least one word"),
])  # fmt: skip
def test_bad_pairs_are_refused(pairs, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        pair_batch(pairs)
