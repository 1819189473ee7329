"""What does a page carry or load so that it computes other texts too?

A model, and h and c of some texts from PyTorch as a proof: the page reads those texts itself, compares, and computes
nothing else unless both are the same. Most of a tagger are vectors of words, and a text has few words. Without a server
a model's file has those of its examples, and the table is a file of its own; the app's server sends the vectors of the
words that a page asks for (`live/work.py`). Without a server a file is a script that hands its content over, so that a
page that is opened from a disk can load it too.
"""

import base64
import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import NotRequired, TypedDict

import safetensors.torch
import torch
from torch import Tensor, nn

import lstm_core
from gatescope.question import link
from gatescope.question.holds import NONE
from gatescope.question.view import OWN, SIZES, TOKENS, Shown, Source, View
from gatescope.reading.held import HeldReading, read_view
from gatescope.reading.models import LESSON, examples, words_right
from gatescope.reading.read import Reading, prepare
from gatescope.recording.recording import about, about_alone
from gatescope.recording.told import ModelInWords, ToldOfAll, told
from gatescope.store import visitor_models
from lstm_core import LstmCoreError, SequenceModel, Trace
from lstm_core.models import sizes
from lstm_core.models.embeddings import Numbers, ReducedFeatures, WordFeatures
from lstm_core.models.shipped import model_bytes
from lstm_core.models.untrained import random_lstm
from lstm_core.progress import Progress
from lstm_core.traces.trace import as_update
from lstm_core.training import copying

# The most bytes of a model's file: a larger page is not mailed.
MOST_OF_A_FILE = 730_000
# The longest text that stands in a box to be changed.
MOST_LETTERS = 20_000
# The most numbers of h and c that prove a page: of more steps the first ones are recorded again, by themselves.
MOST_PROVED = 20_000


class Named(TypedDict):
    """The names of a question's values."""

    source: list[str]
    shown: list[str]


class Proved(TypedDict):
    """A question, and what PyTorch computed of its first steps."""

    query: dict[str, str | int]
    steps: int
    values: str
    """c, then h, each (layer, direction, step, unit) in float32, compressed, in base64."""


class CarriedModel(ToldOfAll):
    """With what a page computes."""

    names: Named
    view: dict[str, str | int]
    """The question that the page was made of."""
    about: ModelInWords
    file: str
    """The model's, compressed, in base64; of no bytes for an untrained LSTM."""
    proved: Proved


def carried(found: HeldReading, trace: Trace, view: View) -> CarriedModel | None:
    """What the page of a view needs to compute; None where there is no model to carry, or one that is too large."""
    reading = found.reading
    if (reading.elsewhere and reading.model is None) or not {"c", "h"} <= set(trace.kept):
        return None
    source = replace(view.source, sentence=_text(found, trace, view.source))
    file = b"" if reading.model is None else _file(reading.model)
    if file is None or not 0 < len(source.sentence) <= MOST_LETTERS:
        return None
    view, shown = View(source, view.shown, found.holds), [name for name in link.values(Shown()) if name != "pin"]
    proof = proved(found, trace, view)
    if proof is None:
        return None
    return CarriedModel(
        **told(),
        names=Named(source=list(link.values(Source())), shown=shown),
        view=link.values(view),
        about=about(reading, reading.model.reads if reading.model else source.tokens),
        file=zipped(file),
        proved=proof,
    )


def _text(found: HeldReading, trace: Trace, source: Source) -> str:
    """The text that was read; of a trace that was recorded elsewhere, one that has the same steps. "" without one."""
    reading = found.reading
    if reading.document:
        return reading.document.text
    if not reading.elsewhere:
        return source.sentence
    return _joined(found.model, reading.tokens, trace)


def _joined(model: SequenceModel, tokens: list[str], trace: Trace) -> str:
    if isinstance(model.embedding, Numbers):
        if "x" not in trace.tensors():
            return ""
        rows = model.embedding.restore(trace.x[:, 0]).float().cpu().numpy()
        # The shortest number that is this float32: 53.9, not 53.9000015.
        written = [" ".join(str(value).removesuffix(".0") for value in row) for row in rows]
        return (", " if len(rows[0]) == 1 else "\n").join(written)
    text = (" " if model.reads == "words" else "").join(tokens)
    return text if model.tokens(text) == tokens else ""


