"""What does a text or a table become, before an LSTM reads it?"""

from lstm_core.inputs.series import Series, read_series
from lstm_core.inputs.tokens import characters, words
from lstm_core.inputs.vectors import token_vectors

__all__ = ["Series", "characters", "read_series", "token_vectors", "words"]
