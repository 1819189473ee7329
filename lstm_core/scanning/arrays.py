"""How are the numbers of all steps laid out on the disk, so that each part is written at its place and none is moved?

A store is a Zarr group (version 3). Nothing in its large arrays is compressed, so each number has a place of its own,
and we write and read it there: Zarr itself would read and write a whole file for each part of it. A file holds
`STEPS_A_FILE` steps of one layer and direction, one unit after the other, and at the end the index that says where each
unit is: a shard of Zarr's sharding codec. Where no step was written the file has a hole, which takes no room.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.scanning.model import CellSizes

# Steps of each unit in one file: 256 KiB a unit.
STEPS_A_FILE = 1 << 16
# Bytes of a float32.
BYTES = 4
# The folder of what is small of each part of a corpus, and how the names begin there of what is counted of units.
PARTS, UNITS = "parts", "units/"


def write_steps(folder: Path, quantity: str, side: tuple[int, int], values: np.ndarray, begin: int) -> None:
    """Write values (unit, step) of a quantity of a layer and direction into its files, from step `begin` on."""
    end = begin + values.shape[-1]
    with written(folder):
        for file, start, first, last in _files(folder, quantity, *side, begin, end):
            _write(file, values[:, first - begin : last - begin], first - start)


def read_blocks(
    folder: Path, quantity: str, side: tuple[int, int], units: int, begin: int, end: int
) -> Iterator[tuple[int, np.ndarray]]:
    """The first step and the values (unit, step) of each file, without a copy, for the steps [begin, end)."""
    for file, start, first, last in _files(folder, quantity, *side, begin, end):
        with read(folder):
            expected, size = BYTES * units * STEPS_A_FILE + len(_index(units)), file.stat().st_size
            if size != expected:
                raise ValueError(f"{size:,} bytes in {file.name} for {expected:,}")
            values = np.memmap(file, "<f4", "r", shape=(units, STEPS_A_FILE))
        yield first, values[:, first - start : last - start]


def describe_arrays(folder: Path, sizes: CellSizes, quantities: Sequence[str], steps: int) -> Any:
    """The Zarr group of a folder in which the files of some quantities stand, (layer, direction, unit, step) each."""
    # The import takes an eighth of a second, and only a scan needs it.
    import zarr.codecs

    group = zarr.create_group(folder, zarr_format=3)
    # A checksum of the index would take one more library. The index is written once and never changes.
    plain = [zarr.codecs.BytesCodec()]
    for quantity in quantities:
        *sides, units = sizes.shape(quantity)
        group.create_array(
            quantity,
            shape=(*sides, units, steps),
            chunks=(1, 1, units, STEPS_A_FILE),
            dtype="float32",
            fill_value=float("nan"),
            serializer=zarr.codecs.ShardingCodec(chunk_shape=(1, 1, 1, STEPS_A_FILE), codecs=plain, index_codecs=plain),
            compressors=None,
            # With a projection h has units of its own.
            dimension_names=("layer", "direction", "unit" if units == sizes.units else "h_unit", "step"),
            attributes={"coordinates": "text time token"},
        )
    for name, kind in (("text", "int32"), ("time", "int32"), ("token", str)):
        group.create_array(name, shape=(steps,), chunks=(STEPS_A_FILE,), dtype=kind, dimension_names=("step",))
    with warnings.catch_warnings():
        # Consolidated metadata are not yet part of the specification; xarray asks for them.
        warnings.simplefilter("ignore")
        zarr.consolidate_metadata(folder)
    return group


def read(folder: Path) -> AbstractContextManager[None]:
    """A block in which a store is read."""
    return _said(f"Expected a whole store of one scan in {shortened(folder)}, got a damaged one", "Scan again.")


def written(folder: Path) -> AbstractContextManager[None]:
    """A block in which a store is written."""
    goes_on = "With resume= a scan goes on after its last whole part."
    return _said(f"Expected to write the store {shortened(folder)}, got", goes_on)


@contextmanager
def _said(expected: str, advice: str) -> Iterator[None]:
    """Turns what NumPy, zarr and the system say of a store into a sentence."""
    try:
        yield
    except LstmCoreError:
        raise
    except Exception as error:  # None of them has an error of its own for all that a file can be.
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {str(error)[:200]}"
        raise LstmCoreError(f"{expected}: {reason}. {advice}") from error


def _files(
    folder: Path, quantity: str, layer: int, direction: int, begin: int, end: int
) -> Iterator[tuple[Path, int, int, int]]:
    """The files of some steps: each with its first step, and the first and last of the steps that are in it."""
    for number in range(begin // STEPS_A_FILE, -(-end // STEPS_A_FILE)):
        start = number * STEPS_A_FILE
        file = folder / quantity / "c" / str(layer) / str(direction) / "0" / str(number)
        yield file, start, max(begin, start), min(end, start + STEPS_A_FILE)


def _write(path: Path, values: np.ndarray, first: int) -> None:
    """Write values (unit, step) into one file, from its step `first` on; others may write other steps meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    with path.open("r+b") as stream:
        for unit, steps in enumerate(values):
            stream.seek(BYTES * (unit * STEPS_A_FILE + first))
            stream.write(np.ascontiguousarray(steps, "<f4").data.cast("B"))
        stream.seek(BYTES * len(values) * STEPS_A_FILE)
        stream.write(_index(len(values)))


def _index(units: int) -> bytes:
    """Where each unit begins in a file, and how many bytes it has."""
    length = BYTES * STEPS_A_FILE
    return np.array([(unit * length, length) for unit in range(units)], "<u8").tobytes()
