"""Which models did this visitor train or open, and how are they downloaded?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING

import streamlit as st

from gatescope.question.opening import own_model

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lstm_core import SequenceModel


def own_models() -> dict[str, str]:
    """The models that this visitor trained or opened: by key, the name in the main page's list. The one with which the
    server was opened is everybody's."""
    models: dict[str, str] = st.session_state.setdefault("own_models", own_model())
    return models


def keep_own_model(model: SequenceModel, label: str, epochs: Mapping[int, SequenceModel] | None = None) -> str:
    """Put a model into the main page's list, with its states after earlier epochs by number; returns its key."""
    from gatescope.store import visitor_models  # imports torch, which the first page can't wait for

    taken = set(own_models().values())
    names = (label if number == 1 else f"{label} ({number})" for number in count(1))
    name = next(name for name in names if name not in taken)
    key = visitor_models.put(model, epochs, name)
    own_models()[key] = name
    return key


def keep_recording(key: str, label: str) -> None:
    own_models()[key] = label


def offer_own_model(place: DeltaGenerator, model: SequenceModel, help: str | None = None) -> None:
    """A button that downloads a model as one file, with the name that its script opens."""
    from gatescope.reading.python_script import file_of
    from lstm_core.models.shipped import model_bytes

    place.download_button(
        "Download .safetensors",
        data=lambda: model_bytes(model),
        file_name=file_of(model),
        mime="application/octet-stream",
        on_click="ignore",
        width="stretch",
        help=help,
    )
