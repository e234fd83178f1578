"""Measure three ways to learn from a text alone, for lesson 06_4, into data/effects/06_4.json.

    python -m tools.effects.objectives              (about ten minutes on one core)
    python -m tools.effects.objectives contest      only one part; or: rates, fewer, …

rates      three learning rates for each of the parties, on a seed that is not reported and seven training tales.
contest    GPT, the same stack without its mask that fills blanks ("BERT" below), and a T5 of as many numbers, on as
           many pieces of the tales: a gap of one letter and of three, the next letter, what they write. Three seeds;
           the first T5 is kept as data/checkpoints/t5.safetensors.
patience   five times the pieces for BERT. One seed; kept as data/checkpoints/bert.safetensors.
two_halves twice the pieces for T5, begun otherwise. One seed.
slower     the same at a quarter of the rate, half of the lowest that was tried. One seed.
fewer      GPT, scored on 15 letters in 100 only: what comes, and a gap of one. Three seeds.
labels     is this stretch of 32 letters spoken? Networks that have read before and one that has not, whole or only
           read off, and letter n-grams with logistic regression; 50 and 400 labels. Three seeds.

The networks of `contest` lie in the system's temporary folder, for `labels`.
"""

import json
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import load_model, save_model
from torch.nn import functional as F

from seqmodels.checkpoints import save_checkpoint
from seqmodels.datasets import DATA, saltmere
from seqmodels.decoding import beam_search, generate, take_rows
from seqmodels.gpt import GPT
from seqmodels.objectives import cut_spans, hide
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.t5 import BEGIN, END, T5
from seqmodels.tales import VOCABULARY, encoded, one_text
from seqmodels.training import crops, train, warmup_cosine
from tools.effects import measure_parts
from tools.effects.spoken import features, grams, regression, share_right, stretches, tune
from tools.frozen import enter

SEEDS, TUNED_ON, RATES = range(3), 9, (0.005, 0.01, 0.02)
STEPS, TUNING_STEPS, BATCH, PIECE = 500, 150, 32, 64
LETTERS = MASK = 64
SHIFT, SENTINEL = 2, 66  # T5 has two ids of its own below the letters, and its sentinels above
STACK = {"d_model": 64, "n_heads": 4, "n_layers": 2, "d_ff": 208, "positions": "rotary"}
BOTH_SIDES = {"vocab_size": LETTERS + 1, **STACK, "causal": False}
T5_SIZES = {"vocab_size": SENTINEL + 4, "d_model": 64, "n_heads": 4, "n_layers": 1, "d_ff": 144}
KEPT = Path(tempfile.gettempdir()) / "markov-to-mamba-objectives"


def running(tales):
    """All tales in one, each after START."""
    return one_text(encoded(tales))


# ---------------------------------------------------------------- three ways to ask


def next_letter(model, tokens):
    return F.cross_entropy(model(tokens[:, :-1])[0].flatten(0, 1), tokens[:, 1:].flatten())


def blanks(model, hidden):
    logits = model(hidden.read)
    logits = logits[0] if isinstance(logits, tuple) else logits
    return F.cross_entropy(logits[hidden.chosen], hidden.target[hidden.chosen])


def gaps(model, cut):
    target = torch.cat([cut.target, torch.full_like(cut.target[:, :1], END)], 1)
    return F.cross_entropy(model(cut.source, None, target).flatten(0, 1), target.flatten())


def some_letters(model, hidden):
    """The next letter again, but only where `chosen` says so."""
    loss = F.cross_entropy(model(hidden.target[:, :-1])[0].transpose(1, 2), hidden.target[:, 1:], reduction="none")
    return loss[hidden.chosen[:, 1:]].mean()


PARTIES = {
    "GPT": (lambda: GPT(LETTERS, **STACK), next_letter, lambda t, coins: t),
    "BERT": (lambda: GPT(**BOTH_SIDES), blanks, lambda t, coins: hide(t, MASK, generator=coins)),
    "T5": (lambda: T5(**T5_SIZES), gaps, lambda t, coins: cut_spans(t + SHIFT, SENTINEL, generator=coins)),
    "GPT, 15 in 100": (lambda: GPT(LETTERS, **STACK), some_letters, lambda t, coins: hide(t, MASK, generator=coins)),
}  # fmt: skip


