"""Every sentence that the page Units can open with, computed again: on texts that were not looked at."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

import lstm_core
from gatescope.question.view import SIZES, Source, View
from gatescope.reading.models import facts_of
from gatescope.reading.read import prepare, read
from gatescope.unit_tables.asked import SAYS, Units, parts
from gatescope.unit_tables.known import finding, kept, series, typical_keep
from gatescope.unit_tables.message import of_text
from gatescope.unit_tables.tracking import CERTAIN, NOW, numbers
from lstm_core.analysis.properties import property_named
from lstm_core.models import sizes
from studies.what_units_do import LONG, WITHOUT, halves
from studies.what_units_do import look as look_again

SHIPPED = {name: Source(model=name) for name in lstm_core.models()}
OF_SIZE = {
    "-".join(map(str, size)): Source(model=SIZES, input_dim=size[0], hidden_dim=size[1], n_layers=size[2])
    for size in sizes.scores()
}


def model_of(source):
    if source.model != SIZES:
        return lstm_core.load_model(source.model)
    return sizes.sized_tagger(source.input_dim, source.hidden_dim, source.n_layers)


def first_text(source):
    """The source with the text that its page opens with."""
    return (
        source
        if source.model == SIZES
        else replace(source, sentence=next(iter(facts_of(source.model).examples.values())))
    )


@cache
def opens(source):
    """What the page of a model opens on: a unit's place, and what it tells."""
    asked, known = Units(View(first_text(source))), kept(source)
    reading = read(asked.view.source)
    shown = of_text(asked, reading, reading.trace, None)
    key = shown["facts"]["opens"]
    assert key in (None, shown["opened"]["key"])
    return next(((place, shown["rows"][key]["told"]) for place in known.units if str(place) == key), None)


@cache
def unseen(name):
    """Texts that were not learned from: of a find, those that it was chosen on and those that it was told on. All sizes
    have the same ones; no text, and no quarter of one, stands on both sides."""
    source = next(one for one in (*SHIPPED.values(), *OF_SIZE.values()) if one.model == name)
    model = model_of(source)
    sides = halves(model)
    runs = [{run for reading, _ in as_read(source, side) for run in runs_of(reading, model)} for side in sides]
    assert not runs[0] & runs[1]
    return sides


@torch.no_grad()
def as_read(source, texts):
    """Each text as the page reads it, with what the LSTM is given (step, feature)."""
    return [prepare(replace(source, sentence=text)) for text in texts]


def runs_of(reading, model):
    """All quarters of a text; of few symbols the text itself, because all are alike."""
    tokens = reading.tokens if reading.series is None else reading.series.values.flatten().tolist()
    size = len(tokens) // 4 if model.reads in ("words", "characters") else len(tokens)
    return {tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1)}


def truth_of(name, model, reading, scores):
    kind, token, _ = parts(name)
    if kind == SAYS:
        return (scores.argmax(-1) == model.labels.index(token)).numpy().astype(float)
    if reading.series is not None:
        return reading.series.values[:, 0].numpy()
    return np.array(property_named(name)(reading.tokens))


def in_right_order(c, truth, sign):
    """Of the pairs of steps at which the truth differs, the share in which c does in the same direction."""
    right = pairs = 0
    for value in np.unique(truth):
        low, high = np.sort(sign * c[truth == value]), sign * c[truth > value]
        below, up_to = np.searchsorted(low, high), np.searchsorted(low, high, "right")
        right += (below + up_to).sum() / 2
        pairs += len(low) * len(high)
    return right / pairs


@torch.no_grad()
def holds_again(source):
    """Reads all texts that were not looked at, and compares what is claimed with what is found."""
    known, model = kept(source), model_of(source)
    place, told = opens(source)
    told_on = as_read(source, unseen(source.model)[1])
    assert len(told_on) == known.texts
    again = [lstm_core.run(model.lstm, x) for _, x in told_on]
    c = np.concatenate([series(trace, place) for trace in again])
    truth = np.concatenate(
        [
            truth_of(told.property, model, one, model.scores(trace)[:, 0])
            for (one, _), trace in zip(told_on, again, strict=True)
        ]
    )
    assert in_right_order(c, truth, told.sign) == pytest.approx(told.pairs, abs=0.02)
    r = np.corrcoef(c, truth)[0, 1]
    score = told.pairs if told.measure == "AUC" else max(0.0, told.sign * r) ** 2
    assert score == pytest.approx(told.score, abs=0.01)
    assert told.p < CERTAIN
    return known, model, told_on


