"""What does a scan of a corpus find in the trained models? `python -m lstm_core.studies.corpus`

For `python-chars`, on files of the running Python's standard library that were never trained on: the unit that tells
best whether a character is inside a string, and how many of the steps with its largest values are inside one; and where
else the units of a bracketed stretch are on together. For the tagger, on the running Python's documentation: the words
that write the longest memory.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.analysis.find_units import find_units
from lstm_core.analysis.found import Found
from lstm_core.analysis.properties import PROPERTIES
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model
from lstm_core.recording.record import run
from lstm_core.scanning.pattern import pattern
from lstm_core.scanning.result import Scan
from lstm_core.scanning.scan import scan
from lstm_core.scanning.sources import documentation
from lstm_core.training.python_chars import library

if TYPE_CHECKING:
    import pandas

INSIDE = "inside a string"
STRETCH, FIRST, LAST = "print(values[first:last])", 12, 22
"""A text, and the steps of it from an opening bracket to the last character inside."""
AT_LEAST = 50
"""How often a word is in the corpus whose mean is shown."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=34, help="of Python code")
    parser.add_argument("--paragraphs", type=int, default=2_000, help="of documentation")
    options = parser.parse_args()
    model, texts = load_model("python-chars"), list(library().held_out.values())[: options.files]
    found = scan(model, texts)
    print(found)
    _print_strings(found, texts)
    _print_brackets(model, found, texts)
    unit, half_life, words = longest_memory(documentation()[: options.paragraphs])
    print(f"\nThe tagger's unit {unit} has the longest half-life, {half_life:.1f} words. Words that change its c most:")
    print(words.to_string(index=False, float_format="{:+.3f}".format))


def in_strings(found: Scan, texts: Sequence[str]) -> tuple[Found, pandas.DataFrame, float]:
    """The units that tell best whether a step is inside a string, the steps where c of the first of them is farthest on
    its side, and how many of these are inside a string."""
    inside = [np.array(PROPERTIES[INSIDE](text)) > 0 for text in texts]
    tracking = find_units(found, INSIDE, quantities=["c"])
    best = tracking.table.iloc[0]
    steps = found.top(int(best.unit), sign=int(best["sign"]))
    return tracking, steps, sum(inside[text][time] for text, time in steps[["text", "time"]].to_numpy().tolist())


def in_brackets(model: SequenceModel, found: Scan, texts: Sequence[str]) -> tuple[tuple[int, ...], pandas.DataFrame]:
    """The units that are on throughout a bracketed stretch, and where they are on together elsewhere."""
    trace = run(model.lstm, model.vectors(model.tokens(STRETCH)))
    wanted = pattern(trace, FIRST, LAST)
    return wanted.units, found.search(wanted, texts=texts)


def longest_memory(texts: Sequence[str]) -> tuple[int, float, pandas.DataFrame]:
    """The tagger's unit with the longest half-life, and the words that change it most on average."""
    found = scan(load_model("tagger"), texts)
    unit = int(found.units.half_life.argmax())
    words = found.tokens(unit)
    often = words[words["count"] >= AT_LEAST].sort_values("c_change", key=abs, ascending=False)
    return unit, float(found.units.half_life[unit]), often.head(10)[["token", "count", "c_change", "c_mean"]]


def _print_strings(found: Scan, texts: Sequence[str]) -> None:
    tracking, steps, inside = in_strings(found, texts)
    best = tracking.table.iloc[0]
    print(f"\n{tracking.summary()}")
    print(f"Unit {best.unit} tells best whether a character is {INSIDE}: AUC {best.score:.3f}, p = {best.p:.3f}.")
    print(f"{inside} of the {len(steps)} steps at which its c is farthest are {INSIDE}, of {found.steps:,} steps:")
    _print_steps(steps.head(10), "value")


def _print_brackets(model: SequenceModel, found: Scan, texts: Sequence[str]) -> None:
    units, hits = in_brackets(model, found, texts)
    print(f"\nUnits on throughout {STRETCH[FIRST : LAST + 1]!r} in {STRETCH!r}: {', '.join(map(str, units))}.")
    print("Where most of them are on together:")
    _print_steps(hits.head(10).rename(columns={"match": "token"}), "shared")
    print(f"What the steps of these {len(hits)} hits have more or less of than all steps:")
    print(found.over_represented(hits).head(6).to_string(index=False, float_format="{:.3f}".format))


def _print_steps(steps: pandas.DataFrame, value: str) -> None:
    names = [value, "before", "token", "after", "text"]
    for number, before, token, after, text in steps[names].to_numpy().tolist():
        print(f"{number:+7.2f}  {before[-40:]!r} [{token!r}] {after[:20]!r}  text {text}")


if __name__ == "__main__":
    main()
