"""What does the live view answer when it is asked why, or for the terms of a cell? The room `why`, and `live`."""

import json
from typing import Any

import torch
from torch import nn
from year_of_days import year

import lstm_core
from frozen.links import CODE, DOGS, LONG, SERIES
from gatescope.live import work
from gatescope.picture.answer import apart
from gatescope.question.holds import Cell, Event
from gatescope.store import text_files, visitor_models
from lstm_core.models.embeddings import Rows
from lstm_core.models.untrained import drawn

FISH = "They can fish in a can"
TAGGED = {"model": "tagger", "sentence": FISH}
COPIED = {"model": "copy", "sentence": "b....?"}
RATED = {"model": "sentiment", "sentence": "It is not a good film"}
TWO = {"model": "random", "n_layers": "2", "directions": "2", "sentence": DOGS}


def cell_of(
    kind: type[nn.RNNBase], layers: int = 1, units: int = 5, bound: float = 2, **options: Any
) -> dict[str, str]:
    """The link of a visitor's model of words with a cell of some kind."""
    generator = torch.Generator().manual_seed(3)
    words = list(dict.fromkeys(FISH.split()))
    table = Rows(5, 4, words)
    table.vectors = drawn(nn.Embedding(5, 4, device="meta"), 2, generator)
    model = lstm_core.SequenceModel(
        "own",
        "a task",
        ["ADP", "no", "VERB"],
        reads="words",
        gives=options.pop("gives", "classes"),
        embedding=table,
        lstm=drawn(kind(4, units, layers, device="meta", **options), 1.5, generator),
        linear=drawn(nn.Linear(units, 3, device="meta"), bound, generator),
    )
    return {"model": visitor_models.put(model), "sentence": FISH}


def of_days(**link: str) -> dict[str, str]:
    model, _, text = year()
    return {"model": visitor_models.put(model), "file": text_files.keep("days.csv", text.encode())} | link


def asked(query: dict[str, str], at: str, event: tuple[int, int | None] | None = None, label: str = "") -> Any:
    """What is in the drawer of a view at a cell "layer.direction.unit.step", and the terms of the cell."""
    cell = Cell(*map(int, at.split(".")))
    found = work.why(query, cell, event and Event(*event), label)
    assert json.dumps(found, allow_nan=False)
    try:
        return found, apart(query, cell)
    except lstm_core.LstmCoreError as error:
        return found, f"{error}"


def refused(query: dict[str, str], at: str) -> str:
    try:
        asked(query, at)
    except lstm_core.LstmCoreError as error:
        return f"{error}"
    raise AssertionError


def question(**asks: Any) -> Any:
    """How a question is parsed, and how long a job it is."""
    found = work.question(json.dumps(asks).encode())
    return found.length, found.asked


