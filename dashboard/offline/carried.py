"""What does a page carry so that it computes other texts too? The model, and h and c of a text from PyTorch as a proof.

The page reads that text itself, compares, and computes nothing else unless both are the same.
"""

import base64
import gzip
import json
from dataclasses import replace
from typing import TypedDict

import safetensors.torch
import torch
from torch import Tensor, nn

import lstm_core
from gatescope.question import link
from gatescope.question.holds import NONE
from gatescope.question.view import Shown, Source, View
from gatescope.reading.held import HeldReading
from gatescope.recording.about import about
from gatescope.recording.told import ModelInWords, ToldOfAll, told
from lstm_core import SequenceModel, Trace
from lstm_core.models.embeddings import Numbers, ReducedFeatures, WordFeatures
from lstm_core.models.shipped import model_bytes
from lstm_core.traces.trace import as_update

MOST_BYTES = 730_000
"""The most bytes of a model's file: a larger page is not mailed."""
MOST_LETTERS = 20_000
"""The longest text that stands in a box to be changed."""
MOST_PROVED = 20_000
"""The most numbers of h and c that prove a page: of more steps the first ones are recorded again, by themselves."""


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
    if 2 * sum(tensor.numel() for tensor in whole.state_dict().values() if tensor.is_floating_point()) > MOST_BYTES:
        return None
    data = file_of(whole)
    return data if len(data) <= MOST_BYTES else None


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
    values = torch.cat([trace.c.flatten(), trace.h.flatten()]).float().numpy()
    packed = zipped(values.astype("<f4").tobytes())
    return Proved(query=link.values(view), steps=min(steps, most), values=packed)


def zipped(content: bytes) -> str:
    """Compressed, in base64: `assets/browser/shared/unzipped.js` has the way back."""
    # The time would make two pages of one view differ.
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()
