"""What does the server say of the questions that a page without a server is asked? Node's tests ask the page."""

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import nn
from unpacking import unpacked

from dashboard.export.downloads import download
from dashboard.export.visible_part import Sight
from dashboard.picture.answer import answer, apart
from dashboard.picture.computing import about_alone
from dashboard.picture.wire_format import as_sent
from dashboard.question import link
from dashboard.question.cell import Cell, Event
from dashboard.question.view import View
from dashboard.site.told import told_of_site
from dashboard.store import visitor_models
from dashboard.why.open_drawer import open_drawer
from frozen.kept import in_short
from frozen.links import CODE, DOGS, LONG, SERIES
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.models.embeddings import Numbers, Vocabulary
from lstm_core.models.shipped import model_bytes

# Half as many digits again as are compared.
DIGITS = 6
# What only the app says, or names by its own key.
LEFT = ("code", "examples", "file", "lasts", "link", "made", "model", "pins", "proof", "view")


class Asked(NamedTuple):
    """A link, and what is asked of its view."""

    link: dict[str, str]
    cell: Cell
    event: Event | None = None
    label: str = ""
    zoom: tuple[float, float] | None = None
    room: int = 832
    sight: Sight | None = None
    """What of the view is in its CSV."""


WORDS = "giraffes not in a field"
TABLE = "a;b;c\n1;0.5;3\n2;0.25;1\n-4;8;0\n0;0;0\n2.5;1;1"
FILM = "not a good film at all"
TALL, WIDE = Sight(None, (9, 12)), Sight((0, 3), None)
MANY = ", ".join(f"{number * number % 89}" for number in range(90))


def of(model: str, sentence: str, **more: object) -> dict[str, str]:
    return {"model": model, "sentence": sentence} | {name: f"{value}" for name, value in more.items()}


TAGGED = of("tagger", DOGS)
BOTH = of("tagger-bi", DOGS)
DRAWN = of("random", DOGS, hidden_dim=5, n_layers=2, directions=2)

ASKED = [
    Asked(TAGGED, Cell(0, 0, 9, 4), Event(1, None)),
    Asked(TAGGED, Cell(0, 0, 9, 4), Event(8, None), "VERB", sight=Sight((1.5, 4.2), (0.5, 3.5))),
    Asked(TAGGED | {"holds": "w.2 w.3", "top": "all", "rows": "similarity"}, Cell(0, 0, 1, 5), Event(4, None)),
    Asked(TAGGED | {"holds": "w.2"}, Cell(0, 0, 1, 2)),
    Asked(TAGGED | {"holds": "f.0.1.2_0.25 w.1", "pin": "0.1.2", "top": "active"}, Cell(0, 0, 1, 3)),
    Asked(TAGGED | {"holds": "h.0.1.2_0.5", "top": "all", "rows": "half-life", "quantities": "ch"}, Cell(0, 0, 63, 8)),
    Asked(TAGGED | {"sentence": "Go"}, Cell(0, 0, 0, 0)),
    Asked(TAGGED, Cell(0, 0, 64, 0)),
    Asked(TAGGED, Cell(0, 0, 0, 9)),
    Asked(BOTH, Cell(0, 1, 3, 4), Event(1, None), zoom=(1.5, 3.5), room=3),
    Asked(BOTH | {"holds": "g.0.2.1.1_-0.5 w.0", "rows": "activity", "layers": "0"}, Cell(0, 1, 2, 8)),
    Asked(BOTH | {"holds": "w.4"}, Cell(0, 0, 2, 8), None, "NOUN"),
    Asked(of("sentiment", FILM), Cell(0, 0, 16, 5), Event(0, None), "positive"),
    Asked(of("sentiment", FILM, holds="i.0.all.2_0"), Cell(0, 0, 3, 2)),
    Asked(of("sentiment", "The film is not bad"), Cell(0, 0, 3, 4), Event(3, None)),
    Asked(of("python-chars", CODE[:14]), Cell(0, 0, 48, 12), Event(4, None)),
    Asked(of("python-chars", "def f(x):\n", top="telling", rows="similarity"), Cell(0, 0, 3, 9), None, "return"),
    Asked(of("counter", "aaabbb"), Cell(0, 0, 1, 4), Event(0, None)),
    Asked(
        of("counter", "aabb", holds="f.0.1.3_0.5 w.1", rows="activity"), Cell(0, 0, 1, 3), sight=Sight(None, (9, 12))
    ),
    Asked(of("counter", "a" * 90 + "b" * 60), Cell(0, 0, 0, 149)),
    Asked(DRAWN | {"sentence": LONG, "rows": "half-life"}, Cell(0, 0, 0, 149), room=40, zoom=(20.5, 130.5)),
    Asked(of("counter", "AaXB-b"), Cell(0, 0, 1, 2)),
    Asked(of("brackets", "(())(("), Cell(0, 0, 1, 1), Event(0, None), "("),
    Asked(of("brackets", "()((", holds="o.0.0.3_0"), Cell(0, 0, 1, 3)),
    Asked(of("copy", "b..?"), Cell(0, 0, 2, 3), Event(0, None), "b"),
    Asked(of("series", SERIES), Cell(0, 0, 0, 47), Event(46, 0), sight=Sight((2.6, 2.9), (3, 1))),
    Asked(of("series", "20, 27, 23, 30, 26", holds="w.1"), Cell(0, 0, 3, 4), Event(3, 0)),
    Asked(of("series", MANY), Cell(0, 0, 1, 88), room=30),
    Asked(of("series", TABLE), Cell(0, 0, 0, 0)),
    Asked(of("tagger", "   "), Cell(0, 0, 0, 0), sight=Sight()),
    Asked(DRAWN, Cell(1, 1, 2, 0), sight=Sight()),
    Asked(DRAWN | {"holds": "f.1.2-3.all.1_0 w.0 c.0.9.2_1", "layers": "1", "quantities": "fc"}, Cell(1, 0, 2, 3)),
    Asked(DRAWN | {"holds": "w.0 w.1", "sentence": "a b", "pin": "3.2.1"}, Cell(0, 0, 0, 1)),
    Asked(DRAWN | {"tokens": "numbers", "sentence": TABLE, "seed": "5"}, Cell(0, 1, 4, 2)),
    Asked(
        DRAWN | {"tokens": "characters", "sentence": 'a "b",=\u00a0\t字'}, Cell(1, 0, 0, 1), sight=Sight((0, 3), None)
    ),
    Asked(of("random", DOGS, hidden_dim=40, top="active", rows="activity", input_dim=70), Cell(0, 0, 39, 2)),
    Asked(of("random", DOGS, hidden_dim=17, top="telling"), Cell(0, 0, 16, 0)),
]
"""Questions to the shipped models, and to untrained ones."""

