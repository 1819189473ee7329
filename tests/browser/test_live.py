"""The picture follows the hand, and its numbers are those of lstm_core."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import lstm_core

from .reading import DIMENSIONS, heatmaps, numbers_on_cells, painted, settled, shows, trace_of, traces, words, write


def test_the_default_page_shows_six_heatmaps_without_a_click(page: Page):
    assert words(page) == ["Giraffes", "in", "a", "field"]
    shows(page, trace_of())
    assert {z.shape for z in heatmaps(page).values()} == {(3, 4)}
    assert len(heatmaps(page)) == 6


def test_every_control_has_its_role_and_its_name(page: Page):
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("Giraffes in a field")
    for name in DIMENSIONS:
        expect(page.get_by_role("slider", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("spinbutton", name="seed")).to_have_value("2")
    options = page.get_by_role("combobox", name="Model").locator("option")
    assert options.first.text_content() == "Random (untrained)"


def test_an_untrained_model_is_labelled_and_the_proof_is_on_screen(page: Page):
    expect(page.get_by_text("untrained: random weights")).to_be_visible()
    expect(page.get_by_text(f"matches PyTorch to {settled(page).max_error:.0e}")).to_be_visible()


def test_shapes_are_said_in_the_terms_of_the_lesson(page: Page):
    parameters = sum(weight.numel() for weight in lstm_core.models.random_lstm(4, 3, 1, 2).parameters())
    expect(page.get_by_text("(seq_len, batch, input_size) = (4, 1, 4)")).to_be_visible()
    expect(page.get_by_text("(n_layers, batch, hidden_dim) = (1, 1, 3)")).to_be_visible()
    expect(page.get_by_text(f"parameters: {parameters}")).to_be_visible()


def test_two_equal_words_are_two_columns(page: Page):
    box = page.get_by_role("textbox", name="Sentence")
    box.fill("")
    box.press_sequentially("The cat the dog chased ran")
    trace = settled(page)
    assert words(page) == ["The", "cat", "the", "dog", "chased", "ran"] == trace.tokens[0]
    assert {z.shape for z in heatmaps(page).values()} == {(3, 6)}


def test_one_word_twice_is_two_columns_with_one_vector(page: Page):
    box = page.get_by_role("textbox", name="Sentence")
    box.fill("the cat the dog the")
    trace = settled(page)
    assert words(page) == ["the", "cat", "the", "dog", "the"]
    assert trace.x[0].equal(trace.x[2])
    assert not np.array_equal(heatmaps(page)[0, 0, "c"][:, 0], heatmaps(page)[0, 0, "c"][:, 2])


def test_the_picture_follows_every_keystroke(page: Page):
    box = page.get_by_role("textbox", name="Sentence")
    box.press("End")
    for key in " of gr":
        page.keyboard.press(key)
        settled(page)
    for _ in range(3):
        page.keyboard.press("Backspace")
        settled(page)
    expect(box).to_have_value("Giraffes in a field of")


def test_the_picture_ends_on_the_last_of_many_quick_keystrokes(page: Page):
    page.get_by_role("textbox", name="Sentence").press("End")
    page.keyboard.type(" where nobody has ever seen a single one of them, said the guide")
    settled(page)


@pytest.mark.parametrize(("name", "most"), [("input_dim", 64), ("hidden_dim", 64), ("n_layers", 4)])
def test_keys_move_a_slider_by_one_or_to_its_ends_and_the_shapes_follow(page: Page, name: str, most: int):
    slider = page.get_by_role("slider", name=name)
    before = int(slider.input_value())
    moves = {"ArrowRight": before + 1, "ArrowLeft": before, "End": most, "Home": 1}
    for key, value in moves.items():
        slider.press(key)
        expect(slider).to_have_value(str(value))
        shows(page, trace_of(**{name: value}))


def test_the_seed_draws_another_model(page: Page):
    seed = page.get_by_role("spinbutton", name="seed")
    seed.fill("41")
    shows(page, trace_of(seed=41))
    seed.press("ArrowUp")
    shows(page, trace_of(seed=42))


def test_characters_are_read_one_a_column(page: Page):
    page.get_by_role("combobox", name="Read as").select_option("characters")
    settled(page)
    shows(page, trace_of(tokens="characters"))
    assert "".join(words(page)) == "Giraffes␣in␣a␣field"


def test_scales_are_fixed_and_traces_say_what_they_are(page: Page):
    page.get_by_role("slider", name="n_layers").press("ArrowRight")
    write(page, "The cat the dog chased ran")
    seen = traces(page)
    assert sorted((t["meta"]["layer"], t["name"]) for t in seen) == [(n, q) for n in (0, 1) for q in "cfghio"]
    for trace in seen:
        assert trace["meta"]["direction"] == 0
        assert trace["x"] == [0, 1, 2, 3, 4, 5]
        assert (trace["zmin"], trace["zmax"]) == ((0, 1) if trace["name"] in "ifo" else (-1, 1))


def test_every_colour_choice_repaints_the_same_numbers(page: Page):
    colours = page.get_by_role("combobox", name="Colours")
    scale = "() => JSON.stringify(document.querySelector('.js-plotly-plot').data[0].colorscale)"
    seen = {page.evaluate(scale)}
    for choice in ("purple", "grey"):
        colours.select_option(choice)
        page.wait_for_function(f"before => !before.includes(({scale})())", arg=list(seen))
        seen.add(page.evaluate(scale))
        shows(page, trace_of())


def test_the_picture_follows_while_the_mouse_still_drags(page: Page):
    page.evaluate("""() => {
        window.repaints = []
        const plot = document.querySelector('.js-plotly-plot')
        plot.on('plotly_afterplot', () => window.repaints.push(plot.data[0].z.length))
    }""")
    box = page.get_by_role("slider", name="hidden_dim").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 12, middle)
    page.mouse.down()
    # A hand's way, or as many frames as a slow machine takes to draw three pictures.
    for move in range(2000):
        if move > 40 and len(page.evaluate("window.repaints")) >= 3:
            break
        page.mouse.move(box["x"] + 12 + 3 * (move % 50), middle)
        painted(page, frames=1)
    held = page.evaluate("window.repaints")
    page.mouse.up()
    assert len(held) >= 3
    assert len(set(held)) >= 3
    settled(page)


def test_an_example_is_a_click_away(page: Page):
    page.get_by_role("button", name="nested clauses").click()
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value(
        "The rat that the cat that the dog chased bit died"
    )
    settled(page)
    assert words(page).count("that") == 2


def test_each_cell_with_room_has_its_number_and_plotly_draws_only_colours(page: Page):
    """Plotly makes an SVG text of a number and a PNG of cells with gaps: that took most of a slider's move."""
    found = numbers_on_cells(page)
    assert [len(strip) for strip in found] == [12] * 6
    assert all(all(strip) for strip in found)
    assert page.locator(".heatmap-label").count() == 0
    assert page.evaluate("() => document.querySelector('.gs-plot')._fullData.every(({xgap, ygap}) => !xgap && !ygap)")
    # Of many units only c has room for numbers.
    page.goto("/?model=random&hidden_dim=16")
    settled(page)
    assert [any(strip) for strip in numbers_on_cells(page)] == [False, False, False, True, False, False]
