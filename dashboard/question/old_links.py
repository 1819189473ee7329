"""Where does a link of a page that there was lead, with all that it named?"""

from collections.abc import Mapping
from contextlib import suppress

WORD = "word"
"""What a link of the page Why? held in place of a gate: a word, which it left out."""


def why(query: Mapping[str, str]) -> dict[str, str]:
    """The link of the page Memory that asks what one of the page Why? asked: the drawer is open, and what was tried is
    held.

    >>> why({"sentence": "The man", "pin": "0.3.1", "hold": "f", "value": "0.5", "units": "0,3-5", "steps": "0-1"})
    {'sentence': 'The man', 'pin': '0.3.1', 'holds': 'f.0.0,3-5.0-1_0.5', 'why': '1'}
    """
    own = dict(query)
    hold, value, units, steps, word, strips = (
        own.pop(name, "") for name in ("hold", "value", "units", "steps", WORD, "strips")
    )
    held = f"w.{word or 0}" if hold == WORD else hold and _gate(hold, value, units, steps, own.get("pin", ""))
    holds = " ".join(filter(None, [own.get("holds", ""), held]))
    more = {"holds": holds} if holds else {}
    return own | ({"quantities": strips} if strips else {}) | more | {"why": "1"}


def _gate(hold: str, value: str, units: str, steps: str, pin: str) -> str:
    """A hold in the one grammar that there is; what is not possible stays so, and is said when the link is read."""
    layer, unit, _, direction, *_ = f"{pin or '0.0.0'}.0.0".split(".")
    with suppress(ValueError):
        value = f"{float(value or 0):.6f}".rstrip("0").rstrip(".")
    units, steps = ("".join(named.split()) or other for named, other in ((units, unit), (steps, "all")))
    return f"{hold}.{layer}.{units}.{steps}{'.1' * (direction == '1')}_{value}"
