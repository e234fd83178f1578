"""Measure the effects that lesson 04_1 shows into data/effects/04_1.json.

    python -m tools.effects.reading_strips              (about ten minutes on one core)
    python -m tools.effects.reading_strips dates        only the language model; see the last line for the others

One network, five ways to teach it: by CTC; by a label for each column, true or cut evenly or aligned again and again by
the network itself; and by CTC on labels in reverse order. Beside it, taught by CTC too, one that reads from left to
right only, and one that is given the pixels as they are. All see the same strips of the training images. Learning
rates, and the shortest run of columns that counts as a digit where every column has its label, are chosen by the label
error on strips of the training images, on a seed that is not reported; held-out images take no part in it.
The loop through time is PyTorch's, which is faster than ours and computes the same from the same start.
`tuning` and `longer` measure only what data/effects/04_1.json lacks: take a row out of it to measure that anew.
"""

import time
from datetime import date, timedelta

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.ctc import beam_search_decode, collapse, ctc_loss, greedy_decode, recursions
from seqmodels.datasets.digits import DigitStrips, digit_strips, handwriting
from seqmodels.layer import Bidirectional
from seqmodels.ngram import NGram
from seqmodels.padding import is_real, reverse
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.sequence_metrics import label_error_rate
from seqmodels.training import train, warmup_cosine
from tools.effects import measure_parts, so_far
from tools.effects.both_directions import QuickLSTM

DIGITS, UNITS, CLASSES = (4, 6), 32, 11  # digits in a strip
BATCH, STEPS, WARMUP, SHORTEST = 16, 240, 10, [1, 2, 3]
RATES, OTHER_RATES = (
    [2e-2, 4e-2, 8e-2],
    {
        "raw pixels": [4e-2, 8e-2, 0.16, 0.32],
        "backwards": [2e-2, 4e-2, 8e-2, 0.16, 0.32],
        "left to right": [2e-2, 4e-2, 8e-2, 0.16],
    },
)  # where the best of the three would be the last of them
ONE_WAY_UNITS = 48  # of the reader from left to right: about as many weights as twice 32 have
TUNED_ON, SEEDS, MORE_SEEDS, TESTED_ON = 100, range(5), range(10), 999  # more where five do not show what is usual
FIRST_CUTS = STEPS // 3  # steps with even cuts before the network aligns for itself
PATIENT_STEPS, EVERY, BACKWARDS_STEPS = 480, 6, 960
LONG, LONG_SPACES, LONG_WAYS = (12, 14), (0, 12), ["ctc", "true spans", "even cuts", "realigned"]


class Reader(nn.Module):
    """Columns of pixels (B, T, 8) -> log-probabilities (B, T, 11) of the blank and the ten digits."""

    def __init__(self, standardised=True, both_directions=True):
        super().__init__()
        both = both_directions
        self.layer = Bidirectional(QuickLSTM(8, UNITS), QuickLSTM(8, UNITS)) if both else QuickLSTM(8, ONE_WAY_UNITS)
        self.head = nn.Linear(2 * UNITS if both else ONE_WAY_UNITS, CLASSES)
        images = handwriting("train").images
        self.mean, self.deviation = (images.mean(), images.std()) if standardised else (0.0, 1.0)

    def forward(self, strips, lengths):
        y, _ = self.layer((strips - self.mean) / self.deviation, lengths=lengths)
        return self.head(y).log_softmax(-1)


# ---------------------------------------------------------------- five ways to teach


def by_ctc(reader, batch):
    """Mean -log p(labels) for each digit, in nats."""
    log_probs = reader(batch.strips, batch.lengths)
    loss = ctc_loss(log_probs, batch.targets, batch.lengths, batch.target_lengths)
    return loss.sum() / batch.target_lengths.sum()


def backwards(reader, batch):
    return by_ctc(reader, batch._replace(targets=reverse(batch.targets, batch.target_lengths)))


def by_columns(label):
    """Mean -log p of the label of each column, in nats; label(reader, batch) -> (B, T)."""

    def loss(reader, batch):
        real = is_real(batch.lengths, batch.strips.shape[1])
        return F.nll_loss(reader(batch.strips, batch.lengths)[real], label(reader, batch)[real])

    return loss


