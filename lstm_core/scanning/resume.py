"""How does a scan that was stopped go on?

After each shard the sums so far are written to a file, whole. When the scan is called again with this file, it reads
the texts again, but no model reads those that are in the sums.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.scanning.load_scan import read_scan
from lstm_core.scanning.origin import Origin
from lstm_core.scanning.result import Scan
from lstm_core.scanning.save_scan import save_scan
from lstm_core.scanning.shards import Shard


class Progressed:
    """How far a scan has come, and the file that knows it; without a file nothing is kept."""

    def __init__(self, path: str | Path | None, origin: Origin) -> None:
        self._path, self._chain = path, ""
        self.scan: Scan | None = None
        self._done, self._before, self._expected = 0, 0, ""
        if path is not None and Path(path).is_file():
            self.scan, more = read_scan(path)
            self._check(origin)
            self._done = self._before = int(more["done"])
            self._expected = str(more["chain"])

    @property
    def steps_and_shards(self) -> tuple[int, int]:
        """How many steps and shards are in the sums."""
        return (0, 0) if self.scan is None else (self.scan.steps, self._done)

    def has(self, number: int, shard: Shard) -> bool:
        """Whether the shard of this number is in the sums.

        Raises LstmCoreError if the texts are not those that were read before.
        """
        if number >= self._before:
            return False
        self._chain = _link(self._chain, shard)
        if number == self._before - 1 and self._chain != self._expected:
            raise self._differ("other texts")
        return True

    def ended(self, number: int) -> None:
        """Raise LstmCoreError if the corpus has fewer shards than were read before."""
        if number < self._before:
            raise self._differ("fewer texts")

    def add(self, scan: Scan, shard: Shard) -> None:
        """Keep the scan of all texts up to the end of a shard."""
        self.scan, self._chain, self._done = scan, _link(self._chain, shard), self._done + 1
        if self._path is not None:
            save_scan(scan, self._path, {"done": self._done, "chain": self._chain})

    def _check(self, origin: Origin) -> None:
        assert self.scan is not None
        if self.scan.origin != origin:
            raise LstmCoreError(
                f"Expected a part of the scan {origin} in {shortened(self._path)}, got one of {self.scan.origin}. Give "
                "another file as resume, or delete this one."
            )

    def _differ(self, got: str) -> LstmCoreError:
        return LstmCoreError(
            f"Expected the texts that the scan in {shortened(self._path)} had read, got {got}. Give another file as "
            "resume, or delete this one."
        )


def _link(chain: str, shard: Shard) -> str:
    """What is in all shards so far."""
    return hashlib.blake2b(f"{chain}{shard.digest}".encode(), digest_size=16).hexdigest()
