"""Links that the app, its pages, its tests and its visitors have written open what they opened."""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from gatescope.comparing.view import Side, TwoSides, read_pair
from gatescope.lesson.view import LessonView, read_lesson
from gatescope.question import link, opening
from gatescope.question.holds import Cell, GateHold, Holds
from gatescope.question.view import Shown, Source, View
from gatescope.reading.models import with_text
from gatescope.train_one.setup import Setup, read_setup, usual
from gatescope.unit_tables.asked import Units


def read_why(query):
    """What was the page Why? is a drawer of Memory: that it is open is no part of a view."""
    asked = opening.why(query)
    assert asked.pop("why") == "1"
    return MEMORY(asked)


TAGGED = "The old man fished alone"
LESSON = "sentence=Giraffes+in+a+field&input_dim=4&hidden_dim=3&n_layers=1&seed=2"


def reads(asked):
    return lambda query: link.read(asked, with_text(query))


MEMORY, UNITS = reads(View()), reads(Units())
LINKS = [
    (MEMORY, "", View()),
    (MEMORY, LESSON, View()),
    (MEMORY, "embed=true&embed_options=dark_theme", View()),
    (MEMORY, "hidden_dim=64", View(Source(hidden_dim=64))),
    (MEMORY, "pin=0.1.2", View(shown=Shown(pin=Cell(0, 0, 1, 2)))),
    (MEMORY, "pin=1.1.2.1", View(shown=Shown(pin=Cell(1, 1, 1, 2)))),
    (MEMORY, "sentence=Linked+words&hidden_dim=2", View(Source("Linked words", hidden_dim=2))),
    (MEMORY, "sentence=", View(Source(""))),
    (
        MEMORY,
        "n_layers=2&directions=2&quantities=fc&rows=similarity",
        View(Source(n_layers=2, directions=2), Shown(quantities="fc", rows="similarity")),
    ),
    (MEMORY, "layers=20&colours=grey", View(shown=Shown(layers="02", colours="grey"))),
    (MEMORY, "tokens=numbers&sentence=1%2C2%2C3", View(Source("1,2,3", tokens="numbers"))),
    (
        MEMORY,
        "model=counter&sentence=aaabbb&pin=0.1.4",
        View(Source("aaabbb", model="counter"), Shown(pin=Cell(0, 0, 1, 4))),
    ),
    (MEMORY, "model=tagger&sentence=The+old+man+fished+alone", View(Source(TAGGED, model="tagger"))),
    (MEMORY, "model=own-xyz&file=abc", View(Source(model="own-xyz", file="abc"))),
    (
        UNITS,
        "sentence=a+b&model=counter&property=surplus+of+a+over+b&rows=activity",
        Units(View(Source("a b", model="counter"), Shown(rows="activity")), "surplus of a over b"),
    ),
    (read_why, "", View()),
    (read_why, "sentence=hello+there&hidden_dim=5&seed=9", View(Source("hello there", hidden_dim=5, seed=9))),
    (
        read_why,
        "sentence=The+man&model=tagger&pin=0.3.1&hold=f&value=0.5&units=0%2C3-5&steps=0-1&strips=ic&label=NOUN",
        View(
            Source("The man", model="tagger"),
            Shown(quantities="ic", pin=Cell(0, 0, 3, 1)),
            Holds((GateHold("f", 0.5, 0, 0, (0, 3, 4, 5), (0, 1)),)),
        ),
    ),
    (
        read_why,
        "n_layers=2&directions=2&pin=1.2.1.1&hold=o&holds=f.0.2.3_0+w.1",
        View(
            Source(n_layers=2, directions=2),
            Shown(pin=Cell(1, 1, 2, 1)),
            Holds((GateHold("f", 0.0, 0, 0, (2,), (3,)), GateHold("o", 0.0, 1, 1, (2,))), (1,)),
        ),
    ),
    (read_why, "hold=word&word=2", View(holds=Holds(without=(2,)))),
    (
        read_why,
        "pin=0.1.3&hold=c&value=-12.5",
        View(shown=Shown(pin=Cell(0, 0, 1, 3)), holds=Holds((GateHold("c", -12.5, 0, 0, (1,)),))),
    ),
    (
        read_why,
        "pin=0.1.3&hold=h&value=0.25&units=0%2C+2",
        View(shown=Shown(pin=Cell(0, 0, 1, 3)), holds=Holds((GateHold("h", 0.25, 0, 0, (0, 2)),))),
    ),
    (read_pair, "sentence=hello&seed_b=4", TwoSides(Side(Source("hello")), Side(Source("hello", seed=4)))),
    (
        read_pair,
        "sentence=a+b&n_layers=2&layer=1&state_b=reset&sentence_b=a+c&strips=f",
        TwoSides(Side(Source("a b", n_layers=2)), Side(Source("a c", n_layers=2))),
    ),
    (
        read_pair,
        "model=own-elsewhere&sentence=aabb&epoch=0&epoch_b=2",
        TwoSides(
            Side(Source("aabb", model="own-elsewhere"), epoch=0), Side(Source("aabb", model="own-elsewhere"), epoch=2)
        ),
    ),
    (
        read_lesson,
        "cells=random&sentence=a+b&input_dim=5&hidden_dim=6&seed=7",
        LessonView(Source("a b", 5, 6, seed=7), part=5),
    ),
    (
        read_lesson,
        "cells=50&first=c&gap=30&trained_seed=4",
        LessonView(part=5, cells="50", first="c", gap=30, trained_seed=4),
    ),
    (read_setup, "", usual("counter")),
    (read_setup, "epochs=3", replace(usual("counter"), epochs=3)),
    (
        read_setup,
        "task=copy&input_dim=5&hidden_dim=9&n_layers=2&epochs=30&learning_rate=0.01&seed=8",
        Setup("copy", 5, 9, 2, 30, 0.01, 8),
    ),
    (read_setup, "task=series&hidden_dim=9", replace(usual("series"), hidden_dim=9)),
    (read_lesson, "all_three=so+it+goes&cell_units=4", LessonView(Source("so it goes", hidden_dim=4), part=5)),
    (
        read_lesson,
        "input_dim=5&hidden_dim=6&seq_len=7&seed=8&same_start=true&sentence=a&output_dim=9",
        LessonView(Source("a", 5, 6, seed=8), 7, True),
    ),
]


