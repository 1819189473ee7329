"""What does a model say at the columns of a recording? Scores of the labels that count there."""

import numpy as np
import torch
from torch import Tensor

from gatescope.reading.held import HeldReading
from gatescope.reading.models import foresees
from gatescope.reading.read import Reading
from gatescope.recording.message import Coming, RecordedStack, Says
from lstm_core import SequenceModel, Trace
from lstm_core.models.embeddings import Numbers
from lstm_core.plots.columns import Columns

# So many of the likeliest labels of each column count, and of all of it.
OF_COLUMN, OF_ALL = 3, 12


def says(found: HeldReading, columns: Columns, stacks: list[RecordedStack]) -> Says | None:
    """What a model says, with the weights of the shown units for it; None without a model."""
    reading, model = found.reading, found.reading.model
    if model is None:
        return None
    said, part, is_alone = reading.probabilities(), slice(columns.first, columns.end), columns.per == 1
    # Only the last h of a model without labels is an answer.
    labelled = said if model.gives != "hidden" else None
    unheld = found.unheld[part] if found.unheld is not None and is_alone and labelled is not None else None
    is_value = model.gives == "value"
    labels = _that_count(model, labelled, unheld, columns) if labelled is not None and (is_alone or is_value) else []
    scores = reading.scores(part) if is_alone and labels else None
    if scores is not None:
        _add_weights(stacks, found.trace, model, labels)
    ends = [labelled.amin(0).tolist(), labelled.amax(0).tolist()] if labelled is not None and is_value else []
    return Says(
        name=model.name,
        gives=model.gives,
        reads=model.reads,
        of=len(model.labels),
        units=model.linear.in_features if labels else 0,
        labels=[model.labels[number] for number in labels],
        scores=None if scores is None else scores[:, labels].T.numpy(),
        rest=None if scores is None else scores.logsumexp(1)[None].numpy(),
        said=columns.take(labelled).extreme if labelled is not None and is_value and not is_alone else None,
        ends=ends,
        bias=model.linear.bias.detach()[labels].tolist() if labels and model.linear.bias is not None else [],
        scale=_scale(model, labels),
        unheld=None if unheld is None else unheld[:, labels].T.numpy(),
    )


def _that_count(model: SequenceModel, said: Tensor, unheld: Tensor | None, columns: Columns) -> list[int]:
    """The labels of which something is drawn or said; all of them where each is a number, or may be said beside the
    others."""
    if model.gives != "classes":
        return list(range(len(model.labels)))
    drawn = np.argsort(-columns.take(said).high.max(1), kind="stable")[:OF_ALL]
    most = min(OF_COLUMN, len(model.labels))
    best = [said[columns.first : columns.end].topk(most, dim=1).indices.flatten()]
    best += [] if unheld is None else [unheld.argmax(1)]
    return sorted({*drawn.tolist(), *torch.cat(best).tolist()})


def _scale(model: SequenceModel, labels: list[int]) -> list[list[float]]:
    """The mean and deviation that bring the scores back into the units of the data; none where they stay as they
    are."""
    embedding = model.embedding
    if model.gives != "value" or not isinstance(embedding, Numbers) or model.labels != embedding.columns:
        return []
    return [embedding.mean[labels].tolist(), embedding.deviation[labels].tolist()]


def _add_weights(stacks: list[RecordedStack], trace: Trace, model: SequenceModel, labels: list[int]) -> None:
    """Add the Linear's weights of each stack's units; below the last layer, and for a projection, whose h has other
    units, there are none."""
    if trace.h.shape != trace.c.shape:
        return
    hidden, weight = trace.c.shape[-1], model.linear.weight.detach()[labels].T
    for stack in stacks:
        if stack["layer"] == len(trace.c) - 1:
            stack["weights"] = weight[[stack["direction"] * hidden + unit for unit in stack["units"]]].numpy()


def coming(reading: Reading) -> Coming | None:
    """What may come after the last step, if the model says what comes next; None where the last word is left out."""
    model, said = reading.model, reading.probabilities(slice(-1, None))
    if model is None or said is None or reading.document is not None or not foresees(model) or said.isnan().any():
        return None
    unknown = [] if model.gives == "value" else [name for name in model.labels if not _is_read(model, name)]
    return Coming(labels=model.labels, z=said[0].tolist(), unknown=unknown)


def _is_read(model: SequenceModel, name: str) -> bool:
    return model.tokens(name) == [name] and not model.embedding.unread([name])
