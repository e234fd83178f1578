"""Small models of the reference implementation, all their numbers drawn, in folders that it wrote itself."""

import importlib.util
import json
import os

import torch
from safetensors.torch import load_file, save_file

from conftest import need

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
