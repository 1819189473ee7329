"""The page Compare: two readings side by side on equal scales, with their difference; or three kinds of cell."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.cells import drawn as cells_drawn
from dashboard.cells import figures as cells_figures
from dashboard.cells import reading as cells_reading
from dashboard.cells import sentences as cells_sentences
from dashboard.cells import view as cells_view
from dashboard.cells.view import BOUNDS, LEARNED, OF_RANDOM, OF_TRAINED, UNTRAINED, Cells
from dashboard.comparing import figures as compare_figures
from dashboard.comparing import sentences as compare_sentences
from dashboard.comparing import view as compare_view
from dashboard.comparing.two_readings import MOST, Two, two
from dashboard.comparing.view import SECOND, STATES, Pair, Side
from dashboard.controls import visitor
from dashboard.controls.chart import chart
from dashboard.controls.choose_source import choose_source, fields_of
from dashboard.controls.link_sync import SourceControls
from dashboard.controls.made_with import made_with
from dashboard.controls.notices import tell
from dashboard.controls.page_title import page_title
from dashboard.controls.side_by_side import side_by_side
from dashboard.controls.small_print import small
from dashboard.controls.theme import theme
from dashboard.question import link
from dashboard.question.source import OWN
from dashboard.reading.read import Reading, read
from dashboard.store import visitor_models
from dashboard.why.sentences import only_the_first
from dashboard.words.escape_markdown import plain
from dashboard.words.sentences import proof_of_all, read_by
from lstm_core import LstmCoreError
from lstm_core.plots import compared_strips, palette
from lstm_core.plots.strips import STRIPS
from lstm_core.traces import Quantity
from lstm_core.training.copying import SYMBOLS

look, lines = palette.look("teal", theme()), palette.KINDS[theme()]
WHAT = {"two": "Two readings", "cells": "LSTM, GRU and plain RNN"}
controls = SourceControls("compare", compare_view.names() | link.names(Cells()))
# The suffix of the names of the controls that all three kinds of cell share.
OF_ALL = "_of_all"
LETTERS = [cast(Quantity, strip.quantity) for strip in STRIPS]


def follow(query: Mapping[str, str]) -> list[str]:
    """Set the controls to a link's values; returns a sentence for each value that is not possible."""
    controls.forget(*(name + OF_ALL for name in OF_RANDOM))
    if "cells" in query:
        return follow_cells(query)
    pair, notices = compare_view.read_pair(query)
    take(pair if compare_view.names_a_text(st.query_params.to_dict()) else compare_view.opening(pair))
    controls.set({"what": "two"} | {name: getattr(Cells(), name) for name in ("cells", *OF_TRAINED)})
    return notices


def follow_cells(query: Mapping[str, str]) -> list[str]:
    """Set the controls to the three cells in a link. Trained cells read no text, so their link has no source."""
    source = visitor.view().source
    asked, notices = link.read(Cells(**{name: getattr(source, name) for name in OF_RANDOM}), query)
    side = Side(replace(source, **{name: getattr(asked, name) for name in OF_RANDOM}))
    take(Pair(side, replace(side, source=replace(side.source, sentence=compare_view.ANOTHER))))
    controls.set({"what": "cells"} | {name: getattr(asked, name) for name in ("cells", *OF_TRAINED)})
    return notices


def take(pair: Pair) -> None:
    """Set the controls of both sides."""
    controls.take(visitor.view_of(pair.a.source))
    controls.set(fields_of(pair.b.source, SECOND) | {"strips": list(pair.strips)})
    for side, suffix in ((pair.a, ""), (pair.b, SECOND)):
        own = {"layer": side.layer, "direction": side.direction, "state": side.state, "epoch": side.epoch}
        controls.set({name + suffix: value for name, value in own.items()})


def choose_epoch(model: str, suffix: str, shown: str) -> tuple[int | None, list[str]]:
    """Choose the epoch of a model that learned on the page Train."""
    name, kept = "epoch" + suffix, visitor_models.epochs(model)
    if not kept:
        # A model that is not in the list may come back with its link, if the server still keeps it.
        gone = model.startswith(OWN) and visitor_models.kept(model) is None
        return controls.keep(name, controls.values[name] if gone else None), []
    asked = controls.now(name)
    epoch = compare_view.nearest(kept, asked)
    controls.show(name, epoch)
    notices = []
    if asked not in (epoch, None):
        notices.append(f"Of epoch {asked} no model was kept: it is the one after epoch {epoch} instead.")
    return controls.keep(name, st.select_slider(f"Epoch{shown}", kept, **controls.drawn(name))), notices


