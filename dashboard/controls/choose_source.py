"""Which text, and which LSTM reads it? The main page's controls, for pages without the live view."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from gatescope.controls.link_sync import SOURCE, Controls
from gatescope.controls.own_models import own_models
from gatescope.question.view import MODELS, RANGES, SIZES, TOKENS, Source
from gatescope.reading.trained_sizes import DIMENSIONS, nearest_size, trained_sizes
from gatescope.store import visitor_models

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

    def keep(name: str, value: Any) -> Any:
        return controls.keep(name + suffix, value)

    options = models(controls.values["model" + suffix])
    is_random, has_sizes = (controls.now("model" + suffix) == name for name in ("random", SIZES))
    # Half a page is narrow: there the text takes less.
    first, text = (4.5, 6.5) if suffix or shown else (4, 15)
    widths = [first, text, 4] if is_random or has_sizes else [first, text + 4]
    boxes = st.columns(widths, vertical_alignment="bottom" if shown else "top", gap="small")
    with boxes[0]:
        model = st.selectbox(
            f"Model{shown}",
            format_func=options.__getitem__,
            label_visibility="visible" if shown else "collapsed",
            **controls.chosen("model" + suffix, options),
        )
        keep("model", model)
    with boxes[1]:
        keep("sentence", sentence())
    if is_random:
        with boxes[2]:
            for name, value in _dimensions(controls, suffix, shown).items():
                keep(name, value)
    elif has_sizes:
        with boxes[2]:
            for name, value in _trained_size(controls, suffix, shown).items():
                keep(name, value)
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

    def typed() -> None:
        controls.values[file] = ""
        controls.moved()

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
        read_as = "tokens" + suffix
        said["tokens"] = st.selectbox(
            f"Read as{shown}",
            format_func=TOKENS.__getitem__,
            **controls.chosen(read_as, TOKENS),
        )
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
