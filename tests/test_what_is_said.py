"""What the pages say in words is true: swap A and B, before and after, more and less, and a sentence is another."""

import numpy as np
import pytest
from pictured import picture_of

import lstm_core
from gatescope.question.view import Source
from gatescope.reading.read import read


def test_differences_have_a_scale_of_their_own_and_the_two_share_theirs():
    both = lstm_core.compare(*(read(Source(text)).trace for text in ("Giraffes in a field", "Elephants in a field")))
    one, other, difference = both.plot(quantities=["c"]).data
    spans = [(picture.zmin, picture.zmax) for picture in (one, other, difference)]
    largest = np.abs(difference.z).max()
    assert spans[0] == spans[1]
    assert spans[2] != spans[0]
    assert spans[2][1] == -spans[2][0]
    assert largest <= spans[2][1] <= 2 * largest


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
