"""Which text, and which LSTM reads it? The controls of the main page, for pages that have no live view."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

import lstm_core
from dashboard import shelf
from dashboard.examples import examples
from dashboard.linked import Controls
from dashboard.session import own_models
from dashboard.view import MODELS, RANGES, TOKENS, View

FIELDS = ("sentence", "file", "model", "tokens", "input_dim", "hidden_dim", "n_layers", "directions", "seed")
NUMBERS = ("input_dim", "hidden_dim", "n_layers", "directions", "seed")


def fields_of(view: View, suffix: str = "") -> dict[str, Any]:
    """A view's part that these controls hold; the suffix tells two views on one page apart."""
    return {name + suffix: value for name, value in asdict(view).items() if name in FIELDS}


def choose_view(controls: Controls, suffix: str = "", shown: str = "") -> View:
    """Draw the controls, with `shown` behind each name; what they say."""
    return choose_lstm(controls, _sentence(controls, suffix, shown), suffix, shown)


def choose_lstm(controls: Controls, sentence: str, suffix: str = "", shown: str = "") -> View:
    """Draw the controls that say which LSTM reads a sentence; what they say."""

    def keep(name: str, value: Any) -> Any:
        return controls.keep(name + suffix, value)

    said: dict[str, Any] = {"sentence": keep("sentence", sentence)}
    chosen = controls.values["model" + suffix]
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        options = models(chosen)
        model = st.selectbox(
            f"Model{shown}", options, format_func=options.__getitem__, **controls.drawn("model" + suffix)
        )
        said["model"] = keep("model", model)
    with right:
        if said["model"] == "random":
            said |= {name: keep(name, value) for name, value in _dimensions(controls, suffix, shown).items()}
    return View(**{name: said.get(name, controls.values[name + suffix]) for name in FIELDS})


def models(chosen: str) -> dict[str, str]:
    """The models that are there, and one that a link asks for."""
    there = {name: title for name, title in MODELS.items() if name == "random" or name in lstm_core.models()}
    own = shelf.kept(chosen)
    asked = {chosen: MODELS.get(chosen, f"{own.name}, of this link" if own else "a model that is no longer here")}
    return there | own_models() | ({} if chosen in there or chosen in own_models() else asked)


def offer_examples(controls: Controls, view: View, model: lstm_core.SequenceModel | None) -> None:
    """Texts worth reading with this model, a click away."""
    texts = examples(model, view.tokens if model is None else model.reads)
    key = controls.key("example")

    def take() -> None:
        if chosen := st.session_state[key]:
            st.session_state[controls.key("sentence")] = texts[chosen]
            st.session_state[key] = None
            controls.moved()

    st.pills("Examples", list(texts), key=key, on_change=take, label_visibility="collapsed")


def _sentence(controls: Controls, suffix: str, shown: str) -> str:
    """The text box; a file that was opened on the main page is read in its place until something is typed."""
    file = "file" + suffix

    def typed() -> None:
        controls.values[file] = ""
        controls.moved()

    label = (
        f"Sentence{shown}" if not controls.values[file] else f"Sentence{shown} (an opened file is read in its place)"
    )
    how = controls.drawn("sentence" + suffix) | {"on_change": typed}
    # In a box of one line the others would run into each other, and be lost once it is typed into. A box that has had
    # several keeps its form: Streamlit forgets what was typed into one of another form.
    lines = controls.key("lines" + suffix)
    st.session_state[lines] = st.session_state.get(lines, False) or "\n" in st.session_state[how["key"]]
    text: str = st.text_area(label, height=120, **how) if st.session_state[lines] else st.text_input(label, **how)
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
            list(TOKENS),
            format_func=TOKENS.__getitem__,
            **controls.hidden(read_as, index=list(TOKENS).index(controls.values[read_as])),
        )
        for name in NUMBERS:
            low, high = RANGES[name]
            said[name] = int(
                st.number_input(name + shown, low, high, step=1, **controls.hidden(name + suffix, value=values[name]))
            )
    return said
