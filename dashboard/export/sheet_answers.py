"""What does the model say under each word of a sheet? As on the page: an answer is as strong as the model is sure."""

from __future__ import annotations

import html
from collections.abc import Sequence
from math import isnan
from typing import NamedTuple

from torch import Tensor

from dashboard.drawing.answers_row import AnswersRow, answers_row
from dashboard.export.sheet_geometry import Size
from dashboard.reading.answers import answers, said_by
from dashboard.reading.read import Reading
from lstm_core.plots.columns import Columns
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import INK, Look, channels

# As in assets/browser/picture/answers.js: from this probability on an answer is strong, with letters like the page.
SURE = 0.6
# Pixels around an answer's letters.
PAD = 2
ACCENT = {"light": "#12617d", "dark": "#5caabf"}


class Said(NamedTuple):
    """What the model says at a step, how sure it is, and what it said without a hold; "" if that is no other label."""

    step: int
    label: str
    share: float | None
    before: str


def said_at(reading: Reading, columns: Columns, steps: range, unheld: Tensor | None) -> list[Said]:
    """What the model says at some steps; nothing without labels, or if a column has several steps.

    unheld: (step, label), what it says without the hold; None without a hold.
    """
    said = [] if columns.per > 1 else answers(reading, steps.start, steps.stop)
    if not said or reading.model is None:
        return []
    was = said if unheld is None else said_by(reading.model, unheld[steps.start : steps.stop])
    return [
        Said(step, now.label, now.share, "" if now.label == before.label else before.label)
        for step, now, before in zip(steps, said, was, strict=True)
        # A word that is left out has no answer.
        if now.share is None or not isnan(now.share)
    ]


def row(said: Sequence[Said], column: float, size: Size) -> AnswersRow | None:
    """The row of the answers over columns of so many pixels; None if there are none, or no room."""
    found = answers_row([f"{one.label} {one.before}".strip() for one in said], column / size.grown)
    # A level letter is narrower than an upright answer, which is as wide as its letters are high.
    if found is None or column < size.small * (1 if found.level else 1.5):
        return None
    return found._replace(height=round(found.height * size.grown))


def put(sheet: Figure, row: AnswersRow, said: Sequence[Said], top: float, size: Size, look: Look) -> None:
    """Write the answers into the row that begins at `top` pixels, over the first axis of steps."""
    middle = 1 - (top + row.height / 2) / size.height
    sheet["layout"]["annotations"] += [_answer(one, row, middle, size, look) for one in said]


def _answer(said: Said, row: AnswersRow, middle: float, size: Size, look: Look) -> Figure:
    words = html.escape(said.label, quote=False)
    if row.shares and said.share is not None:
        words += f" {said.share:.2f}"
    if said.before:
        words += f" <s>{html.escape(said.before, quote=False)}</s>"
    sure = said.share is not None and said.share >= SURE
    return {
        "text": words,
        "x": said.step,
        "xref": "x",
        "y": middle,
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "middle",
        "textangle": 0 if row.level or len(said.label) == 1 else -90,
        "showarrow": False,
        "font": {"size": size.small, "color": look.paper if sure else look.ink},
        "bgcolor": mixed(look, strength(said.share)),
        "borderpad": PAD,
    }


def strength(share: float | None) -> float:
    """How much of its colour an answer has, by its probability."""
    if share is None:
        return 0.1
    return 0.1 + 0.4 * share / SURE if share < SURE else 0.84 + 0.16 * (share - SURE) / (1 - SURE)


def mixed(look: Look, part: float) -> str:
    """A colour with a part of the accent's colour in the paper's."""
    accent = ACCENT["dark" if look.paper == INK["dark"][2] else "light"]
    pairs = zip(channels(accent), channels(look.paper), strict=True)
    return "rgb({}, {}, {})".format(*(round(part * one + (1 - part) * other) for one, other in pairs))
