"""A picture's rows are the units that its labels name, in every order, layer and direction; so is a file of them."""

import io

import numpy as np
import pandas as pd
import pytest
from pictured import picture_of

from gatescope.export.csv_rows import rows_of
from gatescope.export.visible_part import Sight
from gatescope.question import link
from gatescope.question.view import ROWS, Shown, Source, View
from gatescope.reading.read import read
from gatescope.recording.window import overview

SOURCE = Source(sentence="one two three four five six", hidden_dim=6, n_layers=2, directions=2, seed=5)
READING = read(SOURCE)


def stacks_of(rows):
    return picture_of(link.in_full(View(SOURCE, Shown(rows=rows))), 1200)["stacks"]


@pytest.mark.parametrize("rows", ROWS)
def test_each_row_of_a_heatmap_is_the_unit_that_its_label_names(rows):
    trace = READING.trace
    stacks = stacks_of(rows)
    assert len(stacks) == 4
    for stack in stacks:
        assert sorted(stack["units"]) == list(range(6))
        for drawn in stack["values"]:
            values = trace.cells(drawn["quantity"], stack["layer"], stack["direction"])
            np.testing.assert_array_equal(drawn["z"], values[stack["units"]])
    orders = [stack["units"] for stack in stacks]
    assert (rows == "index") == all(order == list(range(6)) for order in orders)


def test_the_overview_is_of_every_layer_and_direction_that_is_shown():
    c = READING.trace.c[:, :, :, 0].numpy()
    low, high, _ = overview(READING.trace, Shown())
    np.testing.assert_allclose(low, c.min((0, 1, 3)))
    np.testing.assert_allclose(high, c.max((0, 1, 3)))
    of_one = overview(READING.trace, Shown(layers="1"))
    np.testing.assert_allclose(of_one[1], c[1].max((0, 2)))
    assert not np.allclose(of_one[1], high)


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


@pytest.mark.parametrize("model", ["tagger", "tagger-bi"])
def test_the_weights_of_all_rows_make_the_scores_of_h(model):
    picture = picture_of({"model": model, "sentence": "They can fish", "top": "all"}, 832)
    readout = picture["readout"]
    scores = np.array(readout["bias"])[:, None]
    for stack in picture["stacks"]:
        [h] = [row["z"] for row in stack["values"] if row["quantity"] == "h"]
        scores = scores + stack["weights"].T @ h
    assert len(picture["stacks"]) == 1 + (model == "tagger-bi")
    likeliest = np.take_along_axis(scores, readout["best"].astype(int), 0)
    np.testing.assert_allclose(likeliest, readout["scores"], atol=2e-3)
