"""Every sentence that the page Units can open with, computed again: by PyTorch's own LSTM, a step at a time."""

import json
import math
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from opened_page import opened
from torch.nn.utils.rnn import pad_sequence

import lstm_core
from gatescope.corpus.view import UnitPlace
from gatescope.question.view import SIZES, Source
from gatescope.reading.facts import facts_of
from gatescope.reading.read import prepare, read
from gatescope.unit_list import sentences, workings
from gatescope.unit_list.holding import runs, typical_keep
from gatescope.unit_list.kept import ToldProperty, finding, in_order, kept, shown_as
from gatescope.unit_list.list_data import Listed, rows_of_text, series
from gatescope.unit_list.listing import listed
from gatescope.unit_list.tracking import CERTAIN, NOW, numbers
from gatescope.unit_list.view import SAYS, parts
from gatescope.units_page.in_text import truth_in
from gatescope.wording.sentences import quoted
from lstm_core.analysis.properties import property_named
from lstm_core.models import sizes
from studies.what_units_do import LONG, WITHOUT, halves, look

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
    """What the page of a model opens on."""
    reading = read(first_text(source))
    return listed(kept(source), "tracks", None, reading.trace, truth_in(reading)).opens


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
    unit, told = opens(source)
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


def test_a_text_that_is_answered_otherwise_is_not_said_to_be_wrong():
    known, model = kept(SHIPPED["counter"]), lstm_core.load_model("counter")
    [unit] = [unit for place, unit in known.units.items() if place.unit == 3]
    assert unit.lost == 1
    # With c of unit 3 at its mean the best guess among the a’s flips, and no text goes wrong (docs/learn/counts.md).
    said = [sentences.without(known, unit, model), *sentences.LOST["texts"], sentences.held_at_mean(known, model)]
    assert said[0] == "Without it, 100% of the texts are answered otherwise, at one symbol or more."
    assert sum("answered otherwise" in one for one in said) == 3
    assert not any("wrong" in one for one in [*said, *sentences.opens_on(known, None, model)])


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_models_page_opens_on_holds_on_texts_that_were_not_looked_at(name):
    source = SHIPPED[name]
    known, model, unit, told, told_on = holds_again(source)
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
    claim, sure = sentences.opens_on(known, (unit, told), model)
    assert claim.startswith(f"Unit {unit.place.unit}")
    assert f"({told.measure} {told.score:.2f}, p = " in sure
    [said] = re.findall(r"\*\*(?:more than )?(\d+) of 100 pairs\*\*", sure)
    assert int(said) == pytest.approx(100 * told.pairs, abs=1)


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
    found = look(SHIPPED[name], lstm_core.load_model(name))
    known = kept(SHIPPED[name])
    assert [place for _, place in known.best] == [
        list(known.units)[at] for _, _, p, at in found["properties"] if p is not None and p < CERTAIN
    ]
    for unit, row in zip(known.units.values(), found["units"], strict=True):
        assert (unit.keeps, unit.lost) == (row[3], pytest.approx(row[4], abs=0.01))


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_the_page_of_a_model_opens_on_its_finding_and_on_its_unit(name):
    app = opened("units", timeout=120, model=name)
    text = "\n".join(part.value for part in app.markdown)
    known = kept(SHIPPED[name])
    claim, sure = sentences.opens_on(known, opens(SHIPPED[name]), model_of(SHIPPED[name]))
    assert f"## {claim}" in text
    assert sure in text
    assert f"#### {sentences.unit_named(opens(SHIPPED[name])[0].place, known.units)}" in text


@pytest.mark.parametrize("source", [*SHIPPED.values(), *OF_SIZE.values()], ids=[*SHIPPED, *OF_SIZE])
def test_a_page_opens_on_a_find_that_its_text_shows_if_there_is_one(source):
    known, reading = kept(source), read(first_text(source))

    def is_shown(unit, told):
        truth = np.asarray(numbers(told.property, reading)) if reading.series is None else np.zeros(1)
        return len({*truth}) > 1 and in_right_order(series(reading.trace, unit.place), truth, told.sign) > 0.95

    of_memory = [
        (known.units[place], told)
        for name, place in known.best
        for told in known.units[place].told
        if told.property == name and name not in NOW
    ]
    shown = [one for one in of_memory if is_shown(*one)]
    assert opens(source) == next(iter([*shown, *of_memory]), finding(known))
    assert shown or source.model in ("copy", "series") or source == OF_SIZE["64-2-1"]


