"""An animation opens elsewhere: a frame a step and the hold at the end, each cell in its colour once it is read."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import Page

from .reading import exported
from .sheets import Sheet, check_frames

STEP, HOLD = 700, 2_500
LINKS = {
    "untrained, two layers": {"model": "random", "n_layers": "2", "sentence": "The cat the dog chased", "pin": "1.2.3"},
    # Two strips, so that the rows of twelve units are high enough for a film, which has fewer colours than pixels.
    "both directions": {"model": "tagger-bi", "sentence": "Giraffes in a field", "quantities": "ch"},
}


def opened(page: Page, query: dict[str, str]) -> None:
    page.goto("/?" + "&".join(f"{name}={value}" for name, value in query.items()))
    page.locator(".gs-plot .heatmaplayer").first.wait_for()


@pytest.mark.parametrize("query", LINKS.values(), ids=LINKS)
def test_a_gif_has_a_frame_a_step_the_hold_and_the_caption(blank: Page, tmp_path: Path, query: dict[str, str]):
    opened(blank, query)
    sheet = Sheet(exported(blank, "SVG", tmp_path))
    with Image.open(exported(blank, "GIF", tmp_path)) as image:
        assert (image.format, image.size) == ("GIF", (1280, 720))
        frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]
        stays = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    check_frames(sheet, frames, far=6)
    assert stays == [STEP] * (len(frames) - 1) + [HOLD]
    for part in (slice(0, 45), slice(670, 720)):
        assert all((frame[part].mean(2) < 128).sum() > 100 for frame in frames)
        assert all((frame[part] == frames[-1][part]).all() for frame in frames)
    if "pin" in query:
        # Beside the strips the cell has its numbers at each step.
        assert len({frame[90:320, 880:].tobytes() for frame in frames[:-1]}) == len(frames) - 1
