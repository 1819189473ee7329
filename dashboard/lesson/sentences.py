"""What does the page Lesson say about the numbers it shows?"""

import math
from collections.abc import Callable, Sequence

from torch import Tensor

from gatescope.drawing.lesson_strips import MOST_RESETS
from gatescope.wording.escape_markdown import plain
from gatescope.wording.sentences import listed, quoted
from lstm_core import SequenceModel, Trace
from lstm_core.analysis import Anatomy
from lstm_core.analysis.anatomy import Gate
from lstm_core.models.untrained import ThreeWays
from lstm_core.plots.labels import signed

# The most parts of a score that are told apart.
TERMS = 3
NO_LEARNING = (
    "Nothing is trained here: the vectors and the weights are random, drawn from the seed. A trained embedding puts "
    "words that are used alike near each other; the computation is the same."
)
THREE_WAYS = (
    "An LSTM remembers only the `(h, c)` that it is handed. Hand it the same `(h0, c0)` at each step, and it forgets "
    "every step before."
)
TRAINED = (
    "So far the LSTM was random. This one is trained, with the Linear on top, to say the part of speech of each word."
)
RESET = (
    "Resetting the memory by accident is one of the most common LSTM bugs; no error is raised, only the numbers differ."
)


def made(modules: str, features: int, units: int, seed: int) -> str:
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


def adds_up(written: Callable[[int], float], total: float) -> tuple[int, str]:
    """How many places the numbers need so that they add up as they are written, and the sign before their total: “≈”
    if three places are too few. `written(places)`: what the written numbers add up to."""
    for places in (2, 3):
        said = signed(total, places)
        ends = len(said.partition(".")[2])
        if math.isclose(round(written(places), ends), number(said), abs_tol=1e-9):
            return places, "="
    return 2, "≈"


def number(written: str) -> float:
    return float(written.replace("−", "-"))


def one_cell(trace: Trace, tokens: Sequence[str], unit: int, step: int) -> str:
    """How the memory of one unit changes at a step."""
    f, i, g, c, o, h = (float(trace.cells(quantity)[unit, step]) for quantity in "figcoh")
    before = float(trace.before("c")[0, 0, step, 0, unit])

    def written(places: int) -> float:
        kept = round(f, places) * number(signed(before, places))
        return kept + number(signed(i * g, places))

    places, equals = adds_up(written, c)
    kept, old, added, new = f"{f:.{places - 2}%}", *(signed(value, places) for value in (before, i * g, c))
    return (
        f"At {quoted(tokens[step])}, unit {unit} keeps {kept} of its {old} and adds {added}, so "
        f"c {equals} {new}. It shows {o:.0%} of tanh c: h = {signed(h)}."
    )


def loop(trace: Trace, step: int) -> str:
    """The loop in PyTorch, and what it prints after a step."""
    features, units = trace.x.shape[-1], trace.h.shape[-1]
    h, c = (_row(trace, quantity, step) for quantity in "hc")
    return (
        f"lstm = nn.LSTM({features}, {units}, 1)\n"
        f"h = c = torch.zeros(1, 1, {units})\n"
        f"for word in x:\n"
        f"    step = word.view(1, 1, {features})\n"
        f"    out, (h, c) = lstm(step, (h, c))\n\n"
        f"h  # [{h}]\n"
        f"c  # [{c}]"
    )


def worked_out(cell: Anatomy) -> str:
    """The equations of one unit at a step, each gate with its own W, U and b."""

    def gate(name: str, of: Gate, bend: str) -> str:
        parts = f"{of.from_x:+6.2f} {of.from_h:+6.2f} {of.bias:+6.2f}"
        pre = sum(map(float, parts.split()))
        bent = math.tanh(pre) if bend == "tanh" else 1 / (1 + math.exp(-pre))
        equals = "=" if f"{bent:.2f}" == f"{of.value:.2f}" else "≈"
        return f"{name} = {bend:>4}( {parts} ) {equals} {of.value:+.2f}".replace("-", "−")

    return "\n".join(
        [
            "             W x    U h      b",
            gate("f", cell.f, "σ"),
            gate("i", cell.i, "σ"),
            gate("g", cell.g, "tanh"),
            gate("o", cell.o, "σ"),
            *(f"{equation}\n  = {numbers}" for equation, numbers in memory_and_shown(cell)),
        ]
    )


