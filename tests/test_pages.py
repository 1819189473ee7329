"""The pages by AppTest, as far as it reaches; what a browser does is under tests/browser."""

import json

import pytest
from opened_page import address, opened

from gatescope.lesson.view import read_lesson


def lesson(**query):
    """What the page Lesson is told at a link, and its address."""
    app = opened("lesson", **query)
    [told] = [part.proto for part in app.get("bidi_component") if part.proto.component_name == "gatescope.lesson"]
    return json.loads(told.json), address(app)


@pytest.mark.parametrize(
    ("query", "part", "inputs"),
    [
        ({}, 1, "words"),
        ({"seq_len": "7", "same_start": "true"}, 3, "random"),
        ({"output_dim": "9"}, 4, "words"),
        ({"cell_units": "4"}, 5, "words"),
        ({"seq_len": "7", "output_dim": "9"}, 1, "words"),
        ({"seq_len": "7", "part": "2"}, 2, "words"),
    ],
)
def test_a_link_without_a_part_opens_the_part_that_it_is_about(query, part, inputs):
    asked, notices = read_lesson(query)
    assert (asked.part, asked.inputs, notices) == (part, inputs, [])


def test_the_page_lesson_is_told_what_its_link_asks_for_and_writes_the_same_link():
    query = {"part": "3", "inputs": "random", "same_start": "true", "seq_len": "7", "hidden_dim": "5"}
    told, written = lesson(**query)
    wanted = {"part": 3, "inputs": "random", "same_start": True, "seq_len": 7, "hidden_dim": 5}
    assert told["view"].items() >= wanted.items()
    assert {name: text.lower() for name, text in written.items()}.items() >= query.items()
    assert told["notices"] == []


def test_of_an_impossible_value_the_page_lesson_is_told_the_sentence():
    told, _ = lesson(part="9", gap="999")
    assert (told["view"]["part"], told["view"]["gap"]) == (1, 20)
    assert "part=9 is not possible: it takes a whole number from 1 to 5. part is 1 instead." in told["notices"]


def test_an_old_link_opens_the_part_that_it_is_about():
    told, _ = lesson(all_three="so it goes", cell_units="4")
    assert told["view"].items() >= {"sentence": "so it goes", "hidden_dim": 4, "part": 5}.items()
