"""How do a page's controls, its link and the visitor's view stay equal, and which text and LSTM do they choose?"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from gatescope.controls import visitor
from gatescope.controls.frame import FRAME
from gatescope.controls.visitor import answers_history, own_models
from gatescope.question import link
from gatescope.question.view import MODELS, RANGES, SIZES, TOKENS, Source, View
from gatescope.reading.models import DIMENSIONS, nearest_size, trained_sizes, with_text
from gatescope.store import visitor_models

# How do a page's controls, its link and the visitor's view stay equal?
#
# Streamlit binds a control to one value of the link; here several controls make one value (`pin`), and one choice may
# exclude another. So a page reads its link when it is opened or the visitor goes back, and writes it after every
# change. A page that is opened without a link continues with the visitor's view (`visitor`).

# Sets a page's controls to a link's values, and returns a sentence for each value that is not possible.
Follow = Callable[[Mapping[str, str]], list[str]]
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
            for name in self.values:
                st.session_state.pop(self.key(name), None)
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
        # Streamlit forgets a control that is neither on screen nor will be.
        if self.key(name) not in st.session_state:
            self.show(name, self.values[name])
        return {"key": self.key(name), "on_change": self.moved, start: self.now(name)}

    def chosen(self, name: str, options: Iterable[Any]) -> dict[str, Any]:
        """The arguments for drawing a list of which the visitor chooses one."""
        there = list(options)
        how = self.drawn(name, start="index") | {"options": there}
        return how | {"index": there.index(how["index"]) if how["index"] in there else 0}

    def select(self, name: str, title: str, options: Mapping[Any, str], **how: Any) -> Any:
        """Draw a list of which one is chosen; keep and return it."""
        how = self.chosen(name, options) | {"format_func": options.__getitem__} | how
        return self.keep(name, st.selectbox(title, **how))

    def one_of(self, name: str, title: str, options: Mapping[str, str], **how: Any) -> str:
        """Draw a choice of one of a few that stand side by side; keep and return it."""
        how = self.drawn(name, start="default") | {"format_func": options.__getitem__, "required": True} | how
        return str(self.keep(name, st.segmented_control(title, list(options), **how)))

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

    def keep(self, name: str, value: Any) -> Any:
        """Remember a control's value."""
        self.values[name] = value
        return value

    def move(self, **values: Any) -> None:
        """The visitor chose these values otherwise than with their controls."""
        self.set(values)
        self.moved()

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


# Which text, and which LSTM reads it? The main page's controls, for pages without the live view.

NUMBERS = ("input_dim", "hidden_dim", "n_layers", "directions", "seed")


def fields_of(source: Source, suffix: str = "") -> dict[str, Any]:
    """The values of these controls by name; the suffix separates two sources on one page."""
    return {name + suffix: getattr(source, name) for name in SOURCE}


def choose_source(controls: Controls, suffix: str = "", shown: str = "") -> Source:
    """Draw the controls, with `shown` after each name; returns their source."""
    return choose_lstm(controls, lambda: sentence_box(controls, suffix, shown), suffix, shown)


def choose_lstm(controls: Controls, sentence: Callable[[], str], suffix: str = "", shown: str = "") -> Source:
    """Draw, in one row, the controls that choose the LSTM, the text (`sentence` draws its box) and the dimensions of a
    random LSTM; returns their values."""
    options = models(controls.values["model" + suffix])
    is_random, has_sizes = (controls.now("model" + suffix) == name for name in ("random", SIZES))
    # Half a page is narrow: there the text takes less.
    first, text = (4.5, 6.5) if suffix or shown else (4, 15)
    widths = [first, text, 4] if is_random or has_sizes else [first, text + 4]
    boxes = st.columns(widths, vertical_alignment="bottom" if shown else "top", gap="small")
    named = "visible" if shown else "collapsed"
    with boxes[0]:
        controls.select("model" + suffix, f"Model{shown}", options, label_visibility=named)
    with boxes[1]:
        controls.keep("sentence" + suffix, sentence())
    if is_random or has_sizes:
        with boxes[2]:
            dimensions = (_dimensions if is_random else _trained_size)(controls, suffix, shown)
        controls.values |= {name + suffix: value for name, value in dimensions.items()}
    return Source(**{name: controls.values[name + suffix] for name in SOURCE})


def models(chosen: str) -> dict[str, str]:
    """The available models, and the one that a link asks for."""
    there = MODELS | own_models()
    if chosen in there:
        return there
    return there | {chosen: visitor_models.label(chosen) or "a model that is no longer here"}


def sentence_box(controls: Controls, suffix: str, shown: str) -> str:
    """The text box; a file that was opened on the main page is read instead until something is typed."""
    file = "file" + suffix
    typed = partial(controls.move, **{file: ""})
    label = (
        f"Sentence{shown}" if not controls.values[file] else f"Sentence{shown} (an opened file is read in its place)"
    )
    named = "visible" if shown or controls.values[file] else "collapsed"
    how = controls.drawn("sentence" + suffix) | {"on_change": typed, "label_visibility": named}
    # A box of one line would join the lines, and lose them once somebody types. A box that once had several lines stays
    # tall: Streamlit forgets the text when the kind of box changes.
    lines = "lines" + suffix
    controls.show(lines, controls.now(lines, False) or "\n" in controls.now("sentence" + suffix))
    several = controls.now(lines)
    text: str = st.text_area(label, height=120, **how) if several else st.text_input(label, live=True, **how)
    if controls.values[file]:
        st.button("Read the sentence instead", on_click=typed, key=controls.key("close" + suffix))
    return text


def _dimensions(controls: Controls, suffix: str, shown: str) -> dict[str, Any]:
    values = {name: controls.values[name + suffix] for name in NUMBERS}
    title = "LSTM({input_dim}, {hidden_dim}, {n_layers}), seed {seed}".format(**values)
    said: dict[str, Any] = {}
    with st.popover(title, width="stretch", key=controls.key("dimensions" + suffix)):
        said["tokens"] = controls.select("tokens" + suffix, f"Read as{shown}", TOKENS)
        for name in NUMBERS:
            low, high = RANGES[name]
            said[name] = int(st.number_input(name + shown, low, high, step=1, **controls.drawn(name + suffix)))
    return said


def _trained_size(controls: Controls, suffix: str, shown: str) -> dict[str, int]:
    """The dimensions of a model that was trained in several sizes: the trained ones."""
    asked = Source(model=SIZES, **{name: controls.values[name + suffix] for name in DIMENSIONS})
    trained, _, _ = nearest_size(asked)
    controls.set({name + suffix: getattr(trained, name) for name in DIMENSIONS if trained != asked})
    with st.popover(f"LSTM({trained.input_dim}, {trained.hidden_dim}, {trained.n_layers})", width="stretch"):
        return {
            name: st.select_slider(name + shown, options, **controls.drawn(name + suffix))
            for name, options in trained_sizes().items()
        }
