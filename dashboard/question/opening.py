"""What does an address that names nothing open?

A trained LSTM of the lesson's size; `gatescope open` puts a model of the user's in its place before the server starts.
"""

from typing import NamedTuple

from dashboard.question.source import SIZES, Source


class Opening(NamedTuple):
    """What is read, and the name of its model in every visitor's list, if it is none of ours."""

    source: Source
    own: str | None = None


_opening = Opening(Source(model=SIZES))


def opening() -> Source:
    """The source that such an address opens."""
    return _opening.source


def own_model() -> dict[str, str]:
    """The model that the user's command opened: by key, its name in the list of models. Empty without one."""
    return {} if _opening.own is None else {_opening.source.model: _opening.own}


def opens(source: Source, own: str | None = None) -> None:
    """Let such an address open another source, for everybody who comes; `own`: the name of its model, if not ours."""
    global _opening
    _opening = Opening(source, own)
