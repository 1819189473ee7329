"""Do twenty links and thirty figures give the numbers and words that they gave?

They stand in `same_links.txt` and `same_figures.txt`, to be read; the page's tests ask the page for the same links.
After a change that is meant, `python tests/test_same_answers.py` writes both anew.
"""

import base64
import math
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
import lstm_core.inputs
import lstm_core.models
from lstm_core.training import epochs

HERE = Path(__file__).parent
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)")
LONG = re.compile(r"-?\d+\.\d{6,}")
MOST = 12
"""So many steps of a link stand there."""
DOGS = "The dog that barked at the cats ran away"
FISH = "They can fish in a can"
CODE = 'def hello(name):\n    """Say it."""\n'
LOADS = ", ".join(f"{20 + (number * 7) % 11}" for number in range(MOST))
LINKS = [
    {"model": "tagger", "sentence": DOGS},
    {"model": "tagger", "sentence": FISH, "holds": "f.0.27.2_0"},
    {"model": "tagger", "sentence": "<b>Giraffes</b> & 字 🦒 run"},
    {"model": "tagger-bi", "sentence": DOGS},
    {"model": "tagger-bi", "sentence": FISH, "holds": "c.0.3.1_0.5"},
    {"model": "sentiment", "sentence": "It is not a good film"},
    {"model": "sentiment", "sentence": "The film is not bad", "holds": "i.0.60.3_0"},
    {"model": "python-chars", "sentence": CODE},
    {"model": "python-chars", "sentence": "x = 'ab'\n"},
    {"model": "counter", "sentence": "aaaabbb"},
    {"model": "counter", "sentence": "aabb", "holds": "f.0.1.3_0.5"},
    {"model": "brackets", "sentence": "((()())"},
    {"model": "copy", "sentence": "b...?"},
    {"model": "series", "sentence": LOADS},
    {"model": "series", "sentence": "50, 60, 70, 40", "holds": "o.0.2.1_1"},
    {"model": "random", "sentence": "Giraffes in a field"},
    {"model": "random", "sentence": DOGS, "hidden_dim": "6", "n_layers": "2"},
    {"model": "random", "sentence": DOGS, "hidden_dim": "5", "n_layers": "2", "directions": "2", "seed": "7"},
    {"model": "random", "sentence": "abcd ef", "tokens": "characters", "hidden_dim": "2", "input_dim": "1"},
    {"model": "random", "sentence": "a b c a", "input_dim": "8", "hidden_dim": "16", "holds": "g.0.15.2_-1"},
]
# Of a link: the step, and the label that is explained against another one.
WHY = {0: (4, "ADP", "VERB"), 5: (5, "negative", "positive")}


def of_link(number: int) -> Iterator[str]:
    """What a link reads and says, a fact a line; of each layer and direction the last unit."""
    link = LINKS[number]
    usual = {"input_dim": 4, "hidden_dim": 3, "n_layers": 1, "directions": 1, "seed": 2}
    sizes = {name: int(link.get(name, value)) for name, value in usual.items()}
    model: Any = None
    if link["model"] == "random":
        tokens = getattr(lstm_core, link.get("tokens", "words"))(link["sentence"])
        x = lstm_core.inputs.token_vectors(tokens, sizes["input_dim"], sizes["seed"])
        made = [sizes[name] for name in ("input_dim", "hidden_dim", "n_layers", "seed")]
        lstm = lstm_core.models.random_lstm(*made, bidirectional=sizes["directions"] == 2)
    else:
        model = lstm_core.load_model(link["model"])
        lstm, x = model.lstm, model.vectors(model.tokens(link["sentence"]))
    with held(lstm, link.get("holds", "")), torch.no_grad():
        trace: Any = lstm_core.run(lstm, x)
        scores = None if model is None else model(x)
    if scores is not None:
        yield from said(model, scores)
    units = trace.c.shape[-1] - 1
    for layer_, direction in np.ndindex(trace.c.shape[:2]):
        for quantity in "figcoh":
            row = trace.cells(quantity, layer_, direction)[units][:MOST]
            yield f"{quantity} {layer_}.{units}.{direction}: {' '.join(f'{one:+.5f}' for one in row)}"
    if number in WHY:
        step, label, other = WHY[number]
        found = lstm_core.explain(model, link["sentence"], time=step, target=(label, other), baseline=0)
        yield f"why {step} {label} {other}: {found.effect:+.5f}"


def held(lstm: nn.Module, holds: str) -> AbstractContextManager[None]:
    """A block in which a gate is held as a link says it: gate.layer.unit.step_value."""
    if not holds:
        return nullcontext()
    gate, layer, unit, step, value = re.split(r"[._]", holds, maxsplit=4)
    options: Any = {"layer": int(layer), "units": [int(unit)], "steps": [int(step)]}
    return lstm_core.intervene(lstm, lstm_core.Hold(gate, float(value), **options))  # type: ignore[arg-type]


