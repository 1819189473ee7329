"""All units of a layer at the pinned step, as a table; and the way to the panel on a small screen."""

import numpy as np
from playwright.sync_api import Page, expect

from .conftest import Visitors
from .reading import settled, write
from .test_pinning import pinned, trace  # noqa: F401

READ = """() => [...document.querySelectorAll('[aria-label="All units at this step"] tbody tr')].map(row =>
    [...row.cells].map(cell => cell.textContent.replace("−", "-")))"""


def test_the_table_holds_all_units_of_the_layer_at_the_pinned_step(page: Page, pinned):  # noqa: F811
    expect(page.get_by_role("region", name="All units at this step")).to_be_hidden()
    page.get_by_text("All units at this step").click()
    table = page.get_by_role("region", name="All units at this step")
    expect(table.get_by_role("columnheader")).to_have_text(["unit", *"ifgoch"])
    for step in (3, 1):
        page.get_by_role("slider", name="Time step").fill(str(step))
        expect(table).to_contain_text(f"Layer 1, step {step}, “{pinned.tokens[0][step]}”")
        shown = np.array(page.evaluate(READ), float)
        assert shown[:, 0].tolist() == [0, 1, 2]
        for column, quantity in enumerate("ifgoch", start=1):
            expected = getattr(pinned, quantity)[1, 0, step, 0]
            np.testing.assert_allclose(shown[:, column], expected, atol=5.1e-4)
    marked = table.locator("tr[aria-current]")
    expect(marked).to_have_count(1)
    assert marked.get_by_role("rowheader").text_content() == "2"


def test_on_a_phone_a_sign_leads_to_the_pinned_cell_and_nothing_jumps(visitors: Visitors):
    page = visitors(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
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


def test_on_a_desk_that_shows_the_panel_there_is_no_sign(visitors: Visitors):
    page = visitors(viewport={"width": 1600, "height": 1000})
    page.goto("/?pin=0.1.2")
    settled(page)
    expect(page.get_by_role("heading", name="Unit 1 at “a”")).to_be_in_viewport()
    expect(page.get_by_role("button", name="The pinned cell")).to_be_hidden()
