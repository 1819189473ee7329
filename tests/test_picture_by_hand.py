"""What is sent of a picture and of a table of it, by hand: parts, bounds, sentences, costs."""

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.export.csv_rows import guarded, rows_of
from dashboard.export.visible_part import WHOLE, Sight
from dashboard.picture import answer as live_answer
from dashboard.picture import numbers
from dashboard.question.cell import Cell
from dashboard.question.shown import Shown
from dashboard.question.source import Source
from dashboard.reading.read import read


@pytest.mark.parametrize(
    ("zoom", "steps"),
    [
        (None, range(6)),
        ((0.0, 3.0), range(4)),
        ((0.1, 2.9), range(1, 3)),
        ((3.0, 0.0), range(4)),
        ((-9.0, 99.0), range(6)),
        ((4.6, 5.4), range(5, 6)),
        ((2.1, 2.3), range(2, 3)),
        ((5.4, 5.6), range(6)),
        ((5.1, 5.3), range(5, 6)),
        ((6.0, 9.0), range(6)),
    ],
)
def test_the_steps_in_sight_are_those_whose_middle_is(zoom, steps):
    assert Sight(zoom).steps_of(SimpleNamespace(sizes={"time": 6})) == steps


def test_a_csv_is_written_in_blocks_that_join_without_a_seam(monkeypatch):
    reading = read(Source("a =b c d e", hidden_dim=2))
    whole = b"".join(rows_of(reading.trace, Shown(), WHOLE))
    monkeypatch.setattr("dashboard.export.csv_rows.BLOCK", 4)
    blocks = list(rows_of(reading.trace, Shown(), WHOLE))
    assert len(blocks) == 3
    assert b"".join(blocks) == whole
    assert whole.count(b"time") == 1
    assert [guarded(one) for one in ("=1", "+1", "-1", "@a", "\ta", "\ra", "a=1", None)] == [
        *["'=1", "'+1", "'-1", "'@a", "'\ta", "'\ra"],
        *["a=1", None],
    ]


@pytest.mark.parametrize("features", [1, 64, 65])
def test_x_is_sent_while_its_features_can_be_told_apart(features):
    reading = read(Source("a b c", input_dim=features))
    found = numbers.numbers_of(reading, reading.trace, Shown(), 9, None)["inputs"]
    assert (found is None) == (features > 64)
    if found:
        np.testing.assert_array_equal(found["z"], reading.trace.x[:, 0].T)
        assert found["reach"] == max(1.0, np.abs(found["z"]).max())
    series = read(Source("1, 2, 3", tokens="numbers"))
    assert numbers.numbers_of(series, series.trace, Shown(), 9, None)["inputs"] is None


def test_the_overview_has_the_largest_change_of_any_unit_at_each_step():
    reading = read(Source("one two three four", hidden_dim=3, n_layers=2))
    c = reading.trace.c[:, :, :, 0].numpy()
    changes = np.abs(np.diff(c, axis=2, prepend=c[:, :, :1]))
    np.testing.assert_allclose(numbers.overview(reading.trace, Shown())[2], changes.max((0, 1, 3)))


def test_a_link_says_how_long_it_lasts_and_whether_the_text_is_in_it():
    assert live_answer.lasts(Source()) == "This link opens the same numbers."
    assert "for as long as this server keeps your model" in live_answer.lasts(Source(model="own-1"))
    assert "Your text is not included" in live_answer.lasts(Source(model="own-1"), without_text=True)
    assert live_answer.missing_pin(Shown(pin=Cell(0, 0, 2, 1)), read(Source("a b")).trace) == []
    [said] = live_answer.missing_pin(Shown(pin=Cell(0, 0, 2, 2)), read(Source("a b")).trace)
    assert said.endswith(": none is pinned.")
    assert live_answer.missing_pin(Shown(), read(Source("a b")).trace) == []
