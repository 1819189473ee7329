"""What does an address open that names no LSTM?

A trained one of the lesson's size; `gatescope open` puts a model of the user's in its place before the server starts.
"""

from collections.abc import Mapping
from typing import NamedTuple

from gatescope.question import link
from gatescope.question.view import SIZES, Source, View


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
