"""The questions of `lstm_core.check`, by subject: each asks one thing of a model, and says what mends it."""
