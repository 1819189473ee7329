"""Which steps are sent to a browser, and how many to a column."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_core.plots.columns import BIN_BYTES, LEAST_BINS, LEAST_STEPS, MOST_BYTES, STEP_BYTES, fit, whole
from lstm_core.traces import bins

zooms = st.none() | st.tuples(st.floats(-1, 120_000), st.floats(1, 120_000)).map(lambda ends: (min(ends), max(ends)))


@given(st.integers(1, 100_000), st.floats(200, 1600), st.integers(6, 24_576), zooms)
def test_what_is_in_sight_is_sent_whole_and_within_the_limit(steps, width, numbers, zoom):
    columns = fit(steps, width, numbers, zoom)
    first, last = (0, steps - 1) if zoom is None else (max(0, round(zoom[0])), min(steps - 1, round(zoom[1])))
    assert columns.first >= 0
    if first <= last:
        assert columns.first <= first <= last < columns.end
    else:
        # A zoom into a longer sequence: this one is shown whole.
        assert (columns.first, columns.end) == (0, steps)
    assert columns.number * columns.per >= columns.end - columns.first > (columns.number - 1) * columns.per
    least = LEAST_STEPS if columns.per == 1 else LEAST_BINS
    size = STEP_BYTES if columns.per == 1 else BIN_BYTES
    assert columns.number * numbers * size <= MOST_BYTES or columns.number <= least + 1


@given(st.integers(1, 300), st.integers(1, 40))
def test_a_sentence_is_a_column_a_word(steps, units):
    if steps <= 600:
        assert fit(steps, 600, units * 6, None) == whole(steps)


@given(st.integers(1, 60), st.integers(1, 70), st.integers(1, 3), st.integers(0, 9))
def test_bins_hold_the_least_the_mean_and_the_largest_of_their_steps(steps, per, units, seed):
    values = torch.randn(steps, units, generator=torch.Generator().manual_seed(seed))
    found = bins(values, per)
    for number, start in enumerate(range(0, steps, per)):
        part = values[start : start + per].numpy()
        np.testing.assert_array_equal(found.low[:, number], part.min(0))
        np.testing.assert_array_equal(found.high[:, number], part.max(0))
        np.testing.assert_allclose(found.mean[:, number], part.mean(0), atol=1e-6)
    assert (np.minimum(found.extreme, found.other) == found.low).all()
    assert (np.maximum(found.extreme, found.other) == found.high).all()


def test_the_extreme_of_a_bin_is_its_spike_up_or_down():
    values = torch.tensor([[0.0, 0.0], [0.9, -0.9], [0.0, 0.0], [0.1, 0.1]])
    assert bins(values, 4).extreme.tolist() == [[np.float32(0.9)], [np.float32(-0.9)]]
