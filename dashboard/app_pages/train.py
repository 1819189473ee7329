"""The page Train: train a small LSTM and watch its memory form."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.controls import own_models, visitor
from dashboard.controls.chart import chart
from dashboard.controls.link_sync import Controls
from dashboard.controls.made_with import made_with
from dashboard.controls.notices import tell
from dashboard.controls.page_title import page_title
from dashboard.controls.small_print import small
from dashboard.controls.theme import theme
from dashboard.training import figures as training_figures
from dashboard.training import own_examples, right_answers
from dashboard.training import sentences as training_sentences
from dashboard.training import setup as training_setup
from dashboard.training.example import Example, Picture
from dashboard.training.run import Progress, Run, get_ready, seconds_last_time, start
from dashboard.training.setup import LEARNING_RATES, RANGES, READS_NUMBERS, TITLES, Setup
from dashboard.words.escape_markdown import plain
from lstm_core import LstmCoreError
from lstm_core.plots import palette
from lstm_core.training import Task

look = palette.look("teal", theme())
WIDTH = 440
controls = Controls("train", {field.name for field in fields(Setup)})


def follow(query: Mapping[str, str]) -> list[str]:
    """Set the controls to a link's values; returns a sentence for each value that is not possible."""
    asked, notices = training_setup.read_setup(query)
    controls.set({"task": asked.task} | {f"{asked.task} {name}": value for name, value in numbers_of(asked).items()})
    return notices


def numbers_of(setup: Setup) -> dict[str, Any]:
    """Everything in a set-up except its task, by name."""
    return {name: value for name, value in vars(setup).items() if name != "task"}


def asked_for() -> tuple[Setup, DeltaGenerator]:
    """The set-up in the link and the controls, and the place of the button that starts it, right below the task."""
    tell(controls.begin(follow))
    task = st.selectbox("Task", format_func=TITLES.__getitem__, required=True, **controls.chosen("task", TITLES))
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
    rate = f"{task} learning_rate"
    said["learning_rate"] = st.number_input(
        "learning rate", *LEARNING_RATES, step=0.005, format="%g", **controls.drawn(rate)
    )
    said["seed"] = number("seed")
    for name, value in said.items():
        controls.keep(f"{task} {name}", value)
    setup = Setup(task, **{"input_dim": 1} | said)
    controls.say(training_setup.query_of(setup))
    return setup, place


def what_to_learn(setup: Setup) -> Task | None:
    """The task with the visitor's data, or a sentence on what is missing."""
    text = ""
    table: str | bytes = ""
    if setup.task == "text":
        text = st.text_area("Your text", key="own text", height=160, persist_state="session")
        offer_example("own text", "Use an example text", own_examples.text, there=bool(text.strip()))
    if setup.task == "forecast":
        table = st.text_area(
            "Your series: a row a step, a column a feature",
            key="own series",
            height=160,
            placeholder="time, load, wind\n2024-05-01, 1.5, 3\n2024-05-02, 2.5, 4",
            persist_state="session",
        )
        file = st.file_uploader("or a CSV file", max_upload_size=10, key="own file")
        offer_example("own series", "Use an example series", own_examples.table, there=bool(file or table.strip()))
        table = file.getvalue() if file else table
    try:
        return training_setup.task_of(setup, text, table)
    except LstmCoreError as missing:
        say = st.warning if text.strip() or table.strip() else st.info
        say(plain(str(missing)))
        return None


def offer_example(box: str, name: str, made: Callable[[], str], there: bool) -> None:
    """A button that fills an empty box with an example."""

    def fill() -> None:
        st.session_state[box] = made()

    # Always there, so that what stands below keeps its place.
    with st.container():
        if not there:
            st.button(name, on_click=fill)


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
    before_and_after(run.setup, progress, chosen)


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
    if progress.over and len(progress.snapshots) > 1 and "kept key" in st.session_state:
        compare_epochs(progress)
    if progress.ended:
        st.info(plain(progress.ended))


