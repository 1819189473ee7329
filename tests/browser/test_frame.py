"""The frame of every page: one bar, Present and Scenes for a lecture, a share that says who can open it."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from gatescope.live.shared_with_browser import PAGES, SCENES, Scene

from .conftest import WIDE, Visitors
from .reading import painted, settled
from .streamlit_page import at_rest, link

PHONE = {"width": 390, "height": 844}


def test_every_page_has_the_same_bar_and_begins_at_its_top_and_a_phone_shows_its_name(blank: Page):
    for name, title in PAGES.items():
        blank.set_viewport_size(WIDE)
        blank.goto(f"/{name}")
        expect(blank.get_by_role("link", name=title, exact=True)).to_have_attribute("aria-current", "page")
        bar = blank.locator(".gs-topbar")
        expect(bar.get_by_role("link", name="gatescope")).to_be_visible()
        for menu in ("Scenes", "Present", "Share"):
            expect(bar.get_by_text(menu, exact=True)).to_be_visible()
        if name:
            # What the page says first stands in the upper quarter of the window.
            assert blank.get_by_role("heading", level=1).first.bounding_box()["y"] < 240
        else:
            expect(bar.get_by_text("Export", exact=True)).to_be_visible()
        blank.set_viewport_size(PHONE)
        pages = blank.get_by_role("navigation", name="Pages", exact=True)
        expect(pages.get_by_role("link", name=title, exact=True)).to_be_in_viewport(ratio=0.95)


# By class, what elements of ours look like, without sizes and places.
LOOKS = """() => {
    const looks = /^border|color|font|style|weight|display|position|opacity|fill|stroke/
    const names = [...getComputedStyle(document.body)].filter(name => looks.test(name))
    return Object.groupBy([...document.querySelectorAll('.stApp [class*="gs-"]')].map(part => {
        const style = getComputedStyle(part)
        return [part.getAttribute('class'), names.map(name => style[name])]
    }), ([name]) => name)
}"""
# What looks otherwise than where the page was opened by its link, as far as it is there.
UNLIKE = f"""direct => Object.entries(({LOOKS})()).flatMap(([name, parts]) =>
    parts.filter(([, looks], n) => `${{direct[name]?.[n]?.[1] ?? looks}}` !== `${{looks}}`).map(() => name))"""


@pytest.mark.slow
def test_a_page_looks_the_same_after_the_other_pages_as_by_its_link(visitors: Visitors):
    walker, direct = visitors(reduced_motion="reduce"), visitors(reduced_motion="reduce")
    pages, looks = list(PAGES.items()), {}
    # By then the styles of all pages have been loaded: a second round meets each of them.
    walk = [pages[stride * n % 5] for stride in (1, 2) for n in range(1, 6)]
    drawn(walker, "/?model=counter")
    for (_, before), (name, title) in zip([pages[0], *walk], walk, strict=False):
        link = walker.get_by_role("link", name=title, exact=True)
        link.press("Enter")
        expect(link).to_have_attribute("aria-current", "page")
        drawn(walker)
        if title not in looks:
            drawn(direct, f"/{name}?model=counter")
            looks[title] = direct.evaluate(LOOKS)
        with suppress(TimeoutError):
            walker.wait_for_function(f"direct => !({UNLIKE})(direct).length", arg=looks[title], polling=500)
        assert walker.evaluate(UNLIKE, looks[title]) == [], f"{title} after {before}"


def drawn(page: Page, address: str = "") -> None:
    """Opens a page, if an address is given, and waits for what it shows, of whichever kind."""
    if address:
        page.goto(address)
    kinds = ".gs-plot .heatmaplayer, .gs-cell-gate, .gs-units-number, .gs-drawing text, [data-testid=stFileUploader]"
    page.locator(kinds).first.wait_for()
    at_rest(page)
    # A style sheet that a module asks for may come later than what it draws.
    page.wait_for_function("[...document.querySelectorAll('link[rel=stylesheet]')].every(({ sheet }) => sheet)")
    page.evaluate("document.activeElement.blur()")


def test_a_phone_shows_the_pages_by_name_and_the_picture_right_after_the_sentence(blank: Page):
    page = blank
    page.set_viewport_size(PHONE)
    page.goto("/?model=random")
    settled(page)
    names = page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link")
    expect(names).to_have_text(list(PAGES.values()))
    assert page.locator(".gs-plot").first.bounding_box()["y"] < PHONE["height"] / 2
    assert page.get_by_role("slider", name="hidden_dim").bounding_box()["y"] > PHONE["height"] / 2
    page.get_by_role("textbox", name="Sentence").fill("Dogs bark")
    names.get_by_text("Units").click()
    expect(page.get_by_role("heading", name="Units", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("Dogs bark")
    page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name="Memory").click()
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("Dogs bark")


def test_share_says_who_can_open_the_link_and_gives_a_frame_and_no_code_of_this_computers_address(page: Page):
    page.get_by_role("slider", name="Time step").fill("2")
    page.get_by_text("Share", exact=True).click()
    share = page.locator(".gs-share")
    expect(share).to_contain_text("Only this computer can open it: 127.0.0.1")
    address = share.get_by_role("textbox", name="Link to this view").input_value()
    assert "at=2" in address
    # A phone that reads the code of such a link would open itself.
    assert share.locator(".gs-qr").get_attribute("src") is None
    frame = share.get_by_role("textbox", name="Code of an embedded view").input_value()
    [source] = re.findall(r'<iframe src="([^"]+)"', frame)
    embedded = page.context.new_page()
    embedded.set_content(frame)
    inside = embedded.frame_locator("iframe")
    expect(inside.locator(".gs-plot .heatmaplayer").first).to_be_visible()
    expect(inside.get_by_role("slider", name="Time step")).to_have_value("2")
    for gone in (".gs-topbar", ".gs-sizes", "[data-testid=stHeader]", ".gs-examples", ".gs-view"):
        expect(inside.locator(gone).first).not_to_be_visible()
    assert source.replace("&amp;", "&") == f"{address}&embed=true"
    embedded.close()


def test_p_presents_the_picture_alone_arrows_step_and_escape_leaves(blank: Page):
    page = blank
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto("/?model=random&pin=0.2.1")
    settled(page)
    number = page.locator(".gs-plot .xtick text").first
    before = number.bounding_box()["height"]
    page.keyboard.press("p")
    expect(page.locator(".gs-topbar")).not_to_be_visible()
    expect(page.locator(".gs-sizes")).not_to_be_visible()
    box = page.locator(".gatescope").bounding_box()
    assert (round(box["width"]), round(box["height"])) == (1280, 720)
    page.wait_for_function("before => document.querySelector('.xtick text').getBoundingClientRect().height > before",
                           arg=before * 1.1)  # fmt: skip
    page.wait_for_function("() => new URLSearchParams(location.search).get('present') === '1'")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => new URLSearchParams(location.search).get('at') === '2'")
    page.keyboard.press("PageUp")
    page.wait_for_function("() => new URLSearchParams(location.search).get('at') === '1'")
    # A cell under the magnified pointer is the one that is pinned.
    cell = page.locator(".gs-plot .nsewdrag").nth(3).bounding_box()
    page.mouse.click(cell["x"] + cell["width"] * 0.375, cell["y"] + cell["height"] * 0.5)
    page.wait_for_function("() => new URLSearchParams(location.search).get('pin') === '0.1.1'")
    page.reload()
    expect(page.locator(".gs-plot .heatmaplayer").first).to_be_visible()
    expect(page.locator(".gs-topbar")).not_to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".gs-topbar")).to_be_visible()
    page.wait_for_function("() => !new URLSearchParams(location.search).has('present')")
    # Another page is presented too, and p is a letter in a text.
    page.get_by_role("textbox", name="Sentence").press("p")
    expect(page.locator(".gs-topbar")).to_be_visible()
    page.goto("/lesson?present=1")
    page.locator("html[data-gs-present]").wait_for(state="attached")
    expect(page.get_by_text("The LSTM starts from")).to_be_visible()
    expect(page.locator(".gs-topbar")).not_to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="One step at a time")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".gs-topbar")).to_be_visible()


def shown(page: Page, scene: Scene) -> None:
    """The scene's page and line, its answer under a cover until it is asked for."""
    card = page.locator(f"[data-scene={scene.name}]")
    expect(card.get_by_role("heading", name=scene.title)).to_be_visible()
    expect(page.locator(".js-plotly-plot .main-svg, .gs-drawing").first).to_be_visible()
    expect(card.get_by_text(scene.says)).to_be_visible()
    card.get_by_text("Question").click()
    expect(card.get_by_text(scene.asks)).to_be_visible()
    expect(card.get_by_text(scene.answer)).not_to_be_visible()
    card.get_by_text("Show the answer").click()
    expect(card.get_by_text(scene.answer)).to_be_visible()
    page.wait_for_function("name => new URLSearchParams(location.search).get('scene') === name", arg=scene.name)
    # The untrained LSTM goes without saying.
    assert link(page).items() >= {(name, value) for name, value in scene.query.items() if value != "random"}


