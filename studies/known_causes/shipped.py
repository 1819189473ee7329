"""How do the methods do on the shipped models? `python -m studies.known_causes.shipped`

Nobody knows the causes of their answers, and two figures need no truth. The sum: how far the shares are from the
difference between the answer and the one to zeros. Deletion: how much of that difference is gone when the steps of the
largest shares are 0, mean over how many are; 1: all of it with the first. Both are against zero vectors, which are no
text: a method may be exact there and beside the point.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, cast

import pandas as pd
import torch
from torch import Tensor, nn

from lstm_core.explaining.explain import explain
from lstm_core.explaining.two_runs import in_float64
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model
from lstm_core.training.series import DAY, loads
from studies.known_causes.compared import ALL_METHODS
from studies.known_causes.learn import Learner
from studies.known_causes.methods import integrated_gradients

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
MANY = 300
METHODS = ALL_METHODS | {f"integrated gradients, {MANY} slices": partial(integrated_gradients, slices=MANY)}


def texts() -> dict[str, list[Any]]:
    """What the models of one layer and direction are asked, at its last step."""
    load = loads(4 * DAY, 6, torch.Generator().manual_seed(5)).load
    return {
        "copy": [symbol + "." * 100 + "?" for symbol in "abcd"],
        "counter": ["a" * n + "b" * (n - 2) for n in (3, 5, 10, 20)],
        "brackets": ["(()(()", "((((()", "()()()((", "(((())"],
        "series": list(load.unbind(1)),
        "sentiment": [*WITH_NOT],
        "tagger": ["Giraffes in a field", "They saw her duck", "The old man the boat", "Time flies like an arrow"],
    }


def rows(name: str, given: list[Any]) -> Iterator[dict[str, Any]]:
    """For each method and text: the error of the sum, as a share, and deletion."""
    model = load_model(name)
    asked = [answering(model, text) for text in given]
    for method, shares_of in METHODS.items():
        for learner, x in asked:
            shares = shares_of(learner, x, torch.zeros_like(x), len(x) - 1)
            whole = float(_answer(learner, x) - _answer(learner, torch.zeros_like(x)))
            off = abs(float(shares.sum()) / whole - 1)
            yield {"model": name, "method": method, "sum": off, "deletion": deletion(learner, x, shares.sum(1))}


def answering(model: SequenceModel, text: Any) -> tuple[Learner, Tensor]:
    """The model as one whose only output is the last answer's lead, as `explain` has it; and its vectors."""
    question = explain(model, text, baseline=0).question
    learner = Learner(1, 1, seed=0).double()
    learner.lstm = cast(nn.LSTM, in_float64(question.module))
    learner.linear = nn.Linear(len(question.readout), 1).double()
    learner.linear.weight.data, learner.linear.bias.data = question.readout[None], torch.zeros(1, dtype=torch.float64)
    return learner.requires_grad_(False), question.a.double()


def deletion(model: Learner, x: Tensor, by_step: Tensor) -> float:
    """How much of the answer is gone with the k steps of the largest shares at 0, mean over k."""
    whole, nothing = _answer(model, x), _answer(model, torch.zeros_like(x))
    order = (by_step * (whole - nothing).sign()).argsort(descending=True, stable=True)
    place = torch.empty_like(order).scatter_(0, order, torch.arange(len(x)))
    left = torch.where(place < torch.arange(1, len(x) + 1)[:, None], 0.0, 1.0)
    answers = model((left[..., None] * x).transpose(0, 1))[-1]
    return float(((whole - answers) / (whole - nothing)).mean())


def _answer(model: Learner, x: Tensor) -> Tensor:
    answer: Tensor = model(x[:, None])[-1, 0]
    return answer


def main() -> None:
    torch.set_num_threads(1)
    found = pd.DataFrame([row for name, given in texts().items() for row in rows(name, given)])
    for figure, what in (("sum", "error of the sum, mean over texts"), ("deletion", "deletion, mean over texts")):
        print(f"\n{what}, against zero vectors")
        means = found.groupby(["method", "model"], sort=False)[figure].mean().unstack()
        print(means[list(texts())].round(3).to_string())


if __name__ == "__main__":
    main()
