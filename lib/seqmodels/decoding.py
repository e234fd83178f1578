"""From a model that predicts one token to whole texts: sampling and search.

Works with everything that has `initial_state(batch_size)` and `step(token (B,), state) -> (logits (B, V), state)`:
language models, and tables of counts that are no nn.Module. Tokens are int64; B batch, P prompt, V vocabulary, K beams.
"""

import math

import torch

from seqmodels.checks import check_tokens
from seqmodels.layer import map_state
from seqmodels.runtime import evaluating


def generate(model, prompt, length, temperature=1.0, top_k=None, top_p=None, *, repetition_penalty=1.0,
             generator=None, state=None):  # fmt: skip
    """Read the prompt, then `length` times draw a token and feed it back. (B, P) -> (B, P + length).

    temperature: below 1 bolder, above 1 wilder, 0 always the most probable token; top_k: draw only from the k most
    probable; top_p: only from the fewest tokens that together have probability p (the "nucleus"); repetition_penalty:
    above 1, what stands in the prompt or was written since becomes less probable (see `sampling_probabilities`). The
    random numbers come from `generator`. state: what the model already knows (None: nothing).
    """
    _check_length(length)
    _check_penalty(repetition_penalty)
    with evaluating(model):
        logits, state = read_prompt(model, prompt, state)
        tokens, seen = [prompt], None if repetition_penalty == 1 else tokens_seen(prompt, logits.shape[-1])
        for i in range(length):
            token = draw(logits, temperature, top_k, top_p, generator, repetition_penalty=repetition_penalty, seen=seen)
            tokens.append(token[:, None])  # (B, 1)
            if seen is not None:
                seen.scatter_(1, token[:, None], True)
            if i + 1 < length:
                logits, state = model.step(token, state)
        return torch.cat(tokens, 1)


def draw(logits, temperature=1.0, top_k=None, top_p=None, generator=None, *, repetition_penalty=1.0, seen=None):
    """One token for each row of logits (B, V): (B,)."""
    probabilities = sampling_probabilities(
        logits, temperature, top_k, top_p, repetition_penalty=repetition_penalty, seen=seen
    )
    if temperature == 0:
        return probabilities.argmax(-1)
    return torch.multinomial(probabilities, 1, generator=generator).squeeze(-1)


def sampling_probabilities(logits, temperature=1.0, top_k=None, top_p=None, *, repetition_penalty=1.0, seen=None):
    """The distribution (B, V) that `generate` draws from: softmax(logits / temperature), cut by top_k, then by top_p.

    Before all that comes repetition_penalty r, 1 or more: the logits of the tokens in seen (B, V), True for those that
    stand there already (see `tokens_seen`), are divided by r where they are positive and multiplied by r where they are
    negative, so that both become less probable. Keskar et al. (2019) divide; to divide a negative logit would make its
    token more probable. It hangs on where 0 lies: who adds a constant to all logits changes what the penalty does.
    Of equal logits the lower token id comes first. Source of top_p: Holtzman et al., "The curious case of neural text
    degeneration" (2020). Held by tests/unit/test_decoding.py to distributions worked out by hand.
    """
    _check_sampling(logits, temperature, top_k, top_p)
    _check_penalty(repetition_penalty)
    if repetition_penalty != 1:
        logits = _penalised(logits, repetition_penalty, seen)
    ordered, order = logits.sort(dim=-1, descending=True, stable=True)  # (B, V), best first
    if temperature == 0:
        top_k, temperature = 1, 1.0
    if top_k is not None:
        ordered[:, top_k:] = -torch.inf
    probabilities = torch.softmax((ordered - ordered[:, :1]) / temperature, -1)
    if top_p is not None and top_p < 1:
        mass_before = probabilities.cumsum(-1) - probabilities
        probabilities = probabilities.masked_fill(mass_before >= top_p, 0)
        probabilities = probabilities / probabilities.sum(-1, keepdim=True)
    return torch.zeros_like(probabilities).scatter(-1, order, probabilities)


