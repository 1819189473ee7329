"""What does an address open that names no LSTM, and where does a link of a page that there was lead?"""

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from gatescope.question import link
from gatescope.question.view import SIZES, Source, View

# What does an address open that names no LSTM?
#
# A trained one of the lesson's size; `gatescope open` puts a model of the user's in its place before the server starts.


class Opening(NamedTuple):
    """What is read, and the name of its model in every visitor's list, if it is none of ours."""

    source: Source
    own: str | None = None


_opening = Opening(Source(model=SIZES))


def opening() -> Source:
    """The source that such an address opens."""
    return _opening.source


def usual(query: Mapping[str, str]) -> View:
    """The view that has the values which a link leaves out. A link may name nothing of what is read, as one with a pin
    alone, or a model that there is not: then it is the view of such an address. Any other link leaves out defaults."""
    reads = {name: text for name, text in query.items() if name in link.names(Source())}
    _, refused = link.read(Source(), {"model": reads.get("model", Source().model)})
    return View() if reads and not refused else View(_opening.source)


def own_model() -> dict[str, str]:
    """The model that the user's command opened: by key, its name in the list of models. Empty without one."""
    return {} if _opening.own is None else {_opening.source.model: _opening.own}


def opens(source: Source, own: str | None = None) -> None:
    """Let such an address open another source, for everybody who comes; `own`: the name of its model, if not ours."""
    global _opening
    _opening = Opening(source, own)


# Where does a link of a page that there was lead, with all that it named?

# What a link of the page Why? held in place of a gate: a word, which it left out.
WORD = "word"


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
