"""From the names and shapes that Mamba was published with to the settings and names of our class.

Held by tests/unit/test_mamba_pretrained.py to the reference implementation.
"""

import math

from seqmodels.pretrained.folder import PublishedFolder

MIXER = {"select.weight": "x_proj.weight", "delta_weight": "dt_proj.weight", "delta_bias": "dt_proj.bias",
         "A_log": "A_log", "D": "D", "convolution.bias": "conv1d.bias"}  # fmt: skip


def mamba(folder):
    """(settings, tensors) of a folder such as mamba-130m-hf: what to build the class with, and its numbers."""
    source = PublishedFolder(folder, "mamba", "backbone.")
    width, vocab_size = source.size("hidden_size"), source.size("vocab_size")
    expand, rank = source.size("expand", 2), source.setting("time_step_rank", "auto")
    rank = math.ceil(width / 16) if rank == "auto" else source.size("time_step_rank")
    settings = {"vocab_size": vocab_size, "d_model": width, "n_layers": source.size("num_hidden_layers"),
                "state_size": source.size("state_size", 16), "expand": expand, "rank": rank,
                "kernel_size": source.size("conv_kernel", 4), "bias": source.flag("use_bias", False),
                "conv_bias": source.flag("use_conv_bias", True), "tied": source.flag("tie_word_embeddings", True),
                "norm_epsilon": source.epsilon("layer_norm_epsilon", 1e-5)}  # fmt: skip
    inner = expand * width
    source.only(intermediate_size=inner, hidden_act="silu")
    tables = ["embeddings.weight", "embedding.weight", *(["lm_head.weight"] if settings["tied"] else [])]
    tensors = {"embedding.weight": source.take_any(tables, vocab_size, width),
               "norm.weight": source.take("norm_f.weight", width)}  # fmt: skip
    if not settings["tied"]:
        tensors["head.weight"] = source.take("lm_head.weight", vocab_size, width)
    for i in range(settings["n_layers"]):
        ours, theirs = f"backbone.layers.{i}", f"layers.{i}"
        tensors[f"{ours}.norm.weight"] = source.take(f"{theirs}.norm.weight", width)
        mixer = mamba_mixer(source, f"{theirs}.mixer", width, inner, settings)
        tensors |= {f"{ours}.mixer.{name}": tensor for name, tensor in mixer.items()}
    source.finish()
    return settings, tensors


def mamba_mixer(source, theirs, width, inner, settings):
    """The numbers of one `MambaBlock` by its own names, from the tensors whose names begin with `theirs`.

    settings: state_size, rank, kernel_size, bias and conv_bias as of `MambaBlock`. Jamba's blocks lie in files alike.
    """
    state_size, rank, taps = settings["state_size"], settings["rank"], settings["kernel_size"]
    shapes = {"select.weight": (rank + 2 * state_size, inner), "delta_weight": (inner, rank), "delta_bias": (inner,),
              "A_log": (inner, state_size), "D": (inner,)}  # fmt: skip
    shapes |= {"convolution.bias": (inner,)} if settings["conv_bias"] else {}
    tensors = {name: source.take(f"{theirs}.{MIXER[name]}", *shape) for name, shape in shapes.items()}
    tensors["convolution.weight"] = source.take(f"{theirs}.conv1d.weight", inner, 1, taps)[:, 0].contiguous()
    for name, matrix, shape in (("widen", "in_proj", (2 * inner, width)), ("narrow", "out_proj", (width, inner))):
        tensors[f"{name}.weight"] = source.take(f"{theirs}.{matrix}.weight", *shape)
        if settings["bias"]:
            tensors[f"{name}.bias"] = source.take(f"{theirs}.{matrix}.bias", shape[0])
    return tensors