def learn(kind, seed, rate, steps=STEPS, *, tales=None, build=None, after_step=None):
    """-> the model, and the processor's seconds."""
    torch.manual_seed(seed)
    own, loss, asked = PARTIES[kind]
    model, coins = (build or own)(), torch.Generator().manual_seed(seed)
    pieces = crops(running(saltmere().train if tales is None else tales), BATCH, PIECE - 1, generator=coins)
    began = time.process_time()
    train(model, (asked(some, coins) for some in pieces), steps=steps, loss=loss, learning_rate=rate,
          schedule=warmup_cosine(steps, 20), after_step=after_step)  # fmt: skip
    return model.eval(), time.process_time() - began


def own_loss(model, kind, tales):
    """Its own question on other tales, in bits."""
    _, loss, asked = PARTIES[kind]
    coins = torch.Generator().manual_seed(10_000)
    with evaluating(model):
        found = [loss(model, asked(some, coins)).item() for some in running(tales).unfold(0, PIECE, PIECE).split(64)]
    return sum(found) / len(found) / torch.log(torch.tensor(2.0)).item()


# ---------------------------------------------------------------- a gap in the middle, the letter that comes


def places(count, seed=10_000):
    """Held-out pieces (N, 64), and where in each the gap begins, 16 to 45."""
    every = running(saltmere().held_out).unfold(0, PIECE, 17)
    coins = torch.Generator().manual_seed(seed)
    return every[torch.randperm(len(every), generator=coins)[:count]], torch.randint(16, 46, (count,), generator=coins)


def middle_gpt(model, pieces, begins):
    """log p of each letter in the gap, given all others, by Bayes: the text with each of the 64. (N, 64)."""
    rows = []
    for piece, begin in zip(pieces, begins.tolist(), strict=True):
        before, state = model(piece[None, :begin])
        first = before[0, -1].log_softmax(-1)  # (64,)
        text = torch.cat([torch.arange(LETTERS)[:, None], piece[begin + 1 :].expand(LETTERS, -1)], 1)
        logits, _ = model(text[:, :-1], take_rows(state, torch.zeros(LETTERS, dtype=torch.int64)))
        after = logits.log_softmax(-1).gather(-1, text[:, 1:, None]).sum((1, 2))
        rows.append((first + after).log_softmax(-1))
    return torch.stack(rows)


def middle_bert(model, pieces, begins):
    read = pieces.clone()
    read[torch.arange(len(read)), begins] = MASK
    return model(read)[0][torch.arange(len(read)), begins, :LETTERS].log_softmax(-1)


def with_gap(pieces, begins, size):
    """The pieces as T5 reads them, `size` letters replaced by the first sentinel."""
    rows = [torch.cat([p[:b] + SHIFT, torch.tensor([SENTINEL]), p[b + size :] + SHIFT])
            for p, b in zip(pieces, begins.tolist(), strict=True)]  # fmt: skip
    return torch.stack(rows)


def middle_t5(model, pieces, begins):
    """As `middle_gpt`, of the target: sentinel, letter, next sentinel, given that it has one letter. (N, 64)."""
    rows = []
    for some, starts in zip(pieces.split(20), begins.split(20), strict=True):
        memory, state = model.encode(with_gap(some, starts, 1))
        _, state = model.decoder_step(state, torch.full((len(some),), BEGIN), memory)
        logits, state = model.decoder_step(state, torch.full((len(some),), SENTINEL), memory)
        first = logits[:, SHIFT:SENTINEL].log_softmax(-1)  # (n, 64)
        again = torch.arange(len(some)).repeat_interleave(LETTERS)
        memory = tuple(type(part)(*(leaf[again] for leaf in part)) for part in memory)
        letters = torch.arange(LETTERS).repeat(len(some)) + SHIFT
        logits, _ = model.decoder_step(take_rows(state, again), letters, memory)
        ends = logits.log_softmax(-1)[:, SENTINEL + 1].view(-1, LETTERS)
        rows.append((first + ends).log_softmax(-1))
    return torch.cat(rows)


