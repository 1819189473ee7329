"""The page Units: how does each unit remember, and what does it track?"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl

import streamlit as st

from dashboard.controls.chart import chart
from dashboard.controls.choose_source import choose_lstm, offer
from dashboard.controls.link_sync import SourceControls
from dashboard.controls.long_task import unless_stopped, when_asked
from dashboard.controls.made_with import made_with
from dashboard.controls.min_width import at_least
from dashboard.controls.notices import tell
from dashboard.controls.page_title import page_title
from dashboard.controls.theme import theme
from dashboard.question import link
from dashboard.question.shown import ROWS
from dashboard.question.source import Source
from dashboard.question.view import View
from dashboard.reading.read import Reading, read
from dashboard.store import text_files
from dashboard.units import remembering, samples, tracking
from dashboard.units import sentences as unit_sentences
from dashboard.units import view as units_view
from dashboard.units.finds import finds
from dashboard.units.view import HELD, Property, Units
from dashboard.words.escape_markdown import plain
from dashboard.words.sentences import caption, read_by
from lstm_core import LstmCoreError, Trace
from lstm_core.analysis import Found
from lstm_core.plots import palette, remembering_figures, tracking_figures
from lstm_core.plots.labels import label
from lstm_core.plots.step_axis import least_width
from lstm_core.progress import part_of

look = palette.look("teal", theme())
controls = SourceControls("units", link.names(Units()))
# The most units that are drawn against a property, and the rows of the table beside them.
DRAWN, LISTED = 3, 10
# The width of a sentence in the table, in pixels.
WIDE = 620
# With fewer steps, some unit fits almost any property.
ENOUGH = 50
SHARES = ("f open", "f shut", "i open", "i shut", "o open", "o shut", "writes")


def follow(query: Mapping[str, str]) -> list[str]:
    """Set the controls to a link's values; returns a sentence for each value that is not possible."""
    asked, notices = link.read(Units(), query)
    take(asked)
    return notices


def take(asked: Units) -> None:
    """Set the controls to a question's values."""
    own = {"rows": asked.view.shown.rows, "lines": bool(asked.lines), "held": asked.held, "held_out": asked.held_out}
    controls.take(asked.view)
    controls.set(own | units_view.parts(asked.property)._asdict())


def offer_finds() -> None:
    """Show buttons with units that are worth looking for."""
    offer(controls, "find", "Worth looking for", finds(), take)


def typed() -> None:
    """Read the typed text from now on, instead of the opened file."""
    controls.values["file"] = ""
    controls.moved()


def text_box() -> str:
    """The text, which may have many lines."""
    how = controls.drawn("sentence") | {"on_change": typed, "label_visibility": "collapsed"}
    return str(st.text_area("Sentence", height=68, **how))


def choose_text() -> View:
    """Choose the text, typed or from a file, and the LSTM that reads it."""
    choose_lstm(controls, text_box)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Open a file", icon=":material/upload_file:"):
            opened = st.file_uploader("A text, or a table of numbers", key=controls.key("opened"))
            st.caption("It is read in place of the sentence, on this machine alone; a link does not hold it.")
        if controls.values["file"]:
            st.caption("The opened file is read in place of the sentence, until something is typed.")
    if opened is not None and controls.values.get("opened") != opened.file_id:
        controls.keep("opened", opened.file_id)
        controls.keep("file", text_files.keep(opened.name, opened.getvalue()))
    elif opened is None and controls.values.pop("opened", None):
        controls.keep("file", "")
    return controls.view()


