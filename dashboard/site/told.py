"""What is a page told that needs no server?"""

import re
from typing import TypedDict

from gatescope.lesson.message import LessonMessage, message
from gatescope.lesson.view import LessonView
from gatescope.live.scenes import Scene
from gatescope.live.shared_with_browser import Handed, handed_over
from gatescope.offline.model_files import Shipped, shipped
from gatescope.question import holds, link
from gatescope.question.opening import opening
from gatescope.question.view import LAYERS, QUANTITIES, View


class Rule(TypedDict):
    """Which texts a value in a link can have."""

    pattern: str
    low: int | None
    high: int | None
    gates: dict[str, tuple[float, float]] | None
    """The range in which each gate can be held."""
    most: int | None
    """The most units or steps of a run, as in 3-5."""
    expected: str
    instead: str
    """The name of the value that takes the place of an impossible one."""


HERE = ("", "lesson")
"""The pages that need no server."""


class ToldOfSite(TypedDict):
    """What the page is told."""

    handed: Handed
    shipped: Shipped
    rules: dict[str, Rule]
    opening: dict[str, str]
    """What an address that names nothing asks for."""
    bytes: dict[str, int]
    """The length of each model's file, by its name."""
    lesson: LessonMessage
    lesson_rules: dict[str, Rule]


def told_of_site(lengths: dict[str, int]) -> ToldOfSite:
    """What a page is told that has files of models with these lengths."""
    handed = handed_over("", {})
    scenes = [_here(scene) for scene in handed["scenes"] if scene.page in HERE]
    pages = {address(page): handed["pages"][page] for page in HERE}
    handed = {**handed, "pages": pages, "closer": {}, "trains": {}, "scenes": scenes}
    return ToldOfSite(
        shipped=shipped(),
        handed=handed,
        rules=rules(View(opening())),
        opening=link.in_full(View(opening())),
        bytes=lengths,
        lesson=message(LessonView()),
        lesson_rules=rules(LessonView()),
    )


def address(page: str) -> str:
    """A page's name in an address: all pages are one file."""
    return page and f"?page={page}"


def _here(scene: Scene) -> Scene:
    return scene._replace(page="", query={"page": scene.page} | scene.query) if scene.page else scene


def rules(asked: View | LessonView) -> dict[str, Rule]:
    """Which values a link can have; a field that is not there takes any text."""
    choices, ranges = (link.metadata(asked, kind) for kind in ("choices", "bounds"))
    patterns = {name: "|".join(map(re.escape, one)) for name, one in choices.items()}
    patterns |= dict.fromkeys(ranges, r"\s*\d{1,9}\s*")
    patterns |= {
        "same_start": "true|false",
        "quantities": f"[{QUANTITIES}]+",
        "layers": f"[{LAYERS}]*",
        "pin": f"({holds.CELL_PATTERN})?",
    }
    patterns["holds"] = holds.PATTERN
    return {
        name: Rule(
            pattern=patterns[name],
            low=ranges.get(name, (None, None))[0],
            high=ranges.get(name, (None, None))[1],
            gates=holds.RANGE if name == "holds" else None,
            most=holds.MOST_NUMBERS if name == "holds" else None,
            expected=expected,
            instead=instead,
        )
        for name, (expected, instead) in link.refusals(asked).items()
    }
