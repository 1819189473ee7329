"""How does the memory of a small LSTM form while it is trained here?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from gatescope.controls import visitor
from gatescope.controls.drawn_in_browser import training
from gatescope.controls.frame import made_with
from gatescope.controls.link_sync import Controls
from gatescope.controls.long_task import health_card
from gatescope.question import link
from gatescope.question.link import ALWAYS, one_of
from gatescope.train_one import example as examples
from gatescope.train_one import setup as training_setup
from gatescope.train_one.message import message_of
from gatescope.train_one.run import Progress, Run, get_ready, start
from gatescope.train_one.setup import (
    LEARNING_RATES,
    RANGES,
    READS_NUMBERS,
    SAMPLES,
    TITLES,
    Setup,
    model_label,
    numbers_of,
    read_setup,
    trained_with,
    usual,
)
from gatescope.wording.escape_markdown import plain
from lstm_core import LstmCoreError
from lstm_core.training import Task

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


def asked_for(controls: ModelControls) -> Setup:
    """The set-up in the link and the controls."""
    # A card for each task.
    task = st.radio(
        "What shall it learn?",
        format_func=lambda task: f"**{TITLES[task]}** :gray[{SAMPLES[task]}]",
        **controls.chosen("task", TITLES),
    )
    controls.keep("task", task)
    # Each task remembers its own values.
    for name, value in numbers_of(training_setup.usual(task)).items():
        controls.values.setdefault(f"{task} {name}", value)

    def slider(name: str) -> Any:
        return st.slider(name, *RANGES[name], **controls.drawn(f"{task} {name}"))

    def number(name: str) -> Any:
        return st.number_input(name, *RANGES[name], step=1, **controls.drawn(f"{task} {name}"))

    said: dict[str, Any] = {} if task in READS_NUMBERS else {"input_dim": slider("input_dim")}
    said |= {"hidden_dim": slider("hidden_dim"), "n_layers": slider("n_layers")}
    epochs, rate, seed = (controls.now(f"{task} {name}") for name in ("epochs", "learning_rate", "seed"))
    with st.popover(f"{epochs:,} epochs, learning rate {rate:g}, seed {seed}", width="stretch"):
        said["epochs"] = number("epochs")
        finer: dict[str, Any] = {"step": 0.005, "format": "%g"} | controls.drawn(f"{task} learning_rate")
        said["learning_rate"] = st.number_input("learning rate", *LEARNING_RATES, **finer)
        said["seed"] = number("seed")
    for name, value in said.items():
        controls.keep(f"{task} {name}", value)
    setup = Setup(task, **{"input_dim": 1} | said)
    controls.say(f"{link.query(Way('train'))}&{training_setup.query_of(setup)}")
    return setup


def what_to_learn(setup: Setup) -> Task | None:
    """The task with the visitor's data, or a sentence on what is missing."""
    text = ""
    table: str | bytes = ""
    if setup.task == "text":
        text = st.text_area("Your text", key="own text", height=160, persist_state="session")
        offer_example("own text", "Use an example text", examples.text, there=bool(text.strip()))
    if setup.task == "forecast":
        table = st.text_area(
            "Your series: a row a step, a column a feature",
            key="own series",
            height=160,
            placeholder="time, load, wind\n2024-05-01, 1.5, 3\n2024-05-02, 2.5, 4",
            persist_state="session",
        )
        file = st.file_uploader("or a CSV file", max_upload_size=10, key="own file")
        offer_example("own series", "Use an example series", examples.table, there=bool(file or table.strip()))
        table = file.getvalue() if file else table
    try:
        return training_setup.task_of(setup, text, table)
    except LstmCoreError as missing:
        say = st.warning if text.strip() or table.strip() else st.info
        say(plain(str(missing)))
        return None


def offer_example(box: str, name: str, made: Callable[[], str], there: bool) -> None:
    """A button that fills an empty box with an example."""
    # Always there, so that what stands below keeps its place.
    with st.container():
        if not there:
            st.button(name, on_click=lambda: st.session_state.update({box: made()}))


def watch(run: Run) -> None:
    """Show a training; one that runs is drawn again each second."""
    progress = run.progress()
    made_with(f"{TITLES[run.setup.task]}. {trained_with(run.setup)}")
    drawn = message_of(run, progress, trains=st.session_state.get("training") is run)
    if training(drawn):
        visitor.reads_on("memory", reading(progress))


def watch_it_learn(run: Run) -> None:
    """Show a running training each second; at its end run the whole page again."""
    if run.progress().over:
        st.rerun()
    watch(run)


def reading(progress: Progress) -> dict[str, str]:
    """The model that was trained, and its example."""
    return {"model": st.session_state["kept key"], "sentence": progress.example.text, "file": ""}


def take_it_along(run: Run, progress: Progress) -> None:
    """Put a trained model into the main page's list; what else can be done with it, and what goes wrong with it."""
    model = progress.model
    if model is None:
        return
    if st.session_state.get("kept run") is not run:
        st.session_state["kept run"] = run
        st.session_state["kept key"] = visitor.keep_own_model(model, model_label(run.setup), dict(progress.snapshots))
    with st.container(horizontal=True, horizontal_alignment="right"):
        if len(progress.snapshots) > 1 and st.button("Compare two of its epochs"):
            first, last = (f"{progress.snapshots[at].epoch}" for at in (0, -1))
            visitor.reads_on("compare", reading(progress), epoch=first, epoch_b=last)
        visitor.offer_own_model(st.container(width="content"), model)
    health_card(model, run)


def train_one_here(controls: ModelControls) -> None:
    """Draw the room: the set-up beside the training that runs or has run, or beside what is to be learned."""
    side, main = st.columns([1, 3.9], gap="large")
    run: Run | None = st.session_state.get("training")
    running = run is not None and not run.progress().over
    with side, st.container(key="training-setup"):
        setup = asked_for(controls)
        task = what_to_learn(setup)
        if running and run:
            st.button("Stop", on_click=run.stop, icon=":material/stop:", width="stretch")
        elif st.button("Train", type="primary", icon=":material/play_arrow:", width="stretch") and task:
            begin(Run(setup, task))
    with main:
        if running and run:
            st.fragment(watch_it_learn, run_every=1)(run)
        elif run and run.setup.task == setup.task:
            st.fragment(watch)(run)
            take_it_along(run, run.progress())
        elif task:
            watch(Run(setup, task))
    # Last, so that the page is drawn first.
    get_ready()


def begin(run: Run) -> None:
    """Start a training, and draw the page anew."""
    try:
        start(run)
    except LstmCoreError as full:
        st.error(plain(str(full)))
        return
    st.session_state["training"] = run
    st.rerun()