def memory_and_shown(cell: Anatomy) -> list[tuple[str, str]]:
    """The two equations of c and h of one unit at a step, each with its numbers."""

    def kept_and_added(places: int) -> float:
        kept = round(cell.f.value, places) * number(signed(cell.c_before, places))
        return kept + number(signed(cell.written, places))

    def shown(places: int) -> float:
        return round(cell.o.value, places) * math.tanh(number(signed(cell.c, places)))

    at, equals = adds_up(kept_and_added, cell.c)
    before, added, c = (signed(value, at) for value in (cell.c_before, cell.written, cell.c))
    last, shows = adds_up(shown, cell.h)
    return [
        ("c = f · c before + i · g", f"{cell.f.value:.{at}f} · {before} {added} {equals} {c}"),
        ("h = o · tanh c", f"{cell.o.value:.{last}f} · tanh {signed(cell.c, last)} {shows} {signed(cell.h, last)}"),
    ]


def printed(trace: Trace) -> str:
    """h and c of every step, with four decimals as in the lesson."""
    lines = []
    for step in range(len(trace.x)):
        h, c = (_row(trace, quantity, step) for quantity in "hc")
        lines += [f"{step:>2} out  [{h}]", f"   cell [{c}]"]
    return "\n".join(lines)


def _row(trace: Trace, quantity: str, step: int) -> str:
    return ", ".join(f"{value:.4f}" for value in trace.cells(quantity)[:, step])


def why_they_differ(ways: ThreeWays, same_start: bool) -> str:
    """What the three pictures show, with the measured difference."""
    steps = len(ways.at_once.x)
    gap = ways.difference()
    agree = "to the bit (0.0)" if gap == 0 else f"to {gap:.0e}, which is rounding"
    start = "" if same_start else " It also starts from another (h0, c0), so even step 0 differs."
    lines = ": each dotted line is such a reset" if len(ways.reset.resets) <= MOST_RESETS else ""
    return (
        f"Carrying the state and reading all at once are the same computation: they agree {agree}. "
        f"The first way starts each of its {steps} steps from the same (h0, c0), so what a step wrote is forgotten "
        f"before the next{lines}.{start} {RESET}"
    )


def through_linear(trace: Trace, model: SequenceModel, tokens: Sequence[str], step: int, said: Tensor) -> str:
    """How h of a word becomes an answer: the largest parts of the winning score."""
    best = int(said[step].argmax())
    weights = model.linear.weight[best].detach()
    h = trace.h[-1, 0, step, 0]
    parts = h * weights
    order = parts.abs().argsort(descending=True, stable=True)[:TERMS].tolist()
    named = [float(parts[unit]) for unit in order]
    unnamed = len(h) - len(order)
    others = float(parts.sum()) - sum(named) if unnamed else 0.0
    bias = 0.0 if model.linear.bias is None else float(model.linear.bias[best].detach())
    score = float(parts.sum()) + bias
    places, equals = adds_up(lambda at: sum(number(signed(one, at)) for one in (*named, others, bias)), score)
    terms = " ".join(signed(one, places) for one in named)
    total = f"{'' if equals == '=' else '≈ '}{signed(score, places)}"
    rest = f", {signed(others, places)} from the other {'unit' if unnamed == 1 else f'{unnamed} units'}"
    return (
        f"At {quoted(tokens[step])} the answer is {plain(model.labels[best])}, {said[step, best]:.2f}. Its score is "
        f"{terms} from h of unit{'s' if len(order) > 1 else ''} {listed([str(unit) for unit in order])}"
        f"{rest if unnamed else ''}, {signed(bias, places)} from the bias: {total}. Softmax over the "
        f"{len(model.labels)} scores makes it {said[step, best]:.2f}."
    )


def shapes_through_linear(trace: Trace, labels: int) -> str:
    """The code from words to answers, with each stage's shape."""
    steps, units = len(trace.x), trace.h.shape[-1]
    return (
        f"out, _ = lstm(x)       # ({steps}, 1, {units})\n"
        f"flat = out.view({steps}, {units})\n"
        f"linear = nn.Linear({units}, {labels})\n"
        f"scores = linear(flat)  # ({steps}, {labels})\n"
        "answers = scores.softmax(-1)\n"
        "# the answers of each word sum to 1"
    )


PREDICTS = "“the hidden state predicts the next word”"
NEXT_WORD = """
`h` at a word is all that the LSTM shows of what it has read so far. The Linear layer turns those `hidden_dim` numbers
into one score for each of `output_dim` classes. Let the classes be the words of a vocabulary and train the scores at
each word towards the word that comes next, and the same picture is a language model. Here the classes are noun, verb
and so on.
"""
