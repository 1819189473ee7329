"""Where are the states of a whole corpus kept, one unit's steps side by side?

A store is a folder. Each scan writes its parts to a folder of its own in it, `scan-` and its identity: `states.zarr`
(Zarr version 3, opens in xarray) holds c as float16 (layer, direction, unit, step): the texts follow each other along
`step`, and `text` and `time` say where each step is in the corpus. `texts` and `tokens` hold Parquet files, a part for
each shard: each text's first step and length, and each step's token and the model's answer after it.

`scan.npz` in the store names the identity of the scan that is served. It is replaced in one step when a new scan is
whole; only then the parts of the one before are deleted. So a store serves one scan, whenever a writer stops.
"""

from __future__ import annotations

import logging
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.write_whole import locked
from lstm_core.scanning.answers import NONE
from lstm_core.scanning.load_scan import load_scan
from lstm_core.scanning.open_store import SCAN, STATES, TEXTS, TOKENS, installed, open_states, part_name, parts_of
from lstm_core.scanning.origin import Origin
from lstm_core.scanning.result import Scan
from lstm_core.scanning.resume import Progressed
from lstm_core.scanning.save_scan import IN_STORE, PARTS
from lstm_core.scanning.shards import Shard
from lstm_core.scanning.state_files import add_states, begin_states
from lstm_core.scanning.sums import CellSizes

STEPS_A_CHUNK = 1 << 20
"""Steps in one file of `text` and of `time`."""
LOCK = ".lock"
_OF_A_SCAN = re.compile(PARTS + "[0-9a-f]{32}")

_log = logging.getLogger(__name__)


def bytes_a_step(sizes: CellSizes) -> int:
    """How much disk a step takes, without its token: two bytes a unit, and eight for text and time."""
    return 2 * sizes.layers * sizes.directions * sizes.units + 8


@contextmanager
def begun(
    folder: str | Path | None, origin: Origin, sizes: CellSizes, done: Progressed
) -> Iterator[StoreWriter | None]:
    """A writer of a store, which nobody else writes inside the block; None without a folder.

    Raises LstmCoreError if zarr is not installed, the folder can't be written, is being written or holds something
    else, and if the part of a scan that is done stands in another store, or in one where no folder is given.
    """
    if folder is None:
        if done.store_id:
            raise LstmCoreError(
                f"Expected store= for the scan in {done.file}, which keeps its states in {shortened(done.store)}, got "
                "none. Give the same store=, or delete that file to begin anew."
            )
        yield None
        return
    folder = Path(folder)
    installed()
    with ExitStack() as held:
        with _written(folder):
            _check_free(folder)
            folder.mkdir(parents=True, exist_ok=True)
            try:
                held.enter_context(locked(folder / LOCK))
            except BlockingIOError as error:
                raise LstmCoreError(
                    f"Expected a store that nobody else writes, got {shortened(folder)}, which a scan is writing. Wait "
                    "for its end, or name another folder."
                ) from error
        yield StoreWriter(folder, origin, sizes, done)


