"""How are the states of a store laid out and written, so that no state is moved or copied twice?

Zarr would read a whole file again to add steps to it. Nothing is compressed, so each number has a place of its own in
its file, and we write it there. A file is a shard of Zarr's sharding codec: the steps of each unit of a layer and
direction, one unit after the other, and at the end the index, which says where each unit is.
"""

from pathlib import Path
from typing import Any

import numpy as np

STEPS_A_FILE = 1 << 16
"""Steps of each unit in one file: 128 KiB a unit."""
BYTES = 2
"""Bytes of a float16."""


def begin_states(group: Any, state: str, layers: int, directions: int, units: int) -> None:
    """Make the array of a state (layer, direction, unit, step) of a Zarr group, still without steps."""
    group.create_array(
        state,
        shape=(layers, directions, units, 0),
        chunks=(1, 1, units, STEPS_A_FILE),
        dtype="float16",
        fill_value=float("nan"),
        serializer=_in_one_file(),
        compressors=None,
        dimension_names=("layer", "direction", "unit", "step"),
    )


def are_ours(array: Any) -> bool:
    """Whether the files of an array are laid out as here."""
    return tuple(array.metadata.codecs) == (_in_one_file(),)


def add_states(array: Any, folder: Path, c: np.ndarray, begin: int) -> None:
    """Write c (layer, direction, unit, step) float16 into the files of an array in a folder, from step `begin` on."""
    end = begin + c.shape[-1]
    for layer, direction in np.ndindex(c.shape[:2]):
        for number in range(begin // STEPS_A_FILE, -(-end // STEPS_A_FILE)):
            start = number * STEPS_A_FILE
            first, last = max(begin, start), min(end, start + STEPS_A_FILE)
            file = folder / array.metadata.encode_chunk_key((layer, direction, 0, number))
            _add_to_file(file, c[layer, direction, :, first - begin : last - begin], first - start)
    array.resize((*array.shape[:-1], end))


def bytes_of_a_file(units: int) -> int:
    """How many bytes a file has, its index with them."""
    return BYTES * units * STEPS_A_FILE + len(_index(units))


def _add_to_file(path: Path, values: np.ndarray, first: int) -> None:
    """Write values (unit, step) into one file, from its step `first` on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb" if first == 0 else "r+b") as file:
        for unit, steps in enumerate(values):
            file.seek(BYTES * (unit * STEPS_A_FILE + first))
            file.write(steps.astype("<f2", copy=False).data)
        if first == 0:
            file.seek(BYTES * len(values) * STEPS_A_FILE)
            file.write(_index(len(values)))


def _index(units: int) -> bytes:
    """Where each unit begins in a file, and how many bytes it has."""
    length = BYTES * STEPS_A_FILE
    places = [(unit * length, length) for unit in range(units)]
    return np.array(places, "<u8").tobytes()


def _in_one_file() -> Any:
    from zarr.codecs import BytesCodec, ShardingCodec

    # A checksum of the index would take one more library. The index is written once and never changes.
    plain = [BytesCodec()]
    return ShardingCodec(chunk_shape=(1, 1, 1, STEPS_A_FILE), codecs=plain, index_codecs=plain)
