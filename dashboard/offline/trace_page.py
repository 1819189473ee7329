"""How is a trace that nobody looks at on the page a page of its own?"""

from gatescope.offline.carried import carried
from gatescope.offline.page import drawn, page
from gatescope.question.holds import NONE
from gatescope.question.view import View
from gatescope.reading.held import HeldReading
from gatescope.reading.recorded import first_sequence, reading_of, shown_of, which_sequence
from lstm_core import SequenceModel
from lstm_core.traces.load import AnyTrace


def trace_page(whole: AnyTrace, title: str, model: SequenceModel | None = None) -> bytes:
    """A page with the live view of a trace's first sequence; with the model's answers, and computing other texts, if
    its model is given.

    Raises LstmCoreError for a trace that can't be drawn (`reading/recorded.py`).
    """
    trace = first_sequence(whole)
    reading = reading_of(trace, model)
    found, view = HeldReading(reading, NONE, None), View(shown=shown_of(trace, model))
    return page(drawn(found, view), title, which_sequence(whole), carried(found, trace, view))
