"""Which models did this visitor train or open?

A model stays in the server's memory, with what it was after earlier epochs, under a key that only its own visitor's
session and links know, until newer ones need the room.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache

from dashboard.view import OWN
from lstm_core import SequenceModel

_ROOM = 200_000_000
# Between a model's key and an epoch of it: no key has it in it.
_AFTER = "@"


class Kept(NamedTuple):
    """A model, and what it was after epochs of its training (0: untrained); none of one that came from a file."""

    model: SequenceModel
    epochs: Mapping[int, SequenceModel]


def _bytes(kept: Kept) -> int:
    models = {id(model): model for model in (kept.model, *kept.epochs.values())}
    return sum(weight.nbytes for model in models.values() for weight in model.state_dict().values())


_kept: LRUCache[str, Kept] = LRUCache(_ROOM, getsizeof=_bytes)
_lock = Lock()


def put(model: SequenceModel, epochs: Mapping[int, SequenceModel] | None = None) -> str:
    """Keep a model; returns what a view asks for it by."""
    key = OWN + secrets.token_urlsafe(16)
    with _lock:
        _kept[key] = Kept(model, dict(epochs or {}))
    return key


def after_epoch(key: str, epoch: int | None) -> str:
    """What a view asks by for the model as it was after an epoch; None is the model itself."""
    return key if epoch is None else f"{key}{_AFTER}{epoch}"


def kept(key: str) -> SequenceModel | None:
    """The model of that key, or None once it had to make room."""
    key, _, epoch = key.partition(_AFTER)
    found = _find(key)
    if found is None or not epoch:
        return found and found.model
    return found.epochs.get(int(epoch)) if epoch.isascii() and epoch.isdecimal() and len(epoch) < 10 else None


def epochs(key: str) -> list[int]:
    """The epochs after which the model of that key is kept, in order."""
    found = _find(key)
    return sorted(found.epochs) if found else []


def _find(key: str) -> Kept | None:
    with _lock:
        return _kept.get(key)
