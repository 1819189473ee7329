"""A file of what is in sight has the units that the picture names, in every order, layer and direction."""

import io

import pandas as pd
import pytest
from pictured import picture_of

from gatescope.offline.downloads import Sight, rows_of
from gatescope.question import link
from gatescope.question.view import ROWS, Shown, Source, View
from gatescope.reading.read import read

SOURCE = Source(sentence="one two three four five six", hidden_dim=6, n_layers=2, directions=2, seed=5)
READING = read(SOURCE)


def stacks_of(rows):
    return picture_of(link.in_full(View(SOURCE, Shown(rows=rows))), 1200)["stacks"]


@pytest.mark.parametrize("rows", ROWS)
def test_a_csv_of_what_is_in_sight_has_the_units_of_each_direction(rows):
    trace, shown = READING.trace, Shown(rows=rows)
    stacks = stacks_of(rows)
    text = b"".join(rows_of(trace, shown, Sight((1.0, 3.0), (0.0, 1.0))))
    table = pd.read_csv(io.BytesIO(text))
    for stack in stacks:
        part = table[(table.layer == stack["layer"]) & (table.direction == stack["direction"])]
        assert set(part.unit) == set(stack["units"][:2])
        assert sorted(set(part.time)) == [1, 2, 3]
        for row in part.itertuples():
            wanted = trace.c[row.layer, row.direction, row.time, 0, row.unit].item()
            assert row.c == pytest.approx(wanted)
    if rows == "half-life":
        assert len({tuple(sorted(stack["units"][:2])) for stack in stacks}) > 1, "directions differ in theirs"
