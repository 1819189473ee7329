"""What is the answer to one move? Numbers and words of everything that a view shows, as bytes; the browser draws."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, cast

from gatescope.drawing.few_units import ALL_OF
from gatescope.drawing.shown_strips import strips_of
from gatescope.picture.header import CellTerms, Header, Model, StripWords
from gatescope.picture.held import held_in, terms_under
from gatescope.picture.numbers import OVERVIEW, numbers_of, overview
from gatescope.picture.wire_format import SAID_BACK, packed
from gatescope.question import link
from gatescope.question.holds import Cell
from gatescope.question.view import OWN, SIZES, TOP, Shown, Source, View
from gatescope.reading.answers import coming
from gatescope.reading.example_texts import examples, view_in
from gatescope.reading.held import HeldReading, read_view
from gatescope.reading.python_script import python_code
from gatescope.reading.read import Reading
from gatescope.reading.recorded import shown_in
from gatescope.reading.trained_sizes import trained_sizes, with_size_of, words_right
from gatescope.store import visitor_models
from gatescope.wording.sentences import caption, made_elsewhere, proof, shapes, steps_are
from gatescope.wording.tags import means
from lstm_core import LstmCoreError, Trace
from lstm_core.plots import strips
from lstm_core.plots.columns import Zoom, whole
from lstm_core.plots.labels import label
from lstm_core.traces.trace import own_letter

# Servers refuse addresses above 64 KB.
LONGEST_LINK = 30_000
WATCHED = "A recording from a file. It has no model, so it can be watched and not asked."
A_RECORDING = (
    "A link can’t hold a recording. This one leads to it for as long as this server keeps the file. For later, send "
    "the file, or export an interactive page (HTML)."
)


def answer(
    query: Mapping[str, str],
    room: int,
    zoom: Zoom,
    cell: Cell | None = None,
) -> bytes:
    """The numbers and words of the view that a link asks for, in at most `room` columns, and every term of a cell in
    it.

    Without `cell` the link's pinned cell is used, so that a move with a pinned cell takes one recording.
    """
    view, notices = view_in(query)
    found = read_view(view)
    reading = found.reading
    view = replace(view, holds=found.holds, source=with_size_of(view.source, reading.lstm))
    header = without_numbers(view, reading, notices)
    if reading.trace is not None:
        view = replace(view, shown=shown_in(reading.trace, view.shown))
        header["strips"] = [in_words(strip) for strip in strips_of(view.shown)]
        header["notices"] += missing_pin(view.shown, reading.trace)
        made = caption(view.source, reading, reading.trace, view.holds)
        header["made"] = made_elsewhere(reading.trace, reading) if reading.only_watched else made
        # The browser names its pinned cell beside the link's values: its unit is one of the shown ones.
        pin = cell or view.shown.pin
        add_numbers(header, replace(view.shown, pin=pin), reading, reading.trace, room, zoom)
        header["code"] = python_code(view.source, reading, view.holds) if said_back(view.source) else None
        header["held"] = held_in(found, header["columns"])
        header["cell"] = terms_in(found, reading.trace, pin)
    return packed(header, exact=header["columns"].per == 1)


def without_numbers(view: View, reading: Reading, notices: list[str]) -> Header:
    """The part of the answer that does not need a trace."""
    source = view.source
    leads_here, no_link = link_to(view, reading)
    document = reading.document
    model = about_model(reading)
    if own := visitor_models.label(source.model):
        model["name"] = own
    length = f"{len(reading.tokens):,} {rows_or_tokens(source, reading)}"
    return {
        "view": {name: value for name, value in link.values(view).items() if name != "sentence" or said_back(source)},
        "link": leads_here,
        "file": f"{document.name}: {length}" if document else None,
        "lasts": A_RECORDING if reading.only_watched else lasts(source, bool(no_link)),
        "pins": not no_link,
        "model": model,
        "examples": examples(reading.model, steps_are(source, reading)),
        "unreadable": bool(source.sentence.strip()) and not document and not reading.is_readable,
        "notices": [*notices, *reading.notices, *no_link],
        "shapes": shapes(reading),
        "proof": "",
        "made": "",
        "code": "",
        "stacks": [],
        "units": 0,
        "series": [],
        "scores": None,
        "readout": None,
        "labels": [],
        "columns": whole(0),
        "strips": [in_words(strip) for strip in strips_of(view.shown)],
        "coming": [],
        "cell": None,
        "held": None,
        "answers": [],
        "inputs": None,
        "few": "",
        "reach": 1.0,
        "found": None,
        "overview": None,
        "resets": [],
    }


def add_numbers(header: Header, shown: Shown, reading: Reading, trace: Trace, room: int, zoom: Zoom) -> None:
    """Add what is drawn of a trace to the answer."""
    header["proof"] = proof(trace)
    header["resets"] = list(trace.resets)
    header.update(cast("Header", numbers_of(reading, trace, shown, room, zoom)))
    header["few"] = which_units(reading, trace, shown, header["stacks"][0]["units"])
    header["coming"] = coming(reading)
    columns = header["columns"]
    if columns.per == 1:
        named = slice(columns.first, columns.end)
        header["labels"] = [label(token) for token in reading.tokens[named]]
    if columns.steps > columns.number or (zoom and columns.steps > OVERVIEW):
        header["overview"] = overview(trace, shown)
    if trace.config.get("proj_size"):
        header["projects"] = True
        header["strips"] = projected(header["strips"])
    if "roles" in trace.config:
        _say_what_was_found(header, trace)
        if reading.only_watched:
            header["shapes"] = ""


CELLS: dict[str, Literal["gru", "rnn"]] = {"nn.GRU": "gru", "nn.RNN": "rnn"}


def _say_what_was_found(header: Header, trace: Trace) -> None:
    """Say how each quantity of a cell that is no LSTM was found; the first h of one in somebody's own code is not
    known."""
    header["found"] = trace.config["shown"]
    header["letters"] = {quantity: own_letter(trace, quantity) for quantity in trace.config["roles"]}
    if kind := CELLS.get(trace.config.get("of", "")):
        header["kind"] = kind
    if kind == "rnn":
        header["bend"] = trace.config.get("nonlinearity", "tanh")
    for stack in header["stacks"]:
        stack["start"].pop("h", None)
        stack["reset"].pop("h", None)
    for strip in header["strips"]:
        strip["meaning"] = trace.config["roles"][strip["quantity"]]
        if words := trace.config.get("words", {}).get(strip["quantity"]):
            strip["letter"], strip["title"], strip["question"] = words
        if strip["quantity"] == "h":
            strip["question"] = f"h = {header['found']}"


def in_words(strip: strips.Strip) -> StripWords:
    return StripWords(
        quantity=strip.quantity,
        title=strip.title,
        question=strip.question,
        meaning=strip.meaning,
        scale=strip.scale,
    )


def projected(words: list[StripWords]) -> list[StripWords]:
    """What is said of the strips of an LSTM whose h is a projection."""
    return [{**one, "question": "h = W_hr (o·tanh c)"} if one["quantity"] == "h" else one for one in words]


def said_back(source: Source) -> bool:
    """Whether the answer repeats the view's text."""
    return len(source.sentence) <= SAID_BACK