def choose_side(suffix: str, below: DeltaGenerator) -> tuple[Side, Reading | None, list[str]]:
    """Choose one side: its text, its LSTM, its layer and direction, and, below the pictures, how it is read."""
    shown = " B" if suffix else " A"
    side = Side(choose_source(controls, suffix, shown))
    epoch, notices = choose_epoch(side.source.model, suffix, shown)
    state = below.segmented_control(
        f"Read{shown}",
        list(STATES),
        format_func=STATES.__getitem__,
        **controls.drawn("state" + suffix, start="default"),
    )
    side = replace(side, state=controls.keep("state" + suffix, state or "carried"), epoch=epoch)
    try:
        reading = read(side.reads())
    except LstmCoreError as error:
        return side, None, [*notices, str(error)]
    notices += reading.notices
    if reading.trace is None:
        return side, None, notices
    sizes = dict(zip(("layer", "direction"), reading.trace.c.shape, strict=False))
    place = {}
    for name, size in sizes.items():
        # A click on the chosen option would unset it: keep it.
        asked = controls.values[name + suffix] if controls.now(name + suffix) is None else controls.now(name + suffix)
        place[name] = min(asked, size - 1)
        if asked >= size:
            notices.append(f"There is no {name} {asked} here: it is {place[name]} instead.")
        controls.show(name + suffix, controls.keep(name + suffix, place[name]))
        if size > 1:
            st.segmented_control(
                f"{name.capitalize()}{shown}", range(size), **controls.drawn(name + suffix, start="default")
            )
    return replace(side, **place), reading, notices + only_the_first(len(reading.tokens), MOST, "compared")


def shown_of(pair: Pair) -> list[Quantity]:
    """Choose the shown quantities, in the order of the equation."""
    return [letter for letter in LETTERS if letter in pair.strips]


def show(pair: Pair, found: Two, reading_a: Reading) -> None:
    """Show both readings, and their difference if they have one."""
    shown = shown_of(pair)
    at_a, at_b = (pair.a.layer, pair.a.direction), (pair.b.layer, pair.b.direction)
    titles = [compare_sentences.title("A", pair.a.epoch), compare_sentences.title("B", pair.b.epoch)]
    if found.comparison is None:
        pictures = compare_figures.apart(found.a, at_a, found.b, at_b, shown, look)
    else:
        pictures = compared_strips.three(found.comparison, at_a, at_b, shown, look)
        titles.append("Difference, B − A")
        largest = found.comparison.largest(*shown)
        if abs(largest.value) > compare_sentences.SAME:
            compare_figures.frame(pictures, largest.quantity, largest.unit, largest.pair, look)
    said = compare_figures.three_said(found.said, reading_a.model, found.comparison, look)
    compare_figures.indent(pictures, said)
    side_by_side("compare", titles, {"three": pictures} | ({"said": said} if said else {}))


def two_readings(notices: list[str]) -> str:
    """Show two readings; returns their link."""
    left, right = st.columns(2, gap="large")
    said, shown = st.container(), st.container()
    # What is seldom changed stands below the pictures, so that a phone shows one on its first screen.
    below_left, below_right = st.columns(2, gap="large")
    with left, st.container(key="compare-a"):
        a, reading_a, notices_a = choose_side("", below_left)
    with right, st.container(key="compare-b"):
        b, reading_b, notices_b = choose_side(SECOND, below_right)
    with said:
        tell([*notices, *notices_a, *notices_b])
    pair = Pair(a, b, "".join(letter for letter in LETTERS if letter in controls.values["strips"]))
    if reading_a is None or reading_b is None:
        return compare_view.query_of(pair)
    with shown:
        return pictures_of(pair, reading_a, reading_b)


def pictures_of(pair: Pair, reading_a: Reading, reading_b: Reading) -> str:
    """Show where two readings differ, in a sentence and in pictures; returns their link."""
    a, b = pair.a, pair.b
    try:
        found = two(a, reading_a, b, reading_b)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return compare_view.query_of(pair)
    answer = st.container()
    strips = st.pills(
        "Shown",
        LETTERS,
        selection_mode="multi",
        label_visibility="collapsed",
        **controls.drawn("strips", start="default"),
    )
    pair = replace(pair, strips="".join(letter for letter in LETTERS if letter in strips) or pair.strips)
    controls.keep("strips", list(pair.strips))
    with answer:
        if found.comparison is None:
            st.markdown(f"##### {compare_sentences.different_units(found)}")
        else:
            st.markdown(f"##### {compare_sentences.largest(found.comparison, shown_of(pair))}")
            if said := compare_sentences.predictions(found, reading_a.model):
                st.markdown(said)
    show(pair, found, reading_a)
    if found.comparison is not None:
        small(f"{compare_sentences.BESIDE} {compare_sentences.aligned(found.comparison)}")
    small(f"Both are {proof_of_all((found.a, found.b))}.")
    made_with(f"A: {read_by(a.reads(), reading_a, found.a)}. B: {read_by(b.reads(), reading_b, found.b)}")
    return compare_view.query_of(pair)


