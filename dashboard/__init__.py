"""The gatescope dashboard: watch an LSTM read a sentence."""
