"""What is the browser told of two readings? Which pictures to ask for, and numbers that no picture has."""

from dataclasses import replace
from typing import Literal, TypedDict

from gatescope.comparing.carrier import Carrier, carrier_of
from gatescope.comparing.rivals import Rivals
from gatescope.comparing.two_readings import Two
from gatescope.comparing.view import Side, TwoSides
from gatescope.question import link
from gatescope.question.view import View
from gatescope.reading.models import foresees
from lstm_core.analysis.compare import Pair


class ReadSide(TypedDict):
    """One of the two readings."""

    query: dict[str, str]
    """The question whose picture shows it."""
    layer: int
    """The layer that is drawn."""
    epoch: int | None


class Compared(TypedDict):
    """Two readings, step beside step."""

    kind: Literal["texts", "epochs", "models"]
    """Two texts of one model, two epochs of one model, or two models."""
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


def compared(pair: TwoSides, found: Two, tried: Rivals) -> Compared:
    model = found.models[0]
    is_of_epochs = replace(pair.b, epoch=pair.a.epoch) == pair.a
    by = carrier_of(pair, found) if pair.is_of_texts else None
    is_smallest = tried.smallest is not None and tried.smallest.text == pair.b.source.sentence
    return {
        "kind": "texts" if pair.is_of_texts else "epochs" if is_of_epochs else "models",
        "a": _side(pair.a, by.layer if by else len(found.a.c) - 1),
        "b": _side(pair.b, by.layer if by else len(found.b.c) - 1),
        "pairs": found.pairs,
        "differs": found.differs,
        "turned": found.turned(),
        "carried": found.carried(),
        "carrier": by,
        "tried": tried.tried,
        "moves": tried.smallest.turned if tried.smallest and is_smallest else None,
        "reads": model.reads if model else pair.a.source.tokens,
        "gives": model.gives if model else "",
        "foresees": model is not None and foresees(model),
        "alike": found.answer_alike,
    }


def _side(side: Side, layer: int) -> ReadSide:
    return ReadSide(query=link.in_full(View(side.reads())), layer=layer, epoch=side.epoch)
