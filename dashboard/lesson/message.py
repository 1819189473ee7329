"""What does the page need to teach the lesson? What a visitor looks at, what was measured of trained cells, and a few
runs of PyTorch: it computes the rest itself, once it has computed those as PyTorch did."""

import json
from collections.abc import Sequence
from typing import Any, TypedDict

import lstm_core
from gatescope.lesson.view import BOUNDS, LessonView
from gatescope.question.view import MADE_WITH, RANGES, Source
from lstm_core.models import untrained
from lstm_core.plots.page_figure import KINDS, Theme
from lstm_core.training.copying import MEASURED

# What the lesson takes of a source; its LSTM has one layer.
READ = ("sentence", "input_dim", "hidden_dim", "seed")


class LessonByGap(TypedDict):
    """How often copies of one kind are right about the first symbol after so many epochs."""

    cell: str
    """lstm, gru or rnn."""
    units: int
    epochs: int
    right: list[float]
    """For each gap the share of first symbols that are recalled; mean over the models."""
    always: int
    """The number of models that recall all four symbols across the gap `asked`."""
    models: int


class LessonProof(TypedDict):
    """What PyTorch computed: h (step, unit)."""

    kind: str
    """Which untrained LSTM, GRU or RNN reads the words, as the page calls it; "" for the lesson's own random inputs."""
    source: dict[str, Any]
    h: list[list[float]]


class LessonMessage(TypedDict):
    """What the page is told."""

    view: dict[str, Any]
    notices: list[str]
    ranges: dict[str, tuple[int, int]]
    by_gap: list[LessonByGap]
    gaps: list[int]
    asked: int
    proof: list[LessonProof]
    lines: dict[Theme, dict[str, str]]
    """The colour of each kind of cell, by theme."""
    made_with: str


def message(asked: LessonView, notices: Sequence[str] = ()) -> LessonMessage:
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    return LessonMessage(
        view=_read(asked.source) | {name: value for name, value in vars(asked).items() if name != "source"},
        notices=list(notices),
        ranges={**BOUNDS, "seed": RANGES["seed"]},
        by_gap=measured["kinds"],
        gaps=measured["gaps"],
        asked=measured["asked"],
        proof=_proof(),
        lines=KINDS,
        made_with=MADE_WITH,
    )


def _proof() -> list[LessonProof]:
    source = Source()
    tokens = lstm_core.words(source.sentence)
    x = lstm_core.inputs.token_vectors(tokens, source.input_dim, source.seed)
    modules = untrained.three_modules(source.input_dim, source.hidden_dim, source.seed)
    example = untrained.lesson(source.input_dim, source.hidden_dim, seed=source.seed)
    runs = {kind: lstm_core.run(module, x) for kind, module in zip(("LSTM", "GRU", "RNN_TANH"), modules, strict=True)}
    runs[""] = lstm_core.run(example.lstm, example.inputs, example.second)
    return [LessonProof(kind=kind, source=_read(source), h=run.h[0, 0, :, 0].tolist()) for kind, run in runs.items()]


def _read(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in READ}
