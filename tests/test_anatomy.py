"""The inside of a cell adds up to what was recorded."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import runs
from torch import nn

import lstm_core
from lstm_core import LstmCoreError, anatomy


@settings(max_examples=80)
@given(run=runs(dtypes=("float64", "float32")), data=st.data())
def test_every_term_adds_up_to_the_trace(run, data):
    trace = lstm_core.run(run.module, run.given, run.state)
    layers, directions, _, batch, units = trace.c.shape
    layer, direction = data.draw(st.integers(0, layers - 1)), data.draw(st.integers(0, directions - 1))
    sequence, unit = data.draw(st.integers(0, batch - 1)), data.draw(st.integers(0, units - 1))
    step = data.draw(st.integers(0, trace.lengths_or_time()[sequence] - 1))
    cell = anatomy(run.module, trace, unit=unit, time=step, layer=layer, direction=direction, batch=sequence)

    def near(value):
        return pytest.approx(value, rel=1e-5, abs=1e-6)

    for name in "ifgo":
        gate = getattr(cell, name)
        recorded = getattr(trace, name)[layer, direction, step, sequence, unit].item()
        assert gate.value == near(recorded), name
        assert gate.pre == near(gate.from_x + gate.from_h + gate.bias)
        assert gate.from_x == near(sum(w * x for w, x in zip(gate.weights_x, cell.x, strict=True)))
        assert gate.from_h == near(sum(w * h for w, h in zip(gate.weights_h, cell.h_before, strict=True)))
    assert cell.kept == near(cell.f.value * cell.c_before)
    assert cell.written == near(cell.i.value * cell.g.value)
    assert cell.c == near(trace.c[layer, direction, step, sequence, unit].item())
    if not run.module.proj_size:
        assert cell.h == near(trace.h[layer, direction, step, sequence, unit].item())


@pytest.mark.parametrize(("name", "value"), [("unit", 3), ("time", 5), ("layer", 1), ("direction", 1), ("batch", -1)])
def test_a_cell_that_is_not_there_is_refused(name, value):
    lstm = nn.LSTM(4, 3)
    trace = lstm_core.run(lstm, torch.randn(5, 1, 4))
    with pytest.raises(LstmCoreError, match=rf"Expected (a )?{name} (0, the only one|from 0 to \d), got {value}"):
        anatomy(lstm, trace, **{"unit": 0, "time": 0} | {name: value})


def test_another_lstm_than_the_recorded_is_refused():
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(5, 1, 4))
    with pytest.raises(LstmCoreError, match="Expected the LSTM that was recorded"):
        anatomy(nn.LSTM(4, 7), trace, unit=0, time=0)
