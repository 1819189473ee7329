"""Which examples, scores and first epochs of the tasks are frozen?"""

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import torch

from frozen.explained import model
from frozen.plain import refused
from lstm_core.training import copying, counts, epochs, loop, series, task, words
from lstm_core.training.loop import learned, texts_like_those_of

TEXT = "the cat sat on the mat, and the dog ran to the cat. " * 6
ROWS = np.stack([np.sin(np.arange(50) / 3), np.arange(50) % 7.0], 1)


def drawn(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


GIVEN: dict[str, dict[str, Any]] = {"text": {"text": TEXT}, "forecast": {"series": ROWS}}
SMALL: dict[str, Callable[[], task.Task]] = {
    "counter": lambda: counts.Counter(4),
    "brackets": lambda: counts.Brackets(3, 10),
    "copy": lambda: copying.Copy(6),
    "series": series.DailyLoads,
    "grammar": words.Grammar,
    "text": lambda: words.Text(TEXT),
    "forecast": lambda: series.Forecast(ROWS),
}


def first_batch(name: str, progress: float) -> Any:
    one, generator = SMALL[name](), drawn(3)
    made = one.model(one.sizes._replace(hidden_size=3), generator)
    batches = list(one.batches(made, progress, generator))
    scores = made(made.embedding.embed(batches[0].numbers)).detach()
    return [
        made.labels,
        made.name,
        made.task,
        made.reads,
        made.gives,
        len(batches),
        batches[0],
        batches[-1].numbers,
        loop.loss_of(made, scores, batches[0].targets).item(),
        [weight.sum() for weight in made.parameters()],
    ]


def learnt(name: str) -> Any:
    one = SMALL[name]()
    return [
        [each.number, each.of, each.loss, each.accuracy]
        for each in islice(epochs(one, hidden_size=3, epochs=4, seed=1), 2)
    ]


SCORED: dict[str, Callable[[], Any]] = {
    "counter": lambda: (
        [counts.right_up_to(model("counter"), most) for most in (5, 300)]
        + [counts.counter_margins(model("counter"), [1, 2, 7]), counts.Counter(20).least_loss]
    ),
    "an untrained counter": lambda: [
        counts.right_up_to(counts.Counter(4).model(counts.Counter.sizes, drawn(seed)), 5) for seed in range(4)
    ],
    "counter by another way": lambda: [
        counts.right_up_to(
            model("counter"), 9, lambda x: model("counter")(x) * (torch.arange(len(x)) < 7)[:, None, None]
        )
    ],
    "brackets": lambda: [
        counts.scores_at(model("brackets"), 3, 12, 40),
        counts.scores_at(counts.Brackets().model(counts.Brackets.sizes, drawn()), 3, 12, 40),
        counts.bracket_margins(model("brackets"), torch.tensor([[1, -1, 1], [1, 1, -1]]).T),
    ],
    "copy": lambda: (
        [copying.right_after(model("copy"), gap) for gap in (0, 3, 100)]
        + [
            copying.right_after(copying.Copy().model(copying.Copy.sizes, drawn(seed)), gap)
            for seed in range(3)
            for gap in (0, 2)
        ]
    ),
    "copies by cell": lambda: [
        [one.cell, one.epochs, one.units, one.parameters, one.right(2), one.right(20), one.always_right(20)]
        for one in copying.shipped()
    ],
    "series": lambda: [
        series.forecast_scores(model("series"), series.series(60, 5, drawn(1)), skip) for skip in (0, 1, 48)
    ],
    "text": lambda: (one := words.Text(TEXT)).scores(one.model(words.Text.sizes, drawn())),
    "forecast": lambda: (one := series.Forecast(ROWS)).scores(one.model(one.sizes, drawn())),
    "R²": lambda: [
        series.r_squared(torch.tensor(one), torch.tensor(two))
        for one, two in (([[1.0], [2], [4]], [[1.0], [2], [3]]), ([[[1.0, 0]], [[2, 5]]], [[[1.0, 1]], [[3, 5]]]))
    ],
}

TEXTS: dict[str, Callable[[], Any]] = {
    "walks": lambda: [counts.walks(6, 8, deepest, drawn(5)).T for deepest in (1, 2, 4, 9)],
    "ramps": lambda: [counts.ramps(3, 13).T],
    "of tasks": lambda: [
        [len(one), one[:3], one[-2:]]
        for one in (
            counts.Counter().texts(),
            counts.Brackets(3, 10).texts(),
            copying.Copy(3).texts(),
            words.Grammar().texts(),
        )
    ],
    "loads": lambda: [
        len(series.DailyLoads().texts()),
        series.DailyLoads().texts()[0][:30],
        series.loads(30, 2, drawn(2)),
    ],
    "sentences": lambda: [words.sentences(8, drawn(1), held_out) for held_out in (True, False)],
    "texts like": lambda: [
        [len(texts_like_those_of(model(name))), learned(model(name))] for name in ("copy", "tagger", "series")
    ],
    "kinds of characters": lambda: [
        words.Text("".join(chr(300 + n % 270) for n in range(1400))).kinds[-1],
        len(words.Text("".join(chr(300 + n % 270) for n in range(1400))).kinds),
        len(words.Text(TEXT).trained),
    ],
    "columns": lambda: [
        [made.columns, made.trained_rows, made.table[:2], made.sizes]
        for made in (
            series.Forecast(ROWS),
            series.Forecast(list(range(20))),
            series.Forecast(pd.DataFrame({"x": range(21), "y": range(21)})),
        )
    ],
    "a loss of a set": lambda: loop.loss_of(
        model("brackets"), torch.tensor([[[0.5, -1.0, 2.0]]]), torch.tensor([[[1.0, torch.nan, 0.0]]])
    ),
    "refused": lambda: [
        refused(partial(ask, *given, **named))
        for ask, given, named in (
            (epochs, ("nothing",), {}),
            (epochs, (3,), {}),
            (epochs, ("counter",), {"hidden_size": 0}),
            (epochs, ("counter",), {"learning_rate": 0.0}),
            (epochs, ("counter",), {"epochs": -1}),
            (epochs, ("text",), {}),
            (epochs, ("text",), {"text": "a" * 199}),
            (epochs, ("text",), {"text": "ab" * 100, "epochs": 1}),
            (epochs, ("forecast",), {}),
            (epochs, ("forecast",), {"series": range(19)}),
            (epochs, ("forecast",), {"series": range(20)}),
            (epochs, ("forecast",), {"series": np.zeros((20, 0))}),
            (epochs, ("forecast",), {"series": np.zeros((20, 1, 1))}),
            (epochs, ("forecast",), {"series": ["a"] * 20}),
            (epochs, ("forecast",), {"series": [1.0] * 19 + [np.nan]}),
            (epochs, ("forecast",), {"series": ROWS, "input_size": 1}),
        )
    ],
}

TRAINED: dict[str, Callable[[], Any]] = (
    {f"examples: {name}, {progress}": partial(first_batch, name, progress) for name in SMALL for progress in (0.2, 0.7)}
    | {f"epochs: {name}": partial(learnt, name) for name in SMALL if name != "series"}
    | {f"scores: {name}": ask for name, ask in SCORED.items()}
    | {f"texts: {name}": ask for name, ask in TEXTS.items()}
)
