"""A scan of a GRU or an RNN says of each unit what a loop over its equations says."""

import math

import numpy as np
import pytest
import torch
from reference import reference, step_of, weights_of
from scan_by_hand import lstmvis, same, scanned
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.scanning.pattern import Pattern

LENGTHS = (9, 1, 0, 14, 6)
CELLS = {
    "GRU": lambda: nn.GRU(2, 4),
    "two layers, both ways": lambda: nn.GRU(2, 3, 2, bidirectional=True, batch_first=True),
    "RNN": lambda: nn.RNN(2, 4),
    "relu": lambda: nn.RNN(2, 3, 2, nonlinearity="relu"),
}


@pytest.fixture(params=CELLS)
def cell(request):
    made = CELLS[request.param]()
    with torch.no_grad():
        for weight in made.parameters():
            weight.mul_(2)
    return made.eval()


@pytest.fixture
def rows():
    draw = np.random.default_rng(4)
    return [draw.standard_normal((length, 2)).astype(np.float32) for length in LENGTHS]


def by_hand(cell, rows):
    """h, and the gates of a GRU, of one text by the float64 loop, each (layer, direction, time, unit)."""
    start = np.zeros((cell.num_layers, 1 + cell.bidirectional, 1, cell.hidden_size))
    x = rows.astype(np.float64)[:, None]
    found = reference(weights_of(cell), x, start, None, cell.num_layers, cell.bidirectional, step=step_of(cell))
    return {letter: values[:, :, :, 0] for letter, values in found.items() if letter != "n"}


def whole(cell, rows):
    """All steps of all texts, one text after the other."""
    found = [by_hand(cell, text) for text in rows if len(text)]
    return {letter: np.concatenate([text[letter] for text in found], axis=2) for letter in found[0]}


def test_units_are_described_as_by_hand(cell, rows):
    table, found = scanned(cell, rows, 2, 8).units, whole(cell, rows)
    assert not {"c_mean", "f_left"} & set(table.columns)
    assert ("leak" in table) == ("half_life" in table) == ("z" in found)
    for row in table.itertuples():
        h = found["h"][row.layer, row.direction, :, row.unit]
        said = (row.count, row.h_mean, row.h_std, row.h_min, row.h_max)
        np.testing.assert_allclose(said, (len(h), h.mean(), h.std(), h.min(), h.max()), rtol=1e-4, atol=1e-5)
        for gate in set(found) - {"h"}:
            values = found[gate][row.layer, row.direction, :, row.unit]
            said = getattr(row, f"{gate}_left"), getattr(row, f"{gate}_right")
            assert said == (np.mean(values < 0.1), np.mean(values > 0.9))
        if "z" in found:
            mean = np.log(found["z"][row.layer, row.direction, :, row.unit]).mean()
            assert row.leak == pytest.approx(math.log(2) / -mean, rel=1e-4)


def test_the_best_steps_the_histogram_and_the_correlations_are_of_h(cell, rows):
    scan, found = scanned(cell, rows, 2, 8), whole(cell, rows)["h"]
    ends = np.cumsum(LENGTHS)
    for sign in (1, -1):
        best = scan.top(1, sign=sign, k=3)
        places = [ends[row.text] - LENGTHS[row.text] + row.time for row in best.itertuples()]
        np.testing.assert_allclose(found[0, 0, places, 1], best.value, atol=1e-5)
        expected = np.sort(sign * found[0, 0, :, 1])[::-1][:3]
        np.testing.assert_allclose(sign * best.value, expected, atol=1e-5)
    edges, counts = scan.histogram(1)
    assert counts.sum() == sum(LENGTHS)
    assert edges[0] <= found[0, 0, :, 1].min() < found[0, 0, :, 1].max() < edges[-1]
    np.testing.assert_allclose(scan.correlations(), np.corrcoef(found[0, 0].T), atol=1e-4)
    with pytest.raises(LstmCoreError, match="quantity 'h', got 'c'"):
        scan.histogram(0, "c")


def test_a_pattern_of_h_is_found_in_a_store_and_in_the_texts(cell, rows, tmp_path):
    scan = scanned(cell, rows, 2, 8, store=tmp_path / "store")
    steps = torch.from_numpy(rows[3])[:, None]
    trace = lstm_core.run(cell, steps.transpose(0, 1) if cell.batch_first else steps)
    assert lstm_core.pattern(trace, 2, 4).quantity == "h"
    pattern = Pattern((0, 1, 2), "h", 0.1, 0, 0, 1)
    hits = scan.search(pattern, length=1)
    assert hits.equals(scan.search(pattern, length=1, texts=rows))
    found = [by_hand(cell, text) if len(text) else {} for text in rows]
    expected = lstmvis(found, "h", 0, 0, pattern.units, 0.1, 1, 1, 50)
    assert expected
    assert list(hits[["text", "first", "last", "shared", "union"]].itertuples(index=False, name=None)) == expected
    assert len(scan.nearest(3, 2)) == 20
    with pytest.raises(LstmCoreError, match="Expected a quantity of"):
        lstm_core.pattern(trace, 2, 4, quantity="c")


def test_a_scan_of_another_cell_is_saved_stopped_added_and_plotted(cell, rows, tmp_path):
    scan = scanned(cell, rows, 2, 8)
    scan.save(tmp_path / "scan")
    same(lstm_core.load_scan(tmp_path / "scan"), scan)
    part = tmp_path / "part.npz"
    with pytest.raises(InterruptedError):
        scanned(cell, (row if n < 4 else _stop() for n, row in enumerate(rows)), 2, 8, resume=part)
    same(scanned(cell, rows, 2, 8, resume=part), scan)
    assert (scan + scan).steps == 2 * scan.steps
    with pytest.raises(LstmCoreError, match=r"two scans of one model.*the second with "):
        scan + scanned(nn.LSTM(2, 4), rows)
    assert "h from" in scan.summary()
    assert len(scan.plot(0).data) == 1
    assert len(list(scan.traces())) == 4


def _stop():
    raise InterruptedError
