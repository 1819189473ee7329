"""The main page reads with trained models, and reads numbers."""

from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

import lstm_core
from lstm_core.models.embeddings import Numbers

from .reading import exported, numbers_told, shows, traces, view, zoom


def choose(page: Page, model: str) -> None:
    page.get_by_role("combobox", name="Model").select_option(model)


def test_a_trained_model_reads_with_its_own_weights_and_says_what_it_makes_of_each_step(page: Page):
    choose(page, "counter")
    box = page.get_by_role("textbox", name="Sentence")
    expect(box).to_have_value("a" * 10 + "b" * 10)
    box.fill("aaabbb")
    model = lstm_core.load_model("counter")
    trace = lstm_core.run(model.lstm, model.vectors(model.tokens("aaabbb")).detach())
    shows(page, trace)
    possible = model.probabilities(model.scores(trace))[:, 0] >= 0.5
    expect(page.locator(".gs-answer")).to_have_count(6)
    said = [(answer.get_attribute("data-answer") or "").split() for answer in page.locator(".gs-answer").all()]
    assert said == [[label for label, is_so in zip(model.labels, row, strict=True) if is_so] for row in possible]
    expect(page.get_by_text("untrained: random weights")).to_be_hidden()
    expect(page.locator(".gs-task")).to_contain_text("Count the a’s")


def test_a_trained_models_dimensions_are_its_own_and_the_persons_come_back(page: Page):
    for _ in range(4):
        page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    choose(page, "counter")
    slider = page.get_by_role("slider", name="hidden_dim")
    expect(slider).to_have_value("4")
    expect(slider).to_be_disabled()
    with view(page) as menu:
        expect(menu.get_by_role("combobox", name="Colours")).to_be_visible()
        for role, name in (("spinbutton", "seed"), ("combobox", "Read as"), ("checkbox", "both directions")):
            expect(page.get_by_role(role, name=name, exact=True, include_hidden=True)).to_be_hidden()
    choose(page, "random")
    expect(slider).to_be_enabled()
    expect(slider).to_have_value("7")
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("Giraffes in a field")
    page.wait_for_function("() => new URLSearchParams(location.search).get('hidden_dim') === '7'")


def test_numbers_are_read_in_place_of_words_and_drawn_over_the_same_axis(page: Page):
    with view(page) as menu:
        menu.get_by_role("combobox", name="Read as").select_option("numbers")
    # The lesson's sentence is no series: an example of one takes its place.
    expect(page.locator(".gs-extra-title").first).to_contain_text("the series")
    table = "day;load;wind\n2024-05-01;1,5;3\n2024-05-02;2,5;4\n2024-05-03;4,5;1"
    page.get_by_role("textbox", name="Sentence").fill(table)
    expect(page.locator(".gs-plot .xtick text")).to_have_text(["2024-05-01", "2024-05-02", "2024-05-03"])
    series = lstm_core.read_series(table)
    x = Numbers.fitted(series.names, series.values)(series.values)
    shows(page, lstm_core.run(lstm_core.models.random_lstm(2, 3, seed=2), x))
    expect(page.get_by_role("slider", name="input_dim")).to_be_disabled()
    expect(page.locator(".gs-extra-labels > div")).to_have_text(["load", "wind"])
    told = numbers_told(page.locator(".gs-extra-drawn"), 3)
    assert told == [{"load": load, "wind": wind} for load, wind in ((1.5, 3), (2.5, 4), (4.5, 1))]


def test_a_csv_of_ten_thousand_rows_is_drawn_zoomed_and_exported(page: Page, tmp_path: Path):
    table = np.random.default_rng(0).normal(size=(10_000, 8)).cumsum(0)
    path = tmp_path / "log.csv"
    np.savetxt(path, table, delimiter=",", header=",".join("abcdefgh"), comments="", fmt="%.4f")
    with view(page) as menu:
        menu.get_by_role("combobox", name="Read as").select_option("numbers")
    page.get_by_label("Open a file").set_input_files(path)
    expect(page.locator(".gs-file")).to_contain_text("log.csv: 10,000 rows")
    expect(page.locator(".gs-extra-labels > div")).to_have_text(list("abcdefgh"))
    zoom(page, x=[4999.5, 5029.5])
    page.wait_for_function("() => document.querySelector('.gs-plot').data[0].x.includes(5010)")
    series = lstm_core.read_series(path)
    trace = lstm_core.run(
        lstm_core.models.random_lstm(8, 3, seed=2), Numbers.fitted(series.names, series.values)(series.values)
    )
    for heatmap in (t for t in traces(page) if t["name"] in lstm_core.traces.QUANTITIES):
        first = heatmap["x"][0]
        expected = trace.cells(heatmap["name"])[:, first : first + len(heatmap["x"])]
        np.testing.assert_allclose(heatmap["z"], expected, atol=1e-6)
    assert len(exported(page, "CSV", tmp_path).read_text().splitlines()) == 1 + 30 * 3
    page.get_by_role("button", name="Whole picture").click()
    assert len(exported(page, "CSV", tmp_path).read_text().splitlines()) == 1 + 10_000 * 3
