"""How does each unit remember, and what does it track? One reading, unit by unit."""

from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl

import streamlit as st

from dashboard import documents, palette, session
from dashboard.chart import chart
from dashboard.figures import label, least_width
from dashboard.linked import Controls
from dashboard.plain import plain
from dashboard.reader_controls import choose_lstm, fields_of
from dashboard.reading import Reading, read
from dashboard.scrolling import at_least
from dashboard.sentences import caption
from dashboard.units import remembering, remembering_figures, samples, tracking, tracking_figures
from dashboard.units import sentences as unit_sentences
from dashboard.units import view as units_view
from dashboard.units.finds import finds
from dashboard.units.view import HELD, Property, Units
from dashboard.view import ROWS, View
from dashboard.waiting import unless_stopped, when_asked
from lstm_core import LstmCoreError, Trace
from lstm_core.progress import part_of

look = palette.look("teal", session.theme())
controls = Controls("units")
# Units that are drawn against a property, and rows of the table beside it.
DRAWN, LISTED = 3, 10
# Pixels, of a sentence in the table.
WIDE = 620
SHARES = ("f open", "f shut", "i open", "i shut", "o open", "o shut", "writes")


def follow(query: dict[str, str]) -> list[str]:
    """Set the controls to what a link asks; a sentence for each value that can't be had."""
    asked, notices = units_view.read_units(query)
    take(asked)
    return notices


def take(asked: Units) -> None:
    """Set the controls to what is asked."""
    own = {"rows": asked.view.rows, "lines": bool(asked.lines), "held": asked.held, "held_out": asked.held_out}
    controls.follow(fields_of(asked.view) | own | units_view.parts(asked.property)._asdict())


def offer_finds() -> None:
    """Units worth looking for, a click away."""
    key = controls.key("find")

    def look() -> None:
        if chosen := st.session_state[key]:
            take(finds()[chosen])
            st.session_state[key] = None
            controls.moved()

    st.pills("Worth looking for", list(finds()), key=key, on_change=look)


def typed() -> None:
    """What is typed is read, no longer the opened file."""
    controls.values["file"] = ""
    controls.moved()


def choose_text() -> View:
    """The text, typed or opened, and the LSTM that reads it."""
    left, right = st.columns([1, 1], gap="large")
    with left:
        sentence = st.text_area("Sentence", height=104, **controls.drawn("sentence") | {"on_change": typed})
        if controls.values["file"]:
            st.caption("The opened file is read in its place, until something is typed.")
    with right:
        view = choose_lstm(controls, sentence)
        with st.popover("Open a file", icon=":material/upload_file:"):
            opened = st.file_uploader("A text, or a table of numbers", key=controls.key("opened"))
            st.caption("It is read in place of the sentence, on this machine alone; a link does not hold it.")
    if opened is not None and st.session_state.get("units.file_id") != opened.file_id:
        st.session_state["units.file_id"] = opened.file_id
        controls.values["file"] = documents.keep(opened.name, opened.getvalue())
    elif opened is None and st.session_state.pop("units.file_id", None):
        controls.values["file"] = ""
    return replace(view, rows=controls.values["rows"], file=controls.values["file"])


def how_it_remembers(view: View, reading: Reading, trace: Trace) -> View:
    """Saturation, half-lives, and a row a unit; nothing where somebody has stopped it."""
    if not remembering.is_quick(trace) and not remembering.is_known(view, reading):
        steps, what = f"{len(reading.tokens):,} steps", remembering.what_is_told(view, reading)
        progress = unless_stopped("units.memory", what, f"Look at {steps}", f"Looking at {steps} of every unit")
        if progress is not None:
            remembering.memory(view, reading, trace, progress)
            # Drawn again, without the bar.
            st.rerun()
        return view
    memory = remembering.memory(view, reading, trace)
    st.markdown(f"##### {unit_sentences.remembers(memory.table, len(reading.tokens))}")
    st.markdown(unit_sentences.gates_stand(memory.table, reading.model is not None))
    for column, gate in zip(st.columns(3), "fio", strict=True):
        with column:
            figure = remembering_figures.saturation(memory.table, gate, look, session.theme())
            chart(figure, f"units.saturation.{gate}")
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.markdown("**How long half of a memory lasts**, in steps on a scale of powers of ten")
    with right:
        rows = st.segmented_control("Order of the units", list(ROWS), **controls.drawn("rows"))
    rows = controls.keep("rows", rows or "index")
    order = remembering.order(trace, rows)
    figure = remembering_figures.half_lives(memory.table, order, len(reading.tokens), look, session.theme())
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
    return replace(view, rows=rows)


def choose_property(found: list[Reading]) -> str:
    """Which property is looked for; "" for every one."""
    kinds = tracking.kinds(found)
    if controls.values["kind"] not in kinds:
        # A link may ask for what this text says nothing about: that is answered, not hidden.
        kinds.append(controls.values["kind"])
    kind = st.selectbox("Property", kinds, format_func=unit_sentences.kind, **controls.drawn("kind"))
    controls.keep("kind", kind)
    asked = Property(kind)
    tokens, names = tracking.offered(kind, found), units_view.ABOUT.get(kind, ())
    if not names:
        return asked.name
    chosen = {}
    for place, (box, name) in enumerate(zip(st.columns(2), names, strict=False)):
        key = controls.key(name)
        wanted = controls.values[name] or (tokens[place] if place < len(tokens) else "…")
        options = tokens if wanted in tokens else [*tokens, wanted]
        if st.session_state.get(key) not in options:
            st.session_state[key] = wanted
        with box:
            title = "less" if name == "other" else "Of"
            chosen[name] = controls.keep(name, st.selectbox(title, options, format_func=label, **controls.drawn(name)))
    return asked._replace(**chosen).name


