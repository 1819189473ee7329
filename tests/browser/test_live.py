"""The picture follows the hand, and its numbers are those of lstm_core."""

from playwright.sync_api import Page, expect

from .conftest import Watch
from .reading import numbers_on_cells, painted, settled, shows, trace_of, traces, words, write


def test_the_picture_follows_every_keystroke_every_key_of_a_slider_and_the_seed(page: Page):
    box = page.get_by_role("textbox", name="Sentence")
    box.press("End")
    for key in " of gr":
        page.keyboard.press(key)
        settled(page)
    for _ in range(3):
        page.keyboard.press("Backspace")
        settled(page)
    expect(box).to_have_value("Giraffes in a field of")
    # It ends on the last of many quick ones.
    page.keyboard.type(" where nobody has ever seen a single one of them, said the guide")
    settled(page)
    write(page, "Giraffes in a field")
    for name, most in (("input_dim", 64), ("hidden_dim", 64), ("n_layers", 4)):
        slider = page.get_by_role("slider", name=name)
        before = int(slider.input_value())
        moves = {"ArrowRight": before + 1, "ArrowLeft": before, "End": most, "Home": 1}
        for key, value in moves.items():
            slider.press(key)
            expect(slider).to_have_value(str(value))
            shows(page, trace_of(**{name: value}))
        slider.fill(str(before))
    seed = page.get_by_role("spinbutton", name="seed")
    seed.fill("41")
    shows(page, trace_of(seed=41))
    seed.press("ArrowUp")
    shows(page, trace_of(seed=42))


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
        if move > 40 and len(set(page.evaluate("window.repaints"))) >= 3:
            break
        page.mouse.move(box["x"] + 12 + 3 * (move % 50), middle)
        painted(page, frames=1)
    held = page.evaluate("window.repaints")
    page.mouse.up()
    assert len(set(held)) >= 3
    settled(page)


def test_the_console_lists_what_is_drawn_each_cell_with_room_has_its_number_and_plotly_draws_only_colours(page: Page):
    """Plotly makes an SVG text of a number and a PNG of cells with gaps: that took most of a slider's move."""
    listed = page.evaluate("gatescope.heatmaps()")
    assert [(one["name"], one["layer"], one["direction"], one["z"]) for one in listed] == [
        (one["name"], one["meta"]["layer"], one["meta"]["direction"], one["z"]) for one in traces(page)
    ]
    for one in listed:
        assert (one["units"], one["words"], one["shape"]) == ([0, 1, 2], words(page), [3, 4])
    found = numbers_on_cells(page)
    assert [len(strip) for strip in found] == [12] * 6
    assert all(all(strip) for strip in found)
    assert page.locator(".heatmap-label").count() == 0
    assert page.evaluate("() => document.querySelector('.gs-plot')._fullData.every(({xgap, ygap}) => !xgap && !ygap)")
    # Of many units only c has room for numbers.
    page.goto("/?model=random&hidden_dim=16")
    settled(page)
    assert [any(strip) for strip in numbers_on_cells(page)] == [False, False, False, True, False, False]


AWAY = "The server does not answer; trying again…"
BACK = "The server answers again."


# Counts the questions that got no answer, until the page says so.
COUNT_FAILED = """away => {
    let failed = 0
    const own = window.fetch
    window.fetch = (...asked) => own(...asked).catch(error => { failed++; throw error })
    const status = document.querySelector(".gs-notices")
    const look = () => { if (status.textContent.includes(away)) window.failedUntilSaid ??= failed }
    new MutationObserver(look).observe(status, { childList: true, subtree: true, characterData: true })
}"""


def test_that_the_server_does_not_answer_is_said_at_the_first_question_and_that_it_is_back(
    page: Page, tab: tuple[Page, Watch]
):
    page.evaluate(COUNT_FAILED, AWAY)
    page.context.set_offline(True)
    try:
        page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
        expect(page.get_by_role("status")).to_contain_text(AWAY)
    finally:
        page.context.set_offline(False)
    expect(page.get_by_role("status")).to_contain_text(BACK)
    assert page.evaluate("window.failedUntilSaid") == 1
    settled(page)
    assert page.get_by_role("slider", name="hidden_dim").input_value() == "4"
    tab[1].forget()