def test_each_scene_opens_from_the_menu_and_the_next_one_follows(page: Page):
    page.get_by_text("Scenes", exact=True).click()
    page.get_by_role("link", name=f"1. {SCENES[0].title}").click()
    for scene in SCENES:
        shown(page, scene)
        page.get_by_role("button", name="Next scene").click()
    shown(page, SCENES[0])
    page.get_by_role("button", name="Close the scene").click()
    expect(page.locator(".gs-scene")).to_have_count(0)
    page.wait_for_function("() => !new URLSearchParams(location.search).has('scene')")


PRESENTED = """() => {
    const inside = box => box.top >= 0 && box.left >= 0 && box.right <= innerWidth + 1 && box.bottom <= innerHeight
    const parts = [...document.querySelectorAll('.gs-plot, .gs-legend, .gs-sentence textarea, .gs-story')]
    const low = [...document.querySelectorAll('.gatescope *')].filter(part => {
        const text = [...part.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
        if (!text || !part.checkVisibility() || part.closest('.gs-unseen, .gs-tip')) return false
        const drawing = part.closest('svg.gs-cell')
        const grown = drawing ? drawing.clientWidth / drawing.viewBox.baseVal.width : 1
        const stage = +document.documentElement.style.getPropertyValue('--gs-stage')
        return parseFloat(getComputedStyle(part).fontSize) * stage * grown < 0.0199 * innerHeight
    })
    // A picture that comes with another window has no heatmaps yet.
    const strips = document.querySelector('.gs-plot').data ?? []
    return {
        outside: parts.filter(part => !inside(part.getBoundingClientRect())).map(part => part.className),
        low: low.map(part => part.textContent), strips: strips.map(({name}) => name).join(''),
        rows: strips[0]?.z.length,
    }
}"""
TALKS = [
    "model=tagger-sizes&sentence=Giraffes+in+a+field&pin=0.2.3",
    "model=tagger&sentence=The+dog+that+barked+at+the+cats+ran+away&pin=0.40.2",
    "model=tagger-bi&sentence=The+dog+ran",
    "model=python-chars",
    "model=series",
    "model=random&n_layers=4&directions=2&hidden_dim=64",
]


