"""A GRU of one's own in a real browser: opened, asked another text, held at a gate, asked why."""

import torch
from playwright.sync_api import Page, expect
from torch import nn

import lstm_core
from lstm_core import Hold
from lstm_core.traces.trace import as_update
from tests.weight_files import saved

from .reading import shows
from .test_cells import point_at
from .test_open import drop, opened

WORDS = ["<unk>", "Giraffes", "in", "a", "field", "not"]


def test_a_gru_of_ones_own_reads_another_text_and_a_gate_of_it_is_held(page: Page):
    torch.manual_seed(4)
    parts = nn.ModuleDict({"emb": nn.Embedding(6, 4), "gru": nn.GRU(4, 5), "fc": nn.Linear(5, 3)}).eval()
    for weight in parts.parameters():
        nn.init.uniform_(weight, -2, 2)
    x = parts.emb(torch.tensor([5, 2, 3, 4])).detach().unsqueeze(1)

    def shown_is(*holds: Hold) -> None:
        with lstm_core.intervene(parts.gru, *holds) if holds else torch.no_grad():
            trace = lstm_core.run(parts.gru, x)
        shows(page, as_update(trace), "figco")

    drop(opened(page), saved({"state": parts.state_dict(), "vocab": WORDS}), "mine.pt")
    page.get_by_role("button", name="Open it on the Memory page").click()
    page.locator(".gs-plot .heatmaplayer").first.wait_for()
    page.get_by_role("textbox", name="Sentence").fill("not in a field")
    shown_is()
    assert page.locator(".gs-name i").all_text_contents()[-5:] == ["z", "", "n", "h", "r"]
    point_at(page, 0, 1, 2)
    page.mouse.down()
    page.mouse.up()
    panel = page.get_by_role("complementary", name="The cell")
    expect(panel.get_by_role("button", name="→")).to_have_text(["z → 0", "z → 1", "r → 0", "r → 1", "h → 0"])
    panel.get_by_role("button", name="z → 0").click()
    shown_is(Hold("z", 0.0, [2], steps=[1]))
    expect(page.locator(".gs-holds-now")).to_contain_text("z of unit 2 at “in” is held at 0.")
    page.wait_for_function("() => new URLSearchParams(location.search).get('holds') === 'z.0.2.1_0'")
    slider = panel.get_by_role("slider", name="reset gate r")
    slider.press("End")
    shown_is(Hold("z", 0.0, [2], steps=[1]), Hold("r", 1.0, [2], steps=[1]))
    page.keyboard.press("Escape")
    shown_is(Hold("z", 0.0, [2], steps=[1]))
    page.keyboard.press("Escape")
    shown_is()
    page.get_by_text("Why this value?").click()
    expect(page.locator(".gs-why-said")).to_contain_text("h of unit 2 at “in” is")
    expect(page.locator(".gs-why-name").filter(has_text="still in h")).to_be_visible()
