"""Whatever is typed, pasted or linked: the page stays up, text is text, and a sentence says what was done."""

from playwright.sync_api import Page, expect

import lstm_core

from .reading import controls, settled, shows, trace_of, words, write

# An image that runs a script, an entity, markdown and mathematics, a template, from the right, joined emoji, lines.
ODD = [
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; &#x27;",
    "$x^2$ **bold** :smile:",
    "%{z} {{x}} ${1+1}",
    "زرافات في حقل‏ אבג",
    "a 👩‍👩‍👧‍👦 waves 🏳️‍🌈 👋🏽",
    "one\ntwo\n\nthree",
]


def holds_only_text(page: Page) -> None:
    """No element came out of a text, with the table open and a cell under the mouse."""
    page.locator(".nsewdrag").first.hover(position={"x": 3, "y": 3})
    expect(page.get_by_role("tooltip")).to_be_visible()
    expect(page.get_by_role("region", name="Numbers as a table")).to_be_visible()
    # The page's own sentences set numbers and labels in bold.
    bold = page.locator(".gs-story b")
    assert all(set(text) <= set("+−.0123456789%") for text in bold.all_text_contents())
    ours = ".gs-story b, .gs-why > summary b, .gs-qr"
    assert page.locator(f".gatescope :is(img, b, strong, em, script, iframe, math):not({ours})").count() == 0


def goes_on(page: Page) -> None:
    write(page, "The page stays up")
    assert words(page) == ["The", "page", "stays", "up"]


def test_odd_text_is_shown_as_the_text_it_is_also_from_a_link_and_nothing_to_read_is_said(blank: Page):
    page = blank
    page.goto("/?model=random&sentence=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E")
    shows(page, trace_of(ODD[0]))
    page.get_by_text("The numbers as a table").click()
    holds_only_text(page)
    first_row = page.get_by_role("region", name="Numbers as a table").locator("tbody tr").first
    for text in ODD:
        page.mouse.move(0, 0)
        trace = write(page, text)
        expect(page.get_by_role("textbox", name="Sentence")).to_have_value(text)
        assert words(page) == trace.tokens[0] == lstm_core.words(text)
        holds_only_text(page)
        expect(page.locator(".gs-tip-word")).to_have_text(trace.tokens[0][0])
        expect(first_row.locator("td").nth(1)).to_have_text(trace.tokens[0][0])
    for text in ("\n\n", ""):
        page.get_by_role("textbox", name="Sentence").fill(text)
        expect(page.get_by_role("status")).to_contain_text("Type a sentence to start")
        expect(page.locator(".js-plotly-plot").first).to_be_hidden()
        assert controls(page)["sentence"] == text
        page.wait_for_function("text => new URLSearchParams(location.search).get('sentence') === text", arg=text)
    goes_on(page)
    expect(page.get_by_role("status")).to_be_empty()


def test_a_megabyte_of_words_says_how_much_of_it_is_read(page: Page):
    text = "giraffes " * 120_000
    box = page.get_by_role("textbox", name="Sentence")
    box.fill("")
    box.focus()
    page.keyboard.insert_text(text)
    expect(page.get_by_role("status")).to_contain_text("at least 111,112 words; the first 100,000 are read")
    expect(page.get_by_text("= (100,000, 1, 4)")).to_be_visible()
    assert controls(page)["sentence"] == text
    goes_on(page)


def test_a_megabyte_of_one_word_is_one_column(page: Page):
    text = "a" * 1_000_000
    page.get_by_role("textbox", name="Sentence").fill("")
    page.get_by_role("textbox", name="Sentence").focus()
    page.keyboard.insert_text(text)
    settled(page)
    assert controls(page)["sentence"] == text
    [word] = words(page)
    assert word.endswith("…")
    assert text.startswith(word.removesuffix("…"))
    page.get_by_text("The numbers as a table").click()
    holds_only_text(page)
    goes_on(page)
