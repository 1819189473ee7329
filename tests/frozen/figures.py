"""Which figures of the library are frozen? Of one small recording each kind of figure, in its sizes, and as HTML."""

import io
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn

import lstm_core
from frozen.kept import array_of, in_short, parts_of
from lstm_core.models.untrained import drawn, random_lstm

TEXT = ["The", "old", "dog", "that", "barked", "at", "the", "cats", "ran", "away"]
LONG = [
    "\n",
    " ",
    "Donaudampfschiffahrts",
    "eighteen_letters__",
    "nineteen__letters__",
    "\x00",
    "日本語",
    "a",
    "<b>",
    "",
]
HOURS = [datetime(2026, 1, 30, 18) + timedelta(hours=5 * step) for step in range(10)]
COPIES = ["b c ? ? ?", "a b ? ? ?", "c a ? ? ?"]


def moved(steps: int, size: int = 3, batch: int = 1) -> torch.Tensor:
    """Numbers that look alike nowhere, without a draw."""
    numbers = torch.arange(steps * size * batch, dtype=torch.float64)
    return (2 * torch.sin(numbers**1.3)).reshape(steps, batch, size).float()


def run(units: int = 4, steps: int = 10, layers: int = 1, both: bool = False, batch: int = 1) -> Any:
    lstm = random_lstm(3, units, layers, bidirectional=both)
    trace = lstm_core.run(lstm, moved(steps, batch=batch), tokens=[TEXT] * batch if steps == 10 else None)
    # The memory goes beyond 1, and gates shut and open.
    gates = {name: (getattr(trace, name) * 3 - 1).clamp(0, 1) for name in "ifo"}
    return trace.with_values(c=9 * trace.c, **gates)


def gru() -> Any:
    return lstm_core.run(drawn(nn.GRU(3, 4, device="meta"), 0.5, torch.Generator().manual_seed(0)), moved(10))


def maps() -> Any:
    from lstm_core.plots.as_plotly import LIGHT
    from lstm_core.plots.map_strips import map_strips
    from lstm_core.plots.strips import STRIPS

    values = {"f": moved(30, 4).reshape(6, 4, 5).numpy(), "c": moved(30, 4).reshape(6, 4, 5).numpy() * 2}
    strips = [strip for strip in STRIPS if strip.quantity in values]
    return map_strips(values, TEXT[:6], strips, {"c": 4.0}, LIGHT, 700)


def numbers() -> Any:
    model = random_lstm(3, 4), drawn(nn.Linear(4, 1, device="meta"), 0.5, torch.Generator().manual_seed(1))
    return lstm_core.explain(model, moved(10)[:, 0], without=[2, 5], baseline=0.5)


def tracked() -> Any:
    trace = run(6, 10, 2, both=True)
    return lstm_core.find_units(trace, {"is even": np.arange(10) % 2, "step": np.arange(10)}, permutations=19)


def scanned() -> Any:
    return lstm_core.scan(lstm_core.load_model("counter"), ["aaabbb", "aabb", "ab", "aaaabbbb"])


def horizons(models: int = 2) -> Any:
    return lstm_core.horizon([lstm_core.load_model("copy")] * models, COPIES)


def twice() -> Any:
    one = run(5, 10, 2, both=True)
    return one, one.with_values(c=one.c.flip(2), h=one.h / 2)


DRAWN: dict[str, Callable[[], Any]] = {
    "two readings": lambda: lstm_core.compare(run(), run().with_values(c=run().c.flip(2))).plot(),
    "a trace in a notebook": lambda: run(40)._repr_html_(),
    "words of all lengths in a notebook": lambda: run().with_values(tokens=[LONG])._repr_html_(),
    "many steps in a notebook": lambda: run(steps=700)._repr_html_(),
    "a picture": lambda: {"layout": {"size": Image.open(io.BytesIO(run()._repr_png_())).size}},
    "a layer of two readings": lambda: lstm_core.compare(*twice()).plot(layer=1, direction=1),
    "one layer of two": lambda: lstm_core.compare(*(one.sel(layer=1, direction=0) for one in twice())).plot(),
    "what is held": lambda: "".join(
        lstm_core.Hold("f", 0.25, units=range(most), steps=[-1])._repr_html_() for most in (200, 201)
    ),
}


def frozen_figure(name: str) -> Any:
    """What is kept of a figure: its numbers and words, its arrays in short; of HTML all but its images."""
    found = DRAWN[name]()
    if isinstance(found, str):
        return in_short(parts_of(found))
    figure = found if isinstance(found, dict) else found.to_dict()
    figure["layout"].pop("template", None)
    return in_short(_whole(figure))


def _whole(value: Any) -> Any:
    """A value whose arrays are no longer packed."""
    if isinstance(value, dict) and "bdata" in value:
        return array_of(value)
    if isinstance(value, dict):
        return {key: _whole(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value
