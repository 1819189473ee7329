"""What does the library return and refuse? Each name of `lstm_core.__all__`, with a few arguments."""

import tempfile
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from net.plain import answer

# Any, as much here is wrong on purpose.
lstm_core: Any = import_module("lstm_core")
shipped: Any = import_module("lstm_core.models")
Hold: Any = lstm_core.Hold

WORDS = ["The", "old", "dog", "that", "barked", "at", "the", "cats", "ran", "away"]
TEXTS = ["abcab", "", "bca", "ccc", "abababab", "c", "bacb", "aabbcc", "cab", "a", "bbbb", "abcab", "acacac", "babx"]
LINES = ["aaabbb", "aabb", "ab", "aaaabbbb"]
FILM = "It is not a good film"
COPIES = ["b c ? ? ?", "a b ? ? ?", "c a ? ? ?"]


def drawn(module: nn.Module, seed: int = 0) -> Any:
    """A module whose gates shut and open."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator))
    return module.eval()


def moved(steps: int = 10, size: int = 3, batch: int = 1) -> Tensor:
    """Numbers that look alike nowhere, without a draw."""
    numbers = torch.arange(steps * size * batch, dtype=torch.float64)
    return (2 * torch.sin(numbers**1.3)).reshape(steps, batch, size).float()


class Loop(nn.Module):
    """A hand-written LSTM, or with `leak` one whose forget gate is 1 - i."""

    def __init__(self, leak: bool = False) -> None:
        super().__init__()
        self.layer, self.leak = nn.Linear(3 + 4, 16), leak

    def forward(self, x: Tensor) -> Tensor:
        h = c = torch.zeros(x.shape[1], 4)
        for now in x:
            i, f, g, o = self.layer(torch.cat([now, h], 1)).chunk(4, 1)
            i = torch.sigmoid(i)
            c = (1 - i if self.leak else torch.sigmoid(f)) * c + i * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        return h


LSTM = drawn(nn.LSTM(3, 4))
DEEP = drawn(nn.LSTM(3, 4, 2, bidirectional=True), 1)
SMALLER = drawn(nn.LSTM(3, 4, proj_size=2), 2)
GRU, RNN = drawn(nn.GRU(3, 4), 3), drawn(nn.RNN(3, 4, nonlinearity="relu"), 4)
PAIR = (LSTM, drawn(nn.Linear(4, 2), 5))
NAMED = drawn(nn.ModuleDict({"encoder": nn.LSTM(2, 3), "emb": nn.Embedding(5, 2), "fc": nn.Linear(3, 2)}), 6)
PACKED = pack_padded_sequence(moved(7, batch=3), torch.tensor([3, 7, 5]), enforce_sorted=False)
TABLE = pd.DataFrame(moved(8)[:, 0].numpy(), columns=["rain", "wind", "sun"])

load_model = cache(lstm_core.load_model)


def read(module: nn.Module = LSTM, **options: Any) -> Any:
    return lstm_core.run(module, moved(), tokens=[WORDS], **options)


def recorded(module: nn.Module, *inputs: Any, **options: Any) -> Any:
    with lstm_core.record(module, **options) as recording:
        module(*inputs)
    return {name: [recording[name], recording[name].summary()] for name in recording.names}


def held(module: nn.Module, *holds: Hold, **parts: Any) -> Any:
    with lstm_core.intervene(module, *holds, **parts):
        return recorded(module, moved())


def said(trace: Any) -> Any:
    """All that a trace says of itself."""
    options = {"layer": 0, "direction": 0}
    cells = [trace.cells(name, *options.values()) for name in trace.quantities]
    return [trace.summary(), trace.to_pandas(), trace.coords, cells, trace._repr_html_(), repr(trace)]


def in_file(name: str, write: Callable[[Path], Any], load: Callable[[Path], Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        write(path)
        return load(path)


@cache
def scanned(name: str = "counter") -> Any:
    texts = {"counter": LINES, "lstm": [moved(n)[:, 0] for n in (5, 9, 12)]}[name]
    return lstm_core.scan(LSTM if name == "lstm" else load_model(name), texts, top=3, quantiles=3)


def said_of(scan: Any, **place: Any) -> Any:
    """All that a scan says of itself, and of some of its units."""
    units = [[scan.histogram(n, **place), scan.top(n, **place), scan.top(n, "h", sign=-1, **place)] for n in (0, 1)]
    more = [scan.quantile_samples(0, k=2, **place), scan.tokens(0, **place), scan.correlations(**place)]
    return [scan.texts, scan.steps, scan.units, scan.summary(), scan._repr_html_(), scan.losses(), units, more]


def searched(*span: int, **options: Any) -> Any:
    found = lstm_core.pattern(of_text("counter", "aaabbb"), *span, **options)
    return [found, scanned().search(found, texts=LINES), scanned().search(found, length=1, limit=2, texts=LINES)]


def stored() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        scan = lstm_core.scan(load_model("counter"), LINES, store=Path(folder, "kept"))
        found = [said_of(scan), scan.find_text("bb"), scan.nearest(1, 3), [*scan.traces()]]
        return [found, said_of(lstm_core.load_scan(Path(folder, "kept")))]


def explained(of: Any, x: Any, **options: Any) -> Any:
    found = lstm_core.explain(of, x, **options)
    carried = [found.effect, found.inputs, found.direct, getattr(found, "carriers", None)]
    return [carried, found.to_pandas(), found.summary(), found._repr_html_(), found.plot()]


def far(of: Any, texts: Any) -> Any:
    found = lstm_core.horizon(of, texts)
    return [found.to_pandas(), found.summary(), found.plot()]


def checkpoint(source: Any) -> Any:
    found = lstm_core.load_checkpoint(source)
    return [found.lstms, found.embeddings, found.linears]


def of_file(beginning: str = "") -> Any:
    kept = {name: value for name, value in NAMED.state_dict().items() if name.startswith(beginning)}
    return in_file(
        "a.pt", partial(torch.save, {"model": {f"module.{name}": one for name, one in kept.items()}}), checkpoint
    )


def trained(task: str, **choices: Any) -> Any:
    made = lstm_core.train(task, hidden_size=3, epochs=1, **choices)
    return [made.name, made.labels, made.lstm, made.linear]


def of_text(name: str, text: str) -> Any:
    """The trace of what a shipped model reads."""
    model = load_model(name)
    tokens = model.tokens(text)
    return lstm_core.run(model.lstm, model.vectors(tokens), tokens=[tokens])


def model_of(name: str, text: str) -> Any:
    model = load_model(name)
    scores = model(model.vectors(model.tokens(text)))
    about = [model.name, model.task, model.labels, model.reads, model.gives, shipped.about(name)]
    return [about, said(of_text(name, text)), scores, model.probabilities(scores)]


def changed(module: nn.Module, **options: Any) -> Any:
    found = lstm_core.what_if(module, moved(), **options)
    return [found.before, found.after]


def tracked(given: Any, of: Any = None, **options: Any) -> Any:
    found = lstm_core.find_units(of or [read()], given, permutations=19, **options)
    return [found.table, found.summary(), found._repr_html_(), found.plot()]


EVEN = [np.arange(10) % 2]
BY_NAME: dict[str, list[Callable[[], Any]]] = {
    "run": [
        lambda: said(read()),
        lambda: said(read(DEEP)),
        lambda: said(read(GRU)),
        lambda: said(read(RNN)),
        lambda: said(read(SMALLER)),
        lambda: lstm_core.run(LSTM, PACKED),
        lambda: lstm_core.run(LSTM, moved(2)[:, 0]),
        lambda: lstm_core.run(LSTM, moved(5, batch=2), tokens=[["a"]]),
        lambda: lstm_core.run(nn.Linear(3, 3), moved()),
        lambda: lstm_core.run(LSTM, moved().double()),
        lambda: read(state=(torch.ones(1, 1, 4), torch.ones(1, 1, 4))),
        lambda: lstm_core.run(LSTM, torch.full((3, 1, 3), torch.nan)),
        lambda: said(read(exact=False)),
    ],
    "record": [
        lambda: recorded(LSTM, moved()),
        lambda: recorded(DEEP, PACKED),
        lambda: recorded(Loop(), moved(), names=["none"]),
        lambda: recorded(drawn(Loop()), moved()),
        lambda: recorded(drawn(Loop(True)), moved(batch=2)),
        lambda: recorded(GRU, moved(), detach=False),
        lambda: recorded(LSTM, moved(), keep=["f", "c"], units=[1], steps=[2, 3]),
        lambda: recorded(nn.Linear(3, 3), moved()),
        lambda: recorded(LSTM, moved(), keep="q"),
    ],
    "intervene": [
        lambda: held(LSTM, Hold("f", 0.5)),
        lambda: held(DEEP, Hold("c", 0, units=[1], layer=1), Hold("i", 1, steps=[2])),
        lambda: held(GRU, Hold("z", lambda z: z / 2, direction=0)),
        lambda: held(RNN, Hold("h", 0.1, units=[0], steps=[-1])),
        lambda: held(LSTM, gate="o", units=[2], value=0.0),
        lambda: held(LSTM, Hold("f", 2)),
        lambda: held(LSTM, Hold("z", 1)),
        lambda: held(LSTM, Hold("f", 0, units=[9])),
        lambda: held(LSTM, Hold("f", 0, layer=3)),
        lambda: held(drawn(Loop()), Hold("c", 0)),
    ],
    "Hold": [
        lambda: Hold("f", 0.25, units=range(3), steps=[-1])._repr_html_(),
        lambda: Hold("q", 1),
        lambda: repr(Hold("c", [1, 2])),
        lambda: Hold("f", "x"),
    ],
    "what_if": [
        lambda: changed(LSTM, hold=Hold("f", 0)),
        lambda: changed(DEEP, hold=[Hold("c", 1, layer=1)]),
        lambda: changed(LSTM, hold=[]),
    ],
    "effect": [
        lambda: lstm_core.effect(LSTM, [moved(), moved(4)], lambda m, x: float(m(x)[0].mean()), Hold("f", 0)),
        lambda: lstm_core.effect(LSTM, [], lambda *_: 0.0, Hold("f", 0)),
    ],
    "Trace": [
        lambda: said(read(DEEP).sel(unit=[1, 3], time=slice(2, 7), layer=1, direction=1)),
        lambda: read().sel(unit=9),
        lambda: read(DEEP).before("c"),
        lambda: read().keep(["f", "c"]),
        lambda: read().cells("q", 0, 0),
        lambda: read().plot(),
        lambda: read(DEEP).plot(layer=[0, 1], direction=[0, 1], width=1200),
        lambda: read().plot(layer=4),
        lambda: in_file("a.csv", read().to_csv, Path.read_text),
        lambda: in_file("a.json", read().to_json, Path.read_text),
        lambda: read().to_xarray().to_dict(),
        lambda: read().plot(quantities="fc", width=326, height=500, title="a"),
        lambda: read().plot(width=-1),
    ],
    "CellTrace": [
        lambda: _cells()[0].sel(unit=[1]),
        lambda: said(_cells()[0]),
        lambda: _cells()[0].roles,
        lambda: _cells()[0].x,
    ],
    "GruTrace": [lambda: read(GRU).sel(time=3), lambda: read(GRU).plot(), lambda: read(GRU).cells("c", 0, 0)],
    "RnnTrace": [lambda: read(RNN).sel(unit=[0]), lambda: read(RNN).plot()],
    "Recording": [
        lambda: _recording().names,
        lambda: _recording().lstm,
        lambda: _recording()["none"],
        lambda: _recording().gru,
    ],
    "load": [
        lambda: in_file("a.npz", read(DEEP).save, lstm_core.load),
        lambda: in_file("a.safetensors", read(GRU).save, lstm_core.load),
        lambda: lstm_core.load("none.npz"),
        lambda: in_file("a.npz", lambda path: path.write_bytes(b"PK"), lstm_core.load),
    ],
    "unrolled": [
        lambda: lstm_core.unrolled(LSTM)(moved()),
        lambda: lstm_core.unrolled(GRU)(moved()),
        lambda: lstm_core.unrolled(nn.Linear(1, 1)),
    ],
    "units": [
        lambda: lstm_core.units(read(DEEP)),
        lambda: lstm_core.units([read(), read()]),
        lambda: lstm_core.units([]),
        lambda: lstm_core.units(read(GRU)).plot("r"),
    ],
    "describe_unit": [
        *(partial(lambda n: lstm_core.describe_unit(read(), 0, n), n) for n in range(5)),
        lambda: lstm_core.describe_unit(read(GRU), 0, 0),
    ],
    "anatomy": [
        lambda: lstm_core.anatomy(LSTM, read(), unit=1, time=3),
        lambda: lstm_core.anatomy(DEEP, read(DEEP), unit=0, time=2, layer=1, direction=1),
        lambda: lstm_core.anatomy(LSTM, read(), unit=1, time=33),
        lambda: lstm_core.anatomy(SMALLER, read(SMALLER), unit=0, time=0),
    ],
    "ledger": [
        lambda: _ledger(read(), 7),
        lambda: _ledger(read(DEEP), 3, layer=1, direction=1),
        lambda: lstm_core.ledger(read(), 99),
        lambda: lstm_core.ledger(read(GRU), 1),
    ],
    "compare": [
        lambda: _compared(read(), read().with_values(c=read().c.flip(2))),
        lambda: _compared(read(DEEP).sel(layer=0, direction=1), read(DEEP).sel(layer=1, direction=0)),
        lambda: _compared(read(GRU), lstm_core.run(GRU, moved(7))),
        lambda: lstm_core.compare(read(), read(GRU)),
        lambda: lstm_core.compare(read(), read()).plot(3),
    ],
    "find_units": [
        lambda: tracked("word length"),
        lambda: tracked({"is even": np.arange(10) % 2, "step": np.arange(10)}),
        lambda: tracked("none"),
        lambda: tracked("capital", [read(), read(), read()], groups=[0, 0, 1]),
        lambda: tracked(EVEN, seed=3, quantities=["c"]),
        lambda: tracked("capital", steps=[[0]]),
        lambda: tracked(
            "has seen a", [of_text("counter", line) for line in LINES], held_out=[of_text("counter", "aab")]
        ),
    ],
    "check": [
        lambda: _report(LSTM, moved()),
        lambda: _report(NAMED["encoder"], moved(5, 2, 3)),
        lambda: _report(nn.Linear(3, 3), moved()),
        lambda: _report(nn.GRU(3, 4), moved() * torch.nan),
        lambda: _report(load_model("tagger"), "a can"),
    ],
    "explain": [
        lambda: explained(PAIR, moved()[:, 0], target=0, without=2),
        lambda: explained(load_model("sentiment"), FILM, without="not", target=("negative", "positive")),
        lambda: explained(load_model("copy"), COPIES[0], without=1),
        lambda: explained(PAIR, TABLE, target=0, without=(2, "wind")),
        lambda: explained((GRU, PAIR[1]), moved()[:, 0], target=1, baseline=0.5),
        lambda: explained(DEEP, moved()[:, 0], target=1, time=4),
        lambda: explained(PAIR, moved()[:, 0]),
        lambda: explained(PAIR, moved()[:, 0], target=0, without=99),
        lambda: explained(load_model("sentiment"), FILM, without="an"),
        lambda: explained(load_model("series"), "50 60 70 40", without=1),
        lambda: explained(RNN, moved()[:, 0], target=0),
    ],
    "horizon": [
        lambda: far(load_model("copy"), COPIES),
        lambda: far([load_model("copy")] * 2, COPIES),
        lambda: far(PAIR, [moved(20)[:, 0], moved(15)[:, 0]]),
        lambda: far(PAIR, []),
    ],
    "scan": [
        lambda: said_of(scanned()),
        lambda: said_of(scanned("lstm")),
        stored,
        lambda: lstm_core.scan(PAIR[1], LINES),
        lambda: said_of(lstm_core.scan(load_model("tagger-bi"), ["They can fish", "a can"], top=2), direction=1),
        lambda: said_of(scanned() + lstm_core.scan(load_model("counter"), ["aab"], top=3, quantiles=3)),
        lambda: said_of(lstm_core.scan(drawn(Loop()), [moved(n).numpy()[:, 0] for n in (4, 9)])),
        lambda: lstm_core.scan(LSTM, []),
        lambda: scanned().top(99),
        lambda: scanned().plot(1),
        lambda: said_of(lstm_core.scan(GRU, [moved(6).numpy()[:, 0]])),
    ],
    "load_scan": [
        lambda: in_file("a.npz", scanned().save, lambda path: said_of(lstm_core.load_scan(path))),
        lambda: lstm_core.load_scan("none"),
    ],
    "pattern": [
        lambda: searched(1, 2),
        lambda: searched(3, 4, threshold=0.1, sign=-1, before=0),
        lambda: searched(2, 2, quantity="h", after=1),
        lambda: searched(4, 2),
        lambda: searched(0, 99),
    ],
    "models": [
        lstm_core.models,
        *(partial(model_of, name, FILM) for name in ("tagger", "tagger-bi", "sentiment")),
        lambda: model_of("counter", "aabb"),
        lambda: model_of("python-chars", "x = 1\n"),
        lambda: model_of("brackets", "(()"),
        lambda: model_of("copy", COPIES[0]),
        lambda: model_of("series", "50 60 70"),
        lambda: shipped.random_lstm(2, 3, 2),
    ],
    "load_model": [
        lambda: lstm_core.load_model("none"),
        lambda: lstm_core.load_model(b"PK"),
        lambda: of_text("counter", ""),
    ],
    "save_model": [
        lambda: in_file(
            "a.safetensors",
            partial(lstm_core.save_model, load_model("copy")),
            lambda path: vars(lstm_core.load_model(path)) and lstm_core.load_model(path),
        ),
        lambda: lstm_core.save_model(LSTM, "a.safetensors"),
    ],
    "load_checkpoint": [
        lambda: of_file(),
        lambda: of_file("fc"),
        lambda: checkpoint(b""),
        lambda: checkpoint(b"\x80\x02c"),
        lambda: checkpoint("none.pt"),
    ],
    "assemble": [
        lambda: in_file(
            "a.pt",
            partial(torch.save, NAMED.state_dict()),
            lambda path: lstm_core.assemble(
                lstm_core.load_checkpoint(path), "encoder", "emb", "fc", list("abcde"), ["x", "y"]
            ),
        ),
        lambda: in_file(
            "a.pt",
            partial(torch.save, NAMED.state_dict()),
            lambda path: lstm_core.assemble(lstm_core.load_checkpoint(path), "none"),
        ),
    ],
    "train": [
        lambda: trained("brackets"),
        lambda: trained("text", text="abcd" * 60),
        lambda: trained("forecast", series=TABLE.to_numpy().repeat(9, 0)),
        lambda: trained("none"),
        lambda: trained("copy", none=1),
    ],
    "read_series": [
        lambda: lstm_core.read_series(b"date;load\n2024-01-01;1,5\n2024-01-02;2"),
        lambda: lstm_core.read_series("1, 2, 3"),
        lambda: lstm_core.read_series(b"a,b\n1,x\n"),
        lambda: lstm_core.read_series(b""),
    ],
    "words": [
        lambda: lstm_core.words("They can't, can they? <b>"),
        lambda: lstm_core.words(""),
        lambda: lstm_core.words(3),
    ],
    "characters": [lambda: lstm_core.characters("a\tb 字🦒"), lambda: lstm_core.characters("")],
    "LstmCoreError": [lambda: [one.__name__ for one in lstm_core.LstmCoreError.__mro__]],
    "__all__": [lambda: sorted(lstm_core.__all__)],
}


def _cells() -> Any:
    with lstm_core.record(model := drawn(Loop(), 3)) as recording:
        model(moved())
    return [recording[name] for name in recording.names]


def _recording() -> Any:
    with lstm_core.record(NAMED["encoder"]) as recording:
        NAMED["encoder"](moved(4, 2))
    return recording


def _ledger(trace: Any, time: int, **place: Any) -> Any:
    found = lstm_core.ledger(trace, time, **place)
    return [found, found.to_pandas(), found.summary(), found.plot(1)]


def _compared(*at: Any) -> Any:
    found = lstm_core.compare(*at)
    return [found, found.to_pandas(), found.summary(), found.plot()]


def _report(model: nn.Module, *inputs: Any) -> Any:
    found = lstm_core.check(model, *inputs)
    return [found.to_pandas(), f"{found}"]


def results() -> dict[str, Any]:
    """The answers by name and number of the question."""
    return {f"{name} {n}": answer(ask) for name, asked in BY_NAME.items() for n, ask in enumerate(asked)}
