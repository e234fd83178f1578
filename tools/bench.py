"""How fast are the forms that the lessons compare? `python -m tools.bench [names…]` prints Markdown tables.

Machines are noisy, ratios less so: every round runs each candidate once, and a ratio is the median over the rounds of
the ratio within a round. CPU ms is the least of the rounds, the time of a quiet machine. The exponent says how time
grows with the size: 1 linear, 2 quadratic.

To add a benchmark, write one function below: size -> {candidate: what to run}, the first candidate being the measure
of the others. Its docstring is the title of its table.
"""

import argparse
import itertools
import math
import statistics
import time
from collections import Counter

import numpy as np
import torch

from seqmodels.markov import MarkovChain, NGram
from seqmodels.runtime import prepare
from seqmodels.scan import affine, affine_scan, associative_scan
from seqmodels.window import Window
from tools import (
    bench_attention,
    bench_convolution,
    bench_ctc,
    bench_efficient_attention,
    bench_hmm,
    bench_recurrent,
    bench_selective_scan,
    bench_seq2seq,
    bench_ssd,
    bench_state_space,
)

BENCHMARKS = {}


def benchmark(*sizes):
    """Register a function of one size, to be run at each of `sizes`."""

    def register(make):
        BENCHMARKS[make.__name__] = (make, sizes)
        return make

    return register


# ---------------------------------------------------------------- what is measured


@benchmark(256, 1024)
def scan(length):
    """h_t = a_t h_{t-1} + b_t, forward and backward, B 4, D 32, N 16"""
    decay = torch.rand(4, length, 32, 16, requires_grad=True)
    drive = torch.randn(4, length, 32, 16, requires_grad=True)

    def unbound_loop(decay, drive):
        h, out = torch.zeros_like(drive[:, 0]), []
        for a, b in zip(decay.unbind(1), drive.unbind(1), strict=True):
            h = torch.addcmul(b, a, h)
            out.append(h)
        return torch.stack(out, 1)

    def indexed_loop(decay, drive):
        h, out = torch.zeros_like(drive[:, 0]), []
        for t in range(drive.shape[1]):
            h = torch.addcmul(drive[:, t], decay[:, t], h)
            out.append(h)
        return torch.stack(out, 1)

    def forward_backward(form):
        return lambda: torch.autograd.grad(form(decay, drive).sum(), (decay, drive))

    return {
        "affine_scan": forward_backward(affine_scan),
        "taped loop, unbind": forward_backward(unbound_loop),
        "taped loop, x[:, t]": forward_backward(indexed_loop),
        "associative_scan(affine)": forward_backward(lambda a, b: associative_scan(affine, (a, b))[1]),
    }


@benchmark(10_000, 100_000)
def chain_fit(length):
    """A chain of 26 letters from a text of so many letters"""
    text = "".join(np.random.default_rng(0).choice(list("abcdefghijklmnopqrstuvwxyz"), length))

    def counter():
        pairs = Counter(itertools.pairwise(text))
        letters = sorted(set(text))
        counts = np.array([[pairs[a, b] for b in letters] for a in letters], float)
        return counts / counts.sum(1, keepdims=True)

    return {"MarkovChain.fit": lambda: MarkovChain.fit(text).transition, "Counter of pairs": counter}


@benchmark(1_000, 10_000)
def chain_sample(length):
    """A walk of so many steps on 26 states"""
    chain = MarkovChain(np.random.default_rng(0).dirichlet(np.ones(26), size=26))

    def choices():
        rng, path = np.random.default_rng(1), [0]
        while len(path) < length:
            path.append(rng.choice(26, p=chain.transition[path[-1]]))
        return path

    return {
        "MarkovChain.sample": lambda: chain.sample(length, rng=np.random.default_rng(1)),
        "rng.choice each step": choices,
    }


@benchmark(30_000, 300_000)
def ngram(length):
    """Counting 5-grams in a text of so many characters, and the bits of the same text"""
    text = torch.from_numpy(np.random.default_rng(0).choice(64, length, p=np.arange(1, 65) / 2080))

    def dictionary():
        grams, symbols = Counter(), text.tolist()
        for t in range(4, length):
            grams[tuple(symbols[t - 4 : t + 1])] += 1
        contexts = Counter()
        for gram, count in grams.items():
            contexts[gram[:4]] += count
        return -sum(count * math.log2(count / contexts[gram[:4]]) for gram, count in grams.items()) / length

    return {
        "NGram, Kneser-Ney": lambda: NGram(5, 64).fit([text]).bits_per_symbol([text]),
        "dictionary of counts, unsmoothed": dictionary,
    }


