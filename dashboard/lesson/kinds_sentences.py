"""What do the sentences say about an LSTM, a GRU and a plain RNN that read one text?"""

from collections.abc import Sequence

from gatescope.lesson.cell import NAMES
from gatescope.lesson.kinds import ASKED, ByGap, KindOfCell, Three
from gatescope.lesson.view import UNTRAINED, LessonView
from gatescope.wording.sentences import listed, proof, quoted
from lstm_core.training.copying import SYMBOLS, Copy

# A smaller share is told as nothing, a larger one as all.
NOTHING, ALL = 0.005, 0.995


def untrained(read: Three) -> str:
    """How much of the first word is left in h at the last word, for each kind of cell."""
    first, later = quoted(read.tokens[0]), len(read.tokens) - 1
    if not later:
        return f"Three kinds of cell read {first}, one word: there is nothing to remember yet."
    steps = "one word" if later == 1 else f"{later} words"
    return (
        f"Of the difference that {first} makes in h, {_left(read)}, {steps} later. None of the three was trained to "
        "keep it."
    )


def trained(read: Three) -> str:
    """What each model says at the question mark, and how much of the first symbol is left there."""
    first, gap = read.tokens[0], len(read.tokens) - 2
    right = [kind for kind in read.kinds if _answer(kind)[0] == first]
    answers = listed([f"the {NAMES[kind.cell]} says {_said(kind)}" for kind in read.kinds])
    verdict = {0: "none of them is", len(read.kinds): "all three are"}.get(
        len(right), f"only {listed([f'the {NAMES[kind.cell]}' for kind in right])} {'is' if len(right) == 1 else 'are'}"
    )
    dots = "1 dot" if gap == 1 else f"{gap} dots"
    return (
        f"After {quoted(first)} and {dots}, {answers}: {verdict} right. "
        f"Of the difference that {quoted(first)} makes in h, {_left(read)}."
        + (" To be right with nothing left is luck." if any(kind.left[-1] < NOTHING for kind in right) else "")
    )


def made(asked: LessonView, read: Three) -> str:
    if asked.cells != UNTRAINED:
        return f"nn.LSTM, nn.GRU and nn.RNN, trained on copy, seed={asked.trained_seed}; {proof(read.worst)}"
    source = asked.source
    dims = f"input_dim={source.input_dim}, hidden_dim={source.hidden_dim}, seed={source.seed}"
    return f"“{source.sentence}”, nn.LSTM, nn.GRU and nn.RNN, untrained: {dims}; {proof(read.worst)}"


def what_left_means(asked_trained: bool) -> str:
    """The text above the curves."""
    other = "another first symbol, the nearest of three" if asked_trained else "zeros in place of its first word"
    return (
        f"**What is left of the first step in h**: how far h is from the h of the same text with {other}. The distance "
        "right after the first step counts as 1; at 0, h no longer shows what came first."
    )


def blocks(read: Three) -> str:
    """The number of parameters of each kind of cell."""
    sizes = listed([f"{kind.parameters:,} in the {NAMES[kind.cell]}" for kind in read.kinds])
    return (
        f"Parameters: {sizes}. The LSTM keeps c by its forget gate f and shows some of it as h; the GRU keeps h itself "
        "by its update gate z."
    )


def name_of(one: ByGap) -> str:
    return NAMES[one.cell] if one.units == Copy.sizes.hidden_size else f"{NAMES[one.cell]}, {one.units} units"


def learned(found: Sequence[ByGap]) -> str:
    """How many models of each kind learned `copy`, for each number of epochs."""
    parts = []
    for epochs in sorted({one.epochs for one in found}):
        of_them = [one for one in found if one.epochs == epochs and one.units == Copy.sizes.hidden_size]
        counts = [f"{one.always} of {one.models} {NAMES[one.cell]}s" for one in of_them]
        parts.append(f"after {epochs} epochs {listed(counts)}")
    return f"Asked for the first symbol {ASKED} dots later, these are right every time: {'; '.join(parts)}."


def what_buys_it(found: Sequence[ByGap]) -> str:
    """How much of the difference comes from the gates, and how much from the number of parameters."""
    larger = [one for one in found if one.units != Copy.sizes.hidden_size]
    counts = listed([f"{one.always} of {one.models} after {one.epochs} epochs" for one in larger])
    return (
        "What helps is a gate that can keep, more than a separate cell state: the GRU has only the gate, and learns it "
        "about as often. The gate makes learning faster, but it is not the only way: a plain RNN holds a symbol where "
        "its weights drive units to −1 or +1 and keep them there, and finds such weights later. With 4 units it "
        f"has a quarter of the LSTM’s parameters; with {larger[0].units} units it has as many, and {counts} learned it."
        " The curves are computed from the shipped weights; in a checkout, `python -m studies.cells_learn_copy` "
        "trains them again."
    )


def budget(epochs: int) -> str:
    """The title above a curve by gap."""
    return f"**After {epochs} epochs**: share of first symbols recalled, by gap length"


def _left(read: Three) -> str:
    shares = [_share(kind.left[-1]) for kind in read.kinds]
    if len(set(shares)) == 1:
        return f"{shares[0]} is left in all three"
    first, *others = (f"the {NAMES[kind.cell]}" for kind in read.kinds)
    return listed([f"{shares[0]} is left in {first}", *map("{} in {}".format, shares[1:], others)])


def _share(left: float) -> str:
    """How much is left, in words: two readings may also come to lie further apart than they began."""
    return "all" if left >= ALL else "nothing" if left < NOTHING else f"{left:.0%}"


def _said(kind: KindOfCell) -> str:
    symbol, probability = _answer(kind)
    return f"{quoted(symbol)} ({probability:.2f})"


def _answer(kind: KindOfCell) -> tuple[str, float]:
    assert kind.said is not None
    last = kind.said[:, -1]
    return SYMBOLS[int(last.argmax())], float(last.max())
