"""Who is misled by texts that are alike? `python -m studies.same_texts`

A random LSTM reads texts of random words, some of them copies of each other, and a property is drawn that has nothing
to do with the words: `find_units`, `probe` and `over_represented` must have p ≤ 0.05 in 0.05 of the runs or fewer.
`over_represented` gets a random place of each text, the same one in its copies. Last come designs that no p covers.
"""

import argparse
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

from lstm_core.analysis.find_units import find_units
from lstm_core.analysis.probe import probe
from lstm_core.models.embeddings import Vocabulary
from lstm_core.models.random import random_lstm
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.recording.record import run
from lstm_core.scanning.scan import scan

WORDS = [f"w{number}" for number in range(200)]
UNITS, FEATURES, SHUFFLES = 12, 8, 60


class Text(NamedTuple):
    """A text, a property of it, a place in it and who wrote it."""

    words: list[str]
    property: np.ndarray
    place: int
    author: int = 0


class Design(NamedTuple):
    """What is drawn in each run, and whether authors are given as groups."""

    name: str
    draw: Callable[[np.random.Generator], list[Text]]
    by_author: bool = False


def text(rng: np.random.Generator, steps: int = 12) -> Text:
    """Random words, and a property that goes on from step to step."""
    property = rng.standard_normal(steps)
    for step in range(1, steps):
        property[step] += 0.7 * property[step - 1]
    return Text(rng.choice(WORDS, steps).tolist(), property, int(rng.integers(max(steps, 1))))


def copied(count: int, times: int) -> Callable[..., list[Text]]:
    """So many texts, each of them so many times."""
    return lambda rng: [one for one in [text(rng) for _ in range(count)] for _ in range(times)]


def one_copied(count: int, times: int) -> Callable[..., list[Text]]:
    """So many texts, and the first of them so many times."""

    def draw(rng: np.random.Generator) -> list[Text]:
        first, *others = (text(rng) for _ in range(count))
        return [first] * times + others

    return draw


def with_a_word(texts: Callable[..., list[Text]]) -> Callable[..., list[Text]]:
    """Each text with another word, somewhere."""

    def longer(rng: np.random.Generator, one: Text) -> Text:
        at = int(rng.integers(len(one.words) + 1))
        words = [*one.words[:at], str(rng.choice(WORDS)), *one.words[at:]]
        return one._replace(words=words, property=np.insert(one.property, at, one.property[min(at, len(words) - 2)]))

    return lambda rng: [longer(rng, one) for one in texts(rng)]


def inside_others(texts: Callable[..., list[Text]], before: int, after: int) -> Callable[..., list[Text]]:
    """Each text with up to so many other words before it, and so many after it."""

    def inside(rng: np.random.Generator, one: Text) -> Text:
        first, last = text(rng, int(rng.integers(before + 1))), text(rng, after)
        property = np.concatenate([first.property, one.property, last.property])
        return Text(first.words + one.words + last.words, property, len(first.words) + one.place)

    return lambda rng: [inside(rng, one) for one in texts(rng)]


def in_longer_ones(rng: np.random.Generator) -> list[Text]:
    """Ten texts, and each of them inside four others."""
    ten = copied(10, 1)(rng)
    return ten + inside_others(lambda _: 4 * ten, 8, 8)(rng)


def by_authors(rng: np.random.Generator) -> list[Text]:
    """Six texts of each of six authors, who have words of their own; each likes a higher or lower property."""
    found = []
    for author in range(6):
        own, level = rng.choice(WORDS, 20), 3 * rng.standard_normal()
        for one in (text(rng) for _ in range(6)):
            words = rng.choice(own, len(one.words)).tolist()
            found.append(one._replace(words=words, property=one.property + level, author=author))
    return found


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


DESIGNS = (
    Design("12 texts", copied(12, 1)),
    Design("12 texts, each twice", copied(12, 2)),
    Design("10 texts, each 3 times", copied(10, 3)),
    Design("10 texts, each 5 times", copied(10, 5)),
    Design("20 texts, one of them 20 times", one_copied(20, 20)),
    Design("10 texts 5 times, each with a word more", with_a_word(copied(10, 5))),
    Design("20 texts, one 20 times, each with a word more", with_a_word(one_copied(20, 20))),
    Design("10 texts 5 times, each with 0 to 6 words before", inside_others(copied(10, 5), 6, 0)),
    Design("10 texts, each in 4 longer ones too", in_longer_ones),
    Design("6 texts of each of 6 authors, groups=", by_authors, by_author=True),
    Design("true in one text of 12", in_one_of_twelve),
    Design("12 texts of 3 to 600", of_all_lengths),
)
NOT_COVERED = (
    Design("6 texts of each of 6 authors, no groups=", by_authors),
    Design("30 texts in the order of a diary", diary),
)


def smallest_p(design: Design, seed: int) -> dict[str, float]:
    """The p of the best unit, of all units together and of what the places have, in one run."""
    rng = np.random.default_rng(seed)
    texts, model = design.draw(rng), _model(seed)
    told: dict[str, Any] = {"groups": [one.author for one in texts]} if design.by_author else {}
    told |= {"permutations": SHUFFLES, "seed": seed + 1_000_000}
    read = [one.words for one in texts]
    x = pack_sequence([model.vectors(words).squeeze(1) for words in read], enforce_sorted=False)
    trace = run(model.lstm, x, tokens=read)
    values = [one.property for one in texts]
    places = pd.DataFrame([(number, one.place) for number, one in enumerate(texts)], columns=["text", "time"])
    hits = scan(model, read).over_represented(places, {"property": values}, **told)
    return {
        "find_units": float(find_units(trace, values, quantities=["c"], **told).table.p.min()),
        "probe": float(probe(trace, values, quantities=["c"], **told).table.p[0]),
        "over_represented": float(hits.p[0]),
    }


def _model(seed: int) -> SequenceModel:
    embedding = Vocabulary(WORDS, FEATURES, torch.Generator().manual_seed(seed))
    lstm, linear = random_lstm(FEATURES, UNITS, seed=seed), nn.Linear(UNITS, 2)
    return SequenceModel(
        "random",
        "none",
        ["yes", "no"],
        reads="words",
        gives="classes",
        embedding=embedding,
        lstm=lstm,
        linear=linear,
    )


def rates(design: Design, runs: int) -> pd.DataFrame:
    """A row a function: the share of runs with p ≤ 0.05, and that without a p."""
    p = pd.DataFrame([smallest_p(design, seed) for seed in range(runs)])
    return pd.DataFrame({"false": (p <= 0.05).mean(), "no p": p.isna().mean()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    options = parser.parse_args()
    print(f"shares of {options.runs} runs with p ≤ 0.05, and without a p; nothing is to be found")
    for title, designs in (("", DESIGNS), ("no p covers these:", NOT_COVERED)):
        print(f"{title:<46}{'find_units':>16}{'probe':>16}{'over_represented':>18}")
        for design in designs:
            found = rates(design, options.runs).to_numpy().tolist()
            print(
                f"{design.name:<46}" + "".join(f"{wrong:>10.2f}{untold:>6.2f}" for wrong, untold in found), flush=True
            )


if __name__ == "__main__":
    main()
