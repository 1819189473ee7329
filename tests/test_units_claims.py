"""Every sentence that the page Units can open with, computed again: by PyTorch's own LSTM, a step at a time."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pad_sequence

import lstm_core
from gatescope.question.view import SIZES, Source, View
from gatescope.reading.models import facts_of
from gatescope.reading.read import prepare, read
from gatescope.recording.colours import scales
from gatescope.unit_tables.asked import SAYS, Units, parts
from gatescope.unit_tables.known import ToldProperty, finding, kept, runs, score, series, typical_keep
from gatescope.unit_tables.message import of_text
from gatescope.unit_tables.tracking import CERTAIN, NOW, numbers
from lstm_core.analysis.properties import property_named
from lstm_core.models import sizes
from lstm_core.plots.palette import look
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
    shown = of_text(asked, reading, reading.trace, None, scales(look("teal", "light")))
    key = shown["facts"]["opens"]
    assert key in (None, shown["opened"]["key"])
    return next(((place, shown["rows"][key]["told"]) for place in known.units if str(place) == key), None)


@torch.no_grad()
def read_again(model, texts, held=None):
    """Of each text c (step, layer, direction, unit), scores (step, label); `held`: a place, and its c at each step."""
    lstm, layers, lengths = model.lstm, [], list(map(len, texts))
    # What stands behind a text's end reaches none of its steps.
    sides = pad_sequence(texts)
    for layer in range(lstm.num_layers):
        both = []
        for direction in range(1 + lstm.bidirectional):
            suffix = f"_l{layer}" + "_reverse" * direction
            cell = torch.nn.LSTMCell(sides.shape[-1], lstm.hidden_size)
            for name, weight in cell.named_parameters():
                weight.copy_(getattr(lstm, name + suffix))
            h = c = torch.zeros(len(texts), lstm.hidden_size)
            cs, hs = [], []
            for row in backwards(sides, lengths) if direction else sides:
                o = ((row @ cell.weight_ih.T + cell.bias_ih) + h @ cell.weight_hh.T + cell.bias_hh).chunk(4, -1)[3]
                h, c = cell(row, (h, c))
                if held is not None and held[0][:2] == (layer, direction):
                    c[:, held[0].unit] = held[1]
                    h = o.sigmoid() * c.tanh()
                cs.append(c)
                hs.append(h)
            both.append([torch.stack(one) for one in (cs, hs)])
            if direction:
                both[1] = [backwards(one, lengths) for one in both[1]]
        layers.append(torch.stack([c for c, _ in both], 1))
        sides = torch.cat([h for _, h in both], -1)
    c, scores = torch.stack(layers, 1).numpy(), model.linear(sides)
    return [(c[:length, ..., text, :], scores[:length, text]) for text, length in enumerate(lengths)]


def backwards(rows, lengths):
    """Each text from its last step to its first."""
    return pad_sequence([rows[:length, text].flip(0) for text, length in enumerate(lengths)])


@cache
def unseen(name):
    """Two sides: no text, and no quarter of one, stands on both. All sizes of the tagger read the same texts."""
    source = SHIPPED.get(name) or next(iter(OF_SIZE.values()))
    model = model_of(source)
    long, sides = model.reads in ("words", "characters"), halves(model)
    tokens = [
        [
            one.tokens if one.series is None else one.series.values.flatten().tolist()
            for one, _ in prepared(source, side)
        ]
        for side in sides
    ]
    runs = [{run for text in side for run in runs_of(text, long)} for side in tokens]
    assert not runs[0] & runs[1]
    return sides


def prepared(source, texts):
    """Each text as the page reads it, and what the LSTM is given (step, feature)."""
    both = [prepare(replace(source, sentence=text)) for text in texts]
    return [(reading, x[:, 0]) for reading, x in both]


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


def runs_of(tokens, long):
    """All quarters of a text; of few symbols the text itself, because all are alike."""
    size = len(tokens) // 4 if long else len(tokens)
    return {tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1)}


def holds_again(source):
    """Reads all texts that were not looked at, and compares what is claimed with what is found."""
    known, model = kept(source), model_of(source)
    place, told = opens(source)
    unit = known.units[place]
    told_on = prepared(source, unseen(source.model)[1])
    assert len(told_on) == known.texts
    again = read_again(model, [x for _, x in told_on])
    c = np.concatenate([c[:, unit.place.layer, unit.place.direction, unit.place.unit] for c, _ in again])
    truth = np.concatenate(
        [truth_of(told.property, model, one, scores) for (one, _), (_, scores) in zip(told_on, again, strict=True)]
    )
    assert in_right_order(c, truth, told.sign) == pytest.approx(told.pairs, abs=0.02)
    r = np.corrcoef(c, truth)[0, 1]
    score = told.pairs if told.measure == "AUC" else max(0.0, told.sign * r) ** 2
    assert score == pytest.approx(told.score, abs=0.01)
    assert told.p < CERTAIN
    return known, model, unit, told, told_on


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_models_page_opens_on_holds_on_texts_that_were_not_looked_at(name):
    source = SHIPPED[name]
    known, model, unit, _, told_on = holds_again(source)
    of_unit = unit.place.layer, unit.place.direction
    chosen_on = [read(replace(source, sentence=text)) for text in unseen(name)[0]]
    mean = np.concatenate(
        [one.trace.c[(*of_unit, slice(None), 0, unit.place.unit)].numpy() for one in chosen_on]
    ).mean()
    some = told_on[:: max(1, len(told_on) // WITHOUT)][:WITHOUT]
    both = [
        [scores for _, scores in read_again(model, [x[:LONG] for _, x in some], held)]
        for held in (None, (unit.place, float(mean)))
    ]
    assert cost_of(known.cost, model, some, *both) == pytest.approx(unit.lost, abs=0.006)


def cost_of(cost, model, some, before, after):
    if cost == "bits":
        row = {label: number for number, label in enumerate(model.labels)}

        def bits(scores):
            lost = [
                -one.log_softmax(-1)[step, row.get(token, row["other"])] / math.log(2)
                for (reading, _), one in zip(some, scores, strict=True)
                for step, token in enumerate(reading.tokens[1:LONG])
            ]
            return float(torch.stack(lost).mean())

        return bits(after) - bits(before)
    if cost == "error":

        def error(scores):
            squares = [(one[:-1] - x[1:LONG]) ** 2 for (_, x), one in zip(some, scores, strict=True)]
            return float(torch.cat(squares).mean().sqrt())

        return error(after) - error(before)
    answer = (lambda one: one > 0) if model.gives == "set" else (lambda one: one.argmax(-1, keepdim=True))
    changed = [(answer(a) != answer(b)).any(-1) for a, b in zip(before, after, strict=True)]
    if cost == "answers":
        return float(torch.cat(changed).float().mean())
    return float(np.mean([bool(one[-1] if model.name == "copy" else one.any()) for one in changed]))


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_SIZE)
def test_what_the_page_of_a_size_opens_on_holds_on_texts_that_were_not_looked_at(name):
    if opens(OF_SIZE[name]) is not None:
        holds_again(OF_SIZE[name])


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
    assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    f = torch.tensor([0.95] * 4 + [0.1] + [0.99] * 3 + [0.5] + [0.95] * 2)
    trace = lstm_core.run(torch.nn.LSTM(1, 1), torch.zeros(len(f), 1, 1))
    changed = type(trace)(**{**trace.__dict__, "f": f.reshape(1, 1, -1, 1, 1)})
    assert typical_keep([changed], 0, 0, 0) == 3
    shut = type(trace)(**{**trace.__dict__, "f": torch.full_like(changed.f, 0.5)})
    assert typical_keep([shut], 0, 0, 0) == 0


def test_how_well_a_unit_tells_its_property_in_a_text():
    told = ToldProperty("inside quotes", "AUC", 1, 0.9, 0.9, 0.0)
    truth = np.array([0, 1, 1, 0.0])
    assert score(told, truth, truth) == (1.0, "AUC")
    assert score(told, np.array([2, 1, 3, 4]), truth) == (0.25, "AUC")
    assert score(told._replace(sign=-1), -truth, truth) == (1.0, "AUC")
    assert score(told, truth, np.ones(4)) is None
    counts = told._replace(measure="R²")
    assert score(counts, np.array([1, 0, 0, 2]), np.arange(4)) == (pytest.approx(0.1636, abs=1e-3), "R²")


@pytest.mark.parametrize("name", ["python-chars", "sentiment", "counter", "brackets"])
def test_a_model_opens_on_a_text_in_which_its_unit_is_as_good_as_the_page_says(name):
    source = Source(next(iter(facts_of(name).examples.values())), model=name)
    place, told = opens(source)
    reading = read(source)
    c = series(reading.trace, place)
    truth = np.asarray(numbers(told.property, reading))
    assert score(told, c, truth)[0] > 0.995
    if told.cut is not None:
        np.testing.assert_array_equal(told.sign * (c - told.cut) > 0, truth > 0)
