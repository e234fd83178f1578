"""From a model that predicts one token to whole texts: sampling and search.

Works with everything that has `initial_state(batch_size)` and `step(token (B,), state) -> (logits (B, V), state)`:
language models, and tables of counts that are no nn.Module. Tokens are int64; B batch, P prompt, V vocabulary, K beams.
"""

import torch

from seqmodels.language_model import check_tokens
from seqmodels.layer import map_state
from seqmodels.runtime import evaluating


def generate(model, prompt, length, temperature=1.0, top_k=None, top_p=None, *, generator=None, state=None):
    """Read the prompt, then `length` times draw a token and feed it back. (B, P) -> (B, P + length).

    temperature: below 1 bolder, above 1 wilder, 0 always the most probable token; top_k: draw only from the k most
    probable; top_p: only from the fewest tokens that together have probability p (the "nucleus"). The random numbers
    come from `generator`. state: what the model already knows (None: nothing).
    """
    _check_length(length)
    with evaluating(model):
        logits, state = read_prompt(model, prompt, state)
        tokens = [prompt]
        for i in range(length):
            token = draw(logits, temperature, top_k, top_p, generator)  # (B,)
            tokens.append(token[:, None])
            if i + 1 < length:
                logits, state = model.step(token, state)
        return torch.cat(tokens, 1)


def draw(logits, temperature=1.0, top_k=None, top_p=None, generator=None):
    """One token for each row of logits (B, V): (B,)."""
    probabilities = sampling_probabilities(logits, temperature, top_k, top_p)
    if temperature == 0:
        return probabilities.argmax(-1)
    return torch.multinomial(probabilities, 1, generator=generator).squeeze(-1)


def sampling_probabilities(logits, temperature=1.0, top_k=None, top_p=None):
    """The distribution (B, V) that `generate` draws from: softmax(logits / temperature), cut by top_k, then by top_p.

    Of equal logits the lower token id comes first. Source of top_p: Holtzman et al., "The curious case of neural text
    degeneration" (2020). Held by tests/unit/test_decoding.py to distributions worked out by hand.
    """
    _check_sampling(logits, temperature, top_k, top_p)
    ordered, order = logits.sort(dim=-1, descending=True, stable=True)  # (B, V), best first
    if temperature == 0:
        top_k, temperature = 1, 1.0
    if top_k is not None:
        ordered[:, top_k:] = -torch.inf
    probabilities = torch.softmax((ordered - ordered[:, :1]) / temperature, -1)
    if top_p is not None:
        mass_before = probabilities.cumsum(-1) - probabilities
        probabilities = probabilities.masked_fill(mass_before >= top_p, 0)
        probabilities = probabilities / probabilities.sum(-1, keepdim=True)
    return torch.zeros_like(probabilities).scatter(-1, order, probabilities)


def beam_search(model, prompt, length, beam_size=4, *, end=None, length_penalty=0.0, state=None):
    """The most probable continuations that can be found by keeping the best `beam_size` at every step.

    prompt (B, P). Returns tokens (B, K, P + length) and their log-probabilities (B, K) in nats, best first. After the
    token `end` a continuation is finished: it repeats `end` at no cost. length_penalty a ranks the result by
    log-probability / (tokens up to the first `end`)^a; 0 ranks by log-probability. Where there are fewer continuations
    than beams, the rest have log-probability -inf. A beam of 1 is greedy; a beam that holds everything is exact.
    Held by tests/unit/test_decoding.py to enumeration.
    """
    _check_length(length)
    if beam_size < 1:
        raise ValueError(f"beam_size: expected 1 or more, got {beam_size}")
    with evaluating(model):
        logits, state = read_prompt(model, prompt, state)
        batch, vocab_size = logits.shape
        if end is not None and not 0 <= end < vocab_size:
            raise ValueError(f"end: expected a token from 0 to {vocab_size - 1}, got {end}")
        first_row = torch.arange(batch, device=prompt.device)[:, None] * beam_size  # (B, 1) row of a batch's first beam
        rows = torch.arange(batch, device=prompt.device).repeat_interleave(beam_size)  # (B·K,)
        state = map_state(lambda leaf: leaf[rows], state)
        log_probs = logits[rows].log_softmax(-1).view(batch, beam_size, vocab_size)
        scores = torch.full((batch, beam_size), -torch.inf, dtype=logits.dtype, device=logits.device)
        scores[:, 0] = 0  # all beams are still the same prompt: one of them counts
        tokens = prompt[rows].view(batch, beam_size, -1)
        for i in range(length):
            if end is not None and i > 0:
                stay = torch.full_like(log_probs[0, 0], -torch.inf)
                stay[end] = 0
                log_probs = torch.where((tokens[..., -1] == end)[..., None], stay, log_probs)
            scores, best = (scores[..., None] + log_probs).flatten(1).topk(beam_size)  # (B, K) among K·V
            beam, token = best // vocab_size, best % vocab_size
            tokens = torch.cat([tokens.gather(1, beam[..., None].expand_as(tokens)), token[..., None]], -1)
            if i + 1 < length:
                rows = (first_row + beam).flatten()
                state = map_state(lambda leaf, rows=rows: leaf[rows], state)
                logits, state = model.step(token.flatten(), state)
                log_probs = logits.log_softmax(-1).view(batch, beam_size, vocab_size)
        return _ranked(tokens, scores, tokens.shape[-1] - length, end, length_penalty)


def _ranked(tokens, scores, prompt_length, end, length_penalty):
    written = tokens[..., prompt_length:]
    counted = torch.ones_like(written, dtype=scores.dtype)
    if end is not None:
        finished = (written == end).long()
        counted = (finished.cumsum(-1) - finished == 0).to(scores.dtype)  # up to the first `end`, which counts
    order = (scores / counted.sum(-1) ** length_penalty).sort(dim=-1, descending=True, stable=True).indices
    return tokens.gather(1, order[..., None].expand_as(tokens)), scores.gather(1, order)


def read_prompt(model, prompt, state=None):
    """Logits (B, V) after the last token of the prompt (B, P), and the state; by forward if there is one."""
    check_tokens(prompt, ("B", "P"), "prompt")
    if state is None:
        state = model.initial_state(prompt.shape[0])
    if isinstance(model, torch.nn.Module):
        logits, state = model(prompt, state)
        return logits[:, -1], state
    for token in prompt.unbind(1):
        logits, state = model.step(token, state)
    return logits, state


def _check_length(length):
    if not isinstance(length, int) or length < 1:
        raise ValueError(f"length: expected a whole number of tokens, 1 or more, got {length!r}")


def _check_sampling(logits, temperature, top_k, top_p):
    if not temperature >= 0:
        raise ValueError(f"temperature: expected 0 (greedy) or more, got {temperature}")
    if top_k is not None and not 1 <= top_k <= logits.shape[-1]:
        raise ValueError(f"top_k: expected 1 to {logits.shape[-1]}, the size of the vocabulary, got {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p: expected more than 0 and at most 1, got {top_p}")
    if logits.isnan().any() or (logits.amax(-1) == -torch.inf).any():
        raise ValueError("logits: the model gave NaN, or probability 0 to every token; nothing can be drawn")
