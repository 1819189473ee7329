"""Which models did this visitor train or open?

A model stays in the server's memory, with copies from earlier epochs, under a key that only its visitor's session and
links know, until newer models need the room.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from gatescope.question.view import OWN
from gatescope.store.remembered import Budget, KeyedStore, key_of_part, part_in, text_bytes

if TYPE_CHECKING:
    from lstm_core import SequenceModel


class KeptModel(NamedTuple):
    """A model, its copies after earlier epochs (0: untrained), and its name in the list of models; a model from a file
    has no copies."""

    model: SequenceModel
    epochs: Mapping[int, SequenceModel]
    label: str


def _bytes(kept: KeptModel) -> int:
    models = {id(model): model for model in (kept.model, *kept.epochs.values())}
    weights = {id(weight): weight for model in models.values() for weight in model.state_dict().values()}
    named = text_bytes(getattr(kept.model.embedding, "tokens", [])) + text_bytes(kept.model.labels)
    return named + text_bytes([kept.label]) + sum(int(weight.nbytes) for weight in weights.values())


_store: KeyedStore[KeptModel] = KeyedStore(Budget.MODELS, _bytes, prefix=OWN)


def put(model: SequenceModel, epochs: Mapping[int, SequenceModel] | None = None, label: str = "") -> str:
    """Keep a model, under the name that its visitor knows it by; returns its key."""
    return _store.put(KeptModel(model, dict(epochs or {}), label or model.name))


def label(key: str) -> str:
    """The name of the model with this key in the list of models; "" if it was dropped."""
    found = _store.get(key)
    return found.label if found else ""


def after_epoch(key: str, epoch: int | None) -> str:
    """The key of the model after an epoch; None for the model itself."""
    return key if epoch is None else key_of_part(key, epoch)


def kept(key: str) -> SequenceModel | None:
    """The model with this key, or None if it was dropped to make room."""
    found, epoch = _store.get(key), part_in(key)
    return found and (found.model if epoch is None else found.epochs.get(epoch))


def epochs(key: str) -> list[int]:
    """The epochs whose copies of this model are kept, in order."""
    found = _store.get(key)
    return sorted(found.epochs) if found else []
