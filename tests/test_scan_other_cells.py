"""A scan of a GRU or an RNN says of each unit what a loop over its equations says."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import reference, step_of, weights_of
from scan_by_hand import lstmvis, scanned
from torch import nn

from lstm_core.scanning.pattern import Pattern

LENGTHS = (9, 1, 0, 14, 6)
CELLS = {
    "GRU": lambda: nn.GRU(2, 4),
    "two layers, both ways": lambda: nn.GRU(2, 3, 2, bidirectional=True, batch_first=True),
    "RNN": lambda: nn.RNN(2, 4),
    "relu": lambda: nn.RNN(2, 3, 2, nonlinearity="relu"),
}


def drawn(name, seed, lengths=LENGTHS):
    """A cell, and rows that it reads."""
    torch.manual_seed(seed)
    made, draw = CELLS[name](), np.random.default_rng(seed)
    with torch.no_grad():
        for weight in made.parameters():
            weight.mul_(2)
    return made.eval(), [draw.standard_normal((length, 2)).astype(np.float32) for length in lengths]


def by_hand(cell, rows):
    """h, and the gates of a GRU, of one text by the float64 loop, each (layer, direction, time, unit)."""
    if not len(rows):
        return {}
    start = np.zeros((cell.num_layers, 1 + cell.bidirectional, 1, cell.hidden_size))
    x = rows.astype(np.float64)[:, None]
    found = reference(weights_of(cell), x, start, None, cell.num_layers, cell.bidirectional, step=step_of(cell))
    return {letter: values[:, :, :, 0] for letter, values in found.items() if letter != "n"}


@given(st.sampled_from(list(CELLS)), st.integers(0, 99), st.lists(st.integers(0, 14), max_size=6), st.data())
@settings(max_examples=25)
def test_the_tables_of_another_cell_are_those_of_the_loop_over_its_equations(name, seed, lengths, data):
    cell, rows = drawn(name, seed, [*lengths, 9])
    scan, each = scanned(cell, rows, data.draw(st.integers(1, 4)), 8), [by_hand(cell, text) for text in rows]
    found = {q: np.concatenate([text[q] for text in each if text], axis=2) for q in each[-1]}
    assert not {"c_mean", "f_left"} & set(scan.units.columns)
    assert ("leak" in scan.units) == ("z" in found)
    for row in scan.units.itertuples():
        at = row.layer, row.direction, slice(None), row.unit
        h = found["h"][at]
        said = (row.count, row.h_mean, row.h_std, row.h_min, row.h_max)
        np.testing.assert_allclose(said, (len(h), h.mean(), h.std(), h.min(), h.max()), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(scan.values(row.unit, None, row.layer, row.direction), h, atol=1e-5)
        for gate in set(found) - {"h"}:
            shares = getattr(row, f"{gate}_left"), getattr(row, f"{gate}_right")
            assert shares == (np.mean(found[gate][at] < 0.1), np.mean(found[gate][at] > 0.9))
        if "z" in found:
            assert row.leak == pytest.approx(math.log(2) / -np.log(found["z"][at]).mean(), rel=1e-4)
    best, h = scan.top(1, sign=-1, k=3), found["h"][0, 0]
    np.testing.assert_allclose(best.value, np.sort(h[:, 1])[:3], atol=1e-5)
    moving = np.flatnonzero(h.std(0) > 1e-3)
    if len(moving) > 1:
        correlations = scan.correlations()[np.ix_(moving, moving)]
        np.testing.assert_allclose(correlations, np.corrcoef(h[:, moving].T), atol=1e-3)
    pattern = Pattern((0, 1, 2), "h", 0.1, 0, 0, 1)
    hits = scan.search(pattern, length=1)[["text", "first", "last", "shared", "union"]]
    expected = lstmvis(each, "h", 0, 0, pattern.units, 0.1, 1, 1, 50)
    assert list(hits.itertuples(index=False, name=None)) == expected
