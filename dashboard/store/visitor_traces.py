"""Which recordings did this visitor open?

A trace stays in the server's memory, under a key that only its visitor's session and links know, until newer ones need
the room. A key may end in the number of one of its sequences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gatescope.question.view import RECORDED
from gatescope.store.remembered import Budget, KeyedStore, key_of_part, part_in, text_bytes

if TYPE_CHECKING:
    from lstm_core.traces.load import AnyTrace


class KeptTrace(NamedTuple):
    """A name, of a file or of what recorded it, and the trace."""

    name: str
    trace: AnyTrace


def _bytes(kept: KeptTrace) -> int:
    tokens = (token for sequence in kept.trace.tokens or () for token in sequence)
    return text_bytes(tokens) + sum(int(tensor.nbytes) for tensor in kept.trace.tensors().values())


_store: KeyedStore[KeptTrace] = KeyedStore(Budget.TRACES, _bytes, prefix=RECORDED)


def put(name: str, trace: AnyTrace) -> str:
    """Keep a trace; returns its key. Raises LstmCoreError if it alone exceeds the budget."""
    return _store.put(KeptTrace(name, trace))


def of_sequence(key: str, sequence: int) -> str:
    """The key of one sequence of the trace with this key."""
    return key_of_part(key, sequence)


def kept(key: str) -> tuple[KeptTrace, int] | None:
    """The trace with this key and the sequence that is meant, or None if it was dropped to make room, or never was."""
    found, sequence = _store.get(key), part_in(key) or 0
    return (found, sequence) if found and 0 <= sequence < found.trace.sizes["batch"] else None
