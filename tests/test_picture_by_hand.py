"""What is sent of a picture and of a table of it, by hand: parts, bounds, sentences, costs."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from gatescope.live import work
from gatescope.offline.downloads import WHOLE, MadeFrom, Sight, guarded, rows_of
from gatescope.question.holds import NONE, read_holds
from gatescope.question.view import Shown, Source, View
from gatescope.reading.held import HeldReading
from gatescope.reading.read import read
from gatescope.recording.wire_format import NAN, packed


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
    monkeypatch.setattr("gatescope.offline.downloads.BLOCK", 4)
    blocks = list(rows_of(reading.trace, Shown(), WHOLE))
    assert len(blocks) == 3
    assert b"".join(blocks) == whole
    assert whole.count(b"time") == 1
    assert [guarded(one) for one in ("=1", "+1", "-1", "@a", "\ta", "\ra", "a=1", None)] == [
        *["'=1", "'+1", "'-1", "'@a", "'\ta", "'\ra"],
        *["a=1", None],
    ]


def test_a_file_is_called_by_its_first_seventy_letters():
    found = HeldReading(SimpleNamespace(document=None), NONE, None)
    asked = MadeFrom(View(Source("x" * 99)), found, WHOLE)
    assert len(asked.title) == 70


@pytest.mark.parametrize(
    "options",
    [{}, {"n_layers": 3}, {"directions": 2}, {"n_layers": 4, "directions": 2, "hidden_dim": 7, "input_dim": 5}],
)
def test_the_cost_of_a_random_lstm_is_that_of_its_weights(options):
    source = Source("a b", **options)
    assert work.weights(source) == sum(weight.numel() for weight in read(source).lstm.parameters())


def test_a_reading_is_heavy_beyond_the_limit_by_its_letters_its_weights_and_its_holds(monkeypatch):
    source = Source("x" * 30)
    each = work.weights(source)
    monkeypatch.setattr("gatescope.serving.limits.HEAVY", 50 * each)
    assert work.length_of(View(source)) != "heavy"
    assert work.length_of(View(Source("x" * 31))) == "heavy"
    monkeypatch.setattr("gatescope.serving.limits.HEAVY", 50 * (each + work.STEPWISE))
    held = View(source, holds=read_holds("f.0.0.0_1"))
    assert work.length_of(held) != "heavy"
    assert work.length_of(View(Source("x" * 31), holds=held.holds)) == "heavy"
    monkeypatch.setattr("gatescope.serving.limits.HEAVY", 10**12)
    monkeypatch.setattr("gatescope.serving.limits.LONG", 31)
    assert work.length_of(View(Source("x" * 31))) != "heavy"
    assert work.length_of(View(Source("x" * 32))) == "heavy"
    assert work.length_of(View(Source("x", file="key"))) == "heavy"
    assert work.weights(Source(model="tagger")) == 4 * 64 * (64 + 64 + 2)


def test_numbers_are_packed_in_steps_of_their_range_each_array_at_its_own_byte():
    values = np.array([[0.5, -2.0, math.nan]])
    content = packed({"a": values, "b": [values + 1, values], "c": "text"}, exact=False)
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    assert (length % 4, [header["a"]["at"], *(one["at"] for one in header["b"])]) == (0, [0, 8, 0])
    step = header["a"]["step"]
    assert step == pytest.approx(2 / 32767)
    whole = np.frombuffer(content[4 + length :][:6], "<i2")
    assert whole.tolist() == [round(0.5 / step), -32767, NAN]
    assert len(content) == 4 + length + 2 * 8, "equal arrays are sent once"
    nothing = packed({"a": np.zeros((1, 2))}, exact=False)
    assert json.loads(nothing[4 : 4 + int.from_bytes(nothing[:4], "little")])["a"]["step"] == 1.0
