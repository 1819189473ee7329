"""The colours of the page change under a view that somebody works with: it goes on where it was."""

from playwright.sync_api import Page, expect

from .reading import settled, shows, trace_of, view, write, zoom

SENTENCE = "one two three four five six seven eight"
RANGE = "document.querySelector('.gs-plot').layout.xaxis.range"


def changed(page: Page, scheme: str) -> None:
    """Waits until the picture, too, is in the colours of a scheme."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"() => document.querySelector('.gatescope')?.dataset.theme === '{scheme}'")
    ink = {"dark": "#e8edf2", "light": "#1b2733"}[scheme]
    page.wait_for_function(f"() => document.querySelector('.gs-plot')?.layout?.font.color === '{ink}'")


def test_zoom_pin_text_and_what_is_open_stay(page: Page):
    write(page, SENTENCE)
    zoom(page, x=[1.5, 5.5])
    expect(page.locator(".gs-plot .xtick text")).to_have_text(SENTENCE.split()[2:6])
    page.locator(".gs-plot .nsewdrag").nth(3).click()
    title = page.locator(".gs-aside h2:visible")
    expect(title).to_contain_text("Unit 1 at")
    pinned = title.text_content()
    page.get_by_text("All weights").click()
    page.get_by_role("slider", name="Time step").fill("2")
    said = page.locator(".gs-now-label").text_content()
    for scheme in ("dark", "light"):
        changed(page, scheme)
        assert page.evaluate(RANGE) == [1.5, 5.5]
        expect(title).to_have_text(pinned)
        expect(page.get_by_role("region", name="All weights")).to_be_visible()
        expect(page.locator(".gs-now-label")).to_have_text(said)
        shows(page, trace_of(SENTENCE))
    # A text that is being written goes on, and the picture is still the live one.
    box = page.get_by_role("textbox", name="Sentence")
    box.fill("only three")
    page.keyboard.type(" words")
    changed(page, "dark")
    expect(box).to_be_focused()
    page.keyboard.type(" long")
    expect(box).to_have_value("only three words long")
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    settled(page)


def test_what_plays_plays_on(page: Page):
    write(page, SENTENCE)
    with view(page) as menu:
        menu.get_by_role("combobox", name="Speed").select_option("0.5")
        menu.get_by_role("button", name="Loop").click()
    page.get_by_role("button", name="Play").click()
    label = page.locator(".gs-now-label")
    expect(label).to_contain_text("step 3")
    # Every step that is said from now on: none is left out, and none comes again before the end.
    page.evaluate("""() => {
        window.steps = []
        const look = () => {
            const said = document.querySelector('.gs-now-label')?.textContent
            if (said && steps.at(-1) !== said) steps.push(said)
            requestAnimationFrame(look)
        }
        look()
    }""")
    changed(page, "dark")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("combobox", name="Speed", include_hidden=True)).to_have_value("0.5")
    page.wait_for_function("() => steps.includes('step 7 (0–7)')")
    assert page.evaluate("steps.slice(0, 1 + steps.indexOf('step 7 (0–7)'))") == [
        f"step {n} (0–7)" for n in range(3, 8)
    ]
