"""What is said in words of an LSTM, a GRU and a plain RNN that read the same?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.cells.reading import ASKED, NAMES, ByGap, Kind, Three
from dashboard.sentences import listed, quoted
from lstm_core.training.copying import SYMBOLS, Copy

# Less is shown as 0%.
NOTHING = 0.005


def untrained(read: Three) -> str:
    """How much of the first word is left at the last, in each."""
    first, later = quoted(read.tokens[0]), len(read.tokens) - 1
    if not later:
        return f"Three kinds of cell read {first}, one word: there is nothing to remember yet."
    steps = "one word" if later == 1 else f"{later} words"
    return f"Of what {first} left in h, {steps} later there is still {_left(read)}; none has learned to keep it."


def trained(read: Three) -> str:
    """What each says at the question mark, and how much of the first symbol is left there."""
    first, gap = read.tokens[0], len(read.tokens) - 2
    right = [kind for kind in read.kinds if _answer(kind)[0] == first]
    answers = listed([f"the {NAMES[kind.cell]} says {_said(kind)}" for kind in read.kinds])
    verdict = {0: "none of them is", len(read.kinds): "all three are"}.get(
        len(right), f"only {listed([f'the {NAMES[kind.cell]}' for kind in right])} {'is' if len(right) == 1 else 'are'}"
    )
    dots = "1 dot" if gap == 1 else f"{gap} dots"
    return (
        f"After {quoted(first)} and {dots}, {answers}: {verdict} right. "
        f"Of what tells {quoted(first)} from the other first symbols, h still holds {_left(read)}."
        + (" To be right with nothing left is luck." if any(kind.left[-1] < NOTHING for kind in right) else "")
    )


def what_left_means(asked_trained: bool) -> str:
    """Over the curves."""
    against = "begun with another symbol: the nearest of three" if asked_trained else "begun without its first word"
    return (
        f"**What is left of the first step in h**: how far h is from the h of the same text {against}, as a share of "
        "that distance right after the first step. At 0 nothing in h tells any more what stood there."
    )


WITHOUT_GATES = "No gate: all of h is made anew at each step, from x and the h before."


def blocks(read: Three) -> str:
    """How large each is."""
    sizes = listed([f"{kind.parameters:,} in the {NAMES[kind.cell]}" for kind in read.kinds])
    return (
        f"Parameters: {sizes}. The LSTM keeps c by its forget gate f and shows some of it as h; the GRU keeps h itself "
        "by its update gate z."
    )


def name_of(one: ByGap) -> str:
    """What the models of one kind are called."""
    return NAMES[one.cell] if one.units == Copy.sizes.hidden_size else f"{NAMES[one.cell]}, {one.units} units"


def learned(found: Sequence[ByGap]) -> str:
    """How many models of each kind learned `copy`, at each budget."""
    parts = []
    for epochs in sorted({one.epochs for one in found}):
        of_them = [one for one in found if one.epochs == epochs and one.units == Copy.sizes.hidden_size]
        counts = [f"{one.always} of {one.models} {NAMES[one.cell]}s" for one in of_them]
        parts.append(f"after {epochs} epochs {listed(counts)}")
    return f"Right about every first symbol, {ASKED} dots later: {'; '.join(parts)}."


def what_buys_it(found: Sequence[ByGap]) -> str:
    """What of it is the gates', and what the number of parameters'."""
    larger = [one for one in found if one.units != Copy.sizes.hidden_size]
    counts = listed([f"{one.always} of {one.models} after {one.epochs} epochs" for one in larger])
    return (
        "A gate to keep by is what buys it, more than a cell state of one’s own: the GRU has the gate alone, and "
        "learns it about as often. It buys an early success, though, not the only one: a plain RNN holds a symbol "
        "where its weights drive units to −1 or +1 and keep them there, and finds such weights later. With 4 units it "
        f"has a quarter of the LSTM’s parameters; with {larger[0].units} units it has as many, and {counts} learned it."
        " The curves are computed from weights that come along; `python -m lstm_core.training.cells` trains them again."
    )


def budget(epochs: int) -> str:
    """Over one of the curves by gap."""
    return f"**After {epochs} epochs**: share of first symbols said again, by gap"


def _left(read: Three) -> str:
    return listed([f"{kind.left[-1]:.0%} in the {NAMES[kind.cell]}" for kind in read.kinds])


def _said(kind: Kind) -> str:
    symbol, probability = _answer(kind)
    return f"{quoted(symbol)} ({probability:.2f})"


def _answer(kind: Kind) -> tuple[str, float]:
    assert kind.said is not None
    last = kind.said[:, -1]
    return SYMBOLS[int(last.argmax())], float(last.max())