def tokens_seen(tokens, vocab_size):
    """Which tokens stand in each row of tokens (B, T)? (B, V), True for those that do."""
    seen = torch.zeros(len(tokens), vocab_size, dtype=torch.bool, device=tokens.device)
    return seen.scatter_(1, tokens, True)


def _penalised(logits, penalty, seen):
    if not isinstance(seen, torch.Tensor) or seen.dtype != torch.bool or seen.shape != logits.shape:
        came = f"{seen.dtype} {tuple(seen.shape)}" if isinstance(seen, torch.Tensor) else type(seen).__name__
        raise ValueError(f"seen: a repetition_penalty needs to know which tokens stand there already, expected a bool "
                         f"tensor {tuple(logits.shape)} like logits, got {came}; see tokens_seen")  # fmt: skip
    return torch.where(seen, torch.where(logits > 0, logits / penalty, logits * penalty), logits)


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
        prompts = torch.arange(batch, device=prompt.device)
        rows = prompts.repeat_interleave(beam_size)  # (B·K,): K copies of every prompt, and of all that is known of it
        tokens, logits, state = prompt[rows].view(batch, beam_size, -1), logits[rows], take_rows(state, rows)
        scores = logits.new_full((batch, beam_size), -torch.inf)
        scores[:, 0] = 0  # the K copies are still the same: one of them counts
        for i in range(length):
            log_probs = logits.log_softmax(-1).view(batch, beam_size, vocab_size)
            if end is not None and i > 0:
                log_probs = _stay_at(end, log_probs, tokens[..., -1])
            scores, best = (scores[..., None] + log_probs).flatten(1).topk(beam_size)  # (B, K) of K·V
            beam, token = best // vocab_size, best % vocab_size
            tokens = torch.cat([_take(tokens, beam), token[..., None]], -1)  # (B, K, P + i + 1)
            if i + 1 < length:
                rows = (prompts[:, None] * beam_size + beam).flatten()  # the beams that live on, some of them twice
                logits, state = model.step(token.flatten(), take_rows(state, rows))
        return _ranked(tokens, scores, prompt.shape[1], end, length_penalty)


def take_rows(state, rows):
    """The state with these rows of the batch, in this order."""
    return map_state(lambda leaf: leaf[rows], state)


def _take(tokens, beam):
    """Of tokens (B, K, T), the beams (B, K)."""
    return tokens.gather(1, beam[..., None].expand_as(tokens))


def _stay_at(end, log_probs, last):
    """Where the last token (B, K) is `end`, only `end` can follow, with probability 1."""
    stay = torch.full_like(log_probs[0, 0], -torch.inf)
    stay[end] = 0
    return torch.where((last == end)[..., None], stay, log_probs)


def _ranked(tokens, scores, prompt_length, end, length_penalty):
    """Beams and their log-probabilities, best first; see `beam_search`."""
    counted = torch.ones_like(tokens[..., prompt_length:])
    if end is not None:
        finished = (tokens[..., prompt_length:] == end).long()
        counted = finished.cumsum(-1) - finished == 0  # up to the first `end`, which counts
    order = (scores / counted.sum(-1) ** length_penalty).sort(dim=-1, descending=True, stable=True).indices
    return _take(tokens, order), scores.gather(1, order)


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


def _check_penalty(penalty):
    if isinstance(penalty, bool) or not isinstance(penalty, int | float) or not 1 <= penalty < math.inf:
        raise ValueError(f"repetition_penalty: expected a number, 1 (no penalty) or more, got {penalty!r}")


def _check_sampling(logits, temperature, top_k, top_p):
    if not temperature >= 0:
        raise ValueError(f"temperature: expected 0 (greedy) or more, got {temperature}")
    if top_k is not None and not 1 <= top_k <= logits.shape[-1]:
        raise ValueError(f"top_k: expected 1 to {logits.shape[-1]}, the size of the vocabulary, got {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p: expected more than 0 and at most 1, got {top_p}")
    if logits.isnan().any() or (logits.amax(-1) == -torch.inf).any():
        raise ValueError("logits: the model gave NaN, or probability 0 to every token; nothing can be drawn")
