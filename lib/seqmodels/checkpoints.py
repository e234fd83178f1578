"""Trained models that lessons load instead of training them: weights as safetensors under data/checkpoints.

A file says in its metadata what kind of model it holds and with which sizes; `KINDS` knows how to build each kind.
Everything in a file was trained by `python -m tools.ledger` or a script of tools/effects, which anybody can run again.
"""

import json

import torch
from safetensors.torch import load, save_file

from seqmodels.datasets import DATA, frozen
from seqmodels.gpt import GPT
from seqmodels.gru import GRU
from seqmodels.hmm import HMM, Categorical
from seqmodels.jamba import Jamba
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Stacked
from seqmodels.linear_recurrence import recurrence_model
from seqmodels.linear_transformer import LinearTransformer
from seqmodels.lstm import LSTM
from seqmodels.mamba import Mamba
from seqmodels.mamba2 import Mamba2
from seqmodels.recurrent import ElmanRNN
from seqmodels.s4 import s4d_model
from seqmodels.seq2seq import Seq2Seq
from seqmodels.t5 import T5
from seqmodels.tcn import TCN
from seqmodels.transformer import Transformer
from seqmodels.wavenet import WaveNet
from seqmodels.window import Window

CELLS = {"elman": ElmanRNN, "lstm": LSTM, "gru": GRU}


def window_model(vocab_size, embedding_size, hidden_size, length):
    """The neural language model of 2003: an embedding, a window of `length` symbols, a hidden layer."""
    return LanguageModel(vocab_size, embedding_size, Window(embedding_size, hidden_size, length))


def recurrent_model(vocab_size, embedding_size, hidden_size, cell="lstm", layers=1, dropout=0.0, **settings):
    """An embedding, one or more layers of "elman", "lstm" or "gru" with their settings, and dropout before the head."""
    sizes = [embedding_size] + [hidden_size] * layers
    built = [CELLS[cell](below, above, **settings) for below, above in zip(sizes, sizes[1:], strict=False)]
    backbone = built[0] if layers == 1 else Stacked(built)
    return LanguageModel(vocab_size, embedding_size, backbone, norm=torch.nn.Dropout(dropout))


def convolutional_model(vocab_size, embedding_size, channels, kernel_size, dropout=0.0):
    """An embedding, a `TCN` whose blocks have these channels, and dropout before the head."""
    backbone = TCN(embedding_size, channels, kernel_size)
    return LanguageModel(vocab_size, embedding_size, backbone, norm=torch.nn.Dropout(dropout))


KINDS = {"window": window_model, "recurrent": recurrent_model, "seq2seq": Seq2Seq, "tcn": convolutional_model,
         "gpt": GPT, "linear_attention": LinearTransformer, "wavenet": WaveNet, "transformer": Transformer,
         "t5": T5, "s4d": s4d_model, "mamba": Mamba, "mamba2": Mamba2,
         "jamba": Jamba, "linear_recurrence": recurrence_model}  # fmt: skip


def save_checkpoint(model, name, kind, **sizes):
    """Write data/checkpoints/<name>.safetensors: weights (in float32 for a module), kind and sizes. -> the path."""
    path = DATA / "checkpoints" / f"{name}.safetensors"
    path.parent.mkdir(exist_ok=True)
    save_file(_tensors(model), path, {"kind": kind, "sizes": json.dumps(sizes)})
    return path


def load_checkpoint(name):
    """The trained model data/checkpoints/<name>.safetensors, ready to predict.

    The file's sha256 is checked, nothing in it is executed. Raises ValueError where it is not the course's own file.
    Held by tests/unit/test_checkpoints.py.
    """
    file = f"checkpoints/{name}.safetensors"
    content = frozen(file)
    tensors, about = load(content), _metadata(content)
    if about["kind"] == "hmm":
        initial, transition, probs = (tensors[key].numpy() for key in ("initial", "transition", "probs"))
        return HMM(initial, transition, Categorical(probs))
    if about["kind"] not in KINDS:
        raise ValueError(f"{file} holds a model of kind {about['kind']!r}; expected one of hmm, {', '.join(KINDS)}")
    model = KINDS[about["kind"]](**json.loads(about["sizes"]))
    model.load_state_dict({name: tensors[first] for name, first in _shared(model).items()})
    return model.eval()


def _metadata(content):
    """A safetensors file begins with the length of its header, 8 bytes, and the header, JSON."""
    return json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]


def _tensors(model):
    if isinstance(model, HMM):
        arrays = {"initial": model.initial, "transition": model.transition, "probs": model.emission.probs}
        return {key: torch.from_numpy(array.copy()) for key, array in arrays.items()}
    state = model.state_dict()
    return {key: state[key].detach().cpu().float().contiguous() for key in dict.fromkeys(_shared(model).values())}


def _shared(model):
    """Each name in the model's state -> the first name of the same tensor: a table in two places is written once."""
    first = {}
    return {name: first.setdefault(id(value), name) for name, value in model.state_dict(keep_vars=True).items()}