MIDDLE = {"GPT": middle_gpt, "BERT": middle_bert, "T5": middle_t5}


def comes(model, kind, pieces):
    """log p of each letter as the last of the piece, given those before: (N, 64)."""
    if kind == "BERT":
        return middle_bert(model, pieces, torch.full((len(pieces),), pieces.shape[1] - 1))
    if kind == "T5":
        memory, state = model.encode(with_gap(pieces, torch.full((len(pieces),), pieces.shape[1] - 1), 1))
        _, state = model.decoder_step(state, torch.full((len(pieces),), BEGIN), memory)
        logits, _ = model.decoder_step(state, torch.full((len(pieces),), SENTINEL), memory)
        return logits[:, SHIFT:SENTINEL].log_softmax(-1)
    return model(pieces[:, :-1])[0][:, -1].log_softmax(-1)


def bits_and_right(log_probs, letters):
    bits = -log_probs.gather(-1, letters[:, None]).mean() / torch.log(torch.tensor(2.0))
    return {"bits": bits.item(), "right": (log_probs.argmax(-1) == letters).float().mean().item()}


def three_gpt(model, pieces, begins, beam=32):
    """Three letters: the best of 32 that could come, and the best of these once the text behind them is read."""
    found = {"GPT, from the left": [], "GPT": []}
    for piece, begin in zip(pieces, begins.tolist(), strict=True):
        texts, log_p = beam_search(model, piece[None, :begin], 3, beam)
        texts = torch.cat([texts[0], piece[begin + 3 :].expand(beam, -1)], 1)
        logits, _ = model(texts[:, :-1])
        behind = logits[:, begin + 2 :].log_softmax(-1).gather(-1, texts[:, begin + 3 :, None]).sum((1, 2))
        gap = texts[:, begin : begin + 3]
        found["GPT, from the left"].append(gap[0])
        found["GPT"].append(gap[(log_p[0] + behind).argmax()])
    return {name: torch.stack(rows) for name, rows in found.items()}


def three_bert(model, pieces, begins):
    """Three letters: all at once, and one after the other, the surest first."""
    rows, gap = torch.arange(len(pieces))[:, None], begins[:, None] + torch.arange(3)
    read = pieces.clone()
    read[rows, gap] = MASK
    at_once = model(read)[0][rows, gap, :LETTERS].argmax(-1)
    for _ in range(3):
        sure, letter = model(read)[0][rows, gap, :LETTERS].softmax(-1).max(-1)
        sure = sure.masked_fill(read[rows, gap] != MASK, -1)
        best = sure.argmax(1, keepdim=True)
        read[rows, gap.gather(1, best)] = letter.gather(1, best)
    return {"BERT, all at once": at_once, "BERT": read[rows, gap]}


def three_t5(model, pieces, begins, beam=8):
    found = []
    for one in model.search(with_gap(pieces, begins, 3), None, beam, 5):
        tried = [h.tokens for h in one.hypotheses if h.tokens[:1] == [SENTINEL] and h.tokens[4:5] == [SENTINEL + 1]]
        letters = [t[1:4] for t in tried if all(SHIFT <= k < SENTINEL for k in t[1:4])]
        found.append([k - SHIFT for k in letters[0]] if letters else [-1] * 3)
    return {"T5": torch.tensor(found)}


THREE = {"GPT": three_gpt, "BERT": three_bert, "T5": three_t5}


# ---------------------------------------------------------------- writing on

WORDS = {word for tale in saltmere().train for word in "".join(c if c.isalpha() else " " for c in tale).split()}


