"""What does each unit of a shipped model track, how long does it keep, and what goes wrong without it?

`python -m studies.what_units_do NAME …` looks, and keeps the answer in the model's folder, as `units.json`. What a
unit tracks is chosen on one half of texts that the model was not trained on, and scored on the other half.
"""

import argparse
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_sequence

import lstm_core
from gatescope.question.view import SIZES, Source
from gatescope.reading.read import Reading, read
from gatescope.serving import limits
from gatescope.unit_tables.asked import parts
from gatescope.unit_tables.corpus import fitting, texts_of
from gatescope.unit_tables.known import typical_keep
from gatescope.unit_tables.passages import sentence_of
from gatescope.unit_tables.tracking import changing, every, numbers, traces
from lstm_core import Hold, SequenceModel, find_units, intervene
from lstm_core.analysis.auc_and_r_squared import as_score, measure_for, strength
from lstm_core.files.model_folders import FOLDER, models
from lstm_core.models import sizes
from lstm_core.scanning.model import OTHER, predicts_numbers, predicts_tokens
from lstm_core.traces.several_traces import all_steps
from lstm_core.training import counts
from lstm_core.training.series import series

# The tokens of a text of a corpus: all texts are as long, so that a shuffle leaves no gap.
LENGTH = {"characters": 800, "words": 32}
# The most texts, both halves together, one a file or paragraph.
TEXTS = 240
# Each unit is held over so many texts of the second half, and so many steps of each.
WITHOUT, LONG = 12, 400
# The properties that a unit tells best, and that are kept with it.
BARS = 5
# Steps whose pairs are counted, spread evenly.
PAIRS = 1_000


def longer_than_learned(name: str) -> tuple[list[str], list[str]] | None:
    """The texts of a model of a small task, of both halves: longer, deeper or newer than those that it learned from."""

    def nested(seed: int) -> list[str]:
        walks = counts.walks(20, 200, 12, torch.Generator().manual_seed(seed))
        return ["".join("(" if step > 0 else ")" for step in walk) for walk in walks.T.tolist()]

    def hours(seed: int) -> list[str]:
        drawn = series(240, 12, torch.Generator().manual_seed(seed))
        return [sentence_of(drawn[:, number].numpy()) for number in range(drawn.shape[1])]

    def copies(gaps: Iterable[int]) -> list[str]:
        return [f"{first}{'.' * gap}?" for gap in gaps for first in "abcd"]

    if name == "counter":
        return ["a" * n + "b" * n for n in range(101, 131, 2)], ["a" * n + "b" * n for n in range(102, 131, 2)]
    if name == "copy":
        return copies(range(101, 121, 2)), copies(range(102, 121, 2))
    made = {"brackets": nested, "series": hours}.get(name)
    return (made(101), made(102)) if made else None


def halves(model: SequenceModel) -> tuple[list[str], list[str]]:
    """Texts that the model was not trained on: of a corpus every second file or paragraph."""
    made = longer_than_learned(model.name)
    if made is None:
        texts = _one_of_each(model)
        made = texts[::2], texts[1::2]
    return made


