"""`trace.show()`: the live view of a trace as a page of its own, in a notebook's cell or a file."""

import html
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from unpacking import numbers_in, packed_in

import lstm_core
from gatescope import assets
from gatescope.offline.one_script import ONCE, one_module, one_script
from gatescope.offline.shown_views import ShownViews
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


@pytest.mark.parametrize(
    ("tokens", "title"), [(WORDS, "Giraffes in a field"), (list("abab"), "abab"), (None, "an LSTM")]
)
def test_its_title_is_what_was_read(trace, tokens, title):
    other = lstm_core.run(nn.LSTM(4, 3), trace.x, tokens=tokens)
    assert other.show().title == title


def test_the_first_views_of_a_notebook_bring_the_scripts_and_a_cell_that_brought_them_does_so_again():
    shown = ShownViews()
    cells = [f"cell {n}" for n in range(20)]
    assert [n for n in range(19) if shown.next_brings(cells[n], run=n)] == [0, 9, 18]
    # Further views of the same run of a cell find what the first one brought.
    assert not shown.next_brings(cells[18], run=18)
    assert shown.next_brings(cells[0], run=20)
    assert not shown.next_brings(cells[1], run=21)
    assert shown.next_brings(cells[18], run=22)


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


def test_equal_numbers_are_in_the_page_once():
    steps, units = 64, 8
    trace = lstm_core.run(nn.LSTM(4, units), torch.randn(steps, 1, 4))
    numbers, _ = packed_in(trace.show().page)
    header = int.from_bytes(numbers[:4], "little")
    assert len(numbers) - 4 - header == 4 * steps * (6 * units + 4)


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


def test_with_a_projection_whose_h_has_other_units_it_starts_from_c(trace):
    lstm, h0, c0 = nn.LSTM(4, 5, proj_size=2), torch.randn(1, 1, 2), torch.randn(1, 1, 5)
    one = shown(lstm_core.run(lstm, trace.x, (h0, c0)))
    start = one["stacks"][0]["start"]
    assert start.keys() == {"c"}
    np.testing.assert_allclose(start["c"], c0[0, 0])
    one = shown(lstm_core.run(lstm, trace.x))
    assert one["stacks"][0]["start"] == {}


def test_its_scale_of_c_holds_a_memory_that_counts_beyond_1():
    lstm = nn.LSTM(1, 2)
    with torch.no_grad():
        for weights in lstm.parameters():
            weights.fill_(9)
    assert shown(lstm_core.run(lstm, torch.ones(4, 1, 1)))["reach"] == 5


def test_a_few_of_many_units_are_drawn_step_by_step():
    trace = lstm_core.run(nn.LSTM(4, 400), torch.randn(500, 1, 4))
    widest = shown(trace)
    assert widest["columns"] == {"first": 0, "per": 1, "number": 500, "steps": 500}
    [stack] = widest["stacks"]
    assert len(stack["units"]) < 400
    np.testing.assert_array_equal(cells(stack)["c"], trace.cells("c")[stack["units"]])


def test_it_says_which_of_several_sequences_it_shows():
    lstm = nn.LSTM(2, 3)

    def says(batch):
        return packed_in(lstm_core.run(lstm, torch.randn(3, batch, 2)).show().page)[1]["says"]

    assert says(4).startswith("Sequence 1 of 4 (batch 0). nn.LSTM: input_dim=2, hidden_dim=3, n_layers=1; checked")
    assert says(1).startswith("nn.LSTM: ")


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """Some modules in a folder of their own."""
    folder = tmp_path / "browser"
    (folder / "inner").mkdir(parents=True)
    (folder / "entry.js").write_text(
        'import "./inner/side.js"\nimport { a, b as c } from "./inner/names.js"\nexport async function go() {}\n'
        '/** @type {import("./no.js").No} */\nexport const sum = a + c\nexport class Kept {}\n'
        'const late = () => import("./inner/late.js")\nexport const place = new URL("a.css", import.meta.url)\n'
    )
    (folder / "inner/side.js").write_text('import {\n    a,\n} from "./names.js"\nexport {}\nglobalThis.side = a\n')
    (folder / "inner/late.js").write_text(
        'export const later = new URL("../b.css", import.meta.url).href + globalThis.side\n'
    )
    (folder / "inner/names.js").write_text("export const a = 1\nexport const b = 2\n")
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    return tmp_path


def test_the_script_has_each_module_once_and_imports_nothing(modules):
    (modules / "browser/inner/late.js").write_text("export const later = 3\n")
    script = one_script("entry.js")
    assert script.startswith(ONCE)
    assert script.removeprefix(ONCE).splitlines() == [
        *["const module0 = once(() => {", "const a = 1", "const b = 2", "return { a, b }", "})"],
        *["const module1 = once(() => {", "const {", "    a,", "} = module0()", "globalThis.side = a"],
        *["return {  }", "})", "const module2 = once(() => {", "const later = 3", "return { later }", "})"],
        *["const module3 = once(() => {", "module1()", "const { a, b: c } = module0()", "async function go() {}", ""],
        *["const sum = a + c", "class Kept {}", "const late = () => Promise.resolve().then(module2)"],
        *['const place = new URL("a.css", new URL("entry.js", import.meta.url))', "return { go, sum, Kept, place }"],
        *["})", "const entry = module3()"],
    ]


@pytest.mark.usefixtures("modules")
def test_modules_in_one_are_named_each_knows_its_own_place_and_none_is_there_twice():
    module = one_module(["inner/names.js", "entry.js", "inner/late.js"])
    assert module.startswith(ONCE)
    assert module.count("= once(") == 4
    assert 'new URL("../b.css", new URL("inner/late.js", import.meta.url)).href' in module
    named = '{ "inner/names.js": module0, "entry.js": module3, "inner/late.js": module2 }'
    assert module.endswith(f"\nexport const modules = {named}\n")


def test_the_page_asks_for_no_other_file(trace):
    script = one_script("offline.js")
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    assert "import.meta" not in script
    assert not re.search(r"\bimport\(", re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL))
    assert "</script" not in script
    assert not re.search(rb"<script[^>]* src=|<link", trace.show().page)


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
