"""Small models of the reference implementation, all their numbers drawn, in folders that it wrote itself."""

import importlib.util
import json
import os

import torch
from safetensors.torch import load_file, save_file

from conftest import need
from seqmodels.decoding import generate

TOLERANCE = 1e-5


def reference(module, *names):
    """Classes of the reference implementation, which must not look for a network: `reference("gpt2", "GPT2Config")`."""
    need(importlib.util.find_spec("transformers"), "transformers is not installed (it is in requirements-test.txt)")
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    logging = importlib.import_module("transformers.utils.logging")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    config, model = (importlib.import_module(f"transformers.models.{module}.{kind}_{module}")
                     for kind in ("configuration", "modeling"))  # fmt: skip
    return [getattr(config if name.endswith("Config") else model, name) for name in names]


def written(model, folder, seed=0):
    """The model, every number drawn (zeros and ones would hide mistakes), saved as the reference saves it."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            is_norm = parameter.dim() == 1 and name.endswith("weight")
            parameter.normal_(1.0 if is_norm else 0.0, 0.25, generator=generator)
    model.eval().save_pretrained(folder)
    return model


def rewritten(folder, tensors=None, **settings):
    """Change a folder: tensors(dict) -> dict, and settings of config.json (None takes one away)."""
    if tensors is not None:
        changed = tensors(load_file(folder / "model.safetensors"))
        save_file({name: value.contiguous() for name, value in changed.items()}, folder / "model.safetensors")
    path = folder / "config.json"
    config = json.loads(path.read_text()) | settings
    path.write_text(json.dumps({name: value for name, value in config.items() if value is not None}))


def same(found, expected, what):
    assert found.shape == expected.shape, f"{what}: shapes {tuple(found.shape)} and {tuple(expected.shape)}"
    distance = (found - expected).abs().max().item()
    assert expected.abs().max() > 0.1 and distance <= TOLERANCE, f"{what}: differ by {distance:.3g}"


def random_tokens(vocab_size, *shape, low=0, seed=1):
    return torch.randint(low, vocab_size, shape, generator=torch.Generator().manual_seed(seed))


def our_steps(ours, tokens, first=6):
    """Logits of ours, the first tokens at once and the others one by one: (B, T, V)."""
    half, state = ours(tokens[:, :first])
    steps = [half]
    for token in tokens[:, first:].unbind(1):
        logits, state = ours.step(token, state)
        steps.append(logits[:, None])
    return torch.cat(steps, 1)


def their_steps(theirs, tokens, first=6):
    """The same of theirs, with its own cache."""
    found = theirs(tokens[:, :first], use_cache=True)
    steps = [found.logits]
    for token in tokens[:, first:].split(1, 1):
        found = theirs(token, cache=found.cache, use_cache=True)
        steps.append(found.logits)
    return torch.cat(steps, 1)


def writes_the_same(ours, theirs, vocab_size, new=16):
    prompt = random_tokens(vocab_size, 2, 4)
    expected = theirs.generate(prompt, max_new_tokens=new, do_sample=False, attention_mask=torch.ones_like(prompt))
    assert generate(ours, prompt, new, temperature=0).tolist() == expected.tolist()


def ready_and_whole(ours, theirs, folder, vocab_size):
    """What was read can be used and trained, has as many numbers as theirs, and takes dropout when asked."""
    kind = type(ours)
    assert not ours.training
    assert all(p.device.type == "cpu" and p.dtype == torch.float32 and p.requires_grad for p in ours.parameters())
    assert (ours.head.weight is ours.embedding.weight) == theirs.config.tie_word_embeddings
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in theirs.parameters())
    loose = kind.from_pretrained(folder, dropout=0.5).train()
    tokens = random_tokens(vocab_size, 1, 5)
    assert not torch.equal(loose(tokens)[0], loose(tokens)[0])
