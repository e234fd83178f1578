"""A stream that never pauses, for lesson 03_1: what becomes of a cell that cannot forget. Run by tools.effects.gates.

Both cells, of 1997 and of 2000, learn from a stream of embedded Reber strings with their state carried on and the
gradient cut at every piece. The cell of 1997 also learns the same grammar string by string, its state set back before
each. Nothing is tuned. "Right" is a symbol after which all legal continuations are more probable than all others.
"""

import time

import torch
from torch.nn.utils.rnn import pad_sequence

from seqmodels.language_model import LanguageModel
from seqmodels.lstm import LSTM, LSTM1997
from seqmodels.runtime import evaluating, progress
from seqmodels.tasks import REBER, continual_reber, embedded_reber
from seqmodels.training import CarriedState, next_token, train, truncated_bptt_batches, warmup_cosine

UNITS, RATE, STEPS, SEEDS = 16, 1e-2, 1500, range(5)
STRIPS, STRIP, PIECE, STRINGS = 16, 5000, 25, 32  # of the training stream; strings in a batch
TESTS, FAR = 8, 20_000  # test streams, symbols in each
MARKS = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, FAR]  # nothing before the first is judged
POINTS = 30


def stream():
    """Legal predictions, and the size of the cell, far out in new streams; saved after every seed."""
    far, rows = _far_streams(), {"LSTM": [], "1997": [], "1997, set back": []}
    settings = {"units": UNITS, "learning rate": RATE, "steps": STEPS, "marks": MARKS, "streams": TESTS}
    for seed in progress(SEEDS, label="stream"):
        text, _ = continual_reber(STRIPS * STRIP, torch.Generator().manual_seed(seed))
        pieces = truncated_bptt_batches(text, STRIPS, PIECE)
        for name, kind in (("LSTM", LSTM), ("1997", LSTM1997)):
            model, row = _learned(kind, seed, pieces, CarriedState())
            rows[name].append(row | _judged_far(model, *far))
        batches = [_strings(torch.Generator().manual_seed(1000 * seed + k))[0] for k in range(100)]
        model, row = _learned(LSTM1997, seed, batches, next_token)
        rows["1997, set back"].append(row | _judged_strings(model))
        yield settings | {"networks": rows}


def _learned(kind, seed, batches, loss):
    torch.manual_seed(seed)
    model, began = LanguageModel(len(REBER), len(REBER), kind(len(REBER), UNITS)), time.process_time()
    history = train(model, batches, steps=STEPS, learning_rate=RATE, loss=loss, schedule=warmup_cosine(STEPS, 20))
    curve = torch.tensor(history.loss).view(POINTS, -1).mean(1).tolist()
    return model, {"seed": seed, "curve": curve, "seconds": time.process_time() - began}


def right(logits, legal):
    """Is the least probable legal symbol more probable than all others? (B, T)."""
    worst, best = logits.masked_fill(~legal, torch.inf), logits.masked_fill(legal, -torch.inf)
    return worst.amin(-1) > best.amax(-1)


def closes(legal):
    """Must the second symbol of the string be repeated here, and nothing else? (B, T)."""
    return (legal.sum(-1) == 1) & (legal[..., REBER.index("T")] | legal[..., REBER.index("P")])


# ---------------------------------------------------------------- a stream


def _far_streams():
    """New symbols (B, T) and what is legal after each (B, T, 7)."""
    generators = [torch.Generator().manual_seed(10_000 + b) for b in range(TESTS)]
    return [torch.stack(parts) for parts in zip(*(continual_reber(FAR, g) for g in generators), strict=True)]


def _judged_far(model, ids, legal):
    """Right answers between the marks, at all places and where the string closes; the mean |cell| at every mark."""
    state, found, cells = None, [], []
    with evaluating(model):
        for begin, end in zip([0, *MARKS], MARKS, strict=False):
            logits, state = model(ids[:, begin:end], state)
            found.append(right(logits, legal[:, begin:end]))
            cells.append(state[1].abs().mean().item())
    found, closing = torch.cat(found, 1), closes(legal)
    parts = [slice(begin, end) for begin, end in zip(MARKS, MARKS[1:], strict=False)]
    judged, wrong = slice(MARKS[0], None), ~found[:, MARKS[0] :]
    until = torch.where(wrong.any(1), wrong.float().argmax(1), wrong.shape[1])
    return {
        "right": found[:, judged].float().mean().item(),
        "closing right": found[:, judged][closing[:, judged]].float().mean().item(),
        "right between marks": [found[:, part].float().mean().item() for part in parts],
        "closing right between marks": [found[:, part][closing[:, part]].float().mean().item() for part in parts],
        "mean |cell| at marks": cells,
        "symbols until an error": until.tolist(),
        "streams without error": (~wrong.any(1)).sum().item(),
    }


# ---------------------------------------------------------------- string by string


def _strings(generator, count=STRINGS):
    """Strings as tokens (B, T), lengths (B,), and what is legal after each symbol (B, T, 7)."""
    strings = [embedded_reber(generator) for _ in range(count)]
    ids = [torch.tensor([REBER.index(symbol) for symbol in text]) for text, _ in strings]
    legal = [torch.tensor([[symbol in allowed for symbol in REBER] for allowed in sets]) for _, sets in strings]
    lengths = torch.tensor([len(row) for row in ids])
    return (pad_sequence(ids, batch_first=True), lengths), pad_sequence(legal, batch_first=True)


def _judged_strings(model, count=2000):
    (ids, lengths), legal = _strings(torch.Generator().manual_seed(10_000), count)
    with evaluating(model):
        logits, state = model(ids, lengths=lengths)
    asked, found = legal.any(-1), right(logits, legal)
    return {
        "right": found[asked].float().mean().item(),
        "closing right": found[closes(legal)].float().mean().item(),
        "strings without error": (found | ~asked).all(1).sum().item(),
        "strings": count,
        "mean |cell| at the end": state[1].abs().mean().item(),
    }
