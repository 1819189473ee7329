"""The cells that Compare draws: every number on a wire is the trace's, and they add up."""

import re

import pytest

from dashboard import assets
from dashboard.cells.drawn import drawn
from dashboard.cells.reading import three
from dashboard.cells.view import Cells
from lstm_core.plots.palette import look

READ = three(Cells(sentence="The cat ran away", hidden_dim=5))
DRAWN = {kind.cell: drawn(kind, READ.tokens, 2, look("teal", "light")) for kind in READ.kinds}


@pytest.mark.parametrize("kind", READ.kinds, ids=lambda kind: kind.cell)
def test_a_drawn_cell_has_the_numbers_of_the_unit_whose_h_changes_most(kind):
    values = DRAWN[kind.cell]["values"]
    changes = (kind.trace.h[0, 0, 2, 0] - kind.trace.h[0, 0, 1, 0]).abs()
    unit = int(changes.argmax())
    for name in kind.trace.quantities:
        assert values[name] == pytest.approx(getattr(kind.trace, name)[0, 0, 2, 0, unit].item())
    assert f"unit {unit} at “ran”" in DRAWN[kind.cell]["name"]
    assert DRAWN[kind.cell]["x"] == pytest.approx(kind.trace.x[2, 0].tolist())


def test_what_is_kept_and_added_is_the_state_of_an_lstm_and_of_a_gru():
    lstm, gru = DRAWN["lstm"]["values"], DRAWN["gru"]["values"]
    assert lstm["kept"] + lstm["written"] == pytest.approx(lstm["c"], abs=1e-6)
    assert lstm["o"] * lstm["tanh"] == pytest.approx(lstm["h"], abs=1e-6)
    assert lstm["kept"] == pytest.approx(lstm["f"] * lstm["before"])
    assert gru["kept"] + gru["written"] == pytest.approx(gru["h"], abs=1e-6)
    assert gru["lets"] == pytest.approx(1 - gru["z"])


def test_every_number_that_the_browser_puts_on_a_wire_is_given():
    layout = (assets.FOLDER / "browser" / "panel" / "cell_layout.js").read_text(encoding="utf-8")
    lines = [line for line in layout.splitlines() if re.search(r'scale(,|: "\w+")', line)]
    wanted = {name for line in lines for name in re.findall(r'name: "(\w+)"', line)}
    assert {"before", "kept", "written", "c", "h", "z", "r", "n", "lets", "recalled"} <= wanted
    assert wanted <= set().union(*(cell["values"] for cell in DRAWN.values()))
