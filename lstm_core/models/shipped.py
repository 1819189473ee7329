"""How is a model saved and loaded?"""

import io
import json
import os.path
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError, check_kind, shortened
from lstm_core.files.model_folders import about, folder_of, models
from lstm_core.files.outside import read_header, read_json
from lstm_core.files.write_whole import write_bytes
from lstm_core.models.embeddings import Embedding, Numbers, ReducedFeatures, Rows, Vocabulary, WordFeatures
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.recording.kinds import KINDS as CELLS
from lstm_core.recording.kinds import kind_of

KINDS: dict[str, type[Embedding]] = {
    embedding.kind: embedding for embedding in (Vocabulary, Rows, Numbers, WordFeatures, ReducedFeatures)
}

_FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_SIZES = ("input_size", "hidden_size", "num_layers", "bidirectional", "bias")
# What each kind of cell has besides.
_OWN = {"LSTM": ("proj_size",), "GRU": (), "RNN": ("nonlinearity",)}


def card(name: str) -> str:
    """The model card, in Markdown: data and licence, size, held-out score, how to train it again, what to look at."""
    return (folder_of(name) / "README.md").read_text(encoding="utf-8")


def load_model(source: str | Path | bytes) -> SequenceModel:
    """A trained model by its name, from a file that `save_model` wrote, or from that file's bytes; in eval mode.

    Raises LstmCoreError for an unknown name, for a file that holds something else or contradicts itself, and as `about`
    does.

    >>> model = load_model("counter")
    >>> model.lstm.hidden_size, model.labels
    (4, ['a', 'b', 'end'])
    """
    if isinstance(source, bytes):
        return _from_bytes(source, "the bytes")
    check_kind(source, (str, os.PathLike), "a name, a path or bytes", "lstm_core.models() lists the names.")
    path = Path(source)
    # A shipped name wins over a folder or file with the same name.
    if path.suffix != ".safetensors" or str(source) in models():
        about(str(source))
        model = _from_bytes((folder_of(str(source)) / "model.safetensors").read_bytes(), repr(str(source)))
        # The folder's name: a copied folder is another model.
        model.name = str(source)
        return model
    if not os.path.isfile(path):
        there = ", ".join(models())
        raise LstmCoreError(f"Expected a model file, got no file at {shortened(path)}. The models: {there}.")
    return _from_bytes(path.read_bytes(), repr(path.name))


def save_model(model: SequenceModel, path: str | Path, dtype: torch.dtype = torch.float32) -> None:
    """Write a model to one .safetensors file; `dtype=torch.float16` halves the size and rounds a little.

    Raises LstmCoreError for another file name, and for a model that `load_model` would refuse.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save_model(load_model("counter"), f"{folder}/mine.safetensors")
    ...     again = load_model(f"{folder}/mine.safetensors")
    >>> again.labels, again.lstm
    (['a', 'b', 'end'], LSTM(2, 4))
    """
    check_kind(model, SequenceModel, "a SequenceModel", "assemble(load_checkpoint(path), …) makes one of your weights.")
    path = Path(path)
    if path.suffix != ".safetensors":
        raise LstmCoreError(f"Expected a file name that ends in .safetensors, got {path.name!r}.")
    write_bytes(path, model_bytes(model, dtype))


def model_bytes(model: SequenceModel, dtype: torch.dtype = torch.float32) -> bytes:
    """The bytes of the file that `save_model` writes."""
    # Copies, because safetensors refuses tensors that share numbers, such as an embedding tied to the Linear.
    tensors = {
        name: tensor.to("cpu", dtype if tensor.is_floating_point() else tensor.dtype, copy=True).contiguous()
        for name, tensor in model.state_dict().items()
    }
    text = json.dumps(_settings(model), ensure_ascii=False)
    # Half of a surrogate pair has no bytes, and its escape is the one of JSON.
    data = save(tensors, metadata={"model": text.encode("utf-8", "backslashreplace").decode()})
    try:
        _model_in(data, tensors)
    except Exception as error:
        raise LstmCoreError(
            f"Expected a model that load_model opens again, got one that it refuses: {_said(error)}"
        ) from error
    return data


