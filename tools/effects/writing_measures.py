"""What is wrong with a text that a model wrote? Measures for lesson 06_5: a part of tools/effects/tokens.py."""

import math
import re

import torch

from seqmodels.datasets import saltmere
from seqmodels.runtime import evaluating
from seqmodels.tales import VOCABULARY

SPAN = 8  # letters of a stretch that is said again
KNOWN = set(re.findall(r"[a-z]+", "\n".join(saltmere().train).lower()))


def repeated(text):
    """The share of stretches of eight letters that stood in the same text before."""
    stretches = [text[i : i + SPAN] for i in range(len(text) - SPAN + 1)]
    return 1 - len(set(stretches)) / len(stretches)


def unknown(text):
    """The share of words that no training tale holds; the first and the last may be cut and do not count."""
    words = re.findall(r"[a-z]+", text.lower())[1:-1]
    return sum(word not in KNOWN for word in words) / max(len(words), 1)


def period(text, end=64):
    """In a loop? The least number of letters after which all of the last `end` letters repeat, two times or more; None
    if there is none."""
    tail = text[-end:]
    return next((p for p in range(1, end // 2 + 1) if tail[p:] == tail[:-p]), None)


def surprises(model, prompts, written):
    """-log2 of the probability that the model gave to each letter written (B, L) after the prompts (B, P)."""
    with evaluating(model):
        logits, _ = model(torch.cat([prompts, written[:, :-1]], 1))
    log_probs = logits[:, prompts.shape[1] - 1 :].double().log_softmax(-1)
    return -log_probs.gather(-1, written[..., None])[..., 0] / math.log(2)


def measures(model, prompts, written):
    """Means over the texts: the model's own surprise a letter, what is said again, words that are none, loops."""
    texts = [VOCABULARY.decode(row) for row in written]
    loops = [period(text) for text in texts]
    return {
        "surprise": surprises(model, prompts, written).mean().item(),
        "repeated": sum(map(repeated, texts)) / len(texts),
        "unknown": sum(map(unknown, texts)) / len(texts),
        "in a loop": sum(loop is not None for loop in loops) / len(texts),
        "periods": [loop for loop in loops if loop is not None],
    }
