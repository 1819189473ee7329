"""A sentence is read while it is typed, on every page: nobody has to press Enter or to leave the box."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from .streamlit_page import asks, link


@pytest.mark.parametrize(
    ("place", "name", "model", "before", "typed"),
    [
        *[(place, "Sentence", "tagger", "Dogs bark", " loudly") for place in ("units", "lesson")],
        ("compare", "Sentence A", "tagger", "Dogs bark", " loudly"),
        ("units", "Sentence", "python-chars", "x = 1\ny", " = 2"),
    ],
)
def test_a_page_reads_what_is_typed_and_the_box_keeps_the_keyboard(
    blank: Page, place: str, name: str, model: str, before: str, typed: str
):
    blank.goto(f"/{place}?" + urlencode({"model": model, "sentence": before}))
    box = blank.get_by_role("textbox", name=name, exact=True)
    expect(box).to_have_value(before)
    box.press("Control+End")
    box.press_sequentially(typed)
    asks(blank, sentence=before + typed)
    expect(box).to_be_focused()
    expect(box).to_have_value(before + typed)


def test_what_is_typed_before_the_frame_is_loaded_is_read(blank: Page):
    held = []
    blank.route("**/browser/modules.js", lambda route: held.append(route))
    blank.goto("/units?" + urlencode({"model": "tagger", "sentence": "Dogs bark"}))
    box = blank.get_by_role("textbox", name="Sentence", exact=True)
    expect(box).to_have_value("Dogs bark")
    box.press("End")
    box.press_sequentially(" loudly")
    # Longer than the page waits for the next key.
    blank.wait_for_timeout(500)
    assert (len(held), link(blank)["sentence"]) == (1, "Dogs bark")
    held[0].continue_()
    asks(blank, sentence="Dogs bark loudly")
    expect(box).to_be_focused()
    blank.unroute("**/browser/modules.js")
