"""What does the server say of the questions that a page without a server is asked? Node's tests ask the page."""

import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import nn
from unpacking import unpacked

from frozen.kept import in_short
from frozen.links import CODE, DOGS, LONG, SERIES
from gatescope.export.downloads import download
from gatescope.export.visible_part import Sight
from gatescope.picture.answer import answer, apart
from gatescope.picture.computing import about_alone
from gatescope.picture.wire_format import as_sent
from gatescope.question import link
from gatescope.question.holds import Cell, Event
from gatescope.question.view import View
from gatescope.site.told import told_of_site
from gatescope.store import visitor_models
from gatescope.why.open_drawer import open_drawer
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.inputs import characters, token_vectors, words
from lstm_core.models.embeddings import Numbers, Vocabulary, features
from lstm_core.models.shipped import model_bytes
from lstm_core.plots.columns import fit
from lstm_core.plots.labels import label, signed

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
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FOURTEEN = "\n".join(",".join(f"{(row * column) % 7 + 0.5 * row}" for column in range(14)) for row in range(4))
TALL, WIDE = Sight(None, (9, 12)), Sight((0, 3), None)
MANY = ", ".join(f"{number * number % 89}" for number in range(90))


def of(model: str, sentence: str, **more: object) -> dict[str, str]:
    return {"model": model, "sentence": sentence} | {name: f"{value}" for name, value in more.items()}


TAGGED = of("tagger", DOGS)
BOTH = of("tagger-bi", "The dog that barked at")
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
    Asked(BOTH | {"holds": "g.0.2.1.1_-0.5 w.0", "rows": "activity", "layers": "0"}, Cell(0, 1, 2, 4)),
    Asked(BOTH | {"holds": "w.2"}, Cell(0, 0, 2, 4), None, "NOUN"),
    Asked(of("sentiment", FILM), Cell(0, 0, 16, 5), Event(0, None), "positive"),
    Asked(of("sentiment", FILM, holds="i.0.all.2_0"), Cell(0, 0, 3, 2)),
    Asked(of("sentiment", "The film is not bad"), Cell(0, 0, 3, 4), Event(3, None)),
    Asked(of("python-chars", CODE[:60]), Cell(0, 0, 48, 50)),
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
    Asked(of("series", SERIES), Cell(0, 0, 0, 30), Event(29, 0), sight=Sight((2.6, 2.9), (3, 1))),
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


class Own(NamedTuple):
    """A model of somebody's own: what reads, what it says of how many labels, and the columns that it reads."""

    kind: Any
    gives: str = "classes"
    hidden: int = 5
    labels: int = 3
    columns: int = 0
    more: Mapping[str, Any] = MappingProxyType({})


OWN = {
    "gru": Own(nn.GRU),
    "grus": Own(nn.GRU, more={"num_layers": 2, "bidirectional": True, "bias": False}),
    "tanh": Own(nn.RNN, more={"num_layers": 2}),
    "relu": Own(nn.RNN, more={"nonlinearity": "relu", "bidirectional": True}),
    "projected": Own(nn.LSTM, more={"proj_size": 2, "num_layers": 2}),
    "value": Own(nn.LSTM, "value", more={"num_layers": 2}),
    "table": Own(nn.LSTM, "value", columns=3),
    "features": Own(nn.LSTM, "value", labels=14, columns=14),
    "wide": Own(nn.LSTM, "value", hidden=17, more={"num_layers": 2, "bidirectional": True}),
    "set": Own(nn.LSTM, "set", hidden=20, labels=12),
    "labels": Own(nn.LSTM, hidden=40, labels=13),
    "one": Own(nn.LSTM, hidden=2, labels=1),
}
"""By name."""

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
    Asked(of("features", FOURTEEN), Cell(0, 0, 1, 2), Event(2, 13)),
    Asked(of("wide", WORDS), Cell(1, 1, 1, 2)),
    Asked(of("wide", WORDS, pin="1.15.2", rows="activity"), Cell(1, 0, 16, 4)),
    Asked(of("wide", WORDS, top="active", layers="01", pin="0.15.2.1"), Cell(0, 1, 0, 0)),
    Asked(of("set", WORDS), Cell(0, 0, 1, 4), Event(0, None)),
    Asked(of("set", WORDS, holds="c.0.all.all_1 o.0.all.all_1"), Cell(0, 0, 1, 0)),
    Asked(of("labels", WORDS), Cell(0, 0, 39, 4), Event(4, None), "o"),
    Asked(of("labels", f"{WORDS} in no field", pin="0.7.1"), Cell(0, 0, 0, 6), Event(6, None)),
    Asked(of("value", WORDS), Cell(1, 0, 2, 3)),
    Asked(of("projected", WORDS, holds="i.1.0.3_0"), Cell(1, 0, 1, 3)),
    Asked(of("gru", WORDS), Cell(0, 0, 0, 0), sight=WIDE),
    Asked(of("one", WORDS), Cell(0, 0, 1, 4), Event(2, None)),
]


