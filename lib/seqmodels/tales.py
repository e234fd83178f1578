"""The tales of Saltmere as every language model of the course meets them: how they are read, and how it is judged.

The protocol: a tale is read character by character after START, from a fresh state. A model learns from
saltmere().train; its row of the ledger is its `score` on the seven tales held out.
"""

import math

import torch

from seqmodels.datasets import saltmere
from seqmodels.decoding import read_prompt, take_rows
from seqmodels.metrics import evaluate, read
from seqmodels.runtime import evaluating

VOCABULARY = saltmere().vocabulary
START = int(VOCABULARY.encode("\n"))  # read before each tale
LONGEST_WORD = 20


def encoded(texts) -> list:
    """Texts as token ids: a list of int64 tensors (T,). ValueError names a character that no tale holds."""
    return [VOCABULARY.encode(text) for text in texts]


def one_text(tales, start=START):
    """Tales as token ids (T,), one behind the other, each after START: one text (N,)."""
    return torch.cat([torch.cat([torch.tensor([start]), tale]) for tale in tales])


def after_start(text, model):
    """START and the text as a prompt (1, 1 + T), on the model's device."""
    tokens = torch.cat([torch.tensor([START]), VOCABULARY.encode(text)])[None]
    return tokens.to(_device(model))


def score(model, recall=True) -> dict:
    """How well does the model predict tales that it has not read, and what does it keep? Numbers for the ledger.

    model: a causal language model over the 64 characters, or a table with `initial_state` and `step`. Returns
    bits: bits per character on the held-out tales; bits_by_position: the same for stretches of a tale, "edges" (n+1)
    and "bits" (n), each stretch twice as long as the one before; and unless recall is False, recall: the share of the
    recall_places that it fills (see `fill`). A model that gives probability 0 to what comes has infinite bits.
    Held by tests/unit/test_tales.py.
    """
    check_model(model)
    found = evaluate(model, encoded(saltmere().held_out), start=START)
    result = {"bits": found.bits_per_symbol, "bits_by_position": _by_position(found)}
    if recall:
        places = _places()
        filled = [word == place.word for place, word in zip(places, _fill_all(model, places), strict=True)]
        result |= {"recall": sum(filled) / len(places), "recall_places": len(places)}
    return result


def fill(model, before) -> str:
    """The word that the model puts after START and the text `before`.

    Always the likeliest character (of equals, the first in the alphabet) as long as it is a letter; 20 at most.
    """
    check_model(model)
    with evaluating(model):
        return _finish(model, *read_prompt(model, after_start(before, model)))


def guesses(model, text, begin=0, length=None) -> dict:
    """The model as a player of Shannon's guessing game: how it fares at text[begin : begin + length].

    It reads START and the text. Returns ranks: at which guess it would have been right at each character, were it to
    name all from the likeliest down (of equals the first in the alphabet first); bits: -log2 of the probability that it
    gave to it. Plain lists. length None: up to the end. Held by tests/unit/test_tales.py.
    """
    end = len(text) if length is None else begin + length
    if not 0 <= begin < end <= len(text):
        raise ValueError(f"begin, length: expected characters of the text, which has {len(text)}, got {begin} to {end}")
    check_model(model)
    tokens = after_start(text[:end], model)
    with evaluating(model):
        logits, _ = read(model, tokens[:, :-1], model.initial_state(1))
    log_probs, came = logits[0, begin:].double().log_softmax(-1).cpu(), tokens[0, 1 + begin :, None].cpu()  # (L, V)
    mine = log_probs.gather(-1, came)  # (L, 1)
    before = (log_probs > mine) | ((log_probs == mine) & (torch.arange(len(VOCABULARY)) < came))
    return {"ranks": (before.sum(-1) + 1).tolist(), "bits": (-mine[:, 0] / math.log(2)).tolist()}


def check_model(model):
    """ValueError unless the model predicts the 64 characters of the tales."""
    with evaluating(model):
        logits, _ = read_prompt(model, after_start("", model))
    if logits.shape[-1] != len(VOCABULARY):
        raise ValueError(f"model: expected one that predicts the {len(VOCABULARY)} characters of the tales, "
                         f"got one of {logits.shape[-1]} symbols")  # fmt: skip


def _places():
    tales = saltmere()
    return [place for place in tales.recall if tales.tales[place.tale].split == "heldout"]


def _fill_all(model, places):
    """The model's word for each place. The tales are read once, side by side; from a place on a copy of the state."""
    numbers = sorted({place.tale for place in places})
    prompts = [after_start(saltmere().tales[number].text, model)[0] for number in numbers]
    tokens = torch.nn.utils.rnn.pad_sequence(prompts, batch_first=True)  # (B, T); what stands beyond is never used
    words, state, read = {}, None, 0
    with evaluating(model):
        for offset in sorted({place.offset for place in places}):
            logits, state = read_prompt(model, tokens[:, read : offset + 1], state)  # (B, V)
            read = offset + 1
            for place in places:
                if place.offset == offset:
                    row = [numbers.index(place.tale)]
                    words[place] = _finish(model, logits[row], take_rows(state, row))
    return [words[place] for place in places]


def _finish(model, logits, state):
    """The word from here on: logits (1, V)."""
    word = ""
    while len(word) < LONGEST_WORD:
        token = logits.argmax(-1)  # (1,)
        character = VOCABULARY.decode(token)
        if not character.isalpha():
            break
        word += character
        logits, state = model.step(token, state)
    return word


def _by_position(found):
    """Mean bits in stretches that double: places 0-7, 8-15, 16-31, … up to the end of the longest tale."""
    length = len(found.count_by_position)
    edges = [0] + [2**i for i in range(3, 64) if 2**i < length] + [length]
    total, count = found.bits_by_position * found.count_by_position, found.count_by_position
    stretches = [slice(a, b) for a, b in zip(edges, edges[1:], strict=False)]
    return {"edges": edges, "bits": [(total[here].sum() / count[here].sum()).item() for here in stretches]}


def _device(model):
    return next((p.device for p in model.parameters()), None) if isinstance(model, torch.nn.Module) else None
