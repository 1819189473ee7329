"""What is said in words about units: how they remember, what they track, and whether that may be chance."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from dashboard.units.tracking import CERTAIN, Best, of_row
from dashboard.units.view import COLUMN, SAYS, parts
from dashboard.words.escape_markdown import plain
from lstm_core.analysis import Found
from lstm_core.analysis.properties import OF_A_TOKEN, SURPLUS
from lstm_core.analysis.shuffle import SHIFTED
from lstm_core.plots.labels import label

KINDS = {
    "": "search all",
    "count of ": "count of …",
    "has seen ": "has seen …",
    "time since ": "time since …",
    SURPLUS: "count of … less that of …",
    SAYS: "the model says …",
    COLUMN: "a column of the table",
}


def kind(name: str) -> str:
    """A kind of property as a list offers it."""
    return KINDS.get(name, name)


def named(name: str) -> str:
    """A property in words, as text."""
    kind, token, other = parts(name)
    if kind == SURPLUS:
        return f"count of “{label(token)}” less “{label(other)}”"
    if kind in OF_A_TOKEN:
        return f"{kind}“{label(token)}”"
    if kind == SAYS:
        return f"the model says “{label(token)}”"
    return label(token, 40) if kind == COLUMN else name


def remembers(table: pd.DataFrame, steps: int) -> str:
    """Which unit remembers longest and which shortest, and how the forget gates stand."""
    longest, shortest = (table.iloc[int(place)] for place in (table["half_life"].argmax(), table["half_life"].argmin()))
    layers = table["layer"].nunique() > 1 or table["direction"].nunique() > 1
    life = longest["half_life"]
    if math.isinf(life):
        lasts = f"{_unit(longest, layers)} lets nothing go: its forget gate is 1 at every step"
    else:
        beyond = " (longer than the text)" if life > steps else ""
        lasts = (
            f"{_unit(longest, layers)} remembers longest: half of what it holds is left after {_steps(life)}{beyond}"
        )
    if life < 1 < len(table):
        return f"Every unit forgets within one step. {lasts}."
    if len(table) == 1:
        return f"{lasts}."
    soon = shortest["half_life"]
    how = "within one step" if soon < 1 else f"fastest, after {_steps(soon)}"
    return f"{lasts}; {_unit(shortest, layers, first=False)} forgets {how}."


def too_short(steps: int, enough: int) -> str:
    """Why nothing is searched for in a short text."""
    return (
        f"Too short to tell what a unit tracks: this text has {steps} step{'' if steps == 1 else 's'}, and in so few "
        f"some unit fits almost any property by chance. Give a text of {enough} steps or more, or choose one of the "
        "finds above."
    )


def gates_stand(table: pd.DataFrame, trained: bool) -> str:
    """How often the forget gates are open and shut, over all units."""
    opened, shut = table["f_right"].mean(), table["f_left"].mean()
    if opened + shut < 0.01:
        untrained = "" if trained else ", as in any LSTM that has learned nothing yet"
        return (
            "No forget gate is ever quite open (above 0.9) or quite shut (below 0.1): its dots lie in the corner"
            f"{untrained}."
        )
    return (
        f"The forget gates are open (above 0.9) at {opened:.0%} of the steps and shut (below 0.1) at {shut:.0%}. "
        "A dot at the top left is a unit that keeps its memory; a dot at the far right is one that clears it."
    )


def tracks(found: Best, answer: Found, layers: bool) -> str:
    """The best unit, what it tracks, how well, and how well on held-out text."""
    row = answer.table.iloc[0]
    measure, name = row["measure"], f"*{plain(named(row['property']))}*"
    falls = " (it falls as that rises)" if found.sign < 0 else ""
    return f"{series(found, layers)} tracks {name} best{falls}: {measure} = {found.score:.3f}{_on_held_out(found)}."


def series(found: Best, layers: bool) -> str:
    """A state of a unit."""
    place = f" of layer {found.layer}" + (", reading from the right" if found.direction else "") if layers else ""
    return f"{found.quantity} of unit {found.unit}{place}"


def seen_there(found: Best) -> str:
    """What the link to the main page says."""
    return f"Unit {found.unit} among the heatmaps"


def scored(found: Best, answer: Found, layers: bool) -> str:
    """A unit and its score, over its curve."""
    held = "" if found.held_out is None or math.isnan(found.held_out) else f", held out {found.held_out:.3f}"
    return f"{series(found, layers)} · {answer.table['measure'].iloc[0]} {found.score:.3f}{held}"


def in_words(summary: pd.DataFrame) -> pd.DataFrame:
    """The best unit of each property, as a person reads it."""
    layers = summary["layer"].nunique() > 1 or summary["direction"].nunique() > 1
    best = [series(of_row(row), layers) for row in summary.to_dict(orient="records")]
    shown = {"property": summary["property"].map(named), "best": best, "measure": summary["measure"]}
    shown |= {"score": summary["score"], "p": summary["p"]}
    if summary["held_out"].notna().any():
        shown["held out"] = summary["held_out"]
    return pd.DataFrame(shown)


def chance(answer: Found, found: Best) -> str:
    """How many units were searched, and how often the best of them does as well by chance."""
    searched = f"Searched: {answer.searched:,} series, c and h of every unit. "
    if math.isnan(found.p):
        return f"{searched}Whether this is more than chance can’t be told here. {_why_not(answer)}"
    as_good = round(found.p * (1 + answer.permutations)) - 1
    return (
        f"{searched}The property was {_taken(answer)} {answer.permutations} times; the best unit then scored as well "
        f"{_times(as_good)}: p = {found.p:.3f}, "
        + ("more than chance." if found.p < CERTAIN else "so this may be chance.")
    )


def searched_all(summary: pd.DataFrame, answer: Found, layers: bool) -> str:
    """What stands out most among all properties."""
    row = summary.iloc[0]
    found = of_row(row.to_dict())
    if row["p"] < CERTAIN:
        return tracks(found, answer, layers)
    sure = f"p = {row['p']:.2f} over all" if row["p"] <= 1 else "and there is too little text to tell it from chance"
    return (
        f"No unit tracks a property better than chance. Closest: {series(found, layers)} with "
        f"*{plain(named(row['property']))}*, {row['measure']} = {row['score']:.3f}, {sure}."
    )


def chance_of_all(summary: pd.DataFrame, answers: Sequence[Found]) -> str:
    """How many properties and units were searched, and of how many nothing can be told."""
    properties, searched = len(summary), answers[0].searched
    said = (
        f"Searched: {properties} properties × {searched:,} series, c and h of every unit; p is corrected for both. "
        f"{int((summary['p'] < CERTAIN).sum())} of the {properties} go with a unit more closely than by chance "
        f"(p < {CERTAIN})."
    )
    untold = [answer for answer in answers if answer.no_p]
    if untold:
        said += f" Of {len(untold)} nothing can be told, and they have no p. For example: {_why_not(untold[0])}"
    return said


def _taken(answer: Found) -> str:
    """What was done to the property."""
    return "shifted in time" if answer.shuffled == SHIFTED else f"shuffled by {answer.shuffled}"


def _why_not(answer: Found) -> str:
    [why] = answer.no_p.values()
    return why


def _on_held_out(found: Best) -> str:
    if found.held_out is None:
        return ""
    if math.isnan(found.held_out):
        return "; on the held-out text it never changes, so that says nothing"
    return f", and {found.held_out:.3f} on held-out text"


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number} times")


def _unit(row: pd.Series, layers: bool, first: bool = True) -> str:
    place = f" of layer {int(row['layer'])}" if layers else ""
    place += ", reading from the right," if row["direction"] else ""
    return f"{'Unit' if first else 'unit'} {int(row['unit'])}{place}"


def _steps(life: float) -> str:
    number = f"{life:,.0f}" if life >= 10 else f"{life:.2g}"
    return f"{number} step{'' if number == '1' else 's'}"
