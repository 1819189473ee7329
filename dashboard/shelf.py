"""Which models did this visitor train or open?

A model stays in the server's memory, under a key that only its own visitor's session knows, until newer ones need
the room.
"""

from __future__ import annotations

import secrets
from threading import Lock

from cachetools import LRUCache

from dashboard.view import OWN
from lstm_core import SequenceModel

_ROOM = 200_000_000


def _bytes(model: SequenceModel) -> int:
    return sum(weight.nbytes for weight in model.state_dict().values())


_kept: LRUCache[str, SequenceModel] = LRUCache(_ROOM, getsizeof=_bytes)
_lock = Lock()


def put(model: SequenceModel) -> str:
    """Keep a model; returns what a view asks for it by."""
    key = OWN + secrets.token_urlsafe(16)
    with _lock:
        _kept[key] = model
    return key


def kept(key: str) -> SequenceModel | None:
    """The model of that key, or None once it had to make room."""
    with _lock:
        return _kept.get(key)
