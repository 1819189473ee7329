"""An animation opens elsewhere: a frame a step and the hold at the end, each cell in its colour once it is read."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import Page, expect

from .conftest import Visitors
from .reading import exported
from .sheets import Sheet, check_frames

STEP, HOLD = 700, 2_500
LINKS = {
    "untrained, two layers": {"model": "random", "n_layers": "2", "sentence": "The cat the dog chased"},
    # Two strips, so that the rows of twelve units are high enough for a film, which has fewer colours than pixels.
    "both directions": {"model": "tagger-bi", "sentence": "Giraffes in a field", "quantities": "ch"},
}


def opened(page: Page, query: dict[str, str]) -> None:
    page.goto("/?" + "&".join(f"{name}={value}" for name, value in query.items()))
    page.locator(".gs-plot .heatmaplayer").first.wait_for()


@pytest.mark.parametrize("query", LINKS.values(), ids=LINKS)
def test_a_gif_and_an_mp4_have_a_frame_a_step_the_hold_and_the_caption(
    blank: Page, tmp_path: Path, query: dict[str, str]
):
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
    with av.open(exported(blank, "MP4", tmp_path)) as film:
        [track] = film.streams.video
        decoded = list(film.decode(track))
        times = [round(1_000 * float(frame.pts * track.time_base)) for frame in decoded]
        lasts = round(1_000 * float(track.duration * track.time_base))
    # The hold comes in two halves.
    check_frames(sheet, [frame.to_ndarray(format="rgb24") for frame in decoded[:-1]], far=16)
    assert times == [*(STEP * number for number in range(len(decoded) - 1)), STEP * (len(decoded) - 2) + HOLD / 2]
    assert lasts == times[-2] + HOLD


def test_a_browser_without_webcodecs_says_why_it_makes_no_mp4(visitors: Visitors):
    page = visitors()
    page.add_init_script("delete window.VideoEncoder")
    page.goto("/?model=random")
    page.locator(".gs-plot .heatmaplayer").first.wait_for()
    page.get_by_text("Export", exact=True).click()
    expect(page.get_by_role("button", name="MP4")).to_be_disabled()
    expect(page.get_by_text("This browser makes no MP4: it has no WebCodecs.")).to_be_visible()
    expect(page.get_by_role("button", name="GIF")).to_be_enabled()


def test_without_h264_the_mp4_is_vp9(visitors: Visitors, tmp_path: Path):
    page = visitors()
    page.add_init_script("""
        const asks = VideoEncoder.isConfigSupported
        VideoEncoder.isConfigSupported = settings =>
            settings.codec.startsWith("avc") ? Promise.resolve({ supported: false }) : asks.call(VideoEncoder, settings)
    """)
    query = {"model": "random", "sentence": "one two three"}
    opened(page, query)
    path = exported(page, "MP4", tmp_path)
    with av.open(path) as film:
        [track] = film.streams.video
        assert track.codec_context.name in ("vp9", "libvpx-vp9")
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(track)]
    check_frames(Sheet(exported(page, "SVG", tmp_path)), frames[:-1], far=12)
