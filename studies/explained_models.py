"""What does `explain` say of the shipped models, and where is it weak? `python -m studies.explained_models`

`copy`: which unit carries the first symbol across a gap, beside patching each unit alone halfway. `counter`: what each
a and each b does for the end. `sentiment`: what *not* does in twenty sentences. `series`, the weak case: the load's
answer to a storm is mirrored, and who carries that to the next storm is told less well than elsewhere.
"""

from collections.abc import Iterator
from itertools import pairwise, permutations
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from lstm_core.explaining.explain import explain
from lstm_core.explaining.explained import Explained
from lstm_core.models.shipped import load_model
from lstm_core.training.series import ANSWER, DAY, loads

GAPS, COUNTS = (100, 500), (3, 5, 8, 10, 20)
LEAST = 0.1
"""Patching names a unit if it takes as much of the effect."""
APART = (10, 40)
"""The hours between a storm whose answer is mirrored and the next one."""

# Sentences with *not*: whether it turns the verdict to blame.
WITH_NOT = {
    "It is not good": True,
    "It is not a good film": True,
    "It is not bad": False,
    "It is not a bad film": False,
    "The plot is not funny": True,
    "This is not a great movie": True,
    "This is not a boring movie": False,
    "I do not like it": True,
    "I did not like the film": True,
    "It is not worth your time": True,
    "The acting is not convincing": True,
    "The story is not dull": False,
    "It does not work": True,
    "The jokes are not funny": True,
    "It is not without charm": False,
    "The film is not a failure": False,
    "It is not very good": True,
    "It is not so bad": False,
    "This is not the best film": True,
    "I would not recommend it": True,
}


def main() -> None:
    torch.set_num_threads(1)
    print("copy: the first symbol against another; the unit that carries most halfway, and what patching it takes")
    found = pd.DataFrame([row for gap in GAPS for row in carried_across(gap)])
    _print(found)
    same = found[(found["unit"] == found["patching"]) & (found["takes"] >= LEAST)]["gap"].value_counts()
    print("\n".join(f"gap {gap}: patching names the same unit in {same[gap]} of 12" for gap in GAPS))
    print("\ncounter: the parts of each a and each b of aⁿbᵏ in the score of the end, from and to")
    _print(pd.DataFrame(counted()))
    print("\nsentiment: what not does, of negative's lead; five units patched halfway, and five by chance")
    sentences = pd.DataFrame(turned())
    _print(sentences.drop(columns="error"))
    print(f"the sums are exact to {sentences['error'].max():.0e}, in a model of float32")
    mirrored = pd.DataFrame(seasons(200))
    print(
        f"\nseries: {len(mirrored)} loads. Patching names the unit that carries most in {mirrored['same'].mean():.0%}, "
        f"rank correlation {mirrored['correlation'].mean():.2f}: here the carriers are a hint, and no more. "
        f"The forecast goes the right way in {mirrored['right'].mean():.0%}."
    )


def carried_across(gap: int) -> Iterator[dict[str, Any]]:
    """For each two symbols: who carried the first one, in parts of the effect."""
    model = load_model("copy")
    for first, other in permutations("abcd", 2):
        found = explain(model, first + "." * gap + "?", without=0, baseline=other)
        top, patching = _top(found)
        row = {"gap": gap, "first": first, "other": other, "unit": top["units"], "carries": top["carried"]}
        row |= {"takes": top["takes"], "patching": patching["units"], "and takes": patching["takes"]}
        yield row | {name: row[name] / found.effect for name in ("carries", "takes", "and takes")}


def counted() -> Iterator[dict[str, Any]]:
    """For strings of n a's and k b's: the least and the largest part of a symbol."""
    model = load_model("counter")
    for n in COUNTS:
        for k in (n - 2, n):
            found = explain(model, "a" * n + "b" * k, baseline=0, target="end")
            parts = {"a": found.by_step[:n], "b": found.by_step[n:]}
            ends = {f"{letter} {end}": getattr(each, end)() for letter, each in parts.items() for end in ("min", "max")}
            yield {"n": n, "k": k, **ends, "the end": found.answer}


def turned() -> Iterator[dict[str, Any]]:
    """For each sentence: the lead, what *not* has of it against the zero vector, and what it does in the place of
    *so*."""
    model, target = load_model("sentiment"), ("negative", "positive")
    for sentence, blame in WITH_NOT.items():
        whole = explain(model, sentence, baseline=0, target=target)
        word = explain(model, sentence, without="not", baseline="so", target=target)
        rows = word.patched(units=5)
        together = rows[~rows["random"]]["takes"].iloc[-1]
        yield {
            "sentence": sentence,
            "blame": blame,
            "lead": whole.answer,
            "not": whole.by_step[(whole.tokens or []).index("not")],
            "not for so": word.effect,
            "patched": together / word.effect,
            "by chance": rows[rows["random"]]["takes"].mean() / word.effect,
            "error": max(whole.error, word.error),
        }


def seasons(count: int) -> Iterator[dict[str, Any]]:
    """For each of some loads with two storms of one season far enough apart: the forecast at the second one, with the
    load's answer to the first mirrored."""
    model, drawn = load_model("series"), loads(5 * DAY, count, torch.Generator().manual_seed(11))
    for load, storm, heated in zip(drawn.load.unbind(1), drawn.storm.unbind(1), drawn.heated.unbind(1), strict=True):
        storms = storm.nonzero().flatten().tolist()
        for first, last in pairwise(storms):
            if APART[0] <= last - first <= APART[1] and first > 2 * DAY and heated[first] == heated[last]:
                x, hours, sign = load[: last + 1].double(), torch.arange(last + 1), 1.0 if heated[first] else -1.0
                came = sign * ANSWER * storm[first] * 0.7 ** (hours - first - 1).clamp(min=0) * (hours > first)
                found = explain(model, x, without=slice(first + 1, first + 9), baseline=x - 2 * came[:, None])
                rows = found.patched(units=found.kept.shape[-1], random=0)[:-1]
                carried, takes = (torch.tensor(rows[name].to_numpy()) for name in ("carried", "takes"))
                yield {
                    "right": found.effect * sign > 0,
                    "same": carried.abs().argmax() == takes.abs().argmax(),
                    "correlation": rank_correlation(carried, takes),
                }
                break


def _top(found: Explained) -> tuple[pd.Series, pd.Series]:
    """The unit that carries most halfway, and the one that patching takes most from; each alone."""
    rows = found.patched(units=found.kept.shape[-1], random=0)[:-1]
    return rows.iloc[0], rows.iloc[int((rows["takes"] / found.effect).argmax())]


def _print(table: pd.DataFrame) -> None:
    print(table.to_string(index=False, float_format="{:+.2f}".format))


def rank_correlation(one: Tensor, other: Tensor) -> float:
    """Spearman's correlation of two rows of numbers without ties."""
    ranks = torch.stack([row.argsort().argsort().double() for row in (one, other)])
    return float(torch.corrcoef(ranks)[0, 1])


if __name__ == "__main__":
    main()
