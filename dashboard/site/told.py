"""What is a page told that needs no server?"""

import re
from typing import TypedDict

from gatescope.live.shared_with_browser import Handed, handed_over
from gatescope.offline.model_files import ToldOfModels, told_of_models
from gatescope.question import holds, link
from gatescope.question.opening import opening
from gatescope.question.view import CHOICES, LAYERS, QUANTITIES, RANGES, View
from gatescope.site.lesson import lesson


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


class ToldOfSite(ToldOfModels):
    """What the page is told."""

    handed: Handed
    rules: dict[str, Rule]
    opening: dict[str, str]
    """What an address that names nothing asks for."""
    bytes: dict[str, int]
    """The length of each model's file, by its name."""


def told_of_site(lengths: dict[str, int]) -> ToldOfSite:
    """What a page is told that has files of models with these lengths."""
    handed = handed_over("", {})
    scenes = [scene for scene in handed["scenes"] if not scene.page] + lesson()
    pages = {"": handed["pages"][""]}
    handed = {**handed, "pages": pages, "closer": {}, "trains": {}, "scenes": scenes}
    return ToldOfSite(
        **told_of_models(),
        handed=handed,
        rules=rules(),
        opening=link.in_full(View(opening())),
        bytes=lengths,
    )


def rules() -> dict[str, Rule]:
    """Which values a link can have; a field that is not there takes any text."""
    patterns = {name: "|".join(map(re.escape, choices)) for name, choices in CHOICES.items()}
    patterns |= dict.fromkeys(RANGES, r"\s*\d{1,9}\s*")
    patterns |= {"quantities": f"[{QUANTITIES}]+", "layers": f"[{LAYERS}]*", "pin": f"({holds.CELL_PATTERN})?"}
    patterns["holds"] = holds.PATTERN
    return {
        name: Rule(
            pattern=patterns[name],
            low=RANGES.get(name, (None, None))[0],
            high=RANGES.get(name, (None, None))[1],
            gates=holds.RANGE if name == "holds" else None,
            most=holds.MOST_NUMBERS if name == "holds" else None,
            expected=expected,
            instead=instead,
        )
        for name, (expected, instead) in link.refusals(View(opening())).items()
    }