def choose_cells() -> Cells:
    """Choose the three cells and what they read."""
    cells = st.segmented_control(
        "Read by",
        list(LEARNED),
        format_func=LEARNED.__getitem__,
        required=True,
        **controls.drawn("cells", start="default"),
    )
    controls.keep("cells", cells)
    if cells == UNTRAINED:
        choose_untrained()
    else:
        choose_trained()
    return Cells(**{name: controls.values[name] for name in asdict(Cells())})


def choose_untrained() -> None:
    """Choose the sentence, and the dimensions and seed of all three cells; they are shared with the first side."""
    for name in OF_RANDOM:
        # Streamlit treats one name with another label as a new, empty control, so these have their own names.
        if not controls.is_drawn(name + OF_ALL):
            controls.keep(name + OF_ALL, controls.values[name])
    boxes = st.container(key="compare-cells").columns([3, 1, 1, 1], vertical_alignment="bottom")
    said: dict[str, str | int] = {}
    with boxes[0]:
        said["sentence"] = st.text_input("Sentence", live=True, **controls.drawn("sentence" + OF_ALL))
    for box, name in zip(boxes[1:], OF_RANDOM[1:], strict=True):
        with box:
            said[name] = int(st.number_input(name, *BOUNDS[name], step=1, **controls.drawn(name + OF_ALL)))
    for name, value in said.items():
        controls.keep(name, value)
        controls.keep(name + OF_ALL, value)


def choose_trained() -> None:
    """Choose the symbol to remember, the gap, and the seed that all three learned from."""
    boxes = st.container(key="compare-cells").columns([2, 2, 1], vertical_alignment="bottom")
    left, middle, right = boxes
    with left:
        first = st.segmented_control("First symbol", SYMBOLS, required=True, **controls.drawn("first", start="default"))
    with middle:
        gap = st.slider("Dots until it is asked for", *BOUNDS["gap"], **controls.drawn("gap"))
    with right:
        seed = st.number_input("Trained from seed", *BOUNDS["trained_seed"], step=1, **controls.drawn("trained_seed"))
    for name, value in {"first": first, "gap": gap, "trained_seed": int(seed)}.items():
        controls.keep(name, value)


def three_cells(notices: list[str]) -> str:
    """Show an LSTM, a GRU and a plain RNN over one text; returns their link."""
    asked = choose_cells()
    tell(notices)
    trained = asked.cells != UNTRAINED
    try:
        read = cells_reading.three(asked)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return cells_view.query_of(asked)
    st.markdown(f"##### {cells_sentences.trained(read) if trained else cells_sentences.untrained(read)}")
    hidden, keeps = cells_figures.hidden(read, look), cells_figures.keeps(read, look)
    answers = cells_figures.answers(read, look) if trained else []
    drawn = [figure for figure in keeps if not isinstance(figure, str)]
    compare_figures.indent([*hidden, *drawn], answers)
    cells = [cells_drawn.drawn(kind, read.tokens, len(read.tokens) - 1, look) for kind in read.kinds]
    rows = {"cell": cells, "h": hidden} | ({"answers": answers} if answers else {}) | {"keeps": keeps}
    side_by_side("cells", [f"nn.{kind.cell.upper()}{'' if trained else ', untrained'}" for kind in read.kinds], rows)
    small(f"{cells_sentences.blocks(read)} All three are {proof_of_all(kind.trace for kind in read.kinds)}.")
    st.markdown(cells_sentences.what_left_means(trained))
    chart(cells_figures.left(read, look, lines), "cells.left")
    made_with(cells_sentences.made(asked, read))
    who_learns()
    return cells_view.query_of(asked)


def who_learns() -> None:
    """Show how many models of each kind learned to remember, and in how many epochs."""
    found = cells_reading.by_gap()
    st.subheader("Who learns to remember?")
    st.markdown(f"##### {cells_sentences.learned(found)}")
    budgets = sorted({one.epochs for one in found})
    pictures = [cells_figures.by_gap([one for one in found if one.epochs == of], look, lines) for of in budgets]
    side_by_side("cells", [cells_sentences.budget(of) for of in budgets], {"gap": pictures})
    st.markdown(cells_sentences.what_buys_it(found))


page_title("Compare", "Where do two readings differ, and what do an LSTM, a GRU and a plain RNN each keep?")
notices = controls.begin(follow)
what = st.segmented_control(
    "Side by side",
    list(WHAT),
    format_func=WHAT.__getitem__,
    required=True,
    label_visibility="collapsed",
    **controls.drawn("what", start="default"),
)
controls.keep("what", what)
controls.say(two_readings(notices) if what == "two" else three_cells(notices))
