"""What are the terms of a cell whose weights the page has not, also while something is held?"""

from math import tanh

from gatescope.question.holds import Cell
from gatescope.reading.held import HeldReading
from gatescope.recording.message import CellTerms, terms_of
from lstm_core import LstmCoreError, Trace, anatomy
from lstm_core.recording.kinds import kind_of


def terms_under(found: HeldReading, trace: Trace, cell: Cell) -> CellTerms:
    """Every term of a cell, its gates as they are held. Raises LstmCoreError if the cell's step is left out, and for a
    recording, whose weights nobody has."""
    if found.reading.only_watched:
        raise LstmCoreError("A recording has no weights: the sums of its gates are not known.")
    if kind_of(found.reading.lstm).name != "LSTM":
        raise LstmCoreError("The sums of the gates are shown of an LSTM alone.")
    if cell.step in found.holds.without:
        raise LstmCoreError("This step is left out, so the cell reads nothing there.")
    terms = terms_of(cell, anatomy(found.reading.lstm, trace, **cell.at()))
    if not found.holds.gates:
        return terms
    layer, direction, unit, step = cell
    recorded = {
        name: getattr(trace, name)[layer, direction, step, 0, unit].item() for name in ("i", "f", "g", "o", "c")
    }
    terms["i"]["value"], terms["f"]["value"] = recorded["i"], recorded["f"]
    terms["g"]["value"], terms["o"]["value"] = recorded["g"], recorded["o"]
    terms["kept"], terms["written"] = recorded["f"] * terms["c_before"], recorded["i"] * recorded["g"]
    terms["c"], terms["tanh_c"] = recorded["c"], tanh(recorded["c"])
    # The units of a projection's h are others.
    has_own_h = trace.h.shape == trace.c.shape
    terms["h"] = trace.h[layer, direction, step, 0, unit].item() if has_own_h else recorded["o"] * terms["tanh_c"]
    return terms
