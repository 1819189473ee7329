"""Which files does a page load to read with a model? Its weights, and what PyTorch computed with them of a few texts.

Most of a tagger are vectors of words, and a text has few words. Without a server a model's file has those of its
examples, and the table is a file of its own; the app's server sends the vectors of the words that a page asks for
(`live/work.py`). Without a server a file is a script that hands its content over, so that a page that is opened from a
disk can load it too.
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
from lstm_core.models import sizes
from lstm_core.models.embeddings import ReducedFeatures, WordFeatures
from lstm_core.models.untrained import random_lstm
from lstm_core.progress import Progress
from lstm_core.training import copying

# The vectors of words; all taggers with one input_size share the first.
WORDS, OWN_WORDS = "embedding.whole.vectors.weight", "embedding.vectors.weight"
CELLS = "cells"
"""The cells that learned `copy`, for the lesson."""
UNTRAINED = "untrained/"
"""Before what an untrained LSTM reads, its file: PyTorch draws its weights, and so does the page."""
MOST_BYTES = 16_000_000
"""The most bytes of a model that the app sends to a page."""
TEXTS = 3
"""The texts of a proof."""
WAVE = 24
"""Steps of a table that proves a model of the visitor's own."""


class SentWords(TypedDict):
    """The vectors of some words."""

    words: list[str]
    x: str
    """(word, feature), in float32, compressed, in base64."""


class ModelFile(TypedDict):
    """What a page loads."""

    file: str
    """Weights, as safetensors, compressed, in base64."""
    proved: list[Proved]
    sent: NotRequired[SentWords]
    """Where `file` is without the vectors of words, those of its examples."""
    about: NotRequired[ModelInWords]
    """What is said of a visitor's own model."""


class Shipped(TypedDict):
    """What is said of every model that reads a text on a page that computes its pictures itself."""

    by: dict[str, ModelInWords]
    """What is said by name of a model, or by what an untrained LSTM reads."""
    trained: list[tuple[list[int], str]]
    """The sizes of taggers, and how often each is right."""


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    said = {name: about_alone(lstm_core.load_model(name)) for name in lstm_core.models()}
    said[SIZES] = about_alone(sizes.sized_tagger(*next(iter(sizes.scores()))))
    lstm = random_lstm(4, 3)
    for reads in TOKENS:
        said[reads] = about(Reading([], lstm, None, [], None, None, None), reads)
    trained = [(list(size), words_right(nn.LSTM(*size, device="meta"))) for size in sizes.scores()]
    return Shipped(by=said, trained=trained)


@lru_cache(maxsize=len(TOKENS))
def untrained(reads: str) -> ModelFile:
    """The proof of an untrained LSTM, by what it reads."""
    return ModelFile(file=zipped(b""), proved=proofs(Source(tokens=reads), examples(None, reads).values()))


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
    """The scripts by their names: one for a model, and for the sizes of the tagger one for each; and the vectors of
    words of a model, or of all taggers with one input_dim."""
    for name in lstm_core.models():
        model = lstm_core.load_model(name)
        texts = examples(model, model.reads).values()
        yield name, _script(name, model, proofs(Source(model=name), texts), [*texts, *LESSON.values()])
        if table := _table_of(model):
            yield f"words/{name}", _table(f"words/{name}", table, model.state_dict()[table])
    for reads in TOKENS:
        yield UNTRAINED + reads, _handed_over(UNTRAINED + reads, untrained(reads))
    yield CELLS, _handed_over(CELLS, ModelFile(file=zipped(copying.FILE.read_bytes()), proved=[]))
    shared: dict[int, Tensor] = {}
    for number, size in enumerate(sizes.scores()):
        if progress:
            progress(number / len(sizes.scores()))
        model = sizes.sized_tagger(*size)
        assert isinstance(model.embedding, ReducedFeatures)
        # Vectors with few numbers are reduced already; with many they are smaller in the half precision of `tagger`.
        if size.input_size * 2 < model.embedding.whole.size:
            model = small(model)
        shared[size.input_size] = model.state_dict()[WORDS]
        input_dim, hidden_dim, n_layers = size
        source = Source(model=SIZES, input_dim=input_dim, hidden_dim=hidden_dim, n_layers=n_layers)
        name = "sizes/" + "-".join(map(str, size))
        yield name, _script(name, model, proofs(source, LESSON.values()), LESSON.values())
    for input_size, words in shared.items():
        name = f"sizes/words-{input_size}"
        yield name, _table(name, WORDS, words)


def _table_of(model: SequenceModel) -> str:
    """The name of a model's vectors of words; "" where each token has a vector of its own."""
    if isinstance(model.embedding, ReducedFeatures):
        return WORDS
    return OWN_WORDS if isinstance(model.embedding, WordFeatures) else ""


def _script(name: str, model: SequenceModel, proved: list[Proved], texts: Iterable[str]) -> str:
    """A model's file, with the vectors of the words of some texts where it is without their table."""
    table = _table_of(model)
    content = ModelFile(file=zipped(file_of(model, table)), proved=proved)
    if table:
        words = sorted({token for text in texts for token in model.tokens(text)})
        x = model.vectors(words).detach().numpy().astype("<f4")
        content["sent"] = SentWords(words=words, x=zipped(x.tobytes()))
    return _handed_over(name, content)


def _table(name: str, table: str, words: Tensor) -> str:
    return _handed_over(name, ModelFile(file=zipped(safetensors.torch.save({table: halved(words)})), proved=[]))


def _handed_over(name: str, content: ModelFile) -> str:
    return f"gatescope.model({json.dumps(name)}, {json.dumps(content)})\n"


def proofs(source: Source, texts: Iterable[str]) -> list[Proved]:
    """c and h of the first of these texts, with the source's model."""
    found = []
    for text in islice(texts, TEXTS):
        view = View(replace(source, sentence=text))
        held = read_view(view)
        found.append(proved(held, held.trace, view))
    return [proof for proof in found if proof]