def own_model(name: str) -> SequenceModel:
    """A model with weights from a seed, of five words or of some columns."""
    torch.manual_seed(3)
    own = OWN[name]
    reader: Any = own.kind(own.columns or 4, own.hidden, **own.more)
    linear = nn.Linear((reader.proj_size or own.hidden) * (1 + reader.bidirectional), own.labels)
    columns = LETTERS[: own.columns]
    embedding: Any = Numbers(columns) if columns else Vocabulary(WORDS.split(), size=4)
    with torch.no_grad():
        for weight in (*embedding.state_dict().values(), *reader.parameters(), *linear.parameters()):
            # In few bits, which take little room.
            nn.init.uniform_(weight, 0.5 if columns else -1, 1).mul_(64).round_().div_(64)
    labels, reads = (columns, "numbers") if columns else (LETTERS[-own.labels :], "words")
    parts: dict[str, Any] = {"embedding": embedding, "lstm": reader, "linear": linear}
    return SequenceModel("mine", "a task", [*labels], reads=reads, gives=own.gives, **parts).eval()


TEXTS = [
    *("a", "ab", "abc", "abcd", "abcde", "Up", "U.S.", "2024", "x" * 23, "x" * 24, "X" * 25, "ΣΑΣ", "²A9z-", "e\u0301"),
    *(
        "Don't stop",
        "3.14, 1,000.5!",
        "a !" + "\u0301" * 63,
        "!" + "\u0301" * 64 + " b",
        "\U0001f469\u200d" * 40,
        "\t\n x",
    ),
    *(
        " ",
        "\u00a0",
        "\r\n",
        "\u200b",
        "\u200b\u2028\ue000",
        "\u200b a",
        "y" * 18,
        "y" * 19,
        "",
    ),
]
NUMBERS = [
    0.0,
    1.0,
    -1.5,
    12.26,
    99.94,
    99.95,
    999.4,
    999.6,
    9999.5,
    123456.0,
    1e-4,
    9.9999e-5,
    1.5e-7,
    -2e10,
]
FITS = [
    (steps, room, numbers, zoom)
    for steps in (1, 24, 63, 64, 65, 100, 224, 225, 226, 300, 1000, 4001, 40_000)
    for room in (10, 64, 100, 226, 1000)
    for numbers in (1, 18, 1000, 1001, 6001)
    for zoom in (
        None,
        (-3.0, 9.0),
        (2.5, 11.5),
        (3.5, 70.2),
        (99.0, 198.0),
        (300.0, 310.0),
        (500.0, 999.4),
        (64.0, 63.0),
    )
]


def computed() -> dict[str, Any]:
    """What small functions of Python give that the page has too."""
    vectors = token_vectors(TEXTS[:8], 40, 3)
    return {
        "texts": [(text, features(text), words(text), characters(text), label(text)) for text in TEXTS],
        "bytes": [list(text.encode("utf-8", "surrogatepass")) for text in TEXTS],
        "numbers": [(number, f"{number:.3g}", f"{number:.6g}", f"{number:.1g}", signed(number)) for number in NUMBERS],
        "fits": [list(fit(*asked)) for asked in FITS],
        "asked": FITS,
        "vectors": [[round(float(number), 6) for number in row] for row in vectors[:, 0]],
    }


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
    return {"told": told, "own": own, "answers": answers, "computed": computed()}


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
