"""Does a text that a visitor typed outlast the models that can't read it?"""

from playwright.sync_api import Page, expect

OWN = "Dogs bark loudly"


def choose(page: Page, model: str) -> None:
    page.get_by_role("combobox", name="Model").select_option(model)
    page.wait_for_function("model => new URLSearchParams(location.search).get('model') === model", arg=model)


def test_a_sentence_that_two_models_in_turn_cannot_read_is_brought_back(blank: Page):
    page = blank
    page.goto("/")
    box = page.get_by_role("textbox", name="Sentence")
    answers = page.locator(".gs-answers [data-answer]")
    expect(answers).to_have_count(4)
    box.fill(OWN)
    expect(answers).to_have_count(3)
    aside = page.locator(".gs-waits")
    for model in ("counter", "series"):
        choose(page, model)
        expect(aside).to_contain_text(f"This model can't read “{OWN}” and shows an example of its own.")
        expect(box).not_to_have_value(OWN)
        expect(page.get_by_role("status")).not_to_contain_text("does not know")
    choose(page, "tagger")
    expect(box).to_have_value(OWN)
    expect(aside).to_have_count(0)
    choose(page, "counter")
    aside.get_by_role("button", name="Back to tagger").click()
    expect(box).to_have_value(OWN)
    expect(page.get_by_role("combobox", name="Model")).to_have_value("tagger")
    expect(aside).to_have_count(0)
    expect(answers).to_have_count(3)
