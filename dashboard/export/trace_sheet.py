"""How is a trace that nobody looks at on the page drawn as the page draws it?"""

from __future__ import annotations

from torch import nn

from dashboard.drawing.few_units import few_units
from dashboard.drawing.shown_strips import reach_of_trace
from dashboard.export.sheet import sheet
from dashboard.export.sheet_geometry import SIZES
from dashboard.export.visible_part import WHOLE, left_out
from dashboard.question.link import shortened
from dashboard.question.shown import QUANTITIES, Shown
from dashboard.reading.read import Reading
from dashboard.words.sentences import WITH, dims_of, proof
from lstm_core import LstmCoreError, SequenceModel, Trace
from lstm_core.plots import palette
from lstm_core.plots.page_figure import Figure

# What a trace says of its LSTM, which is all that is read of it: a trace has no weights.
_SIZES = ("input_size", "hidden_size", "num_layers", "bidirectional", "proj_size")


def sheet_of(whole: Trace, title: str, model: SequenceModel | None = None, size: str = "slide") -> Figure:
    """The sheet of a trace's first sequence, without its padding; with the model's answers, if its model is given.

    Raises LstmCoreError for a trace of another cell than an LSTM, for one without c, and for a part that lacks layers,
    directions or units, which have other numbers in it.
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
    trace = whole.sel(batch=[whole.coords["batch"][0]], time=steps).cpu()
    tokens = trace.tokens[0] if trace.tokens else [str(step) for step in steps]
    lstm = nn.LSTM(**{name: trace.config[name] for name in _SIZES}, device="meta")
    reading = Reading(tokens, lstm, trace, [], None, model, None)
    kept = "".join(name for name in QUANTITIES if name in trace.kept)
    shown = Shown(quantities=kept, top="telling" if model else "active")
    sight = WHOLE._replace(few=few_units(reading, trace, shown))
    sequences = whole.coords["batch"]
    which = f"Sequence {sequences[0]}, the first of {len(sequences):,}. " if len(sequences) > 1 else ""
    name = model.name if model else trace.name
    made = f"nn.LSTM{name and f' {name}'}: {dims_of(lstm)}; {proof(whole)}. {WITH}"
    return sheet(
        reading,
        shown,
        sight,
        palette.look("teal", "light"),
        SIZES[size],
        shortened(title, 70),
        which + left_out(trace, shown, sight) + made,
        reach=reach_of_trace(trace, sight.few),
    )
