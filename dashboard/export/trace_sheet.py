"""How is a trace that nobody looks at on the page drawn as the page draws it?"""

from __future__ import annotations

from dashboard.drawing.few_units import few_units
from dashboard.export.sheet import sheet
from dashboard.export.sheet_geometry import SIZES
from dashboard.export.visible_part import WHOLE, left_out
from dashboard.question.link import shortened
from dashboard.reading.recorded import first_sequence, reading_of, shown_of, which_sequence
from dashboard.words.sentences import made_elsewhere
from lstm_core import SequenceModel, Trace
from lstm_core.plots import palette
from lstm_core.plots.page_figure import Figure


def sheet_of(whole: Trace, title: str, model: SequenceModel | None = None, size: str = "slide") -> Figure:
    """The sheet of a trace's first sequence, without its padding; with the model's answers, if its model is given.

    Raises LstmCoreError for a trace of another cell than an LSTM, for one without c, and for a part that lacks layers,
    directions or units, which have other numbers in it.
    """
    trace = first_sequence(whole)
    reading, shown = reading_of(trace, model), shown_of(trace, model)
    sight = WHOLE._replace(few=few_units(reading, trace, shown))
    return sheet(
        reading,
        shown,
        sight,
        palette.look("teal", "light"),
        SIZES[size],
        shortened(title, 70),
        which_sequence(whole) + left_out(trace, shown, sight) + made_elsewhere(whole, reading),
    )
