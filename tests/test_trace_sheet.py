"""The sheet of a trace that nobody looks at: what `gatescope export` draws."""

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
from dashboard.export.trace_sheet import sheet_of
from lstm_core import LstmCoreError
from lstm_core.plots.labels import width_of
from lstm_core.plots.page_figure import FONT

WORDS = ["Giraffes", "in", "a", "field"]


@pytest.fixture
def trace():
    torch.manual_seed(6)
    return lstm_core.run(nn.LSTM(4, 3), torch.randn(4, 1, 4), tokens=WORDS)


def drawn(trace):
    """The (unit, step) numbers of each quantity."""
    strips = [strip for strip in sheet_of(trace, "", size="column")["data"] if "z" in strip and "meta" in strip]
    return {strip["name"]: np.array(strip["z"]) for strip in strips}


def test_it_shows_every_quantity_of_the_trace(trace):
    shown = drawn(trace)
    for quantity in "figcoh":
        np.testing.assert_allclose(shown[quantity], trace.cells(quantity, 0, 0), atol=1e-6)


def test_it_draws_the_first_sequence_without_its_padding():
    lstm = nn.LSTM(2, 3)
    short, long = torch.randn(2, 2), torch.randn(5, 2)
    trace = lstm_core.run(lstm, nn.utils.rnn.pack_sequence([short, long], enforce_sorted=False))
    assert drawn(trace)["c"].shape == (3, 2)


def test_its_scale_of_c_holds_a_memory_that_counts_beyond_1():
    lstm = nn.LSTM(1, 2)
    with torch.no_grad():
        for weights in lstm.parameters():
            weights.fill_(9)
    counting = lstm_core.run(lstm, torch.ones(4, 1, 1))
    assert counting.c.max().item() == pytest.approx(4, abs=1e-3)
    [c] = [strip for strip in sheet_of(counting, "")["data"] if strip.get("name") == "c" and "z" in strip]
    assert (c["zmin"], c["zmax"]) == (-5, 5)


def test_a_trace_that_keeps_some_quantities_shows_those(trace):
    lstm = nn.LSTM(4, 20)
    with lstm_core.record(lstm, keep=("c",)) as recording:
        lstm(trace.x)
    assert list(drawn(recording.only)) == ["c"]


def test_a_part_without_some_units_is_refused_and_a_part_of_the_steps_keeps_their_numbers(trace):
    whole = lstm_core.run(nn.LSTM(4, 3), trace.x)
    with pytest.raises(LstmCoreError, match=r"a part with some of the numbers of unit\. In Python its plot\(\)"):
        sheet_of(whole.sel(unit=[0, 2]), "")
    part = sheet_of(whole.sel(time=slice(2, 4)), "")
    assert part["layout"]["meta"]["played"]["names"] == ["2", "3"]


@pytest.mark.parametrize(
    ("size", "names"),
    [
        ("slide", ["layer 0 → reads from the left", "layer 0 ← reads from the right"]),
        ("column", ["layer 0 →", "layer 0 ←"]),
    ],
)
def test_the_name_of_a_narrow_stack_is_short(size, names):
    trace = lstm_core.run(nn.LSTM(2, 3, 2, bidirectional=True), torch.randn(5, 1, 2))
    texts = [note["text"] for note in sheet_of(trace, "", size=size)["layout"]["annotations"]]
    assert [text for text in texts if text.startswith("layer 0")] == names


def caption_of(figure):
    return figure["layout"]["annotations"][-1]["text"].replace("<br>", " ")


def test_it_says_that_it_draws_the_first_of_several_sequences():
    lstm = nn.LSTM(2, 3)
    assert "Sequence 0, the first of 4. " in caption_of(sheet_of(lstm_core.run(lstm, torch.randn(3, 4, 2)), ""))
    assert "first of" not in caption_of(sheet_of(lstm_core.run(lstm, torch.randn(3, 1, 2)), ""))
    part = lstm_core.run(lstm, torch.randn(3, 4, 2)).sel(batch=[2, 3])
    assert "Sequence 2, the first of 2. " in caption_of(sheet_of(part, ""))


@pytest.mark.parametrize("letter", ["word ", "W", "字"])
def test_a_long_text_has_a_title_that_ends_inside_the_picture(letter):
    tokens = [letter] * 90
    figure = sheet_of(
        lstm_core.run(nn.LSTM(4, 3), torch.randn(90, 1, 4), tokens=tokens), "".join(tokens), size="column"
    )
    [heading] = [one for one in figure["layout"]["annotations"] if one["text"].startswith("<b>")]
    shown = heading["text"].removeprefix("<b>").removesuffix("</b>")
    assert shown.endswith("…")
    assert width_of(shown) * heading["font"]["size"] / FONT <= figure["layout"]["width"] - 48


def test_a_cell_of_a_large_picture_says_its_unit_and_step():
    whole = lstm_core.run(nn.LSTM(4, 200), torch.randn(1_500, 1, 4))
    figure = sheet_of(whole, "", size="column")
    strips = [strip for strip in figure["data"] if strip.get("name") in set("figcoh") and "z" in strip]
    assert len(strips) == 6
    for strip in strips:
        units = strip["customdata"][:, 0]
        assert strip["customdata"].shape == np.shape(strip["z"])
        assert f"{strip['name']}: %{{z:.4f}}" in strip["hovertemplate"]
        assert "unit %{customdata}" in strip["hovertemplate"]
        assert "about step %{x:.0f}" in strip["hovertemplate"]
        assert len(set(units)) == len(units) < 200
        per = round(strip["x"][1] - strip["x"][0])
        first = whole.cells(strip["name"], 0, 0)[units, :per]
        for shown, there in zip(np.array(strip["z"])[:, 0], first, strict=True):
            assert np.abs(there - shown).min() < 1e-6


def test_a_run_with_nan_is_not_called_checked(trace):
    broken = trace.x.clone()
    broken[2] = torch.nan
    with pytest.warns(UserWarning, match="holds NaN"):
        unknown = lstm_core.run(nn.LSTM(4, 3), broken)
    assert "not checked: its numbers hold NaN" in caption_of(sheet_of(unknown, ""))
    assert "not proved: the run holds NaN" in repr(unknown)
    assert "to nan" not in repr(unknown)