def true_labels(reader, batch):
    """The digit between the first and the last of its columns, the blank elsewhere."""
    labels = torch.zeros(batch.strips.shape[:2], dtype=torch.int64)
    for row, spans, digits in zip(labels, batch.spans.tolist(), batch.targets.tolist(), strict=True):
        for (first, end), digit in zip(spans, digits, strict=True):
            row[max(first, 0) : max(end, 0)] = digit
    return labels


def even_labels(reader, batch):
    """An equal share of the columns for each digit; the blank where a column has no ink, which anybody can see."""
    columns = torch.arange(batch.strips.shape[1])
    share = columns * batch.target_lengths[:, None] // batch.lengths[:, None]
    labels = batch.targets.gather(1, share.clamp(max=batch.targets.shape[1] - 1))
    return labels.masked_fill(~batch.strips.any(2), 0)


class Realigned:
    """Even cuts to begin with; then the network's own most probable path that says the labels, batch by batch."""

    def __init__(self):
        self.seen = 0

    def __call__(self, reader, batch):
        self.seen += 1
        if self.seen <= FIRST_CUTS:
            return even_labels(reader, batch)
        labels = torch.zeros(batch.strips.shape[:2], dtype=torch.int64)
        with torch.no_grad():
            log_probs = reader(batch.strips, batch.lengths).double().numpy()
        for b, (T, U) in enumerate(zip(batch.lengths.tolist(), batch.target_lengths.tolist(), strict=True)):
            extended = recursions.extend(batch.targets[b, :U].numpy())
            path, _ = recursions.viterbi(log_probs[b, :T, extended].T, recursions.may_jump(extended))
            labels[b, :T] = torch.from_numpy(extended[path])
        return labels


WAYS = {
    "ctc": lambda: by_ctc,
    "true spans": lambda: by_columns(true_labels),
    "even cuts": lambda: by_columns(even_labels),
    "realigned": lambda: by_columns(Realigned()),
    "raw pixels": lambda: by_ctc,
    "left to right": lambda: by_ctc,
    "backwards": lambda: backwards,
}
FRAMEWISE = ["true spans", "even cuts", "realigned"]


# ---------------------------------------------------------------- teaching and judging


def taught(way, rate, seed, steps=STEPS, after_step=None, **how):
    torch.manual_seed(seed)
    reader = Reader(standardised=way != "raw pixels", both_directions=way != "left to right")
    generator = torch.Generator().manual_seed(seed)
    batches = (digit_strips(BATCH, generator, **({"digits": DIGITS} | how)) for _ in range(steps))
    watch = None if after_step is None else lambda step, history: after_step(reader, step, history)
    history = train(reader, batches, steps=steps, loss=WAYS[way](), learning_rate=rate,
                    schedule=warmup_cosine(steps, WARMUP), after_step=watch)  # fmt: skip
    return reader, history.loss


def test_strips(count, split="held_out", seed=TESTED_ON, **how):
    return digit_strips(count, torch.Generator().manual_seed(seed), split=split, **({"digits": DIGITS} | how))


def outputs(reader, batch):
    with evaluating(reader):
        return reader(batch.strips, batch.lengths)


def wanted(batch):
    return [row[:size].tolist() for row, size in zip(batch.targets, batch.target_lengths.tolist(), strict=True)]


def read(log_probs, lengths, shortest=1):
    """Greedy reading; runs of one class over fewer columns than `shortest` are left out."""
    says = []
    for row, length in zip(log_probs.argmax(2).tolist(), lengths.tolist(), strict=True):
        runs = runs_of(row[:length])
        says.append(collapse([k for k, first, end in runs if end - first >= shortest for _ in range(first, end)]))
    return says


def runs_of(path):
    """[(class, first frame, the one after the last)]"""
    path = np.asarray(path)
    cuts = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    return [(int(path[a]), a, b) for a, b in zip(cuts, cuts[1:], strict=False)]


def error(reader, batch, shortest=1, mirrored=False):
    references = [row[::-1] for row in wanted(batch)] if mirrored else wanted(batch)
    return label_error_rate(references, read(outputs(reader, batch), batch.lengths, shortest))


def measured(part):
    """What data/effects/04_1.json holds of a part."""
    return so_far("04_1").get(part, {})


