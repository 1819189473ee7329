"""A text and its nearest rival: what turns a later answer, who carries it, and what is said of it, by running again."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from reference import float64, reference, weights_of

import lstm_core
from gatescope.comparing.carrier import carrier, swapped
from gatescope.comparing.rivals import SURE, candidates, of_one_kind, rivals, spelling
from gatescope.comparing.two_readings import two
from gatescope.question.view import MODELS, SIZES, Source
from gatescope.reading.models import LESSON, facts_of
from gatescope.reading.read import read
from gatescope.store import visitor_models
from lstm_core.training.loop import task_from

AIM = Source("You first and only aim to win", 64, 16, 1, model=SIZES)
WORDS = [
    *("You first and only aim to win", "They watch their watch", "He saw her duck", "It is not good", "Dogs bark"),
    *("They can fish in a can", "the plot is a mess", "Time flies like an arrow", "Visit us", "Giraffes in a field"),
]
CODE = ['print("hello")', "x = 1  # one", "def f(a, b):", "for i in range(3):", "a[0] = (1, 2)", "None", '"""Doc."""']
COUNTS = ["a" * n + "b" * n for n in range(1, 9)]
BRACKETS = ["(" * n + ")" * n for n in range(1, 6)] + ["()" * n + "(())" for n in range(5)]
COPIES = [first + "." * gap + "?" for first in "ad" for gap in (0, 3, 20)]
NUMBERS = [", ".join(f"{50 + 20 * np.sin(n + step / 3):.1f}" for step in range(8 + n)) for n in range(6)]
TEXTS = [
    *[(text, model) for model in ("tagger", SIZES, "tagger-bi", "sentiment", "random") for text in WORDS],
    *[(text, "python-chars") for text in CODE],
    *[(text, "counter") for text in COUNTS],
    *[(text, "brackets") for text in BRACKETS],
    *[(text, "copy") for text in COPIES],
    *[(text, "series") for text in NUMBERS],
]


def opened(source):
    """The pair with which the page opens on a text, and its rivals."""
    reading = read(source)
    found = rivals(source, reading)
    rival = found.found[0] if found.found else found.smallest
    if rival is None:
        return found, None
    other = replace(source, sentence=rival.text)
    return found, two(reading, read(other))


def said_again(source, text):
    """(step, label): what the model answers to a text, by the model's own call."""
    model = read(source).model
    if model.reads == "numbers":
        x = model.vectors(lstm_core.read_series(text).values)
    else:
        x = model.vectors(model.tokens(text))
    with torch.no_grad():
        return model.probabilities(model(x))[:, 0]


def becomes(model, said):
    """Which answer it is: the likeliest label, the labels that may come, or the number."""
    if model.gives == "classes":
        return int(said.argmax())
    return (said > 0.5).tolist() if model.gives == "set" else float(said[0])


@pytest.mark.slow
@pytest.mark.parametrize(("text", "model"), TEXTS)
def test_what_the_page_opens_with_is_so_when_both_texts_are_read_again(text, model):
    source = Source(text, model=model)
    found, both = opened(source)
    if both is None:
        assert found.tried == 0
        return
    assert both.differs, "never a text with itself"
    turned = both.carried()
    if not found.found:
        assert turned is None
        return
    rival, own = found.found[0], read(source).model
    assert (both.differs, turned) == ([rival.step], rival.turned)
    before, after = said_again(source, text)[turned], said_again(source, rival.text)[turned]
    if own.gives == "value":
        assert abs(float(after - before)) >= SURE * float(own.embedding.deviation)
    else:
        assert becomes(own, before) != becomes(own, after)
    if own.gives == "classes":
        assert min(float(before.max()), float(after.max())) >= SURE


