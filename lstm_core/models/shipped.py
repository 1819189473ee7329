"""Which trained models are there, and how does one go into a file and come back?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from lstm_core.checkpoints.weights_file import MOST_DESCRIPTION, MOST_NAME
from lstm_core.errors import LstmCoreError
from lstm_core.models.embeddings import Embedding, Numbers, Rows, Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.word_features import WordFeatures

KINDS: dict[str, type[Embedding]] = {
    embedding.kind: embedding for embedding in (Vocabulary, Rows, Numbers, WordFeatures)
}

_HERE = Path(__file__).parent.parent
# In an installed package they lie inside it, in a checkout beside it.
FOLDER = next((path for path in (_HERE / "assets/models", _HERE.parent / "assets/models") if path.is_dir()), _HERE)

_SIZES = ("input_size", "hidden_size", "num_layers", "bidirectional", "bias", "proj_size")


def models() -> list[str]:
    """The names of the trained models that come along.

    >>> "counter" in models()
    True
    """
    return sorted(file.parent.name for file in FOLDER.glob("*/model.safetensors"))


def card(name: str) -> str:
    """The model card, in Markdown: data and licence, size, held-out score, how to train it again, what to look at."""
    return (_shipped(name).parent / "README.md").read_text(encoding="utf-8")


def load_model(source: str | Path | bytes) -> SequenceModel:
    """A trained model by its name, from a file that `save_model` wrote, or from that file's bytes; in eval mode.

    Raises LstmCoreError for an unknown name, and for a file that holds something else or contradicts itself.

    >>> model = load_model("counter")
    >>> model.lstm.hidden_size, model.labels
    (4, ['a', 'b', 'end'])
    """
    if isinstance(source, bytes):
        return _from_bytes(source, "the bytes")
    path = Path(source)
    # A shipped name comes before a folder or file that happens to be called the same.
    if path.suffix != ".safetensors" or str(source) in models():
        path = _shipped(str(source))
    elif not path.is_file():
        raise LstmCoreError(f"Expected a model file, got no file at {str(path)!r}. The models: {', '.join(models())}.")
    return _from_bytes(path.read_bytes(), repr(path.name))


def save_model(model: SequenceModel, path: str | Path, dtype: torch.dtype = torch.float32) -> None:
    """Write a model to one .safetensors file; with `dtype=torch.float16` at half the size, a little rounded."""
    path = Path(path)
    if path.suffix != ".safetensors":
        raise LstmCoreError(f"Expected a file name that ends in .safetensors, got {path.name!r}.")
    path.write_bytes(model_bytes(model, dtype))


def model_bytes(model: SequenceModel, dtype: torch.dtype = torch.float32) -> bytes:
    """What `save_model` writes."""
    tensors = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in model.state_dict().items()
    }
    return save(tensors, metadata={"model": json.dumps(_settings(model), ensure_ascii=False)})


def is_model(data: bytes) -> bool:
    """Whether a file begins as `save_model` writes it, right or wrong further on.

    >>> is_model(model_bytes(load_model("counter"))), is_model(b"something else")
    (True, False)
    """
    try:
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length]) if length <= MOST_DESCRIPTION else {}
        return "model" in header["__metadata__"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def _shipped(name: str) -> Path:
    if name not in models():
        raise LstmCoreError(
            f"Expected one of the models {', '.join(models())}, or the path of a .safetensors file, got {name!r}."
        )
    return FOLDER / name / "model.safetensors"


def _settings(model: SequenceModel) -> dict[str, Any]:
    """All of a model but its tensors."""
    return {key: getattr(model, key) for key in ("name", "task", "labels", "reads", "gives")} | {
        "embedding": {"kind": model.embedding.kind} | model.embedding.settings(),
        "lstm": {key: getattr(model.lstm, key) for key in _SIZES},
    }


def _from_bytes(data: bytes, name: str) -> SequenceModel:
    try:
        tensors = load(data)  # checks the header before it is read again for what `load` leaves out
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        return _build(json.loads(header["__metadata__"]["model"]), tensors)
    except Exception as error:
        # safetensors, JSON and torch each have errors of their own for a broken file.
        raise LstmCoreError(
            f"Expected a model saved by lstm_core.save_model in {name}, got a file that can't be read as one: {error!r}"
        ) from error


def _build(settings: dict[str, Any], tensors: dict[str, Tensor]) -> SequenceModel:
    embedding, given = dict(settings.pop("embedding")), settings.pop("lstm")
    # Those alone: a device of the file's own choice would allocate what it claims.
    lstm = {key: given[key] for key in _SIZES}
    if lstm["num_layers"] > len(tensors):
        raise LstmCoreError(f"Expected weights of {lstm['num_layers']} layers, got {len(tensors)} tensors in all.")
    texts = [settings["name"], settings["task"], *settings["labels"]]
    if not all(isinstance(text, str) for text in texts) or len(settings["name"]) > MOST_NAME:
        raise LstmCoreError("Expected a name, a task and labels as text, got something else.")
    kind = KINDS[embedding.pop("kind")]
    # On "meta" nothing is allocated: only the file's own tensors take memory, and only where shapes agree.
    with torch.device("meta"):
        linear = nn.Linear(tensors["linear.weight"].shape[-1], len(settings["labels"]))
        model = SequenceModel(**settings, embedding=kind(**embedding), lstm=nn.LSTM(**lstm), linear=linear)
    floats = {key: tensor.float() if tensor.is_floating_point() else tensor for key, tensor in tensors.items()}
    model.load_state_dict(floats, assign=True)
    return model.requires_grad_().eval()
