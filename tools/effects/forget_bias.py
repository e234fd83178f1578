"""Measure what the forget gates' bias at the start is worth on the tales, into data/effects/03_1_bias.json.

    python -m tools.effects.forget_bias        (about twenty minutes)

An LSTM of 128 units learns from 63 of the training tales and is judged on the last seven of them, as in the ledger's
row of a minute. Its cells are looked at while they read on and on, from tale to tale, and never begin afresh.
One learning rate serves all biases; for the best and the usual bias two others are tried as well.
It learns in the form of torch.nn, to which tests/unit/test_lstm.py holds ours; its seconds are those of torch.nn.
"""

import time

import torch

from seqmodels.language_model import LanguageModel
from seqmodels.lstm import LSTM
from seqmodels.metrics import evaluate
from seqmodels.probes import record
from seqmodels.runtime import progress
from seqmodels.tales import START, one_text
from seqmodels.training import CarriedState, train, truncated_bptt_batches, warmup_cosine
from tools.effects import save
from tools.effects.gate_variants import InTorch
from tools.effects.predicting_text import DEVELOP, FIT

BIASES, SEEDS, STEPS, RATE = (-3.0, -2.0, -1.0, 0.0, 1.0, 3.0), range(5), 3000, 1e-2
OTHER_RATES, COMPARED = (3e-3, 3e-2), (-1.0, 1.0)
PLACES = (1, 10, 100, 1_000, 10_000)  # characters read without a fresh start
TEXT = one_text(FIT)


def row(bias, seed, rate=RATE):
    torch.manual_seed(seed)
    model, began = LanguageModel(64, 32, InTorch(LSTM(32, 128, forget_bias=bias))), time.process_time()
    torch.nn.init.normal_(model.embedding.weight, std=0.5)
    history = train(model, truncated_bptt_batches(TEXT, 16, 32), steps=STEPS, learning_rate=rate, loss=CarriedState(),
                    schedule=warmup_cosine(STEPS, 20))  # fmt: skip
    seconds = time.process_time() - began
    model.backbone = LSTM.from_torch(model.backbone.module)
    with record(model) as trace, torch.no_grad():
        model(TEXT[None, : PLACES[-1]])
    cells, forget = trace["cell_state"][0], trace["forget_gate"][0]
    return {
        "bias": bias,
        "seed": seed,
        "rate": rate,
        "bits": evaluate(model, DEVELOP, start=START).bits_per_symbol,
        "last loss": sum(history.loss[-100:]) / 100,
        "mean |c| after": {place: cells[place - 1].abs().mean().item() for place in PLACES},
        "forget gate": forget.mean().item(),
        "seconds": seconds,
    }


def main():
    rows = [row(bias, seed) for seed in progress(SEEDS, label="seeds") for bias in BIASES]
    others = [(rate, bias, seed) for rate in OTHER_RATES for bias in COMPARED for seed in SEEDS]
    other_rates = [row(bias, seed, rate) for rate, bias, seed in progress(others, label="other rates")]
    settings = {"units": 128, "strips": 16, "piece": 32, "steps": STEPS, "rate": RATE}
    save("03_1_bias", {"made by": "tools/effects/forget_bias.py", "settings": settings, "rows": rows,
                       "other rates": other_rates, "machine": "one thread of 2 CPU cores"})  # fmt: skip


if __name__ == "__main__":
    main()
