"""The selective scan of Mamba: time for `python -m tools.bench selective_scan`, and by itself
(`python -m tools.bench_selective_scan`) time and memory at five lengths with fitted exponents.

Forward and backward, batch 4, 128 channels, 16 states each, the gradients of u, Δ, A, B and C. The first candidate is
ours. Two others are the recurrence as it was published for PyTorch: once written here, a loop that takes
`decay[:, :, t]`, and once the function of the reference library, where that is installed. Both grow quadratically, for
every index brings a zero tensor of the size of the whole into the backward pass; so they are run up to 512 steps.
Targets: at 512 steps 50 times as fast as these, an exponent of 1.15 at most from 256 to 4,096 steps, and at 4,096 steps
less than 150 MB above the inputs.

`writing_mamba`: 8 tokens more of Mamba and of a GPT with its cache, about as large, after a context of so many tokens.
"""

import argparse
import importlib.util

import torch

from seqmodels.costs import growth_exponent, peak_bytes
from seqmodels.gpt import GPT
from seqmodels.mamba import Mamba, selective_scan, selective_scan_loop

BATCH, CHANNELS, STATES = 4, 128, 16
LENGTHS = (256, 512, 1024, 2048, 4096)
SLOW = ("published loop, decay[:, :, t]", "reference library")
LONGEST_SLOW, WRITTEN = 512, 8


def drawn(length):
    """u, Δ, A, B, C as a fresh Mamba might have them."""
    generator = torch.Generator().manual_seed(0)

    def normal(*shape):
        return torch.randn(*shape, generator=generator)

    A = -torch.arange(1.0, STATES + 1).repeat(CHANNELS, 1)
    delta = torch.nn.functional.softplus(normal(BATCH, length, CHANNELS) - 3)
    values = (normal(BATCH, length, CHANNELS), delta, A, normal(BATCH, length, STATES), normal(BATCH, length, STATES))
    return [value.requires_grad_() for value in values]


def published_loop(u, delta, A, B, C, unbound=False):
    """The recurrence in the layout and the order of operations in which it was published: (B, D, N, T), index by index.

    unbound: the one word of difference, `unbind` in place of indexing.
    """
    u, delta = u.transpose(1, 2), delta.transpose(1, 2)
    decay = torch.exp(torch.einsum("bdt,dn->bdnt", delta, A)).movedim(-1, 2)  # (B, D, T, N)
    drive = torch.einsum("bdt,btn,bdt->bdtn", delta, B, u)
    h, outputs = A.new_zeros(len(u), *A.shape), []
    steps = zip(decay.unbind(2), drive.unbind(2), C.unbind(1), strict=True) if unbound else None
    for t in range(u.shape[-1]):
        a, x, c = next(steps) if unbound else (decay[:, :, t], drive[:, :, t], C[:, t])
        h = a * h + x
        outputs.append(torch.einsum("bdn,bn->bd", h, c))
    return torch.stack(outputs, 1)


def reference_scan():
    """The scan of the reference library, in our layout; None where it is not installed."""
    if importlib.util.find_spec("transformers") is None:
        return None
    from transformers.models.mamba.modeling_mamba import mamba_selective_scan

    def scan(u, delta, A, B, C):
        u, delta, B, C = (x.transpose(1, 2) for x in (u, delta, B, C))
        return mamba_selective_scan(u, delta, A, B, C).transpose(1, 2)

    return scan


def forms(slow=True):
    """name -> function of u, Δ, A, B, C that gives y."""
    found = {
        "selective_scan": selective_scan,
        "selective_scan_loop": lambda *values: selective_scan_loop(*values)[0],
        "published loop, unbind": lambda *values: published_loop(*values, unbound=True),
    }
    if slow:
        found |= {SLOW[0]: published_loop} | ({SLOW[1]: reference_scan()} if reference_scan() else {})
    return found


def scan_candidates(length, slow=True):
    inputs = drawn(length)

    def forward_backward(form):
        def run():
            y = form(*inputs)
            return y.detach(), *torch.autograd.grad(y.square().sum(), inputs)

        return run

    return {name: forward_backward(form) for name, form in forms(slow).items()}


def scanning(length):
    """The selective scan of so many steps, forward and backward, batch 4, 128 channels, 16 states"""
    return scan_candidates(length, slow=length <= LONGEST_SLOW)


def writing_mamba(context, batch=1):
    """8 tokens after a context of so many: Mamba of 8 layers and GPT of 4, 128 features each"""
    torch.manual_seed(0)
    models = {"GPT with its cache": GPT(64, 128, 4, n_layers=4, positions="rotary"), "Mamba": Mamba(64, 128, 8)}
    return {name: _writing(model.eval(), context, batch) for name, model in models.items()}


ALL, WRITING = [scanning], [writing_mamba]


@torch.no_grad()
def _writing(model, context, batch):
    """Read a context once; what is measured is the writing."""
    _, state = model(torch.randint(64, (batch, context)))
    word = torch.zeros(batch, dtype=torch.int64)

    @torch.no_grad()
    def run():
        now = state
        for _ in range(WRITTEN):
            logits, now = model.step(word, now)
        return logits

    return run


def main(arguments=None):
    from tools.bench import measure  # which reads ALL

    parser = argparse.ArgumentParser(prog="python -m tools.bench_selective_scan", description="Time and memory.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each candidate runs (5)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread, CPU; {scanning.__doc__}\n")
    print("| form | steps | CPU ms | ratio | peak MB |\n|---|---|---|---|---|")
    found = {}
    for length in LENGTHS:
        candidates = scanning(length)
        for name, (cpu, ratio) in measure(candidates, options.rounds).items():
            memory = peak_bytes(candidates[name]) / 1e6
            found.setdefault(name, []).append((length, cpu))
            print(f"| {name} | {length} | {cpu:.1f} | {ratio:.2f} | {memory:.0f} |", flush=True)
    for name, rows in found.items():
        print(f"exponent of {name}: {growth_exponent(*zip(*rows, strict=True)):.2f}")


if __name__ == "__main__":
    main()
