"""How often is something seen that is not there, and how often what is? `python -m studies.chance`, with `--alike`

LSTMs read something, and a property is drawn that has nothing to do with it: p ≤ 0.05 must come in 0.05 of the runs or
fewer, though each takes the best of many units. Some of the LSTMs are random, and some keep all they are given, so that
every unit drifts like a sum. Then a unit is planted: one that is the property with as much noise (R² 0.5), and with a
ninth of it (R² 0.9).

`--alike`: a random LSTM reads texts of random words, some of them copies of each other, and a property is drawn that
has nothing to do with the words: `find_units` and `probe` must have p ≤ 0.05 in 0.05 of the runs or fewer. Last come
designs that no p covers.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_sequence

from lstm_core.analysis.auc_and_r_squared import never_changes
from lstm_core.analysis.find_units import find_units
from lstm_core.analysis.probe import probe
from lstm_core.analysis.properties import property_named
from lstm_core.inputs.tokens import token_vectors
from lstm_core.models.embeddings import Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.untrained import random_lstm
from lstm_core.recording.record import run
from lstm_core.traces.trace import Trace

# What is drawn in each run, from a generator and a seed.
Draw = Callable[[np.random.Generator, int], "Case"]
SYMBOLS = list("aab ())")
UNITS, FEATURES = 16, 8


class Case(NamedTuple):
    """A trace, a property that it has nothing to do with, and what else find_units is told."""

    trace: Trace
    values: list[np.ndarray]
    told: dict[str, Any]


def texts(property: str, shortest: int, longest: int, count: int, drifts: bool = False) -> Draw:
    """Random texts, and a property of as many others of the same lengths."""

    def draw(rng: np.random.Generator, seed: int) -> Case:
        lengths = rng.integers(shortest, longest + 1, count)
        read, values = _texts(rng, lengths), [np.zeros(1)]
        while never_changes(np.concatenate(values)):
            values = [np.array(property_named(property)(text)) for text in _texts(rng, lengths)]
        x = pad_sequence([3 * token_vectors(text, FEATURES, seed).squeeze(1) for text in read])
        packed = pack_padded_sequence(x, lengths.tolist(), enforce_sorted=False)
        trace = run(_lstm(seed, drifts), packed, tokens=read)
        return Case(trace, values, {})

    return draw


def _texts(rng: np.random.Generator, lengths: np.ndarray) -> list[list[str]]:
    return [rng.choice(SYMBOLS, length).tolist() for length in lengths]


def series(steps: int, keeps: float, drifts: bool = False) -> Draw:
    """One series of numbers, and another: each step keeps so much of the one before."""

    def draw(rng: np.random.Generator, seed: int) -> Case:
        x = torch.from_numpy(_series(rng, steps, FEATURES, 0.5))[:, None].float()
        return Case(run(_lstm(seed, drifts), x), [_series(rng, steps, 1, keeps)[:, 0]], {})

    return draw


def windows(count: int, steps: int, stride: int, keeps: float) -> Draw:
    """Windows of one series, and the same windows of another. Where they overlap, that is found out."""

    def draw(rng: np.random.Generator, seed: int) -> Case:
        x, y = (_series(rng, (count - 1) * stride + steps, width, keeps) for width in (FEATURES, 1))
        cut_x, cut_y = (np.stack([one[n * stride :][:steps] for n in range(count)], axis=1) for one in (x, y))
        told = {} if stride < steps else {"groups": ["one series"] * count}
        return Case(run(_lstm(seed, False), torch.from_numpy(cut_x).float()), list(cut_y[..., 0].T), told)

    return draw


def _series(rng: np.random.Generator, steps: int, width: int, keeps: float) -> np.ndarray:
    """(step, width); a random walk if it keeps all, else as it is after a long time."""
    before = 0 if keeps == 1 else 300
    found = rng.standard_normal((before + steps, width))
    for step in range(1, len(found)):
        found[step] += keeps * found[step - 1]
    return found[before:]


def _lstm(seed: int, drifts: bool) -> nn.LSTM:
    """A random LSTM; one that drifts keeps all that it has, and adds all that comes."""
    lstm = random_lstm(FEATURES, UNITS, seed=seed)
    if drifts:
        weights = dict(lstm.named_parameters())
        with torch.no_grad():
            weights["weight_hh_l0"].zero_()
            weights["weight_ih_l0"][: 2 * UNITS].zero_()
            weights["bias_ih_l0"][: 2 * UNITS].fill_(20)
            weights["weight_ih_l0"][2 * UNITS : 3 * UNITS] *= 0.2
    return lstm


SETTINGS: dict[str, Draw] = {
    "12 texts of 30, bracket depth": texts("bracket depth", 30, 30, 12),
    "12 texts of 30, inside brackets": texts("inside brackets", 30, 30, 12),
    "12 texts of 15 to 45, bracket depth": texts("bracket depth", 15, 45, 12),
    "one text of 300, bracket depth": texts("bracket depth", 300, 300, 1),
    "one text of 300, inside brackets": texts("inside brackets", 300, 300, 1),
    "one series of 300 that keeps 0.9": series(300, 0.9),
    "40 windows of 60, a step apart": windows(40, 60, 1, 0.7),
    "40 windows of 60, side by side, groups=": windows(40, 60, 60, 0.7),
    "units drift: one series that keeps 0.9": series(300, 0.9, drifts=True),
    "units drift: one random walk of 300": series(300, 1.0, drifts=True),
    **{
        f"units drift: {name}, {property}": texts(property, *sizes, drifts=True)
        for property in ("count of a", "has seen (")
        for name, sizes in {
            "one text of 300": (300, 300, 1),
            "3 texts of 100": (100, 100, 3),
            "12 texts of 30": (30, 30, 12),
            "12 texts of 15 to 45": (15, 45, 12),
        }.items()
    },
}


def rates(draw: Draw, runs: int) -> dict[str, float]:
    """The shares of runs with a p ≤ 0.05 and ≤ 0.01 where nothing is to be found, and with too little to tell; and of a
    quarter of the runs, those in which the planted unit of each R² has p ≤ 0.05."""
    p = np.array([smallest_p(draw, seed) for seed in range(runs)])
    found = {"p ≤ .05": p <= 0.05, "p ≤ .01": p <= 0.01, "no p": np.isnan(p)}
    for share in (0.5, 0.9):
        planted = [
            _p(plant(draw(np.random.default_rng(seed), seed), seed, share), seed)[0]
            for seed in range(max(1, runs // 4))
        ]
        found[f"R² {share}"] = np.array(planted) <= 0.05
    return {name: float(of.mean()) for name, of in found.items()}


def smallest_p(draw: Draw, seed: int) -> float:
    """The p of the surest find in one run where there is nothing to find."""
    return float(_p(draw(np.random.default_rng(seed), seed), seed).min())


def plant(case: Case, seed: int, share: float) -> Case:
    """A case in which c of unit 0 is the property plus noise; `share` is the property's share of the variance (R²)."""
    rng, c = np.random.default_rng(seed), case.trace.c.clone()
    spread = np.concatenate(case.values).std() or 1.0
    for sequence, values in enumerate(case.values):
        noise = rng.standard_normal(len(values)) * spread * ((1 - share) / share) ** 0.5
        c[0, 0, : len(values), sequence, 0] = torch.from_numpy(values + noise)
    return case._replace(trace=replace(case.trace, c=c))


