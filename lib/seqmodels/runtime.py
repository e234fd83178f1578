"""The ground floor: where a lesson runs, and how it shows that it is busy."""

import os
import random
import sys
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn
from tqdm import tqdm


def prepare(seed=0, *, threads=1, use_mps=False):
    """Make a run repeatable and say where it happens: seeds, threads, device.

    Seeds Python, NumPy and PyTorch. Uses one thread, because for small models two are slower than one. Returns CUDA
    if there is a GPU, otherwise the CPU; Apple's GPU ("mps") only on request, because it has no float64 and is slower
    on models as small as ours. Held by tests/unit/test_runtime.py.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    if use_mps:
        if not torch.backends.mps.is_available():
            raise ValueError("use_mps: this machine offers no MPS device; leave use_mps at False")
        return torch.device("mps")
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def count_parameters(module: nn.Module) -> int:
    """How many numbers training can change; a tensor used in two places counts once."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def progress(iterable=None, *, total=None, label=""):
    """Go through `iterable` and show how far we are: the course's one progress bar (a tqdm object).

    Plain text, so it needs no widget and prints the same in JupyterLab, Colab and a terminal. Appears only if the
    work takes longer than a second. `bar.set_postfix_str("loss 1.23", refresh=False)` puts numbers beside the time
    left. Silent when COURSE_BUILD=1 (a notebook is being built) or TQDM_DISABLE=1.
    """
    silent = any(os.environ.get(name, "") not in ("", "0") for name in ("COURSE_BUILD", "TQDM_DISABLE"))
    if total is None and hasattr(iterable, "__len__"):
        total = len(iterable)
    done = "{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}, {remaining} left" if total else "{n_fmt}, {elapsed}"
    return tqdm(iterable, total=total, desc=label, disable=silent, file=sys.stdout, delay=1.0, ncols=90,
                mininterval=0.3, bar_format="{desc} " + done + "{postfix}")  # fmt: skip


@contextmanager
def evaluating(model):
    """Ask a model without teaching it: no dropout, no gradients. Its mode is put back; not a module, no change."""
    was_training = getattr(model, "training", False)
    if was_training:
        model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        if was_training:
            model.train()