def tuning():
    """The label error on strips of the training images, of every way at every rate (and shortest run)."""
    known, found, batch = measured("tuning").get("found", {}), {}, test_strips(150, "train", TUNED_ON)
    for way in WAYS:
        found[way] = {}
        for rate in OTHER_RATES.get(way, RATES):
            row = found[way][str(rate)] = known.get(way, {}).get(str(rate)) or tuned_at(way, rate, batch)
            print(way, rate, row, flush=True)
            yield {"seed": TUNED_ON, "found": known | found}


def tuned_at(way, rate, batch):
    if way == "raw pixels":  # slower to begin
        curve, reader, losses = watched(way, rate, TUNED_ON, PATIENT_STEPS, test_strips(50, "train", TUNED_ON))
        row = {"steps": PATIENT_STEPS, "silent until": silent_until(curve)}
    else:
        (reader, losses), row = taught(way, rate, TUNED_ON), {}
    row["loss"] = sum(losses[-30:]) / 30
    for shortest in SHORTEST if way in FRAMEWISE else [1]:
        row[f"shortest {shortest}"] = error(reader, batch, shortest, way == "backwards")
    return row


def chosen(way):
    """(rate, shortest run) that were best for a way; of equal errors the lower loss."""
    found = measured("tuning")["found"][way]
    ranked = [(row[key], row["loss"], float(rate), int(key.split()[1]))
              for rate, row in found.items() for key in row if key.startswith("shortest")]  # fmt: skip
    return min(ranked)[2:]


def ways():
    """The label error on held-out images, five seeds for each way."""
    rows, batch = {way: [] for way in ["ctc", *FRAMEWISE]}, test_strips(400)
    for seed in progress(SEEDS, label="ways"):
        for way in rows:
            (rate, shortest), began = chosen(way), time.process_time()
            reader, losses = taught(way, rate, seed)
            seconds = round(time.process_time() - began, 1)
            row = {"seed": seed, "rate": rate, "shortest": shortest, "loss": sum(losses[-30:]) / 30,
                   "error": error(reader, batch, shortest), "error, all runs": error(reader, batch),
                   "parameters": count_parameters(reader), "seconds": seconds}  # fmt: skip
            rows[way].append(row)
            print(way, row, flush=True)
            if way == "ctc":
                rows[way][-1] |= spikes(reader, batch)
            yield {"strips": len(batch.lengths), "digits": DIGITS, "steps": STEPS, "batch": BATCH, "rows": rows}


def directions():
    """Where in a digit is it said, by a reader from both sides, and by one from left to right? In parts of its width
    from its first column; 1 is just behind its last."""
    rows, batch = {"ctc": [], "left to right": []}, test_strips(400)
    for seed in progress(MORE_SEEDS, label="directions"):
        for way in rows:
            reader, losses = taught(way, chosen(way)[0], seed)
            row = {"seed": seed, "rate": chosen(way)[0], "loss": sum(losses[-30:]) / 30, "error": error(reader, batch),
                   "parameters": count_parameters(reader)} | spikes(reader, batch)  # fmt: skip
            rows[way].append(row)
            print(way, row, flush=True)
        yield {"strips": len(batch.lengths), "steps": STEPS, "rows": rows}


def backward_order():
    """The label error where the digits are to be said from right to left; and with more steps."""
    rows, batch = {str(steps): [] for steps in (STEPS, BACKWARDS_STEPS)}, test_strips(400)
    rate = chosen("backwards")[0]
    for seed in progress(SEEDS, label="backwards"):
        for steps, found in rows.items():
            reader, losses = taught("backwards", rate, seed, int(steps))
            row = {"seed": seed, "rate": rate, "loss": sum(losses[-30:]) / 30}
            found.append(row | {"error": error(reader, batch, mirrored=True)})
            print(steps, found[-1], flush=True)
        yield {"strips": len(batch.lengths), "rows": rows}


