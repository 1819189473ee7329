"""What is sent of a picture and of a table of it, by hand: parts, bounds, sentences, costs."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from gatescope.offline.downloads import WHOLE, Sight, guarded, rows_of
from gatescope.question.view import Shown, Source
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