def _file(model: SequenceModel) -> bytes | None:
    """The model's file; None if it is too large."""
    whole = small(model)
    # A number takes two bytes or more.
    if 2 * sum(tensor.numel() for tensor in whole.state_dict().values() if tensor.is_floating_point()) > MOST_OF_A_FILE:
        return None
    data = file_of(whole)
    return data if len(data) <= MOST_OF_A_FILE else None


def file_of(model: SequenceModel, without: str = "") -> bytes:
    """A model's file, of all its tensors or without one; each in half precision where nothing is lost."""
    data = model_bytes(model)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    tensors = {name: halved(weight) for name, weight in safetensors.torch.load(data).items() if name != without}
    return safetensors.torch.save(tensors, header["__metadata__"])


def halved(weight: Tensor) -> Tensor:
    half = weight.half()
    return half if bool((half.float() == weight).all()) else weight


def small(model: SequenceModel) -> SequenceModel:
    """The model, with a table of word features that are reduced already: the sum of reduced vectors is the reduced
    sum."""
    embedding = model.embedding
    if not isinstance(embedding, ReducedFeatures):
        return model
    with torch.no_grad(), torch.device("meta"):
        whole, reduce = WordFeatures(embedding.whole.buckets, embedding.size), nn.Linear(embedding.size, embedding.size)
    with torch.no_grad():
        table = embedding.whole.vectors.weight.double() @ embedding.reduce.weight.double().T
        whole.vectors.load_state_dict({"weight": table.float()}, assign=True)
        weights = {"weight": torch.eye(embedding.size), "bias": embedding.reduce.bias}
        reduce.load_state_dict(weights, assign=True)
    return SequenceModel(
        model.name,
        model.task,
        model.labels,
        reads=model.reads,
        gives=model.gives,
        embedding=ReducedFeatures.of(whole, reduce),
        lstm=model.lstm,
        linear=model.linear,
    ).eval()


def proved(found: HeldReading, trace: Trace, view: View) -> Proved | None:
    """The view's text and holds, with c and h as PyTorch has them; of a long text its first steps without holds. None
    where those are not the first steps of the whole: one direction of two begins with the last."""
    layers, directions, steps = trace.c.shape[:3]
    each = layers * directions * (trace.c.shape[-1] + trace.h.shape[-1])
    most = max(1, MOST_PROVED // each)
    if steps > most and directions == 2:
        return None
    if steps > most:
        lstm = found.reading.model.lstm if found.reading.model else found.reading.lstm
        trace, view = as_update(lstm_core.run(lstm, trace.x[:most])), replace(view, holds=NONE)
    values = zipped_floats(torch.cat([trace.c.flatten(), trace.h.flatten()]))
    return Proved(query=link.values(view), steps=min(steps, most), values=values)


def zipped(content: bytes) -> str:
    """Compressed, in base64: `assets/browser/shared/unzipped.js` has the way back."""
    # The time would make two pages of one view differ.
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


def zipped_floats(values: Tensor) -> str:
    """Numbers as float32, compressed, in base64."""
    return zipped(values.float().numpy().astype("<f4").tobytes())


# Which files does a page load to read with a model? Its weights, and what PyTorch computed with them of a few texts.


# The vectors of words; all taggers with one input_size share the first.
WORDS, OWN_WORDS = "embedding.whole.vectors.weight", "embedding.vectors.weight"
# The cells that learned `copy`, for the lesson.
CELLS = "cells"
# Before what an untrained LSTM reads, its file: PyTorch draws its weights, and so does the page.
UNTRAINED = "untrained/"
# The most bytes of a model that the app sends to a page.
MOST_BYTES = 16_000_000
# The texts of a proof.
TEXTS = 3


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
    found = ModelFile(file=zipped(file_of(model, table)), proved=proofs(source, examples(model, model.reads).values()))
    if not source.model.startswith(OWN):
        return found
    said = about_alone(model)
    return {**found, "about": {**said, "model": {**said["model"], "name": visitor_models.label(source.model)}}}


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
        content["sent"] = SentWords(words=words, x=zipped_floats(model.vectors(words).detach()))
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
