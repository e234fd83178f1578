"""A folder in the published layout: what stands in it is asked for by name, and what nobody asked for is named."""

import json
import re
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from seqmodels.checks import check_numbers

CONFIG, WEIGHTS = "config.json", "model.safetensors"
OLD_ENDINGS = {".gamma": ".weight", ".beta": ".bias"}  # of norms, before 2020
ACTIVATIONS = {"relu": "relu", "gelu": "gelu", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh",
               "silu": "silu", "swish": "silu"}  # fmt: skip
REQUIRED = object()


class PublishedFolder:
    """config.json and model.safetensors of one model.

    model_type: what config.json must say the model is. prefix: stands before the tensors' names in some files and not
    in others; here names have none, and the endings of today. ValueError in words for everything that is not as it
    should be. Held by tests/unit/test_pretrained.py.
    """

    def __init__(self, folder, model_type: str, prefix: str = ""):
        self.folder = Path(folder)
        self._check_files()
        self.config = self._read_config()
        if self.config.get("model_type") != model_type:
            self.refuse(f"{CONFIG} is that of model_type {self.config.get('model_type')!r}, expected {model_type!r}")
        self.tensors = self._read_tensors(prefix)

    def refuse(self, what):
        raise ValueError(f"folder: {self.folder}: {what}")

    # ---------------------------------------------------------------- settings

    def setting(self, name, default=REQUIRED):
        """A setting of config.json; the default where it is absent or null."""
        value = self.config.get(name)
        if value is None and default is REQUIRED:
            self.refuse(f"{CONFIG} does not say {name}")
        return default if value is None else value

    def size(self, name, default=REQUIRED):
        value = self.setting(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self.refuse(f"{CONFIG}: {name}: expected a whole number, 1 or more, got {value!r}")
        return value

    def epsilon(self, name, default):
        value = self.setting(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
            self.refuse(f"{CONFIG}: {name}: expected a number between 0 and 1, got {value!r}")
        return float(value)

    def activation(self, name, default):
        """Our name of the activation that a setting names."""
        return self.activation_named(self.setting(name, default), name)

    def activation_named(self, value, name):
        if value not in ACTIVATIONS:
            self.refuse(f"{CONFIG}: {name}: expected one of {', '.join(ACTIVATIONS)}, got {value!r}")
        return ACTIVATIONS[value]

    def flag(self, name, default):
        value = self.setting(name, default)
        if not isinstance(value, bool):
            self.refuse(f"{CONFIG}: {name}: expected true or false, got {value!r}")
        return value

    def only(self, **settings):
        """Refuse a model with other settings than these, which our class cannot follow; absent means that they hold."""
        for name, value in settings.items():
            if self.setting(name, value) != value:
                self.refuse(f"{CONFIG}: {name} is {self.config[name]!r}; this class knows only {value!r}")

    # ---------------------------------------------------------------- tensors

    def take(self, name, *shape):
        """The tensor of this name and shape, in float32, as a copy; each can be taken once."""
        if name not in self.tensors:
            self.refuse(f"{WEIGHTS} lacks the tensor {name} {shape}")
        tensor = self.tensors.pop(name)
        if tuple(tensor.shape) != shape:
            self.refuse(f"{WEIGHTS}: {name}: expected shape {shape}, got {tuple(tensor.shape)}")
        if not tensor.is_floating_point():
            self.refuse(f"{WEIGHTS}: {name}: expected floating-point numbers, got {tensor.dtype}")
        check_numbers(tensor, f"folder: {self.folder}: {WEIGHTS}: {name}")
        return tensor.to(torch.float32, copy=True)

    def take_any(self, names, *shape):
        """The tensor that stands here under one of these names, or under several, alike."""
        here = [name for name in names if name in self.tensors]
        tensor, first = self.take(here[0] if here else names[0], *shape), here[:1]
        for name in here[1:]:
            if not torch.equal(self.take(name, *shape), tensor):
                self.refuse(f"{WEIGHTS}: {name} and {first[0]} should be one tensor, and differ")
        return tensor

    def finish(self, *ignored):
        """All that is left must be something to ignore: regular expressions for whole names."""
        left = [name for name in self.tensors if not any(re.fullmatch(pattern, name) for pattern in ignored)]
        if left:
            more = f" and {len(left) - 3} more" if len(left) > 3 else ""
            self.refuse(f"{WEIGHTS} holds {', '.join(sorted(left)[:3])}{more}, for which this class has no place")

    # ---------------------------------------------------------------- reading

    def _check_files(self):
        if not self.folder.is_dir():
            raise ValueError(f"folder: expected a folder with {CONFIG} and {WEIGHTS}, got {str(self.folder)!r}")
        there = {path.name for path in self.folder.iterdir()}
        if CONFIG not in there:
            self.refuse(f"there is no {CONFIG}")
        if WEIGHTS not in there and f"{WEIGHTS}.index.json" in there:
            self.refuse(f"the weights are split over several files; this course reads one, {WEIGHTS}")
        if WEIGHTS not in there and any(name.endswith((".bin", ".pt", ".pth", ".ckpt")) for name in there):
            self.refuse(f"there is no {WEIGHTS}, only a pickle such as pytorch_model.bin, which can run any program "
                        "when it is read; take the same model as safetensors")  # fmt: skip
        if WEIGHTS not in there:
            self.refuse(f"there is no {WEIGHTS}")

    def _read_config(self):
        try:
            config = json.loads((self.folder / CONFIG).read_text(encoding="utf-8"))
        except ValueError as error:  # not UTF-8, or not JSON
            self.refuse(f"{CONFIG} cannot be read: {error}")
        if not isinstance(config, dict):
            self.refuse(f"{CONFIG}: expected an object with settings, got {type(config).__name__}")
        return config

    def _read_tensors(self, prefix):
        try:
            found = load_file(self.folder / WEIGHTS)
        except SafetensorError as error:
            self.refuse(f"{WEIGHTS} is damaged or no safetensors file: {error}")
        tensors = {}
        for name, tensor in found.items():
            plain = name.removeprefix(prefix)
            for old, new in OLD_ENDINGS.items():
                plain = plain.removesuffix(old) + new if plain.endswith(old) else plain
            if plain in tensors:
                self.refuse(f"{WEIGHTS} holds {plain} twice, once as {name}")
            tensors[plain] = tensor
        return tensors


def filled(build, tensors):
    """The model that `build()` makes, with these tensors, by the names of its state, for its numbers; in eval mode.

    A tensor that the model uses in several places is given once, under its first name.
    """
    with torch.device("meta"):  # draws no numbers only to throw them away
        model = build()
    first = {}
    places = {name: first.setdefault(id(value), name) for name, value in model.state_dict(keep_vars=True).items()}
    if set(tensors) != set(first.values()):
        raise ValueError(f"tensors: expected those of the model; differ: {sorted(set(tensors) ^ set(first.values()))}")
    model.load_state_dict({name: tensors[source] for name, source in places.items()}, assign=True)
    for name, source in places.items():
        owner, _, leaf = name.rpartition(".")
        setattr(model.get_submodule(owner), leaf, model.get_parameter(source))  # one tensor in two places again
    return model.eval()