@pytest.mark.slow
@pytest.mark.parametrize(("text", "model"), [one for one in TEXTS[::3] if one[1] != "random"])
def test_a_unit_carries_it_only_if_its_swap_turns_the_answer_in_a_loop_of_our_own(text, model):
    _, both = opened(Source(text, model=model))
    turned = both.carried() if both else None
    if turned is None:
        return
    by = carrier(both, turned)
    (wanted, said_b), own = (said[0] for said in both.answers(turned)), both.models[0]

    def turns(units):
        again = by_hand(both, by, units)
        if own.gives == "value":
            return abs(float(again[0] - wanted[0])) < abs(float(again[0] - said_b[0]))
        if own.gives == "set":
            label = int((said_b - wanted).abs().argmax())
            return (again[label] > 0.5) == (wanted[label] > 0.5)
        return becomes(own, again) == becomes(own, wanted)

    assert by.units == by.order[: len(by.units)]
    if not by.units:
        assert not turns(by.order)
        return
    assert turns(by.units)
    assert not any(turns(by.order[:few]) for few in range(1, len(by.units)))
    assert any(turns([unit]) for unit in by.order) == (len(by.units) == 1)
    # Where other units do as well, these are enough and carry nothing alone.
    others = [unit for unit in by.order if unit not in by.units]
    assert by.undone[-1].others.like_a == (turns(others) if others else False)


def by_hand(both, by, units):
    """B's answer with c of some units put in from A, by a float64 loop."""
    own, (step_a, step_b), (_, last) = both.models[0], by.steps, both.both(by.turned)

    def hold(place, quantity, values):
        layer, direction, step, _ = place
        if (layer, direction, step, quantity) != (by.layer, 0, step_b, "c"):
            return values
        swapped_in = values.copy()
        swapped_in[units] = float64(both.a.c[by.layer, 0, step_a, 0, units])
        return swapped_in

    start = np.zeros((len(both.b.c), both.b.c.shape[1], 1, both.b.c.shape[-1]))
    lstm = own.lstm
    found = reference(weights_of(lstm), float64(both.b.x), start, start, lstm.num_layers, lstm.bidirectional, hold=hold)
    h = torch.from_numpy(np.concatenate([*found["h"][-1, :, last, 0]])).float()
    with torch.no_grad():
        return own.probabilities(own.linear(h))


@pytest.mark.parametrize("model", ["tagger-bi", SIZES, "brackets", "series"])
def test_a_swap_is_what_a_float64_loop_computes(model):
    source = Source(next(iter(facts_of(model).examples.values())), 16, 8, 2, model=model)
    _, both = opened(source)
    turned = both.carried()
    turned = len(both.pairs) - 1 if turned is None else turned
    for layer in range(len(both.a.c)):
        by = carrier(both, turned)._replace(layer=layer)
        sets = [[0], [1, 3], list(range(both.a.c.shape[-1]))]
        found = swapped(both, by.steps, turned, layer, sets)
        for units, said in zip(sets, found, strict=True):
            torch.testing.assert_close(said, by_hand(both, by, units), atol=2e-4, rtol=1e-4)


def test_one_word_turns_a_verb_into_a_noun_four_words_later_and_one_unit_carries_it():
    found, both = opened(AIM)
    by = carrier(both, both.carried())
    assert (by.units, by.turned, by.a.label, by.b.label, by.a_with.label) == ([2], 4, "VERB", "NOUN", "NOUN")
    assert [one.carriers.like_a for one in by.undone] == [True] * 4
    assert [one.others.like_a for one in by.undone] == [False] * 4
    assert len(found.found) > 100


def compared(a, b, model):
    return two(*(read(Source(text, model=model)) for text in (a, b)))


@pytest.mark.parametrize(
    ("a", "b", "steps"),
    [("It is not good", "It is good", (2, 1)), ("It is good", "It is not good", (1, 2)), ("good", "not good", None)],
)
def test_c_is_swapped_just_before_the_answer_also_where_a_word_is_left_out(a, b, steps):
    both = compared(a, b, "sentiment")
    turned = both.pairs.index((len(a.split()) - 1, len(b.split()) - 1))
    by = carrier(both, turned)
    if steps is None:
        # A has no step before the answer.
        assert by is None
        return
    assert by.steps == by.undone[-1].steps == steps
    assert max(by.alone) > by.b.near
    assert not by.b.like_a
    assert becomes(both.models[0], by_hand(both, by, by.units)) == becomes(both.models[0], both.answers(turned)[0][0])


