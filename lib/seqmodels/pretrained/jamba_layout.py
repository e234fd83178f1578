"""From the names and shapes of published Jamba models to ours; as `seqmodels.pretrained.layouts`.

Held by tests/unit/test_jamba_pretrained.py to the reference implementation.
"""

import math

import torch

from seqmodels.pretrained.folder import CONFIG, PublishedFolder
from seqmodels.pretrained.mamba_layout import mamba_mixer

INNER_NORMS = {"delta": "dt_layernorm", "B": "b_layernorm", "C": "c_layernorm"}
NETWORK = {"gate": "gate_proj", "widen": "up_proj", "narrow": "down_proj"}


def jamba(folder):
    """(settings, tensors): every so many layers attention, every so many experts, which lie one by one in the file."""
    source = PublishedFolder(folder, "jamba", "model.")
    source.only(hidden_act="silu")
    width, vocab_size, layers = (source.size(name) for name in ("hidden_size", "vocab_size", "num_hidden_layers"))
    heads, d_ff, experts = source.size("num_attention_heads"), source.size("intermediate_size"), _experts(source)
    rank = source.setting("mamba_dt_rank", "auto")
    block = {"state_size": source.size("mamba_d_state", 16), "expand": source.size("mamba_expand", 2),
             "kernel_size": source.size("mamba_d_conv", 4), "conv_bias": source.flag("mamba_conv_bias", True),
             "rank": math.ceil(width / 16) if rank == "auto" else source.size("mamba_dt_rank"),
             "bias": source.flag("mamba_proj_bias", False)}  # fmt: skip
    settings = {"vocab_size": vocab_size, "d_model": width, "n_heads": heads, "n_layers": layers, "d_ff": d_ff,
                "n_kv_heads": source.size("num_key_value_heads", heads),
                "norm_epsilon": source.epsilon("rms_norm_eps", 1e-6),
                "attention_at": _every(source, "attn_layer", 8, 4, layers),
                "experts_at": _every(source, "expert_layer", 2, 1, layers) if experts > 1 else (),
                "n_experts": experts, "top_k": source.size("num_experts_per_tok", 2),
                "tied": source.flag("tie_word_embeddings", False), **block}  # fmt: skip
    return settings, _tensors(source, settings, block)


def _experts(source):
    experts, top_k = source.size("num_experts", 16), source.size("num_experts_per_tok", 2)
    if 1 < experts < top_k:
        source.refuse(f"{CONFIG}: num_experts_per_tok: expected at most num_experts {experts}, got {top_k}")
    return experts


def _every(source, name, period, offset, layers):
    """The layers i for which i mod period is the offset."""
    period, offset = source.size(f"{name}_period", period), source.setting(f"{name}_offset", offset)
    if isinstance(offset, bool) or not isinstance(offset, int) or not 0 <= offset < period:
        source.refuse(f"{CONFIG}: {name}_offset: expected a whole number below {name}_period {period}, got {offset!r}")
    return tuple(range(offset, layers, period))


def _tensors(source, settings, block):
    vocab_size, width, inner = settings["vocab_size"], settings["d_model"], settings["expand"] * settings["d_model"]
    tables = ["embed_tokens.weight", *(["lm_head.weight"] if settings["tied"] else [])]
    tensors = {"embedding.weight": source.take_any(tables, vocab_size, width),
               "norm.weight": source.take("final_layernorm.weight", width)}  # fmt: skip
    if not settings["tied"]:
        tensors["head.weight"] = source.take("lm_head.weight", vocab_size, width)
    for i in range(settings["n_layers"]):
        theirs = f"layers.{i}"
        found = {"norm.weight": source.take(f"{theirs}.input_layernorm.weight", width),
                 "network_norm.weight": source.take(f"{theirs}.pre_ff_layernorm.weight", width)}  # fmt: skip
        if i in settings["attention_at"]:
            mixer = _attention(source, f"{theirs}.self_attn", settings)
        else:
            mixer = mamba_mixer(source, f"{theirs}.mamba", width, inner, block)
            sizes = {"delta": block["rank"], "B": block["state_size"], "C": block["state_size"]}
            mixer |= {f"norms.{name}.weight": source.take(f"{theirs}.mamba.{norm}.weight", sizes[name])
                      for name, norm in INNER_NORMS.items()}  # fmt: skip
        network = (_mixture if i in settings["experts_at"] else _network)(source, f"{theirs}.feed_forward", settings)
        found |= {f"mixer.{name}": tensor for name, tensor in mixer.items()}
        found |= {f"network.{name}": tensor for name, tensor in network.items()}
        tensors |= {f"backbone.layers.{i}.{name}": tensor for name, tensor in found.items()}
    source.finish()
    return tensors


def _attention(source, theirs, settings):
    width, heads = settings["d_model"], settings["n_heads"]
    if width % heads:
        source.refuse(f"{CONFIG}: num_attention_heads: expected a divisor of hidden_size {width}, got {heads}")
    answering = width // heads * settings["n_kv_heads"]
    rows = {"query": width, "key": answering, "value": answering, "output": width}
    return {f"to_{name}.weight": source.take(f"{theirs}.{name[0]}_proj.weight", size, width)
            for name, size in rows.items()}  # fmt: skip


def _network(source, theirs, settings):
    width, d_ff = settings["d_model"], settings["d_ff"]
    shapes = {"gate": (d_ff, width), "widen": (d_ff, width), "narrow": (width, d_ff)}
    return {f"{ours}.weight": source.take(f"{theirs}.{name}.weight", *shapes[ours]) for ours, name in NETWORK.items()}


def _mixture(source, theirs, settings):
    experts = [_network(source, f"{theirs}.experts.{e}", settings) for e in range(settings["n_experts"])]
    tensors = {ours: torch.stack([expert[f"{ours}.weight"] for expert in experts]) for ours in NETWORK}
    router = source.take(f"{theirs}.router.weight", settings["n_experts"], settings["d_model"])
    return tensors | {"to_router.weight": router}
