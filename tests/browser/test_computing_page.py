"""A page that carries its model, opened from a disk without a network: a reader types another text and holds a gate."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from torch import nn

import lstm_core
from gatescope.command.main import main
from gatescope.offline.downloads import download
from gatescope.question import link
from gatescope.question.view import View
from gatescope.reading.held import read_view
from gatescope.store import visitor_models
from lstm_core import SequenceModel
from lstm_core.models.embeddings import Vocabulary
from lstm_core.plots.labels import signed

from .conftest import FromDisk
from .reading import shows, traces

OTHER = "A dog saw 2 cats"
BOX = "Sentence"


def exported(**query: str) -> bytes:
    """What Export's HTML is for a link."""
    return b"".join(download("html", view_of(query)).pieces)


def view_of(query: dict[str, str]) -> View:
    return link.read(View(), query)[0]


def types(page: Page, text: str, last: str) -> None:
    """Type a text whose last word is `last`, and wait until its picture is drawn."""
    page.get_by_role("textbox", name=BOX).fill(text)
    expect(page.locator(".gs-heatmaps .xtick text").last).to_have_text(last)


@pytest.mark.parametrize("model", ["tagger-sizes", "random"])
def test_another_sentence_is_computed_and_explained_as_lstm_core_does(from_disk: FromDisk, model: str):
    query = {"model": model, "sentence": "Giraffes in a field"}
    page = from_disk(exported(**query, pin="0.2.3"))
    expect(page.locator(".gs-proved")).to_contain_text("its states match PyTorch’s to")
    page.get_by_text("Why this value?").click()
    explains(page, query)
    types(page, OTHER, "cats")
    explains(page, query | {"sentence": OTHER})
    found = read_view(view_of({"model": model, "sentence": OTHER})).reading
    shows(page, found.trace, near=2e-6)
    expect(page.locator(".gs-proof")).to_have_text("computed in this page")
    if found.model:
        said = found.probabilities().argmax(-1)
        labels = [found.model.labels[best] for best in said]
        under_the_strips = page.locator(".gs-plot ~ .gs-answers [data-answer]")
        assert under_the_strips.evaluate_all("chips => chips.map(chip => chip.dataset.answer)") == labels
    page.get_by_role("button", name="Back to the original").click()
    expect(page.locator(".gs-heatmaps .xtick text").last).to_have_text("field")
    expect(page.locator(".gs-proof")).to_contain_text("checked: matches PyTorch")
    shows(page, read_view(view_of({"model": model, "sentence": "Giraffes in a field"})).reading.trace, near=2e-6)


def test_a_page_carries_a_gru_too(from_disk: FromDisk):
    torch.manual_seed(3)
    parts: dict[str, Any] = {"embedding": Vocabulary(OTHER.split(), size=3), "lstm": nn.GRU(3, 4)}
    labels = {"linear": nn.Linear(4, 2), "labels": ["x", "y"], "reads": "words", "gives": "classes"}
    key = visitor_models.put(SequenceModel("mine", "a task", **parts, **labels).eval())
    page = from_disk(exported(model=key, sentence="cats"))
    expect(page.locator(".gs-proved")).to_contain_text("its states match PyTorch’s to")
    types(page, OTHER, "cats")
    shows(page, read_view(view_of({"model": key, "sentence": OTHER})).reading.trace, "figco", near=2e-6)


def test_a_part_of_a_long_text_is_computed_step_by_step(from_disk: FromDisk):
    """Of more steps than there is room for, each column has several."""
    page = from_disk(exported(model="random", sentence="Giraffes in a field"))
    long = " ".join(f"word{number}" for number in range(3_000))
    page.get_by_role("textbox", name=BOX).fill(long)
    trace = read_view(view_of({"model": "random", "sentence": long})).reading.trace
    for _ in range(8):
        page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function(f"() => ({STEPS})().length < 100")
    drawn = traces(page)
    steps = drawn[0]["x"]
    assert steps == list(range(steps[0], steps[0] + len(steps)))
    for strip in drawn:
        np.testing.assert_allclose(strip["z"], trace.cells(strip["name"])[:, strip["x"]], atol=2e-5)


# The steps of the columns that are drawn.
STEPS = "() => [...document.querySelector('.gs-plot')._fullData[0].x]"


