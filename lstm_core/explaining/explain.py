"""Why this answer? What each input did for it, against a stated baseline, and which unit carried it at each step.

    f(x) - f(x without the event) = Σ inputs = Σ kept + Σ reread, at every step between the event and the answer

One sweep back through both runs, with secants in the place of derivatives (`cells`): the parts sum to the difference,
whatever the gates do.
"""

import copy
from typing import Any

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.explaining.explained import Explained
from lstm_core.explaining.question import Model, ModelParts, Question, Target, aim_of, outputs, parts_of
from lstm_core.explaining.read_input import ReadInput, baseline_of, event_of, read_input, step_of
from lstm_core.explaining.sweep import ALL, DIRECT, in_float64, sweep, two_runs


def explain(
    model: Model, x: Any, *, without: Any = None, baseline: Any = "median", time: int = -1, target: Target = None
) -> Explained:
    """What each input did for the answer of a model at one step: f(x) minus f(x without the event), split exactly.

    `model`: a `SequenceModel`; (lstm, linear), an LSTM, GRU or RNN and the Linear that reads its h; or one alone, whose
    h is the answer. It starts from zeros.
    `x`: one reading: numbers (time, feature) in the units of the data, as a tensor, an array, a table or a `Series`;
    tokens or a text, if the model reads some; or (time, 1, feature), as the model itself takes it.
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

    >>> from lstm_core import load_model
    >>> found = explain(load_model("sentiment"), "It is not a good film", baseline=0, target=("negative", "positive"))
    >>> found.target, round(found.effect, 3), found.inputs.sum(1).round(2).tolist()
    ("negative's lead over positive", 0.619, [0.03, 0.02, 0.44, 0.06, 0.2, -0.13])
    """
    parts = parts_of(model)
    read = read_input(parts, x)
    step, event = step_of(time, len(read.values)), event_of(read, without)
    put = baseline_of(parts, read, event, baseline)
    values = torch.where(event.values, put.values, read.values)
    both = _both(parts, read, values, f"{put.name} in place of {event.name}")
    said = outputs(parts.module, parts.linear, both)[step].double()
    aim = aim_of(parts, said, target)
    module, linear = copy.deepcopy(parts[:2])
    question = Question(module, linear, both[:, 0], both[:, 1], step, aim.weights, aim.constant, parts.gives)
    exact = both.cpu().double()
    found = sweep(two_runs(in_float64(module), exact), exact[:, 0] - exact[:, 1], question.readout, step)
    answer, other_answer = question.answers(said).tolist()
    return Explained(
        inputs=found.inputs[ALL],
        kept=found.kept,
        reread=found.reread,
        without_h=float(found.inputs[DIRECT].sum()),
        answer=answer,
        other_answer=other_answer,
        target=aim.name,
        event=event.name,
        baseline=put.name,
        time=step,
        values=read.values.numpy(),
        other_values=values.numpy(),
        features=read.features,
        tokens=read.words,
        names=read.names,
        question=question,
    )


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