def written(model, kind, count=40, length=40, seed=10_000):
    """Of the whole words in what it writes, drawing each letter, the share that stands in the training tales."""
    pieces, _ = places(count)
    coins, text = torch.Generator().manual_seed(seed), pieces[:, :24]
    if kind == "GPT":
        text = generate(model, text, length, generator=coins)
    while text.shape[1] < 24 + length:
        seen = torch.cat([text[:, -(PIECE - 1) :], torch.zeros(count, 1, dtype=torch.int64)], 1)
        log_probs = comes(model, kind, seen)
        text = torch.cat([text, torch.multinomial(log_probs.exp(), 1, generator=coins)], 1)
    known = []
    for row in text[:, 24:]:
        letters = "".join(c if c.isalpha() else " " for c in VOCABULARY.decode(row))
        known += [word in WORDS for word in letters.split(" ")[1:-1] if word]
    return {"words": len(known), "known": sum(known) / len(known)}


# ---------------------------------------------------------------- the parts


def rates(steps=TUNING_STEPS):
    found, tales = {}, saltmere().train
    for kind in progress(list(PARTIES)[:3], label="rates"):
        losses = {}
        for rate in RATES:
            model, _ = learn(kind, TUNED_ON, rate, steps, tales=tales[:-7])
            losses[rate] = own_loss(model, kind, tales[-7:])
        found[kind] = {"losses": losses, "best": min(losses, key=losses.get)}
        yield {"steps": steps, "tuned on seed": TUNED_ON, **found}


def best_rate(kind):
    return json.loads((DATA / "effects/06_4.json").read_bytes())["rates"][kind.split(",")[0]]["best"]


def curve_of(model, kind, points):
    """An after_step that adds what the model knows of the letter that comes, and of a gap, every hundred steps."""
    (pieces, begins), few = places(200), 40
    right = pieces[torch.arange(200), begins]

    def look(step, history):
        if (step + 1) % (100 if step < STEPS else 250):
            return
        with evaluating(model):
            name = kind.split(",")[0]
            point = {"step": step + 1, "next": bits_and_right(comes(model, name, pieces), pieces[:, -1])["bits"]}
            if kind in MIDDLE:
                gap = MIDDLE[kind](model, pieces[:few], begins[:few])
                point["gap"] = bits_and_right(gap, right[:few])["bits"]
        points.append(point)

    return look


def gap_of_one(model, kind, count=200):
    pieces, begins = places(count)
    with evaluating(model):
        log_probs = MIDDLE[kind](model, pieces, begins)
    says_space = (log_probs.argmax(-1) == VOCABULARY.encode(" ")).float().mean().item()
    return bits_and_right(log_probs, pieces[torch.arange(count), begins]) | {"says space": says_space}


def judged(model, kind, count=200):
    pieces, begins = places(count)
    letters = pieces[torch.arange(count), begins]
    row = {"gap of one": gap_of_one(model, kind, count)}
    with evaluating(model):
        if kind == "GPT":
            left = torch.stack([model(p[None, :b])[0][0, -1].log_softmax(-1)
                                for p, b in zip(pieces, begins.tolist(), strict=True)])  # fmt: skip
            row["gap of one, from the left"] = bits_and_right(left, letters)
        gone = pieces[torch.arange(count)[:, None], begins[:, None] + torch.arange(3)]
        row["gap of three"] = {name: (said == gone).all(1).float().mean().item()
                               for name, said in THREE[kind](model, pieces, begins).items()}  # fmt: skip
        more, _ = places(800, seed=20_000)
        row["next"] = bits_and_right(comes(model, kind, more), more[:, -1])
        row["written"] = written(model, kind)
    return row | {"own": own_loss(model, kind, saltmere().held_out)}


def learn_with_curve(kind, seed, rate, steps=STEPS):
    torch.manual_seed(seed)
    model, points = PARTIES[kind][0](), []
    learn(kind, seed, rate, steps, build=lambda: model, after_step=curve_of(model, kind, points))
    return model, {"kind": kind, "seed": seed, "parameters": count_parameters(model), "curve": points}