def said(model: Any, scores: torch.Tensor) -> Iterator[str]:
    """The labels or values after each step, and how likely they are."""
    shares = model.probabilities(scores)[:MOST, 0]
    if model.gives == "classes":
        labels = [model.labels[int(step.argmax())].replace(" ", "␣").replace("\n", "⏎") for step in shares]
        yield f"says: {' '.join(labels)}"
        yield f"shares: {' '.join(f'{float(step.max()):.4f}' for step in shares)}"
    elif model.gives == "value":
        yield f"says: {' '.join(f'{float(step[0]):.5f}' for step in shares)}"


def moved(steps: int, size: int = 3, batch: int = 1) -> torch.Tensor:
    """Numbers that look alike nowhere, without a draw."""
    numbers = torch.arange(steps * size * batch, dtype=torch.float64)
    return (2 * torch.sin(numbers**1.3)).reshape(steps, batch, size).float()


TEXT = [*DOGS.split(), "quickly"]
STRANGE = ["\n", " ", "Donaudampfschiffahrts", "eighteen_letters__", "\x00", "日本語", "a", "<b>", "", "🦒"]
HOURS = [datetime(2026, 1, 30, 18) + timedelta(hours=5 * step) for step in range(10)]
COPIES = ["b c ? ? ?", "a b ? ? ?", "c a ? ? ?"]


def run(units: int = 4, steps: int = 10, layers: int = 1, both: bool = False, batch: int = 1) -> Any:
    lstm = lstm_core.models.random_lstm(3, units, layers, bidirectional=both)
    trace: Any = lstm_core.run(lstm, moved(steps, batch=batch), tokens=[TEXT] * batch if steps == 10 else None)
    # The memory goes beyond 1, and gates shut and open.
    gates = {name: (getattr(trace, name) * 3 - 1).clamp(0, 1) for name in "ifo"}
    return trace.with_values(c=9 * trace.c, **gates)


def gru() -> Any:
    module = nn.GRU(3, 4)
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(moved(1, weight.numel()).view(weight.shape) / 2)
    return lstm_core.run(module, moved(10))


def twice(**at: int) -> Any:
    one = run(5, 10, 2, both=True)
    return lstm_core.compare(*(each.sel(**at) for each in (one, one.with_values(c=one.c.flip(2), h=one.h / 2))))


def explained() -> Any:
    linear = nn.Linear(4, 1)
    with torch.no_grad():
        for weight in linear.parameters():
            weight.copy_(moved(1, weight.numel()).view(weight.shape))
    return lstm_core.explain((lstm_core.models.random_lstm(3, 4), linear), moved(10)[:, 0], without=[2, 5], baseline=0)


def tracked() -> Any:
    properties = {"is even": np.arange(10) % 2, "step": np.arange(10)}
    return lstm_core.find_units(run(6, 10, 2, both=True), properties, permutations=19)


FIGURES: dict[str, Callable[[], Any]] = {
    "for a slide": lambda: run().plot(width=1280, height=720),
    "for a column": lambda: run().plot(width=326, title="A title that has more letters than a column of a paper"),
    "in a notebook": lambda: run(steps=8).plot(),
    "two layers, both directions": lambda: run(5, 10, 2, both=True).plot(layer=[0, 1], direction=[0, 1], width=1200),
    "some quantities": lambda: run().plot(quantities=["f", "c"], title=""),
    "over times": lambda: run().plot(times=HOURS),
    "many units": lambda: run(units=90).plot(height=700),
    "many steps": lambda: run(steps=2_500).plot(),
    "a part": lambda: run().sel(unit=[1, 3], time=slice(4, 9)).plot(),
    "a GRU": lambda: gru().plot(),
    "an answer in words": lambda: lstm_core.explain(lstm_core.load_model("copy"), COPIES[0], without=1).plot(),
    "an answer from numbers": lambda: explained().plot(),
    "how far a model looks": lambda: lstm_core.horizon(lstm_core.load_model("copy"), COPIES).plot(),
    "two readings": lambda: lstm_core.compare(run(), run().with_values(c=run().c.flip(2))).plot(),
    "a layer of two readings": lambda: twice().plot(layer=1, direction=1),
    "one layer of two": lambda: twice(layer=1, direction=0).plot(),
    "what is in c": lambda: lstm_core.ledger(run(), 7).plot(1),
    "who tracks it": lambda: tracked().plot(),
    "a unit in a corpus": lambda: lstm_core.scan(lstm_core.load_model("counter"), ["aaabbb", "ab", "aabb"]).plot(1),
    "words of all lengths": lambda: run().with_values(tokens=[STRANGE]).plot(width=326),
    "a trace in a notebook": lambda: run(40)._repr_html_(),
    "words of all lengths in a notebook": lambda: run().with_values(tokens=[STRANGE])._repr_html_(),
    "many steps in a notebook": lambda: run(steps=700)._repr_html_(),
    "units in words": lambda: "".join(
        f"<p>{lstm_core.describe_unit(read, 0, unit)}</p>"
        for read in (run(), run().with_values(c=run().c / 90))
        for unit in range(4)
    ),
    "the first epoch of each task": lambda: "".join(
        f"<p>{task}: loss {first.loss:.4f}, accuracy {first.accuracy:.4f}</p>"
        for task in ("counter", "brackets", "copy", "series", "grammar")
        for first in islice(epochs(task, hidden_size=3, epochs=4, seed=1), 1)
    ),
}


