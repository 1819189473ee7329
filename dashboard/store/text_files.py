"""What file did this visitor open?

A file stays in the server's memory, under a key that only its visitor's browser knows, until newer files need the room.
"""

from typing import NamedTuple

from gatescope.serving import limits
from gatescope.store.remembered import Budget, KeyedStore, text_bytes
from lstm_core import LstmCoreError


class Document(NamedTuple):
    """A text, and the name of its file."""

    name: str
    text: str


_store: KeyedStore[Document] = KeyedStore(Budget.TEXTS, text_bytes)


def keep(name: str, content: bytes) -> str:
    """Keep a text file; returns its key. A long name is cut.

    Raises LstmCoreError when the file is empty, is not text, or is larger than the budget.
    """
    name = name[: limits.NAME]
    text = decoded(name, content)
    if not text.strip():
        raise LstmCoreError(f"Expected a text, got {name}, which is empty.")
    return _store.put(Document(name, text))


def decoded(name: str, content: bytes, what: str = "text") -> str:
    """The text in a file's bytes, without a byte order mark. Raises LstmCoreError for what is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LstmCoreError(f"Expected a {what} in UTF-8, got {name}, which is something else.") from error


def kept(key: str) -> Document | None:
    """The file with this key, or None if it was dropped to make room."""
    return _store.get(key)