def contest():
    KEPT.mkdir(exist_ok=True)
    rows = []
    for seed in progress(SEEDS, label="contest"):
        for kind in MIDDLE:
            model, row = learn_with_curve(kind, seed, best_rate(kind))
            save_model(model, KEPT / f"{kind}-{seed}.safetensors")
            if (kind, seed) == ("T5", 0):
                enter(save_checkpoint(model, "t5", "t5", **T5_SIZES))
            rows.append(row | judged(model, kind))
            yield {"steps": STEPS, "batch": BATCH, "piece": PIECE, "rows": rows}


def fewer():
    rows = []
    for seed in SEEDS:
        model, row = learn_with_curve("GPT, 15 in 100", seed, best_rate("GPT"))
        rows.append(row | {"gap of one": gap_of_one(model, "GPT")})
        yield {"rows": rows}


def patience(times=5):
    model, row = learn_with_curve("BERT", 0, best_rate("BERT"), times * STEPS)
    enter(save_checkpoint(model, "bert", "gpt", **BOTH_SIDES))
    yield {"times": times, "rows": [row | judged(model, "BERT")]}


def begun_otherwise(rate, times=2, width=0.1):
    """T5 with its table of letters begun narrower (1.0 as published), at another rate. One seed."""
    torch.manual_seed(0)
    model, points = T5(**T5_SIZES), []
    torch.nn.init.normal_(model.embedding.weight, std=width)
    learn("T5", 0, rate, times * STEPS, build=lambda: model, after_step=curve_of(model, "T5", points))
    return {"times": times, "rate": rate, "rows": [{"kind": "T5", "seed": 0, "curve": points} | judged(model, "T5")]}


def two_halves():
    yield begun_otherwise(0.01)


def slower():
    yield begun_otherwise(0.0025)


def taught(kind, seed):
    """The network of `contest`, from the temporary folder."""
    model = PARTIES[kind][0]()
    load_model(model, KEPT / f"{kind}-{seed}.safetensors")
    return model


def labels(counts=(50, 400), steps=100, choices=(0.001, 0.003)):
    """Networks learn on as a whole, or are only read off; beside them letter n-grams, and one that has read nothing."""
    train_tales, tuning, chosen, rows = saltmere().train, {}, {}, []
    test_texts, test_labels = stretches(saltmere().held_out, 600, 10_000)

    def ids(kind, texts):
        return torch.stack(encoded(texts)) + (SHIFT if kind == "T5" else 0)

    def fresh(kind, seed):
        if kind != "from nothing":
            return taught(kind, seed)
        torch.manual_seed(seed)
        return GPT(**BOTH_SIDES)

    kinds = (*MIDDLE, "from nothing")
    texts, known = stretches(train_tales[:-7], counts[-1], 20_000 + TUNED_ON)
    aside_texts, aside = stretches(train_tales[-7:], 400, 30_000)
    for kind in kinds:
        tried = {rate: share_right(tune(fresh(kind, 0), ids(kind, texts), known, rate, steps, TUNED_ON),
                                   ids(kind, aside_texts), aside) for rate in choices}  # fmt: skip
        tuning[kind], chosen[kind] = tried, max(tried, key=tried.get)
    for seed in progress(SEEDS, label="labels"):
        for count in counts:
            texts, known = stretches(train_tales, count, 20_000 + seed)
            table, names = grams(texts)
            right = {"letter n-grams": regression(table, known, grams(test_texts, names)[0], test_labels)}
            for kind in kinds:
                mine, test = ids(kind, texts), ids(kind, test_texts)
                with torch.no_grad():
                    read_off, of_test = (features(fresh(kind, seed), some) for some in (mine, test))
                right[f"{kind}, read off"] = regression(read_off, known, of_test, test_labels)
                judge = tune(fresh(kind, seed), mine, known, chosen[kind], steps, seed)
                right[kind] = share_right(judge, test, test_labels)
            rows.append({"seed": seed, "labels": count, "right": right})
        yield {"steps": steps, "tuning": tuning, "test": len(test_texts), "rows": rows}


PARTS = (rates, contest, patience, fewer, labels, two_halves, slower)

if __name__ == "__main__":
    torch.set_num_threads(1)
    measure_parts("06_4", "objectives", PARTS, __doc__)
