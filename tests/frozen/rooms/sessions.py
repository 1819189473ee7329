"""What does the page Your model show of an opened file, and of a trained model? The room `model_page`."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

import lstm_core
from frozen.figures import run
from frozen.pages import frozen_page
from frozen.rooms.bounds import bound
from frozen.rooms.trainings import checkpoint_of, trained
from gatescope.checkpoint import example_files, opening
from gatescope.model_page import train_one_here
from gatescope.serving import open_in_process
from gatescope.store import text_files, visitor_traces
from gatescope.train_one.run import Moment, Run


def kept(name: str, content: Any) -> str:
    """The key of a file with this content."""
    with bound(open_in_process, opened=lambda *_: content):
        return opening.keep(name, b"x" * 2_345)


def example_file(number: int) -> dict[str, Any]:
    one = example_files.EXAMPLES[number]
    given = one.made()
    typed = {"vocabulary": given.vocabulary, "labels": given.labels, "example": one.text, "typed before": {}}
    return typed | {"opened": kept(one.name, lstm_core.load_checkpoint(given.content))}


def broken() -> dict[str, Any]:
    model = lstm_core.load_checkpoint(io.BytesIO(_file(torch.nan)).getvalue())
    return {"opened": kept("broken.pt", model), "refused": "No file *is* this."}


def _file(value: float) -> bytes:
    file = io.BytesIO()
    states = {name: torch.full_like(one, value) for name, one in torch.nn.LSTM(2, 3).state_dict().items()}
    torch.save(
        {f"a.{name}": one for name, one in states.items()} | {f"b.{name}": one for name, one in states.items()}, file
    )
    return file.getvalue()


def learned(task: str) -> dict[str, Any]:
    """A training that has ended; what it learned may round otherwise elsewhere, so it is untrained."""
    found: Run = trained(task)
    ended = found.progress()
    first, model = ended.pictures[0], ended.snapshots[0].model
    progress = replace(
        ended,
        model=model,
        pictures=(first, first._replace(epoch=2)),
        snapshots=(ended.snapshots[0], ended.snapshots[0]._replace(epoch=2)),
        moments=(Moment(1, 0.75, 0.25), Moment(2, 0.0004, 1.0)),
        ended="It *ended*." if task == "copy" else "",
    )
    found.progress = lambda: progress  # type: ignore[method-assign]
    return {"training": found, "own text": "The dog runs.\n" * 30}


def page(session: Callable[[], dict[str, Any]], **link: str) -> Any:
    # How long the last training took is another time on another machine.
    with bound(train_one_here, seconds_last_time=lambda _: 95.0):
        return frozen_page("open", link, session())


CASES = {
    "a file without its vocabulary": lambda: page(lambda: example_file(1) | {"vocabulary": "", "labels": ""}),
    "a file with its vocabulary": lambda: page(lambda: example_file(0)),
    "a vocabulary in a file": lambda: page(
        lambda: (
            example_file(0)
            | {"vocabulary file": text_files.keep("words.txt", b"a\nb"), "refused vocabulary": "no *text*"}
        )
    ),
    "a vocabulary that is gone": lambda: page(lambda: example_file(0) | {"vocabulary file": "none"}),
    "labels that do not fit": lambda: page(lambda: example_file(0) | {"labels": "a"}),
    "an example that can't be read": lambda: page(
        lambda: {"opened": kept("a.pt", checkpoint_of((1, 2))), "example": "x"}
    ),
    "a file of two": lambda: page(lambda: {"opened": kept("two.pt", checkpoint_of((3, 4), (1, 2), classes=2))}),
    "a whole model": lambda: page(lambda: {"opened": kept("counter.safetensors", lstm_core.load_model("counter"))}),
    "a broken file": lambda: page(broken),
    "a file that is gone": lambda: page(lambda: {"opened": "none", "refused": "a"}),
    "a recording": lambda: page(lambda: {"opened": visitor_traces.put("run*.npz", run(batch=2)), "refused": "b"}),
    "a recording that can't be drawn": lambda: page(
        lambda: {"opened": visitor_traces.put("a.npz", run().sel(unit=[1, 2]))}
    ),
    "a training that ended": lambda: page(lambda: learned("counter"), how="train", task="counter", hidden_dim="3"),
    "a training that was stopped": lambda: page(lambda: learned("copy"), how="train", task="copy"),
    "a training of a text": lambda: page(lambda: learned("text"), how="train", task="text"),
    "a training of another task": lambda: page(lambda: learned("series"), how="train", task="counter"),
}
