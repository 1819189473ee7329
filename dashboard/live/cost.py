"""How long a job will a question be? Decided before any work is done.

The estimate uses only the source and is rather too high: a job waits only for others of its length.
"""

from gatescope.question.view import OWN, SHIPPED, Source, View
from gatescope.reading.read import shipped
from gatescope.serving import limits
from gatescope.serving.turns import Length
from gatescope.store import visitor_models

# A step that is run by itself, because something is held, takes as long as this many multiplications.
STEPWISE = 100_000
# Building a random LSTM takes as long as this many of its steps.
MAKING = 20


def length_of(view: View) -> Length:
    """How long it takes to read and draw a view's source, with its holds."""
    source = view.source
    each = weights(source) + STEPWISE * bool(view.holds)
    work = (len(source.sentence) + MAKING) * each
    if source.file or len(source.sentence) > limits.LONG or work > limits.HEAVY:
        return "heavy"
    return "long" if len(source.sentence) > limits.SHORT or work > limits.HEAVY / 4 else "light"


def weights(source: Source) -> int:
    """About how many weights the LSTM has."""
    if source.model.startswith(OWN):
        return visitor_models.weights(source.model) or _random(source)
    if source.model not in SHIPPED:
        return _random(source)
    return sum(weight.numel() for weight in shipped(source.model).lstm.parameters())


def _random(source: Source) -> int:
    hidden, both = source.hidden_dim, source.directions
    first = 4 * hidden * (source.input_dim + hidden + 2)
    above = 4 * hidden * (both * hidden + hidden + 2)
    return both * (first + (source.n_layers - 1) * above)
