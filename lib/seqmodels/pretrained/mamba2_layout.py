"""From the names and shapes of published Mamba-2 models to ours; as `seqmodels.pretrained.layouts`.

Held by tests/unit/test_mamba2_pretrained.py to the reference implementation.
"""

import math

from seqmodels.pretrained.folder import CONFIG, PublishedFolder


def mamba2(folder):
    """Mamba-2: (settings, tensors). One matrix for all that a block makes of its input, in the order z, x, B, C, Δ."""
    source = PublishedFolder(folder, "mamba2", "backbone.")
    source.only(hidden_act="silu", time_step_limit=_any_step(source))
    width, vocab_size, layers = (source.size(name) for name in ("hidden_size", "vocab_size", "num_hidden_layers"))
    heads, head_size, groups = source.size("num_heads"), source.size("head_dim"), source.size("n_groups", 8)
    states, taps = source.size("state_size", 128), source.size("conv_kernel", 4)
    expand, bias = source.size("expand", 2), source.flag("use_bias", False)
    conv_bias = source.flag("use_conv_bias", True)
    if heads * head_size != expand * width:
        source.refuse(f"{CONFIG}: num_heads · head_dim is {heads} · {head_size}, expand · hidden_size "
                      f"{expand} · {width}; they should be the same")  # fmt: skip
    settings = {"vocab_size": vocab_size, "d_model": width, "n_layers": layers, "state_size": states, "expand": expand,
                "head_size": head_size, "n_groups": groups, "kernel_size": taps, "bias": bias,
                "conv_bias": conv_bias, "norm_epsilon": source.epsilon("layer_norm_epsilon", 1e-5),
                "tied": source.flag("tie_word_embeddings", False)}  # fmt: skip
    tables = ["embeddings.weight", "embedding.weight", *(["lm_head.weight"] if settings["tied"] else [])]
    tensors = {"embedding.weight": source.take_any(tables, vocab_size, width)}
    if not settings["tied"]:
        tensors["head.weight"] = source.take("lm_head.weight", vocab_size, width)
    tensors["norm.weight"] = source.take("norm_f.weight", width)
    inner, mixed = expand * width, expand * width + 2 * groups * states
    shapes = {"widen.weight": ("in_proj.weight", inner + mixed + heads, width),
              "convolution.weight": ("conv1d.weight", mixed, 1, taps), "delta_bias": ("dt_bias", heads),
              "A_log": ("A_log", heads), "D": ("D", heads), "norm.weight": ("norm.weight", inner),
              "narrow.weight": ("out_proj.weight", width, inner)}  # fmt: skip
    if bias:
        shapes["widen.bias"] = ("in_proj.bias", inner + mixed + heads)
        shapes["narrow.bias"] = ("out_proj.bias", width)
    if conv_bias:
        shapes["convolution.bias"] = ("conv1d.bias", mixed)
    for i in range(layers):
        tensors[f"backbone.layers.{i}.norm.weight"] = source.take(f"layers.{i}.norm.weight", width)
        for ours, (theirs, *shape) in shapes.items():
            tensor = source.take(f"layers.{i}.mixer.{theirs}", *shape)
            tensors[f"backbone.layers.{i}.mixer.{ours}"] = tensor[:, 0] if theirs == "conv1d.weight" else tensor
    source.finish()
    return settings, tensors


def _any_step(source):
    """The limits of Δ that are none: from 0 to infinity, however the file writes infinity."""
    limit = source.config.get("time_step_limit")
    endless = (math.inf, "inf", "Infinity", {"__float__": "Infinity"})
    none = isinstance(limit, list) and len(limit) == 2 and limit[0] == 0 and limit[1] in endless
    return limit if none else [0.0, math.inf]
