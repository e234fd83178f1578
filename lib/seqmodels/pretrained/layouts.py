"""From the names and shapes that GPT-2, BERT and T5 were published with to the settings and names of our classes.

Each function reads a folder and returns (settings, tensors): what to build the class with, and its numbers by the names
of its state. A `Linear` keeps its matrix as (out, in); GPT-2's layers, written as convolutions, as (in, out).
Held by tests/unit/test_gpt_pretrained.py, test_bert.py and test_t5.py to the reference implementation.
"""

from functools import partial

import torch

from seqmodels.pretrained.folder import WEIGHTS, PublishedFolder

T5_IDS = {"pad_token_id": 0, "decoder_start_token_id": 0, "eos_token_id": 1}
T5_LOOKS = {"attention": ("attention_norm", "SelfAttention"), "cross_attention": ("cross_norm", "EncDecAttention")}


def gpt2(folder):
    """GPT-2: one matrix for queries, keys and values; `attn.bias`, the causal triangle, is no weight."""
    source = PublishedFolder(folder, "gpt2", "transformer.")
    source.only(scale_attn_weights=True, scale_attn_by_inverse_layer_idx=False, reorder_and_upcast_attn=False,
                add_cross_attention=False)  # fmt: skip
    width, vocab_size, length = source.size("n_embd"), source.size("vocab_size"), source.size("n_positions")
    d_ff = source.size("n_inner", 4 * width)
    settings = {"vocab_size": vocab_size, "d_model": width, "n_heads": source.size("n_head"),
                "n_layers": source.size("n_layer"), "max_length": length, "d_ff": d_ff,
                "activation": source.activation("activation_function", "gelu_new"),
                "norm_epsilon": source.epsilon("layer_norm_epsilon", 1e-5),
                "tied": source.flag("tie_word_embeddings", True)}  # fmt: skip
    names = ["wte.weight", *(["lm_head.weight"] if settings["tied"] else [])]
    tensors = {"embedding.weight": source.take_any(names, vocab_size, width),
               "backbone.positions.table.weight": source.take("wpe.weight", length, width)}  # fmt: skip
    if not settings["tied"]:
        tensors["head.weight"] = source.take("lm_head.weight", vocab_size, width)
    norm, linear = partial(_norm, source, tensors, width), partial(_linear, source, tensors, transposed=True)
    norm("norm", "ln_f")
    for i in range(settings["n_layers"]):
        ours, theirs = f"backbone.blocks.{i}", f"h.{i}"
        norm(f"{ours}.attention_norm", f"{theirs}.ln_1")
        norm(f"{ours}.feed_forward_norm", f"{theirs}.ln_2")
        fused = {part: source.take(f"{theirs}.attn.c_attn.{part}", *shape)
                 for part, shape in (("weight", (width, 3 * width)), ("bias", (3 * width,)))}  # fmt: skip
        for part, tensor in fused.items():
            for name, third in zip(("query", "key", "value"), tensor.chunk(3, -1), strict=True):
                tensors[f"{ours}.attention.to_{name}.{part}"] = third.t().clone(memory_format=torch.contiguous_format)
        linear(f"{ours}.attention.to_output", f"{theirs}.attn.c_proj", width, width)
        linear(f"{ours}.feed_forward.widen", f"{theirs}.mlp.c_fc", width, d_ff)
        linear(f"{ours}.feed_forward.narrow", f"{theirs}.mlp.c_proj", d_ff, width)
    source.finish(r"h\.\d+\.attn\.(bias|masked_bias)")
    return settings, tensors


