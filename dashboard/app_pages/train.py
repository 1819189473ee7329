"""Train a small LSTM and watch its memory take shape."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import palette, session
from dashboard.chart import chart
from dashboard.plain import plain
from dashboard.training import figures as training_figures
from dashboard.training import sentences as training_sentences
from dashboard.training import setup as training_setup
from dashboard.training.run import Progress, Run, get_ready, start
from dashboard.training.setup import LEARNING_RATES, RANGES, READS_NUMBERS, Setup
from lstm_core import LstmCoreError
from lstm_core.training import Task

look = palette.look("teal", session.theme())
WIDTH = 440


def small(text: str) -> None:
    """A line beside the matter; Streamlit's own captions are too pale to read."""
    st.markdown(f":small[{text}]")


def asked_for() -> Setup:
    """What the link and the controls say."""
    asked, notices = training_setup.read_query(st.query_params.to_dict())
    for notice in notices:
        st.warning(plain(notice))
    names = list(training_setup.TITLES)
    task = st.selectbox(
        "Task",
        names,
        names.index(asked.task),
        format_func=training_setup.TITLES.__getitem__,
        key="task",
        persist_state="session",
    )
    small(training_setup.description(task))
    usual = asked if asked.task == task else training_setup.usual(task)

    def of_this_task(name: str) -> dict[str, Any]:
        # Each task remembers its own.
        return {"key": f"{task} {name}", "persist_state": "session"}

    def slider(name: str) -> int:
        return int(st.slider(name, *RANGES[name], getattr(usual, name), **of_this_task(name)))

    numbers = task in READS_NUMBERS
    input_dim = 1 if numbers else slider("input_dim")
    hidden_dim, n_layers = slider("hidden_dim"), slider("n_layers")
    epochs = st.number_input("epochs", *RANGES["epochs"], usual.epochs, **of_this_task("epochs"))
    rate = st.number_input(
        "learning rate", *LEARNING_RATES, usual.learning_rate, 0.005, format="%g", **of_this_task("learning_rate")
    )
    seed = st.number_input("seed", *RANGES["seed"], usual.seed, **of_this_task("seed"))
    return Setup(task, input_dim, hidden_dim, n_layers, epochs, rate, seed)


def what_to_learn(setup: Setup) -> Task | None:
    """The task with the visitor's own data, or a sentence on what is missing."""
    text = ""
    table: str | bytes = ""
    if setup.task == "text":
        text = st.text_area("Your text", key="own text", height=160, persist_state="session")
    if setup.task == "forecast":
        table = st.text_area(
            "Your series: a row a step, a column a feature",
            key="own series",
            height=160,
            placeholder="time, load, wind\n2024-05-01, 1.5, 3\n2024-05-02, 2.5, 4",
            persist_state="session",
        )
        file = st.file_uploader("or a CSV file", max_upload_size=10, key="own file")
        table = file.getvalue() if file else table
    try:
        return training_setup.task_of(setup, text, table)
    except LstmCoreError as missing:
        say = st.warning if text.strip() or table.strip() else st.info
        say(plain(str(missing)))
        return None


def watch(run: Run, begun: bool) -> None:
    """What a training has come to; asked for again each second while it goes on."""
    progress = run.progress()
    chosen = 0
    if begun:
        how_far(run, progress)
        curves = st.container()
        last = len(progress.moments) if progress.over else progress.of
        chosen = st.slider(
            "Epoch shown",
            0,
            max(1, last),
            max(1, last),
            key=f"epoch shown of {last}",
            help="0 is the untrained model. At the right end the picture follows the training.",
        )
        with curves:
            two_curves(run.setup, progress, min(chosen, len(progress.moments)))
    before_and_after(run.setup, progress, begun, chosen)


def watch_it_learn(run: Run) -> None:
    """The same while it goes on; when it is over, the page says so everywhere."""
    if run.progress().over:
        st.rerun()
    watch(run, begun=True)


def how_far(run: Run, progress: Progress) -> None:
    """The bar, and what can be done: stop it, or with what came of it."""
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
    """The model in the main page's list, and as a file."""
    model = progress.model
    assert model is not None
    if st.session_state.get("kept run") is not run:
        st.session_state["kept run"] = run
        epochs = dict(progress.snapshots)
        st.session_state["kept key"] = session.keep_own_model(model, training_sentences.model_label(run.setup), epochs)
    if left.button("Open it on the Memory page", width="stretch"):
        query = {"model": st.session_state["kept key"], "sentence": progress.example.text}
        st.switch_page("app_pages/memory.py", query_params=query)
    session.offer_own_model(right, model)


def compare_epochs(progress: Progress) -> None:
    """On to the page Compare, with what it was before and what it is now."""
    if st.button("Compare two of its epochs", icon=":material/compare:", type="tertiary"):
        epochs = {"epoch": f"{progress.snapshots[0].epoch}", "epoch_b": f"{progress.snapshots[-1].epoch}"}
        query = {"model": st.session_state["kept key"], "sentence": progress.example.text} | epochs
        st.switch_page("app_pages/compare.py", query_params=query)


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


def before_and_after(setup: Setup, progress: Progress, begun: bool, chosen: int) -> None:
    example, layer, column = progress.example, 0, 0
    if setup.n_layers > 1:
        layer = st.segmented_control("Layer", range(setup.n_layers), default=0, key="layer", required=True)
    if setup.task in READS_NUMBERS and len(example.labels) > 1:
        column = st.selectbox("Column", range(len(example.labels)), format_func=example.labels.__getitem__)
    reach = training_figures.reach(progress, layer)
    pictures = [progress.pictures[0]] + ([progress.picture(chosen)] if begun else [])
    places = st.columns(2)
    for place, picture, which in zip(places, pictures, ("before", "after"), strict=False):
        with place:
            st.markdown(f"**{training_sentences.after(picture)}**")
            figure = training_figures.memory(picture, example, layer, look, WIDTH, reach)
            chart(figure, f"memory {which}")
            st.markdown(training_sentences.answers(setup, example, column))
            if setup.task in READS_NUMBERS:
                figure = training_figures.forecast(picture, example, column, look)
            else:
                figure = training_figures.probabilities(picture, example, look, WIDTH)
            chart(figure, f"answers {which}")
    if not begun:
        with places[1]:
            st.markdown(training_sentences.WAITING)
    small(training_sentences.how_to_read(pictures[-1], reach))


st.title("Train")
st.markdown(training_sentences.TOGETHER)
side, main = st.columns([1, 3.2], gap="large")
run: Run | None = st.session_state.get("training")
running = run is not None and not run.progress().over

with side:
    setup = asked_for()
    pressed = st.button("Train", type="primary", icon=":material/play_arrow:", disabled=running, width="stretch")
if st.query_params.to_dict() != setup.query():
    st.query_params.from_dict(setup.query())

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
            st.fragment(watch)(run, begun=True)
        elif task is not None:
            st.fragment(watch)(Run(setup, task), begun=False)
    except LstmCoreError as error:
        st.error(plain(str(error)))

# Last: the page comes first.
get_ready()
