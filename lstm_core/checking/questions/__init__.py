"""The questions of `lstm_core.check`: each file asks one of a model, and says what mends it."""