def bert(folder):
    """BERT with its head for masked tokens. Left out: the pooler and the head that tells whether a sentence follows."""
    source = PublishedFolder(folder, "bert", "bert.")
    source.only(position_embedding_type="absolute", is_decoder=False, add_cross_attention=False)
    width, vocab_size = source.size("hidden_size"), source.size("vocab_size")
    length, segments = source.size("max_position_embeddings"), source.size("type_vocab_size", 2)
    d_ff = source.size("intermediate_size")
    settings = {"vocab_size": vocab_size, "d_model": width, "n_heads": source.size("num_attention_heads"),
                "n_layers": source.size("num_hidden_layers"), "max_length": length, "d_ff": d_ff, "segments": segments,
                "activation": source.activation("hidden_act", "gelu"),
                "norm_epsilon": source.epsilon("layer_norm_eps", 1e-12),
                "tied": source.flag("tie_word_embeddings", True)}  # fmt: skip
    table, matrix = "embeddings.word_embeddings.weight", "cls.predictions.decoder.weight"
    biases = ["cls.predictions.bias", "cls.predictions.decoder.bias"]
    if not settings["tied"] and biases[1] in source.tensors:
        source.tensors.pop(biases[0], None)  # a head of its own has a bias of its own; the other is not used
    tensors = {
        "embedding.weight": source.take_any([table, matrix] if settings["tied"] else [table], vocab_size, width),
        "positions.table.weight": source.take("embeddings.position_embeddings.weight", length, width),
        "segment_embedding.weight": source.take("embeddings.token_type_embeddings.weight", segments, width),
        "head.bias": source.take_any(biases, vocab_size),
    }
    if not settings["tied"]:
        tensors["head.weight"] = source.take(matrix, vocab_size, width)
    norm, linear = partial(_norm, source, tensors, width), partial(_linear, source, tensors)
    norm("embedding_norm", "embeddings.LayerNorm")
    linear("transform", "cls.predictions.transform.dense", width, width)
    norm("transform_norm", "cls.predictions.transform.LayerNorm")
    for i in range(settings["n_layers"]):
        ours, theirs = f"encoder.blocks.{i}", f"encoder.layer.{i}"
        for name in ("query", "key", "value"):
            linear(f"{ours}.attention.to_{name}", f"{theirs}.attention.self.{name}", width, width)
        linear(f"{ours}.attention.to_output", f"{theirs}.attention.output.dense", width, width)
        norm(f"{ours}.attention_norm", f"{theirs}.attention.output.LayerNorm")
        linear(f"{ours}.feed_forward.widen", f"{theirs}.intermediate.dense", width, d_ff)
        linear(f"{ours}.feed_forward.narrow", f"{theirs}.output.dense", d_ff, width)
        norm(f"{ours}.feed_forward_norm", f"{theirs}.output.LayerNorm")
    source.finish(r"pooler\.dense\.(weight|bias)", r"cls\.seq_relationship\.(weight|bias)",
                  r"embeddings\.(position_ids|token_type_ids)")  # fmt: skip
    return settings, tensors


