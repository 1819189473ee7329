"""Train a small LSTM and watch its memory take shape."""

from typing import Any

import streamlit as st

from dashboard import palette, session, training_figures, training_sentences, training_setup
from dashboard.training_run import Progress, Run, get_ready, start
from dashboard.training_setup import LEARNING_RATES, RANGES, READS_NUMBERS, Setup
from lstm_core import LstmCoreError
from lstm_core.models import model_bytes
from lstm_core.training import Task

look = palette.look("teal", session.theme())
WIDTH = 440


def asked_for() -> Setup:
    """What the link and the controls say."""
    asked, notices = training_setup.read_query(st.query_params.to_dict())
    for notice in notices:
        st.warning(notice)
    names = list(training_setup.TITLES)
    task = st.selectbox(
        "Task",
        names,
        names.index(asked.task),
        format_func=training_setup.TITLES.__getitem__,
        key="task",
        persist_state="session",
    )
    st.caption(training_setup.description(task))
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
        st.info(str(missing))
        return None


def watch(run: Run, running: bool) -> None:
    """What a training has come to; asked for again each second while it goes on."""
    progress = run.progress()
    if running and progress.over:
        st.rerun()
    if progress.moments or progress.over or running:
        how_far(run, progress)
    if progress.over:
        take_it_along(run, progress)
    curves, chosen = st.container(), progress.of
    if len(progress.pictures) > 1:
        last = len(progress.moments) if progress.over else progress.of
        chosen = st.slider(
            "Epoch shown",
            0,
            last,
            last,
            key=f"epoch shown of {last}",
            help="0 is the untrained model. At the right end the picture follows the training.",
        )
    with curves:
        two_curves(run.setup, progress, min(chosen, len(progress.moments)))
    before_and_after(run.setup, progress, chosen)


def how_far(run: Run, progress: Progress) -> None:
    bar, button = st.columns([5, 1], vertical_alignment="bottom")
    with bar:
        st.progress(len(progress.moments) / progress.of, training_sentences.progress_line(progress))
    with button:
        if not progress.over:
            st.button("Stop", on_click=run.stop, icon=":material/stop:", width="stretch")
    st.caption(training_sentences.trained_with(run.setup))
    if progress.ended:
        st.info(progress.ended)


def two_curves(setup: Setup, progress: Progress, shown: int) -> None:
    if not progress.moments:
        return
    left, right = st.columns(2)
    with left:
        st.markdown(f"**Loss** {training_sentences.latest([moment.loss for moment in progress.moments])}")
        figure = training_figures.loss(progress, shown, look)
        st.plotly_chart(figure, theme=None, config=training_figures.CHART, key="loss")
    with right:
        value = training_sentences.latest([moment.accuracy for moment in progress.moments])
        st.markdown(f"**Accuracy** {value}, {training_sentences.accuracy_title(setup)}")
        figure = training_figures.accuracy(progress, shown, look)
        st.plotly_chart(figure, theme=None, config=training_figures.CHART, key="accuracy")
    if training_sentences.perfection(progress):
        st.markdown(training_sentences.perfection(progress))


def before_and_after(setup: Setup, progress: Progress, chosen: int) -> None:
    example, layer, column = progress.example, 0, 0
    if setup.n_layers > 1:
        layer = st.segmented_control("Layer", range(setup.n_layers), default=0, key="layer", required=True)
    if setup.task in READS_NUMBERS and len(example.labels) > 1:
        column = st.selectbox("Column", range(len(example.labels)), format_func=example.labels.__getitem__)
    reach = training_figures.reach(progress, layer)
    pictures = [progress.pictures[0]] + ([progress.picture(chosen)] if len(progress.pictures) > 1 else [])
    places = st.columns(2)
    for place, picture, which in zip(places, pictures, ("before", "after"), strict=False):
        with place:
            st.markdown(f"**{training_sentences.after(picture)}**")
            figure = training_figures.memory(picture, example, layer, look, WIDTH, reach)
            st.plotly_chart(figure, theme=None, config=training_figures.CHART, key=f"memory {which}")
            st.markdown(training_sentences.answers(setup, example, column))
            if setup.task in READS_NUMBERS:
                figure = training_figures.forecast(picture, example, column, look)
            else:
                figure = training_figures.probabilities(picture, example, look, WIDTH)
            st.plotly_chart(figure, theme=None, config=training_figures.CHART, key=f"answers {which}")
    if len(pictures) == 1:
        with places[1]:
            st.markdown(training_sentences.WAITING)
    st.caption(training_sentences.how_to_read(pictures[-1], reach))


def take_it_along(run: Run, progress: Progress) -> None:
    """The model in the main page's list, and as a file."""
    model = progress.model
    if model is None:
        return
    if st.session_state.get("kept run") is not run:
        st.session_state["kept run"] = run
        st.session_state["kept key"] = session.keep_own_model(model, training_sentences.model_label(run.setup))
    where, file = st.columns(2)
    with where:
        if st.button("Open it on the main page", icon=":material/grid_on:", type="primary", width="stretch"):
            query = {"model": st.session_state["kept key"], "sentence": progress.example.text}
            st.switch_page("app_pages/memory.py", query_params=query)
    with file:
        st.download_button(
            "Download as .safetensors",
            data=lambda: model_bytes(model),
            file_name=f"{run.setup.task}.safetensors",
            mime="application/octet-stream",
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
        )


get_ready()
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
        if run is None or (not running and run.setup.task != setup.task):
            # What it will begin from, as the controls say.
            run = Run(setup, task) if task is not None else None
    except LstmCoreError as error:
        st.error(str(error))
    if run is not None:
        st.fragment(watch, run_every=1 if running else None)(run, running)
