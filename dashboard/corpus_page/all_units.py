"""All units of a scan in one table, and the way from it to one unit and on to the next."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.controls.notices import tell
from dashboard.controls.small_print import small
from dashboard.corpus import sentences, unit_rows
from dashboard.corpus.view import COLUMNS, Place
from dashboard.corpus_page.corpus_controls import CorpusControls
from lstm_core import Scan

# Pixels of the table of units: some fifteen rows.
_HIGH = 560
_ALL = "all"


def all_units(controls: CorpusControls, scan: Scan) -> None:
    """The table of units, in order of a column and within bounds."""
    boxes = st.columns([3, 2, 2, 5], vertical_alignment="bottom", gap="small")
    with boxes[0]:
        controls.keep("by", st.selectbox("Largest first, by", **controls.chosen("by", COLUMNS)))
    for box, name, title in ((boxes[1], "at_least", "at least"), (boxes[2], "at_most", "at most")):
        with box:
            controls.keep(name, st.number_input(title, format="%g", **controls.drawn(name)))
    table = unit_rows.rows(scan, controls.question())
    with boxes[3]:
        small(f"{len(table):,} of {len(scan.units):,} units. Select a row to open its unit; a head sorts.")
    st.session_state[controls.key("rows")] = [unit_rows.place_in(scan, row) for row in table.index]
    numbers = {name: st.column_config.NumberColumn(format="%.3g") for name in COLUMNS}
    numbers |= {name: st.column_config.NumberColumn(format="%.0f%%") for name in unit_rows.SHARES}
    bars = st.column_config.BarChartColumn("c over the corpus", y_min=0, y_max=1, width="small")
    st.dataframe(
        table,
        hide_index=True,
        height=_HIGH if len(table) > 14 else "auto",
        column_config=numbers | {"c": bars},
        on_select=partial(_row_selected, controls),
        selection_mode="single-row",
        key=controls.key("table"),
    )


def _row_selected(controls: CorpusControls) -> None:
    """Open the unit of the row."""
    chosen = st.session_state[controls.key("table")].selection.rows
    if chosen:
        controls.open_unit(st.session_state[controls.key("rows")][chosen[0]])


def choose_unit(controls: CorpusControls, scan: Scan) -> Place | None:
    """Choose a unit, or all of them."""
    there = unit_rows.places(scan)
    asked = controls.values["unit"]
    not_there = asked not in (None, *there)
    tell([f"There is no unit {asked} (layer.unit): all are shown."] if not_there else [])
    if not_there:
        controls.set({"unit": None})
    # In a list of Streamlit None means that nothing is chosen yet.
    named = {_ALL: f"All {len(there):,} units"} | {
        str(place): sentences.unit_named(scan, place).capitalize() for place in there
    }
    controls.show("place", str(controls.values["unit"] or _ALL))
    with st.container(horizontal=True, vertical_alignment="bottom", key="corpus-unit"):
        st.selectbox(
            "Unit",
            list(named),
            format_func=named.__getitem__,
            label_visibility="collapsed",
            width=260,
            key=controls.key("place"),
            on_change=_chosen,
            args=(controls, there),
        )
        st.button("Unit before", on_click=_next, args=(controls, there, -1), icon=":material/chevron_left:")
        st.button("Unit after", on_click=_next, args=(controls, there, 1), icon=":material/chevron_right:")
    found: Place | None = controls.values["unit"]
    return found


def _chosen(controls: CorpusControls, there: list[Place]) -> None:
    """Show the unit that was chosen in the list."""
    chosen = controls.now("place")
    controls.open_unit(next((place for place in there if str(place) == chosen), None))


def _next(controls: CorpusControls, there: list[Place], by: int) -> None:
    """Go to the unit after or before; from the table to the first or the last."""
    now = controls.values["unit"]
    at = there.index(now) + by if now in there else min(0, by)
    controls.open_unit(there[at % len(there)])
