"""Which explanations, horizons and reports on a model are frozen?"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from frozen.analysed import linear, lstm, other
from frozen.figures import COPIES, moved
from frozen.plain import cases_of, refused
from lstm_core import checking
from lstm_core.checking import reading, run, subject
from lstm_core.checking.questions import units
from lstm_core.checking.report import Report, Row
from lstm_core.explaining import explain_each, horizon, sweep
from lstm_core.explaining.explained import Explained
from lstm_core.explaining.given import given
from lstm_core.explaining.horizon import powers_below
from lstm_core.explaining.question import parts_of
from lstm_core.explaining.sweep import times
from lstm_core.inputs.series import Series
from lstm_core.models.embeddings import Rows

X = moved(8)[:, 0]
DAYS = [datetime(2024, 3, 30) + timedelta(days=n) for n in range(8)]
HOURS = [datetime(2024, 3, 30, 22) + timedelta(hours=n) for n in range(8)]


@cache
def model(name: str) -> Any:
    return lstm_core.load_model(name)


def of_lstm(units: int = 4, **options: Any) -> Any:
    module = lstm(units, **options)
    return module, linear((options.get("proj_size") or units) * (2 if module.bidirectional else 1))


def all_of(found: Explained) -> Any:
    sums = [found.effect, found.direct, found.gross, found.keeps, found.by_step]
    return [found, *sums, found.to_pandas(), found.summary(), found._repr_html_(), found.erased()]


def explained(of: Any, x: Any = X, patched: bool = True, **options: Any) -> Any:
    found = lstm_core.explain(of, x, **({"target": 0} if isinstance(of, tuple) else {}) | options)
    return [*all_of(found), *([found.patched(2, 3), found.patched(1, 2, 1)] if patched else [])]


TABLE = pd.DataFrame(X.numpy(), columns=["rain", "wind", "sun"])

ASKED: dict[str, Callable[[], Any]] = {
    "an LSTM": lambda: explained(of_lstm(), without=2),
    "two layers": lambda: explained((lstm(3, 2), linear(3)), without=slice(1, 4), time=6),
    "both directions": lambda: explained(of_lstm(3, both=True), patched=False, without=[1, 5], time=4),
    "both directions, the end": lambda: explained(of_lstm(3, both=True), patched=False, without=0),
    "both directions, one step": lambda: explained(of_lstm(3, both=True), X[:1], patched=False, baseline=0),
    "a projection": lambda: explained(of_lstm(4, proj_size=2), without=(2, 1)),
    "a GRU": lambda: explained((other(nn.GRU), linear(4)), without=[(2, 1), (3, 0)], baseline=0.5),
    "an RNN": lambda: explained((other(nn.RNN), linear(4)), without=3, baseline=[0.1, 0.2, 0.3]),
    "a relu RNN": lambda: explained((other(nn.RNN, nonlinearity="relu"), linear(4)), without=3, baseline="mean"),
    "h itself": lambda: explained(lstm(), without=5, target=1),
    "one against another": lambda: explained(of_lstm(), without=5, target=(1, 0)),
    "counted from the end": lambda: explained(of_lstm(), without=-3, time=-2, target=-1),
    "one output": lambda: explained((lstm(), linear(3, 1)), baseline=torch.ones(8, 3), target=None),
    "without biases": lambda: explained((lstm(bias=False), linear(3, bias=False)), without=1),
    "an event after the answer": lambda: explained(of_lstm(), without=6, time=3),
    "an event at the answer": lambda: explained(of_lstm(), without=7),
    "an event on both sides of the answer": lambda: explained(of_lstm(), without=[1, 6], time=4),
    "an event that goes on": lambda: explained(of_lstm(), without=slice(2, None), time=6),
    "seven steps": lambda: explained(of_lstm(), without=list(range(7))),
    "five steps": lambda: explained(of_lstm(), without=list(range(5))),
    "a table": lambda: explained(of_lstm(), TABLE, without=(2, "wind")),
    "a table of days": lambda: explained(of_lstm(), TABLE.set_index(pd.DatetimeIndex(DAYS)), without="2024-04-01"),
    "a table of hours": lambda: explained(of_lstm(), TABLE.set_index(pd.DatetimeIndex(HOURS)), without=HOURS[2]),
    "days, a slice": lambda: explained(
        of_lstm(), TABLE.set_index(pd.DatetimeIndex(DAYS)), without=slice("2024-03-31", np.datetime64("2024-04-02"))
    ),
    "days, a cell": lambda: explained(
        of_lstm(), TABLE.set_index(pd.DatetimeIndex(DAYS)), without=(date(2024, 4, 1), "sun"), time=5
    ),
    "a series": lambda: explained(of_lstm(), Series(["a", "b", "c"], X, [f"t{n}" for n in range(8)]), without="t3"),
    "a series of columns": lambda: explained(
        of_lstm(), Series(["column 1", "column 2", "column 3"], X, None), without=(3, 1)
    ),
    "words": lambda: explained(model("sentiment"), "It is not a good film", baseline=0),
    "a word": lambda: explained(
        model("sentiment"), "It is not a good film", without="not", target=("negative", "positive")
    ),
    "a word for each": lambda: explained(model("sentiment"), "It is not a good film", baseline="film"),
    "words for some": lambda: explained(
        model("sentiment"), "It is not a good film", without=["not", "good"], baseline=["very", "bad"]
    ),
    "words for some cells": lambda: explained(
        model("sentiment"), "It is not a good film", without=[(2, 1), (4, 0)], baseline=["very", "bad"]
    ),
    "words that are not known": lambda: explained(
        model("tagger"), "Giraffes in a field", without="field", baseline=["xyzzy"], time=3
    ),
    "another text": lambda: explained(model("tagger"), "Giraffes in a field", baseline="Lions by the trees", time=2),
    "symbols": lambda: explained(model("copy"), COPIES[0], without=0),
    "a set": lambda: explained(model("brackets"), "(()", without=1),
    "a forecast": lambda: explained(model("series"), [[50.0], [60], [70], [40]], without=1),
    "a forecast of text": lambda: explained(model("series"), "50 60 70 40", without=(1, "load"), baseline="median"),
    "each of several": lambda: [
        all_of(one)
        for one in (
            *explain_each(of_lstm(), [X, X[:5], X[2:]], without=1, target=0),
            *explain_each((other(nn.GRU, batch_first=True), linear(4)), moved(4, batch=2).transpose(0, 1), target=1),
            *explain_each(
                of_lstm(), pack_padded_sequence(moved(5, batch=2), torch.tensor([3, 5]), enforce_sorted=False), target=0
            ),
            *explain_each(model("copy"), COPIES[:2], without=0),
            *explain_each(of_lstm(3, both=True), [X, X[:5]], without=1, target=0, time=-2),
        )
    ],
    "patched": lambda: [
        lstm_core.explain(of_lstm(), X, without=1, target=0).patched(units, random, at)
        for units, random, at in ((1, 5, 2), (2, 20, 1), (3, 2, 7), (4, 3, 3), (0, 1, 0))
    ],
}

REFUSED: dict[str, Callable[[], Any]] = {
    name: partial(refused, ask)
    for name, ask in {
        "no pair": lambda: explained((lstm(), nn.ReLU())),
        "a tuple of one": lambda: explained((lstm(),)),
        "a Linear": lambda: explained(nn.Linear(3, 3)),
        "one of one's own": lambda: explained(nn.ModuleDict({"a": lstm(), "b": linear(3), "c": linear(4)})),
        "a width": lambda: explained((lstm(), linear(4))),
        "dropout": lambda: explained((nn.LSTM(3, 3, 2, dropout=0.5), linear(3))),
        "dropout of one layer": lambda: explained((nn.LSTM(3, 3, 1), linear(3)), without=99),
        "text": lambda: explained(of_lstm(), "text"),
        "another width": lambda: explained(of_lstm(), X[:, :2]),
        "no steps": lambda: explained(of_lstm(), X[:0]),
        "a batch": lambda: explained(of_lstm(), moved(4, batch=2)),
        "NaN": lambda: explained(of_lstm(), X * torch.nan),
        "an object": lambda: explained(of_lstm(), object()),
        "no text": lambda: explained(model("tagger"), " "),
        "no target": lambda: explained(of_lstm(), target=None),
        "a target too large": lambda: explained(of_lstm(), target=2),
        "a target too small": lambda: explained(of_lstm(), target=-3),
        "a label": lambda: explained(model("tagger"), "a can", target="VERBS"),
        "many outputs": lambda: explained((lstm(), linear(3, 6)), target=None),
        "many labels": lambda: explained((lstm(), linear(3, 11)), target=11),
        "ten labels": lambda: explained((lstm(), linear(3, 10)), target=11),
        "a step": lambda: explained(of_lstm(), without=8),
        "a step from the end": lambda: explained(of_lstm(), without=-9),
        "a time": lambda: explained(of_lstm(), time=8),
        "a truth": lambda: explained(of_lstm(), without=True),
        "no slice": lambda: explained(of_lstm(), without=slice(5, 5)),
        "a wrong slice": lambda: explained(of_lstm(), without=slice(0.5, 3)),
        "an empty list": lambda: explained(of_lstm(), without=[]),
        "a word of numbers": lambda: explained(of_lstm(), without="rain"),
        "another word": lambda: explained(model("tagger"), "a can", without="an"),
        "a cell of three": lambda: explained(of_lstm(), without=(1, 2, 3)),
        "a feature": lambda: explained(of_lstm(), without=(1, 3)),
        "a feature's name": lambda: explained(of_lstm(), TABLE, without=(1, "snow")),
        "equal readings": lambda: explained(of_lstm(), X * 0, baseline=0),
        "an infinite baseline": lambda: explained(of_lstm(), baseline=float("inf")),
        "a short baseline": lambda: explained(of_lstm(), baseline=X[:7]),
        "a slip": lambda: explained(model("tagger"), "a can", baseline="medain"),
        "a word and a number": lambda: explained(model("tagger"), "a can", baseline=["can", 3]),
        "three words for two": lambda: explained(
            model("tagger"), "a can of fish", without=["can", "fish"], baseline="a b c"
        ),
        "carriers": lambda: lstm_core.explain(of_lstm(3, both=True), X, target=0).carriers,
        "patched after": lambda: lstm_core.explain(of_lstm(), X, target=0, time=4).patched(at=5),
        "patched before": lambda: lstm_core.explain(of_lstm(), X, target=0, time=4).patched(at=-1),
        "patched at": lambda: lstm_core.explain(of_lstm(), X, target=0, time=4).patched(at=4),
        "one for each": lambda: explain_each(of_lstm(), "text", target=0),
    }.items()
}


def far(of: Any, texts: Any) -> Any:
    found = horizon(of, texts)
    return [found, found.to_pandas(), found.summary(), repr(found)]


def long_texts(count: int, steps: int = 20) -> list[torch.Tensor]:
    return [moved(steps * count)[n * steps : (n + 1) * steps - n, 0] for n in range(count)]


FAR: dict[str, Callable[[], Any]] = {
    "an LSTM": lambda: far(of_lstm(), long_texts(4)),
    "one text": lambda: far(of_lstm(), long_texts(1, 33)),
    "one long text": lambda: far((lstm(2), linear(2)), long_texts(1, 700)),
    "a GRU": lambda: far((other(nn.GRU), linear(4)), long_texts(3)),
    "an RNN": lambda: far((other(nn.RNN), linear(4)), long_texts(3)),
    "two layers of h": lambda: far(lstm(3, 2), long_texts(3)),
    "copies": lambda: far(model("copy"), COPIES),
    "a batch": lambda: far(of_lstm(), moved(9, batch=3)),
    "a packed batch": lambda: far(
        of_lstm(), pack_padded_sequence(moved(9, batch=3), torch.tensor([9, 4, 2]), enforce_sorted=False)
    ),
    "lines": lambda: far(model("sentiment"), ["It is good", "", "It is not a good film", "bad"]),
    "several": lambda: [
        [found.to_pandas(), found.summary()]
        for found in (
            horizon([model("copy")] * 2, COPIES),
            horizon({"a": model("copy"), "b": model("copy")}, COPIES),
            horizon([of_lstm(), (other(nn.RNN), linear(4))], long_texts(2)),
        )
    ],
    "refused": lambda: [
        refused(partial(horizon, *asked))
        for asked in (
            (of_lstm(3, both=True), long_texts(2)),
            (of_lstm(), [X[:1], X[1:2]]),
            (of_lstm(), []),
            (of_lstm(), [X, X]),
            ([], long_texts(2)),
            ({}, long_texts(2)),
            (model("tagger"), ["", " "]),
        )
    ],
    "cuts": lambda: [
        [powers_below(steps) for steps in (1, 2, 3, 4, 5, 8, 9)],
    ],
    "sentences": lambda: [
        made(**one).summary()
        for one in (
            {},
            {"k95": 1.0},
            {"k95": 2.0},
            {"k95": float("inf")},
            {"k95": float("inf"), "zero": 9.99},
            {"k95": float("inf"), "zero": 10.0},
            {"answers": 1, "leak": None},
            {"gradient": [1.0, 0.05, 0.01]},
            {"gradient": [1.0, 0.5, 0.0501]},
            {"gradient": [1.0, 0.5, 0.05]},
            {"gradient": [0.01, 0.005, 0.0]},
            {"gradient": [1.0, 0.2, 0.0]},
            {"cuts": [1], "zero": 0.5, "gradient": [1.0], "leak": [0.5], "k95": float("inf")},
        )
    ],
    "slopes": lambda: (
        [
            [getattr(sweep, name)(z) for name in ("sigmoid_slope", "tanh_slope", "relu_slope")]
            for z in (
                torch.tensor([[[0.0, 1, -1, 2, 0, -3, 40]], [[0.0, 3, 1, 2, -2, -1, -40]]]).swapaxes(0, 1).double(),
            )
        ]
        + [times(np.arange(12.0).reshape(2, 2, 3), np.arange(6.0).reshape(3, 2))]
    ),
    "readings": lambda: [
        [found.features, found.words, found.names, found.values.shape]
        for found in (
            given(parts_of(of_lstm()), TABLE),
            given(parts_of(of_lstm()), TABLE.set_axis([0, 1, 2], axis=1)),
            given(parts_of(of_lstm()), TABLE.set_axis([1, 2, 3], axis=1)),
            given(parts_of(of_lstm()), TABLE.set_axis(list("abcdefgh"))),
            given(parts_of(of_lstm()), moved(4)),
            given(parts_of(of_lstm()), X.tolist()),
            given(parts_of(model("series")), [[1.0], [2.0]]),
            given(parts_of(model("series")), moved(4, 1)),
            given(parts_of(model("tagger")), ["a", "can"]),
        )
    ],
}


def made(**changed: Any) -> Any:
    from lstm_core.explaining import Horizon

    cuts = np.array(changed.pop("cuts", [1, 2, 4]))
    zero = np.full(len(cuts), changed.pop("zero", 0.02))
    values = {
        "gradient": [1.0, 0.5, 0.2],
        "leak": [0.5, 0.1, 0.01],
        "answers": 3,
        "longest": 1200,
        "k95": 3.0,
    } | changed
    arrays = {name: None if values[name] is None else np.array(values[name]) for name in ("gradient", "leak")}
    return Horizon(cuts, zero, zero / 2, **(values | arrays))


def calls(*given_to: Any) -> Any:
    module = lstm(3)
    return reading.reading_of(module, given_to, run.run(module, given_to), lambda given: run.run(module, given))


def read_so(found: Any) -> Any:
    if found is None:
        return None
    facts = [found.time, found.batch, found.lengths, found.told is not None, found.packed, found.sequences, found.steps]
    return [
        *facts,
        found.all_equal,
        found.only([1, 0], 2) if min(found.sequences, found.steps) > 1 else None,
    ]


class Words(nn.Module):
    def __init__(self, batch_first: bool, padding: int | None = 0) -> None:
        super().__init__()
        self.embedding = drawn_table(padding)
        self.lstm = nn.LSTM(3, 3, batch_first=batch_first)
        self.lstm.load_state_dict(lstm(3).state_dict())

    def forward(self, x: torch.Tensor, *_more: Any) -> torch.Tensor:
        found: torch.Tensor = self.lstm(self.embedding(x))[0]
        return found


def rows_alone() -> Any:
    """A model that reads rows of a table which have no names."""
    parts = {"embedding": Rows(5, 3), "lstm": lstm(), "linear": linear(3)}
    parts["embedding"].load_state_dict(
        {
            name: torch.sin(torch.arange(w.numel()).double()).view(w.shape).to(w.dtype)
            for name, w in parts["embedding"].state_dict().items()
        }
    )
    return lstm_core.SequenceModel("rows", "Nothing.", ["a", "b"], reads="words", gives="classes", **parts).eval()


def drawn_table(padding: int | None) -> nn.Embedding:
    table = nn.Embedding(10, 3, padding_idx=padding)
    with torch.no_grad():
        table.weight.copy_(torch.sin(torch.arange(30.0)).view(10, 3))
    return table


def read_words(x: Any, batch_first: bool = True, padding: int | None = 0, *more: Any) -> Any:
    module, given_to = Words(batch_first, padding), (torch.tensor(x), *more)
    return read_so(
        reading.reading_of(module, given_to, run.run(module, given_to), lambda given: run.run(module, given))
    )


def stopped(ask: Callable[[], Any]) -> str:
    """With what a model stops."""
    try:
        ask()
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:60]}"
    return "not stopped"


ROWS = [[1, 2, 3, 4], [5, 6, 0, 0], [7, 8, 9, 0]]
READ: dict[str, Callable[[], Any]] = {
    "numbers": lambda: read_so(calls(moved(4, batch=3))),
    "a feature that is everywhere the same": lambda: read_so(calls(moved(4, batch=3) * torch.tensor([0.0, 1, 1]))),
    "one sequence": lambda: read_so(calls(moved(4)[:, [0, 0]])),
    "packed": lambda: read_so(
        calls(pack_padded_sequence(moved(4, batch=3), torch.tensor([4, 2, 1]), enforce_sorted=False))
    ),
    "words": lambda: read_words(ROWS),
    "words, time first": lambda: read_words(ROWS, False),
    "words without padding": lambda: read_words(ROWS, padding=None),
    "words of padding": lambda: read_words([[1, 2, 3, 4], [0, 0, 0, 0], [7, 0, 9, 0]]),
    "lengths": lambda: read_words(ROWS, True, 0, torch.tensor([4, 2, 3])),
    "lengths in a list": lambda: read_words(ROWS, True, 0, [4, 1, 4]),
    "no lengths": lambda: [
        read_words(ROWS, True, 0, more)
        for more in ([4, 0, 4], [5, 1, 1], [1, 1], torch.ones(3), torch.ones(3, 1), "abc")
    ],
    "equal rows": lambda: read_words([[1, 1], [1, 1]]),
    "equal ends": lambda: read_words([[1, 2, 3], [4, 5, 6], [1, 2, 3]]),
    "a row": lambda: [read_words([[1, 2, 3]]), read_words([[1], [2], [3]]), read_words([[1]])],
    "zeros at ends": lambda: [
        reading.without_zeros(calls(x)).lengths
        for x in (moved(4, batch=3) * torch.tensor([[1, 1, 1], [1, 0, 1], [0, 0, 1], [0, 0, 0]])[..., None],)
    ],
    "parts of inputs": lambda: [
        [name for name, _ in run.parts_of({"a": 1, "b": (2, {"c": 3})})],
        run.with_parts({"a": 1, "b": (2, [3])}, lambda one: 5 if one == 2 else one),
        run.with_parts((1, (2, 3)), lambda one: one),
    ],
    "apart": lambda: (
        [
            run.apart(torch.tensor(one), torch.tensor(two))
            for one, two in (
                ([1.0, -4], [1.0, -3]),
                ([0.0], [0.0]),
                ([1.0], [1.0, 2.0]),
                ([torch.nan, 1.0], [torch.nan, 2.0]),
                ([torch.nan], [1.0]),
                ([0.0], [1e-13]),
            )
        ]
        + [[run.told(change) for change in (0.0, 0.01, 0.0099, 0.5, 2.0)]]
        + [run.tolerance(one) * 1e5 for one in (lstm(), lstm().double(), lstm().half(), nn.Identity())]
    ),
    "places": lambda: (
        [f"{units.LayerPlace(*place)}" for place in (("", 0, 0), ("a", 0, 0), ("a", 1, 1), ("", 2, 0), ("", 0, 1))]
        + [f"{units.Changed(*counts)}" for counts in ((0, 1200), (3, 5), (1200, 3000))]
        + [
            units.named({units.LayerPlace(name, 0, 0): dict.fromkeys(range(count), 0.0) for name, count in some})
            for some in ([("a", 1)], [("", 9)], [("a", 8), ("b", 2)], [("a", 1), ("b", 1), ("c", 1), ("d", 1)])
        ]
    ),
    "drawn": lambda: [
        [found.said, found.inputs[0].double().mean() * 10, list(found.inputs[0].shape)]
        for found in map(
            subject.drawn_for,
            (
                lstm(),
                nn.LSTM(3, 2, batch_first=True),
                nn.GRUCell(3, 2),
                Words(True),
                Words(False, None),
                rows_alone(),
                *(model(name) for name in ("tagger", "copy", "series", "sentiment")),
            ),
        )
    ],
    "what a model stops at": lambda: [
        stopped(partial(checking.check, lstm(), x))
        for x in (torch.zeros(4, 5, 2), torch.zeros(4, 5, dtype=torch.int64), torch.zeros(4, 2))
    ],
    "hooks": lambda: [(one := lstm()), run.run(one, (moved(3),)).answer, len(one._forward_hooks)],
    "a report": lambda: [
        [found, repr(found), found._repr_html_(), found.to_pandas(), found.is_broken]
        for found in (
            Report(
                (Row("a", "pass", "1"), Row("long", "look", "2", "do\nso"), Row("b", "broken", "<3>")),
                "x",
                {"q": "no q", "r": "no q"},
            ),
            Report((Row("a", "pass", "1"),), "y"),
            Report((), "z"),
        )
    ],
    "refused": lambda: [
        refused(partial(checking.check, *asked))
        for asked in (
            (lstm(), "text"),
            (lstm(), torch.zeros(3)),
            (lstm(), [[1.0]]),
            (lstm(), np.zeros((4, 2, 3))),
            (lstm(), torch.zeros(0, 2, 3)),
            (lstm(), torch.full((3, 2, 3), torch.nan)),
            (model("tagger"), ""),
            (nn.Linear(3, 3),),
            (nn.ModuleDict({"a": lstm()}),),
        )
    ],
}

EXPLAINED = cases_of({"asked": ASKED, "refused": REFUSED, "far": FAR, "read": READ})
