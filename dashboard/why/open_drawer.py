"""What is in the drawer of a view, at one cell of it?"""

from collections.abc import Mapping

import torch
from torch import Tensor

from gatescope.question.holds import Cell, Event
from gatescope.reading.example_texts import view_in
from gatescope.reading.held import HeldReading, read_view
from gatescope.why import turning, without_words
from gatescope.why.drawer import Drawer, TheAnswer, Turn, Without
from gatescope.why.still_in_c import still_in_c
from gatescope.why.the_answer import answer_of, no_answer
from lstm_core import LstmCoreError


def open_drawer(query: Mapping[str, str], cell: Cell, event: Event | None = None, label: str = "") -> Drawer:
    """The drawer at a cell.

    `event`: the word, or the feature at a step, whose path is wanted. `label`: what is asked about, if not what the
    model says. Raises LstmCoreError if there is no such cell.
    """
    view, _ = view_in(query)
    found = read_view(view)
    trace = found.reading.trace
    if trace is None:
        raise LstmCoreError("There is no value to explain yet: type a sentence.")
    if found.reading.only_watched:
        raise LstmCoreError("A recording has no model that could be asked why: record it where its model is.")
    if not cell.is_in(trace):
        raise LstmCoreError(f"{cell.missing_in(trace)}.")
    answer, no_answer = answer_of(found, cell, label, event)
    without, no_without, turn, no_turn = changes_of(found, cell, answer)
    return Drawer(
        cell=cell,
        still=still_in_c(trace, found.reading.tokens, cell, found.reading.series is not None),
        answer=answer,
        no_answer=no_answer,
        without=without,
        no_without=no_without,
        turn=turn,
        no_turn=no_turn,
    )


def changes_of(found: HeldReading, cell: Cell, answer: TheAnswer | None) -> tuple[list[Without], str, Turn | None, str]:
    """What is answered without each word, and what turns the answer; each with the sentence of why it is not said."""
    if said := no_answer(found, cell):
        return [], said, None, said
    before, spread = _answer_and_spread(found, cell.step)
    units = turning.units_tried(found, cell)
    tried, after = turning.tried_holds(found, cell, units), turning.answers_held(found, cell, units)
    words, not_all = _words_tried(found, cell.step, answer)
    without: list[Without] = []
    if words:
        left_out = without_words.answers_without(found, cell.step, words)
        without = without_words.without_each(found, words, before, left_out, spread)
        tried, after = [*tried, *turning.tried_words(found, words)], torch.cat([after, left_out])
    return without, not_all, *turning.best_turn(found, tried, before, after, spread)


def _words_tried(found: HeldReading, step: int, answer: TheAnswer | None) -> tuple[list[int], str]:
    """The words that are left out, one by one, and a sentence if these are not all: then those with the largest
    parts."""
    words, most = without_words.words_of(found, step), without_words.how_many(found, step)
    if len(words) <= most:
        return words, ""
    if not most or answer is None:
        return [], f"{len(words):,} steps are too many to leave out one by one while you wait."
    parts = {answer["first"] + at: sum(map(abs, own)) for at, own in enumerate(zip(*answer["parts"], strict=True))}
    largest = sorted(sorted(words, key=lambda word: -parts.get(word, 0.0))[:most])
    return largest, f"Of {len(words):,} steps, the {most:,} with the largest parts are left out, one by one."


def _answer_and_spread(found: HeldReading, step: int) -> tuple[Tensor, float]:
    """The model's answer (label,) at a step, and how far its answers lie apart."""
    said = found.reading.probabilities()
    assert said is not None
    there = said[~said.isnan().any(-1)]
    return said[step], float((there.amax(0) - there.amin(0)).max())
