"""What do the sentences say about two readings: where do they differ most, and what do the models answer?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.comparing.two_readings import Two
from dashboard.words.escape_markdown import plain
from dashboard.words.sentences import listed, quoted
from lstm_core import SequenceModel
from lstm_core.analysis import Comparison
from lstm_core.plots.labels import signed
from lstm_core.plots.strips import NAMES
from lstm_core.traces import Quantity

# Two numbers of a float32 LSTM with a smaller difference count as equal.
SAME = 1e-6


BESIDE = "A and B are on one scale; red in their difference is where B is higher. Framed: where the two differ most."


def largest(comparison: Comparison, shown: Sequence[Quantity]) -> str:
    """The largest difference of the quantities shown and its place; how much of it is left in c at the end."""
    found = comparison.largest(*shown)
    if np.isnan(found.value):
        return "No step of the one stands for a step of the other: there is nothing to compare."
    if abs(found.value) < SAME:
        same = "to the bit" if found.value == 0 else f"to {abs(found.value):.0e}"
        return f"The two are the same {same}, at every step, in {listed([NAMES[letter] for letter in shown])}."
    where = found.layer, found.direction, found.pair, found.unit
    a, b = comparison.a[found.quantity][where], comparison.b[found.quantity][where]
    said = f"The two differ most at {_at(comparison, found.pair)}: the {NAMES[found.quantity]} of unit {found.unit} is "
    return f"{said}{signed(a)} in A and {signed(b)} in B. {_last(comparison)}"


def title(letter: str, epoch: int | None) -> str:
    """The title of one reading: A or B, and after which epoch."""
    if epoch is None:
        return letter
    return f"{letter}, after epoch {epoch:,}" if epoch else f"{letter}, untrained"


def different_units(found: Two) -> str:
    """Why no difference is shown: the numbers of units differ."""
    a, b = found.a.c.shape[-1], found.b.c.shape[-1]
    return plain(
        f"A has {a} units and B has {b}: unit by unit there is nothing to set against each other, so they stand side "
        "by side on the same scales."
    )


def predictions(found: Two, model: SequenceModel | None) -> str:
    """What both models say at their last step, if they have equal labels."""
    if found.said is None or model is None or found.comparison is None:
        return ""
    a, b = (np.flatnonzero(~np.isnan(said[0])) for said in found.said)
    if not len(a) or not len(b) or model.gives == "value":
        return ""
    said_a, said_b = found.said[0][:, a[-1]], found.said[1][:, b[-1]]
    if model.gives == "set":
        row = int(np.abs(said_b - said_a).argmax())
        return f"After the last step {quoted(model.labels[row])} has {said_a[row]:.2f} in A and {said_b[row]:.2f} in B."
    top_a, top_b = int(said_a.argmax()), int(said_b.argmax())
    says_b = f"also {quoted(model.labels[top_b])}" if top_a == top_b else quoted(model.labels[top_b])
    return (
        f"After the last step A says {quoted(model.labels[top_a])} ({said_a[top_a]:.2f}) and B {says_b} "
        f"({said_b[top_b]:.2f})."
    )


def aligned(comparison: Comparison) -> str:
    """How many columns have a step without a partner."""
    alone = sum(a is None or b is None for a, b in comparison.pairs)
    if not alone:
        return "Each step of A is shown above the matching step of B."
    has = "has no partner in the other text, and is" if alone == 1 else "have no partner in the other text, and are"
    return f"{alone} of {len(comparison.pairs)} columns {has} left empty there."


def _at(comparison: Comparison, pair: int) -> str:
    step_a, step_b = comparison.pairs[pair]
    word_a, word_b = comparison.tokens[pair] if comparison.tokens else (f"{step_a}", f"{step_b}")
    words = quoted(word_a or "") if word_a == word_b else f"{quoted(word_a or '')} against {quoted(word_b or '')}"
    steps = f"step {step_a}" if step_a == step_b else f"steps {step_a} and {step_b}"
    return f"{words} ({steps})"


def _last(comparison: Comparison) -> str:
    paired = [n for n, (a, b) in enumerate(comparison.pairs) if a is not None and b is not None]
    left = float(np.abs(comparison.differences["c"][:, :, paired[-1]]).max())
    return f"At the last step they share, the memory c differs by up to {left:.2g}."
