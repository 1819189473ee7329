"""How do a page's controls, its link and the visitor's view stay equal?

Streamlit binds a control to one value of the link; here several controls make one value (`pin`), and one choice may
exclude another. So a page reads its link when it is opened or the visitor goes back, and writes it after every change.
A page that is opened without a link continues with the visitor's view (`visitor`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from gatescope.controls import visitor
from gatescope.controls.frame import FRAME
from gatescope.controls.history import answers_history
from gatescope.question import link
from gatescope.question.view import Source, View
from gatescope.reading.example_texts import with_text

Follow = Callable[[Mapping[str, str]], list[str]]
"""Sets a page's controls to a link's values, and returns a sentence for each value that is not possible."""
SOURCE = tuple(field.name for field in fields(Source))


class Controls:
    """The controls of one page: their values, kept for the visitor while another page is open.

    `names`: the fields that a link of this page can contain.
    """

    def __init__(self, page: str, names: Collection[str]) -> None:
        self._page = page
        self._names = names
        self.values: dict[str, Any] = st.session_state.setdefault(f"{page}.values", {})

    def begin(self, follow: Follow) -> list[str]:
        """Let the controls follow the link if it has changed; returns sentences about impossible values."""
        query = st.query_params.to_dict()
        said = {name: text for name, text in query.items() if name in self._names}
        opened = visitor.has_come()
        # A run may end before `say`, because the visitor types on: what has moved stays so until the link says it, or
        # until the visitor goes back.
        has_moved = st.session_state.get(f"{self._page}.moved", False)
        goes_back = has_moved and answers_history()
        moved = has_moved and not opened and not goes_back
        if opened and not has_moved:
            # What Streamlit still holds of a control that another page took off the screen may be older.
            self.forget(*self.values)
        if not said:
            news = self._news_of_other_pages() if opened or not self.values else None
        elif self.values and (moved or (query == st.session_state.get(f"{self._page}.query") and not goes_back)):
            news = None
        else:
            news = said
        return [] if news is None else follow(with_text(news))

    def say(self, query: str) -> None:
        """Write the controls' values into the link."""
        frame = {name: st.query_params[name] for name in FRAME if name in st.query_params}
        wanted = dict(parse_qsl(query, keep_blank_values=True)) | frame
        if st.query_params.to_dict() != wanted:
            st.query_params.from_dict(wanted)
        st.session_state[f"{self._page}.query"] = wanted
        # A fragment runs without `begin`.
        st.session_state.pop(f"{self._page}.moved", None)

    def key(self, name: str) -> str:
        return f"{self._page}.{name}"

    def drawn(self, name: str, start: str = "value") -> dict[str, Any]:
        """The arguments for drawing a control of this page; the control keeps its value.

        `start`: what this kind of control calls the value that it starts with. The browser can miss the run that sets
        a value (it opens a closed part later, or the next run overtakes that one); then it starts with this.
        """
        if not self.is_drawn(name):
            self.show(name, self.values[name])
        return {"key": self.key(name), "on_change": self.moved, start: self.now(name)}

    def chosen(self, name: str, options: Iterable[Any]) -> dict[str, Any]:
        """The arguments for drawing a list of which the visitor chooses one."""
        there = list(options)
        how = self.drawn(name, start="index") | {"options": there}
        return how | {"index": there.index(how["index"]) if how["index"] in there else 0}

    def one_of(self, name: str, title: str, options: Mapping[str, str], **how: Any) -> str:
        """Draw a choice of one of a few that stand side by side; keep and return it."""
        how = self.drawn(name, start="default") | {"format_func": options.__getitem__, "required": True} | how
        return str(self.keep(name, st.segmented_control(title, list(options), **how)))

    def is_drawn(self, name: str) -> bool:
        """Whether the control is on screen or will be; Streamlit forgets other controls."""
        return self.key(name) in st.session_state

    def now(self, name: str, otherwise: Any = None) -> Any:
        return st.session_state.get(self.key(name), self.values.get(name, otherwise))

    def show(self, name: str, value: Any) -> None:
        """Set the value with which the control is drawn next."""
        st.session_state[self.key(name)] = value

    def set(self, values: Mapping[str, Any]) -> None:
        """Set controls, before they are drawn."""
        self.values.update(values)
        for name, value in values.items():
            self.show(name, value)

    def forget(self, *names: str) -> None:
        """Forget these controls' values, so that they are drawn anew."""
        for name in names:
            st.session_state.pop(self.key(name), None)

    def keep(self, name: str, value: Any) -> Any:
        """Remember a control's value."""
        self.values[name] = value
        return value

    def moved(self) -> None:
        """The visitor changed a control: now the link follows the control."""
        st.session_state[f"{self._page}.moved"] = True

    def _news_of_other_pages(self) -> dict[str, str] | None:
        return None if self.values else {}


class SourceControls(Controls):
    """The controls of a page that reads the visitor's text: all pages share one text and one LSTM."""

    def view(self) -> View:
        """The visitor's view with the controls' values. A pinned cell and holds belong to their source."""
        before = visitor.view()
        source = Source(**{name: self.values[name] for name in SOURCE})
        shown = before.shown if source == before.source else replace(before.shown, pin=None)
        own: dict[str, Any] = {name: self.values[name] for name in ("rows", "pin") if name in self.values}
        return View(source, replace(shown, **own), before.holds if source == before.source else View().holds)

    def take(self, view: View) -> None:
        """Set the controls of the source, and the visitor's view."""
        self.set({name: getattr(view.source, name) for name in SOURCE})
        visitor.looks_at(view)

    def say(self, query: str) -> None:
        """Write the controls' values into the link and into the visitor's view.

        A source that the page itself chose (`offered`) is the visitor's once it is changed.
        """
        super().say(query)
        if self.view().source != self.values.get("offered"):
            self.values.pop("offered", None)
            visitor.looks_at(self.view())

    def _news_of_other_pages(self) -> dict[str, str] | None:
        view = visitor.view()
        if not self.values or any(self.values[name] != getattr(view.source, name) for name in SOURCE):
            return link.in_full(view)
        # If the source is unchanged, the page is as it was left, except for the other values that all pages share.
        self.values.update({name: getattr(view.shown, name) for name in ("rows", "pin") if name in self.values})
        return None
