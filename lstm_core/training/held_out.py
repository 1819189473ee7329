"""How well does a trained model do on examples longer than those it learned from?"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training import brackets, copying, counter
from lstm_core.training.loop import loss_of, right_steps
from lstm_core.training.task import Batch
from lstm_core.training.tasks import learned


class Held(NamedTuple):
    """Held-out examples, and a short description of them."""

    texts: str
    batch: Batch


def held_out(model: SequenceModel) -> Held | None:
    """Examples for a model that learned one of the tasks counter, brackets and copy; None for any other.

    >>> from lstm_core import load_model
    >>> model = load_model("counter")
    >>> held = held_out(model)
    >>> held.texts, accuracy(model, held.batch)
    ('aⁿbⁿ for n from 51 to 100', 1.0)
    """
    examples = HELD_OUT.get(learned(model))
    return examples(model) if examples else None


@torch.no_grad()
def accuracy(model: SequenceModel, batch: Batch) -> float:
    """The share of sequences that are right at every judged step.

    The share of right steps would say little: in aⁿbⁿ almost every b is followed by another b.
    """
    right = right_steps(model, model(model.embedding.embed(batch.numbers)), batch.targets)
    return (right | ~batch.judged).all(0).float().mean().item()


@torch.no_grad()
def loss(model: SequenceModel, batch: Batch) -> float:
    """The training loss over the steps that have a target."""
    return loss_of(model, model(model.embedding.embed(batch.numbers)), batch.targets).item()


def _counts(model: SequenceModel) -> Held:
    return Held("aⁿbⁿ for n from 51 to 100", counter.examples(model, range(51, 101)))


def _brackets(model: SequenceModel) -> Held:
    strings = brackets.walks(40, 200, 16, torch.Generator().manual_seed(16))
    return Held("40 strings of 200 brackets, up to 16 deep", brackets.examples(model, strings))


def _copies(model: SequenceModel) -> Held:
    first = torch.arange(len(copying.SYMBOLS))
    return Held("all four symbols after a gap of 200", copying.examples(model, 200, first))


HELD_OUT: dict[str, Callable[[SequenceModel], Held]] = {"counter": _counts, "brackets": _brackets, "copy": _copies}
