"""What is said of a model in every answer: what it was trained for, its fixed dimensions, and examples?"""

from gatescope.question.link import shortened
from gatescope.question.view import SIZES
from gatescope.reading.answers import foresees
from gatescope.reading.example_texts import examples
from gatescope.reading.read import Reading
from gatescope.reading.trained_sizes import trained_sizes, words_right
from gatescope.recording.told import Model, ModelInWords
from gatescope.wording.tags import means
from lstm_core import SequenceModel, Trace

WATCHED = "A recording from a file. It has no model, so it can be watched and not asked."


def about(reading: Reading, reads: str) -> ModelInWords:
    model = reading.model
    foresaw = model is not None and foresees(model)
    return ModelInWords(examples=examples(model, reads), model=about_model(reading), foresees=foresaw)


def about_alone(model: SequenceModel) -> ModelInWords:
    """What is said of a model that has read nothing yet."""
    return about(Reading([], model.lstm, None, [], None, model, None), model.reads)


def about_model(reading: Reading) -> Model:
    """The model: what it was trained for, and the dimensions that are fixed."""
    lstm, model = reading.lstm, reading.model
    both = 2 if lstm.bidirectional else 1
    own = {
        "input_dim": lstm.input_size,
        "hidden_dim": lstm.hidden_size,
        "n_layers": lstm.num_layers,
        "directions": both,
    }
    about = Model(
        trained=WATCHED if reading.only_watched else model.task if model else "",
        fixed=own if reading.only_watched or model else {},
        sizes={},
        right="",
        layers=lstm.num_layers,
        reads=model.reads if model else "",
        asks=not reading.only_watched,
    )
    if reading.only_watched and reading.document:
        about["name"] = _name_of(reading.document.name, reading.trace)
    if model:
        about["means"] = means(model.labels)
    if model and model.name == SIZES:
        about |= {"fixed": {"directions": both}, "sizes": trained_sizes(), "right": words_right(lstm)}
    return about


def _name_of(file: str, trace: Trace | None) -> str:
    """What a recording is called in the list of models."""
    sequence = trace.coords["batch"][0] if trace else 0
    return shortened(file) + (f", sequence {sequence + 1}" if sequence else "")