def how_it_remembers(source: Source, reading: Reading, trace: Trace) -> None:
    """Show saturation, half-lives, and a row for each unit; nothing if the visitor stopped the analysis."""
    if not remembering.is_quick(trace) and not remembering.is_known(source, reading):
        steps, what = f"{len(reading.tokens):,} steps", remembering.what_is_told(source, reading)
        progress = unless_stopped("units.memory", what, f"Look at {steps}", f"Looking at {steps} of every unit")
        if progress is not None:
            remembering.memory(source, reading, trace, progress)
            # Draw the page again, without the bar.
            st.rerun()
        return
    memory = remembering.memory(source, reading, trace)
    st.markdown(f"##### {unit_sentences.remembers(memory.table, len(reading.tokens))}")
    st.markdown(unit_sentences.gates_stand(memory.table, reading.model is not None))
    for column, gate in zip(st.columns(3), "fio", strict=True):
        with column:
            figure = remembering_figures.saturation(memory.table, gate, look, theme())
            chart(figure, f"units.saturation.{gate}")
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.markdown("**Half-life of the memory** (steps, log scale)")
    with right:
        rows = st.segmented_control("Order of the units", list(ROWS), **controls.drawn("rows", start="default"))
    rows = controls.keep("rows", rows or "index")
    order = remembering.order(trace, rows)
    figure = remembering_figures.half_lives(memory.table, order, len(reading.tokens), look, theme())
    chart(figure, "units.half_lives")
    numbers = {name: st.column_config.NumberColumn(format="%.2f") for name in ("f", "i", "o", "c from", "c to")}
    shares = {name: st.column_config.NumberColumn(format="%.0f%%") for name in SHARES}
    st.dataframe(
        remembering.rows(memory),
        hide_index=True,
        height="auto" if len(memory.table) <= LISTED else 390,
        column_config=numbers
        | shares
        | {
            "half-life": st.column_config.NumberColumn(format="%.3g", help="steps until half of a memory is left"),
            "what it does here": st.column_config.TextColumn(width=WIDE),
        },
    )


def choose_property(found: list[Reading]) -> str:
    """Choose the property to search for; "" for all."""
    kinds = tracking.kinds(found)
    if controls.values["kind"] not in kinds:
        # A link may ask for a property that this text does not have: the page answers and does not hide it.
        kinds.append(controls.values["kind"])
    kind = st.selectbox("Property", format_func=unit_sentences.kind, **controls.chosen("kind", kinds))
    controls.keep("kind", kind)
    asked = Property(kind)
    tokens, names = tracking.offered(kind, found), units_view.ABOUT.get(kind, ())
    if not names:
        return asked.name
    chosen = {}
    for place, (box, name) in enumerate(zip(st.columns(2), names, strict=False)):
        wanted = controls.values[name] or (tokens[place] if place < len(tokens) else "…")
        options = tokens if wanted in tokens else [*tokens, wanted]
        if controls.now(name) not in options:
            controls.show(name, wanted)
        with box:
            title = "less" if name == "other" else "Of"
            chosen[name] = controls.keep(name, st.selectbox(title, format_func=label, **controls.chosen(name, options)))
    return asked._replace(**chosen).name


def choose_held_out(reading: Reading, asked: Units) -> Units:
    """Choose the held-out text on which the finds are checked."""
    held = st.segmented_control(
        "Held-out text", list(HELD), format_func=HELD.__getitem__, **controls.drawn("held", start="default")
    )
    asked = replace(asked, held=controls.keep("held", held or "none"))
    if reading.series is None and len(samples.lines_of(samples.text_of(reading, asked))) > 1:
        lines = st.toggle(
            "Each line is a text of its own",
            help="Every line is read from an empty memory; with five and more, whole lines are shuffled.",
            **controls.drawn("lines"),
        )
        asked = replace(asked, lines=int(controls.keep("lines", lines)))
    if asked.held == "own":
        other = st.text_area("Held-out text, as it is read", height=104, **controls.drawn("held_out"))
        asked = replace(asked, held_out=controls.keep("held_out", other))
    return asked


def look_for(asked: Units, sample: samples.Sample, names: list[str]) -> list[Found]:
    """The results for each property; empty if a long search was not started yet, or was stopped."""
    if tracking.is_quick(sample, len(names)) or tracking.is_known(asked, names):
        return [tracking.answer(asked, sample, name, len(names)) for name in names]
    steps = f"{sum(len(reading.tokens) for reading in sample.found):,} steps"
    what = (asked, tuple(names))
    show = when_asked("units.search", what, f"Search {steps}", f"Searching {steps}")
    if show is None:
        return []
    for number, name in enumerate(names):
        doing = plain(f"Searching {steps}: {label(unit_sentences.named(name), 60)}")
        show(number / len(names), doing)
        progress = part_of(partial(show, doing=doing), number / len(names), 1 / len(names))
        tracking.answer(asked, sample, name, len(names), progress)
    # The results are cached: draw the page again, without the bar.
    st.rerun()
    return []


