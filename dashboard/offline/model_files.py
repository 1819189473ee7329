"""Which files does a page load to read with a model? Its weights, and what PyTorch computed with them of a few texts.

Without a server a file is a script that hands its content over, so that a page that is opened from a disk can load it
too. The app's server makes a file when a page asks for it, without vectors of words: most of a tagger are those, and a
text has few words (`live/work.py`).
"""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import NotRequired, TypedDict

import safetensors.torch
from torch import Tensor, nn

import lstm_core
from gatescope.offline.carried import Proved, file_of, halved, proved, small, zipped
from gatescope.question.view import OWN, SIZES, TOKENS, Source, View
from gatescope.reading.example_texts import LESSON, examples
from gatescope.reading.held import read_view
from gatescope.reading.read import Reading, prepare
from gatescope.reading.trained_sizes import words_right
from gatescope.recording.about import about, about_alone
from gatescope.recording.told import ModelInWords
from gatescope.store import visitor_models
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.files.model_folders import folder_of
from lstm_core.models import sizes
from lstm_core.models.embeddings import ReducedFeatures, WordFeatures
from lstm_core.models.untrained import random_lstm
from lstm_core.progress import Progress
from lstm_core.training import copying

# The vectors of words; all taggers with one input_size share the first.
WORDS, OWN_WORDS = "embedding.whole.vectors.weight", "embedding.vectors.weight"
CELLS = "cells"
"""The cells that learned `copy`, for the lesson."""
MOST_BYTES = 16_000_000
"""The most bytes of a model that the app sends to a page."""
TEXTS = 3
"""The texts of a proof."""
WAVE = 24
"""Steps of a table that proves a model of the visitor's own."""


class ModelFile(TypedDict):
    """What a page loads."""

    file: str
    """Weights, as safetensors, compressed, in base64."""
    proved: list[Proved]
    about: NotRequired[ModelInWords]
    """What is said of a visitor's own model."""


class Shipped(TypedDict):
    """What is said of every model that reads a text on a page that computes its pictures itself."""

    by: dict[str, ModelInWords]
    """What is said by name of a model, or by what an untrained LSTM reads."""
    trained: list[tuple[list[int], str]]
    """The sizes of taggers, and how often each is right."""
    untrained: dict[str, list[Proved]]
    """The proof of an untrained LSTM, by what it reads."""


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    said = {name: about_alone(lstm_core.load_model(name)) for name in lstm_core.models()}
    said[SIZES] = about_alone(sizes.sized_tagger(*next(iter(sizes.scores()))))
    lstm = random_lstm(4, 3)
    untrained = {}
    for reads in TOKENS:
        said[reads] = about(Reading([], lstm, None, [], None, None, None), reads)
        untrained[reads] = proofs(Source(tokens=reads), said[reads]["examples"].values())
    trained = [(list(size), words_right(nn.LSTM(*size, device="meta"))) for size in sizes.scores()]
    return Shipped(by=said, trained=trained, untrained=untrained)


def model_file(source: Source) -> ModelFile:
    """The file of a source's model for a page that asks for vectors of words.

    Raises LstmCoreError where there is no model, or one that is too large.
    """
    model = prepare(source)[0].model
    if model is None:
        raise LstmCoreError("Expected a model that is on this server, got one that is not: train or open it again.")
    table = _table_of(model)
    size = sum(int(weight.nbytes) for name, weight in model.state_dict().items() if name != table)
    if size > MOST_BYTES:
        raise LstmCoreError(
            f"Expected a model of at most {MOST_BYTES:,} bytes to compute in this page, got {size:,}. In Python "
            "lstm_core.explain says why."
        )
    found = ModelFile(file=zipped(file_of(model, table)), proved=proofs(source, _texts_of(model)))
    if not source.model.startswith(OWN):
        return found
    said = about_alone(model)
    return {**found, "about": {**said, "model": {**said["model"], "name": visitor_models.label(source.model)}}}


def _texts_of(model: SequenceModel) -> Iterable[str]:
    """Texts that a model reads."""
    if model.reads != "numbers":
        return examples(model, model.reads).values()
    features = range(model.embedding.size)
    return ["\n".join(" ".join(f"{math.sin(step / 3 + k):.2f}" for k in features) for step in range(WAVE))]


def model_files(progress: Progress | None = None) -> Iterator[tuple[str, str]]:
    """The scripts by their names: one for a model, and for the sizes of the tagger one for each, and for each input_dim
    one with the vectors of words."""
    for name in lstm_core.models():
        model = lstm_core.load_model(name)
        proved = proofs(Source(model=name), examples(model, model.reads).values())
        yield name, _script(name, (folder_of(name) / "model.safetensors").read_bytes(), proved)
    yield CELLS, _script(CELLS, copying.FILE.read_bytes(), [])
    shared: dict[int, Tensor] = {}
    for number, size in enumerate(sizes.scores()):
        if progress:
            progress(number / len(sizes.scores()))
        model = sizes.sized_tagger(*size)
        assert isinstance(model.embedding, ReducedFeatures)
        # Vectors with few numbers are reduced already; with many they are smaller in the half precision of `tagger`.
        if size.input_size * 2 < model.embedding.whole.size:
            model = small(model)
        shared[size.input_size] = halved(model.state_dict()[WORDS])
        input_dim, hidden_dim, n_layers = size
        source = Source(model=SIZES, input_dim=input_dim, hidden_dim=hidden_dim, n_layers=n_layers)
        name = "sizes/" + "-".join(map(str, size))
        yield name, _script(name, file_of(model, WORDS), proofs(source, LESSON.values()))
    for input_size, words in shared.items():
        name = f"sizes/words-{input_size}"
        yield name, _script(name, safetensors.torch.save({WORDS: words}), [])


def _table_of(model: SequenceModel) -> str:
    """The name of a model's vectors of words; "" where each token has a vector of its own."""
    if isinstance(model.embedding, ReducedFeatures):
        return WORDS
    return OWN_WORDS if isinstance(model.embedding, WordFeatures) else ""


def _script(name: str, file: bytes, proved: list[Proved]) -> str:
    content = ModelFile(file=zipped(file), proved=proved)
    return f"gatescope.model({json.dumps(name)}, {json.dumps(content)})\n"


def proofs(source: Source, texts: Iterable[str]) -> list[Proved]:
    """c and h of the first of these texts, with the source's model."""
    found = []
    for text in islice(texts, TEXTS):
        view = View(replace(source, sentence=text))
        held = read_view(view)
        found.append(proved(held, held.trace, view))
    return [proof for proof in found if proof]
