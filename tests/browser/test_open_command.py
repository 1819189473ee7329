"""`gatescope open`: the bare address shows the user's own model, to whoever comes."""

from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser, expect
from torch import nn

import lstm_core

from .conftest import usual
from .reading import shows
from .serving import started

OPEN = "from dashboard.command.main import main; main()"


@pytest.fixture(scope="module")
def parts() -> nn.ModuleDict:
    torch.manual_seed(3)
    return nn.ModuleDict({"emb": nn.Embedding(9, 4), "encoder": nn.LSTM(4, 5), "fc": nn.Linear(5, 2)})


def test_the_bare_address_shows_the_model_in_the_file_and_its_text(
    chromium: Browser, parts: nn.ModuleDict, tmp_path: Path
) -> None:
    torch.save(parts.state_dict(), tmp_path / "my model.pt")
    x = parts["emb"](torch.tensor([3, 1, 4]))[:, None].detach()
    trace = lstm_core.run(parts["encoder"], x)
    with started(["-c", OPEN, "open", "my model.pt", "--text", "3 1 4"], tmp_path) as address:
        for _ in range(2):
            page = chromium.new_context(**usual(address)).new_page()
            page.goto("/")
            expect(page.get_by_role("textbox", name="Sentence")).to_have_value("3 1 4")
            model = page.get_by_role("combobox", name="Model")
            expect(model.locator("option:checked")).to_have_text("my model.pt")
            shows(page, trace)
            page.context.close()