def what_it_tracks(asked: Units, reading: Reading) -> Units:
    """Show the units that follow a property of the text, and how likely chance does as well."""
    st.divider()
    st.subheader("What does a unit track?")
    left, right = st.columns([1, 1], gap="large")
    with right:
        asked = choose_held_out(reading, asked)
    sample = samples.sample(asked, reading)
    if not sample.found:
        st.info("There is nothing to search in.")
        return asked
    steps = sum(len(one.tokens) for one in sample.found)
    with left:
        asked = replace(asked, property=choose_property(sample.found))
        is_short = not asked.property and steps < ENOUGH
        # Without results there is nothing to say of how they are checked.
        for notice in () if is_short else sample.notices:
            st.caption(plain(notice))
    try:
        names = [asked.property] if asked.property else tracking.every(sample.found)
        if is_short:
            st.info(unit_sentences.too_short(steps, ENOUGH))
        elif not names:
            st.info("No property changes in this text, so no unit can track one: give a longer text.")
        elif answers := look_for(asked, sample, names):
            show(asked, sample, answers)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
    return asked


def show(asked: Units, sample: samples.Sample, answers: list[Found]) -> None:
    """Show the best units against the property, and how certain the result is."""
    summary = tracking.summary(answers)
    answer = answers[tracking.strongest(answers)]
    layers = len(answer.table[["layer", "direction"]].drop_duplicates()) > 1
    found = tracking.best(answer)
    if asked.property:
        st.markdown(f"##### {unit_sentences.tracks(found, answer, layers)}")
        st.markdown(unit_sentences.chance(answer, found))
    else:
        st.markdown(f"##### {unit_sentences.searched_all(summary, answer, layers)}")
        st.markdown(unit_sentences.chance_of_all(summary, answers))
    name = answer.table["property"].iloc[0]
    curves = [
        tracking_figures.Curve(
            unit_sentences.scored(leader, answer, layers), leader.quantity, tracking.values(leader, sample.found)
        )
        for leader in tracking.leaders(answer, DRAWN)
    ]
    figure = tracking_figures.tracked(
        curves,
        tracking.at_steps(name, sample.found),
        unit_sentences.named(name),
        [token for one in sample.found for token in one.tokens],
        tracking.starts(sample.found),
        look,
        theme(),
    )
    words = len(figure["layout"]["xaxis"]["tickvals"])
    with at_least(least_width(words), "units-tracked"):
        chart(figure, "units.tracked")
    rows = tracking.rows(answer, LISTED) if asked.property else unit_sentences.in_words(summary)
    three = st.column_config.NumberColumn(format="%.3f")
    scores = dict.fromkeys(("AUC", "R²", "score", "correlation", "p", "held out"), three)
    st.dataframe(rows, hide_index=True, column_config=scores)
    query = dict(
        parse_qsl(
            link.query(replace(asked.view, shown=replace(asked.view.shown, pin=tracking.cell(found, sample.found))))
        )
    )
    st.page_link("app_pages/memory.py", label=unit_sentences.seen_there(found), query_params=query)


def as_left() -> Units:
    """The question in the controls when they were last drawn."""
    values = controls.values
    property = Property(values["kind"], values["token"], values["other"]).name
    return Units(View(), property, int(values["lines"]), values["held"], values["held_out"])


def page() -> None:
    """Draw the page: the text, how each unit remembers, what it tracks."""
    page_title("Units", "How long does each unit remember, and what does it track?")
    notices = controls.begin(follow)
    asked = as_left()
    try:
        asked = replace(asked, view=choose_text())
        whole = read(asked.view.source)
        offer_finds()
        reading, cut = samples.first(whole)
        tell([*notices, *whole.notices, *cut])
        if reading.trace is not None:
            how_it_remembers(asked.view.source, reading, reading.trace)
            asked = replace(asked, view=controls.view())
            asked = what_it_tracks(asked, whole)
            st.caption(plain(caption(asked.view.source, reading, reading.trace)))
            made_with(read_by(asked.view.source, reading, reading.trace))
    except LstmCoreError as error:
        st.warning(plain(str(error)))
    controls.say(link.query(asked))


# A page's global names and their values live until the visitor leaves, so a reading stays inside a function.
page()