@pytest.mark.parametrize("source", [*SHIPPED.values(), *OF_SIZE.values()], ids=[*SHIPPED, *OF_SIZE])
def test_every_unit_of_every_shipped_model_is_listed_once_in_each_order(source):
    known = kept(source)
    lstm = model_of(source).lstm
    places = {
        UnitPlace(layer, side, unit)
        for layer in range(lstm.num_layers)
        for side in range(1 + lstm.bidirectional)
        for unit in range(lstm.hidden_size)
    }
    found = opens(source)
    for sort in ("tracks", "keeps", "lost"):
        units = in_order(known, sort, found)
        assert len(units) == len(places)
        assert {unit.place for unit in units} == places
    assert [unit.keeps for unit in in_order(known, "keeps", found)] == sorted(
        (u.keeps for u in known.units.values()), reverse=True
    )
    if found is not None:
        assert in_order(known, "tracks", found)[0] == found[0]
        assert found[1].p < CERTAIN
        if found[1].property in NOW:
            assert {name for name, _ in known.best} <= set(NOW)
    assert all(shown_as(known, unit) in unit.told for unit in known.units.values() if unit.told)


def test_nothing_is_known_of_a_visitors_own_model_or_an_untrained_one():
    assert kept(Source()) is None
    assert kept(Source(model="own-mine")) is None


def test_the_typical_hold_is_as_long_as_half_of_all_held_steps():
    assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    f = torch.tensor([0.95] * 6 + [0.1] + [0.99] * 2 + [0.5] + [0.95])
    trace = lstm_core.run(torch.nn.LSTM(1, 1), torch.zeros(len(f), 1, 1))
    changed = type(trace)(**{**trace.__dict__, "f": f.reshape(1, 1, -1, 1, 1)})
    assert typical_keep([changed], 0, 0, 0) == 6
    shut = type(trace)(**{**trace.__dict__, "f": torch.full_like(changed.f, 0.5)})
    assert typical_keep([shut], 0, 0, 0) == 0


def counting(text="aaabbb"):
    model = lstm_core.load_model("counter")
    return lstm_core.run(model.lstm, model.vectors(model.tokens(text)).detach()), list(text)


def test_how_a_unit_works_is_said_from_its_gates():
    trace, tokens = counting("a" * 8 + "b" * 8)
    said = workings.works(trace, UnitPlace(0, 0, 1), [*map(quoted, tokens)], None)
    i, f, g = (getattr(trace, name)[0, 0, :, 0, 1].numpy() for name in "ifg")
    assert said.startswith(f"It keeps (f {f.mean():.2f}) and adds: ")
    added = i * g
    for token in "ab":
        mean = added[np.array(tokens) == token].mean()
        assert f"{mean:+.2f} at “{token}”".replace("-", "−") in said


def test_what_overwrites_a_unit_is_named_by_what_begins_and_ends():
    text = 'a = "b" + \'c\' + "d"\n'
    model = lstm_core.load_model("python-chars")
    trace = lstm_core.run(model.lstm, model.vectors(list(text)).detach())
    truth = np.array(property_named("inside a one-line string")(list(text)))
    said = workings.works(trace, UnitPlace(0, 0, 48), [*map(quoted, text)], truth, "inside a one-line string")
    assert "overwrite it: with +" in said
    assert "where “inside quotes” is true, with −" in said
    assert '`"`' in said


@pytest.mark.parametrize(
    ("f", "says"), [([0.2, 0, 0, 0], None), ([0.2, 0, 0.9, 0.7], "80%"), ([0, 0, 0.9, 0], "90%"), ([0, 0, 0, 0], None)]
)
def test_what_is_kept_between_is_said_of_steps_that_have_a_memory_before_them(f, says):
    trace = lstm_core.run(lstm_core.models.random_lstm(1, 1), torch.zeros(4, 1, 1))
    gates = {name: torch.ones(1, 1, 4, 1, 1) for name in "ig"} | {"f": torch.tensor(f).float().reshape(1, 1, 4, 1, 1)}
    said = workings.works(trace.with_values(**gates), UnitPlace(), [*map(quoted, "abcd")], None)
    assert "overwrites it with" in said
    assert said.endswith(").") if says is None else said.endswith(f"In between it keeps {says} a step.")


@pytest.mark.parametrize(
    ("f", "g", "said"),
    [
        (
            0,
            [0.5, -0.25, -1, 1],
            "“a” overwrites it with +0.50 or −1.00, “b” with −0.25 and “c” with +1.00 (f 0.00, i 1.00).",
        ),
        (
            0.5,
            [0.5, 0.25, 1, -0.05],
            "It leaks: 50% is kept a step. It adds +0.75 at “a”, +0.25 at “b” and −0.050 at “c”.",
        ),
        (0.95, [0.5, 0.25, -1, 1], "It keeps (f 0.95) and adds: +1.00 at “c”, −0.25 at “a” and +0.25 at “b”."),
    ],
)
def test_what_a_unit_writes_is_said_token_by_token_and_by_its_sign(f, g, said):
    trace = lstm_core.run(lstm_core.models.random_lstm(1, 1), torch.zeros(4, 1, 1))
    gates = {"f": torch.full((4,), f), "g": torch.tensor(g), "i": torch.ones(4)}
    trace = trace.with_values(**{name: gate.float().reshape(1, 1, 4, 1, 1) for name, gate in gates.items()})
    assert workings.works(trace, UnitPlace(), [*map(quoted, "abac")], None) == said


