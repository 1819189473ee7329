"""What does a scan of a corpus find in the trained models? `python -m studies.corpus`

For `python-chars`, on files of the running Python's standard library that were never trained on: the unit that tells
best whether a character is inside a string, and how many of the steps with its largest values are inside one. For the
tagger, on the running Python's documentation: the words that write the memory that leaks slowest.
"""

import argparse
from collections.abc import Sequence

import numpy as np
import pandas as pd

from lstm_core.analysis.find_units import Found, find_units
from lstm_core.analysis.properties import PROPERTIES
from lstm_core.models.shipped import load_model
from lstm_core.scanning.result import Scan, scan
from lstm_core.scanning.sources import documentation
from studies.training.python_chars import library

INSIDE = "inside a string"
FILES, PARAGRAPHS = 34, 2_000
AT_LEAST = 50
"""How often a word is in the corpus whose mean is shown."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    model, texts = load_model("python-chars"), list(library(held_out=True).values())[:FILES]
    found = scan(model, texts)
    print(found)
    tracking, steps, inside = in_strings(found, texts)
    best = tracking.table.iloc[0]
    print(f"\n{tracking.summary()}")
    print(f"Unit {best.unit} tells best whether a character is {INSIDE}: AUC {best.score:.3f}, p = {best.p:.3f}.")
    print(f"{inside} of the {len(steps)} steps at which its c is farthest are {INSIDE}, of {found.steps:,} steps:")
    print(steps.head(10)[["value", "before", "token", "after", "text"]].to_string(index=False))
    unit, leak, words = slowest_leak(documentation()[:PARAGRAPHS])
    print(f"\nc of the tagger's unit {unit} leaks slowest: half of it in {leak:.1f} words. Words that change it most:")
    print(words.to_string(index=False, float_format="{:+.3f}".format))


def in_strings(found: Scan, texts: Sequence[str]) -> tuple[Found, pd.DataFrame, float]:
    """The units that tell best whether a step is inside a string, the steps where c of the first of them is farthest on
    its side, and how many of these are inside a string."""
    inside = [np.array(PROPERTIES[INSIDE](text)) > 0 for text in texts]
    tracking = find_units(found, INSIDE, quantities=["c"])
    best = tracking.table.iloc[0]
    steps = found.top(int(best.unit), sign=int(best["sign"]))
    return tracking, steps, sum(inside[text][time] for text, time in steps[["text", "time"]].to_numpy().tolist())


def slowest_leak(texts: Sequence[str]) -> tuple[int, float, pd.DataFrame]:
    """The tagger's unit whose c leaks slowest, its leak, and the words that change it most on average."""
    found = scan(load_model("tagger"), texts)
    unit = int(found.units.leak.argmax())
    words = found.tokens(unit)
    often = words[words["count"] >= AT_LEAST].sort_values("c_change", key=abs, ascending=False)
    return unit, float(found.units.leak[unit]), often.head(10)[["token", "count", "c_change", "c_mean"]]


if __name__ == "__main__":
    main()
