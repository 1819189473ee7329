"""How does the memory of a small LSTM form while it is trained here?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gatescope.controls import visitor
from gatescope.controls.drawn_in_browser import rows
from gatescope.controls.frame import made_with, small
from gatescope.controls.link_sync import Controls
from gatescope.controls.long_task import health_card
from gatescope.model_page import figures
from gatescope.question import link
from gatescope.question.link import ALWAYS, one_of
from gatescope.train_one import example as examples
from gatescope.train_one import sentences as training_sentences
from gatescope.train_one import setup as training_setup
from gatescope.train_one.example import Example, Picture
from gatescope.train_one.run import Progress, Run, get_ready, start
from gatescope.train_one.setup import (
    LEARNING_RATES,
    RANGES,
    READS_NUMBERS,
    TITLES,
    Setup,
    numbers_of,
    read_setup,
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


def asked_for(controls: ModelControls) -> tuple[Setup, DeltaGenerator]:
    """The set-up in the link and the controls, and the place of the button that starts it, right below the task."""
    task = st.selectbox("Task", format_func=TITLES.__getitem__, **controls.chosen("task", TITLES))
    controls.keep("task", task)
    small(training_setup.description(task))
    place = st.container()
    # Each task remembers its own values.
    for name, value in numbers_of(training_setup.usual(task)).items():
        controls.values.setdefault(f"{task} {name}", value)

    def slider(name: str) -> Any:
        return st.slider(name, *RANGES[name], **controls.drawn(f"{task} {name}"))

    def number(name: str) -> Any:
        return st.number_input(name, *RANGES[name], step=1, **controls.drawn(f"{task} {name}"))

    said: dict[str, Any] = {} if task in READS_NUMBERS else {"input_dim": slider("input_dim")}
    said |= {"hidden_dim": slider("hidden_dim"), "n_layers": slider("n_layers"), "epochs": number("epochs")}
    rate: dict[str, Any] = {"step": 0.005, "format": "%g"} | controls.drawn(f"{task} learning_rate")
    said["learning_rate"] = st.number_input("learning rate", *LEARNING_RATES, **rate)
    said["seed"] = number("seed")
    for name, value in said.items():
        controls.keep(f"{task} {name}", value)
    setup = Setup(task, **{"input_dim": 1} | said)
    controls.say(f"{link.query(Way('train'))}&{training_setup.query_of(setup)}")
    return setup, place


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
    """Show a training's progress; a running training is drawn again each second."""
    progress = run.progress()
    how_far(run, progress)
    curves = st.container()
    chosen = last = len(progress.moments)
    # While it trains, the picture follows the training.
    if progress.over and last:
        help = "0 is the untrained model."
        chosen = st.slider("Epoch shown", 0, last, last, key=f"epoch shown of {last}", help=help)
    with curves:
        two_curves(run.setup, progress, chosen)
    before_and_after(run, progress, chosen)
    if progress.over and progress.model is not None:
        health_card(progress.model, run)


def watch_it_learn(run: Run) -> None:
    """Show a running training each second; at its end run the whole page again."""
    if run.progress().over:
        st.rerun()
    watch(run)


def how_far(run: Run, progress: Progress) -> None:
    """Show the progress bar and buttons: stop the training, or use its model."""
    bar, middle, right = st.columns([1.5, 1, 1], vertical_alignment="bottom")
    with bar:
        st.progress(len(progress.moments) / progress.of, training_sentences.progress_line(progress))
    if not progress.over:
        right.button("Stop", on_click=run.stop, icon=":material/stop:", width="stretch")
    elif progress.model is not None:
        take_it_along(run, progress, middle, right)
    small(training_sentences.trained_with(run.setup))
    several = progress.over and len(progress.snapshots) > 1 and "kept key" in st.session_state
    if several and st.button("Compare two of its epochs", icon=":material/compare:", type="tertiary"):
        first, last = (f"{progress.snapshots[at].epoch}" for at in (0, -1))
        visitor.reads_on("compare", reading(progress), epoch=first, epoch_b=last)
    if progress.ended:
        st.info(plain(progress.ended))


def reading(progress: Progress) -> dict[str, str]:
    """The model that was trained, and its example."""
    return {"model": st.session_state["kept key"], "sentence": progress.example.text, "file": ""}


