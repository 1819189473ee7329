"""Will a question be a heavy job? Decided before any work is done.

The estimate uses only the source and is rather too high: a heavy job waits only for other heavy jobs.
"""

from __future__ import annotations

from dashboard.question import limits
from dashboard.question.source import OWN, Source
from dashboard.question.view import View

# The weights of the largest shipped model.
SHIPPED = 400_000
# A step that is run by itself, because something is held, takes as long as this many multiplications.
STEPWISE = 100_000
# Building a random LSTM takes as long as this many of its steps.
MAKING = 20


def is_heavy(view: View) -> bool:
    """Whether reading a view's source, with its holds, takes longer than a moment."""
    source = view.source
    if source.file or len(source.sentence) > limits.LONG:
        return True
    each = _weights(source) + STEPWISE * bool(view.holds)
    return (len(source.sentence) + MAKING) * each > limits.HEAVY


def _weights(source: Source) -> int:
    """About how many weights the LSTM has."""
    if source.model.startswith(OWN):
        from dashboard.store import visitor_models

        return visitor_models.weights(source.model) or _random(source)
    return _random(source) if source.model == "random" else SHIPPED


def _random(source: Source) -> int:
    hidden, both = source.hidden_dim, source.directions
    first = 4 * hidden * (source.input_dim + hidden + 2)
    above = 4 * hidden * (both * hidden + hidden + 2)
    return both * (first + (source.n_layers - 1) * above)
