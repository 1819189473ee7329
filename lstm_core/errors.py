"""What can go wrong."""


class LstmCoreError(ValueError):
    """The one error of `lstm_core`: what was expected, what came (with shapes), what to do."""