def test_misses_are_counted_and_named():
    told = ToldProperty("inside quotes", "AUC", 1, 0.9, 0.9, 0.0)
    tokens = list('x"ab"y')
    truth = np.array([0, 1, 1, 1, 0, 0.0])
    c = np.array([-1, 1, -1, 1, -1, -1.0])
    assert workings.misses(told, c, truth, tokens, "character") == (
        "As a sign of “inside quotes”, c above 0.00 is right at **5 of 6** characters here. It is wrong at “a”."
    ).replace("0.00", "+0.00")
    says = told._replace(property="model says NOUN")
    assert workings.misses(says, c, truth, tokens, "character").startswith(
        "As a sign that the model says “NOUN”, c above +0.00 is right"
    )
    low = told._replace(sign=-1)
    assert workings.misses(low, -c, truth, tokens, "character").startswith("As a sign of “inside quotes”, c below")
    assert "right at all 6" in workings.misses(told, 2 * truth - 1, truth, tokens, "character")
    assert workings.misses(told, c, np.zeros(6), tokens, "character") == ""


def test_a_row_says_in_words_what_this_text_shows_of_its_unit():
    told = ToldProperty("inside quotes", "AUC", 1, 0.9, 0.9, 0.0)
    truth = np.array([0, 1, 1, 0.0])
    assert workings.here(told, truth, truth) == "here 1.00"
    assert workings.here(told, -truth, truth) == "fails here"
    assert workings.here(told, truth, np.zeros(4)) == "never true here"
    assert workings.here(told, truth, np.ones(4)) == "always true here"
    # An AUC of less than a half is worse than chance; any R² is more than nothing.
    assert workings.here(told, np.array([2, 1, 3, 4]), truth) == "fails here"
    counts = told._replace(measure="R²")
    assert workings.here(counts, np.array([1, 0, 0, 2]), np.arange(4)) == "here 0.16"
    assert workings.here(counts, np.arange(4), -np.arange(4)) == "fails here"
    trace = lstm_core.run(lstm_core.models.random_lstm(1, 1, 1, 2), torch.ones(4, 1))
    [row] = rows_of_text(Listed([UnitPlace()], {UnitPlace(): told}, None), trace, lambda _: np.zeros(4), UnitPlace())
    assert row["note"] == "AUC 0.90, never true here"


@pytest.mark.parametrize(
    ("name", "sign", "text", "at", "said"),
    [
        ("blank", 1, "########", "#", ", not at this moment"),
        ("inside single quotes", 1, "x = 'a'", "a", ""),
        # A unit that is low in a comment is shown where it is lowest: there a comment should be.
        ("inside a comment", -1, "x # bye", "bye", ""),
        ("position in line", 1, "0123456789", "9", ""),
    ],
)
def test_a_row_in_a_corpus_says_where_its_label_is_not_so(name, sign, text, at, said):
    told = ToldProperty(name, "AUC", sign, 0.9)
    assert workings.denied(told, [(text, text.index(at))]) == said
    assert workings.denied(told, [(text, text.index(at))] * 5) == said.replace("this moment", "5 of these 5")


@pytest.mark.slow
def test_of_how_long_a_unit_keeps_the_page_in_a_corpus_says_one_number_and_what_it_is():
    def page(model):
        app = opened("units", where="corpus", model=model)
        [data] = [part.proto for part in app.get("bidi_component") if part.proto.component_name == "gatescope.units"]
        shown = json.loads(data.json)
        titles = [head["title"] for head in shown["heads"]]
        return titles, {row["number"]: row for row in shown["rows"]}, " ".join(text.value for text in app.markdown)

    titles, rows, said = page("python-chars")
    assert "## Unit 48 knows that it is inside quotes." in said
    assert (titles[1], rows["48"]["keeps"], "half" in said) == ("keeps", "37", False)
    assert (rows["52"]["title"], rows["52"]["note"]) == ("a blank", "AUC 0.95, not at this moment")
    # No gate of the untrained one is ever above 0.9: there are no steps in a row.
    titles, _, said = page("random")
    assert "at 0% of the steps and shut" in said
    assert titles == ["range of c", "half is left"]


@pytest.mark.parametrize("name", ["python-chars", "sentiment", "counter", "brackets"])
def test_a_model_opens_on_a_text_in_which_its_unit_is_as_good_as_the_page_says(name):
    source = Source(next(iter(facts_of(name).examples.values())), model=name)
    unit, told = opens(source)
    reading = read(source)
    c = series(reading.trace, unit.place)
    truth = np.asarray(numbers(told.property, reading))
    assert workings.here(told, c, truth) == "here 1.00"
    if told.cut is not None:
        assert "is right at all" in workings.misses(told, c, truth, reading.tokens, "step")