def is_model(source: bytes | Path) -> bool:
    """Whether bytes, or a .safetensors file, begin as `save_model` writes them; no more is read.

    >>> is_model(model_bytes(load_model("counter"))), is_model(b"something else")
    (True, False)
    """
    if isinstance(source, Path) and (source.suffix != ".safetensors" or not os.path.isfile(source)):
        return False
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
        try:
            return "model" in read_header(stream)["__metadata__"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return False


def _settings(model: SequenceModel) -> dict[str, Any]:
    kind = kind_of(model.lstm).name
    sizes = {key: getattr(model.lstm, key) for key in (*_SIZES, *_OWN[kind])}
    return {key: getattr(model, key) for key in ("name", "task", "labels", "reads", "gives")} | {
        "embedding": {"kind": model.embedding.kind} | model.embedding.settings(),
        "lstm": sizes if kind == "LSTM" else {"kind": kind} | sizes,
    }


def _from_bytes(data: bytes, name: str) -> SequenceModel:
    try:
        return _model_in(data, load(data))
    except Exception as error:
        raise LstmCoreError(
            f"Expected a model saved by lstm_core.save_model in {name}, got a file that can't be read as one: "
            f"{_said(error)}"
        ) from error


def _said(error: Exception) -> str:
    """An error in a message: safetensors, JSON and torch each have errors of their own for a broken file."""
    return (str(error) if isinstance(error, LstmCoreError) else repr(error))[:400]


def _model_in(data: bytes, tensors: dict[str, Tensor]) -> SequenceModel:
    header = read_header(io.BytesIO(data))
    return _build(read_json(header["__metadata__"]["model"]), tensors)


def _build(settings: dict[str, Any], tensors: dict[str, Tensor]) -> SequenceModel:
    embedding, given = dict(settings.pop("embedding")), settings.pop("lstm")
    # Only these settings: a `device` from the file would allocate the sizes that the file claims.
    cell = given.get("kind", "LSTM")
    lstm = {key: given[key] for key in (*_SIZES, *_OWN[cell])}
    _check_sizes(lstm, tensors)
    listed = [settings["labels"], embedding.get("tokens", []), embedding.get("columns", [])]
    texts = [settings["name"], settings["task"], *(text for texts in listed for text in texts)]
    are_texts = all(isinstance(texts, list) for texts in listed) and all(isinstance(text, str) for text in texts)
    if not are_texts:
        raise LstmCoreError("Expected a name, a task, labels and tokens as text, got something else.")
    kind = KINDS[embedding.pop("kind")]
    if (kind is Numbers) != (settings["reads"] == "numbers"):
        raise LstmCoreError(f"Expected a model of numbers to read numbers, got {kind.kind} for {settings['reads']}.")
    # On "meta" nothing is allocated: only the file's own tensors take memory, and only if the shapes agree.
    with torch.device("meta"):
        width, bias = tensors["linear.weight"].shape[-1], "linear.bias" in tensors
        linear = nn.Linear(width, len(settings["labels"]), bias)
        # Typed as what most readers of a model ask for; those that also take a GRU or an RNN ask for its kind.
        reader = cast("nn.LSTM", CELLS[cell].layers(**lstm))
        model = SequenceModel(**settings, embedding=kind(**embedding), lstm=reader, linear=linear)
    floats = {key: tensor.float() if tensor.is_floating_point() else tensor for key, tensor in tensors.items()}
    model.load_state_dict(floats, assign=True)
    return model.requires_grad_().eval()


def _check_sizes(lstm: dict[str, Any], tensors: dict[str, Tensor]) -> None:
    """Raise LstmCoreError before a module is made for which the file has no weights."""
    counts = [lstm.get(key, 0) for key in ("input_size", "hidden_size", "num_layers", "proj_size")]
    are_sizes = all(type(count) is int and count >= 0 for count in counts)
    if not are_sizes or {type(lstm["bidirectional"]), type(lstm["bias"])} != {bool}:
        raise LstmCoreError("Expected whole numbers for the sizes of the LSTM, GRU or RNN, got something else.")
    if lstm["num_layers"] > len(tensors):
        raise LstmCoreError(f"Expected the weights of {lstm['num_layers']} layers, got {len(tensors)} tensors in all.")
    if any(tensor.is_floating_point() and tensor.dtype not in _FLOATS for tensor in tensors.values()):
        raise LstmCoreError("Expected float16, bfloat16, float32 or float64 weights, got other dtypes.")