def of_figure(figure: Any) -> Iterator[str]:
    """The words of a figure, and of each of its traces the numbers in short; where they stand is Plotly's."""
    if isinstance(figure, str):
        plain = re.sub(r"<style.*?</style>", "", figure, flags=re.DOTALL)
        words = [word.strip() for word in re.findall(r">([^<>]+)<", plain) if word.strip()]
        yield f"words: {' | '.join(words)}"[:1500]
        return
    made = figure.to_dict()
    layout = made["layout"]
    yield f"size: {layout.get('width')} × {layout.get('height')}"
    yield f"title: {layout.get('title', {}).get('text', '')}"
    axes = {name: axis for name, axis in layout.items() if re.fullmatch(r"[xy]axis\d*", name)}
    for name, axis in sorted(axes.items()):
        title, ticks = axis.get("title", {}).get("text", ""), axis.get("ticktext") or ()
        yield f"{name}: {title} | {' '.join(map(str, ticks))}"[:400]
    for note in layout.get("annotations", ()):
        yield f"note: {note['text']}"
    for trace in made["data"]:
        values = " ".join(f"{one} {shortly(whole(trace[one]))}" for one in "xyz" if trace.get(one) is not None)
        scale = f"{trace.get('zmin')} to {trace.get('zmax')}" if "zmax" in trace else ""
        yield f"{trace['type']} {trace.get('name', '')} {scale}: {values}"


def whole(values: Any) -> np.ndarray:
    """The numbers of an axis; of words how long they are."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).astype(float)
    flat = np.array(values, dtype=object).ravel()
    return np.array([math.nan if one is None else len(one) if isinstance(one, str) else _number(one) for one in flat])


def _number(one: Any) -> float:
    return one.timestamp() if isinstance(one, datetime) else float(one)


def shortly(values: np.ndarray) -> str:
    """How many numbers there are, the first, the last, the least, the largest and their mean."""
    seen = values[~np.isnan(values)]
    ends = (seen[0], seen[-1], seen.min(), seen.max(), seen.mean()) if seen.size else ()
    return f"{values.size} ({' '.join(f'{one:.5g}' for one in ends)})"


def lines(name: str, facts: Iterator[str]) -> list[str]:
    return [f"# {name}", *(LONG.sub(lambda found: f"{float(found[0]):.5g}", repr(fact)[1:-1]) for fact in facts)]


def link_named(number: int) -> list[str]:
    return lines(urlencode(LINKS[number]), of_link(number))


def figure_named(name: str) -> list[str]:
    return lines(name, of_figure(FIGURES[name]()))


def differ(before: str, now: str) -> bool:
    """Whether two lines differ by more than another processor rounds."""
    one, other = NUMBER.split(before), NUMBER.split(now)
    numbers = zip(one[1::2], other[1::2], strict=False)
    return one[::2] != other[::2] or not all(
        math.isclose(float(a), float(b), rel_tol=2e-4, abs_tol=2e-4) for a, b in numbers
    )


def kept(file: str, number: int) -> list[str]:
    return ["# " + part for part in f"\n{(HERE / file).read_text()}".split("\n# ")[1:]][number].strip("\n").split("\n")


@pytest.mark.parametrize("number", range(len(LINKS)))
def test_a_link_has_the_numbers_and_answers_that_it_had(number: int):
    before, now = kept("same_links.txt", number), link_named(number)
    assert [pair for pair in zip(before, now, strict=True) if differ(*pair)] == []
    assert dict(parse_qsl(before[0][2:], keep_blank_values=True)) == LINKS[number]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_the_numbers_and_words_that_it_had(name: str):
    before, now = kept("same_figures.txt", list(FIGURES).index(name)), figure_named(name)
    assert [pair for pair in zip(before, now, strict=True) if differ(*pair)] == []


if __name__ == "__main__":
    for file, cases in (
        ("same_links.txt", map(link_named, range(len(LINKS)))),
        ("same_figures.txt", map(figure_named, FIGURES)),
    ):
        (HERE / file).write_text("\n".join(line for case in cases for line in case) + "\n")
