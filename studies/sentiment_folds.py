"""Is the recipe of `sentiment` better than naive Bayes? `python -m studies.sentiment_folds --data DIR`

A test split of 1,066 sentences can't tell two judges apart that differ by a hundredth. So the recipe is followed five
times on four fifths of the training split, and judged on the fifth that it did not see: 8,530 sentences in all. Prints
the shares that both get right in each fold, and on how many sentences only one of them is right.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

import torch

from studies.training.__main__ import measured_with
from studies.training.baselines import right_by_bayes
from studies.training.sentences import answers
from studies.training.sentiment import FOLDS, fresh, split, taught


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with train.tsv.gz, as for training")
    options = parser.parse_args()
    torch.set_num_threads(1)
    reviews = split(fresh(0), options.data, "train")
    print(
        "| fold | sentences | sentiment | naive Bayes | only sentiment | only naive Bayes |\n|---|---|---|---|---|---|"
    )
    found = []
    for fold in range(FOLDS):
        rest = [review for number, review in enumerate(reviews) if number % FOLDS != fold]
        held_out = reviews[fold::FOLDS]
        with redirect_stdout(sys.stderr):  # What training says is no row.
            model = taught(fresh(fold), rest, seed=fold)
        by_lstm = (bool(right[-1]) for right in answers(model, held_out))
        pairs = [*zip(by_lstm, right_by_bayes(rest, held_out), strict=True)]
        print(_row(str(fold), pairs), flush=True)
        found += pairs
    print(_row("all", found))
    print(measured_with())


def _row(name: str, pairs: Sequence[tuple[bool, bool]]) -> str:
    """A row of the table: how often each of the two judges is right, and how often only one is."""
    lstm, bayes = (sum(right) / len(pairs) for right in zip(*pairs, strict=True))
    ours, theirs = (sum(one is side and other is not side for one, other in pairs) for side in (True, False))
    return f"| {name} | {len(pairs)} | {lstm:.4f} | {bayes:.4f} | {ours} | {theirs} |"


if __name__ == "__main__":
    main()