def _p(case: Case, seed: int) -> np.ndarray:
    """The p of each unit, unit 0 first."""
    # Its own shuffles must not be those that made the property.
    own = seed + 1_000_000
    found = find_units(case.trace, case.values, quantities=["c"], permutations=100, seed=own, **case.told)
    p: np.ndarray = found.table.sort_values("unit").p.to_numpy()
    return p


WORDS = [f"w{number}" for number in range(200)]
READERS_UNITS, SHUFFLES = 12, 60


class Text(NamedTuple):
    """A text, a property of it, and who wrote it, if that is told."""

    words: list[str]
    property: np.ndarray
    author: int | None = None


# What is drawn in each run of texts that are alike.
Drawn = Callable[[np.random.Generator], list[Text]]


def text(rng: np.random.Generator, steps: int = 12) -> Text:
    """Random words, and a property that goes on from step to step."""
    property = rng.standard_normal(steps)
    for step in range(1, steps):
        property[step] += 0.7 * property[step - 1]
    return Text(rng.choice(WORDS, steps).tolist(), property)


def copied(count: int, times: int) -> Drawn:
    """So many texts, each of them so many times."""
    return lambda rng: [one for one in [text(rng) for _ in range(count)] for _ in range(times)]


def one_copied(count: int, times: int) -> Drawn:
    """So many texts, and the first of them so many times."""

    def draw(rng: np.random.Generator) -> list[Text]:
        first, *others = (text(rng) for _ in range(count))
        return [first] * times + others

    return draw


