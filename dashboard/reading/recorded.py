"""How is a trace that was recorded elsewhere shown as the page shows what it reads itself?"""

from collections.abc import Mapping
from dataclasses import replace

from torch import nn

from gatescope.question.view import QUANTITIES, Shown
from gatescope.reading.read import Reading, bytes_of
from gatescope.store import visitor_traces
from gatescope.store.remembered import Budget, remembered
from gatescope.store.text_files import Document
from lstm_core import LstmCoreError, SequenceModel, Trace
from lstm_core.recording.kinds import kind_of
from lstm_core.traces.cut import check_sequences
from lstm_core.traces.load import AnyTrace
from lstm_core.traces.trace import as_update

# What is read of a trace's LSTM: a trace has no weights.
_SIZES = ("input_size", "hidden_size", "num_layers", "bidirectional", "proj_size")
MOST_LAYERS = 64
# The most numbers that are looked at for each step: both directions of four layers of 5,000 units.
MOST_A_STEP = 250_000


def first_sequence(whole: AnyTrace, sequence: int = 0) -> Trace:
    """A trace's first sequence, or another, as an update, without its padding, on the CPU; its sizes in `config` are
    those of its tensors, whatever a file says.

    Raises LstmCoreError for a part that lacks layers, directions or units, which have other numbers in it, for a trace
    without its memory or steps, and for what is too large to look at.
    """
    check_sequences(whole)
    if lacking := [dim for dim in ("layer", "direction", "unit") if dim in whole.numbers]:
        raise LstmCoreError(
            f"Expected a trace with every layer, direction and unit to draw, got a part with some of the numbers of "
            f"{' and '.join(lacking)}. In Python its plot() draws it."
        )
    drawn = as_update(whole)
    steps = list(drawn.coords["time"][: drawn.lengths_or_time()[sequence]])
    drawn = drawn.with_values(config={**drawn.config, **_sizes_of(drawn, len(steps))})
    part = drawn.sel(batch=[drawn.coords["batch"][sequence]], time=steps).cpu()
    if not all(bool(start.isfinite().all()) for name, start in part.tensors().items() if name in ("c0", "h0")):
        raise LstmCoreError("Expected finite numbers before the first step, got some that are infinite or NaN.")
    return part if part.c.dtype.itemsize > 2 else part.to(dtype=nn.Linear(1, 1).weight.dtype)


def _sizes_of(trace: Trace, steps: int) -> dict[str, int | bool]:
    """The sizes of an LSTM that has a trace's tensors."""
    layers, directions, _, _, units = trace.c.shape
    shown = trace.h.shape[-1] if "h" in trace.kept else units
    features = trace.x.shape[-1] if "x" in trace.tensors() else 1
    if not steps or not units or not 0 < layers <= MOST_LAYERS or directions not in (1, 2) or not 0 < shown <= units:
        raise LstmCoreError(
            f"Expected steps, units, up to {MOST_LAYERS} layers, one direction or two, and an h of no more units than "
            f"c, got {steps:,} steps and a c of shape {tuple(trace.c.shape)}. In Python its plot() draws it."
        )
    if (numbers := len(QUANTITIES) * layers * directions * units + features) > MOST_A_STEP:
        raise LstmCoreError(
            f"Expected at most {MOST_A_STEP:,} numbers to look at for each step, got {numbers:,}. Take a part of the "
            "trace: trace.keep('c')."
        )
    sizes = (features, units, layers, directions == 2, 0 if shown == units else shown)
    return dict(zip(_SIZES, sizes, strict=True))


def reading_of(trace: Trace, model: SequenceModel | None = None) -> Reading:
    """The reading of a trace with one sequence; `model`: the trained model that was recorded.

    Raises LstmCoreError for a model of another kind of cell, or of other sizes.
    """
    if model is not None:
        _check(trace, model)
    tokens = trace.tokens[0] if trace.tokens else [str(step) for step in trace.coords["time"]]
    sizes = {name: trace.config[name] for name in _SIZES}
    bias = trace.config.get("bias") is not False
    lstm = nn.LSTM(**sizes, bias=bias, device="meta") if model is None else model.lstm
    return Reading(tokens, lstm, trace, [], None, model, None, elsewhere=True)


def recording(key: str) -> Reading | None:
    """The reading of a recording that a visitor opened; None if it was dropped, and for the key of anything else."""
    return _kept(key) if visitor_traces.kept(key) else None


# So that a zoom does not cut the sequence out again.
@remembered(Budget.READINGS, key=lambda key: key, bytes_of=bytes_of)
def _kept(key: str) -> Reading:
    found = visitor_traces.kept(key)
    if found is None:
        raise LstmCoreError("This recording is no longer on the server: open its file again, on the page Your model.")
    (name, whole), sequence = found
    trace = first_sequence(whole, sequence)
    reading = reading_of(trace)
    # A table has a column of tokens.
    reading = reading._replace(trace=trace.with_values(tokens=[reading.tokens]))
    said = which_sequence(whole, sequence).strip()
    return reading._replace(document=Document(name, ""), notices=[said] if said else [])


def _check(trace: Trace, model: SequenceModel) -> None:
    if not isinstance(model, SequenceModel):
        raise LstmCoreError(f"Expected the SequenceModel that was recorded, got a {type(model).__name__}.")
    here = {"module": f"nn.{kind_of(model.lstm).name}"} | {name: getattr(model.lstm, name) for name in _SIZES}
    there = {"module": trace.config.get("of", "nn.LSTM")} | {name: trace.config[name] for name in _SIZES}
    if here != there:
        raise LstmCoreError(f"Expected the model that was recorded, with {_told(there)}; got one with {_told(here)}.")


def _told(sizes: Mapping[str, object]) -> str:
    """Sizes by their names, as in "input_size=4, hidden_size=3"."""
    return ", ".join(f"{name}={size}" for name, size in sizes.items())


def shown_of(trace: Trace, model: SequenceModel | None = None) -> Shown:
    """All that is drawn of a trace; of many units those that tell most, or without a model the most active ones."""
    return shown_in(trace, Shown(top="telling" if model else "active"))


def shown_in(trace: Trace, shown: Shown) -> Shown:
    """What a view shows of the quantities that are drawn of a trace; all of those if it has none of the shown ones."""
    there = [name for name in QUANTITIES if name in trace.kept and name in trace.config.get("roles", QUANTITIES)]
    some = "".join(name for name in there if name in shown.quantities) or "".join(there)
    return replace(shown, quantities="x" * ("x" in shown.quantities) + some)


def which_sequence(whole: AnyTrace, sequence: int = 0) -> str:
    """Which of several sequences is shown, as a sentence and a space; "" if there is one."""
    sequences = whole.coords["batch"]
    if len(sequences) == 1:
        return ""
    return f"Sequence {sequence + 1:,} of {len(sequences):,} (batch {sequences[sequence]}). "
