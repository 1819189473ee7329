"""What is said in words about units: how they remember, what they track, and whether that may be chance."""

from __future__ import annotations

import math

import pandas as pd

from dashboard.figures import label
from dashboard.plain import plain
from dashboard.units.tracking import CERTAIN, Best, of_row
from dashboard.units.view import COLUMN, SAYS, parts
from lstm_core.analysis.properties import OF_A_TOKEN, SURPLUS
from lstm_core.analysis.shuffle import ROUND

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
    least = (
        ""
        if len(table) == 1
        else f"; {_unit(shortest, layers, first=False)} forgets fastest, after {_steps(shortest['half_life'])}"
    )
    return f"{lasts}{least}."


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
        f"The forget gates are open (above 0.9) at {opened:.0%} of the steps and shut (below 0.1) at {shut:.0%}: "
        "a dot high on the left is a unit that keeps, a dot far to the right one that clears itself."
    )


def tracks(found: Best, table: pd.DataFrame, layers: bool) -> str:
    """The best unit, what it tracks, how well, and how well on held-out text."""
    measure, name = table.attrs["measure"], f"*{plain(named(table.attrs['property']))}*"
    falls = " (it falls as that rises)" if found.sign < 0 else ""
    return f"{series(found, layers)} tracks {name} best{falls}: {measure} = {found.score:.3f}{_on_held_out(found)}."


def series(found: Best, layers: bool) -> str:
    """A state of a unit."""
    place = f" of layer {found.layer}" + (", reading from the right" if found.direction else "") if layers else ""
    return f"{found.quantity} of unit {found.unit}{place}"


def seen_there(found: Best) -> str:
    """What the link to the main page says."""
    return f"Unit {found.unit} among the heatmaps"


def scored(found: Best, table: pd.DataFrame, layers: bool) -> str:
    """A unit and its score, over its curve."""
    held = "" if found.held_out is None or math.isnan(found.held_out) else f", held out {found.held_out:.3f}"
    return f"{series(found, layers)} · {table.attrs['measure']} {found.score:.3f}{held}"


def in_words(summary: pd.DataFrame) -> pd.DataFrame:
    """The best unit of each property, as a person reads it."""
    layers = summary["layer"].nunique() > 1 or summary["direction"].nunique() > 1
    best = [series(of_row(row), layers) for row in summary.to_dict(orient="records")]
    shown = {"property": summary["property"].map(named), "best": best, "measure": summary["measure"]}
    shown |= {"score": summary["score"], "p": summary["p"]}
    if summary["held_out"].notna().any():
        shown["held out"] = summary["held_out"]
    return pd.DataFrame(shown)


def chance(table: pd.DataFrame, found: Best) -> str:
    """How many units were searched, and how often the best of them does as well by chance."""
    searched, shuffles, way = (table.attrs[name] for name in ("searched", "permutations", "shuffled"))
    as_good = round(found.p * (1 + shuffles)) - 1
    said = (
        f"Searched: {searched:,} series, c and h of every unit. With the property shuffled {shuffles} times "
        f"({way}), the best of them all did as well {_times(as_good)}: p = {found.p:.3f}, "
        + ("more than chance." if found.p < CERTAIN else "so this may be chance.")
    )
    if way == ROUND and table.attrs["steps"] < 2 / CERTAIN and found.p >= 1 / table.attrs["steps"] / 2:
        said += (
            f" A text of {table.attrs['steps']} steps has no more than {table.attrs['steps']} such shifts, so little "
            "can be told: give a longer one, or five lines and more, each on its own."
        )
    return said


def searched_all(summary: pd.DataFrame, table: pd.DataFrame, layers: bool) -> str:
    """What stands out most among all properties."""
    row = summary.iloc[0]
    found = of_row(row.to_dict())
    if row["p"] >= CERTAIN:
        return (
            f"No unit tracks anything better than chance may: nearest comes {series(found, layers)} with "
            f"*{plain(named(row['property']))}*, {row['measure']} = {row['score']:.3f}, p = {row['p']:.2f} over all."
        )
    return tracks(found, table, layers)


def chance_of_all(summary: pd.DataFrame, table: pd.DataFrame) -> str:
    """How many properties and units were searched."""
    properties, searched = len(summary), table.attrs["searched"]
    return (
        f"Searched: {properties} properties × {searched:,} series, c and h of every unit; p is corrected for both. "
        f"{int((summary['p'] < CERTAIN).sum())} of the {properties} go with a unit more closely than by chance "
        f"(p < {CERTAIN})."
    )


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
