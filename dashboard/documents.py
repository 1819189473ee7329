"""What file did this visitor open?

A file stays in the server's memory, under a name that only its own browser was told, until newer ones need the room.
"""

from __future__ import annotations

import secrets
import sys
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache

from lstm_core import LstmCoreError

_ROOM = 200_000_000


class Document(NamedTuple):
    """A text, and the name of the file it came in."""

    name: str
    text: str


_kept: LRUCache[str, Document] = LRUCache(_ROOM, getsizeof=lambda document: sys.getsizeof(document.text))
_lock = Lock()


def keep(name: str, content: bytes) -> str:
    """Keep a text file; returns what it can be asked for by.

    Raises LstmCoreError when it is empty or no text.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LstmCoreError(f"Expected a text in UTF-8, got {name}, which is something else.") from error
    if not text.strip():
        raise LstmCoreError(f"Expected a text, got {name}, which is empty.")
    key = secrets.token_urlsafe(16)
    with _lock:
        _kept[key] = Document(name, text)
    return key


def let_go(key: str) -> None:
    """Forget the file of that key, if it is still there: whoever sent it has sent another in its stead."""
    with _lock:
        _kept.pop(key, None)


def kept(key: str) -> Document | None:
    """The file of that key, or None once it had to make room."""
    with _lock:
        return _kept.get(key)
