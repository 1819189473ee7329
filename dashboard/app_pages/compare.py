"""Two of anything, side by side on the same scales, and their difference; or an LSTM, a GRU and a plain RNN."""

from dataclasses import asdict, replace
from typing import cast

import streamlit as st

from dashboard import palette, session, shelf
from dashboard.beside import side_by_side
from dashboard.cells import figures as cells_figures
from dashboard.cells import reading as cells_reading
from dashboard.cells import sentences as cells_sentences
from dashboard.cells import view as cells_view
from dashboard.cells.view import BOUNDS, LEARNED, OF_RANDOM, UNTRAINED, Cells
from dashboard.chart import chart
from dashboard.comparing import figures as compare_figures
from dashboard.comparing import sentences as compare_sentences
from dashboard.comparing import view as compare_view
from dashboard.comparing.two_readings import MOST, Two, two
from dashboard.comparing.view import SECOND, STATES, Pair, Side
from dashboard.figures import STRIPS
from dashboard.linked import Controls
from dashboard.plain import plain
from dashboard.reader_controls import choose_view, fields_of
from dashboard.reading import Reading, read
from dashboard.sentences import proof
from dashboard.view import OWN
from dashboard.why.sentences import only_the_first
from lstm_core import LstmCoreError, Quantity
from lstm_core.training.copying import SYMBOLS

look, lines = palette.look("teal", session.theme()), palette.KINDS[session.theme()]
WHAT = {"two": "Two readings", "cells": "LSTM, GRU and plain RNN"}
controls = Controls("compare")
# Ends the names of the controls that all three kinds of cell share.
OF_ALL = "_of_all"
LETTERS = [cast(Quantity, strip.quantity) for strip in STRIPS]


def follow(query: dict[str, str]) -> list[str]:
    """Set the controls to what a link asks; a sentence for each value that can't be had."""
    what = "cells" if "cells" in query else "two"
    pair, notices = compare_view.read_pair({} if what == "cells" else query)
    for side, suffix in ((pair.a, ""), (pair.b, SECOND)):
        place = {"layer": side.layer, "direction": side.direction, "state": side.state, "epoch": side.epoch}
        controls.follow(fields_of(side.view, suffix) | {name + suffix: value for name, value in place.items()})
    asked, wrong = cells_view.read_cells(query if what == "cells" else {})
    own = cells_view.READERS if what == "two" else asdict(asked)
    controls.follow({"strips": list(pair.strips), "what": what} | {name: getattr(asked, name) for name in own})
    for name in OF_RANDOM:
        st.session_state.pop(controls.key(name + OF_ALL), None)
    return [*notices, *wrong]


def small(text: str) -> None:
    """A line beside the matter; Streamlit's own captions are too pale to read."""
    st.markdown(f":small[{text}]")


def choose_epoch(model: str, suffix: str, shown: str) -> tuple[int | None, list[str]]:
    """After which epoch a model is meant that learned on the page Train."""
    name, kept = "epoch" + suffix, shelf.epochs(model)
    if not kept:
        # A model that is gone may come back with its link, where it is still kept.
        gone = model.startswith(OWN) and shelf.kept(model) is None
        return controls.keep(name, controls.values[name] if gone else None), []
    asked = st.session_state.get(controls.key(name), controls.values[name])
    epoch = st.session_state[controls.key(name)] = compare_view.nearest(kept, asked)
    notices = []
    if asked not in (epoch, None):
        notices.append(f"Of epoch {asked} no model was kept: it is the one after epoch {epoch} instead.")
    return controls.keep(name, st.select_slider(f"Epoch{shown}", kept, **controls.drawn(name))), notices


