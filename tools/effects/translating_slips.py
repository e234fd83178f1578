"""What one wrong word does to the words after it, for translating_numbers.py."""

import numpy as np
import torch

from seqmodels.runtime import evaluating
from seqmodels.seq2seq import BEGIN, PADDING, pair_batch
from tools.effects.translating_inside import DIGITS, TENS


def slip(model, data, pairs, distances=6):
    """Shares of wrong words at 1, 2, … words after a wrong one was fed.

    In every pair one digit or ten is replaced by another, chosen at random among those with two words after them.
    "forced": from then on the true words are fed again; "free": the model's own; "none": its own, and no word replaced.
    "back": how often the word not fed is written later, more often than it should be, after a slip and without one.
    """
    rng, rows, at = np.random.default_rng(0), [], []
    batch = pair_batch(data.ids(pairs))
    wrong = batch.target.clone()
    for row, pair in enumerate(pairs):
        words = pair.target[:-2]
        fits = [t for t, word in enumerate(words) if word in (*DIGITS, *TENS)]
        if fits:
            t = int(rng.choice(fits))
            kind = DIGITS if words[t] in DIGITS else TENS
            wrong[row, t] = data.target_vocabulary.encode([rng.choice([w for w in kind if w != words[t]])])
            rows.append(row)
            at.append(t)
    source, lengths, target, wrong = (part[rows] for part in (batch.source, batch.source_lengths, batch.target, wrong))
    distance = torch.arange(target.shape[1]) - torch.tensor(at)[:, None]  # (N, T)
    with evaluating(model):
        memory, state = model.encode(source, lengths)
        logits = {
            "forced": model.decoder(before(wrong), state, memory),
            "free": model.decoder(before(wrong), state, memory, distance > 1),
            "none": model.decoder(before(target), state, memory, distance > 1),
        }
    real = target != PADDING
    said = {name: scores.argmax(-1) for name, scores in logits.items()}
    missed = {name: words != target for name, words in said.items()}
    later, left_out = real & (distance > 0), target.gather(1, torch.tensor(at)[:, None])
    times = {name: ((words == left_out) & later).sum(1) for name, words in (said | {"wanted": target}).items()}
    back = [float((times[name] > times["wanted"]).float().mean()) for name in ("free", "none")]
    return {"back": back} | {
        name: [float(miss[real & (distance == d)].float().mean()) for d in range(1, distances + 1)]
        for name, miss in missed.items()
    }


def before(words):
    """What is fed at each step: BEGIN, then the words."""
    return torch.cat([torch.full_like(words[:, :1], BEGIN), words[:, :-1]], 1)


def struck_off(model, data, pairs):
    """Is a word that was fed by mistake struck off the list of what is still to be said?

    One digit of a number is replaced, and true words are fed again. Shares of wrong words where a later digit stands
    that occurs once: no word replaced ("none"), a digit fed that the number has nowhere ("another"), that later digit
    itself ("same"). "places": how many there are, one in a number.
    """
    rng, rows, at, later, fed = np.random.default_rng(0), [], [], [], {"none": [], "another": [], "same": []}
    for row, pair in enumerate(pairs):
        words = pair.target
        spots = [t for t, word in enumerate(words) if word in DIGITS]
        fits = [(t, s) for t in spots for s in spots if s > t and words.count(words[s]) == 1]
        if fits:
            t, s = fits[rng.integers(len(fits))]
            rows.append(row)
            at.append(t)
            later.append(s)
            fed["none"].append(words[t])
            fed["another"].append(str(rng.choice([word for word in DIGITS if word not in words])))
            fed["same"].append(words[s])
    batch = pair_batch(data.ids([pairs[row] for row in rows]))
    each, shares = torch.arange(len(rows)), {"places": len(rows)}
    with evaluating(model):
        memory, state = model.encode(batch.source, batch.source_lengths)
        for name, words in fed.items():
            target = batch.target.clone()
            target[each, at] = data.target_vocabulary.encode(words)
            said = model.decoder(before(target), state, memory).argmax(-1)
            shares[name] = float((said != batch.target)[each, later].float().mean())
    return shares
