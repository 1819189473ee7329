"""How does a unit do what it does in this text? Its gates, where it is right, and where it is wrong."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from gatescope.corpus.view import UnitPlace
from gatescope.unit_list.holding import runs
from gatescope.unit_list.kept import ToldProperty
from gatescope.unit_list.words import claims, is_true
from gatescope.wording.sentences import listed, quoted
from lstm_core import Trace
from lstm_core.analysis.auc_and_r_squared import as_score, measure_for, never_changes, strength
from lstm_core.analysis.properties import property_named
from lstm_core.analysis.units import WRITE
from lstm_core.arrays import as_numpy
from lstm_core.plots.labels import signed
from lstm_core.quantities import LEFT, RIGHT

NAMED = 3
"""The most tokens, or misses, that are named."""
MOSTLY = 0.6
"""The share of overwriting steps of one sign from which on that is the rule."""


SHOWS = 0.9
"""The score from which on a text shows what a unit tells."""


def here(told: ToldProperty, c: np.ndarray, truth: np.ndarray) -> str:
    """How well a unit tells its property in this text, if it can be seen here: its score, or that it fails."""
    if never_changes(truth):
        return "always true here" if truth[0] else "never true here"
    score, measure = _score(told, c, truth)
    return "fails here" if score < (0.5 if measure == "AUC" else 0.01) else f"here {score:.2f}"


def denied(told: ToldProperty, moments: Sequence[tuple[Sequence[str], int]]) -> str:
    """At how many of its strongest moments, each a step of a text, what a unit tells is not there: not true, or less
    than in that text on average; "" for none."""
    values = [(property_named(told.property)(tokens), step) for tokens, step in moments]
    wrong = sum(not (own[step] > 0 and own[step] >= np.mean(own)) for own, step in values)
    if not wrong:
        return ""
    return ", not at this moment" if len(moments) == 1 else f", not at {wrong} of these {len(moments)}"


def shows(told: ToldProperty, c: np.ndarray, truth: np.ndarray) -> bool:
    """Whether this text shows what a unit tells: it has a case, and the unit tells it."""
    return not never_changes(truth) and _score(told, c, truth)[0] >= SHOWS


def _score(told: ToldProperty, c: np.ndarray, truth: np.ndarray) -> tuple[float, str]:
    measure = measure_for(truth) if told.measure == "AUC" else "R²"
    return float(as_score(told.sign * strength(c[:, None], truth[:, None], measure)[0, 0], measure)), measure


def works(trace: Trace, place: UnitPlace, tokens: Sequence[str], truth: np.ndarray | None, tracked: str = "") -> str:
    """How a unit writes and keeps, from its gates over one text, as Markdown; `tokens`: what is read, as it is said;
    `truth` (step,): the property `tracked`, which it tracks."""
    i, f, g = (
        as_numpy(values[place.layer, place.direction, :, 0, place.unit]) for values in (trace.i, trace.f, trace.g)
    )
    written = i * g
    over = (f < LEFT) & (np.abs(written) >= WRITE)
    if over.any():
        # Before the first step there is nothing to keep.
        kept = f[1:][~over[1:]]
        between = f" In between it keeps {kept.mean():.0%} a step." if len(kept) else ""
        gates = f"f {f[over].mean():.2f}, i {i[over].mean():.2f}"
        return f"{_overwritten(written, over, tokens, truth, tracked)} ({gates}).{between}"
    if (f > RIGHT).mean() > 0.5:
        return f"It keeps (f {f.mean():.2f}) and adds: {_added(written, tokens)}."
    return f"It leaks: {f.mean():.0%} is kept a step. It adds {_added(written, tokens)}."


def _overwritten(
    written: np.ndarray, over: np.ndarray, tokens: Sequence[str], truth: np.ndarray | None, tracked: str
) -> str:
    """What overwrites the memory, and with what: by what is true then, or token by token."""
    those = np.array(tokens, object)[over].tolist()
    many = [token for token, _ in Counter(those).most_common(NAMED)]
    if truth is not None and np.isin(truth, (0.0, 1.0)).all() and 0 < truth[over].sum() < over.sum():
        true, false = written[over & (truth > 0)], written[over & (truth == 0)]
        side = np.sign(np.median(true))
        agree = [(np.sign(true) == side).mean(), (np.sign(false) == -side).mean()]
        if min(agree) >= MOSTLY:
            mostly = "" if min(agree) == 1 else "mostly "
            begins, other = (signed(float(np.median(one))) for one in (true, false))
            ends = f"{mostly}with {begins} where {is_true(tracked)}, with {other} elsewhere"
            return f"{listed(many)} {'overwrite' if len(many) > 1 else 'overwrites'} it: {ends}"
    values = {token: written[over][[one == token for one in those]] for token in many}
    first, *others = [
        " or ".join(signed(side.mean()) for side in (own[own > 0], own[own < 0]) if len(side))
        for own in values.values()
    ]
    after = [f"{token} with {value}" for token, value in zip(many[1:], others, strict=True)]
    return listed([f"{many[0]} overwrites it with {first}", *after])


def _added(written: np.ndarray, tokens: Sequence[str]) -> str:
    """The tokens that add most on average, each with what it adds."""
    sums: dict[str, list[float]] = {}
    for token, value in zip(tokens, written.tolist(), strict=True):
        sums.setdefault(token, []).append(value)
    means = sorted(((float(np.mean(values)), token) for token, values in sums.items()), key=lambda one: -abs(one[0]))
    return listed([f"{signed(mean)} at {token}" for mean, token in means[:NAMED]])


def misses(told: ToldProperty, c: np.ndarray, truth: np.ndarray, tokens: Sequence[str], step: str) -> str:
    """At how many steps a unit is on the right side of its cut, and where it is not, by name, as Markdown."""
    if told.cut is None or never_changes(truth):
        return ""
    wrong = (told.sign * (c - told.cut) > 0) != (truth > 0)
    side = "above" if told.sign > 0 else "below"
    rule = f"As a sign {claims(told.property)}, c {side} {signed(told.cut)} is right"
    right = f"**{int((~wrong).sum())} of {len(wrong)}** {step}s here"
    if not wrong.any():
        return f"{rule} at all {len(wrong)} {step}s here."
    gap = "" if step in ("character", "symbol") else " "
    there = [quoted(gap.join(tokens[first:end])) for first, end in runs(wrong)]
    more = len(there) - NAMED
    others = there[:NAMED] + ([f"{more} more"] if more > 0 else [])
    return f"{rule} at {right}. It is wrong at {listed(others)}."
