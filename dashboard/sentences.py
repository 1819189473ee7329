"""What is said in words about a view: its shapes, its proof, how it was made, the code that makes it again."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from dashboard.figures import label
from dashboard.plain import plain
from dashboard.reading import Reading
from dashboard.view import MODELS, View
from lstm_core import Trace
from lstm_core.models.lesson import Scores, ThreeWays
from lstm_core.models.three_cells import ThreeCells
from lstm_core.traces.recorded import Recorded


def quoted(token: str) -> str:
    """A word as it stands in a sentence of ours, for Markdown."""
    return f"“{plain(label(token))}”"


def signed(value: float, places: int = 2) -> str:
    """A number with its sign, as it is set in print; of a small one as many places as say something."""
    if 1e-6 < abs(value) < 0.1:
        places = max(places, 1 - floor(log10(abs(value))))
    return f"{value:+.{places}f}".replace("-", "−")


def listed(parts: Sequence[str]) -> str:
    """As one says it: a, b and c."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def shapes(reading: Reading) -> str:
    """The shapes of this very sentence, in the lesson's terms."""
    steps, lstm = len(reading.tokens), reading.lstm
    layers, states = ("2 · n_layers", 2 * lstm.num_layers) if lstm.bidirectional else ("n_layers", lstm.num_layers)
    return (
        f"input (seq_len, batch, input_size) = ({steps:,}, 1, {lstm.input_size}) · "
        f"h and c ({layers}, batch, hidden_dim) = ({states}, 1, {lstm.hidden_size}) · "
        f"parameters: {reading.parameters:,}"
    )


def proof(trace: Recorded) -> str:
    """What `max_error` says."""
    return f"the gates rebuild PyTorch’s own output to {trace.max_error:.0e}"


def steps_are(view: View, reading: Reading) -> str:
    """What a step is called: words, characters, symbols or numbers."""
    return view.tokens if reading.model is None else reading.model.reads


def caption(view: View, reading: Reading, trace: Trace) -> str:
    """How a figure was made."""
    lstm, model = reading.lstm, reading.model
    dims = f"input_dim={lstm.input_size}, hidden_dim={lstm.hidden_size}, n_layers={lstm.num_layers}"
    dims += ", bidirectional" if lstm.bidirectional else ""
    name = f"{MODELS['random']}: {dims}, seed={view.seed}" if model is None else f"trained, {model.name}: {dims}"
    return f"nn.LSTM, {name}; {proof(trace)}. Made with gatescope."


def printed(trace: Trace) -> str:
    """h and c of every step, with four decimals as in the lesson."""
    lines = []
    for step in range(len(trace.x)):
        h, c = (", ".join(f"{value:.4f}" for value in trace.cells(q)[:, step]) for q in ("h", "c"))
        lines += [f"{step:>2} out  [{h}]", f"   cell [{c}]"]
    return "\n".join(lines)


def why_they_differ(ways: ThreeWays, same_start: bool) -> str:
    """What the three pictures show, with the difference that was measured."""
    steps = len(ways.at_once.x)
    gap = ways.difference()
    agree = "to the bit (0.0)" if gap == 0 else f"to {gap:.0e}, which is rounding"
    start = "" if same_start else " It also starts from another (h0, c0), as the lesson does, so even step 0 differs."
    return (
        f"Carrying the state and reading all at once are the same computation: they agree {agree}. "
        f"The first way starts each of its {steps} steps from the same (h0, c0), so what a step wrote is forgotten "
        f"before the next: each dotted line is such a reset.{start} Resetting the memory by accident is one of the "
        "commonest LSTM bugs, and only the numbers tell."
    )


def what_differs(read: ThreeCells) -> str:
    """What an LSTM, a GRU and an RNN do differently, with the numbers of this very run."""
    lstm, gru, rnn = read.parameters
    keeps_c, keeps_h = read.kept()
    return (
        f"The LSTM has four blocks of weights ({lstm:,} parameters), the GRU three ({gru:,}), the RNN one ({rnn:,}); "
        f"and memory is carried by c in the LSTM, which here keeps {keeps_c:.0%} of it a step (the mean of f), by h "
        f"itself in the GRU, which keeps {keeps_h:.0%} (the mean of z), and by nothing but the weights in the RNN, "
        "which makes all of h anew at each step."
    )


def shapes_through_linear(trace: Trace, top: Scores) -> list[dict[str, str]]:
    """Each stage's name and shape."""
    flat, scored = tuple(top.hidden.shape), tuple(top.scores.shape)
    return [
        {"stage": "input x", "shape": f"{tuple(trace.x.shape)}"},
        {"stage": "out of the LSTM", "shape": f"{(len(trace.x), 1, flat[1])}"},
        {"stage": "out.view(seq_len, hidden_dim)", "shape": f"{flat}"},
        {"stage": "nn.Linear(hidden_dim, output_dim)", "shape": f"{scored}"},
        {"stage": "softmax over the classes", "shape": f"{scored}"},
    ]


NEXT_WORD = """
**What “the hidden state predicts the next word” means.** `h` at a word is all that the LSTM shows of what it has read
so far. The Linear layer turns those `hidden_dim` numbers into one score for each of `output_dim` classes. Let the
classes be the words of a vocabulary and train the scores at each word towards the word that comes next, and the same
picture is a language model; let them be noun, verb and so on, and it is a part-of-speech tagger. Only the training
differs: here nothing is trained, so the columns are nearly alike.
"""
