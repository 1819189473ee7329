"""How does a page keep what its controls say in its link?

Streamlit binds a control to one value of the link; here several controls make one (`pin`), and one choice may rule
another out. So a page reads its link when it is opened or the visitor goes back, and writes it after every change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.errors import StreamlitAPIException


class Controls:
    """The controls of one page: their values, kept for the visitor while other pages are looked at."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._followed: set[str] = set()
        self.values: dict[str, Any] = st.session_state.setdefault(f"{page}.values", {})

    def news(self) -> dict[str, str] | None:
        """The link's values where they are to be followed: the page was opened, or the visitor went back; else None."""
        query = st.query_params.to_dict()
        moved = st.session_state.pop(f"{self._page}.moved", False)
        opened = not self._is_on_screen()
        if opened and not query and self.values:
            # Come back by the menu: as it was left.
            return None
        written = st.session_state.get(f"{self._page}.query")
        return query if not self.values or (query != written and not moved) else None

    def follow(self, values: Mapping[str, Any]) -> None:
        """Set controls before they are drawn."""
        self.values.update(values)
        self._followed |= values.keys()
        for name, value in values.items():
            st.session_state[self.key(name)] = value

    def say(self, query: str) -> None:
        """Put what the controls say into the link."""
        wanted = dict(parse_qsl(query, keep_blank_values=True))
        if st.query_params.to_dict() != wanted:
            try:
                st.query_params.from_dict(wanted)
            except StreamlitAPIException:
                # A page that was just left still holds these names; the run that follows this one sets them free.
                st.session_state[f"{self._page}.moved"] = True
                _once_more(iter((False, True)))
                return
        st.session_state[f"{self._page}.query"] = wanted

    def key(self, name: str) -> str:
        """A control's key, to be drawn with; its value is the one it had."""
        return f"{self._page}.{name}"

    def drawn(self, name: str) -> dict[str, Any]:
        """What a control of this page is drawn with."""
        key = self.key(name)
        if key not in st.session_state:
            st.session_state[key] = self.values[name]
        return {"key": key, "on_change": self.moved}

    def hidden(self, name: str, **value: Any) -> dict[str, Any]:
        """What a control is drawn with that the browser makes only once it is opened: it needs its value every time,
        but for the run that sets it."""
        shown = {"key": self.key(name), "on_change": self.moved}
        return shown if name in self._followed else shown | value

    def keep(self, name: str, value: Any) -> Any:
        """Remember what a control says."""
        self.values[name] = value
        return value

    def moved(self) -> None:
        """Somebody has moved a control: the link follows it, not the other way."""
        st.session_state[f"{self._page}.moved"] = True

    def _is_on_screen(self) -> bool:
        # Streamlit forgets a control that is no longer drawn; the text is on every page.
        return self.key("sentence") in st.session_state


@st.fragment(run_every=0.2)
def _once_more(now: Iterator[bool]) -> None:
    """Run the page again, as soon as it has been drawn."""
    if next(now, False):
        st.rerun()