def _one_of_each(model: SequenceModel) -> list[str]:
    """The longest piece of each file or paragraph, cut to one length; of many an even choice, of copies the first."""
    longest: dict[str, str] = {}
    for piece in texts_of(fitting(model)[0], model, limits.SCANNED).pieces:
        if len(piece.text) > len(longest.get(piece.name, "")):
            longest[piece.name] = piece.text
    length, gap = LENGTH[model.reads], " " if model.reads == "words" else ""
    whole, seen = [], set[tuple[str, ...]]()
    for text in longest.values():
        cut = gap.join(model.tokens(text)[:length])
        tokens = model.tokens(cut)
        runs = {tuple(tokens[at : at + length // 4]) for at in range(length - length // 4 + 1)}
        if len(tokens) == length and not runs & seen:
            whole.append(cut)
            seen |= runs
    return whole[:: max(1, len(whole) // TEXTS)][:TEXTS]


def properties(sides: Sequence[Sequence[Reading]]) -> list[str]:
    """What is looked for: every property that changes on both sides; of those that are always equal, the first."""
    kept: dict[bytes, str] = {}
    for name in every(sides[0]):
        if changing([name], sides[1]):
            column = np.concatenate([numbers(name, reading) for side in sides for reading in side])
            # What comes once is not counted but seen.
            if parts(name).kind != "count of " or measure_for(column) != "AUC":
                kept.setdefault(column.tobytes(), name)
    return list(kept.values())


def look(source: Source, model: SequenceModel) -> dict[str, Any]:
    """All that is kept of a model's units."""
    chosen_on, told_on = ([read(replace(source, sentence=text)) for text in half] for half in halves(model))
    names = properties([chosen_on, told_on])
    series_a, series_b = (_c_of(side) for side in (chosen_on, told_on))
    p = _p_of_each(names, chosen_on)
    found = [_property(name, p[name], chosen_on, told_on, series_a, series_b) for name in names]
    # The surest first, as chosen on the first half.
    found.sort(key=lambda one: surest(one, int(np.argmax(one["chosen"]))))
    traces_b = traces(told_on)
    cost, whole, lost = without_each(model, told_on, series_a.mean(0))
    layers, directions, _, _, units = traces_b[0].c.shape
    places = [(layer, side, unit) for layer in range(layers) for side in range(directions) for unit in range(units)]
    keeps = [typical_keep(traces_b, *place) for place in places]
    rows = [_row(number, place, found, keeps[number], lost[number]) for number, place in enumerate(places)]
    return {
        "texts": len(told_on),
        "steps": len(series_b),
        "cost": cost,
        "whole": round(whole, 4),
        "properties": [[one["name"], one["measure"], one["p"], int(np.argmax(one["chosen"]))] for one in found],
        "units": rows,
    }


def _c_of(side: Sequence[Reading]) -> np.ndarray:
    """(step, unit): c of every layer, direction and unit in turn, over all steps."""
    c = all_steps(traces(side), attrgetter("c"))
    return c.reshape(len(c), -1)


def _p_of_each(names: Sequence[str], side: Sequence[Reading]) -> dict[str, float]:
    """How often the best of all units tells any property as well by chance as the best tells this one."""
    values = {name: [numbers(name, reading) for reading in side] for name in names}
    table = find_units(traces(side), values, quantities=["c"]).table
    return {name: float(table["p"][table["property"] == name].min()) for name in names}


def _property(
    name: str,
    p: float,
    chosen_on: Sequence[Reading],
    told_on: Sequence[Reading],
    series_a: np.ndarray,
    series_b: np.ndarray,
) -> dict[str, Any]:
    """How well c of each unit tells a property, on both halves."""
    values = [[numbers(name, reading) for reading in side] for side in (chosen_on, told_on)]
    column_a, column_b = (np.concatenate([np.asarray(one) for one in side]) for side in values)
    measure = measure_for(np.concatenate([column_a, column_b]))
    on_a, on_b = (
        strength(c, column[:, None], measure)[:, 0] for c, column in ((series_a, column_a), (series_b, column_b))
    )
    sign = np.where(on_a < 0, -1, 1)
    return {
        "name": name,
        "measure": measure,
        "p": None if math.isnan(p) else round(p, 4),
        "chosen": np.abs(on_a),
        "sign": sign,
        "score": as_score(sign * on_b, measure),
        "pairs": as_score(sign * on_b, measure) if measure == "AUC" else _pairs((sign * series_b).T, column_b),
        "cut": _cuts((sign * series_a).T, column_a) * sign if measure == "AUC" else None,
    }


def _pairs(units: np.ndarray, column: np.ndarray) -> np.ndarray:
    """(unit,): of the pairs of steps at which a property differs, the share in which c is higher where it is larger."""
    some = np.linspace(0, len(column) - 1, min(PAIRS, len(column))).astype(int)
    later = column[some][:, None] > column[some][None, :]
    return np.array([(np.sign(c[some][:, None] - c[some][None, :])[later].mean() + 1) / 2 for c in units])


def _cuts(units: np.ndarray, column: np.ndarray) -> np.ndarray:
    """(unit,): the value of c above which most that is true lies, and below which most that is not (Youden 1950)."""
    found = []
    for c in units:
        order = np.argsort(c)
        true = column[order] > 0
        at = int(np.argmax((~true).cumsum() / (~true).sum() - true.cumsum() / true.sum()))
        found.append((c[order[at]] + c[order[min(at + 1, len(c) - 1)]]) / 2)
    return np.array(found)


def surest(one: dict[str, Any], number: int) -> tuple[float, bool, float]:
    """The order of what a unit tells: the strongest first, of equals what is a number and not only yes or no."""
    chosen = float(one["chosen"][number])
    # Half of the way from chance to certainty is 0.75 as an AUC, 0.5 as an R².
    strong = chosen**2 if one["measure"] == "R²" else chosen
    return -round(strong, 2), one["measure"] == "AUC", -strong


def _row(number: int, place: tuple[int, int, int], found: list[dict[str, Any]], keep: float, lost: float) -> list[Any]:
    """A unit: layer, direction, unit, keeps, loses, and of what it tells best [property, sign, score, pairs, cut]."""
    best = sorted(range(len(found)), key=lambda at: surest(found[at], number))[:BARS]
    told = [
        [
            at,
            int(found[at]["sign"][number]),
            round(float(found[at]["score"][number]), 3),
            round(float(found[at]["pairs"][number]), 3),
            None if found[at]["cut"] is None else round(float(found[at]["cut"][number]), 3),
        ]
        for at in best
    ]
    return [*place, keep, round(float(lost), 4), told]


@torch.no_grad()
def without_each(model: SequenceModel, side: Sequence[Reading], means: np.ndarray) -> tuple[str, float, list[float]]:
    """What goes wrong with the c of each unit held at its mean: in which unit, how much without a hold, and how much
    more with each unit held."""
    every_nth = max(1, len(side) // WITHOUT)
    some = side[::every_nth][:WITHOUT]
    x = [reading.trace.x[:LONG, 0] for reading in some if reading.trace is not None]
    packed = pack_sequence(x, enforce_sorted=False)
    cost, of = _cost(model, [reading.tokens[:LONG] for reading in some], x, model(packed))
    layers, directions, units = model.lstm.num_layers, 1 + model.lstm.bidirectional, model.lstm.hidden_size
    lost = []
    for layer in range(layers):
        for direction in range(directions):
            for unit in range(units):
                mean = float(means[(layer * directions + direction) * units + unit])
                with intervene(model, Hold("c", mean, units=[unit], layer=layer, direction=direction)):
                    lost.append(of(model(packed)) - of(None))
    return cost, of(None), lost


def _cost(model: SequenceModel, tokens: list[list[str]], x: list[Tensor], as_it_is: Tensor) -> tuple[str, Any]:
    """What an answer costs, by name, and the function that says how much scores (time, batch, label) cost."""
    inside = torch.zeros(as_it_is.shape[:2], dtype=torch.bool)
    for number, one in enumerate(x):
        # What the model says while it only remembers means nothing.
        inside[len(one) - 1 if model.name == "copy" else 0 : len(one), number] = True
    if model.reads == "characters" and predicts_tokens(model):
        row = {label: number for number, label in enumerate(model.labels)}
        targets = torch.full(as_it_is.shape[:2], -1)
        for number, words in enumerate(tokens):
            following = [row.get(token, row.get(OTHER, -1)) for token in words[1:]]
            targets[: len(following), number] = torch.tensor(following)

        def bits(scores: Tensor | None) -> float:
            kept = (as_it_is if scores is None else scores)[targets >= 0]
            return float(torch.nn.functional.cross_entropy(kept, targets[targets >= 0]) / math.log(2))

        return "bits", bits
    if predicts_numbers(model):
        ahead = [one[1:] for one in x]

        def error(scores: Tensor | None) -> float:
            given = as_it_is if scores is None else scores
            squares = [(given[: len(one), number] - one) ** 2 for number, one in enumerate(ahead)]
            return float(torch.cat(squares).mean().sqrt())

        return "error", error

    def answer(scores: Tensor) -> Tensor:
        return scores > 0 if model.gives == "set" else scores.argmax(-1, keepdim=True)

    def others(scores: Tensor | None) -> Tensor:
        return (answer(as_it_is if scores is None else scores) != answer(as_it_is)).any(-1) & inside

    if model.reads == "symbols":
        return "texts", lambda scores: float(others(scores).any(0).float().mean())
    return "answers", lambda scores: float(others(scores)[inside].float().mean())


def sources(name: str) -> Mapping[str, tuple[Source, SequenceModel]]:
    """The models of a folder, by the name under which each is kept: of the tagger, every size as well."""
    found = {name: (Source(model=name), lstm_core.load_model(name))}
    if name == "tagger":
        for size in sizes.scores():
            source = Source(model=SIZES, input_dim=size[0], hidden_dim=size[1], n_layers=size[2])
            found["-".join(map(str, size))] = source, sizes.sized_tagger(*size)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=models(), metavar="NAME")
    for name in parser.parse_args().names:
        kept = {}
        for key, (source, model) in sources(name).items():
            kept[key] = look(source, model)
            print(name, key, len(kept[key]["units"]), "units", flush=True)
        rows = [f"{json.dumps(key)}: {json.dumps(found, separators=(',', ':'))}" for key, found in kept.items()]
        (FOLDER / name / "units.json").write_text("{" + ",\n".join(rows) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
