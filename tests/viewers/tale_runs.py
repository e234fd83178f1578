"""Continuations of a prompt by tables of counts over the tales, as a course model would give them."""

import functools
import pathlib
from collections import Counter, defaultdict

import numpy as np

TALES = pathlib.Path(__file__).parents[2] / "data" / "saltmere" / "saltmere.txt"
MODELS = (("Letters", "1843", 0), ("Markov", "1913", 1), ("Shannon", "1948", 2), ("4-gram", "", 3))


def tale_runs(length=60, prompts=("The cat sat on the",), seeds=(0,), temperatures=(1.0,), models=MODELS):
    """One run for each prompt, seed, temperature and model."""
    return [
        {
            **{"model": name, "year": year, "keeps": f"{kept} characters"},
            **{"prompt": prompt, "seed": seed, "temperature": temperature},
            **_written(kept, prompt, seed, temperature, length),
        }
        for prompt in prompts
        for seed in seeds
        for temperature in temperatures
        for name, year, kept in models
    ]


@functools.cache
def _counts(kept):
    """What follows each `kept` characters in the first tales, and the characters that there are."""
    text = TALES.read_text(encoding="utf-8")[:60_000]
    table = defaultdict(Counter)
    for i in range(kept, len(text)):
        table[text[i - kept : i]][text[i]] += 1
    return table, sorted(set(text))


def _written(kept, prompt, seed, temperature, length):
    table, kinds = _counts(kept)
    rng = np.random.default_rng(seed)
    text, drawn, top = "", [], []
    for _ in range(length):
        counts = table[(prompt + text)[len(prompt) + len(text) - kept :]]
        p = (np.array([counts[c] for c in kinds]) + 0.01) ** (1 / temperature)
        p /= p.sum()
        k = int(rng.choice(len(p), p=p))
        text += kinds[k]
        drawn.append(float(p[k]))
        top.append([(kinds[i], float(p[i])) for i in np.argsort(-p)[:5]])
    return {"text": text, "probabilities": drawn, "top": top}
