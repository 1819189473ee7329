"""How does a scan that was stopped go on?

After each shard the sums so far are written to a file, whole. When the scan is called again with this file, it reads
the texts again, but no model reads those that are in the sums.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.scanning import shards
from lstm_core.scanning.load_scan import read_scan
from lstm_core.scanning.origin import Origin, differences
from lstm_core.scanning.result import Scan
from lstm_core.scanning.save_scan import save_scan
from lstm_core.scanning.shards import Shard


class Progressed:
    """How far a scan has come, and the file that knows it; without a file nothing is kept."""

    def __init__(self, path: str | Path | None, origin: Origin) -> None:
        self._path, self._chain = path, ""
        self.store_id = ""
        """The identity of the store that the scan writes."""
        self.store = ""
        """Where that store was."""
        self.scan: Scan | None = None
        self._done, self._before, self._seen, self._expected = 0, 0, 0, ""
        if path is not None and Path(path).is_file():
            self.scan, more = read_scan(path)
            self._check(origin, more)
            self._done = self._before = more["done"]
            self._expected, self.store_id, self.store = more["chain"], more["store_id"], more["store"]

    @property
    def steps_and_shards(self) -> tuple[int, int]:
        """How many steps and shards are in the sums."""
        return (0, 0) if self.scan is None else (self.scan.steps, self._done)

    @property
    def file(self) -> str:
        """The name of the file, for a message."""
        return shortened(self._path)

    @contextmanager
    def said(self) -> Iterator[None]:
        """Notes on an error that stops the scan what is kept of it."""
        try:
            yield
        except Exception as error:
            if self._seen >= self._before:
                error.add_note(self._kept())
            raise

    def _kept(self) -> str:
        if self._path is None:
            return "Nothing of this scan is kept. With resume= it would go on after a stop."
        if self.scan is None:
            return f"Nothing of this scan is kept yet: {self.file} is written after each {shards.STEPS:,} steps or so."
        return f"{self.file} holds the scan of its first {self.scan.texts:,} texts; the same call goes on after them."

    def has(self, number: int, shard: Shard) -> bool:
        """Whether the shard of this number is in the sums.

        Raises LstmCoreError if the texts are not those that were read before.
        """
        if number >= self._before:
            return False
        self._chain = _link(self._chain, shard)
        if number == self._before - 1 and self._chain != self._expected:
            raise self._differ("other texts")
        self._seen += 1
        return True

    def ended(self, number: int) -> None:
        """Raise LstmCoreError if the corpus has fewer shards than were read before."""
        if number < self._before:
            raise self._differ("fewer texts")

    def add(self, scan: Scan, shard: Shard, store: str | Path | None = None, store_id: str = "") -> None:
        """Keep the scan of all texts up to the end of a shard, whose states are in a store of this identity."""
        self.scan, self._chain, self._done = scan, _link(self._chain, shard), self._done + 1
        if self._path is not None:
            more = {"done": self._done, "chain": self._chain, "store_id": store_id}
            save_scan(scan, self._path, more | {"store": "" if store is None else str(Path(store).absolute())})

    def _check(self, origin: Origin, more: dict[str, Any]) -> None:
        assert self.scan is not None
        kinds = {"done": int, "chain": str, "store_id": str, "store": str}
        if any(type(more.get(name)) is not kind for name, kind in kinds.items()) or more["done"] < 1:
            raise LstmCoreError(
                f"Expected a part of a scan in {self.file}, got a scan that is not kept by resume=. Give another file."
            )
        if self.scan.origin != origin:
            raise LstmCoreError(
                f"Expected a part of the scan that is asked for in {self.file}, got one with "
                f"{differences(origin, self.scan.origin)}. Give another file as resume, or delete this one."
            )

    def _differ(self, got: str) -> LstmCoreError:
        return LstmCoreError(
            f"Expected the texts that the scan in {self.file} had read, got {got}. Give another file as "
            "resume, or delete this one."
        )


def _link(chain: str, shard: Shard) -> str:
    return hashlib.blake2b(f"{chain}{shard.digest}".encode(), digest_size=16).hexdigest()