@benchmark(256, 1024)
def window(length):
    """The hidden layer of 2003, forward and backward: batch 8, 32 inputs, 256 units, 6 places"""
    x, layer = torch.randn(8, length, 32, requires_grad=True), Window(32, 256, 6)
    conv = torch.nn.Conv1d(32, 256, 6)

    def convolution():
        padded = torch.nn.functional.pad(x.transpose(1, 2), (5, 0))
        return torch.tanh(conv(padded)).sum().backward()

    return {"Window": lambda: layer(x)[0].sum().backward(), "torch.nn.Conv1d": convolution}


for make in bench_hmm.MANY:
    benchmark(512)(make)
for make in bench_hmm.LONG:
    benchmark(100_000)(make)
for make in bench_recurrent.ALL:
    benchmark(128, 512)(make)
for make in bench_seq2seq.ALL:
    benchmark(10, 40)(make)
for make in bench_ctc.ALL:
    benchmark(200, 800)(make)
for make in bench_convolution.ALL:
    benchmark(256, 1024)(make)
for make in bench_convolution.GENERATION:
    benchmark(1000)(make)
for make in bench_efficient_attention.ALL:
    benchmark(256, 1024)(make)
for make in bench_attention.BLOCKS:
    benchmark(128, 512)(make)
for make in bench_attention.WRITING:
    benchmark(128, 512)(make)
for make in bench_state_space.ALL:
    benchmark(1024, 4096)(make)
for make in bench_state_space.LONG:
    benchmark(16_384)(make)
for make in bench_selective_scan.ALL:
    benchmark(256, 512)(make)
for make in bench_selective_scan.WRITING:
    benchmark(128, 512)(make)
for make in bench_ssd.ALL:
    benchmark(1024, 4096)(make)


# ---------------------------------------------------------------- how it is measured


def measure(candidates, rounds):
    """Interleaved rounds. Returns candidate -> (least CPU ms, median ratio to the first candidate)."""
    for run in candidates.values():
        run()  # warm up
    wall, cpu = ({name: [] for name in candidates} for _ in range(2))
    for _ in range(rounds):
        for name, run in candidates.items():
            began, began_cpu = time.perf_counter(), time.process_time()
            run()
            cpu[name].append(1e3 * (time.process_time() - began_cpu))
            wall[name].append(time.perf_counter() - began)
    base = wall[next(iter(candidates))]
    ratios = {name: statistics.median(a / b for a, b in zip(times, base, strict=True)) for name, times in wall.items()}
    return {name: (min(cpu[name]), ratios[name]) for name in candidates}


def table(make, sizes, rounds):
    """One benchmark as a Markdown table."""
    by_size = [measure(make(size), rounds) for size in sizes]
    heads = ["form", *(f"{size}: CPU ms | ratio" for size in sizes), *(["exponent"] if len(sizes) > 1 else [])]
    lines = ["| " + " | ".join(heads) + " |", "|---" * (2 * len(sizes) + 1 + (len(sizes) > 1)) + "|"]
    for name in by_size[0]:
        cells = [f"{found[name][0]:.1f} | {found[name][1]:.2f}" for found in by_size]
        if len(sizes) > 1:
            growth = by_size[-1][name][0] / max(by_size[0][name][0], 1e-6)
            cells.append(f"{math.log(growth) / math.log(sizes[-1] / sizes[0]):.2f}")
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return "\n".join([f"### {make.__name__}: {make.__doc__}", "", *lines])


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help=f"which benchmarks (all): {', '.join(BENCHMARKS)}")
    parser.add_argument("--rounds", type=int, default=7, help="how often each candidate runs (7)")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark called {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    prepare()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread, CPU")
    for name in options.names or BENCHMARKS:
        print("\n" + table(*BENCHMARKS[name], options.rounds), flush=True)


if __name__ == "__main__":
    main()
