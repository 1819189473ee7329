"""Which sources is a memory, or a score, made of?"""

from __future__ import annotations

from typing import NamedTuple

from dashboard.question.cell import Cell
from dashboard.reading.read import Reading
from lstm_core import SequenceModel, Trace, ledger
from lstm_core.analysis.without_each import score_shares
from lstm_core.plots.sources import BIAS, Sources, sources_shown
from lstm_core.training.agreement import Lead, lead_of


class Score(NamedTuple):
    """The lead of a class's score at a step, term by term."""

    sources: Sources
    """What each word brought to the lead with all gates as they were; they sum to the lead."""
    lead: Lead
    label: str
    rival: str | None
    """The label over which the score leads; None if each label is judged by itself."""


def of_memory(trace: Trace, tokens: list[str], cell: Cell) -> Sources:
    """The sources of the pinned unit's c after the pinned step."""
    shares = ledger(trace, cell.step, cell.layer, cell.direction).cell[:, cell.unit].numpy()
    return sources_shown(shares, tokens, cell.step, cell.direction)


def of_score(reading: Reading, model: SequenceModel, trace: Trace, cell: Cell, label: int) -> Score:
    """The sources of one class's lead at the pinned step: what each word added through h of the last layer, in both
    directions if the layer has two."""
    lead = lead_of(model, model.scores(trace)[cell.step, 0], label)
    found = score_shares(trace, reading.lstm, model.linear, cell.step)
    both = trace.c.shape[1] == 2
    shares, bias = lead.of(found.shares).numpy(), {BIAS: float(lead.of(found.bias))}
    rival = None if lead.rival is None else model.labels[lead.rival]
    sources = sources_shown(shares, reading.tokens, cell.step, 0, bias, both)
    return Score(sources, lead, model.labels[label], rival)


def predicted(reading: Reading, step: int) -> int:
    """The most likely label at a step."""
    said = reading.probabilities()
    return 0 if said is None else int(said[step].argmax())
