"""What is recorded of a view? One message, of which the page makes numbers and words of everything that it shows."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from math import isfinite, tanh
from typing import cast

import numpy as np
from torch import nn

from gatescope.question import link
from gatescope.question.holds import Cell, Holds
from gatescope.question.link import shortened
from gatescope.question.view import SIZES, Shown, View
from gatescope.reading.held import HeldReading, read_view
from gatescope.reading.models import examples, foresees, trained_sizes, view_in, with_size_of, words_right
from gatescope.reading.read import Reading
from gatescope.reading.recorded import shown_in
from gatescope.recording import window
from gatescope.recording.message import (
    CellTerms,
    Elsewhere,
    RecordedNumbers,
    RecordedSeries,
    RecordedSizes,
    RecordedView,
)
from gatescope.recording.says import coming, says
from gatescope.recording.told import Model, ModelInWords, StripWords, in_words
from gatescope.recording.wire_format import SAID_BACK, packed
from gatescope.store import visitor_models
from gatescope.wording.sentences import means, proof, steps_are
from lstm_core import LstmCoreError, SequenceModel, Trace, anatomy
from lstm_core.plots.columns import Columns, Zoom
from lstm_core.quantities import LSTM
from lstm_core.recording.kinds import kind_of

# The most features of an input that are sent, and the most rows of a series.
FEATURES, ROWS = 64, 12


def answer(query: Mapping[str, str], room: int, zoom: Zoom, cell: Cell | None = None) -> bytes:
    """The recording of the view that a link asks for, in at most `room` columns, with every term of a cell in it.

    Without `cell` the link's pinned cell is used, so that a move with a pinned cell takes one recording.
    """
    view, notices = view_in(query)
    found = read_view(view)
    view = replace(view, source=with_size_of(view.source, found.reading.lstm))
    return as_bytes(message_of(found, view, notices, room, zoom, cell))


def as_bytes(message: RecordedView) -> bytes:
    return packed(message, exact=message["recorded"] is None or message["recorded"]["columns"].per == 1)


def message_of(
    found: HeldReading, view: View, notices: list[str], room: int, zoom: Zoom, cell: Cell | None = None
) -> RecordedView:
    reading, trace = found.reading, found.reading.trace
    values, said = link.values(view), about(reading, steps_are(view.source, reading))
    if len(view.source.sentence) > SAID_BACK:
        del values["sentence"]
    if own := visitor_models.label(view.source.model):
        said["model"]["name"] = own
    return RecordedView(
        view=values,
        holds=f"{found.holds}",
        file=reading.document.name if reading.document else None,
        about=said,
        lstm=_sizes(reading.lstm, trace),
        readable=reading.is_readable,
        notices=[*notices, *reading.notices],
        recorded=None if trace is None else _recorded(found, trace, view.shown, room, zoom, cell),
    )


def _recorded(
    found: HeldReading, trace: Trace, shown: Shown, room: int, zoom: Zoom, cell: Cell | None
) -> RecordedNumbers:
    reading = found.reading
    # The browser names its pinned cell beside the link's values: its unit is one of the shown ones.
    shown = replace(shown_in(trace, shown), pin=cell or shown.pin)
    few = window.few_units(reading, trace, shown)
    columns = window.columns_of(trace, shown, few, room, zoom)
    stacks = [
        window.stack(trace, shown, columns, place, few.get(place) or window.units_of(trace, shown, *place))
        for place in window.stacks_of(trace, shown)
    ]
    said = says(found, columns, stacks)
    is_part = columns.steps > columns.number or (zoom and columns.steps > window.OVERVIEW)
    return RecordedNumbers(
        proof=proof(trace),
        columns=columns,
        tokens=reading.tokens[columns.first : columns.end] if columns.per == 1 else [],
        held={f"{step}": reading.tokens[step] for step in _named_in(found.holds)},
        stacks=stacks,
        strips=_own_strips(trace),
        found=trace.config["shown"] if "roles" in trace.config else None,
        largest=window.largest_of(reading, trace, shown, few),
        x=_input(reading, trace, columns),
        series=_series(reading, columns),
        says=said,
        coming=coming(reading),
        elsewhere=_elsewhere(reading, trace),
        overview=window.overview(trace, shown) if is_part else None,
        resets=list(trace.resets),
        cell=_terms(found, trace, shown.pin),
    )


def _sizes(lstm: nn.RNNBase, trace: Trace | None) -> RecordedSizes:
    """The module that was recorded; of a trace that was recorded elsewhere `lstm` has the sizes alone."""
    config = trace.config if trace else {}
    name = config.get("of", f"nn.{kind_of(lstm).name}").removeprefix("nn.")
    bend = config.get("nonlinearity") or getattr(lstm, "nonlinearity", "tanh")
    sizes = ("input_size", "hidden_size", "num_layers", "bidirectional", "proj_size")
    own = {
        "kind": f"RNN_{bend}".upper() if name == "RNN" else name,
        "parameters": sum(weight.numel() for weight in lstm.parameters()),
    }
    return cast("RecordedSizes", own | {size: getattr(lstm, size) for size in sizes})


def _named_in(holds: Holds) -> set[int]:
    """The steps that a sentence on what is held names by their words."""
    return {*holds.without, *(hold.steps[0] for hold in holds.gates if hold.steps and len(hold.steps) == 1)}


def _own_strips(trace: Trace) -> list[StripWords] | None:
    """What is drawn of a cell that is no LSTM, in its own words; None of an LSTM."""
    if "roles" not in trace.config:
        return None
    roles, words = trace.config["roles"], trace.config.get("words", {})
    strips = [in_words(row) for row in LSTM if row.quantity in roles]
    for strip in strips:
        strip["meaning"] = roles[strip["quantity"]]
        if strip["quantity"] in words:
            strip["letter"], strip["title"], strip["question"] = words[strip["quantity"]]
        elif strip["quantity"] == "h":
            strip["question"] = f"h = {trace.config['shown']}"
    return strips


def _series(reading: Reading, columns: Columns) -> RecordedSeries | None:
    """The numbers that were read."""
    if reading.series is None:
        return None
    values = reading.series.values[: columns.steps, :ROWS]
    low, high = values.amin(0).tolist(), values.amax(0).tolist()
    return RecordedSeries(names=list(reading.series.names[:ROWS]), z=columns.take(values).extreme, low=low, high=high)


def _input(reading: Reading, trace: Trace, columns: Columns) -> np.ndarray | None:
    """x at the columns; None for a series, which is drawn as lines, and for more numbers than can be told apart."""
    if "x" not in trace.tensors() or reading.series is not None or trace.x.shape[-1] > FEATURES:
        return None
    return columns.take(trace.x[:, 0]).extreme


def _elsewhere(reading: Reading, trace: Trace) -> Elsewhere | None:
    if not reading.elsewhere:
        return None
    by_hand = trace.config.get("path") == "found"
    return Elsewhere(
        name=reading.model.name if reading.model else trace.name,
        of="" if by_hand else trace.config.get("of", "nn.LSTM"),
    )


def _terms(found: HeldReading, trace: Trace, cell: Cell | None) -> CellTerms | None:
    """Every term of a cell, its gates as they are held. None without a cell, for one that the trace does not have or
    whose step is left out or whose terms are not finite, which JSON can't hold, of a GRU or RNN, and of a recording,
    whose weights nobody has."""
    reading = found.reading
    is_lstm = kind_of(reading.lstm).name == "LSTM"
    if cell is None or reading.only_watched or not is_lstm or cell.step in found.holds.without:
        return None
    try:
        terms = anatomy(reading.lstm, trace, **cell.at())
    except LstmCoreError:
        return None
    numbers = [terms.c_before, terms.c, terms.h, *terms.x, *terms.h_before]
    numbers += [gate.pre for gate in (terms.i, terms.f, terms.g, terms.o)]
    if not all(map(isfinite, numbers)):
        return None
    sent = cast("CellTerms", cell._asdict() | asdict(terms))
    return _as_held(sent, trace, cell) if found.holds.gates else sent


def _as_held(terms: CellTerms, trace: Trace, cell: Cell) -> CellTerms:
    """The terms of a cell with what was recorded while gates were held."""
    layer, direction, unit, step = cell
    i, f, g, o, c = (getattr(trace, name)[layer, direction, step, 0, unit].item() for name in "ifgoc")
    terms["i"]["value"], terms["f"]["value"], terms["g"]["value"], terms["o"]["value"] = i, f, g, o
    terms["kept"], terms["written"], terms["c"], terms["tanh_c"] = f * terms["c_before"], i * g, c, tanh(c)
    # The units of a projection's h are others.
    has_own_h = trace.h.shape == trace.c.shape
    terms["h"] = trace.h[layer, direction, step, 0, unit].item() if has_own_h else o * tanh(c)
    return terms


# What is said of a model in every answer: what it was trained for, its fixed dimensions, and examples?


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
        about["name"] = name_of(reading.document.name, reading.trace)
    if model:
        about["means"] = means(model.labels)
    if model and model.name == SIZES:
        about |= {"fixed": {"directions": both}, "sizes": trained_sizes(), "right": words_right(lstm)}
    return about


def name_of(file: str, trace: Trace | None) -> str:
    """What a recording is called in the list of models."""
    sequence = trace.coords["batch"][0] if trace else 0
    return shortened(file) + (f", sequence {sequence + 1}" if sequence else "")
