"""A sentence is read while it is typed, on every page: nobody has to press Enter or to leave the box."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from .streamlit_page import asks, link


@pytest.mark.parametrize(("place", "name"), [("units", "Sentence"), ("compare", "Sentence A"), ("lesson", "Sentence")])
def test_a_page_reads_what_is_typed_and_the_box_keeps_the_keyboard(blank: Page, place: str, name: str):
    blank.goto(f"/{place}?" + urlencode({"model": "tagger", "sentence": "Dogs bark"}))
    box = blank.get_by_role("textbox", name=name, exact=True)
    expect(box).to_have_value("Dogs bark")
    box.press("End")
    box.press_sequentially(" loudly")
    expect(box).to_have_value("Dogs bark loudly")
    asks(blank, sentence="Dogs bark loudly")
    expect(box).to_be_focused()
    expect(box).to_have_value("Dogs bark loudly")


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


def test_a_text_of_several_lines_is_read_while_it_is_typed(blank: Page):
    blank.goto("/units?" + urlencode({"model": "python-chars", "sentence": "x = 1\ny"}))
    box = blank.get_by_role("textbox", name="Sentence", exact=True)
    expect(box).to_have_value("x = 1\ny")
    box.press("Control+End")
    box.press_sequentially(" = 2")
    asks(blank, sentence="x = 1\ny = 2")
    expect(box).to_be_focused()
