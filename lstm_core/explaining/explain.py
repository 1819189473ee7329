"""Why this answer? What each input did for it, against a stated baseline, and which unit carried it at each step.

    f(x) - f(x without the event) = Σ inputs = Σ kept + Σ reread, at every step between the event and the answer

One sweep back through both runs, with secants in the place of derivatives (`cells`): the parts sum to the difference,
whatever the gates do.
"""

import copy
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from lstm_core.errors import LstmCoreError
from lstm_core.explaining.explained import Explained
from lstm_core.explaining.question import Model, ModelParts, Question, Target, aim_of, at_once, outputs, parts_of
from lstm_core.explaining.read_input import ReadInput, baseline_of, each_of, event_of, read_input, step_of
from lstm_core.explaining.sweep import ALL, DIRECT, in_float64, sweep, two_runs


def explain(
    model: Model, x: Any, *, without: Any = None, baseline: Any = "median", time: int = -1, target: Target = None
) -> Explained:
    """What each input did for the answer of a model at one step: f(x) minus f(x without the event), split exactly.

    `model`: a `SequenceModel`; (lstm, linear), an LSTM, GRU or RNN and the Linear that reads its h; or one alone, whose
    h is the answer. It starts from zeros.
    `x`: one reading (`explain_each` takes several): numbers (time, feature) in the units of the data, as a tensor, an
    array, a table or a `Series`; tokens or a text, if the model reads some; or (time, 1, feature), as the model itself
    takes it.
    `without`: the event that is left out: a step, a slice or a list of steps, a cell (step, feature) or a list of
    cells, a word or a date or a list of them; None: everything. A date is text or a datetime, also as a cell's step; a
    slice from a date to another has both.
    `baseline`: what stands in its place: a number, a row (feature,), another reading of the same length, "median" or
    "mean" of each feature of x. For words: another word or text; "median" and "mean" are the mean vector of the words
    that the model knows, or the zero vector if it has no list of them. What counts as nothing decides the answer more
    than any method does: the result names it.
    `time`: the step whose answer is explained.
    `target`: an output by its label or number; or two, (A, B): A's lead over B. None: what the model says; of classes
    its lead over what the model says without the event, or over the second where that is the same. A forecast of the
    columns that a `SequenceModel` reads is in the units of the data.

    Raises LstmCoreError for a model whose readout is not known, for dropout in train mode, for x of another shape, for
    an event, a step or an output that there is not, and where both readings are equal.

    >>> import lstm_core
    >>> model = lstm_core.load_model("sentiment")
    >>> found = explain(model, "It is not a good film", baseline=0, target=("negative", "positive"))
    >>> found.target, round(found.effect, 3), found.inputs.sum(1).round(2).tolist()
    ("negative's lead over positive", 0.619, [0.03, 0.02, 0.44, 0.06, 0.2, -0.13])
    """
    parts = parts_of(model)
    [found] = _explained(parts, [_asked(parts, x, without, baseline, time)], target)
    return found


def explain_each(
    model: Model, readings: Any, *, without: Any = None, baseline: Any = "median", time: int = -1, target: Target = None
) -> list[Explained]:
    """`explain` of each of several readings, many at once; the rest is asked of each alike.

    `readings`: a batch, in the model's own form (time, batch, feature), or (batch, time, feature) with `batch_first`;
    packed; or a list of what `explain` takes, of any lengths. "median" and "mean" are each reading's own.

    Raises LstmCoreError as `explain` does, with a note that says at which reading.

    >>> import torch
    >>> lstm, linear = torch.nn.LSTM(2, 5), torch.nn.Linear(5, 1)
    >>> [found.inputs.shape for found in explain_each((lstm, linear), [torch.randn(4, 2), torch.randn(7, 2)])]
    [(4, 2), (7, 2)]
    """
    parts = parts_of(model)
    asked = []
    for number, x in enumerate(each_of(parts, readings)):
        try:
            asked.append(_asked(parts, x, without, baseline, time))
        except LstmCoreError as error:
            error.add_note(f"It is reading {number}.")
            raise
    longest = max((len(one.x) for one in asked), default=1)
    most = at_once(parts.module, longest)
    found = (_explained(parts, asked[first : first + most], target) for first in range(0, len(asked), most))
    return list(chain.from_iterable(found))


class _Request(NamedTuple):
    """One reading, and what stands in the place of its event."""

    read: ReadInput
    event: str
    baseline: str
    values: Tensor
    """(time, feature): `ReadInput.values` without the event."""
    x: Tensor
    """(time, run, feature): both readings, as the module takes them."""
    time: int


def _asked(parts: ModelParts, x: Any, without: Any, baseline: Any, time: int) -> _Request:
    read = read_input(parts, x)
    step = step_of(time, len(read.values))
    event = event_of(read, without)
    put = baseline_of(parts, read, event, baseline)
    values = torch.where(event.values, put.values, read.values)
    both = _both(parts, read, values, f"{put.name} in place of {event.name}")
    return _Request(read, event.name, put.name, values, both, step)


def _explained(parts: ModelParts, asked: Sequence[_Request], target: Target) -> list[Explained]:
    """All at once: a batch that is as long as its longest reading."""
    lengths, steps = [len(one.x) for one in asked], [one.time for one in asked]
    x = pad_sequence([one.x for one in asked]).transpose(1, 2)
    said = outputs(parts.module, parts.linear, x.flatten(1, 2), [*lengths, *lengths])
    said = said.double().reshape(len(x), 2, len(asked), -1)
    aims = [aim_of(parts, said[step, :, n], target) for n, step in enumerate(steps)]
    module, linear = copy.deepcopy(parts[:2])
    gives = parts.whole.gives if parts.whole else None
    questions = [
        Question(module, linear, one.x[:, 0], one.x[:, 1], one.time, aim.weights, aim.constant, gives)
        for one, aim in zip(asked, aims, strict=True)
    ]
    x = x.cpu().double()
    readout = torch.stack([question.readout for question in questions])
    found = sweep(two_runs(in_float64(parts.module), x, lengths), x[:, 0] - x[:, 1], readout, steps, lengths)
    # Copies, so that one that is kept does not keep all others.
    return [
        Explained(
            inputs=found.inputs[ALL, :length, n].copy(),
            kept=found.kept[:, :, :length, n].copy(),
            reread=found.reread[:, :, :length, n].copy(),
            without_h=float(found.inputs[DIRECT, :, n].sum()),
            answer=float(said[one.time, 0, n] @ aim.weights) + aim.constant,
            other_answer=float(said[one.time, 1, n] @ aim.weights) + aim.constant,
            target=aim.name,
            event=one.event,
            baseline=one.baseline,
            time=one.time,
            values=one.read.values.numpy(),
            other_values=one.values.numpy(),
            features=one.read.features,
            tokens=one.read.words,
            names=one.read.names,
            question=question,
        )
        for n, (one, aim, question, length) in enumerate(zip(asked, aims, questions, lengths, strict=True))
    ]


def _both(parts: ModelParts, read: ReadInput, values: Tensor, what: str) -> Tensor:
    """x (time, run, feature) of both readings. Raises LstmCoreError where they are equal."""
    dtype = next(parts.module.parameters()).dtype
    a, b = (read.vectors(each).to(dtype) for each in (read.values, values))
    if not b.isfinite().all():
        raise LstmCoreError(f"Expected a baseline of finite numbers, got {what}. Give numbers that the model can read.")
    if a.equal(b):
        raise LstmCoreError(
            f"Expected two readings that differ, got two equal ones: {what} changes nothing. Give another baseline or "
            "event."
        )
    return torch.stack([a, b], 1)
