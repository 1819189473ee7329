"""Where are the states of a whole corpus kept, one unit's steps side by side?

A store is a folder. `states.zarr` (Zarr version 3, opens in xarray) holds c as float16 (layer, direction, unit, step):
the texts follow each other along `step`, and `text` and `time` say where each step is in the corpus. `texts` and
`tokens` hold Parquet files, a part for each shard: each text's first step and length, and each step's token and the
model's answer after it.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.scanning.answers import NONE
from lstm_core.scanning.origin import Origin
from lstm_core.scanning.shards import Shard
from lstm_core.scanning.state_files import add_states, are_ours, begin_states
from lstm_core.scanning.sums import Sizes

STEPS_A_CHUNK = 1 << 20
"""Steps in one file of `text` and of `time`."""
STATES, TEXTS, TOKENS = "states.zarr", "texts", "tokens"

_log = logging.getLogger(__name__)


def bytes_a_step(sizes: Sizes) -> int:
    """How much disk a step takes, without its token: two bytes a unit, and eight for text and time."""
    return 2 * sizes.layers * sizes.directions * sizes.units + 8


class StoreWriter:
    """Adds shards to a store, in their order.

    Raises LstmCoreError if zarr is not installed, the folder can't be written or holds something else, or the disk is
    too small for a million steps.
    """

    def __init__(self, folder: str | Path, origin: Origin, sizes: Sizes, steps: int, parts: int) -> None:
        self.folder, self._sizes = Path(folder), sizes
        self._steps, self._parts = steps, parts
        with written(self.folder):
            self._group = self._begin(origin) if steps == 0 else self._go_on(origin)
        self._say_size()

    def add(self, shard: Shard, c: np.ndarray, answers: tuple[np.ndarray, list[str]] | None = None) -> None:
        """Add c (layer, direction, unit, step) of all texts of a shard; `answers`: the number of each step's answer
        among some words, and these words."""
        lengths = np.array([text.length for text in shard.texts], np.int64)
        begin, end = self._steps, self._steps + int(lengths.sum())
        texts = np.repeat(np.arange(shard.first, shard.first + len(lengths)), lengths)
        times = np.arange(len(texts)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        with written(self.folder):
            add_states(self._group["c"], self.folder / STATES / "c", c, begin)
            for name, values in (("text", texts), ("time", times)):
                array = self._group[name]
                array.resize((end,))
                array[begin:end] = values
            self._write_part(TEXTS, _texts_table(shard, begin + np.cumsum(lengths) - lengths, lengths))
            self._write_part(TOKENS, _tokens_table(shard, answers))
        self._steps, self._parts = end, self._parts + 1

    def _begin(self, origin: Origin) -> Any:
        zarr = installed()
        if self.folder.exists() and any(self.folder.iterdir()) and not (self.folder / STATES).is_dir():
            raise LstmCoreError(
                f"Expected a new or empty folder for the store, or an older store, got {shortened(self.folder)} with "
                "other files in it. Name another folder."
            )
        for name in (STATES, TEXTS, TOKENS):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for name in (TEXTS, TOKENS):
            (self.folder / name).mkdir(parents=True)
        attributes = {"model": origin.model, "weights": origin.weights, "value": "c", "made by": "gatescope"}
        group = zarr.create_group(self.folder / STATES, zarr_format=3, attributes=attributes)
        begin_states(group, self._sizes.layers, self._sizes.directions, self._sizes.units)
        for name in ("text", "time"):
            group.create_array(
                name, shape=(0,), chunks=(STEPS_A_CHUNK,), dtype="int32", fill_value=-1, dimension_names=("step",)
            )
        return group

    def _go_on(self, origin: Origin) -> Any:
        group = open_states(self.folder, origin)
        if group["c"].shape[-1] < self._steps or not are_ours(group["c"]):
            raise LstmCoreError(
                f"Expected a store of at least {self._steps:,} steps in {shortened(self.folder)}, as the file of "
                f"resume says, and from this version, got {group['c'].shape[-1]:,}. Delete both to begin anew."
            )
        for name in (TEXTS, TOKENS):
            for file in sorted((self.folder / name).glob("part-*.parquet"))[self._parts :]:
                file.unlink()
        return group

    def _write_part(self, name: str, table: Any) -> None:
        from pyarrow import parquet

        parquet.write_table(table, self.folder / name / f"part-{self._parts:06}.parquet")

    def _say_size(self) -> None:
        need, free = 1_000_000 * bytes_a_step(self._sizes), shutil.disk_usage(self.folder).free
        _log.info(
            "The store %s takes %.0f MB for a million steps; %.0f MB are free.", self.folder, need / 1e6, free / 1e6
        )


def installed() -> Any:
    """The module zarr.

    Raises LstmCoreError if it is not installed.
    """
    try:
        import zarr
    except ImportError as error:
        raise LstmCoreError(
            "Expected zarr for a store, got none. Install it: pip install 'gatescope[scan]'."
        ) from error
    return zarr


def open_states(folder: Path, origin: Origin) -> Any:
    """The Zarr group of a store.

    Raises LstmCoreError if there is none, or it has the states of another model.
    """
    zarr = installed()
    try:
        group = zarr.open_group(folder / STATES, mode="r+")
        weights = group.attrs["weights"]
    except (OSError, KeyError, ValueError) as error:
        raise LstmCoreError(
            f"Expected a store in {shortened(folder)}, got none that can be read: {str(error)[:200]}. Scan again with "
            "store=, or give texts= to read again."
        ) from error
    if weights != origin.weights:
        raise LstmCoreError(
            f"Expected the states of the model {origin.model!r} in {shortened(folder)}, got those of "
            f"{group.attrs.get('model')!r} with other weights. Scan again, or give texts= to read again."
        )
    return group


@contextmanager
def written(folder: Path) -> Iterator[None]:
    """Turns an error of the system into a sentence on the store."""
    try:
        yield
    except OSError as error:
        raise LstmCoreError(
            f"Expected to write the store {shortened(folder)}, got: {error.strerror or error}. With resume= the scan "
            "goes on from its last shard."
        ) from error


def _texts_table(shard: Shard, begins: np.ndarray, lengths: np.ndarray) -> Any:
    import pyarrow as pa

    numbers = np.arange(shard.first, shard.first + len(lengths))
    return pa.table({"text": numbers, "begin": begins, "length": lengths})


def _tokens_table(shard: Shard, answers: tuple[np.ndarray, list[str]] | None) -> Any:
    """The token of each step, and the model's answer; "" where it has none."""
    import pyarrow as pa

    numbers, words = answers or (np.zeros(shard.steps, np.int32), [NONE])
    return pa.table({"token": _encoded_tokens(shard), "answer": _encoded(numbers, words)})


def _encoded_tokens(shard: Shard) -> Any:
    import pyarrow as pa

    if all(text.ids is not None for text in shard.texts):
        return _encoded(np.concatenate([text.ids for text in shard.texts if text.ids is not None]), shard.vocabulary)
    tokens = [token for number, text in enumerate(shard.texts) for token in shard.tokens(number, 0, text.length)]
    return pa.array(tokens, pa.string()).dictionary_encode()


def _encoded(numbers: np.ndarray, words: Sequence[str]) -> Any:
    import pyarrow as pa

    # A lone surrogate has no UTF-8.
    names = [word.encode("utf-8", "backslashreplace").decode() for word in words]
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(names, pa.string()))
