"""How are results over units and models drawn? Scores, a unit in a corpus, how far models look."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_core.plots.page_figure import GATES, LINES, SMALL, Look, as_text, chart, dotted, value_range

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure as PlotlyFigure

# From this p down chance hardly does as well; the AUC of what tells nothing.
RARE, CHANCE = 0.05, 0.5


def score_bars(
    names: Sequence[str],
    measures: Sequence[str],
    scores: np.ndarray,
    held_out: np.ndarray | None,
    facts: Sequence[tuple[str, float]],
    look: Look,
) -> PlotlyFigure:
    """Scores from 0 to 1, a bar a unit with its p at the right, the best on top, and a mark where it scores on other
    texts. A bar has a colour where chance hardly does as well. `facts`: of each, its property and its p; NaN says that
    there is none."""
    rows, colours = list(range(len(names))), LINES["light"]
    said = ["can’t be told" if np.isnan(p) else f"p = {p:.2g}" for _, p in facts]
    figure = chart(look, [24 * max(1, len(names)) + 20], l=8, r=96, b=44)
    figure.add_bar(
        orientation="h",
        name="score",
        x=scores.tolist(),
        y=rows,
        customdata=[[html.escape(name, quote=False), p] for (name, _), p in zip(facts, said, strict=True)],
        marker_color=[colours["f"] if p <= RARE else GATES["grey", "light"][2] for _, p in facts],
        opacity=0.85,
        hovertemplate="%{customdata[0]}: %{x:.3f}, %{customdata[1]}<extra></extra>",
    )
    if held_out is not None:
        mark = {"symbol": "line-ns-open", "size": 14, "color": colours["c"], "line": {"width": 2}}
        hover = "on other texts: %{x:.3f}<extra></extra>"
        figure.add_scatter(
            mode="markers", name="on other texts", x=held_out.tolist(), y=rows, marker=mark, hovertemplate=hover
        )
    for row, (measure, p) in enumerate(zip(measures, said, strict=True)):
        place = {"x": 1, "y": row, "xref": "paper", "xanchor": "left", "xshift": 8}
        figure.add_annotation(place, text=p, showarrow=False, font=SMALL | {"color": look.faint})
        if measure == "AUC":
            # Over a bar, the line up to which it tells nothing.
            figure.add_shape(type="line", x0=CHANCE, x1=CHANCE, y0=row - 0.5, y1=row + 0.5, line=dotted(look))
    measured = " or ".join(dict.fromkeys(measures))
    # The p's are at the right.
    legend = {"orientation": "h", "x": 1, "xanchor": "right", "yref": "container", "y": 0, "yanchor": "bottom"}
    figure.update_layout(bargap=0.25, showlegend=held_out is not None, legend=legend)
    figure.update_xaxes(range=[0, 1.02], title_text="AUC (line: chance)" if measured == "AUC" else measured)
    text = [html.escape(name, quote=False) for name in names]
    figure.update_yaxes(range=[len(names) - 0.5, -0.5], tickvals=rows, ticktext=text, showline=True)
    return figure


# Pixels of the rows of a unit in a corpus; the most tokens with a bar, those that the corpus has most often.
HISTOGRAM, CHANGES, BETWEEN, MOST_TOKENS = 170, 150, 74, 30


def histogram_and_changes(
    quantity: str, edges: np.ndarray, counts: np.ndarray, tokens: pd.DataFrame, look: Look
) -> PlotlyFigure:
    """A row with the histogram of a unit's c or h, over a row with its mean change at each frequent token.

    `edges`, `counts`: as of `Scan.histogram`; `tokens`: as of `Scan.tokens`. Without tokens there is one row.
    """
    shown = tokens[tokens["token"].notna()].head(MOST_TOKENS)
    figure = chart(look, [HISTOGRAM, CHANGES] if len(shown) else [HISTOGRAM], BETWEEN)
    figure.add_bar(
        name="histogram",
        x=((edges[:-1] + edges[1:]) / 2).tolist(),
        y=counts.tolist(),
        width=np.diff(edges).tolist(),
        customdata=np.stack([edges[:-1], edges[1:]], axis=1).tolist(),
        marker_color=LINES["light"][quantity],
        hovertemplate="%{customdata[0]:.3g} to %{customdata[1]:.3g}: %{y:,} steps<extra></extra>",
        row=1,
        col=1,
    )
    figure.update_xaxes(title_text=quantity, row=1)
    figure.update_yaxes(title_text="steps", showline=True, nticks=4, row=1)
    if len(shown):
        places, names, changes = list(range(len(shown))), as_text(shown["token"]), shown[f"{quantity}_change"]
        figure.add_bar(
            name="mean change",
            x=places,
            y=changes.tolist(),
            width=0.72,
            hovertext=names,
            customdata=shown["count"].tolist(),
            marker_color=LINES["light"]["g"],
            hovertemplate="%{hovertext}: %{y:+.3g} on average, %{customdata:,} times<extra></extra>",
            row=2,
            col=1,
        )
        figure.update_xaxes(range=[-0.5, len(shown) - 0.5], tickvals=places, ticktext=names, showline=False, row=2)
        figure.update_xaxes(title_text="token, the most frequent first", row=2)
        limits = value_range(changes.to_numpy(), 0.08, 0.08)
        figure.update_yaxes(title_text=f"mean change of {quantity}", range=limits, zeroline=True, row=2)
    figure.update_layout(bargap=0)
    figure.update_traces(marker_line_width=0, opacity=0.88)
    return figure


class HorizonLine(NamedTuple):
    """What is left at each cut (cut,)."""

    name: str
    cuts: np.ndarray
    values: np.ndarray
    dash: str = "solid"


def horizon_lines(lines: Sequence[HorizonLine], of: str, little: float, look: Look) -> PlotlyFigure:
    """Lines over k, the steps that are read, on a log scale; `of`: what the values are. A dotted line marks what is
    `little`."""
    colours = [LINES["light"][letter] for letter in "cfgh"]
    figure = chart(look, [244], l=56, b=44)
    for line, colour in zip(lines, colours, strict=False):
        figure.add_scatter(
            mode="lines+markers",
            name=html.escape(line.name, quote=False),
            x=line.cuts.tolist(),
            y=line.values.tolist(),
            line={"color": colour, "width": 2, "dash": line.dash},
            marker_size=5,
            hovertemplate="%{x} steps: %{y:.3g}<extra>%{fullData.name}</extra>",
        )
    cuts = max((line.cuts for line in lines), key=len).tolist()
    most = np.nanmax(np.concatenate([line.values for line in lines]), initial=little)
    legend = {"x": 1.01, "xanchor": "left", "y": 1, "font": {"size": 12}}
    figure.update_layout(showlegend=True, legend=legend)
    figure.add_hline(little, line=dotted(look), layer="below")
    figure.update_xaxes(type="log", tickvals=cuts, ticktext=[f"{k:,}" for k in cuts])
    figure.update_xaxes(title_text="k: the last steps that are read")
    figure.update_yaxes(range=[0, 1.05 * most], showline=True, title_text=html.escape(of, quote=False))
    return figure
