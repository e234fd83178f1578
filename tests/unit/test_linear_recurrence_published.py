"""The gated delta rule, the mLSTM and the RG-LRU against the reference library's own recurrences, number for number."""

import torch
from torch.nn import functional as F

from seqmodels.linear_recurrence import MLSTM, RGLRU, DeltaNet
from unit.published_reference import reference

B, T, H, K, V = 2, 128, 2, 4, 6


def noise(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def pieces(layer, *parts):
    """What the layer reads in chunks from given parts: (B, H, T, V), and the state after them."""
    return layer._pieces(layer.initial_state(B), parts, None)


def same(found, expected, tolerance=1e-5):
    assert found.shape == expected.shape and expected.abs().max() > 0.1
    torch.testing.assert_close(found, expected, rtol=0, atol=tolerance * max(1.0, expected.abs().max().item()))


@torch.no_grad()
def test_gated_delta_rule():
    chunked, stepped = reference("qwen3_next", "torch_chunk_gated_delta_rule", "torch_recurrent_gated_delta_rule")
    query, key, value = (noise(B, H, T, size, seed=s) for s, size in enumerate((K, K, V)))
    query, key = F.normalize(query, dim=-1), F.normalize(key, dim=-1)
    log_decay, strength = -noise(B, H, T, seed=3).abs(), noise(B, H, T, seed=4).sigmoid()
    layer = DeltaNet(8, H, gate=True, key_size=K, value_size=V, chunk=32)
    found, (S,) = pieces(layer, query / K**0.5, key, value, log_decay[..., None], strength[..., None])
    for theirs in (chunked, stepped):
        time_first = [part.transpose(1, 2) for part in (query, key, value, log_decay, strength)]
        expected, state = theirs(*time_first[:3], g=time_first[3], beta=time_first[4], output_final_state=True)
        same(found, expected.transpose(1, 2))
        same(S, state)


@torch.no_grad()
def test_mlstm():
    chunked, stepped = reference("xlstm", "mlstm_chunkwise_native_autograd", "mlstm_recurrent_sequence_native")
    query, key, value = (noise(B, H, T, size, seed=s) for s, size in enumerate((K, K, V)))
    query, key = query.abs(), key.abs()  # n·q without cancellation, so that float32 has digits to compare
    forget, log_input = 2 + 3 * noise(B, H, T, seed=3), 4 * noise(B, H, T, seed=4)
    layer = MLSTM(8, H, key_size=K, value_size=V, chunk=32)
    parts = query / K**0.5, key, value, F.logsigmoid(forget)[..., None], log_input[..., None]
    found, (memory, m) = pieces(layer, *parts)
    expected, (C, n, their_m) = stepped(query, key, value, log_input, forget, return_last_states=True, eps=0.0)
    same(found, expected)
    same(memory, torch.cat([C, n[..., None]], -1))
    same(m, their_m.reshape(m.shape))
    same(found, chunked(query, key, value, log_input, forget, eps=0.0, chunk_size=64))


@torch.no_grad()
def test_rglru():
    Config, Theirs = reference("recurrent_gemma", "RecurrentGemmaConfig", "RecurrentGemmaRglru")
    theirs = Theirs(Config(lru_width=8, hidden_size=8, num_attention_heads=1))
    for seed, parameter in enumerate(theirs.parameters()):
        parameter.copy_(noise(*parameter.shape, seed=seed))
    layer = RGLRU(8)
    layer.rate.copy_(-theirs.recurrent_param)  # softplus(theirs) is -log σ(ours)
    for ours, name in ((layer.to_input, "input_gate"), (layer.to_recurrence, "recurrent_gate")):
        ours.weight.copy_(getattr(theirs, f"{name}_weight")[0].t())
        ours.bias.copy_(getattr(theirs, f"{name}_bias")[0])
    x = noise(B, T, 8, seed=9)
    later = torch.arange(1, T + 1).expand(B, T)  # position 0 would be a new document, whose first input is not scaled
    same(layer(x)[0], theirs(x, later))
