"""What was recorded, as tensors, rows, files and bins?"""

from lstm_core.plots.columns import Bins, bins, changes
from lstm_core.traces.load import load
from lstm_core.traces.trace import QUANTITIES, CellTrace, GruTrace, Quantity, RnnTrace, Trace

__all__ = ["QUANTITIES", "Bins", "CellTrace", "GruTrace", "Quantity", "RnnTrace", "Trace", "bins", "changes", "load"]
