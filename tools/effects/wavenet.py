"""Measure what WaveNets learn of three made-up instruments, for lesson 05_2, into data/effects/05_2.json.

    python -m tools.effects.wavenet                (about fifteen minutes on one core)
    python -m tools.effects.wavenet field          one part; or: patient, tries, longer, own_mistakes, gate, instruments

`patient` also makes data/checkpoints/wavenet.safetensors, which the lesson plays.
Every note of an instrument has the same phases, so that an instrument has one waveform; loudness and pitch vary.
A note is half a second, 2,000 samples, after one sample of silence.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.checkpoints import load_checkpoint, save_checkpoint
from seqmodels.datasets.instruments import INSTRUMENTS, note
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.training import train, warmup_cosine
from seqmodels.wavenet import GatedLayer, WaveNet, mu_law_decode, mu_law_encode, synthesise
from tools.effects import measure_parts
from tools.frozen import enter

SEEDS, TUNED_ON, RATES = range(5), 100, (0.007, 0.015, 0.03)
SILENCE, LEVELS, LENGTH = 128, 256, 2_000
SCALE = (60, 62, 64, 65, 67)  # C D E F G, from C4, whose period is 15.3 samples
CHORD, HEARD = (60, 64, 67, 72), tuple(range(57, 76))


# ---------------------------------------------------------------- notes


def waves(pitches, instruments=INSTRUMENTS):
    """Every pitch on every instrument, with the phases of that instrument: (I, P, 2,000), the loudest sample 1."""
    alike = torch.Generator()
    notes = [[note(p, i, alike.manual_seed(0), peak=1.0) for p in pitches] for i in instruments]
    return torch.stack([torch.stack(row) for row in notes])


def some_notes(bank, count, generator):
    """Levels (B, 2,001) of notes drawn at random, which instrument (B,) and which place in the scale (B,)."""
    instrument = torch.randint(len(bank), (count,), generator=generator)
    pitch = torch.randint(bank.shape[1], (count,), generator=generator)
    loudness = 0.5 + 0.45 * torch.rand(count, 1, generator=generator)
    levels = mu_law_encode(loudness * bank[instrument, pitch])
    return F.pad(levels, (1, 0), value=SILENCE), instrument, pitch


def pieces(bank, count, steps, generator, known=0.0):
    """Pieces of notes: levels (B, T + 1), label (B,), pitch (B, T, P), whether each prediction counts (B, T).

    Three in ten are beginnings. In the others what comes before is missing, so their first samples do not count.
    known: how often the label is told, and, apart from that, the pitch; otherwise -1, and zeros.
    """
    levels, instrument, pitch = some_notes(bank, count, generator)
    begin = torch.randint(LENGTH - steps + 1, (count,), generator=generator)
    begin = torch.where(torch.rand(count, generator=generator) < 0.3, 0, begin)
    cut = torch.stack([row[at : at + steps + 1] for row, at in zip(levels, begin, strict=True)])
    told = torch.rand(2, count, generator=generator) < known
    label = torch.where(told[0], instrument, -1)
    local = torch.eye(bank.shape[1])[pitch] * told[1][:, None]
    counts = (begin[:, None] == 0) | (torch.arange(steps) >= steps // 3)
    return cut, label, local[:, None].expand(-1, steps, -1), counts


def spoilt(levels, most, generator):
    """Levels off by a few: normally distributed, for each piece with another spread, from 0 to `most`."""
    spread = most * torch.rand(len(levels), 1, generator=generator)
    return (levels + (spread * torch.randn(levels.shape, generator=generator)).round().long()).clamp(0, LEVELS - 1)


# ---------------------------------------------------------------- networks


def smooth(model, generator):
    """Levels that lie side by side get embeddings that do: waves over the 256 levels instead of 256 random vectors."""
    channels, places = model.embedding.embedding_dim, torch.linspace(-1, 1, LEVELS)[:, None]
    frequency, phase = torch.randn(1, channels, generator=generator), torch.rand(1, channels, generator=generator)
    with torch.no_grad():
        model.embedding.weight.copy_(torch.sin(3 * frequency * places + 2 * math.pi * phase))
        for told in (model.backbone.from_label, model.backbone.from_local):
            if told is not None:
                told.weight.normal_(0, 0.6, generator=generator)
    return model


def network(seed, channels=16, layers=6, stacks=1):
    torch.manual_seed(seed)
    return smooth(WaveNet(channels, 2 * channels, layers, stacks), torch.Generator().manual_seed(seed))


def surprise(model, batch, inputs=None):
    """Nats a sample, over those that count."""
    levels, label, local, counts = batch
    inputs = levels[:, :-1] if inputs is None else inputs
    state = model.initial_state(len(levels))
    state = (state[0], label) if model.backbone.labels else state
    logits, _ = model(inputs, state, local=local if model.backbone.local_size else None)
    return F.cross_entropy(logits[counts], levels[:, 1:][counts])


def fit(model, bank, seed, steps, rate, batch=4, length=256, known=0.0, spoil=0.0):
    generator = torch.Generator().manual_seed(seed)
    batches = (pieces(bank, batch, length, generator, known) for _ in range(steps))

    def loss(model, batch):
        return surprise(model, batch, spoilt(batch[0][:, :-1], spoil, generator))

    history = train(model, batches, steps=steps, learning_rate=rate, loss=loss, schedule=warmup_cosine(steps, 20))
    row = {"seed": seed, "rate": rate, "parameters": count_parameters(model)}
    return row | {"receptive field": model.receptive_field, "seconds": round(history.seconds)}


def judged(model, bank, seed=10_000, count=48):
    """Nats a sample on whole new notes: of all samples, of the first four, and of those from the 500th."""
    levels, instrument, pitch = some_notes(bank, count, torch.Generator().manual_seed(seed))
    state = model.initial_state(count)
    local = None
    if model.backbone.labels:
        state, local = (state[0], instrument), torch.eye(bank.shape[1])[pitch][:, None].expand(-1, LENGTH, -1)
    with evaluating(model):
        logits, _ = model(levels[:, :-1], state, local=local)
        nats = F.cross_entropy(logits.flatten(0, 1), levels[:, 1:].flatten(), reduction="none").view(count, -1)
    return {"nats": nats.mean().item(), "first": nats[:, :4].mean().item(), "later": nats[:, 500:].mean().item()}


# ---------------------------------------------------------------- judges


def spectrum(wave, samples):
    """What sounds in the first samples of a wave: (…, 1,025), of length 1; roots, so that soft tones count."""
    heard = torch.fft.rfft(wave[..., :samples] * torch.hann_window(samples), n=2_048).abs().sqrt()
    return heard / heard.norm(dim=-1, keepdim=True).clamp(min=1e-9)


def recognised(wave, instruments=INSTRUMENTS, pitches=HEARD, samples=600, begin=0):
    """The instrument (its place) and the pitch whose spectrum is most like that of each wave: (B,), (B,).

    begin: where in a true note the samples to compare with begin.
    """
    known = spectrum(waves(pitches, instruments)[..., begin:], samples).flatten(0, 1)
    nearest = (spectrum(wave, samples) @ known.T).argmax(-1)
    return nearest // len(pitches), torch.tensor(pitches)[nearest % len(pitches)]


# ---------------------------------------------------------------- three instruments, told and not told

SIZES = {"channels": 24, "skip_channels": 48, "layers": 7, "labels": len(INSTRUMENTS), "local_size": len(SCALE)}
LESSONS = {"batch": 6, "length": 384, "known": 0.8, "spoil": 10.0, "rate": 0.015}
STEPS, PATIENT = 250, 900
COPIES = 4


def player(seed, steps):
    """A WaveNet of R = 128 that has heard three instruments, mostly told which, and which pitch; and its row."""
    torch.manual_seed(seed)
    model = smooth(WaveNet(**SIZES), torch.Generator().manual_seed(seed))
    row = fit(model, waves(SCALE), seed, steps, **LESSONS)
    return model, row | {"steps": steps} | judged(model, waves(SCALE))


def played(model, generator, label, temperature=0.8, samples=600):
    """Every instrument at every pitch, the label told or not; half of the notes are told the pitch: what is heard?"""
    count = COPIES * len(INSTRUMENTS) * len(SCALE)
    wanted, place = torch.arange(count) % len(INSTRUMENTS), torch.arange(count) // len(INSTRUMENTS) % len(SCALE)
    pitches, local = torch.tensor(SCALE)[place], torch.eye(len(SCALE))[place]
    local = torch.cat([local, 0 * local])[:, None].expand(-1, samples + 1, -1)
    prompt, asked = torch.full((2 * count, 1), SILENCE), wanted.repeat(2) if label else None
    levels = synthesise(model, samples, prompt=prompt, label=asked, local=local, temperature=temperature,
                        generator=generator)  # fmt: skip
    rows = []
    for told, notes in zip((True, False), mu_law_decode(levels).chunk(2), strict=True):
        instrument, found = recognised(notes)
        table = torch.zeros(len(INSTRUMENTS), len(INSTRUMENTS))
        table.index_put_((wanted, instrument), torch.ones(count), accumulate=True)
        right = {"instrument": instrument == wanted, "pitch": found == pitches}
        right = {name: share.float().mean().item() for name, share in right.items()}
        case = {"label told": label, "pitch told": told, "temperature": temperature, "notes": count}
        rows.append(case | right | {"table": table.int().tolist()})
    return rows


def ends(model, generator, samples=3_200, copies=4):
    """When notes are over, by instrument, in samples: the last that is louder than a tenth of the loudest."""
    count = copies * len(INSTRUMENTS) * len(SCALE)
    label, place = torch.arange(count) % len(INSTRUMENTS), torch.arange(count) // len(INSTRUMENTS) % len(SCALE)
    local = torch.eye(len(SCALE))[place][:, None].expand(-1, samples + 1, -1)
    levels = synthesise(model, samples, label=label, local=local, temperature=0.8, generator=generator)
    loud = mu_law_decode(levels).abs()
    loud = loud > 0.1 * loud.max(1, keepdim=True).values
    last = samples - 1 - loud.flip(1).int().argmax(1)
    return {name: sorted(last[label == i].tolist()) for i, name in enumerate(INSTRUMENTS)}


def judge():
    """How often the judge is right about true notes."""
    levels, instrument, place = some_notes(waves(SCALE), 300, torch.Generator().manual_seed(10_000))
    known, found = recognised(mu_law_decode(levels[:, 1:]))
    right = {"instrument": known == instrument, "pitch": found == torch.tensor(SCALE)[place]}
    return {"notes": 300} | {name: share.float().mean().item() for name, share in right.items()}


def patient():
    """One network with more patience, which the lesson plays: data/checkpoints/wavenet.safetensors."""
    model, row = player(0, PATIENT)
    enter(save_checkpoint(model, "wavenet", "wavenet", **SIZES))
    draws = torch.Generator().manual_seed(0)
    rows = [row for temperature in (1.0, 0.8, 0.6) for row in played(model, draws, True, temperature)]
    rows += played(model, draws, False)
    yield LESSONS | {"judge": judge()} | row | {"played": rows}
    yield LESSONS | {"judge": judge()} | row | {"played": rows, "ends": ends(model, draws)}


TUNE, TRIES = (60, 62, 64, 60, 60, 62, 64, 60, 64, 65, 67, 64, 65, 67), range(10)


def tries():
    """What the judge hears when the network of `patient` plays what the lesson plays, with ten seeds each."""
    model, rows = load_checkpoint("wavenet"), []
    for seed in progress(TRIES, label="tries"):
        row = {"seed": seed}
        for name, label, pitches, samples in (("C", [0, 1, 2], (60, 60, 60), 2_000), ("tune", [0] * 14, TUNE, 1_000)):
            local = torch.eye(len(SCALE))[[SCALE.index(pitch) for pitch in pitches]]
            levels = synthesise(model, samples, prompt=torch.full((len(pitches), 1), SILENCE),
                                label=torch.tensor(label), local=local[:, None].expand(-1, samples + 1, -1),
                                temperature=0.8, generator=torch.Generator().manual_seed(seed))  # fmt: skip
            heard, found = recognised(mu_law_decode(levels))
            row[name] = {"instruments": [INSTRUMENTS[i] for i in heard], "pitches": found.tolist()}
        rows.append(row)
        yield {"temperature": 0.8, "tune": TUNE, "seeds": rows}


def instruments():
    """Five networks; what they play, told the label and the pitch, one of them, or nothing."""
    rows = []
    for seed in progress(SEEDS, label="instruments"):
        model, row = player(seed, STEPS)
        draws = torch.Generator().manual_seed(seed)
        rows.append(row | {"played": played(model, draws, True) + played(model, draws, False)})
        yield LESSONS | {"scale": SCALE, "networks": rows}


# ---------------------------------------------------------------- how far back, to hold a note

SPREADS = ((1, 6), (2, 3), (3, 2), (6, 1))  # layers to a stack, stacks: always six layers
SHORT, LONG = {"steps": 220, "rate": 0.02}, {"steps": 900, "rate": 0.02}
COMPARED = 160  # steps of gate
WINDOWS = (0, 200, 400, 600)


def holds(model, seed, prompt=300, window=400, count=40):
    """A reed is heard for 75 ms and the network goes on: of so many notes, how many are still that of the four?

    {"holds": the share in each of WINDOWS, "by note": the share in the last of them, for each note of CHORD}
    """
    bank, draws = waves(CHORD, ["reed"]), torch.Generator().manual_seed(seed)
    place = torch.arange(count) % len(CHORD)
    loudness = 0.5 + 0.45 * torch.rand(count, 1, generator=draws)
    heard = mu_law_encode(loudness * bank[0, place])[:, :prompt]
    wave = mu_law_decode(synthesise(model, WINDOWS[-1] + window, prompt=heard, generator=draws))
    found = [recognised(wave[:, at : at + window], ["reed"], CHORD, window, 200)[1] for at in WINDOWS]
    right = torch.stack([pitch == torch.tensor(CHORD)[place] for pitch in found]).float()
    return {"holds": right.mean(1).tolist(), "by note": right[-1].view(-1, len(CHORD)).mean(0).tolist()}


def holding(seed, layers, stacks, lessons):
    """A network that has heard a reed, its past spoilt a little: how well it predicts, and holds a note."""
    reed, model = waves(CHORD, ["reed"]), network(seed, layers=layers, stacks=stacks)
    row = fit(model, reed, seed, **lessons, spoil=2.0)
    return row | judged(model, reed) | holds(model, seed)


def field():
    """The same six layers, dilated in four ways; each hears a reed and has to hold its note."""
    rows = []
    for seed in progress(SEEDS, label="field"):
        rows += [holding(seed, *spread, SHORT) for spread in SPREADS]
        yield SHORT | {"windows begin": WINDOWS, "networks": rows}


def longer():
    """Three of the four fields with the same lessons, four times as long: 15 and 64 on five seeds, 7 on three."""
    rows = []
    for spread, seeds in ((SPREADS[2], SEEDS), (SPREADS[3], SEEDS), (SPREADS[0], SEEDS[:3])):
        for seed in progress(seeds, label=f"longer {spread}"):
            rows.append(holding(seed, *spread, LONG))
            yield LONG | {"windows begin": WINDOWS, "networks": rows}


# ---------------------------------------------------------------- the gate, and what it is compared with


class PlainLayer(GatedLayer):
    """A layer without a gate: relu of one convolution, and from there on as its model."""

    def __init__(self, channels, skip_channels, kernel_size, dilation, last):
        super().__init__(channels, skip_channels, kernel_size, dilation, last)
        self.convolution = type(self.convolution)(channels, channels, kernel_size, dilation)

    def forward(self, x, past, condition=None, lengths=None):
        z, past = self.convolution.slide(x, past, lengths)
        onward = self.onward(z.relu())
        residual, skip = onward[:, : self.residual_channels], onward[:, self.residual_channels :]
        return x + residual if self.residual_channels else x, skip, past


def plain(seed, channels=20, layers=6, stacks=1):
    """The network of `field` with R = 64, without gates, and with more channels, so that it has as many weights."""
    torch.manual_seed(seed)
    model = WaveNet(channels, 32, layers, stacks)
    dilations = [dilation for _, dilation in model.backbone.convolutions]
    model.backbone.layers = nn.ModuleList(
        PlainLayer(channels, 32, 2, dilation, last=i + 1 == len(dilations)) for i, dilation in enumerate(dilations)
    )
    return smooth(model, torch.Generator().manual_seed(seed))


def tuned(build, bank):
    """The best of the three rates, by new notes, on a seed that is not reported; and what each of them reached."""
    scores = {}
    for rate in RATES:
        model = build(TUNED_ON)
        fit(model, bank, TUNED_ON, COMPARED, rate)
        scores[rate] = judged(model, bank, seed=20_000)["nats"]
    return min(scores, key=scores.get), scores


def compared(builds, bank):
    """Each build at its own best rate over five seeds."""
    rates = {name: tuned(build, bank) for name, build in progress(builds.items(), label="tuning")}
    rows = {name: [] for name in builds}
    for seed in progress(SEEDS, label="comparing"):
        for name, build in builds.items():
            model = build(seed)
            row = fit(model, bank, seed, COMPARED, rates[name][0])
            rows[name].append(row | judged(model, bank))
        yield {"tuned on seed": TUNED_ON, "tuning": rates, "steps": COMPARED, "networks": rows}


def gate():
    """Gated layers against plain ones, equally many weights: nats a sample on new notes of the reed."""
    yield from compared({"gated": network, "plain": plain}, waves(CHORD, ["reed"]))


# ---------------------------------------------------------------- its own mistakes


def own_mistakes():
    """The network of `field` with R = 64 once more, taught on a past that is spoilt a little."""
    reed, rows = waves(CHORD, ["reed"]), []
    for seed in progress(SEEDS, label="own mistakes"):
        for spoil in (0.0, 10.0):
            model = network(seed)
            row = fit(model, reed, seed, **SHORT, spoil=spoil)
            rows.append({"spoilt": spoil} | row | judged(model, reed) | holds(model, seed))
        yield SHORT | {"networks": rows}


def main():
    torch.set_num_threads(1)
    parts = (patient, tries, field, longer, own_mistakes, gate, instruments)
    measure_parts("05_2", "wavenet", parts, __doc__)


if __name__ == "__main__":
    main()
