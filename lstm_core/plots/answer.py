"""How is a sum drawn? The parts of an answer over units and steps, and the terms of a memory over its words."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_core.plots.columns import round_up
from lstm_core.plots.labels import label, signed
from lstm_core.plots.page_figure import (
    BARE_AXIS,
    BARE_BAR,
    FONT,
    SMALL,
    Figure,
    Look,
    as_text,
    chart,
    dotted,
    value_range,
)

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure

# Pixels: a row of a heatmap, the least and the most of one, the waterfall, and the space between.
ROW, LEAST, MOST, WATERFALL, BETWEEN = 16, 34, 320, 190, 64
# In a longer reading a column holds several steps and shows their sum.
MOST_COLUMNS = 1_000
# The most rows with a name.
NAMED = 32

# The answer without the event, the largest parts by name, and the answer.
Way = tuple[float, Sequence[tuple[str, float]], float]


def answer_parts(
    inputs: Mapping[str, np.ndarray],
    carried: Mapping[str, np.ndarray],
    steps: Sequence[str],
    time: int,
    way: Way,
    look: Look,
) -> PlotlyFigure:
    """Parts (step,) of inputs by name over what units carried (step,) by number; below, the way between two answers.

    Each heatmap has a scale of its own beside it, symmetric about 0. `steps`: their names. A line marks step `time`.
    """
    heights = [min(MOST, max(LEAST, ROW * len(rows))) for rows in (inputs, carried)]
    titles = ["inputs: their parts", "units: what each carried on", "the answer, from without to with"]
    figure = chart(look, [*heights, WATERFALL], BETWEEN, titles, r=72, b=60)
    # Steps have one axis, which stands under the units.
    figure.update_xaxes(_steps(steps), row=1, matches="x2", showticklabels=False, showline=False)
    figure.update_xaxes(_steps(steps), row=2)
    for row, (name, of) in enumerate((("inputs", inputs), ("carried", carried)), 1):
        heatmap = _heatmap(of, steps, look) | {"name": name}
        domain, ends = figure.layout[f"yaxis{row if row > 1 else ''}"].domain, [heatmap["zmin"], heatmap["zmax"]]
        place = {"x": 1.01, "y": domain[0], "yanchor": "bottom", "len": domain[1] - domain[0], "thickness": 10}
        ticks = {"tickvals": ends, "ticktext": [f"{end:+.3g}" for end in ends]}
        heatmap["colorbar"] = BARE_BAR | place | ticks | {"tickfont": SMALL | {"color": look.faint}}
        figure.add_trace(heatmap, row, 1)
        # The first row on top, with names where they have room.
        places = range(0, len(of), 1 if len(of) <= NAMED else round_up(len(of) / 10))
        shown = {"tickvals": list(places), "ticktext": as_text(list(of)[places.start :: places.step])}
        figure.update_yaxes(shown, row=row, range=[len(of) - 0.5, -0.5], tickfont={"size": FONT, "color": look.ink})
    figure.add_vline(time, row=2, line=dotted(look))
    _add_waterfall(figure, way, look)
    return figure


def _heatmap(rows: Mapping[str, np.ndarray], steps: Sequence[str], look: Look) -> Figure:
    """A row a name, a column a step; sums of several steps where there are many."""
    values = np.stack(list(rows.values()))
    per = 1 if len(steps) <= MOST_COLUMNS else round_up(len(steps) / MOST_COLUMNS)
    first = np.arange(0, len(steps), per)
    values = np.add.reduceat(values, first, axis=1)
    reach = float(np.abs(values).max()) or 1.0
    words = as_text(steps[::per])
    return {
        "type": "heatmap",
        "z": values,
        "x": first + (per - 1) / 2,
        "y": list(range(len(rows))),
        "zmin": -reach,
        "zmax": reach,
        "colorscale": look.states,
        "customdata": [[[html.escape(name, quote=False), word] for word in words] for name in rows],
        "hovertemplate": "%{customdata[0]}, %{customdata[1]}: %{z:+.4f}<extra></extra>",
    }


def _steps(steps: Sequence[str]) -> Figure:
    every = 1 if len(steps) <= 40 else round_up(len(steps) / 12)
    ticks = {"tickvals": list(range(0, len(steps), every)), "ticktext": as_text(steps[::every])}
    return ticks | {"range": [-0.5, len(steps) - 0.5]}


def _add_waterfall(figure: PlotlyFigure, way: Way, look: Look) -> None:
    """The answer without, the parts, what is left of them, and the answer."""
    start, terms, end = way
    rest = end - start - sum(value for _, value in terms)
    left = [("the rest", rest)] if abs(rest) > 1e-3 * max(abs(end - start), 1e-12) else []
    names, values = zip(("without", start), *terms, *left, ("answer", end), strict=True)
    figure.add_waterfall(
        name="answer",
        measure=["absolute", *["relative"] * (len(values) - 2), "total"],
        # Two equal names would share one stair, so each has its position.
        x=list(range(len(values))),
        y=values,
        hovertext=as_text(names),
        hovertemplate="%{hovertext}: %{delta:+.4f}, then %{final:+.4f}<extra></extra>",
        increasing_marker_color=look.states[-1][1],
        decreasing_marker_color=look.states[0][1],
        totals_marker_color=look.faint,
        connector_line={"color": look.faint, "width": 1},
        row=3,
        col=1,
    )
    figure.update_xaxes(tickvals=list(range(len(values))), ticktext=as_text(names), row=3)
    figure.update_yaxes(range=value_range(np.cumsum(values[:-1]), 0.1, 0.1), zeroline=True, row=3)


# Which terms of a memory does a figure show one by one? Only as many as a reader can tell apart.

# The most steps that are separate sources: those that were read last.
MOST_SOURCES = 160
START, EARLIER = "start", "earlier"
# Pixels of the row of coloured words and of the bars.
WORDS, BARS = 26.0, 190.0
# The room for a bar's number, as a share of the axis; the most bars that have one, and its letters in pixels.
ROOM, NUMBERED, SMALLEST = 0.16, 24, 12
# The most steps with words; the page stretches the figure.
MOST_WORDS = 60


class Sources(NamedTuple):
    """The terms that sum to a number, source by source in the order of the sentence."""

    names: list[str]
    """The words, and the other sources: the state at the start, the steps that are too far away."""
    steps: list[int]
    """The step of each source; -1 for a source that is not a step."""
    x: list[int]
    """The position of each source on an axis where a word is at its step."""
    shares: np.ndarray
    """(source,): the terms, which sum to the number."""


def sources_shown(shares: np.ndarray, tokens: list[str], step: int, direction: int, start: str = START) -> Sources:
    """The sources of a figure from shares (source,), source 0 being the `start`; others than words go where reading
    began. Steps after the chosen one are no sources; they are shown where all have room."""
    count, first = len(tokens), step if direction else step + 1 - MOST_SOURCES
    many = count > MOST_SOURCES
    seen = range(max(0, first), min(count, first + MOST_SOURCES)) if many else range(count)
    words, near = tokens[seen.start : seen.stop], shares[1:][seen.start : seen.stop]
    apart = {start: float(shares[0])}
    if seen.stop < count if direction else seen.start > 0:
        apart[EARLIER] = float(shares[1:].sum() - near.sum())
    names, values, nowhere = list(apart), list(apart.values()), [-1] * len(apart)
    if direction == 0:
        x = range(seen.start - len(apart), seen.stop)
        return Sources(names + words, [*nowhere, *seen], list(x), np.array([*values, *near]))
    x = range(seen.start, seen.stop + len(apart))
    return Sources(words + names[::-1], [*seen, *nowhere], list(x), np.array([*near, *values[::-1]]))


def shares(sources: Sources, step: int, look: Look, title: str) -> PlotlyFigure:
    """A row of words, coloured by their share of the largest one, over bars of the shares."""
    from plotly.colors import sample_colorscale

    reach = float(np.abs(sources.shares).max()) or 1.0
    common: Figure = {
        "x": sources.x,
        "customdata": list(zip(sources.steps, sources.shares.tolist(), strict=True)),
        "hovertext": as_text(sources.names),
        "hovertemplate": "%{hovertext}: %{customdata[1]:+.4f}<extra></extra>",
        # Colours are computed here, because plotly.js takes more time to compute them than for all the rest.
        "marker_color": sample_colorscale(look.states, (sources.shares / reach + 1) / 2),
        "col": 1,
    }
    numbers: Figure = {}
    if len(sources.names) <= NUMBERED:
        text = [signed(share) if abs(share) >= 0.005 * reach else "" for share in sources.shares]
        numbers = {"text": text, "textposition": "outside", "cliponaxis": False}
    figure = chart(look, [WORDS, BARS], 10, l=56, r=8, t=30, b=8)
    figure.add_bar(**common, row=1, name="words", y=[1] * len(sources.x), width=0.96, marker_line_width=0)
    edge, small = {"width": 1, "color": look.faint}, {"size": SMALLEST, "color": look.faint}
    figure.add_bar(**common, **numbers, row=2, name="shares", y=sources.shares.tolist(), width=0.72, marker_line=edge)
    # Plotly would shrink a number until it is no wider than its bar.
    figure.update_layout(bargap=0, uniformtext={"minsize": SMALLEST, "mode": "hide"})
    figure.update_traces(textfont=small)
    ends = [min(sources.x) - 0.5, max(sources.x) + 0.5]
    figure.update_xaxes(BARE_AXIS | {"range": ends, "showticklabels": False}, matches="x")
    figure.update_xaxes(_words(sources, look), row=1)
    figure.update_yaxes(range=[0, 1], showticklabels=False, row=1)
    figure.update_yaxes(range=value_range(sources.shares, ROOM, ROOM), zeroline=True, title_text=title, row=2)
    if step in sources.steps:
        frame = {"line": {"color": look.ink, "width": 1}, "fillcolor": "rgba(128,128,128,0.07)", "layer": "below"}
        figure.add_shape(frame, x0=step - 0.5, x1=step + 0.5, y0=0, y1=1, xref="x", yref="paper")
    return figure


def _words(sources: Sources, look: Look) -> Figure:
    """The words over their columns while they fit, else round positions; sources that are not words always."""
    many = len(sources.names) > MOST_WORDS
    every = round_up(len(sources.names) / 20)
    shown = [
        (x, label(name) if step < 0 or not many else f"{step:,}")
        for x, step, name in zip(sources.x, sources.steps, sources.names, strict=True)
        if not many or step < 0 or step % every == 0
    ]
    return {
        "side": "top",
        "showticklabels": True,
        "tickvals": [x for x, _ in shown],
        "ticktext": as_text(text for _, text in shown),
        "tickfont": {"size": FONT if len(shown) <= NUMBERED else FONT - 2, "color": look.ink},
        # Only the page's width decides whether the words are level.
        "autotickangles": [0, -60],
        "ticklabeloverflow": "allow",
    }
