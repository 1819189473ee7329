"""Where does the model come from? The one choice at the top of the page, and all that its link can hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gatescope.controls.link_sync import Controls
from gatescope.question import link
from gatescope.question.link import ALWAYS, one_of
from gatescope.train_one.setup import numbers_of, read_setup, usual

HOW = {"open": "open a file", "train": "train one here"}
QUESTIONS = {
    "open": "What does an LSTM that you trained remember?",
    "train": "Pick a task, press Train, and watch the gates of an LSTM learn it. Same seed, same result.",
}


@dataclass(frozen=True)
class Way:
    """The way to a model; of a training the link holds the set-up too."""

    how: str = field(default="open", metadata=one_of(HOW) | ALWAYS)


class ModelControls(Controls):
    def __init__(self) -> None:
        super().__init__("open", link.names(Way()) | link.names(usual("counter")))

    def follow(self, query: Mapping[str, str]) -> list[str]:
        """Set the controls to a link's values; returns a sentence for each value that is not possible."""
        way, notices = link.read(Way(), query)
        self.set({"how": way.how})
        # Not shown before they are drawn: Streamlit would go back to it when the page is opened again.
        self.values.setdefault("task", "counter")
        if way.how == "train":
            asked, more = read_setup(query)
            numbers = {f"{asked.task} {name}": value for name, value in numbers_of(asked).items()}
            self.set({"task": asked.task} | numbers)
            notices += more
        return notices
