"""What goes wrong with a model that has an LSTM in it: each mistake that can be tested for, a question each."""

from lstm_core.checking.check import check
from lstm_core.checking.subject import Report, Row

__all__ = ["Report", "Row", "check"]