@pytest.mark.slow
@pytest.mark.parametrize("source", SHIPPED.values(), ids=SHIPPED)
def test_what_a_models_page_opens_on_holds_on_texts_that_were_not_looked_at(source):
    """Also that so much is lost with the unit's c held at its mean."""
    known, model, told_on = holds_again(source)
    place, _ = opens(source)
    chosen_on = as_read(source, unseen(source.model)[0])
    mean = float(np.concatenate([series(lstm_core.run(model.lstm, x), place) for _, x in chosen_on]).mean())
    some = told_on[:: max(1, len(told_on) // WITHOUT)][:WITHOUT]
    hold = lstm_core.Hold("c", mean, units=[place.unit], layer=place.layer, direction=place.direction)
    with torch.no_grad():
        before = [model(x[:LONG])[:, 0] for _, x in some]
        with lstm_core.intervene(model, hold):
            after = [model(x[:LONG])[:, 0] for _, x in some]
    assert cost_of(known.cost, model, some, before, after) == pytest.approx(known.units[place].lost, abs=0.006)


def cost_of(cost, model, some, before, after):
    """How much worse the scores after are; what is copied is answered at the last step alone."""
    if cost == "bits":
        row = {label: number for number, label in enumerate(model.labels)}
        targets = [[row.get(token, row["other"]) for token in reading.tokens[1:LONG]] for reading, _ in some]

        def bits(scores):
            losses = [
                torch.nn.functional.cross_entropy(one[: len(target)], torch.tensor(target), reduction="none")
                for one, target in zip(scores, targets, strict=True)
            ]
            return float(torch.cat(losses).mean()) / math.log(2)

        return bits(after) - bits(before)
    if cost == "error":
        a, b = (
            torch.cat([one[:-1] - x[1:LONG, 0] for (_, x), one in zip(some, scores, strict=True)])
            for scores in (before, after)
        )
        return float(b.square().mean().sqrt() - a.square().mean().sqrt())
    answer = (lambda one: one > 0) if model.gives == "set" else (lambda one: one.argmax(-1, keepdim=True))
    changed = [(answer(a) != answer(b)).any(-1) for a, b in zip(before, after, strict=True)]
    if cost == "answers":
        return float(torch.cat(changed).float().mean())
    return float(np.mean([bool(one[-1] if model.name == "copy" else one.any()) for one in changed]))


@pytest.mark.slow
@pytest.mark.parametrize("source", OF_SIZE.values(), ids=OF_SIZE)
def test_what_the_page_of_a_size_opens_on_holds_on_texts_that_were_not_looked_at(source):
    if opens(source) is not None:
        holds_again(source)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["counter", "brackets", "copy", "series"])
def test_what_is_kept_is_what_the_command_finds(name):
    found = look_again(SHIPPED[name], lstm_core.load_model(name))
    known = kept(SHIPPED[name])
    assert [place for _, place in known.best] == [
        list(known.units)[at] for _, _, p, at in found["properties"] if p is not None and p < CERTAIN
    ]
    for unit, row in zip(known.units.values(), found["units"], strict=True):
        assert (unit.keeps, unit.lost) == (row[3], pytest.approx(row[4], abs=0.01))


@pytest.mark.parametrize("source", [*SHIPPED.values(), *OF_SIZE.values()], ids=[*SHIPPED, *OF_SIZE])
def test_a_page_opens_on_a_find_that_its_text_shows_if_there_is_one(source):
    known, reading = kept(source), read(first_text(source))

    def is_shown(place, told):
        truth = np.asarray(numbers(told.property, reading)) if reading.series is None else np.zeros(1)
        return len({*truth}) > 1 and in_right_order(series(reading.trace, place), truth, told.sign) > 0.95

    of_memory = [
        (place, told)
        for name, place in known.best
        for told in known.units[place].told
        if told.property == name and name not in NOW
    ]
    shown = [one for one in of_memory if is_shown(*one)]
    assert opens(source) == next(iter([*shown, *of_memory]), finding(known))
    assert shown or source.model in ("copy", "series") or source == OF_SIZE["64-2-1"]


def test_nothing_is_known_of_a_visitors_own_model_or_an_untrained_one():
    assert kept(Source()) is None
    assert kept(Source(model="own-mine")) is None


def test_the_typical_hold_is_as_long_as_half_of_all_held_steps():
    f = torch.tensor([0.95] * 4 + [0.1] + [0.99] * 3 + [0.5] + [0.95] * 2)
    trace = lstm_core.run(torch.nn.LSTM(1, 1), torch.zeros(len(f), 1, 1))
    changed = type(trace)(**{**trace.__dict__, "f": f.reshape(1, 1, -1, 1, 1)})
    assert typical_keep([changed], 0, 0, 0) == 3
    shut = type(trace)(**{**trace.__dict__, "f": torch.full_like(changed.f, 0.5)})
    assert typical_keep([shut], 0, 0, 0) == 0