class StoreWriter:
    """Adds shards to the parts of one scan, in their order."""

    def __init__(self, folder: Path, origin: Origin, sizes: CellSizes, done: Progressed) -> None:
        self._folder, self._sizes, self._state = folder, sizes, sizes.cell.state
        self._steps, self._shards = done.steps_and_shards
        self._served = _served(folder)
        self.store_id = done.store_id if self._shards else secrets.token_hex(16)
        """The identity of the scan."""
        self._parts = parts_of(folder, self.store_id)
        with _written(folder):
            self._group = self._go_on(origin, done) if self._shards else self._begin(origin)
        need, free = 1_000_000 * bytes_a_step(sizes), shutil.disk_usage(folder).free
        _log.info("The store %s takes %.0f MB for a million steps; %.0f MB are free.", folder, need / 1e6, free / 1e6)

    def add(self, shard: Shard, c: np.ndarray, answers: tuple[np.ndarray, list[str]] | None = None) -> None:
        """Add c (layer, direction, unit, step) of all texts of a shard; `answers`: the number of each step's answer
        among some words, and these words."""
        if self.store_id == self._served:
            raise LstmCoreError(
                f"Expected the texts of the whole scan in {shortened(self._folder)}, got more. Name another store, and "
                "another file as resume."
            )
        import pyarrow as pa

        lengths, begin, end = shard.lengths, self._steps, self._steps + shard.steps
        numbers = np.arange(shard.first, shard.first + len(lengths))
        texts, times = np.repeat(numbers, lengths), np.arange(shard.steps) - np.repeat(shard.begins, lengths)
        with _written(self._folder):
            add_states(self._group[self._state], self._parts / STATES / self._state, c, begin)
            for name, values in (("text", texts), ("time", times)):
                array = self._group[name]
                array.resize((end,))
                array[begin:end] = values
            self._write_part(TEXTS, pa.table({"text": numbers, "begin": begin + shard.begins, "length": lengths}))
            self._write_part(TOKENS, _tokens_table(shard, answers))
        self._steps, self._shards = end, self._shards + 1

    def finish(self, scan: Scan) -> Scan:
        """Let the store serve this scan, whose shards are all there."""
        scan = replace(scan, store=self._folder, store_id=self.store_id)
        scan.save(self._folder / IN_STORE)
        self._keep_only({self.store_id})
        return scan

    def _begin(self, origin: Origin) -> Any:
        # Of a scan that can't be read it is not known which parts are its own.
        if self._served is not None or not (self._folder / IN_STORE).exists():
            self._keep_only({self._served})
        for name in (TEXTS, TOKENS):
            (self._parts / name).mkdir(parents=True)
        attributes = {"model": origin.model, "weights": origin.weights, "value": self._state, "made by": "gatescope"}
        attributes[SCAN] = self.store_id
        group = installed().create_group(self._parts / STATES, zarr_format=3, attributes=attributes)
        begin_states(group, self._state, self._sizes.layers, self._sizes.directions, self._sizes.units)
        for name in ("text", "time"):
            group.create_array(
                name, shape=(0,), chunks=(STEPS_A_CHUNK,), dtype="int32", fill_value=-1, dimension_names=("step",)
            )
        return group

    def _go_on(self, origin: Origin, done: Progressed) -> Any:
        if not self.store_id:
            raise LstmCoreError(
                f"Expected the part of a scan with a store in {done.file}, got one that was begun without. Leave out "
                "store=, or delete that file to begin anew with a store."
            )
        if not self._parts.is_dir():
            raise LstmCoreError(
                f"Expected the store that was begun by the scan in {done.file}, got {self._instead(done)}. Delete that "
                "file to begin anew."
            )
        group = open_states(self._parts, origin, self.store_id, mode="r+")
        c = group[self._state]
        if c.shape[-1] < self._steps:
            raise LstmCoreError(
                f"Expected a store of at least {self._steps:,} steps in {shortened(self._folder)}, as the file of "
                f"resume says, got {c.shape[-1]:,}. Delete both to begin anew."
            )
        self._forget_more(group)
        return group

    def _instead(self, done: Progressed) -> str:
        """What is where the parts of the scan that is done should be."""
        if Path(done.store) != self._folder.absolute():
            return f"{shortened(self._folder)}, but the scan keeps its states in {shortened(done.store)}"
        is_another = self._served is not None or any(_OF_A_SCAN.fullmatch(path.name) for path in self._folder.iterdir())
        found = "the parts of another scan, which has replaced it since" if is_another else "nothing"
        return f"{found} in {shortened(self._folder)}"

    def _forget_more(self, group: Any) -> None:
        """Delete what was added after the part of the scan that is done was kept."""
        if group[self._state].shape[-1] > self._steps:
            for name in (self._state, "text", "time"):
                group[name].resize((*group[name].shape[:-1], self._steps))
        for name in (TEXTS, TOKENS):
            for file in sorted((self._parts / name).glob("part-*.parquet"))[self._shards :]:
                file.unlink()

    def _keep_only(self, kept: set[str | None]) -> None:
        """Delete the parts of all other scans, and what a writer that was killed left of a scan's file."""
        for file in self._folder.glob(f".*.part{Path(IN_STORE).suffix}"):
            file.unlink()
        for folder in self._folder.iterdir():
            if _OF_A_SCAN.fullmatch(folder.name) and folder.name.removeprefix(PARTS) not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _write_part(self, name: str, table: Any) -> None:
        from pyarrow import parquet

        table = table.replace_schema_metadata({SCAN: self.store_id})
        parquet.write_table(table, self._parts / name / part_name(self._shards), write_page_checksum=True)


def _check_free(folder: Path) -> None:
    """Raise LstmCoreError if a folder is none, or holds something else than a store."""
    if folder.is_file():
        raise LstmCoreError(f"Expected a folder for the store, got the file {shortened(folder)}. Name another.")
    # A scan makes the folder of its parts before all else; others have locks of this name too.
    inside = {path.name for path in folder.iterdir()} - {LOCK} if folder.exists() else set()
    if inside and not any(map(_OF_A_SCAN.fullmatch, inside)):
        raise LstmCoreError(
            f"Expected a new or empty folder for the store, or a store, got {shortened(folder)} with other "
            "files in it. Name another folder."
        )


def _served(folder: Path) -> str | None:
    """The identity of the scan that a store serves; None if it serves none."""
    try:
        return load_scan(folder).store_id
    except LstmCoreError:
        return None


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Turns an error of the system into a sentence on the store."""
    try:
        yield
    except OSError as error:
        raise LstmCoreError(
            f"Expected to write the store {shortened(folder)}, got: {error.strerror or error}. With resume= the scan "
            "goes on from its last shard."
        ) from error


def _tokens_table(shard: Shard, answers: tuple[np.ndarray, list[str]] | None) -> Any:
    """The token of each step, and the model's answer; "" where it has none."""
    import pyarrow as pa

    if all(text.ids is not None for text in shard.texts):
        tokens = _encoded(shard.ids, shard.vocabulary)
    else:
        written = [token for number, text in enumerate(shard.texts) for token in shard.tokens(number, 0, text.length)]
        tokens = pa.array(written, pa.string()).dictionary_encode()
    numbers, words = answers or (np.zeros(shard.steps, np.int32), [NONE])
    return pa.table({"token": tokens, "answer": _encoded(numbers, words)})


def _encoded(numbers: np.ndarray, words: Sequence[str]) -> Any:
    import pyarrow as pa

    # A lone surrogate has no UTF-8.
    names = [word.encode("utf-8", "backslashreplace").decode() for word in words]
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(names, pa.string()))