CASES = {
    "a word of six": lambda: asked(TAGGED, "0.0.3.5"),
    "the first word": lambda: asked(TAGGED, "0.0.0.0"),
    "a word in the middle, and the path of one before": lambda: asked(TAGGED, "0.0.40.2", (1, None)),
    "the path of its own word": lambda: asked(TAGGED, "0.0.7.2", (2, None)),
    "the path of a word that comes later": lambda: asked(TAGGED, "0.0.7.2", (4, None)),
    "another label": lambda: asked(TAGGED, "0.0.3.5", (0, None), "VERB"),
    "a label that there is not": lambda: asked(TAGGED, "0.0.3.5", None, "none"),
    "a word left out": lambda: asked(TAGGED | {"holds": "w.1 w.4"}, "0.0.3.5", (3, None)),
    "at a word that is left out": lambda: asked(TAGGED | {"holds": "w.5"}, "0.0.3.5"),
    "with a gate held": lambda: asked(TAGGED | {"holds": "f.0.all.2_0"}, "0.0.3.5"),
    "with a gate held and a word left out": lambda: asked(TAGGED | {"holds": "i.0.3.all_1 w.0"}, "0.0.3.5"),
    "an answer that two ways make": lambda: asked(RATED, "0.0.3.5", (2, None)),
    "the last word of a film": lambda: asked(RATED | {"sentence": "not a good film at all"}, "0.0.1.4", (0, None)),
    "a symbol over a gap": lambda: asked(COPIED, "0.0.1.5", (0, None)),
    "what may come": lambda: asked({"model": "brackets", "sentence": "(()(("}, "0.0.3.4", (1, None)),
    "what may come, another": lambda: asked({"model": "brackets", "sentence": "(())"}, "0.0.0.3", None, ")"),
    "characters": lambda: asked({"model": "python-chars", "sentence": CODE[:24]}, "0.0.48.20", (4, None)),
    "a series": lambda: asked({"model": "series", "sentence": SERIES}, "0.0.3.30", (29, 0)),
    "a series, a whole step": lambda: asked({"model": "series", "sentence": SERIES}, "0.0.3.12", (10, None)),
    "both directions": lambda: asked({"model": "tagger-bi", "sentence": FISH}, "0.1.3.2", (0, None)),
    "both directions, a word left out": lambda: asked(
        {"model": "tagger-bi", "sentence": FISH, "holds": "w.3"}, "0.0.1.2"
    ),
    "two layers and directions, untrained": lambda: asked(TWO, "1.1.2.3"),
    "two layers and directions, held": lambda: asked(TWO | {"holds": "c.1.2.3_0.5.1 w.1"}, "1.1.2.3"),
    "a long text": lambda: asked({"model": "tagger-sizes", "sentence": LONG}, "0.0.1.690", (4, None)),
    "the sizes of the lesson": lambda: asked({"model": "tagger-sizes", "sentence": DOGS}, "0.0.2.7", (1, None)),
    "a year of features": lambda: asked(of_days(), "0.0.3.300", (299, 2)),
    "a year of features, without days": lambda: asked(of_days(holds="w.1 w.3"), "0.0.3.9", (4, None)),
    "a feature that there is not": lambda: asked(of_days(), "0.0.3.9", (4, 5)),
    "a GRU": lambda: asked(cell_of(nn.GRU), "0.0.3.4", (1, None)),
    "a GRU of two layers, a word left out": lambda: asked(cell_of(nn.GRU, 2) | {"holds": "w.0"}, "1.0.2.5"),
    "an RNN": lambda: asked(cell_of(nn.RNN), "0.0.3.4", (1, None)),
    "a set": lambda: asked(cell_of(nn.LSTM, 2, gives="set"), "1.0.4.5", (1, None)),
    "numbers that are said of words": lambda: asked(cell_of(nn.LSTM, gives="value"), "0.0.4.5", (1, None)),
    "two directions, two layers": lambda: refused(cell_of(nn.LSTM, 2) | {"sentence": "a"}, "2.0.0.0"),
    "no step": lambda: refused(TAGGED, "0.0.1.6"),
    "no sentence": lambda: refused(TAGGED | {"sentence": ""}, "0.0.1.6"),
    "the length of a light job": lambda: question(query=TAGGED, room=900),
    "the length of a random LSTM": lambda: [
        question(
            query={"model": "random", "hidden_dim": units, "n_layers": 3, "directions": 2, "sentence": "a " * many}
        )[0]
        for units in (2, 60, 160, 500)
        for many in (1, 125, 126, 900, 1_001)
    ],
    "the length with a hold": lambda: question(query=TAGGED | {"holds": "w.1"}, zoom=[1, 2], cell=None),
    "the length of a file": lambda: question(query=TAGGED | {"file": "none"})[0],
    "what computes in the browser": lambda: [
        carried_by(query) for query in (TAGGED, COPIED | {"holds": "w.1"}, TWO | {"sentence": LONG}, {"sentence": LONG})
    ],
}


def carried_by(query: dict[str, str]) -> Any:
    from frozen.rooms.files import carried

    return carried(work.carry(query))
