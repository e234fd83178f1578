"""What a model writes, with what it thought at every character: for a viewer that shows several models side by side."""

import torch

from seqmodels.decoding import draw, read_prompt
from seqmodels.runtime import evaluating
from seqmodels.tales import VOCABULARY, after_start, check_model


def continuation(model, prompt_text, length, *, temperature=1.0, seed=0, top=5) -> dict:
    """Let the model read START and the prompt, then write `length` characters. Plain text and numbers, fit for JSON.

    model: any with `initial_state` and `step` over the 64 characters of the tales. temperature: 0 for always the
    likeliest, see `decoding.generate`, which writes the same with the same seed. Returns prompt, temperature, seed;
    text: what was written, without the prompt; probabilities: for each of its characters how probable the model held
    it, before the temperature changed that; top: for each the up to `top` most probable characters, [[character,
    probability], …], the likeliest first, without those held impossible.
    Held by tests/unit/test_continuation.py.
    """
    if not isinstance(length, int) or length < 1:
        raise ValueError(f"length: expected a whole number of characters, 1 or more, got {length!r}")
    if not isinstance(top, int) or not 1 <= top <= len(VOCABULARY):
        raise ValueError(f"top: expected a whole number from 1 to {len(VOCABULARY)}, got {top!r}")
    check_model(model)
    prompt = after_start(prompt_text, model)
    generator = torch.Generator(prompt.device).manual_seed(seed)
    tokens, probabilities, tops = [], [], []
    with evaluating(model):
        logits, state = read_prompt(model, prompt)  # (1, V)
        while len(tokens) < length:
            token = draw(logits, temperature, generator=generator)  # (1,)
            p = logits[0].double().softmax(-1)  # (V,)
            tokens.append(int(token))
            probabilities.append(p[token].item())
            tops.append(_likeliest(p, top))
            if len(tokens) < length:
                logits, state = model.step(token, state)
    return {
        "prompt": prompt_text,
        "temperature": temperature,
        "seed": seed,
        "text": VOCABULARY.decode(tokens),
        "probabilities": probabilities,
        "top": tops,
    }


def _likeliest(p, top):
    values, ids = p.sort(descending=True, stable=True)
    pairs = zip(values[:top].tolist(), ids[:top].tolist(), strict=True)
    return [[VOCABULARY.characters[i], value] for value, i in pairs if value > 0]
