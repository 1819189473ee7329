"""Which files does a page load to read with a model? Its weights, and what PyTorch computed with them of a few texts.

A file is a script that hands its content over, so that a page that is opened from a disk can load it too.
"""

import json
from collections.abc import Iterator
from typing import TypedDict

import safetensors.torch
from torch import Tensor

import lstm_core
from gatescope.offline.carried import Proved, small, zipped
from gatescope.question.view import SIZES, Source
from gatescope.reading.example_texts import LESSON, examples
from gatescope.site.proofs import proofs
from lstm_core import SequenceModel
from lstm_core.files.model_folders import folder_of
from lstm_core.models import sizes
from lstm_core.models.embeddings import ReducedFeatures
from lstm_core.models.shipped import model_bytes
from lstm_core.progress import Progress

# The weights that all taggers with one input_size share.
WORDS = "embedding.whole.vectors.weight"


class ModelFile(TypedDict):
    """What a page loads."""

    file: str
    """Weights, as safetensors, compressed, in base64."""
    proved: list[Proved]


def model_files(progress: Progress | None = None) -> Iterator[tuple[str, str]]:
    """The scripts by their names: one for a model, and for the sizes of the tagger one for each, and for each input_dim
    one with the vectors of words."""
    for name in lstm_core.models():
        model = lstm_core.load_model(name)
        proved = proofs(Source(model=name), examples(model, model.reads).values())
        yield name, _script(name, (folder_of(name) / "model.safetensors").read_bytes(), proved)
    shared: dict[int, Tensor] = {}
    for number, size in enumerate(sizes.scores()):
        if progress:
            progress(number / len(sizes.scores()))
        model = sizes.sized_tagger(*size)
        assert isinstance(model.embedding, ReducedFeatures)
        # Vectors with few numbers are reduced already; with many they are smaller in the half precision of `tagger`.
        if size.input_size * 2 < model.embedding.whole.size:
            model = small(model)
        own, shared[size.input_size] = _apart(model)
        input_dim, hidden_dim, n_layers = size
        source = Source(model=SIZES, input_dim=input_dim, hidden_dim=hidden_dim, n_layers=n_layers)
        name = "sizes/" + "-".join(map(str, size))
        yield name, _script(name, own, proofs(source, LESSON.values()))
    for input_size, words in shared.items():
        name = f"sizes/words-{input_size}"
        yield name, _script(name, safetensors.torch.save({WORDS: words}), [])


def _apart(model: SequenceModel) -> tuple[bytes, Tensor]:
    """A tagger's own weights as a file, and its vectors of words; in half precision where nothing is lost."""
    data = model_bytes(model)
    tensors = {name: _halved(weight) for name, weight in safetensors.torch.load(data).items()}
    words = tensors.pop(WORDS)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return safetensors.torch.save(tensors, header["__metadata__"]), words


def _halved(weight: Tensor) -> Tensor:
    half = weight.half()
    return half if bool((half.float() == weight).all()) else weight


def _script(name: str, file: bytes, proved: list[Proved]) -> str:
    content = ModelFile(file=zipped(file), proved=proved)
    return f"gatescope.model({json.dumps(name)}, {json.dumps(content)})\n"