def with_a_word(texts: Drawn) -> Drawn:
    """Each text with another word, somewhere."""

    def longer(rng: np.random.Generator, one: Text) -> Text:
        at = int(rng.integers(len(one.words) + 1))
        words = [*one.words[:at], str(rng.choice(WORDS)), *one.words[at:]]
        return one._replace(words=words, property=np.insert(one.property, at, one.property[min(at, len(words) - 2)]))

    return lambda rng: [longer(rng, one) for one in texts(rng)]


def inside_others(texts: Drawn, before: int, after: int) -> Drawn:
    """Each text with up to so many other words before it, and so many after it."""

    def inside(rng: np.random.Generator, one: Text) -> Text:
        first, last = text(rng, int(rng.integers(before + 1))), text(rng, after)
        property = np.concatenate([first.property, one.property, last.property])
        return Text(first.words + one.words + last.words, property)

    return lambda rng: [inside(rng, one) for one in texts(rng)]


def in_longer_ones(rng: np.random.Generator) -> list[Text]:
    """Ten texts, and each of them inside four others."""
    ten = copied(10, 1)(rng)
    return ten + inside_others(lambda _: 4 * ten, 8, 8)(rng)


def by_authors(told: bool) -> Drawn:
    """Six texts of each of six authors, who have words of their own; each likes a higher or lower property."""

    def draw(rng: np.random.Generator) -> list[Text]:
        found = []
        for author in range(6):
            own, level = rng.choice(WORDS, 20), 3 * rng.standard_normal()
            for one in (text(rng) for _ in range(6)):
                words = rng.choice(own, len(one.words)).tolist()
                found.append(Text(words, one.property + level, author if told else None))
        return found

    return draw


def diary(rng: np.random.Generator) -> list[Text]:
    """Thirty texts in an order: their words change by and by, and so does the property."""
    walk, found = 3 * rng.standard_normal(30).cumsum(), []
    for day, one in enumerate(text(rng) for _ in range(30)):
        words = [WORDS[(5 * day + int(word)) % len(WORDS)] for word in rng.integers(30, size=len(one.words))]
        found.append(one._replace(words=words, property=one.property + walk[day]))
    return found


def in_one_of_twelve(rng: np.random.Generator) -> list[Text]:
    """A property that is true in all of one text, and in no other."""
    return [one._replace(property=np.full(len(one.words), float(not n))) for n, one in enumerate(copied(12, 1)(rng))]


def of_all_lengths(rng: np.random.Generator) -> list[Text]:
    """Twelve texts of 3 to 600 words."""
    return [text(rng, int(steps)) for steps in np.geomspace(3, 600, 12)]


