"""How is a trace that was recorded elsewhere shown as the page shows what it reads itself?"""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from dashboard.question.shown import QUANTITIES, Shown
from dashboard.reading.read import Reading
from lstm_core import LstmCoreError, SequenceModel, Trace

# What a trace says of its LSTM, which is all that is read of it: a trace has no weights.
_SIZES = ("input_size", "hidden_size", "num_layers", "bidirectional", "proj_size")


def first_sequence(whole: Trace) -> Trace:
    """A trace's first sequence, without its padding, on the CPU.

    Raises LstmCoreError for a trace of another cell than an LSTM, and for a part that lacks layers, directions or
    units, which have other numbers in it.
    """
    if not isinstance(whole, Trace):
        raise LstmCoreError(
            f"Expected the trace of an LSTM to draw, got a {type(whole).__name__}. In Python its plot() draws it."
        )
    if lacking := [dim for dim in ("layer", "direction", "unit") if dim in whole.numbers]:
        raise LstmCoreError(
            f"Expected a trace with every layer, direction and unit to draw, got a part with some of the numbers of "
            f"{' and '.join(lacking)}. In Python its plot() draws it."
        )
    steps = list(whole.coords["time"][: whole.lengths_or_time()[0]])
    return whole.sel(batch=[whole.coords["batch"][0]], time=steps).cpu()


def reading_of(trace: Trace, model: SequenceModel | None = None) -> Reading:
    """The reading of a trace with one sequence; `model`: the trained model that was recorded.

    Raises LstmCoreError for a model whose LSTM has other sizes.
    """
    if model is not None:
        _check(trace, model)
    tokens = trace.tokens[0] if trace.tokens else [str(step) for step in trace.coords["time"]]
    lstm = nn.LSTM(**{name: trace.config[name] for name in _SIZES}, device="meta")
    return Reading(tokens, lstm, trace, [], None, model, None, elsewhere=True)


def _check(trace: Trace, model: SequenceModel) -> None:
    if not isinstance(model, SequenceModel):
        raise LstmCoreError(f"Expected the SequenceModel that was recorded, got a {type(model).__name__}.")
    here, there = ({name: sizes[name] for name in _SIZES} for sizes in (vars(model.lstm), trace.config))
    if here != there:
        raise LstmCoreError(f"Expected the model that was recorded, with {_told(there)}; got one with {_told(here)}.")


def _told(sizes: Mapping[str, object]) -> str:
    """Sizes by their names, as in "input_size=4, hidden_size=3"."""
    return ", ".join(f"{name}={size}" for name, size in sizes.items())


def shown_of(trace: Trace, model: SequenceModel | None = None) -> Shown:
    """Everything that a trace has; of many units those that tell most, or without a model the most active ones."""
    kept = "".join(name for name in QUANTITIES if name in trace.kept)
    return Shown(quantities=kept, top="telling" if model else "active")


def which_sequence(whole: Trace) -> str:
    """Which of several sequences is shown, as a sentence and a space; "" if there is one."""
    sequences = whole.coords["batch"]
    return f"Sequence {sequences[0]}, the first of {len(sequences):,}. " if len(sequences) > 1 else ""