def take_it_along(run: Run, progress: Progress, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """Show buttons that put the model into the main page's list and download it."""
    model = progress.model
    assert model is not None
    if st.session_state.get("kept run") is not run:
        st.session_state["kept run"] = run
        epochs = dict(progress.snapshots)
        st.session_state["kept key"] = own_models.keep_own_model(
            model, training_sentences.model_label(run.setup), epochs
        )
    if left.button("Open it on the Memory page", width="stretch"):
        visitor.reads(model=st.session_state["kept key"], sentence=progress.example.text, file="")
        st.switch_page("app_pages/memory.py", query_params=visitor.asked())
    own_models.offer_own_model(right, model)


def compare_epochs(progress: Progress) -> None:
    """Show a button to the page Compare, with the model before and after training."""
    if st.button("Compare two of its epochs", icon=":material/compare:", type="tertiary"):
        epochs = {"epoch": f"{progress.snapshots[0].epoch}", "epoch_b": f"{progress.snapshots[-1].epoch}"}
        visitor.reads(model=st.session_state["kept key"], sentence=progress.example.text, file="")
        st.switch_page("app_pages/compare.py", query_params=visitor.asked() | epochs)


def two_curves(setup: Setup, progress: Progress, shown: int) -> None:
    left, right = st.columns(2)
    with left:
        st.markdown(training_sentences.loss(progress))
        figure = training_figures.loss(progress, shown, look)
        chart(figure, "loss")
    with right:
        st.markdown(training_sentences.accuracy(setup, progress))
        figure = training_figures.accuracy(progress, shown, look)
        chart(figure, "accuracy")


def layer_and_column(setup: Setup, example: Example) -> tuple[int, int]:
    """Choose the layer whose memory is shown, and the column whose forecast, if there are several."""
    layer, column = 0, 0
    if setup.n_layers > 1:
        layer = st.segmented_control("Layer", range(setup.n_layers), default=0, key="layer", required=True)
    if setup.task in READS_NUMBERS and len(example.labels) > 1:
        column = st.selectbox("Column", range(len(example.labels)), format_func=example.labels.__getitem__)
    return layer, column


def before_and_to_learn(run: Run, task: Task) -> None:
    """Show the untrained model's picture, and what it has to learn in the place of the picture after training."""
    progress = run.progress()
    example, picture = progress.example, progress.pictures[0]
    layer, column = layer_and_column(run.setup, example)
    reach = training_figures.reach(progress, layer)
    before, to_learn = st.columns(2)
    with before:
        one_picture(run.setup, example, picture, "before", layer, column, reach, training_sentences.BEFORE)
    with to_learn:
        what_it_learns(run.setup, task, progress, column)
    small(training_sentences.how_to_read(picture, reach))
    made_with(f"{TITLES[run.setup.task]}. {training_sentences.trained_with(run.setup)}")


def what_it_learns(setup: Setup, task: Task, progress: Progress, column: int) -> None:
    """Show the right answers over the example, and some of the sequences that a model learns from."""
    example, model = progress.example, progress.snapshots[0].model
    st.markdown(training_sentences.to_learn(setup, example, column))
    if setup.task in READS_NUMBERS:
        chart(training_figures.to_forecast(example, column, look), "answers right")
        small(training_sentences.EACH_DOT)
    else:
        right = right_answers.right_answers(task, model, example)
        chart(training_figures.right_answers(right, example, look, WIDTH), "answers right")
        small(training_sentences.what_is_asked(right))
        st.markdown(training_sentences.LEARNS_FROM)
        st.code(training_sentences.written(right_answers.sequences(task, model, setup.seed)), language=None)
    small(training_sentences.WAITING)


def before_and_after(setup: Setup, progress: Progress, chosen: int) -> None:
    """Show the example as the untrained model and the model of the chosen epoch read it."""
    layer, column = layer_and_column(setup, progress.example)
    reach = training_figures.reach(progress, layer)
    before, after = progress.pictures[0], progress.picture(chosen)
    for place, picture, which in zip(st.columns(2), (before, after), ("before", "after"), strict=True):
        title = training_sentences.after(picture, which == "after" and not progress.over)
        with place:
            one_picture(setup, progress.example, picture, which, layer, column, reach, title)
    small(training_sentences.how_to_read(after, reach))
    made_with(f"{TITLES[setup.task]}. {training_sentences.trained_with(setup)}")


def one_picture(
    setup: Setup,
    example: Example,
    picture: Picture,
    which: str,
    layer: int,
    column: int,
    reach: float,
    title: str,
) -> None:
    """Show the memory of one model over the example, and its answers."""
    st.markdown(f"**{title}**")
    chart(training_figures.memory(picture, example, layer, look, WIDTH, reach), f"memory {which}")
    st.markdown(training_sentences.answers(setup, example, column))
    if setup.task in READS_NUMBERS:
        figure = training_figures.forecast(picture, example, column, look)
    else:
        figure = training_figures.probabilities(picture, example, look, WIDTH)
    chart(figure, f"answers {which}")


page_title("Train", training_sentences.TOGETHER)
side, main = st.columns([1, 3.2], gap="large")
run: Run | None = st.session_state.get("training")
running = run is not None and not run.progress().over

with side:
    setup, place = asked_for()
    with place:
        pressed = st.button("Train", type="primary", icon=":material/play_arrow:", disabled=running, width="stretch")
        if takes := training_sentences.how_long(setup, seconds_last_time(setup)):
            small(takes)

with main:
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
            st.fragment(before_and_to_learn)(Run(setup, task), task)
    except LstmCoreError as error:
        st.error(plain(str(error)))

# Last, so that the page is drawn first.
get_ready()
