"""The pictures of the documentation, taken of the running dashboard: `python -m tests.browser.pictures`."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from gatescope import assets
from tests.browser.get import executable
from tests.browser.serving import FLAGS, returning, serving

ASSETS = assets.FOLDER
SENTENCE = "The cat the dog chased ran away"


def mid_play(page: Page) -> None:
    """A trained tagger, a unit pinned, the reading stopped at “chased”."""
    read = {"model": "tagger-sizes", "hidden_dim": 4, "sentence": SENTENCE, "pin": "0.1.4"}
    page.goto("/?" + urlencode(read))
    page.locator(".gs-answers [data-answer]").nth(6).wait_for()
    page.locator(".gs-formula i").first.wait_for(state="attached")
    page.get_by_role("slider", name="Time step").fill("4")
    page.evaluate("document.activeElement.blur()")


def the_lesson(page: Page) -> None:
    """The page Lesson."""
    page.goto("/lesson?part=3&inputs=random")
    page.locator(".gs-drawing").nth(2).wait_for()


def the_counting_unit(page: Page) -> None:
    """The counter reading ten a's and ten b's, its counting unit pinned."""
    page.goto(f"/?model=counter&sentence={'a' * 10}{'b' * 10}&pin=0.1.13")
    page.locator(".gs-answers [data-answer]").nth(19).wait_for()
    page.locator(".gs-formula i").first.wait_for(state="attached")


def the_quote_unit(page: Page) -> None:
    """The units of python-chars over a line of code, the one that knows quotes unfolded."""
    page.goto("/units?model=python-chars")
    # The first scan on a machine compiles its loops.
    page.locator(".gs-passages .gs-passage").nth(4).wait_for(timeout=120_000)


def units_across_a_corpus(page: Page) -> None:
    """The same units, each where it is strongest in files of the standard library that were held out."""
    page.goto("/units?model=python-chars&where=corpus")
    page.locator(".gs-units-passage").nth(20).wait_for(timeout=120_000)


PICTURES: dict[str, tuple[Callable[[Page], None], int]] = {
    "memory": (mid_play, 920),
    "structure": (the_lesson, 900),
    "counting": (the_counting_unit, 1000),
    "quotes": (the_quote_unit, 900),
    "corpus": (units_across_a_corpus, 900),
}


def film(page: Page) -> None:
    """The memory written word by word, the pinned unit's arithmetic beside it, as one moving picture."""
    mid_play(page)
    body, last = (page.locator(part).bounding_box() for part in (".gs-body", ".gs-legend"))
    assert body
    assert last
    # The picture and as much of the panel as stands beside it.
    part = {"x": body["x"], "y": body["y"], "width": body["width"], "height": last["y"] + last["height"] - body["y"]}
    frames = []
    for step in range(len(SENTENCE.split())):
        page.get_by_role("slider", name="Time step").fill(str(step))
        page.evaluate("document.activeElement.blur()")
        page.wait_for_timeout(400)
        frames.append(Image.open(io.BytesIO(page.screenshot(clip=part))).convert("RGB"))
    # The last word stays long enough to be read.
    durations = [900] * (len(frames) - 1) + [2500]
    settings = {"duration": durations, "loop": 0, "quality": 80, "method": 6}
    frames[0].save(ASSETS / "memory.webp", save_all=True, append_images=frames[1:], **settings)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play, serving(Path(folder)) as address:
        browser = play.chromium.launch(executable_path=executable(), args=FLAGS)
        for name, (arrange, height) in PICTURES.items():
            size = {"width": 1400, "height": height}
            page = browser.new_page(viewport=size, base_url=address, storage_state=returning(address))
            page.goto("/?model=random")
            page.locator(".gs-plot .heatmaplayer").first.wait_for()
            arrange(page)
            page.wait_for_timeout(500)
            page.screenshot(path=ASSETS / f"{name}.png")
        size = {"width": 1400, "height": 920}
        page = browser.new_page(viewport=size, base_url=address, storage_state=returning(address))
        page.goto("/?model=random")
        page.locator(".gs-plot .heatmaplayer").first.wait_for()
        film(page)
        browser.close()


if __name__ == "__main__":
    main()