def longer():
    """Long strips: even cuts drift away from the digits. Rates and shortest runs as tuned on the short ones."""
    how = {"digits": LONG, "spaces": LONG_SPACES}
    known, batch, right = measured("longer").get("rows", {}), test_strips(150, **how), {}
    rows = {way: known.get(way, []) for way in LONG_WAYS}
    for name, strips in (("short", test_strips(400)), ("long", batch)):
        ink = strips.strips.any(2)
        right[name] = (even_labels(None, strips) == true_labels(None, strips))[ink].double().mean().item()
    for seed in progress(SEEDS, label="longer"):
        for way in [way for way in rows if seed not in [row["seed"] for row in rows[way]]]:
            rate, shortest = chosen(way)
            reader, losses = taught(way, rate, seed, **how)
            row = {"seed": seed, "rate": rate, "shortest": shortest, "loss": sum(losses[-30:]) / 30}
            errors = {"error": error(reader, batch, shortest), "error, all runs": error(reader, batch)}
            rows[way].append(row | errors)
            print(way, rows[way][-1], flush=True)
        yield how | {"strips": len(batch.lengths), "even labels right where there is ink": right, "rows": rows}


def spikes(reader, batch):
    """Where, in strips that are read without an error, the network says its digits; and two kinds of chance."""
    log_probs, rng = outputs(reader, batch), np.random.default_rng(0)
    inside, widths, places, even, random, blank, paper = [], [], [], [], [], [], []
    for b, (T, U) in enumerate(zip(batch.lengths.tolist(), batch.target_lengths.tolist(), strict=True)):
        path = log_probs[b, :T].argmax(1).numpy()
        blank.append(np.mean(path == 0))
        paper.append(np.mean(~batch.strips[b, :T].any(1).numpy()))
        said = [run for run in runs_of(path) if run[0] != 0]
        if [k for k, *_ in said] != batch.targets[b, :U].tolist():
            continue
        spans = batch.spans[b, :U].numpy()
        peaks = np.array([first + int(log_probs[b, first:end, k].argmax()) for k, first, end in said])
        inside += within(peaks, spans)
        widths += [end - first for _, first, end in said]
        places += ((peaks + 0.5 - spans[:, 0]) / (spans[:, 1] - spans[:, 0])).tolist()
        even += within((np.arange(U) + 0.5) * T / U, spans)
        random += within(np.sort(rng.choice(T, U, replace=False)), spans)
    return {"spikes": len(inside), "inside": np.mean(inside), "even inside": np.mean(even),
            "random inside": np.mean(random), "mean width": np.mean(widths), "width 1": np.mean(np.array(widths) == 1),
            "blank said": np.mean(blank), "paper": np.mean(paper),
            "mean place": np.mean(places),
            "place in the digit": (np.histogram(np.clip(places, 0, 0.999), 5, (0, 1))[0] / len(places)).tolist(),
            }  # fmt: skip


def within(columns, spans):
    return ((columns >= spans[:, 0]) & (columns < spans[:, 1])).tolist()


def plateau():
    """What the network says while it learns: label error, and the share of columns where the blank is said."""
    rows, batch = {"ctc": [], "raw pixels": []}, test_strips(50)
    for seed in progress(SEEDS, label="plateau"):
        for way, steps in (("ctc", STEPS), ("raw pixels", PATIENT_STEPS)):
            curve, *_ = watched(way, chosen(way)[0], seed, steps, batch)
            rows[way].append({"seed": seed, "rate": chosen(way)[0], "silent until": silent_until(curve)} | curve)
            print(way, seed, rows[way][-1]["silent until"], curve["error"][-1], flush=True)
        yield {"strips": len(batch.lengths), "rows": rows}


def watched(way, rate, seed, steps, batch):
    """(what was said on the strips every EVERY steps, the network, its losses)"""
    curve = {"step": [], "error": [], "blank said": []}
    real = is_real(batch.lengths, batch.strips.shape[1])

    def watch(reader, step, _):
        if step % EVERY and step != steps - 1:
            return
        log_probs = outputs(reader, batch)
        curve["step"].append(step)
        curve["error"].append(label_error_rate(wanted(batch), greedy_decode(log_probs, batch.lengths)))
        curve["blank said"].append((log_probs.argmax(2) == 0)[real].double().mean().item())

    return curve, *taught(way, rate, seed, steps, watch)


def silent_until(curve):
    """The last step at which all but one column in a hundred were silent."""
    return max(step for step, share in zip(curve["step"], curve["blank said"], strict=True) if share > 0.99)


