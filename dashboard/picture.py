"""The answer to one move: what a view shows, as the bytes its browser draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from dashboard import figures, palette
from dashboard.arrangement import OVERVIEW, arranged, overview, strips_of
from dashboard.columns import Zoom
from dashboard.examples import examples
from dashboard.packing import packed
from dashboard.reading import Reading, read
from dashboard.script import python_code
from dashboard.sentences import proof, shapes, steps_are
from dashboard.view import OWN, View, read_query
from lstm_core import LstmCoreError, Trace, anatomy

# Servers refuse an address of more than 64 KB.
LONGEST_LINK = 30_000
# Characters of a text that may come back with every picture; a longer one the browser has.
SAID_BACK = 4_000


def answer(query: Mapping[str, str], width: float, theme: palette.Theme, zoom: Zoom) -> bytes:
    """The picture of the view that a link asks for, `width` pixels wide."""
    view, notices = read_query(query)
    reading = read(view)
    link, no_link = link_to(view, reading)
    said_back = len(view.sentence) <= SAID_BACK
    header: dict[str, Any] = {
        "view": asdict(view) if said_back else {k: v for k, v in asdict(view).items() if k != "sentence"},
        "link": link,
        "file": reading.document
        and f"{reading.document.name}: {len(reading.tokens):,} {rows_or_tokens(view, reading)}",
        "lasts": lasts(view, bool(no_link)),
        "pins": not no_link,
        "model": about_model(reading),
        "examples": examples(reading.model, steps_are(view, reading)),
        "notices": [*notices, *reading.notices, *no_link],
        "shapes": shapes(reading),
        "proof": "",
        "stacks": [],
        "legend": [],
        "extras": [],
        "labels": [],
        "columns": {"first": 0, "per": 1, "number": 0, "steps": 0},
        "strips": [strip._asdict() | {"line": palette.LINES[theme][strip.quantity]} for strip in strips_of(view)],
    }
    if reading.trace is not None:
        header["notices"] += missing_pin(view, reading.trace)
        header["code"] = python_code(view, reading) if said_back else None
        header["proof"] = proof(reading.trace)
        header |= arranged(reading, reading.trace, view, width, theme, zoom)
        header["legend"] = legend(view, theme, header["reach"])
        columns = header["columns"]
        if columns["per"] == 1:
            shown = slice(columns["first"], columns["first"] + columns["number"])
            header["labels"] = [figures.label(token) for token in reading.tokens[shown]]
        if columns["steps"] > columns["number"] or (zoom and columns["steps"] > OVERVIEW):
            header["overview"] = overview(reading.trace, view)
    return packed(header, exact=header["columns"]["per"] == 1)


def rows_or_tokens(view: View, reading: Reading) -> str:
    """What a file's steps are called: a row of a table is one, however many numbers are in it."""
    return "rows" if reading.series else steps_are(view, reading)


def about_model(reading: Reading) -> dict[str, Any]:
    """What reads, what it was trained for, and the dimensions that are its own and can't be changed."""
    lstm, model = reading.lstm, reading.model
    own = {
        "input_dim": lstm.input_size,
        "hidden_dim": lstm.hidden_size,
        "n_layers": lstm.num_layers,
        "directions": 2 if lstm.bidirectional else 1,
    }
    if model is None:
        fixed = {"input_dim": lstm.input_size} if reading.series else {}
        return {"trained": "", "fixed": fixed, "layers": lstm.num_layers}
    return {"trained": model.task, "fixed": own, "layers": lstm.num_layers, "reads": model.reads}


def link_to(view: View, reading: Reading) -> tuple[str, list[str]]:
    """The view's link; and if that can't take all of it along, why."""
    if reading.document:
        said = "A file is not part of a link: sharing or reloading the page starts with the sentence."
        return replace(view, pin="").query(), [said]
    if len(view.query()) > LONGEST_LINK:
        said = "This text is too long for a link: sharing or reloading the page starts with another."
        return replace(view, sentence=View.sentence, pin="").query(), [said]
    return view.query(), []


def lasts(view: View, without_text: bool = False) -> str:
    """Where and how long the view's link is good for."""
    if without_text:
        return "This link opens what reads, with a sentence: the text that is read here is no part of it."
    if view.model.startswith(OWN):
        return "This link opens the same numbers for anybody, for as long as this server keeps your model."
    return "This link opens the same numbers on any machine."


def missing_pin(view: View, trace: Trace) -> list[str]:
    """A sentence when the view pins a cell that its trace has not."""
    pinned, (layers, directions, steps, _, units) = view.pinned(), trace.c.shape
    if pinned is None or all(a < size for a, size in zip(pinned, (layers, directions, units, steps), strict=True)):
        return []
    return [f"There is no cell {view.pin} (layer.unit.step) in {layers} × {units} × {steps}: none is pinned."]


def legend(view: View, theme: palette.Theme, reach: float) -> list[dict[str, Any]]:
    """One entry a scale: what it is for, its ends, its colours."""
    look = palette.look(view.colours, theme)
    gates, states = ([colour for _, colour in scale] for scale in (look.gates, look.states))
    scales = [("gates f i o", "0", "1", gates), ("states g c h" if reach == 1 else "states g h", "−1", "+1", states)]
    if reach != 1:
        scales.append(("memory c", f"−{reach:g}", f"+{reach:g}", states))
    return [dict(zip(("name", "low", "high", "colours"), scale, strict=True)) for scale in scales]


def apart(query: Mapping[str, str], cell: Mapping[str, int]) -> dict[str, Any]:
    """One cell of a view's trace, every term of it."""
    reading = read(read_query(query)[0])
    if reading.trace is None:
        raise LstmCoreError("There is no cell to take apart yet: type a sentence.")
    return asdict(anatomy(reading.lstm, reading.trace, **cell))
