"""What does the page Lesson say about the numbers it shows?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.words.sentences import quoted
from lstm_core import Trace
from lstm_core.models.lesson import Scores, ThreeWays
from lstm_core.models.three_cells import ThreeCells
from lstm_core.plots.labels import signed

EQUATIONS = """f = σ(W x + U h + b)      keep what was there?
i = σ(W x + U h + b)      let the new in?
g = tanh(W x + U h + b)   what would be written
c = f · c + i · g         the memory
o = σ(W x + U h + b)      how much to output?
h = o · tanh(c)           the output, passed on"""
NO_LEARNING = (
    "Nothing is trained here: the vectors and the weights are random, drawn from the seed. A trained embedding puts "
    "words that are used alike near each other; the computation is the same."
)
THREE_WAYS = (
    "An LSTM remembers only what it is handed: `(h, c)` of the step before. Read a sequence step by step and pass the "
    "same `(h0, c0)` each time, and every step forgets the last one."
)


def made(modules: str, features: int, units: int, seed: int) -> str:
    """How a picture of the lesson was made."""
    return f"{modules}, Random (untrained): input_dim={features}, hidden_dim={units}, seed={seed}"


def words_become_numbers(trace: Trace) -> str:
    """What the LSTM gets and what it gives back, with the shapes of this run."""
    steps, features, units = len(trace.x), trace.x.shape[-1], trace.h.shape[-1]
    return (
        f"Each of the {steps} words becomes {features} numbers, the column below it: `x` has the shape "
        f"`(seq_len, batch, input_size)` = `({steps}, 1, {features})`. The LSTM starts from `h0` and `c0`, all zeros, "
        f"of shape `(n_layers, batch, hidden_dim)` = `(1, 1, {units})`. It reads the words from left to right and "
        f"gives back `h` of every word: `({steps}, 1, {units})`."
    )


def code_of_a_call(trace: Trace) -> str:
    """The call in PyTorch, with the shapes of this run."""
    steps, features, units = len(trace.x), trace.x.shape[-1], trace.h.shape[-1]
    return (
        f"lstm = nn.LSTM({features}, {units}, 1)\n"
        f"out, (h, c) = lstm(x)\n"
        f"x.shape    # ({steps}, 1, {features})\n"
        f"out.shape  # ({steps}, 1, {units})\n"
        f"c.shape    # (1, 1, {units})"
    )


def one_cell(trace: Trace, tokens: Sequence[str]) -> str:
    """How the memory of one unit changes at the last word: the unit to which most is added there."""
    f, i, g, c, o, h = (trace.cells(quantity)[:, -1] for quantity in "figcoh")
    unit = int(abs(i * g).argmax())
    before = trace.cells("c")[unit, -2] if len(tokens) > 1 else float(trace.c0[0, 0, 0, unit])
    return (
        "Read a column from top to bottom: the gates decide what to keep and what to add, and that gives c; the output "
        f"gate then gives h. At {quoted(tokens[-1])}, unit {unit} keeps {f[unit]:.0%} of its {signed(before)} and adds "
        f"{signed(i[unit] * g[unit])}, so c = {signed(c[unit])}. Of tanh c it outputs {o[unit]:.0%}: "
        f"h = {signed(h[unit])}."
    )


def printed(trace: Trace) -> str:
    """h and c of every step, with four decimals as in the lesson."""
    lines = []
    for step in range(len(trace.x)):
        h, c = (", ".join(f"{value:.4f}" for value in trace.cells(q)[:, step]) for q in ("h", "c"))
        lines += [f"{step:>2} out  [{h}]", f"   cell [{c}]"]
    return "\n".join(lines)


def why_they_differ(ways: ThreeWays, same_start: bool) -> str:
    """What the three pictures show, with the measured difference."""
    steps = len(ways.at_once.x)
    gap = ways.difference()
    agree = "to the bit (0.0)" if gap == 0 else f"to {gap:.0e}, which is rounding"
    start = "" if same_start else " It also starts from a different (h0, c0), as in the lesson, so even step 0 differs."
    return (
        f"Carrying the state and reading all at once are the same computation: they agree {agree}. "
        f"The first way starts each of its {steps} steps from the same (h0, c0), so what a step wrote is forgotten "
        f"before the next: each dotted line is such a reset.{start} Resetting the memory by accident is one of the "
        "most common LSTM bugs; no error is raised, only the numbers differ."
    )


def what_differs(read: ThreeCells) -> str:
    """How an LSTM, a GRU and an RNN differ, with the numbers of this run."""
    lstm, gru, rnn = read.parameters
    keeps_c, keeps_h = read.kept()
    return (
        f"The LSTM has four blocks of weights ({lstm:,} parameters), the GRU three ({gru:,}), the RNN one ({rnn:,}); "
        f"and memory is carried by c in the LSTM, which here keeps {keeps_c:.0%} of it a step (the mean of f), by h "
        f"itself in the GRU, which keeps {keeps_h:.0%} (the mean of z), and in the RNN nothing is kept: "
        "h is recomputed at every step."
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
