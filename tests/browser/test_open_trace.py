"""A file of `trace.save` in a real browser: opened, watched, pinned, played, shared, reloaded; and a broken one."""

from pathlib import Path

import pytest
import torch
from hand_written import Loop, Lstm
from playwright.sync_api import Browser, Page, expect
from torch import nn

import lstm_core
from lstm_core.traces.trace import as_update

from .conftest import usual
from .reading import shows
from .serving import started
from .test_cells import point_at
from .test_open import drop, opened

WATCHED = "It has no model, so it can be watched and not asked."


@pytest.fixture
def cell() -> lstm_core.CellTrace:
    torch.manual_seed(5)
    model = Loop(Lstm(4, 3), 3)
    with lstm_core.record(model) as recording:
        model(torch.randn(6, 2, 4))
    return recording.only


def saved(trace: lstm_core.Trace | lstm_core.CellTrace, folder: Path, name: str) -> bytes:
    trace.save(folder / name)
    return (folder / name).read_bytes()


def test_a_found_cell_is_watched_pinned_played_and_kept_over_a_reload(
    blank: Page, cell: lstm_core.CellTrace, tmp_path: Path
):
    page = opened(blank)
    drop(page, saved(cell, tmp_path, "cell.npz"), "cell.npz")
    expect(page.get_by_text(WATCHED)).to_be_visible()
    expect(page.get_by_text("CellTrace of cell: 1 layer, 1 direction, 6 steps, 2 sequences, 3 units")).to_be_visible()
    box = page.get_by_role("spinbutton", name="Sequence, from 1 to 2")
    box.fill("2")
    box.press("Enter")
    page.get_by_role("button", name="Open on Memory").click()
    page.locator(".gs-plot .heatmaplayer").first.wait_for()
    second = as_update(cell.sel(batch=1))
    shows(page, second)
    expect(page.locator(".gs-about")).to_contain_text(WATCHED)
    expect(page.locator(".gs-about")).to_contain_text("found: c = f ⊙ c' + i ⊙ g")
    expect(page.get_by_role("combobox", name="Model").locator("option:checked")).to_have_text("cell.npz, sequence 2")
    point_at(page, 0, 3, 1)
    page.mouse.down()
    page.mouse.up()
    panel = page.get_by_role("complementary", name="The cell")
    expect(panel.get_by_role("heading", name="Unit 1 at step 3")).to_be_visible()
    expect(panel.get_by_role("group", name="The cell: Unit 1 at")).to_be_visible()
    panel.get_by_text("The sums", exact=True).click()
    kept = second.f[0, 0, 3, 0, 1] * second.c[0, 0, 2, 0, 1]
    sums = panel.locator(".gs-bar")
    expect(sums.filter(has_text="f")).not_to_have_count(0)
    said = [text.replace("−", "-") for text in sums.locator(".gs-number").all_text_contents()]
    assert any(abs(float(text) - float(kept)) < 6e-4 for text in said), said
    # Nothing is there that needs a model.
    for asks in (
        page.get_by_role("textbox", name="Sentence"),
        page.get_by_role("slider", name="hidden_dim"),
        panel.get_by_role("button", name="f → 0"),
        panel.get_by_role("slider"),
        page.get_by_role("button", name="Compare with another text or model"),
    ):
        expect(asks).to_have_count(0)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("Share", exact=True).click()
    expect(page.get_by_text("A link can’t hold a recording.")).to_be_visible()
    page.wait_for_function("() => /pin=0.1/.test(location.search)")
    page.reload()
    shows(page, second)
    expect(page.get_by_role("combobox", name="Model").locator("option:checked")).to_have_text("cell.npz, sequence 2")
    expect(panel.get_by_role("heading", name="Unit 1 at")).to_be_visible()


def test_the_command_opens_a_recording_at_the_bare_address(chromium: Browser, tmp_path: Path):
    torch.manual_seed(4)
    words = ["Giraffes", "in", "a", "field"]
    trace = lstm_core.run(nn.LSTM(4, 3, num_layers=2, bidirectional=True), torch.randn(4, 1, 4), tokens=words)
    trace.save(tmp_path / "run.safetensors")
    command = ["-c", "from gatescope.command.main import main; main()", "open", "run.safetensors"]
    with started(command, tmp_path) as address:
        page = chromium.new_context(**usual(address)).new_page()
        page.goto("/")
        shows(page, trace)
        expect(page.get_by_role("combobox", name="Model").locator("option:checked")).to_have_text("run.safetensors")
        expect(page.locator(".gs-about")).to_contain_text(WATCHED)
        page.context.close()