def choose_side(suffix: str) -> tuple[Side, Reading | None, list[str]]:
    """One of the two: its text, its LSTM, which layer and direction, read how."""
    shown = " B" if suffix else " A"
    side = Side(choose_view(controls, suffix, shown))
    epoch, notices = choose_epoch(side.view.model, suffix, shown)
    state = st.segmented_control(
        f"Read{shown}", list(STATES), format_func=STATES.__getitem__, **controls.drawn("state" + suffix)
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
        key = controls.key(name + suffix)
        asked = st.session_state.get(key, controls.values[name + suffix])
        place[name] = min(asked, size - 1)
        if asked >= size:
            notices.append(f"There is no {name} {asked} here: it is {place[name]} instead.")
        st.session_state[key] = place[name]
        if size > 1:
            st.segmented_control(f"{name.capitalize()}{shown}", range(size), **controls.drawn(name + suffix))
            place[name] = place[name] if st.session_state[key] is None else st.session_state[key]
        controls.keep(name + suffix, place[name])
    return replace(side, **place), reading, notices + only_the_first(len(reading.tokens), MOST, "compared")


def shown_of(pair: Pair) -> list[Quantity]:
    """The quantities that are shown, in the order of the equation."""
    return [letter for letter in LETTERS if letter in pair.strips]


def show(pair: Pair, found: Two, reading_a: Reading) -> None:
    """Both, and their difference where there is one."""
    shown = shown_of(pair)
    at_a, at_b = (pair.a.layer, pair.a.direction), (pair.b.layer, pair.b.direction)
    titles = [compare_sentences.title("A", pair.a.epoch), compare_sentences.title("B", pair.b.epoch)]
    if found.comparison is None:
        pictures = compare_figures.apart(found.a, at_a, found.b, at_b, shown, look)
    else:
        pictures = compare_figures.three(found.comparison, at_a, at_b, shown, look)
        titles.append("The difference, B less A")
        largest = found.comparison.largest(*shown)
        if abs(largest.value) > compare_sentences.SAME:
            compare_figures.frame(pictures, largest.quantity, largest.unit, largest.pair, look)
    said = compare_figures.three_said(found.said, reading_a.model, found.comparison, look)
    compare_figures.indent(pictures, said)
    side_by_side("compare", titles, {"three": pictures} | ({"said": said} if said else {}))


def two_readings(notices: list[str]) -> str:
    """Two of anything; what the link says of them."""
    left, right = st.columns(2, gap="large")
    with left:
        a, reading_a, notices_a = choose_side("")
    with right:
        b, reading_b, notices_b = choose_side(SECOND)
    for notice in dict.fromkeys([*notices, *notices_a, *notices_b]):
        st.warning(plain(notice))
    pair = Pair(a, b, "".join(letter for letter in LETTERS if letter in controls.values["strips"]))
    if reading_a is None or reading_b is None:
        return pair.query()
    try:
        found = two(a, reading_a, b, reading_b)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return pair.query()
    answer = st.container()
    strips = st.pills(
        "Shown", LETTERS, selection_mode="multi", label_visibility="collapsed", **controls.drawn("strips")
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
    small(f"In both {proof(max((found.a, found.b), key=lambda trace: trace.max_error))}.")
    return pair.query()


def choose_cells() -> Cells:
    """Which three read what."""
    cells = st.segmented_control(
        "Read by", list(LEARNED), format_func=LEARNED.__getitem__, required=True, **controls.drawn("cells")
    )
    controls.keep("cells", cells)
    if cells == UNTRAINED:
        choose_untrained()
    else:
        choose_trained()
    return Cells(**{name: controls.values[name] for name in asdict(Cells())})


def choose_untrained() -> None:
    """The sentence, and the dimensions and the seed of all three: those of the first of two readings, too."""
    for name in OF_RANDOM:
        # Streamlit takes the same name under another label for a new, empty control: these have names of their own.
        if controls.key(name + OF_ALL) not in st.session_state:
            controls.keep(name + OF_ALL, controls.values[name])
    boxes = st.columns([3, 1, 1, 1], vertical_alignment="bottom")
    said: dict[str, str | int] = {}
    with boxes[0]:
        said["sentence"] = st.text_input("Sentence", **controls.drawn("sentence" + OF_ALL))
    for box, name in zip(boxes[1:], OF_RANDOM[1:], strict=True):
        with box:
            said[name] = int(st.number_input(name, *BOUNDS[name], step=1, **controls.drawn(name + OF_ALL)))
    for name, value in said.items():
        controls.keep(name, value)
        controls.keep(name + OF_ALL, value)


def choose_trained() -> None:
    """What is to be remembered for how long, and the seed that all three learned from."""
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    with left:
        first = st.segmented_control("First symbol", SYMBOLS, required=True, **controls.drawn("first"))
    with middle:
        gap = st.slider("Dots until it is asked for", *BOUNDS["gap"], **controls.drawn("gap"))
    with right:
        seed = st.number_input("Trained from seed", *BOUNDS["trained_seed"], step=1, **controls.drawn("trained_seed"))
    for name, value in {"first": first, "gap": gap, "trained_seed": int(seed)}.items():
        controls.keep(name, value)


def three_cells(notices: list[str]) -> str:
    """An LSTM, a GRU and a plain RNN over one text; what the link says of them."""
    asked = choose_cells()
    for notice in notices:
        st.warning(plain(notice))
    trained = asked.cells != UNTRAINED
    try:
        read = cells_reading.three(asked)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return asked.query()
    st.markdown(f"##### {cells_sentences.trained(read) if trained else cells_sentences.untrained(read)}")
    hidden, keeps = cells_figures.hidden(read, look), cells_figures.keeps(read, look)
    answers = cells_figures.answers(read, look) if trained else []
    drawn = [figure for figure in keeps if not isinstance(figure, str)]
    compare_figures.indent([*hidden, *drawn], answers)
    rows = {"h": hidden} | ({"answers": answers} if answers else {}) | {"keeps": keeps}
    side_by_side("cells", [f"nn.{kind.cell.upper()}{'' if trained else ', untrained'}" for kind in read.kinds], rows)
    small(f"{cells_sentences.blocks(read)} In all three {proof(read.worst)}.")
    st.markdown(cells_sentences.what_left_means(trained))
    chart(cells_figures.left(read, look, lines), "cells.left")
    who_learns()
    return asked.query()


def who_learns() -> None:
    """How many of each kind learned to remember, from how many epochs."""
    found = cells_reading.by_gap()
    st.subheader("Who learns to remember?")
    st.markdown(f"##### {cells_sentences.learned(found)}")
    budgets = sorted({one.epochs for one in found})
    pictures = [cells_figures.by_gap([one for one in found if one.epochs == of], look, lines) for of in budgets]
    side_by_side("cells", [cells_sentences.budget(of) for of in budgets], {"gap": pictures})
    st.markdown(cells_sentences.what_buys_it(found))


st.title("Compare")
news = controls.news()
notices = [] if news is None else follow(news)
what = st.segmented_control(
    "Side by side", list(WHAT), format_func=WHAT.__getitem__, required=True, **controls.drawn("what")
)
controls.keep("what", what)
controls.say(two_readings(notices) if what == "two" else three_cells(notices))
