"""Temporal convolution against torch.nn, and generation with and without a memory, for `python -m tools.bench`.

`tcn`: forward and backward over whole sequences, 32 at a time, with the gradients of the input and of every weight. The
first candidate is the same network written with torch.nn.Conv1d. Targets: 1.3, exponent 1.15.
`generation`: so many samples one after another, after a full receptive field of silence. The first candidate reads all
of its receptive field for every sample. Target: 0.05 or less at 1,000 samples.
"""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.decoding import generate
from seqmodels.tcn import TCN
from seqmodels.wavenet import WaveNet, generate_naively, synthesise

BATCH, CHANNELS, KERNEL_SIZE, BLOCKS = 32, 32, 3, 5


class Block(nn.Module):
    """A block of the TCN with nothing but torch.nn: padding on the left, no state, no lengths, no probes."""

    def __init__(self, dilation):
        super().__init__()
        self.reach = (KERNEL_SIZE - 1) * dilation
        self.one, self.two = (nn.Conv1d(CHANNELS, CHANNELS, KERNEL_SIZE, dilation=dilation) for _ in range(2))

    def forward(self, x):
        h = torch.relu(self.one(F.pad(x, (self.reach, 0))))
        return torch.relu(x + torch.relu(self.two(F.pad(h, (self.reach, 0)))))


def tcn(length):
    """TCN without weight norm, so many steps, 5 blocks of 32 channels, kernel 3, batch 32"""
    torch.manual_seed(0)
    theirs = nn.Sequential(*(Block(2**i) for i in range(BLOCKS)))
    ours = TCN(CHANNELS, [CHANNELS] * BLOCKS, KERNEL_SIZE, weight_norm=False)
    x = torch.randn(BATCH, length, CHANNELS, requires_grad=True)

    def forward_backward(form, module):
        leaves = [x, *module.parameters()]
        return lambda: torch.autograd.grad(form(x).square().sum(), leaves)[0]

    return {
        "torch.nn": forward_backward(lambda x: theirs(x.transpose(1, 2)).transpose(1, 2), theirs),
        "TCN": forward_backward(lambda x: ours(x)[0], ours),
    }


def generation(samples):
    """So many samples of a WaveNet with 64 channels, 128 for the skips, and a receptive field of 1,024"""
    torch.manual_seed(0)
    model = WaveNet(channels=64, skip_channels=128, layers=10)
    silence = torch.full((1, model.receptive_field), model.vocab_size // 2)

    def numbers():
        return torch.Generator().manual_seed(0)

    return {
        "all read again": lambda: generate_naively(model, silence, samples, generator=numbers()),
        "step, a state": lambda: generate(model, silence, samples, generator=numbers()),
        "synthesise, rings": lambda: synthesise(model, samples, prompt=silence, generator=numbers()),
    }


ALL = [tcn]
GENERATION = [generation]