DESIGNS: dict[str, Drawn] = {
    "12 texts": copied(12, 1),
    "12 texts, each twice": copied(12, 2),
    "10 texts, each 3 times": copied(10, 3),
    "10 texts, each 5 times": copied(10, 5),
    "20 texts, one of them 20 times": one_copied(20, 20),
    "10 texts 5 times, each with a word more": with_a_word(copied(10, 5)),
    "20 texts, one 20 times, each with a word more": with_a_word(one_copied(20, 20)),
    "10 texts 5 times, each with 0 to 6 words before": inside_others(copied(10, 5), 6, 0),
    "10 texts, each in 4 longer ones too": in_longer_ones,
    "6 texts of each of 6 authors, groups=": by_authors(told=True),
    "true in one text of 12": in_one_of_twelve,
    "12 texts of 3 to 600": of_all_lengths,
}
NOT_COVERED: dict[str, Drawn] = {
    "6 texts of each of 6 authors, no groups=": by_authors(told=False),
    "30 texts in the order of a diary": diary,
}


def smallest_ps(draw: Drawn, seed: int) -> dict[str, float]:
    """The p of the best unit and of all units together, in one run."""
    rng = np.random.default_rng(seed)
    texts, model = draw(rng), _model(seed)
    told: dict[str, Any] = {} if texts[0].author is None else {"groups": [one.author for one in texts]}
    told |= {"permutations": SHUFFLES, "seed": seed + 1_000_000}
    read = [one.words for one in texts]
    x = pack_sequence([model.vectors(words).squeeze(1) for words in read], enforce_sorted=False)
    trace = run(model.lstm, x, tokens=read)
    values = [one.property for one in texts]
    return {
        "find_units": float(find_units(trace, values, quantities=["c"], **told).table.p.min()),
        "probe": float(probe(trace, values, quantities=["c"], **told).table.p[0]),
    }


def _model(seed: int) -> SequenceModel:
    embedding = Vocabulary(WORDS, FEATURES, torch.Generator().manual_seed(seed))
    lstm, linear = random_lstm(FEATURES, READERS_UNITS, seed=seed), nn.Linear(READERS_UNITS, 2)
    kind: dict[str, Any] = {"reads": "words", "gives": "classes"}
    return SequenceModel("random", "none", ["yes", "no"], **kind, embedding=embedding, lstm=lstm, linear=linear)


def rates_of_alike(draw: Drawn, runs: int) -> pd.DataFrame:
    """A row a function: the share of runs with p ≤ 0.05, and that without a p."""
    p = pd.DataFrame([smallest_ps(draw, seed) for seed in range(runs)])
    return pd.DataFrame({"false": (p <= 0.05).mean(), "no p": p.isna().mean()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, help="200, of texts that are alike 100")
    parser.add_argument("--alike", action="store_true", help="texts that are alike")
    options = parser.parse_args()
    if options.alike:
        of_texts_that_are_alike(options.runs or 100)
    else:
        of_units(options.runs or 200)


def of_units(runs: int) -> None:
    """Print a line a setting."""
    print(f"shares of {runs} runs; of what is not there, 0.05 ± {(0.05 * 0.95 / runs) ** 0.5:.3f} or less")
    for name, draw in SETTINGS.items():
        print(f"{name:<50}", *(f"{of}: {share:.3f} " for of, share in rates(draw, runs).items()), flush=True)


def of_texts_that_are_alike(runs: int) -> None:
    """Print a line a design."""
    print(f"shares of {runs} runs with p ≤ 0.05, and without a p; nothing is to be found, and no p covers the last two")
    for name, draw in (DESIGNS | NOT_COVERED).items():
        found = rates_of_alike(draw, runs).iterrows()
        print(f"{name:<50}", *(f"{of}: {wrong:.2f} {untold:.2f} " for of, (wrong, untold) in found), flush=True)


if __name__ == "__main__":
    main()
