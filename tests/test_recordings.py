"""What the page makes of a recording is what lstm_core recorded, and what the page computes itself of the same view."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pictured import computed, picture_of

from gatescope.question.view import TOKENS, TOP
from gatescope.reading.held import read_view
from gatescope.reading.models import view_in
from gatescope.recording import window
from gatescope.store import text_files
from lstm_core.analysis import order_units
from lstm_core.plots.columns import Columns
from lstm_core.plots.labels import label as label_of

WORDS = ["the", "dog", "that", "barked", "at", "cats", "ran", "away", "and", "saw", "a", "Zzq", "field"]
# What each model reads of some drawn numbers.
TEXTS = {
    "words": lambda drawn: " ".join(WORDS[one % len(WORDS)] for one in drawn),
    "characters": lambda drawn: "".join("ab c\t"[one % 5] for one in drawn),
    "numbers": lambda drawn: "load wind\n" * (drawn[0] % 2) + "\n".join(f"{one} {one % 3}.5" for one in drawn),
    "counter": lambda drawn: "".join("ab"[one % 2] for one in drawn),
    "brackets": lambda drawn: "".join("()"[one % 2] for one in drawn),
    "copy": lambda drawn: "".join("abc.?"[one % 5] for one in drawn),
    "series": lambda drawn: ", ".join(f"{one % 17}.5" for one in drawn),
    "python-chars": lambda drawn: "".join("def x():\n  return 1"[one % 19] for one in drawn),
} | dict.fromkeys(
    ["tagger", "tagger-bi", "sentiment"], lambda drawn: " ".join(WORDS[one % len(WORDS)] for one in drawn)
)


@st.composite
def views(draw):
    """A question with holds, a room and a zoom; some texts are longer than the room."""
    model = draw(st.sampled_from(sorted(TEXTS)))
    times, room, zoom = draw(
        st.sampled_from([(1, 900, None), (1, 900, (1.0, 3.0)), (8, 30, None), (8, 30, (12.0, 20.0))])
    )
    text = TEXTS[model](draw(st.lists(st.integers(0, 99), min_size=1, max_size=12)) * times)
    is_untrained = model in TOKENS
    source = {"model": "random", "tokens": model} if is_untrained else {"model": model}
    query = source | {"sentence": text, "rows": draw(st.sampled_from(["index", "half-life", "activity"]))}
    query["top"] = draw(st.sampled_from(sorted(TOP)))
    query["quantities"] = draw(st.sampled_from(["figcoh", "c", "fh"]))
    query["layers"] = draw(st.sampled_from(["", "1"]))
    if is_untrained:
        sizes = {"input_dim": (1, 9), "hidden_dim": (1, 40), "n_layers": (1, 2), "directions": (1, 2), "seed": (0, 9)}
        query |= {name: f"{draw(st.integers(*ends))}" for name, ends in sizes.items()}
    held = ["", "w.1", "f.0.0.all_0.25", "c.0.0.0_0.5 i.0.1.0_1", "h.0.0.2_0 w.0", "o.3.0.all_0"]
    query["holds"] = draw(st.sampled_from(held))
    query["pin"] = draw(st.sampled_from(["", "0.0.0", "0.9.1", "7.0.0"]))
    return query, room, zoom


def near(one, other, atol=2e-5):
    np.testing.assert_allclose(one, other, atol=atol, rtol=1e-4)


def columns_of(shown):
    return Columns(*(shown["columns"][name] for name in Columns._fields))


@settings(max_examples=25)
@given(views())
def test_a_picture_has_the_numbers_that_were_recorded(asked):
    query, room, zoom = asked
    shown, view = picture_of(query, room, zoom), view_in(query)[0]
    found = read_view(view)
    trace, model, columns = found.trace, found.reading.model, columns_of(shown)
    inside, atol = slice(columns.first, columns.end), 1e-6 if columns.per == 1 else 1e-3
    for stack in shown["stacks"]:
        place = stack["layer"], stack["direction"]
        order = order_units(trace, window.ORDERS[query["rows"]], *place)
        assert stack["units"] == [unit for unit in order if unit in stack["units"]], "in their order"
        for drawn in stack["values"]:
            bins = columns.take(getattr(trace, drawn["quantity"])[place][:, 0][:, stack["units"]])
            other = drawn.get("other", drawn["z"])
            near(np.minimum(drawn["z"], other), bins.low, atol * np.abs(bins.high).max() + atol)
            near(np.maximum(drawn["z"], other), bins.high, atol * np.abs(bins.high).max() + atol)
    if columns.per == 1:
        assert shown["labels"] == [label_of(token) for token in found.reading.tokens[inside]]
    if shown["inputs"] is not None:
        near(shown["inputs"]["z"], columns.take(trace.x[:, 0]).extreme, 1e-3 if columns.per > 1 else 1e-6)
    said = found.reading.probabilities()
    if shown["scores"]:
        names = [label_of(name) for name in model.labels]
        rows = [names.index(name) for name in shown["scores"]["labels"]]
        near(shown["scores"]["z"], columns.take(said).extreme[rows], 2e-5)
        assert len(rows) == min(12, len(names))
    if model is None or said is None or columns.per > 1:
        assert shown["answers"] == []
        return
    if model.gives == "classes":
        read_steps = [step for step in range(*inside.indices(columns.steps)) if not said[step].isnan().any()]
        assert [one["step"] for one in shown["answers"]] == read_steps
        near([one["share"] for one in shown["answers"]], said[read_steps].amax(1))
    readout, h = shown["readout"], shown["stacks"][-1]["values"][-1]
    if query["top"] == "all" and h["quantity"] == "h" and "w." not in query["holds"]:
        scores = np.array(readout["bias"])[:, None]
        scores = scores + sum(stack["weights"].T @ stack["values"][-1]["z"] for stack in shown["stacks"])
        near(np.take_along_axis(scores, readout["best"].astype(int), 0), readout["scores"], 2e-3)


# What is said of who made it, and where it leads.
# Of a bin of two steps rounding decides which end is drawn.
ONE_END = {"inputs", "series"}
OF_A_RECORDING = {"proof", "made", "notices", "code", "lasts", "link", "pins", "file"}


# Of 97 labels few come, and which ones another step likes best counts.
CODE = {"model": "python-chars", "sentence": "def x(one):\n    return [one, 2]\n\n@y\nclass Z:\n    '''Say it.'''\n"}


@settings(max_examples=25)
@example((CODE, 900, None))
@given(views())
def test_the_page_computes_what_it_makes_of_a_recording(asked):
    recorded, own = picture_of(*asked), computed(*asked)
    assert own["notices"] == recorded["notices"]
    is_binned = recorded["columns"]["per"] > 1
    for name in recorded.keys() - OF_A_RECORDING - (ONE_END if is_binned else set()):
        same(recorded[name], own[name], name, 1e-3 if is_binned else 2e-5)


def same(one, other, where, atol):
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        one, other = with_ends(one), with_ends(other)
        for name, part in one.items():
            same(part, other[name], f"{where}.{name}", atol)
    elif isinstance(one, np.ndarray):
        np.testing.assert_allclose(other, one, atol=atol * max(1, np.nanmax(np.abs(one))), rtol=1e-4, err_msg=where)
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for place, (part, there) in enumerate(zip(one, other, strict=True)):
            same(part, there, f"{where}.{place}", atol)
    elif isinstance(one, float | int) and isinstance(other, float | int):
        assert other == pytest.approx(one, abs=atol * max(1, abs(one))), where
    else:
        assert one == other, where


def with_ends(drawn):
    """Which end of a bin is farther from its mean hangs on rounding, where both are as far."""
    if "other" not in drawn:
        return drawn
    return drawn | {"z": np.minimum(drawn["z"], drawn["other"]), "other": np.maximum(drawn["z"], drawn["other"])}


def test_a_table_that_is_refused_is_counted_in_what_its_model_reads():
    key = text_files.keep("two.csv", b"day,load\n1,2\n3,4\n")
    assert picture_of({"model": "series", "file": key})["file"] == "two.csv: 0 numbers"
