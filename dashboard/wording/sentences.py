"""What do the sentences say about a view: its proof, how it was made, and what its tags mean?"""

import json
from collections.abc import Iterable, Sequence
from math import isnan
from pathlib import Path

from torch import nn

from gatescope.question.link import shortened
from gatescope.question.view import MADE_WITH, NAMES, Source
from gatescope.reading.read import Reading
from lstm_core import SequenceModel, Trace
from lstm_core.recording.kinds import kind_of
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.summary import NO_CHECKSUM, Proof, nearness, to_or_exactly
from lstm_core.traces.summary import proof as update_proof
from lstm_core.traces.trace import own_letter


def listed(parts: Sequence[str]) -> str:
    """The parts as in "a, b and c"."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def called_here(trace: Trace) -> list[str]:
    """A sentence on what a GRU's or an RNN's quantities are called on a page that speaks of an LSTM's."""
    own = {own_letter(trace, quantity): quantity for quantity in trace.config.get("words", {})}
    if not own:
        return []
    named = listed([f"{letter} is called {quantity}" for letter, quantity in own.items()])
    return [f"This is a cell of {trace.config['of']}: its {named} here."]


def proof(trace: Recorded) -> str:
    """`max_error` in words."""
    if trace.config.get("path") == "found" and not isnan(trace.max_error):
        return update_proof(trace)
    return checked(trace.max_error, trace.proof)


def checked(max_error: float, proof: Proof | None) -> str:
    """How near to PyTorch something is."""
    if isnan(max_error):
        return f"not checked: {'its numbers hold NaN' if proof else NO_CHECKSUM}"
    return f"checked: matches PyTorch {to_or_exactly(nearness(max_error, proof))}"


def steps_are(source: Source, reading: Reading) -> str:
    """The name of the steps: words, characters, symbols or numbers."""
    return source.tokens if reading.model is None else reading.model.reads


def caption(source: Source, reading: Reading, trace: Trace) -> str:
    """How a figure was made."""
    return f"{made(source, reading, trace)}. {MADE_WITH}"


def made(source: Source, reading: Reading, trace: Trace) -> str:
    """How a figure was made: by which LSTM, and how well it is checked."""
    model, dims = reading.model, dims_of(reading.lstm)
    name = f"{NAMES['random']}: {dims}, seed={source.seed}" if model is None else f"trained, {called(model)}: {dims}"
    return f"nn.{kind_of(reading.lstm).name}, {name}; {proof(trace)}"


def called(model: SequenceModel) -> str:
    """A model's name in a sentence: as on the page, where one without a folder is chosen."""
    return NAMES.get(model.name, model.name)


def dims_of(lstm: nn.RNNBase) -> str:
    """The sizes of an LSTM, by the lesson's names."""
    dims = f"input_dim={lstm.input_size}, hidden_dim={lstm.hidden_size}, n_layers={lstm.num_layers}"
    return dims + (", bidirectional" if lstm.bidirectional else "")


def read_by(source: Source, reading: Reading, trace: Trace) -> str:
    """What was read, and by which LSTM."""
    text = shortened(reading.document.name if reading.document else source.sentence, 70)
    return f"“{text}”, {made(source, reading, trace)}"


# What does a person call the tags of Universal Dependencies?


TAGS: dict[str, str] = json.loads(Path(__file__).with_name("tags.json").read_text(encoding="utf-8"))


def means(labels: Iterable[str]) -> dict[str, str]:
    """What those of a model's labels mean that are such tags: “VERB” says it itself, and a single letter may be any
    model's symbol.

    >>> means(["ADP", "VERB", "X", "end"])
    {'ADP': 'a preposition'}
    """
    told = {label: TAGS[label] for label in labels if label in TAGS and len(label) > 1}
    return {label: meaning for label, meaning in told.items() if not meaning.endswith(f" {label.lower()}")}
