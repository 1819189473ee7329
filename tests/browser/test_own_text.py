"""Does a text that a visitor typed outlast the models that can't read it?"""

from playwright.sync_api import Page, expect

from .reading import view

OWN = "Dogs bark loudly"


def choose(page: Page, model: str) -> None:
    page.get_by_role("combobox", name="Model").select_option(model)
    page.wait_for_function("model => new URLSearchParams(location.search).get('model') === model", arg=model)


def test_a_sentence_left_in_seven_models_is_brought_back(blank: Page):
    page = blank
    page.goto("/")
    box = page.get_by_role("textbox", name="Sentence")
    answers = page.locator(".gs-answers [data-answer]")
    expect(answers).to_have_count(4)
    box.fill(OWN)
    expect(answers).to_have_count(3)
    aside = page.locator(".gs-waits")
    for model in ("counter", "brackets", "copy", "series"):
        choose(page, model)
        expect(aside).to_contain_text(f"This model can't read “{OWN}” and shows an example of its own.")
        expect(box).not_to_have_value(OWN)
        expect(page.get_by_role("status")).not_to_contain_text("does not know")
    for model in ("python-chars", "tagger"):
        choose(page, model)
        expect(box).to_have_value(OWN)
        expect(aside).to_have_count(0)
    choose(page, "counter")
    aside.get_by_role("button", name="Back to tagger").click()
    expect(box).to_have_value(OWN)
    expect(page.get_by_role("combobox", name="Model")).to_have_value("tagger")
    expect(aside).to_have_count(0)
    expect(answers).to_have_count(3)


def test_words_wait_while_numbers_are_read(page: Page):
    box = page.get_by_role("textbox", name="Sentence")
    box.fill(OWN)
    expect(page.locator(".gs-plot .xtick text")).to_have_text(OWN.split())
    with view(page) as menu:
        menu.get_by_role("combobox", name="Read as").select_option("numbers")
    expect(page.locator(".gs-waits")).to_contain_text(OWN)
    expect(page.locator(".gs-extra-title").first).to_contain_text("the series")
    with view(page) as menu:
        menu.get_by_role("combobox", name="Read as").select_option("words")
    expect(box).to_have_value(OWN)
    expect(page.locator(".gs-plot .xtick text")).to_have_text(OWN.split())
    expect(page.locator(".gs-waits")).to_have_count(0)
