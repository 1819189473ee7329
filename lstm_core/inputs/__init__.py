"""What does a text or a table become, before an LSTM reads it?"""

from lstm_core.inputs.series import Series, read_series
from lstm_core.inputs.tokens import characters, token_vectors, words

__all__ = ["Series", "characters", "read_series", "token_vectors", "words"]