def take_it_along(run: Run, progress: Progress, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """Show buttons that put the model into the main page's list and download it."""
    model = progress.model
    assert model is not None
    if st.session_state.get("kept run") is not run:
        st.session_state["kept run"] = run
        label = training_sentences.model_label(run.setup)
        st.session_state["kept key"] = visitor.keep_own_model(model, label, dict(progress.snapshots))
    if left.button("Open it on the Memory page", width="stretch"):
        visitor.reads_on("memory", reading(progress))
    visitor.offer_own_model(right, model)


def two_curves(setup: Setup, progress: Progress, shown: int) -> None:
    left, right = st.columns(2)
    with left:
        st.markdown(training_sentences.loss(setup, progress))
        rows(figures.by_epoch(progress, "loss", shown), "loss")
    with right:
        st.markdown(training_sentences.accuracy(setup, progress))
        rows(figures.by_epoch(progress, "accuracy", shown, 1), "accuracy")


def layer_and_column(setup: Setup, example: Example) -> tuple[int, int]:
    """Choose the layer whose memory is shown, and the column whose forecast, if there are several."""
    layer, column = 0, 0
    if setup.n_layers > 1:
        layer = st.segmented_control("Layer", range(setup.n_layers), default=0, key="layer", required=True)
    if setup.task in READS_NUMBERS and len(example.labels) > 1:
        column = st.selectbox("Column", range(len(example.labels)), format_func=example.labels.__getitem__)
    return layer, column


def before_and_after(run: Run, progress: Progress, chosen: int) -> None:
    """Show the example as the untrained model reads it, and the model of the chosen epoch: before the first one, what
    there is to learn."""
    example = progress.example
    layer, column = layer_and_column(run.setup, example)
    reach = figures.reach(progress, layer)

    def one_picture(which: str, picture: Picture) -> None:
        st.markdown(f"**{training_sentences.after(picture)}**")
        rows(figures.of_layer(picture, example, layer, reach), f"memory {which}")
        st.markdown(training_sentences.answers(run.setup, example, column))
        if run.setup.task in READS_NUMBERS:
            rows(figures.forecast(example, column, picture), f"answers {which}")

    before, after = st.columns(2)
    with before:
        one_picture("before", progress.pictures[0])
    with after:
        if progress.moments:
            one_picture("after", progress.picture(chosen))
        else:
            what_it_learns(run, progress, column)
    small(training_sentences.how_to_read(progress.picture(chosen), reach))
    made_with(f"{TITLES[run.setup.task]}. {training_sentences.trained_with(run.setup)}")


def what_it_learns(run: Run, progress: Progress, column: int) -> None:
    """Show the right answers over the example, and some of the sequences that a model learns from."""
    example, model = progress.example, progress.snapshots[0].model
    st.markdown(training_sentences.to_learn(run.setup, example, column))
    if run.setup.task in READS_NUMBERS:
        rows(figures.forecast(example, column), "answers right")
        small(training_sentences.EACH_VALUE)
    else:
        right = examples.right_answers(run.task, model, example)
        rows(figures.answers(right, example.tokens, example.labels, "right"), "answers right")
        small(training_sentences.what_is_asked(run.setup, right))
        st.markdown(training_sentences.LEARNS_FROM)
        st.code(training_sentences.written(examples.sequences(run.task, model, run.setup.seed)), language=None)
    small(training_sentences.WAITING)


def train_one_here(controls: ModelControls) -> None:
    """Draw the room: the set-up beside what is to be learned, or beside the training that runs or has run."""
    side, main = st.columns([1, 3.2], gap="large")
    run: Run | None = st.session_state.get("training")
    running = run is not None and not run.progress().over
    with side:
        setup, place = asked_for(controls)
        with place:
            pressed = st.button(
                "Train", type="primary", icon=":material/play_arrow:", disabled=running, width="stretch"
            )
    with main:
        learned(setup, run, running, pressed)
    # Last, so that the page is drawn first.
    get_ready()


def learned(setup: Setup, run: Run | None, running: bool, pressed: bool) -> None:
    """Show what is to be learned or what was, and start a training if the button was pressed."""
    task = what_to_learn(setup)
    try:
        if task is not None and pressed:
            begun = Run(setup, task)
            start(begun)
            st.session_state["training"] = begun
            st.rerun()
        if run is not None and running:
            st.fragment(watch_it_learn, run_every=1)(run)
        elif run is not None and run.setup.task == setup.task:
            st.fragment(watch)(run)
        elif task is not None:
            fresh = Run(setup, task)
            st.fragment(before_and_after)(fresh, fresh.progress(), 0)
    except LstmCoreError as error:
        st.error(plain(str(error)))