def test_a_gate_is_held_and_what_that_changes_is_said(from_disk: FromDisk):
    page = from_disk(exported(model="tagger-sizes", sentence="Giraffes in a field", pin="0.2.3"))
    panel = page.get_by_role("complementary", name="The cell")
    panel.get_by_role("button", name="f → 0", exact=True).click()
    expect(page.locator(".gs-story")).to_contain_text("f of unit 2 at “field” is held at 0")
    held = {"model": "tagger-sizes", "sentence": "Giraffes in a field", "holds": "f.0.2.3_0"}
    shows(page, read_view(view_of(held)).reading.trace, near=2e-6)
    page.locator(".gs-story").get_by_role("button", name="Undo").click()
    shows(page, read_view(view_of({**held, "holds": ""})).reading.trace, near=2e-6)


def explains(page: Page, query: dict[str, str]) -> None:
    """Waits until the drawer says of the pinned cell what lstm_core says of it."""
    reading = read_view(view_of(query)).reading
    trace = read_view(view_of(query)).trace
    shares = lstm_core.ledger(trace, 3).cell[1:5, 2]
    bars = page.locator("[data-row=still] .gs-why-bar")
    said = re.compile(re.escape(f"is {signed(trace.c[0, 0, 3, 0, 2].item())}"))
    expect(page.locator(".gs-why-said")).to_have_text(said)
    found = bars.evaluate_all("bars => bars.map(bar => +bar.dataset.share)")
    np.testing.assert_allclose(found, shares, atol=2e-6)
    if reading.model is None:
        expect(page.get_by_text("Nothing reads h here").first).to_be_visible()
        return
    bars = page.locator("[data-row=answer] .gs-why-bar")
    found = bars.evaluate_all("bars => bars.map(bar => +bar.dataset.share)")
    whole = lstm_core.explain(reading.model, reading.tokens, time=3)
    np.testing.assert_allclose(found, whole.by_step[:4], atol=2e-6)


def own_model() -> SequenceModel:
    """A small model that reads characters in both directions."""
    torch.manual_seed(4)
    parts = {
        "embedding": Vocabulary("abc ", size=3, generator=torch.Generator().manual_seed(1)),
        "lstm": nn.LSTM(3, 5, bidirectional=True),
        "linear": nn.Linear(10, 2),
    }
    return SequenceModel("mine", "x or y", ["x", "y"], reads="characters", gives="classes", **parts).eval()


def test_a_model_of_ones_own_goes_with_its_trace(from_disk: FromDisk):
    model = own_model()

    def run(text: str) -> lstm_core.Trace:
        tokens = model.tokens(text)
        return lstm_core.run(model.lstm, model.vectors(tokens).detach(), tokens=tokens)

    page = from_disk(run("ab ca").show(model).page)
    shows(page, run("ab ca"), near=2e-6)
    types(page, "cab", "b")
    shows(page, run("cab"), near=2e-6)


def test_what_the_command_writes_computes(from_disk: FromDisk, tmp_path: Path):
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["export", "counter", "--text", "aaabbb", "--out", f"{tmp_path / 'counter.html'}"])
    page = from_disk((tmp_path / "counter.html").read_bytes())
    types(page, "aabb", "b")
    model = lstm_core.load_model("counter")
    shows(page, lstm_core.run(model.lstm, model.vectors(list("aabb"))), near=2e-6)


def test_a_page_that_cannot_prove_its_model_computes_nothing(from_disk: FromDisk):
    """The trace began with a state, of which the model says nothing."""
    model = own_model()
    tokens = model.tokens("ab ca")
    state = torch.ones(2, 1, 5), torch.ones(2, 1, 5)
    trace = lstm_core.run(model.lstm, model.vectors(tokens).detach(), state, tokens=tokens)
    page = from_disk(trace.show(model).page)
    shows(page, trace, near=2e-6)
    expect(page.get_by_role("textbox", name=BOX)).to_have_count(0)
    expect(page.get_by_text("its h and c are")).to_be_visible()


def test_a_model_that_is_too_large_stays_at_home(from_disk: FromDisk):
    page = from_disk(exported(model="tagger", sentence="Giraffes in a field"))
    expect(page.get_by_role("textbox", name=BOX)).to_have_count(0)
