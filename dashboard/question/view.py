"""What does a visitor look at? The source, how it is shown, and what is held: the question in the main page's link."""

from dataclasses import dataclass, field

from gatescope.question.holds import NONE, Holds, read_holds
from gatescope.question.link import metadata, takes
from gatescope.question.shown import Shown
from gatescope.question.source import Source


@dataclass(frozen=True)
class View:
    """Everything that decides a picture of the main page."""

    source: Source = field(default_factory=Source)
    shown: Shown = field(default_factory=Shown)
    holds: Holds = field(default=NONE, metadata=takes(read_holds))
    """The gates that are held while the text is read, and the words that are left out."""


RANGES = metadata(View(), "bounds")
"""The range of each number of a view, by name."""
CHOICES = metadata(View(), "choices")
"""The choices of each field of a view, by name."""