def t5(folder):
    """T5, and T5 1.1 with its gate and a head of its own, which is not scaled."""
    source = PublishedFolder(folder, "t5")
    source.only(is_encoder_decoder=True, **T5_IDS)
    width, vocab_size, d_ff = source.size("d_model"), source.size("vocab_size"), source.size("d_ff")
    heads, head_size, layers = source.size("num_heads"), source.size("d_kv"), source.size("num_layers")
    buckets = source.size("relative_attention_num_buckets", 32)
    settings = {"vocab_size": vocab_size, "d_model": width, "n_heads": heads, "n_layers": layers, "d_ff": d_ff,
                "head_size": head_size, "decoder_layers": source.size("num_decoder_layers", layers),
                "activation": _t5_activation(source), "buckets": buckets,
                "max_distance": source.size("relative_attention_max_distance", 128),
                "norm_epsilon": source.epsilon("layer_norm_epsilon", 1e-6)}  # fmt: skip
    tables = ["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"]
    tensors = {"embedding.weight": source.take_any(tables, vocab_size, width)}
    settings |= _t5_head(source, tensors, vocab_size, width)
    norm = partial(_norm, source, tensors, width, bias=False)
    linear = partial(_linear, source, tensors, bias=False)
    gated = settings["activation"].startswith("gated_")
    for half, count in (("encoder", layers), ("decoder", settings["decoder_layers"])):
        norm(f"{half}.norm", f"{half}.final_layer_norm")
        tensors[f"{half}.blocks.0.attention.positions.table.weight"] = source.take(
            f"{half}.block.0.layer.0.SelfAttention.relative_attention_bias.weight", buckets, heads
        )
        for i in range(count):
            ours, theirs = f"{half}.blocks.{i}", f"{half}.block.{i}.layer"
            looks = list(T5_LOOKS.items())[: 1 if half == "encoder" else 2]
            for place, (look, (norm_name, name)) in enumerate(looks):
                norm(f"{ours}.{norm_name}", f"{theirs}.{place}.layer_norm")
                for part in ("query", "key", "value"):
                    linear(f"{ours}.{look}.to_{part}", f"{theirs}.{place}.{name}.{part[0]}", width, heads * head_size)
                linear(f"{ours}.{look}.to_output", f"{theirs}.{place}.{name}.o", heads * head_size, width)
            norm(f"{ours}.feed_forward_norm", f"{theirs}.{len(looks)}.layer_norm")
            network = f"{theirs}.{len(looks)}.DenseReluDense"
            if gated:
                linear(f"{ours}.feed_forward.gate", f"{network}.wi_0", width, d_ff)
            linear(f"{ours}.feed_forward.widen", f"{network}.{'wi_1' if gated else 'wi'}", width, d_ff)
            linear(f"{ours}.feed_forward.narrow", f"{network}.wo", d_ff, width)
    source.finish(r"decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight")
    return settings, tensors


def _t5_activation(source):
    """feed_forward_proj: an activation, or gated-activation; gated-gelu has always meant the approximated one."""
    kind, _, name = source.setting("feed_forward_proj", "relu").rpartition("-")
    if kind not in ("", "gated"):
        source.refuse(f"config.json: feed_forward_proj: expected an activation, or gated-activation, got {kind}-{name}")
    if (kind, name) == ("gated", "gelu"):
        return "gated_gelu_tanh"
    return f"{kind}_" * bool(kind) + source.activation_named(name, "feed_forward_proj")


def _t5_head(source, tensors, vocab_size, width):
    """Is the head the table of the words, and is what it reads scaled? In T5 both, in T5 1.1 neither.

    Files of before 2026 say both by tie_word_embeddings. Newer ones have scale_decoder_outputs, call every head tied,
    and mean by that: the table, where the file holds no other head.
    """
    tied = source.flag("tie_word_embeddings", True)
    newer = source.config.get("scale_decoder_outputs") is not None
    scaled = source.flag("scale_decoder_outputs", tied)
    if "lm_head.weight" not in source.tensors and (tied or newer):
        return {"tied": True, "scaled": scaled}
    head = source.take("lm_head.weight", vocab_size, width)
    if head.equal(tensors["embedding.weight"]):
        return {"tied": True, "scaled": scaled}
    if tied and scaled:
        source.refuse(f"{WEIGHTS}: lm_head.weight and shared.weight should be one tensor, and differ")
    tensors["head.weight"] = head
    return {"tied": False, "scaled": scaled}


def _norm(source, tensors, width, ours, theirs, bias=True):
    for part in ("weight", "bias")[: 1 + bias]:
        tensors[f"{ours}.{part}"] = source.take(f"{theirs}.{part}", width)


def _linear(source, tensors, ours, theirs, inputs, outputs, bias=True, transposed=False):
    shape = (inputs, outputs) if transposed else (outputs, inputs)
    weight = source.take(f"{theirs}.weight", *shape)
    tensors[f"{ours}.weight"] = weight.t().contiguous() if transposed else weight
    if bias:
        tensors[f"{ours}.bias"] = source.take(f"{theirs}.bias", outputs)