def test_one_unit_that_does_is_found_among_all_and_nothing_is_said_of_fewer_than_several():
    both = compared("the plot is a mess", "the plot is may mess", "tagger")
    by = carrier(both, both.carried())
    own, [wanted] = both.models[0], both.answers(by.turned)[0]
    assert becomes(own, by_hand(both, by, [21, 40])) == becomes(own, wanted)
    assert (by.units, by.undone[-1].others.like_a) == ([51, 40, 21], True)
    # Of many answers A's is the likeliest with one unit, although another makes it likelier.
    by = carrier(compared("import os", "imwort os", "python-chars"), 5)
    assert (by.units, by.alone[186] < max(by.alone)) == ([186], True)


def test_where_no_change_turns_an_answer_that_is_said_and_the_smallest_is_shown():
    source = Source("The cat the dog chased ran away", model=SIZES)
    found, both = opened(source)
    assert not found.found
    assert both.carried() is None
    tokens = read(source).tokens
    least = min(
        (not of_one_kind(tokens[one.step], one.token), spelling(tokens[one.step], one.token))
        for one in candidates(source, read(source), 7, 999)
    )
    smallest = found.smallest
    assert (False, spelling(tokens[smallest.step], smallest.token)) == least
    assert of_one_kind(tokens[smallest.step], smallest.token)


@pytest.mark.parametrize("text", ["", "field", "a"])
def test_a_text_without_a_later_word_has_no_rival(text):
    source = Source(text, model=SIZES)
    assert rivals(source, read(source)) == ([], 0, None)


@pytest.mark.parametrize(
    ("source", "first"),
    [
        (AIM, "Your first and only aim to win"),
        (Source("It is a good film", model="sentiment"), "It is no good film"),
        (Source("this film is not good", model="sentiment"), "this film is now good"),
        (Source("They watch their watch", model="tagger"), "They watch her watch"),
    ],
)
def test_rivals_of_one_kind_come_first_then_the_nearest_and_then_those_carried_farthest(source, first):
    found = rivals(source, read(source)).found
    tokens = read(source).tokens
    keys = [
        (not of_one_kind(tokens[one.step], one.token), spelling(tokens[one.step], one.token), one.step - one.turned)
        for one in found
    ]
    assert keys == sorted(keys)
    assert found[0].text == first
    assert all(one.turned > one.step and one.sure >= SURE for one in found)


@pytest.mark.parametrize(
    ("word", "of_its_kind", "strange"),
    [
        ("The", {"no", "some"}, {"a", "boy", "them"}),
        ("is", {"was"}, {"am", "list", "did"}),
        # Where it may be a noun or a verb, so must the other.
        ("watch", {"wish", "walk", "play"}, {"way", "ask", "which"}),
        ("Giraffes", set(), {"the", "giraffe"}),
    ],
)
def test_a_word_of_one_kind_can_stand_wherever_the_other_does(word, of_its_kind, strange):
    assert {one for one in of_its_kind | strange if of_one_kind(word, one)} == of_its_kind


@pytest.mark.parametrize("model", MODELS)
def test_a_rival_is_the_text_with_one_other_token_that_its_model_knows(model):
    source = Source(next(iter((facts_of(model).examples or LESSON).values())), model=model)
    reading = read(source)
    found = rivals(source, reading)
    for one in (found.found or [found.smallest])[:5]:
        again = read(replace(source, sentence=one.text))
        x, y = reading.trace.x[:, 0], again.trace.x[:, 0]
        assert [step for step in range(len(x)) if not x[step].equal(y[step])] == [one.step]
        assert not [notice for notice in again.notices if notice not in reading.notices]


def test_a_model_of_a_visitor_is_offered_the_words_of_its_own_list():
    task = task_from("grammar")
    model = task.model(task.sizes, torch.Generator().manual_seed(0))
    source = Source("the tall giraffe sleeps here", model=visitor_models.put(model))
    tried = candidates(source, read(source), 5, 9)
    assert {one.token for one in tried} <= set(model.embedding.tokens)
    assert len(tried) == 45
