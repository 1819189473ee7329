"""How is each question answered, and how long a job is that? Imported with torch at the first question."""

from itertools import chain
from typing import Any, NamedTuple, TypedDict

from gatescope.live.asked import Range, question_in
from gatescope.offline import carried
from gatescope.offline.carried import CELLS, UNTRAINED, ModelFile, Shipped, model_file, untrained, zipped, zipped_floats
from gatescope.offline.downloads import Download, download
from gatescope.question.view import OWN, SHIPPED, SIZES, TOKENS, Source, View
from gatescope.reading.models import DIMENSIONS, view_in
from gatescope.reading.read import prepare, shipped
from gatescope.recording.recording import answer
from gatescope.recording.wire_format import as_sent
from gatescope.serving import limits
from gatescope.serving.turns import Length
from gatescope.store import text_files, visitor_models
from lstm_core.training import copying


class LiveQuestion(NamedTuple):
    """What is asked, and how long a job its answer is."""

    asked: dict[str, Any]
    length: Length


def question(body: bytes) -> LiveQuestion:
    """The question in a request's body."""
    asked = question_in(body)
    return LiveQuestion(asked, length_of(_view(asked["query"])))


recording = answer


def model(name: str) -> ModelFile | Shipped:
    """What a page computes with, by its name: a model, a tagger as in "sizes/4-3-1", the proof of an untrained LSTM,
    the cells of the lesson, or what is said of all ("shipped")."""
    if name == "shipped":
        all_of_them: Shipped = as_sent(carried.shipped())
        return all_of_them
    if name == CELLS:
        return ModelFile(file=zipped(copying.FILE.read_bytes()), proved=[])
    if name.removeprefix(UNTRAINED) in TOKENS:
        proof: ModelFile = as_sent(untrained(name.removeprefix(UNTRAINED)))
        return proof
    query = {"model": name}
    if name.startswith("sizes/"):
        query = {"model": SIZES, **dict(zip(DIMENSIONS, name.removeprefix("sizes/").split("-"), strict=False))}
    found: ModelFile = as_sent(model_file(_view(query).source))
    return found


class StepsRead(TypedDict):
    """What a model reads of a text or file, step by step."""

    tokens: list[str]
    x: str
    """(step, feature), in float32, compressed, in base64."""
    names: list[str]
    """The columns of a table; none of words."""
    values: str
    """(step, column), as `x`."""


def steps(query: dict[str, str]) -> StepsRead:
    reading, x = prepare(_view(query).source)
    if x is None:
        return StepsRead(tokens=[], x=zipped(b""), names=[], values=zipped(b""))
    series = reading.series
    return StepsRead(
        tokens=reading.tokens,
        x=zipped_floats(x),
        names=series.names if series else [],
        values=zipped_floats(series.values[: len(x)]) if series else zipped(b""),
    )


def keep(name: str, content: bytes) -> dict[str, str]:
    """Keep a file; the answer has its key."""
    return {"file": text_files.keep(name, content)}


def file(kind: str, query: dict[str, str], steps: Range, rows: Range) -> Download:
    """A file for a view, with its first piece made."""
    made = download(kind, _view(query), steps, rows)
    return made._replace(pieces=chain([next(made.pieces, b"")], made.pieces))


def _view(query: dict[str, str]) -> View:
    return view_in(query)[0]


# How long a job will a question be? Decided before any work is done.


# A step that is run by itself, because something is held, takes as long as this many multiplications.
STEPWISE = 100_000
# Building a random LSTM takes as long as this many of its steps.
MAKING = 20


def length_of(view: View) -> Length:
    """How long it takes to read and draw a view's source, with its holds."""
    source = view.source
    each = weights(source) + STEPWISE * bool(view.holds)
    work = (len(source.sentence) + MAKING) * each
    if source.file or len(source.sentence) > limits.LONG or work > limits.HEAVY:
        return "heavy"
    return "long" if len(source.sentence) > limits.SHORT or work > limits.HEAVY / 4 else "light"


def weights(source: Source) -> int:
    """About how many weights the LSTM has."""
    own = source.model.startswith(OWN)
    model = visitor_models.kept(source.model) if own else shipped(source.model) if source.model in SHIPPED else None
    return sum(weight.numel() for weight in model.lstm.parameters()) if model else _random(source)


def _random(source: Source) -> int:
    hidden, both = source.hidden_dim, source.directions
    first = 4 * hidden * (source.input_dim + hidden + 2)
    above = 4 * hidden * (both * hidden + hidden + 2)
    return both * (first + (source.n_layers - 1) * above)
