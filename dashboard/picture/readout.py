"""How does h become the model's answers? Scores of the likeliest labels, and what each shown unit gives to them."""

from typing import NamedTuple

import numpy as np
import torch

from gatescope.picture.header import Readout
from gatescope.reading.read import Reading
from lstm_core import SequenceModel, Trace
from lstm_core.models.embeddings import Numbers
from lstm_core.plots.columns import Columns
from lstm_core.plots.labels import label

# The labels of a column.
LIKELIEST = 3


class Linear(NamedTuple):
    """What a picture has of a model's Linear: `sent`, and the weights (label, h) of the labels in it."""

    sent: Readout
    weights: np.ndarray

    def of_units(self, trace: Trace, stack: tuple[int, int], units: list[int]) -> np.ndarray | None:
        """(unit, label): the weights of a stack's units; None below the last layer, and for a projection, whose h has
        other units."""
        (layer, direction), hidden = stack, trace.c.shape[-1]
        if layer < len(trace.c) - 1 or trace.h.shape != trace.c.shape:
            return None
        return self.weights[:, [direction * hidden + unit for unit in units]].T


def linear_of(reading: Reading, columns: Columns) -> Linear | None:
    """The Linear over the columns' h; None without a model that has one, and with several steps in a column."""
    model = reading.model
    if model is None or model.gives == "hidden" or columns.per > 1:
        return None
    scores = reading.scores(slice(columns.first, columns.end))
    if scores is None:
        return None
    said = model.probabilities(scores)
    order = scores.argsort(dim=1, descending=True, stable=True)
    best = torch.arange(len(model.labels)).expand_as(order) if model.gives == "value" else order
    best = best[:, :LIKELIEST]
    used, places = np.unique(best.numpy(), return_inverse=True)
    weight, bias = (part.detach()[used] for part in (model.linear.weight, _bias(model)))
    mean, deviation = _scale(model, used)
    sent = Readout(
        gives=model.gives,
        units=model.linear.in_features,
        of=len(model.labels),
        labels=[label(model.labels[number]) for number in used.tolist()],
        bias=bias.tolist(),
        best=places.T,
        scores=scores.gather(1, best).T.numpy(),
        said=said.gather(1, best).T.numpy(),
        mean=mean,
        deviation=deviation,
    )
    return Linear(sent, weight.numpy())


def _bias(model: SequenceModel) -> torch.Tensor:
    bias: torch.Tensor | None = model.linear.bias
    return torch.zeros(len(model.labels)) if bias is None else bias


def _scale(model: SequenceModel, used: np.ndarray) -> tuple[list[float], list[float]]:
    """The mean and deviation that bring the scores back into the units of the data; empty where they stay as they
    are."""
    embedding = model.embedding
    if model.gives != "value" or not isinstance(embedding, Numbers) or model.labels != embedding.columns:
        return [], []
    return embedding.mean[used].tolist(), embedding.deviation[used].tolist()