OWN = {
    "gru": (nn.GRU, {}),
    "grus": (nn.GRU, {"num_layers": 2, "bidirectional": True, "bias": False}),
    "tanh": (nn.RNN, {"num_layers": 2}),
    "relu": (nn.RNN, {"nonlinearity": "relu", "bidirectional": True}),
    "projected": (nn.LSTM, {"proj_size": 2, "num_layers": 2}),
    "value": (nn.LSTM, {"num_layers": 2}),
    "table": (nn.LSTM, {"num_layers": 1}),
}
"""Models of somebody's own, by name."""

OF_OWN = [
    Asked(of(name, WORDS) | more, Cell(0, 0, 1, 2), Event(1, None))
    for name in ("gru", "grus", "tanh", "relu", "projected", "value")
    for more in (
        {"pin": "0.1.2"},
        {"sentence": "in a field", "quantities": "c", "rows": "activity"},
        {"holds": f"{'z.0.2.1_0 ' if name.startswith('gru') else ''}h.0.1.2_0.5 f.0.0.0_0"},
        {"holds": "w.0 w.3", "rows": "half-life", "sentence": "giraffes not in no field"},
    )
] + [
    Asked(of("table", TABLE), Cell(0, 0, 1, 3), Event(1, 2)),
    Asked(of("table", TABLE, holds="w.1"), Cell(0, 0, 1, 4), Event(2, 0), "b"),
    Asked(of("table", TABLE[6:]), Cell(0, 0, 4, 0), Event(0, 1)),
]


def own_model(name: str) -> SequenceModel:
    """A model with weights from a seed, of three words or of three columns."""
    torch.manual_seed(3)
    kind, sizes = OWN[name]
    is_table = name == "table"
    reader: Any = kind(3 if is_table else 4, 5, **sizes)
    linear = nn.Linear((reader.proj_size or 5) * (1 + reader.bidirectional), 3)
    embedding: Any = Numbers("abc") if is_table else Vocabulary(WORDS.split(), size=4)
    with torch.no_grad():
        for weight in (*embedding.state_dict().values(), *reader.parameters(), *linear.parameters()):
            nn.init.uniform_(weight, 0.5 if is_table else -1, 1)
    gives = "value" if is_table or name == "value" else "classes"
    parts: dict[str, Any] = {"embedding": embedding, "lstm": reader, "linear": linear}
    labels = list("abc" if is_table else "xyz")
    return SequenceModel(
        "mine", "a task", labels, reads="numbers" if is_table else "words", gives=gives, **parts
    ).eval()


def alone() -> dict[str, Any]:
    """What a page is told, somebody's models, the questions and their answers."""
    told = as_sent(told_of_site({}))
    models = {name: own_model(name) for name in OWN}
    own = {
        name: {"file": base64.b64encode(model_bytes(model)).decode(), "about": as_sent(about_alone(model))}
        for name, model in models.items()
    }
    keys = {name: visitor_models.put(model) for name, model in models.items()}
    answers = [answered(asked, keys) for asked in (*ASKED, *OF_OWN)]
    return {"told": told, "own": own, "answers": answers}


def answered(asked: Asked, keys: Mapping[str, str] = {}) -> dict[str, Any]:
    """A question, and what the server says."""
    name = asked.link["model"]
    query = asked.link | {"model": keys.get(name, name)}
    sent = unpacked(answer(query, asked.room, asked.zoom))
    view = link.read(View(), query)[0]
    answers = {
        "picture": in_short({name: value for name, value in sent.items() if name not in LEFT}),
        "terms": in_digits(or_refusal(lambda: apart(query, asked.cell))),
        "drawer": in_digits(or_refusal(lambda: as_sent(open_drawer(query, asked.cell, asked.event, asked.label)))),
        "csv": or_refusal(lambda: download("csv", view, asked.sight).content.decode()) if asked.sight else None,
    }
    question = {"link": asked.link, **{key: as_sent(value) for key, value in asked._asdict().items() if key != "link"}}
    return question | answers


def or_refusal(tell: Any) -> Any:
    try:
        return tell()
    except LstmCoreError as error:
        return f"{error}"


def in_digits(value: Any) -> Any:
    """With fewer digits."""
    if isinstance(value, Mapping):
        return {key: in_digits(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [in_digits(part) for part in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
