"""What do an LSTM, a GRU and a plain RNN make of one text, and how much of its beginning do they keep?"""

from functools import lru_cache
from statistics import fmean
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

import lstm_core
from gatescope.lesson.view import UNTRAINED, LessonView
from lstm_core import LstmCoreError
from lstm_core.models.untrained import left_of_first, three_modules
from lstm_core.traces.recorded import Recorded
from lstm_core.training import copying
from lstm_core.training.copying import ASK, BLANK, SYMBOLS, Copy, right_after

# The most steps that untrained cells read.
MOST = 200
# The gaps across which trained models are asked.
GAPS = (1, 5, 10, 50, 100, 500)
# The longest gap of the training: a model that answers right across it counts as having learned the task.
ASKED = 100


class KindOfCell(NamedTuple):
    """One of the three kinds of cell, and its run over the text."""

    cell: str
    """A key of NAMES."""
    trace: Recorded
    parameters: int
    left: np.ndarray
    """(step,): the share of the first step that is left in h after each step; see `left_of_first`."""
    said: np.ndarray | None
    """(label, step): a trained model's answer at each step; None for an untrained cell."""


class Three(NamedTuple):
    """All three kinds of cell over one text."""

    tokens: list[str]
    kinds: list[KindOfCell]
    """In the order LSTM, GRU, plain RNN."""

    @property
    def worst(self) -> Recorded:
        """The trace whose proof is the weakest."""
        return max(
            (kind.trace for kind in self.kinds),
            key=lambda trace: trace.proof.relative if trace.proof else trace.max_error,
        )


def three(asked: LessonView) -> Three:
    """The three runs that a view asks for. Raises LstmCoreError if there is nothing to read."""
    return _untrained(asked) if asked.cells == UNTRAINED else _trained(asked)


def _untrained(asked: LessonView) -> Three:
    """Three untrained cells and their vectors from one seed; the other first step is a vector of zeros."""
    source = asked.source
    tokens = lstm_core.words(source.sentence)[:MOST]
    if not tokens:
        raise LstmCoreError("Type a sentence to start.")
    x = lstm_core.inputs.token_vectors(tokens, source.input_dim, source.seed)
    lstm, gru, rnn = three_modules(source.input_dim, source.hidden_dim, source.seed)
    none = torch.zeros(1, source.input_dim)
    kinds = [
        _kind("lstm", lstm, tokens, x, none),
        _kind("gru", gru, tokens, x, none),
        _kind("rnn", rnn, tokens, x, none),
    ]
    return Three(tokens, kinds)


def _trained(asked: LessonView) -> Three:
    """Three models that learned `copy` from one seed; the other first steps are the other three symbols."""
    tokens = [asked.first, *BLANK * asked.gap, ASK]
    kinds = []
    for learned in copying.shipped():
        if learned.epochs == int(asked.cells) and learned.units == Copy.sizes.hidden_size:
            model = learned.models[asked.trained_seed]
            with torch.no_grad():
                others = model.vectors([symbol for symbol in SYMBOLS if symbol != asked.first])[:, 0]
                kind = _kind(learned.cell, model.lstm, tokens, model.vectors(tokens), others)
                said = model.probabilities(model.linear(kind.trace.h[-1, 0, :, 0]))
            kinds.append(kind._replace(said=said.T.numpy()))
    return Three(tokens, kinds)


def _kind(cell: str, module: nn.LSTM | nn.GRU | nn.RNN, tokens: list[str], x: Tensor, others: Tensor) -> KindOfCell:
    trace = lstm_core.run(module, x, tokens=tokens)
    parameters = sum(weight.numel() for weight in module.parameters())
    return KindOfCell(cell, trace, parameters, left_of_first(module, x, others).numpy(), None)


class ByGap(NamedTuple):
    """How often models of one kind are right about the first symbol after so many epochs."""

    cell: str
    units: int
    epochs: int
    right: list[float]
    """For each gap in GAPS, the share of first symbols that are recalled; mean over the models."""
    always: int
    """The number of models that recall all four symbols across the gap ASKED."""
    models: int


@lru_cache(maxsize=1)
def by_gap() -> list[ByGap]:
    """The shipped models, each asked across each gap."""
    return [_asked(one) for one in copying.shipped()]


def _asked(one: copying.Learned) -> ByGap:
    right = {gap: [right_after(model, gap) for model in one.models] for gap in GAPS}
    always = sum(share == 1 for share in right[ASKED])
    return ByGap(one.cell, one.units, one.epochs, [fmean(shares) for shares in right.values()], always, len(one.models))
