"""A small task with labels, for tools/effects/objectives.py: is this stretch of a tale spoken, or told?

A stretch is 32 letters that stand wholly inside or wholly outside of quotation marks; the marks are not in it.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.runtime import evaluating
from seqmodels.training import train, warmup_cosine

LENGTH = 32
STRENGTHS = (0.001, 0.01, 0.1, 1.0)


def stretches(tales, count, seed):
    """`count` of them, half spoken, from places drawn anew: (texts, labels (N,) of 0 and 1)."""
    rng, found = np.random.default_rng(seed), {0: [], 1: []}
    for tale in tales:
        for line in tale.split("\n"):
            for number, part in enumerate(line.split('"')):
                if len(part) >= LENGTH and not line.startswith("=="):
                    found[number % 2].append(part)
    texts, labels = [], np.arange(count) % 2
    for label in labels:
        parts = found[label]
        room = np.array([len(part) - LENGTH + 1 for part in parts], float)
        part = parts[rng.choice(len(parts), p=room / room.sum())]
        begin = rng.integers(len(part) - LENGTH + 1)
        texts.append(part[begin : begin + LENGTH])
    return texts, torch.from_numpy(labels)


# ---------------------------------------------------------------- counting letters


def grams(texts, known=None, longest=4):
    """How often each stretch of 1 to `longest` letters stands in a text, as log(1 + n), and which they are."""
    counts = [{} for _ in texts]
    for row, text in zip(counts, texts, strict=True):
        for size in range(1, longest + 1):
            for i in range(len(text) - size + 1):
                row[text[i : i + size]] = row.get(text[i : i + size], 0) + 1
    if known is None:
        often = {}
        for row in counts:
            for gram in row:
                often[gram] = often.get(gram, 0) + 1
        known = {gram: i for i, gram in enumerate(sorted(gram for gram, n in often.items() if n > 1))}
    table = torch.zeros(len(texts), len(known))
    for i, row in enumerate(counts):
        for gram, n in row.items():
            if gram in known:
                table[i, known[gram]] = np.log1p(n)
    return table, known


def logistic(x, y, strength):
    """Logistic regression with strength · |w|² / 2 beside the mean loss: (weights, constant)."""
    w, b = torch.zeros(x.shape[1], requires_grad=True), torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([w, b], max_iter=60, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(x @ w + b, y.float()) + strength * (w @ w) / 2
        loss.backward()
        return loss

    optimizer.step(closure)
    return w.detach(), b.detach()


def regression(x, y, x_test, y_test, folds=5):
    """The share right of a logistic regression whose strength is the best of four on fifths of its own labels."""
    middle, width = x.mean(0), x.std(0).clamp(min=1e-6) if x.shape[1] < 100 else 1.0
    x, x_test = (x - middle) / width, (x_test - middle) / width
    part, scores = torch.arange(len(x)) // 2 % folds, []
    for strength in STRENGTHS:
        right = 0
        for fold in range(folds):
            w, b = logistic(x[part != fold], y[part != fold], strength)
            right += ((x[part == fold] @ w + b > 0) == y[part == fold]).sum().item()
        scores.append(right)
    w, b = logistic(x, y, STRENGTHS[int(np.argmax(scores))])
    return ((x_test @ w + b > 0) == y_test).float().mean().item()


# ---------------------------------------------------------------- networks


def features(network, tokens):
    """The mean of what the last block says of each letter: (N, D)."""
    if hasattr(network, "encoder"):
        return network.encoder(network.embedding(tokens))[0].mean(1)
    return network.norm(network.backbone(network.embedding(tokens))[0]).mean(1)


class Judge(nn.Module):
    def __init__(self, network, size=64):
        super().__init__()
        self.network, self.answer = network, nn.Linear(size, 2)
        nn.init.zeros_(self.answer.weight)

    def forward(self, tokens):
        return self.answer(features(self.network, tokens))


def tune(network, tokens, labels, rate, steps, seed, batch=32):
    """Change the whole network so that it tells: a Judge."""
    torch.manual_seed(seed)
    judge, coins = Judge(network), torch.Generator().manual_seed(seed)
    rows = (torch.randperm(len(tokens), generator=coins)[:batch] for _ in range(steps))
    train(judge, ((tokens[i], labels[i]) for i in rows), steps=steps, learning_rate=rate,
          schedule=warmup_cosine(steps, 10),
          loss=lambda model, some: F.cross_entropy(model(some[0]), some[1]))  # fmt: skip
    return judge


def share_right(judge, tokens, labels):
    with evaluating(judge):
        return (judge(tokens).argmax(-1) == labels).float().mean().item()