# ---------------------------------------------------------------- a language model of dates

FIRST_DAY, DAYS, READ, ORDER, NOISES, WEIGHTS, DATED = (
    date(1950, 1, 1),
    29_220,
    5_000,
    6,
    [0.0, 0.25],
    [0.25, 0.5, 1.0],
    80,
)


def days(numbers):
    """Days counted from the first, as classes, year first: (count, 8)."""
    texts = [(FIRST_DAY + timedelta(int(day))).strftime("%Y%m%d") for day in numbers]
    return np.array([[int(digit) + 1 for digit in text] for text in texts])


def written(numbers, generator, split, noise):
    """Strips that say given classes (B, U): strips of one digit, drawn until all are there, laid side by side."""
    singles = digit_strips(2_000, generator, split=split, digits=(1, 1), spaces=(0, 3))
    pools = {k: (singles.targets[:, 0] == k).nonzero()[:, 0] for k in range(1, CLASSES)}
    strips = []
    for row in numbers:
        picks = [int(pools[k][torch.randint(len(pools[k]), (), generator=generator)]) for k in row.tolist()]
        strips.append(torch.cat([singles.strips[i, : singles.lengths[i]] for i in picks]))
    lengths = torch.tensor([len(strip) for strip in strips])
    padded = nn.utils.rnn.pad_sequence(strips, batch_first=True)
    if noise:
        padded = (padded + noise * torch.randn(padded.shape, generator=generator)).clamp(0, 1)
    targets = torch.from_numpy(numbers)
    sizes, no_spans = torch.full((len(targets),), targets.shape[1]), torch.full((*targets.shape, 2), -1)
    return DigitStrips(padded, lengths, targets, sizes, no_spans)


def best_first(log_probs, batch, **prior):
    return [found[0].labels for found in beam_search_decode(log_probs, batch.lengths, 10, **prior)]


def dates():
    """Greedy, beam, beam with an n-gram of dates; on dates not read and on digits in any order; clean and smudged."""
    rng = np.random.default_rng(0)
    known, *others = np.split(rng.permutation(DAYS), range(READ, READ + 7 * DATED, DATED))
    table = NGram(ORDER, CLASSES).fit(list(days(known)), start=0)
    tuned, (reader, _) = {}, taught("ctc", chosen("ctc")[0], TUNED_ON)
    batch = written(days(others[-2]), torch.Generator().manual_seed(TUNED_ON), "train", NOISES[-1])
    log_probs = outputs(reader, batch)
    for weight in WEIGHTS:
        for bonus in (0.0, 1.0, 2.0):
            says = best_first(log_probs, batch, language_model=table, weight=weight, bonus=bonus)
            tuned[f"{weight} {bonus}"] = label_error_rate(wanted(batch), says)
    weight, bonus = map(float, min(tuned, key=tuned.get).split())
    print(tuned, flush=True)
    rows = []
    for seed in progress(SEEDS, label="dates"):
        reader, _ = taught("ctc", chosen("ctc")[0], seed)
        for name, numbers in (("dates", days(others[seed])), ("any digits", rng.integers(1, CLASSES, (DATED, 8)))):
            for noise in NOISES:
                batch = written(numbers, torch.Generator().manual_seed(seed), "held_out", noise)
                log_probs = outputs(reader, batch)
                says = {
                    "greedy": greedy_decode(log_probs, batch.lengths),
                    "beam": best_first(log_probs, batch),
                    "table": best_first(log_probs, batch, language_model=table, weight=weight, bonus=bonus),
                }
                row = {"seed": seed, "of": name, "noise": noise}
                for way, found in says.items():
                    row[way] = label_error_rate(wanted(batch), found)
                    right = [a == b for a, b in zip(found, wanted(batch), strict=True)]
                    row[f"{way}, whole strips right"] = np.mean(right)
                rows.append(row)
                print(row, flush=True)
        yield {"order": ORDER, "dates read": READ, "strips": DATED, "tuned": tuned, "weight": weight, "bonus": bonus,
               "rows": rows}  # fmt: skip


if __name__ == "__main__":
    torch.set_num_threads(1)
    measure_parts("04_1", "reading_strips", (tuning, ways, directions, backward_order, plateau, dates, longer), __doc__)
