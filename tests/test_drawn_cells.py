"""The cells that the lesson draws: every number on a wire is the trace's, and they add up."""

import re

import pytest

from gatescope import assets
from gatescope.lesson.cell import drawn, telling_unit
from gatescope.lesson.kinds import three
from gatescope.lesson.view import LessonView
from gatescope.question.view import Source
from gatescope.reading.read import read
from lstm_core.plots.palette import look

LOOK = look("teal", "light")
READ = three(LessonView(Source("The cat ran away", hidden_dim=5)))
DRAWN = {kind.cell: drawn(kind.cell, kind.trace, "ran", 2, LOOK) for kind in READ.kinds}


@pytest.mark.parametrize("kind", READ.kinds, ids=lambda kind: kind.cell)
def test_a_drawn_cell_has_the_numbers_of_the_unit_to_which_most_is_added(kind):
    values = DRAWN[kind.cell]["values"]
    added = kind.trace.h[0, 0, 2, 0] - kind.trace.h[0, 0, 1, 0]
    if kind.cell == "lstm":
        added = (kind.trace.i * kind.trace.g)[0, 0, 2, 0]
    unit = int(added.abs().argmax())
    assert telling_unit(kind.trace, 2) == unit
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
    # Only a projection has a unit's part of it, and no cell of the lesson is one.
    assert wanted - {"passed"} <= set().union(*(cell["values"] for cell in DRAWN.values()))


def test_of_a_tagger_with_two_layers_the_last_one_is_drawn_and_reads_the_first():
    trace = read(Source("Giraffes in a field", 16, 8, 2, model="tagger-sizes")).trace
    cell, unit = drawn("lstm", trace, "field", 3, LOOK), telling_unit(trace, 3)
    assert cell["values"]["c"] == trace.c[1, 0, 3, 0, unit].item()
    assert cell["values"]["before"] == trace.c[1, 0, 2, 0, unit].item()
    assert cell["x"] == trace.h[0, 0, 3, 0].tolist()
    assert cell["scales"]["memory"]["zmax"] >= trace.c[1].abs().max()
