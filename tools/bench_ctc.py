"""The loss of CTC against torch's native one, for `python -m tools.bench`.

Forward and backward from the outputs before log_softmax, in float32: 32 sequences, 30 labels each, 30 classes. The
first candidate, the measure of the other, is torch's. Target at 200 frames: 4. torch's works harder the longer a
sequence and its labels are, ours as hard as for the longest, so that there are two benchmarks.
"""

import torch
from torch.nn import functional as F

from seqmodels.ctc import ctc_loss

BATCH, LABELS, CLASSES = 32, 30, 30


def ctc(length):
    """CTC, so many frames, all sequences and labels of full length"""
    return _candidates(length, torch.full((BATCH,), length), torch.full((BATCH,), LABELS))


def ctc_mixed(length):
    """CTC, up to so many frames, three quarters of them or more; 10 to 30 labels"""
    generator = torch.Generator().manual_seed(1)
    input_lengths = torch.randint(3 * length // 4, length + 1, (BATCH,), generator=generator)
    return _candidates(length, input_lengths, torch.randint(10, LABELS + 1, (BATCH,), generator=generator))


ALL = [ctc, ctc_mixed]


def _candidates(length, input_lengths, target_lengths):
    generator = torch.Generator().manual_seed(0)
    outputs = torch.randn(BATCH, length, CLASSES, generator=generator, requires_grad=True)
    targets = torch.randint(1, CLASSES, (BATCH, LABELS), generator=generator)

    def native():
        log_probs = outputs.log_softmax(2).transpose(0, 1)
        return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, reduction="none")

    def ours():
        return ctc_loss(outputs.log_softmax(2), targets, input_lengths, target_lengths)

    def forward_backward(form):
        return lambda: torch.autograd.grad(form().sum(), outputs)[0]

    return {"torch ctc_loss": forward_backward(native), "seqmodels.ctc_loss": forward_backward(ours)}