@pytest.mark.parametrize("link", TALKS)
def test_presented_every_strip_is_in_the_window_and_no_letter_is_small(blank: Page, link: str):
    page = blank
    page.set_viewport_size({"width": 1300, "height": 800})
    page.goto(f"/?{link}&present=1")
    expect(page.locator(".gs-plot .heatmaplayer").first).to_be_visible()
    for width, height in ((1024, 768), (1440, 900), (1920, 1080), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        fits = "strips && !outside.length && !low.length"
        page.wait_for_function(f"() => {{ const {{outside, low, strips}} = ({PRESENTED})(); return {fits} }}")
        if "hidden_dim=64" in link or "python" in link:
            # Plotly may be behind the page that says how many rows there are.
            few = "document.querySelector('.gs-few').textContent"
            page.wait_for_function(f"() => {few}.includes(`${{({PRESENTED})().rows}} of `)")
        found = page.evaluate(PRESENTED)
        assert found["strips"] == "figcoh"
        assert 1 < found["rows"] <= 16


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_presented_no_name_of_a_number_touches_the_frame_of_the_drawn_cell(blank: Page, size: tuple[int, int]):
    blank.set_viewport_size({"width": size[0], "height": size[1]})
    blank.goto("/?model=tagger-sizes&pin=0.2.3&present=1")
    frame = blank.locator(".gs-aside .gs-cell-body")
    expect(frame).to_be_visible()
    for name in ("c before", "h before"):
        label = blank.locator(".gs-aside .gs-cell-label", has_text=name).bounding_box()
        assert label["x"] + label["width"] + 3 < frame.bounding_box()["x"]


@pytest.mark.parametrize("address", ["/?model=tagger-sizes&present=1", "/lesson?present=1"])
def test_who_opens_a_link_that_presents_finds_a_way_out_with_the_mouse(blank: Page, address: str):
    blank.set_viewport_size({"width": 1280, "height": 800})
    blank.goto(address)
    blank.locator("html[data-gs-present]").wait_for(state="attached")
    expect(blank.locator(".js-plotly-plot .main-svg, .gs-drawing").first).to_be_visible()
    at_rest(blank)
    pictures = "document.querySelectorAll('.js-plotly-plot, .gs-drawing')"
    plots = f"[...{pictures}].map(picture => picture.getBoundingClientRect().bottom)"
    blank.wait_for_function(f"() => Math.max(...{plots}) <= 800")
    painted(blank)
    before = blank.evaluate(plots)
    leave = blank.get_by_role("button", name="Leave (Esc)")
    expect(leave).to_have_count(0)
    blank.mouse.move(400, 300)
    expect(leave).to_be_in_viewport(ratio=1)
    assert blank.evaluate(plots) == before
    blank.mouse.move(410, 300)
    leave.click()
    expect(blank.locator(".gs-topbar")).to_be_visible()
    expect(leave).to_have_count(0)
