"""The way to the panel of the pinned cell on a small screen."""

from playwright.sync_api import Page, expect

from .reading import settled, write


def test_on_a_phone_a_sign_leads_to_the_pinned_cell_and_nothing_jumps(blank: Page):
    page = blank
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    page.goto("/?model=random")
    settled(page)
    write(page, "The cat the dog")
    sign = page.get_by_role("button", name="The pinned cell")
    expect(sign).to_be_hidden()
    cell = page.locator(".gs-plot .nsewdrag").first
    page.evaluate("document.querySelector('.stMain').scrollTop = 120")
    top = page.evaluate("document.querySelector('.stMain').scrollTop")
    cell.click()
    heading = page.get_by_role("heading", name="Unit 1 at “the”")
    expect(heading).not_to_be_in_viewport()
    expect(sign).to_be_in_viewport()
    assert page.evaluate("document.querySelector('.stMain').scrollTop") == top
    sign.click()
    expect(heading).to_be_in_viewport()
    expect(sign).to_be_hidden()
    page.get_by_role("button", name="Unpin").click()
    expect(sign).to_be_hidden()
