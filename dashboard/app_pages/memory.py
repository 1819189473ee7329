"""The main page: a sentence, and the memory of an LSTM reading it."""

from dashboard.live import live_view

live_view()