def choose_held_out(reading: Reading, asked: Units) -> Units:
    """What the finds are checked on."""
    held = st.segmented_control("Held-out text", list(HELD), format_func=HELD.__getitem__, **controls.drawn("held"))
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


def look_for(asked: Units, sample: samples.Sample, names: list[str]) -> list[tracking.Table]:
    """What was found of each property; nothing yet where the search is long and was not asked for, or was stopped."""
    if tracking.is_quick(sample, len(names)) or tracking.is_known(asked, names):
        return [tracking.answer(asked, sample, name, len(names)) for name in names]
    steps = f"{sum(len(reading.tokens) for reading in sample.found):,} steps"
    what = (asked.query(), asked.view.file, tuple(names))
    show = when_asked("units.search", what, f"Search {steps}", f"Searching {steps}")
    if show is None:
        return []
    for number, name in enumerate(names):
        doing = plain(f"Searching {steps}: {label(unit_sentences.named(name), 60)}")
        show(number / len(names), doing)
        progress = part_of(partial(show, doing=doing), number / len(names), 1 / len(names))
        tracking.answer(asked, sample, name, len(names), progress)
    # What was found is kept: drawn again, without the bar.
    st.rerun()
    return []


def what_it_tracks(asked: Units, reading: Reading) -> Units:
    """The units that go with a property of the text, and what chance says."""
    st.divider()
    st.subheader("What does a unit track?")
    left, right = st.columns([1, 1], gap="large")
    with right:
        asked = choose_held_out(reading, asked)
    sample = samples.sample(asked, reading)
    if not sample.found:
        st.info("There is nothing to search in.")
        return asked
    with left:
        asked = replace(asked, property=choose_property(sample.found))
        for notice in sample.notices:
            st.caption(plain(notice))
    try:
        names = [asked.property] if asked.property else tracking.every(sample.found)
        if not names:
            st.info("No property changes in this text, so no unit can track one: give a longer text.")
        elif tables := look_for(asked, sample, names):
            show(asked, sample, tables)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
    return asked


def show(asked: Units, sample: samples.Sample, tables: list[tracking.Table]) -> None:
    """The best units drawn against the property, and how sure that is."""
    summary = tracking.summary(tables)
    table = tables[tracking.strongest(tables)]
    layers = len(table[["layer", "direction"]].drop_duplicates()) > 1
    found = tracking.best(table)
    if asked.property:
        st.markdown(f"##### {unit_sentences.tracks(found, table, layers)}")
        st.markdown(unit_sentences.chance(table, found))
    else:
        st.markdown(f"##### {unit_sentences.searched_all(summary, table, layers)}")
        st.markdown(unit_sentences.chance_of_all(summary, table))
    name = table.attrs["property"]
    curves = [
        tracking_figures.Curve(
            unit_sentences.scored(leader, table, layers), leader.quantity, tracking.values(leader, sample.found)
        )
        for leader in tracking.leaders(table, DRAWN)
    ]
    figure = tracking_figures.tracked(
        curves,
        tracking.at_steps(name, sample.found),
        unit_sentences.named(name),
        [token for one in sample.found for token in one.tokens],
        tracking.starts(sample.found),
        look,
        session.theme(),
    )
    words = len(figure["layout"]["xaxis"]["tickvals"])
    with at_least(least_width(words), "units-tracked"):
        chart(figure, "units.tracked")
    rows = tracking.rows(table, LISTED) if asked.property else unit_sentences.in_words(summary)
    three = st.column_config.NumberColumn(format="%.3f")
    scores = dict.fromkeys(("AUC", "R²", "score", "correlation", "p", "held out"), three)
    st.dataframe(rows, hide_index=True, column_config=scores)
    query = dict(parse_qsl(replace(asked.view, pin=tracking.pin(found, sample.found)).query()))
    st.page_link("app_pages/memory.py", label=unit_sentences.seen_there(found), query_params=query)


def as_left() -> Units:
    """What the controls said when they were last drawn."""
    values = controls.values
    property = Property(values["kind"], values["token"], values["other"]).name
    return Units(View(), property, int(values["lines"]), values["held"], values["held_out"])


st.title("Units")
news = controls.news()
notices = [] if news is None else follow(news)
asked = as_left()
try:
    asked = replace(asked, view=choose_text())
    whole = read(asked.view)
    offer_finds()
    reading, cut = samples.first(whole)
    for notice in [*notices, *whole.notices, *cut]:
        st.warning(plain(notice))
    if reading.trace is not None:
        asked = replace(asked, view=how_it_remembers(asked.view, reading, reading.trace))
        asked = what_it_tracks(asked, whole)
        st.caption(plain(caption(asked.view, reading, reading.trace)))
except LstmCoreError as error:
    st.warning(plain(str(error)))
controls.say(asked.query())
