"""What is the browser told of two readings? Which pictures to ask for, and numbers that no picture has."""

from dataclasses import replace
from typing import Literal, TypedDict

from gatescope.comparing.carrier import Carrier, carrier_of
from gatescope.comparing.rivals import Rivals
from gatescope.comparing.two_readings import Two, recorded
from gatescope.comparing.view import Side, TwoSides
from gatescope.question import link
from gatescope.question.view import View
from gatescope.reading.models import Said, foresees, said_by
from gatescope.reading.read import Reading
from gatescope.recording.colours import Scales, scales
from gatescope.wording.sentences import steps_are
from lstm_core.analysis.compare import Pair
from lstm_core.plots.palette import Look


class ReadSide(TypedDict):
    """One of the two readings."""

    query: dict[str, str]
    """The question whose picture shows it."""
    layer: int
    """The layer that is drawn."""
    state: str
    epoch: int | None
    answers: list[Said] | None
    """What the model says at each step, where a picture of it can't say that."""


class Compared(TypedDict):
    """Two readings, step beside step."""

    kind: Literal["texts", "ways", "models"]
    """Two texts of one model, two epochs or ways to read of one model, or two models."""
    a: ReadSide
    b: ReadSide
    pairs: list[Pair]
    differs: list[int]
    """The pairs at which they read another thing."""
    turned: list[tuple[int, float]]
    """The pairs at which they answer otherwise, and how sure the less sure answer is."""
    carried: int | None
    """The last pair at which an answer surely turns."""
    carrier: Carrier | None
    tried: int
    """How many changes of one step were tried."""
    moves: int | None
    """Where the second text is a change that turns no answer: the pair where it moves one most."""
    reads: str
    """The name of the steps: words, characters, symbols or numbers."""
    gives: str
    """What A's model gives; "" for an untrained LSTM."""
    foresees: bool
    """Whether A's model says what comes next."""
    alike: bool
    """Whether both models choose from the same answers."""
    scales: Scales


def compared(pair: TwoSides, readings: tuple[Reading, Reading], found: Two, tried: Rivals, look: Look) -> Compared:
    model = found.models[0]
    gives = model.gives if model else ""
    of_ways = replace(pair.b, epoch=pair.a.epoch, state=pair.a.state) == pair.a
    kind: Literal["texts", "ways", "models"] = "texts" if pair.is_of_texts else "ways" if of_ways else "models"
    by = carrier_of(pair, found) if kind == "texts" and pair.a.state == "carried" else None
    is_smallest = tried.smallest is not None and tried.smallest.text == pair.b.source.sentence
    return {
        "kind": kind,
        "a": _side(pair.a, readings[0], found, 0, by),
        "b": _side(pair.b, readings[1], found, 1, by),
        "pairs": found.pairs,
        "differs": found.differs,
        "turned": found.turned(),
        "carried": found.carried(),
        "carrier": by,
        "tried": tried.tried,
        "moves": tried.smallest.turned if tried.smallest and is_smallest else None,
        "reads": steps_are(pair.a.source, readings[0]),
        "gives": gives,
        "foresees": model is not None and foresees(model),
        "alike": found.answer_alike,
        "scales": scales(look),
    }


def _side(side: Side, reading: Reading, found: Two, which: int, by: Carrier | None) -> ReadSide:
    trace, model, said = (found.a, found.b)[which], found.models[which], found.said[which]
    source, answers = side.reads(), None
    if side.state == "reset":
        source = replace(source, model=recorded(reading))
        answers = said_by(model, said) if model and said is not None else []
    layer = by.layer if by else len(trace.c) - 1
    return ReadSide(query=link.in_full(View(source)), layer=layer, state=side.state, epoch=side.epoch, answers=answers)