@pytest.mark.parametrize(("reader", "query", "asked"), LINKS, ids=[query or "bare" for _, query, _ in LINKS])
def test_a_link_asks_what_it_always_asked(reader, query, asked):
    assert reader(dict(parse_qsl(query, keep_blank_values=True))) == (asked, [])


FELL_BACK = [
    (
        MEMORY,
        "hidden_dim=abc",
        "hidden_dim=abc is not possible: it takes a whole number from 1 to 512. hidden_dim is 3 instead.",
    ),
    (MEMORY, "pin=x", "pin=x is not possible: it takes layer.unit.step, as in 0.2.3. pin is left out instead."),
    (
        MEMORY,
        "quantities=q",
        "quantities=q is not possible: it takes some of the letters xfigcoh. quantities is figcoh instead.",
    ),
    *(
        (
            MEMORY,
            f"pin={asked}",
            f"pin={said} is not possible: it takes layer.unit.step, as in 0.2.3. pin is left out instead.",
        )
        for asked, said in (("x" * 40, "x" * 40), ("x" * 41, "x" * 39 + "…"))
    ),
    (
        read_why,
        "hold=q",
        "holds=q.0.0.all_0 is not possible: it takes gate.layer.units.steps_value with f, i, g, c, o, h, r, z or n, "
        "and w.step, as in f.0.2.3_0 o.0.0,4-6.all_1 w.1. holds is left out instead.",
    ),
    (
        read_why,
        "hold=f&value=2",
        "holds=f.0.0.all_2 is not possible: f lies from 0 to 1. holds is left out instead.",
    ),
    (
        read_pair,
        "seed_b=-1",
        "Of the second: seed=-1 is not possible: it takes a whole number from 0 to 999999. seed is 2 instead.",
    ),
    (
        read_setup,
        "task=tagging",
        "task=tagging is not possible: it takes one of counter, brackets, copy, series, grammar, text, forecast. "
        "task is counter instead.",
    ),
]


@pytest.mark.parametrize(("reader", "query", "said"), FELL_BACK, ids=[query for _, query, _ in FELL_BACK])
def test_an_impossible_value_says_what_it_always_said(reader, query, said):
    assert reader(dict(parse_qsl(query)))[1] == [said]


@pytest.mark.parametrize("query", ["", "sentence=a+b&label=NOUN", "hold=word&word=1"])
def test_a_link_of_the_page_why_opens_the_drawer_and_keeps_the_label_that_it_asked_about(query):
    asked = dict(parse_qsl(query))
    found = opening.why(asked)
    assert found["why"] == "1"
    assert found.get("label") == asked.get("label")
    assert not {"hold", "value", "units", "steps", "word", "strips"} & found.keys()