def terms_in(found: HeldReading, trace: Trace, cell: Cell | None) -> CellTerms | None:
    """Every term of a cell; None without a cell, or if the trace does not have it."""
    if cell is None:
        return None
    try:
        return terms_under(found, trace, cell)
    except LstmCoreError:
        return None


def rows_or_tokens(source: Source, reading: Reading) -> str:
    """The name of a file's steps: rows for a table, whose rows may have many numbers, else tokens."""
    return "rows" if reading.series else steps_are(source, reading)


def about_model(reading: Reading) -> Model:
    """The model: what it was trained for, and the dimensions that are fixed."""
    lstm, model = reading.lstm, reading.model
    own = {
        "input_dim": lstm.input_size,
        "hidden_dim": lstm.hidden_size,
        "n_layers": lstm.num_layers,
        "directions": 2 if lstm.bidirectional else 1,
    }
    about: Model
    nothing: Model = {
        "trained": "",
        "fixed": {},
        "sizes": {},
        "right": "",
        "layers": lstm.num_layers,
        "reads": "",
        "asks": True,
    }
    if reading.only_watched:
        about = {**nothing, "trained": WATCHED, "fixed": own, "asks": False}
        return about | {"name": recording_name(reading.document.name, reading.trace)} if reading.document else about
    if model is None:
        fixed = {"input_dim": lstm.input_size} if reading.series else {}
        return {**nothing, "fixed": fixed}
    about = {**nothing, "trained": model.task, "fixed": own, "reads": model.reads, "means": means(model.labels)}
    if model.name == SIZES:
        about |= {"fixed": {"directions": own["directions"]}, "sizes": trained_sizes(), "right": words_right(lstm)}
    return about


def recording_name(file: str, trace: Trace | None) -> str:
    """What a recording is called in the list of models."""
    sequence = trace.coords["batch"][0] if trace else 0
    return link.shortened(file) + (f", sequence {sequence + 1}" if sequence else "")


def link_to(view: View, reading: Reading) -> tuple[str, list[str]]:
    """The view's link, and a sentence if the link can't contain all of the view."""
    unpinned = replace(view.shown, pin=None)
    if reading.document and not reading.only_watched:
        said = "Files are not saved in links: after a reload you will see the example sentence."
        return link.query(View(view.source, unpinned, view.holds)), [said]
    # A text that is longer than a link needs no quoting to know that.
    if len(view.source.sentence) > LONGEST_LINK or len(link.query(view)) > LONGEST_LINK:
        said = "This text is too long for a link: a reload or a shared link opens an example sentence."
        return link.query(View(replace(view.source, sentence=Source.sentence), unpinned)), [said]
    return link.query(view), []


def lasts(source: Source, without_text: bool = False) -> str:
    """Where the view's link works, and for how long."""
    if without_text:
        return "This link opens the model with an example sentence. Your text is not included."
    if source.model.startswith(OWN):
        return "This link opens the same numbers for anybody, for as long as this server keeps your model."
    return "This link opens the same numbers."


def missing_pin(shown: Shown, trace: Trace) -> list[str]:
    """A sentence when the pinned cell is not in the trace."""
    if shown.pin is None or shown.pin.is_in(trace):
        return []
    return [f"{shown.pin.missing_in(trace)}. No cell is pinned."]


def which_units(reading: Reading, trace: Trace, shown: Shown, units: list[int]) -> str:
    """Which of many units are shown, in words; "" if there are not many, or if none is more telling."""
    there = trace.c.shape[-1]
    if there <= ALL_OF or (reading.model is None and shown.top == "telling"):
        return ""
    return f"all {there:,} units" if len(units) == there else f"{len(units)} of {there:,} units: {TOP[shown.top]}"
