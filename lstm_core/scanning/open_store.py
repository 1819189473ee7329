"""Is what stands in a store whole, and is it of the scan that asks?

Here, and nowhere else, what zarr, Arrow and the system say of a part that can't be read becomes a sentence. Every part
is compared with the scan before it is used. What is not seen: other numbers in a file of states, which has no checksum.
"""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.scanning.origin import Origin
from lstm_core.scanning.save_scan import PARTS
from lstm_core.scanning.state_files import are_ours, bytes_of_a_file
from lstm_core.scanning.sums import CELLS

STATES, TEXTS, TOKENS = "states.zarr", "texts", "tokens"
SCAN = "scan"
"""The name under which each part has the identity of its scan."""
MOST_METADATA = 1 << 20
"""The most bytes of a description of an array: ours has 1,500."""


def parts_of(store: Path, store_id: str) -> Path:
    """The folder of the states, texts and tokens of a scan."""
    return store / f"{PARTS}{store_id}"


@contextmanager
def read(part: Path) -> Iterator[None]:
    """Turns what another library says of a part into a sentence. Only calls of such a library belong in the block."""
    try:
        yield
    except Exception as error:  # zarr and Arrow have no error of their own for all that a file can be.
        raise damaged(part, f"{type(error).__name__}: {str(error)[:200]}") from error


def damaged(part: Path, got: str) -> LstmCoreError:
    """The error of a part that is not as its scan left it."""
    return LstmCoreError(
        f"Expected a whole store of one scan, got in {shortened(part)}: {got}. Scan again with store=, or give texts= "
        "to read again."
    )


def checked_file(path: Path, most: int | None = None) -> Path:
    """The path of a file that ends, and has at most so many bytes."""
    with read(path):
        state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise damaged(path, "something that is no file")
    if most is not None and state.st_size > most:
        raise damaged(path, f"{state.st_size:,} bytes")
    return path


def open_states(parts: Path, origin: Origin, store_id: str, mode: str = "r") -> Any:
    """The Zarr group of a store, with its array of c; of a GRU or an RNN, of h.

    Raises LstmCoreError if there is none, or it has the states of another scan or model.
    """
    zarr, folder, state = installed(), parts / STATES, CELLS[origin.kind].state
    for file in (folder / "zarr.json", folder / state / "zarr.json"):
        checked_file(file, MOST_METADATA)
    with read(folder):
        group = zarr.open_group(folder, mode=mode, zarr_format=3)
        attributes, c = dict(group.attrs), group[state]
        shape, kind, ours = c.shape, c.dtype, are_ours(c)
    if attributes.get("weights") != origin.weights:
        raise damaged(folder, f"the states of {shortened(attributes.get('model'))} with other weights")
    if attributes.get(SCAN) != store_id:
        raise damaged(folder, "the states of another scan")
    if len(shape) != 4 or kind != np.float16:
        raise damaged(folder, f"numbers of shape {shape} of {kind}")
    if not ours:
        raise damaged(folder, "files of another layout")
    return group


def checked_states(parts: Path, origin: Origin, store_id: str, shape: tuple[int, ...]) -> Any:
    """The Zarr array of the states of a store, of a shape (layer, direction, unit, step)."""
    c = open_states(parts, origin, store_id)[CELLS[origin.kind].state]
    if c.shape != shape:
        raise damaged(parts / STATES, f"numbers of shape {c.shape} for {shape}")
    return c


def states_file(path: Path, units: int, steps: int) -> np.ndarray:
    """c (unit, step) float16 in a file of `state_files`, without reading it."""
    if (size := checked_file(path).stat().st_size) != bytes_of_a_file(units):
        raise damaged(path, f"{size:,} bytes")
    with read(path):
        return np.memmap(path, "<f2", "r", shape=(units, steps))


def part_of_each_text(parts: Path, lengths: np.ndarray, store_id: str) -> np.ndarray:
    """(text,): in which part of the tokens each text stands.

    Raises LstmCoreError if the texts of the store are not as long as those that were scanned.
    """
    lengths = lengths.astype(np.int64)
    expected = {"text": np.arange(len(lengths)), "begin": np.cumsum(lengths) - lengths, "length": lengths}
    found: list[int] = []
    while len(found) < len(lengths):
        number, first = found[-1] + 1 if found else 0, len(found)
        path = parts / TEXTS / part_name(number)
        table = _table(path, list(expected), store_id, len(lengths) - first)
        for name, values in expected.items():
            if not np.array_equal(_numbers(path, table[name]), values[first : first + len(table)]):
                raise damaged(path, f"another {name} than was scanned")
        if not len(table):
            raise damaged(path, "no texts")
        found += [number] * len(table)
    return np.array(found, np.int64)


def words_of_part(parts: Path, number: int, steps: int, store_id: str) -> dict[str, tuple[np.ndarray, list[str]]]:
    """The tokens and the answers of a part: the number of each step's word among different words, and these."""
    import pyarrow as pa

    path, names = parts / TOKENS / part_name(number), ["token", "answer"]
    table = _table(path, names, store_id, steps, encoded=True)
    if len(table) != steps:
        raise damaged(path, f"{len(table):,} steps for {steps:,}")
    found = {}
    for name in names:
        kind = table[name].type
        if not pa.types.is_dictionary(kind) or not pa.types.is_string(kind.value_type) or table[name].null_count:
            raise damaged(path, f"a {name} that is no text")
        with read(path):
            words = table[name].combine_chunks()
            words.validate(full=True)
            found[name] = words.indices.to_numpy(), words.dictionary.to_pylist()
    return found


def part_name(number: int) -> str:
    """The file of a shard's texts, and of its tokens."""
    return f"part-{number:06}.parquet"


def _table(path: Path, columns: list[str], store_id: str, most: int, encoded: bool = False) -> Any:
    """The columns of a Parquet file of at most so many rows; `encoded`: as numbers of different words."""
    from pyarrow import parquet

    with read(checked_file(path)):
        file = parquet.ParquetFile(path, read_dictionary=columns if encoded else None, page_checksum_verification=True)
        rows, about = file.metadata.num_rows, file.schema_arrow.metadata or {}
    if about.get(SCAN.encode()) != store_id.encode():
        raise damaged(path, "a part of another scan")
    if rows > most:
        raise damaged(path, f"{rows:,} rows for {most:,}")
    with read(path), file:
        table = file.read(columns=columns)
    if sorted(table.column_names) != sorted(columns):
        raise damaged(path, f"the columns {table.column_names}")
    return table


def _numbers(path: Path, column: Any) -> np.ndarray:
    import pyarrow as pa

    if not pa.types.is_integer(column.type) or column.null_count:
        raise damaged(path, "something else than whole numbers")
    numbers: np.ndarray = column.to_numpy()
    return numbers


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
