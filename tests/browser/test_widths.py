"""Both pages fit a phone and a desk, in light and in dark."""

from itertools import combinations, product

from playwright.sync_api import Page, ViewportSize, expect

from .reading import write

WIDTHS: dict[str, ViewportSize] = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1300, "height": 1000}}
SENTENCES = ["Giraffes in a field", "The extraordinarily overcomplicated dog chased everything that ran"]

Box = tuple[float, float, float, float]


def fits(page: Page) -> None:
    """Nothing can be scrolled to the side, nor stands out to the right."""
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    outside = page.evaluate("""() => [...document.querySelectorAll('.stMain *')]
        .filter(e => e.checkVisibility({visibilityProperty: true}) && e.textContent.trim())
        .filter(e => {
            for (let box = e; box; box = box.parentElement) {
                if (!['visible', ''].includes(getComputedStyle(box).overflowX) && !box.matches('.stMain')) return false
            }
            return e.getBoundingClientRect().right > innerWidth + 1
        }).map(e => `${e.tagName}.${e.getAttribute('class')}: ${e.textContent.slice(0, 40)}`)""")
    assert outside == []


def boxes(page: Page, selector: str) -> dict[str, Box]:
    """Where each visible text lies: [left, top, right, bottom]."""
    found = page.evaluate(
        """selector => [...document.querySelectorAll(selector)].map((e, n) => {
            const range = document.createRange()
            range.selectNodeContents(e)
            const {left, top, right, bottom} = range.getBoundingClientRect()
            return [`${n} ${e.textContent}`, [left, top, right, bottom]]
        }).filter(([, [left, top, right, bottom]]) => right > left && bottom > top)""",
        selector,
    )
    return {text: tuple(box) for text, box in found}


def overlap(one: Box, other: Box) -> bool:
    """By more than a pixel."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 1 and down > 1


def apart(texts: dict[str, Box], others: dict[str, Box] | None = None) -> None:
    """No text lies over another."""
    pairs = combinations(texts.items(), 2) if others is None else product(texts.items(), others.items())
    assert [(one, other) for (one, box), (other, second) in pairs if overlap(box, second)] == []


def test_the_main_page_fits_and_no_name_lies_over_a_word_or_a_name(page: Page):
    apart(boxes(page, ".gatescope .xtick text"))
    for size, move in product(WIDTHS.values(), ("Home", "ArrowRight")):
        page.set_viewport_size(size)
        page.get_by_role("slider", name="n_layers").press(move)
        for sentence in SENTENCES:
            write(page, sentence)
            fits(page)
            names, words = boxes(page, ".gs-name"), boxes(page, ".gatescope .xtick text")
            assert len(names) >= 6
            # Where not all words have room, the picture shows a part of the text.
            assert len(words) >= 3
            apart(words)
            apart(names)
            apart(names, words)


def test_a_training_fits(blank: Page):
    blank.goto("/open?how=train")
    expect(blank.locator(".js-plotly-plot, .gs-drawing")).to_have_count(2)
    for size in WIDTHS.values():
        blank.set_viewport_size(size)
        fits(blank)


def test_a_phone_has_the_picture_of_units_on_its_first_screen(blank: Page):
    blank.set_viewport_size(WIDTHS["phone"])
    blank.goto("/units")
    expect(blank.locator(".gs-units-row.gs-open .gs-units-gate").last).to_be_in_viewport(ratio=1)


def test_how_many_units_are_shown_stands_apart_from_the_names_also_over_numbered_steps(blank: Page):
    for words in (8, 100):
        blank.goto(f"/?model=python-chars&sentence={'abcdefg '[:8] * (words // 8)}")
        few = blank.locator(".gs-few")
        expect(few).to_contain_text("show all")
        expect(blank.locator(".gs-plot .heatmaplayer")).to_have_count(6)
        apart(boxes(blank, ".gs-few > *"), boxes(blank, ".gs-name > *, .gs-inputs-name"))


def test_the_words_stay_at_the_top_of_the_window_far_down_a_high_picture(blank: Page):
    chars = "?model=python-chars&top=all&sentence=def hello(name):"
    for size, link in ((WIDTHS["phone"], ""), ({"width": 1000, "height": 700}, chars)):
        blank.set_viewport_size(size)
        blank.goto(f"/{link}")
        expect(blank.locator(".gs-plot .heatmaplayer").last).to_be_visible()
        blank.locator(".gs-foot").scroll_into_view_if_needed()
        expect(blank.locator(".gs-words").first).to_be_in_viewport()
