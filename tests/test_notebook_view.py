"""`trace.show()`: the live view of a trace as a page of its own, in a notebook's cell or a file."""

import html
import re
import runpy
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from unpacking import numbers_in, packed_in

import lstm_core
from gatescope import assets
from lstm_core import LstmCoreError
from lstm_core.traces import recorded as recorded_module

WORDS = ["Giraffes", "in", "a", "field"]


@pytest.fixture
def trace():
    return lstm_core.run(nn.LSTM(4, 3), torch.randn(4, 1, 4), tokens=WORDS)


def test_a_cell_gets_the_page_in_a_frame_and_a_file_the_page(trace, tmp_path):
    view = trace.show()
    frame = view._repr_html_()
    [page] = re.findall(r'<iframe srcdoc="([^"]*)"', frame)
    assert html.unescape(page) == view.page.decode()
    assert 'title="Giraffes in a field"' in frame
    assert view.still == trace._repr_html_()
    assert frame.startswith(f'<div><div class="gs-still">{view.still}</div><iframe')
    assert "Giraffes in a field" in repr(view)
    view.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_bytes() == view.page
    with pytest.raises(LstmCoreError, match=r"in \.html, got 'page.pdf'"):
        view.save(tmp_path / "page.pdf")
    assert not (tmp_path / "page.pdf").exists()


def test_no_token_becomes_markup(trace):
    evil = '"></iframe><script>alert(1)</script>'
    view = lstm_core.run(nn.LSTM(4, 3), trace.x, tokens=[evil, "b", "c", "d"]).show()
    assert "<script" not in view._repr_html_()
    assert "<title>&quot;&gt;&lt;/iframe&gt;" in view.page.decode()
    assert "<script>alert" not in view.page.decode()


def test_without_the_dashboard_it_says_what_to_install(trace, monkeypatch):
    monkeypatch.setattr(recorded_module, "entry_points", lambda **_: [])
    with pytest.raises(LstmCoreError, match="pip install gatescope"):
        trace.show()


def test_a_trace_without_its_memory_says_what_is_missing(trace):
    with pytest.raises(LstmCoreError, match="record\\(model, keep="):
        trace.keep("f").show()


def shown(trace):
    """The numbers in the page of a trace."""
    return numbers_in(trace.show().page)


def cells(stack):
    return {strip["quantity"]: strip["z"] for strip in stack["values"]}


def test_the_page_has_every_number_of_the_trace():
    trace = lstm_core.run(nn.LSTM(4, 3, 2, bidirectional=True), torch.randn(6, 1, 4))
    places = {(stack["layer"], stack["direction"]): cells(stack) for stack in shown(trace)["stacks"]}
    assert places.keys() == {(0, 0), (0, 1), (1, 0), (1, 1)}
    for place, strips in places.items():
        for quantity in "figcoh":
            np.testing.assert_array_equal(strips[quantity], trace.cells(quantity, *place))


def test_it_starts_from_the_state_that_was_given_and_knows_where_it_was_given_another():
    lstm, x, state = nn.LSTM(4, 3), torch.randn(4, 1, 4), (torch.randn(1, 1, 3), torch.randn(1, 1, 3))
    with lstm_core.record(lstm) as recording:
        for step in x:
            lstm(step.unsqueeze(0), state)
    one = shown(recording.only)
    [stack] = one["stacks"]
    np.testing.assert_allclose(stack["start"]["c"], state[1][0, 0])
    np.testing.assert_allclose(stack["start"]["h"], state[0][0, 0])
    assert one["resets"] == [1, 2, 3]
    np.testing.assert_allclose(stack["reset"]["c"], [state[1][0, 0].tolist()] * 3)
    np.testing.assert_allclose(stack["reset"]["h"], [state[0][0, 0].tolist()] * 3)


@pytest.mark.parametrize("kept", [("c",), ("f", "c")])
def test_a_trace_that_keeps_some_quantities_shows_those(trace, kept):
    lstm = nn.LSTM(4, 3)
    with lstm_core.record(lstm, keep=kept) as recording:
        lstm(trace.x)
    one = shown(recording.only)
    [stack] = one["stacks"]
    assert cells(stack).keys() == set(kept)
    np.testing.assert_array_equal(cells(stack)["c"], recording.only.cells("c"))


def test_it_says_which_of_several_sequences_it_shows():
    lstm = nn.LSTM(2, 3)

    def says(batch):
        page = lstm_core.run(lstm, torch.randn(3, batch, 2)).show().page
        return packed_in(page)[1]["says"] + numbers_in(page)["made"]

    assert says(4).startswith("Sequence 1 of 4 (batch 0). nn.LSTM: input_dim=2, hidden_dim=3, n_layers=1; checked")
    assert says(1).startswith("nn.LSTM: ")


def test_the_page_asks_for_no_other_file(trace):
    page = trace.show().page
    assert not re.search(rb"<script[^>]* src=|<link", page)
    for script in (assets.built("offline.js"), assets.built("offline_start.js")):
        assert not re.search(r"\bimport\s*[({\"']|</script", script)


@pytest.mark.slow
def test_an_edited_module_is_joined_anew_and_nothing_else(tmp_path):
    copy = shutil.copytree(assets.FOLDER / "browser", tmp_path / "browser")
    shutil.copytree(assets.FOLDER / "vendor", tmp_path / "vendor")
    program = shutil.copy(assets.FOLDER / "bundle.py", tmp_path)
    for edit in ("", '\nexpose({ edited: () => "edited" })\n'):
        (copy / "site.js").write_text((copy / "site.js").read_text(encoding="utf-8") + edit, encoding="utf-8")
        runpy.run_path(program)["bundle"]()
        assert ('"edited"' in (tmp_path / "built/site.js").read_text(encoding="utf-8")) == bool(edit)
    made = (tmp_path / "built/site.js").stat().st_mtime
    runpy.run_path(program)["bundle"]()
    assert (tmp_path / "built/site.js").stat().st_mtime == made
    # What the language does not allow is not joined.
    (copy / "site.js").write_text("export {")
    with pytest.raises(RuntimeError, match=r"Deno could not join site\.js"):
        runpy.run_path(program)["bundle"]()


def test_what_the_recorded_model_says_stands_under_each_word(trace):
    tagger = lstm_core.load_model("tagger")
    tokens = tagger.tokens("Dogs bark loudly")
    with torch.no_grad(), lstm_core.record(tagger) as recording:
        scores = tagger(tagger.vectors(tokens))
    read = replace(recording.only, tokens=[tokens])
    says = [tagger.labels[best] for best in scores[:, 0].argmax(-1)]
    assert len(set(says)) > 1
    assert [said["label"] for said in numbers_in(read.show(tagger).page)["answers"]] == says
    assert shown(read)["answers"] == []
    with pytest.raises(
        LstmCoreError, match=r"input_size=4, hidden_size=3, .*; got one with module=nn.LSTM, input_size=64, hidden"
    ):
        trace.show(tagger)
    with pytest.raises(LstmCoreError, match="Expected the SequenceModel that was recorded, got a LSTM"):
        trace.show(nn.LSTM(4, 3))


def test_a_series_is_written_in_the_page_with_the_digits_of_its_float32_and_no_more():
    model = lstm_core.load_model("series")
    with torch.no_grad(), lstm_core.record(model) as recording:
        model(model.vectors(lstm_core.read_series("53.9, 54.1, 1200").values))
    assert packed_in(recording.only.show(model).page)[1]["carried"]["view"]["sentence"] == "53.9, 54.1, 1200"
