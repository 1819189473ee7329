"""What the pages say in words is true: swap A and B, before and after, more and less, and a sentence is another."""

import numpy as np
import pandas as pd
import pytest
from pictured import picture_of

import lstm_core
from gatescope.question.view import Source
from gatescope.reading.read import read
from gatescope.unit_list import sentences as unit_sentences
from lstm_core.plots import compared_strips
from lstm_core.plots.palette import look

LOOK = look("teal", "light")


def found(p, no_p="", way="whole sequences", shuffles=200):
    row = {"property": "count of a", "measure": "R²", "quantity": "c", "layer": 0, "direction": 0, "unit": 3}
    return lstm_core.analysis.Found(
        table=pd.DataFrame([row | {"score": 0.8, "sign": 1, "correlation": 0.9, "p": p}]),
        searched=8,
        sequences=6,
        groups=6,
        steps=60,
        shuffled=way,
        permutations=shuffles,
        no_p={"count of a": no_p} if no_p else {},
    )


@pytest.mark.parametrize(
    ("as_good", "times", "verdict"),
    [(0, "never", "more than chance."), (2, "twice", "more than chance."), (40, "40 times", "so this may be chance.")],
)
def test_a_find_is_called_chance_when_shuffles_do_as_well(as_good, times, verdict):
    p = (1 + as_good) / 201
    said = unit_sentences.chance(found(p))
    assert "The property was shuffled by whole sequences 200 times" in said
    assert f"; the best unit then scored as well {times}: p = {p:.3f}" in said
    assert verdict in said
    others = {"more than chance", "may be chance"} - {verdict.removesuffix(".").removeprefix("so this ")}
    assert not any(other in said for other in others)


def test_where_nothing_can_be_told_from_chance_that_is_said_and_why():
    said = unit_sentences.chance(found(np.nan, "The text is short."))
    assert said.endswith("Whether this is more than chance can’t be told here. The text is short.")
    shifted = unit_sentences.chance(found(0.5, way="shifts in time"))
    assert "The property was shifted in time 200 times" in shifted


def test_differences_have_a_scale_of_their_own_and_the_two_share_theirs():
    both = lstm_core.compare(*(read(Source(text)).trace for text in ("Giraffes in a field", "Elephants in a field")))
    one, other, difference = compared_strips.three(both, (0, 0), (0, 0), ["c"], LOOK)
    spans = [(picture["data"][0]["zmin"], picture["data"][0]["zmax"]) for picture in (one, other, difference)]
    largest = np.abs(difference["data"][0]["z"]).max()
    assert spans[0] == spans[1]
    assert spans[2] != spans[0]
    assert spans[2][1] == -spans[2][0]
    assert largest <= spans[2][1] <= 2.5 * largest


@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("layers", [1, 3])
def test_the_shapes_are_those_that_pytorch_gives(directions, layers):
    reading = read(Source(sentence="Giraffes in a field", n_layers=layers, directions=directions))
    _, (h, c) = reading.lstm(reading.trace.x)
    query = {"sentence": "Giraffes in a field", "n_layers": f"{layers}", "directions": f"{directions}"}
    said = picture_of(query)["shapes"]
    name = "2 · n_layers" if directions == 2 else "n_layers"
    assert f"h and c ({name}, batch, hidden_dim) = ({', '.join(map(str, h.shape))})" in said
    assert h.shape == c.shape
    assert f"= ({', '.join(map(str, reading.trace.x.shape))}) ·" in said
    assert f"parameters: {sum(weight.numel() for weight in reading.lstm.parameters()):,}" in said
