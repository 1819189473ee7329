"""Which file can a visitor open who has none at hand? One that PyTorch or safetensors writes, of a trained model.

It is opened as a visitor's own file is: nothing on its way knows that it was made here.
"""

import io
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from safetensors.torch import save
from torch import Tensor

import lstm_core
from lstm_core import SequenceModel
from lstm_core.models import about

UNKNOWN = "<unk>"


class GivenFile(NamedTuple):
    """A file, and what its visitor would type because the file does not say it: the vocabulary and the class labels."""

    content: bytes
    vocabulary: str = ""
    labels: str = ""


class ExampleFile(NamedTuple):
    """A file by name: its kind, its model in a few words, a text to read, and what makes the file."""

    name: str
    kind: str
    holds: str
    text: str
    made: Callable[[], GivenFile]


def _counter() -> GivenFile:
    model, symbols = lstm_core.load_model("counter"), ["a", "b"]
    return GivenFile(_torch_file(_weights(model, symbols)), "\n".join(symbols), ", ".join(model.labels))


def _tagger() -> GivenFile:
    model = lstm_core.load_model("tagger-bi")
    words = list(dict.fromkeys(word for text in about("tagger").examples.values() for word in lstm_core.words(text)))
    weights = {f"module.{name}": weight for name, weight in _weights(model, words).items()}
    vocabulary = {word: row for row, word in enumerate(words)}
    return GivenFile(_torch_file({"model_state_dict": weights, "vocab": vocabulary}), labels=", ".join(model.labels))


def _characters() -> GivenFile:
    model = lstm_core.load_model("python-chars")
    # Its first label stands for every character that has none of its own.
    vocabulary = [UNKNOWN, *model.labels[1:]]
    return GivenFile(save(_weights(model, vocabulary)), json.dumps(vocabulary))


def _weights(model: SequenceModel, tokens: Sequence[str]) -> dict[str, Tensor]:
    """A model's state dict with an embedding of one row for each token, under the names that people give the parts."""
    with torch.no_grad():
        rows = model.vectors(tokens)[:, 0].contiguous()
    parts = {"lstm": model.lstm, "fc": model.linear}
    others = {f"{name}.{key}": weight for name, part in parts.items() for key, weight in part.state_dict().items()}
    return {"embedding.weight": rows} | others


def _torch_file(content: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


EXAMPLES = (
    ExampleFile("counter.pt", "PyTorch state dict", "it counts letters", "aaaaaaaabbbbbbbb", _counter),
    ExampleFile("tagger.pt", "PyTorch checkpoint", "parts of speech, both ways", "They can fish in a can", _tagger),
    ExampleFile(
        "characters.safetensors",
        "safetensors",
        "the next character of Python code",
        "print('hello', \"world\")",
        _characters,
    ),
)
