"""How does a scan come back from a file that nobody vouches for?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.read_json import read_json
from lstm_core.files.zip_directory import zip_directory
from lstm_core.scanning.contexts import AFTER, BEFORE, Contexts
from lstm_core.scanning.origin import Origin
from lstm_core.scanning.result import Scan
from lstm_core.scanning.save_scan import IN_STORE
from lstm_core.scanning.sums import Sums, arrays_of, from_arrays

MOST_BYTES = 16 * 2**30
"""The largest scan file that is read: 16 GiB."""
MOST_MARKS = 20_000_000
"""The most brackets, commas and colons in the header."""


def load_scan(path: str | Path) -> Scan:
    """The scan in a .npz file that `Scan.save` wrote, or in the folder of a store, bit for bit. Nothing in the file is
    executed.

    Raises LstmCoreError when there is no such file, or it does not hold a scan.
    """
    return read_scan(path)[0]


def read_scan(path: str | Path) -> tuple[Scan, dict[str, Any]]:
    """A scan and what else its header says."""
    path = Path(path)
    folder = path if path.is_dir() else None
    path = path / IN_STORE if folder else path
    if not path.is_file():
        raise LstmCoreError(f"Expected a scan file, got no file at {shortened(path)}.")
    if (size := path.stat().st_size) > MOST_BYTES:
        raise LstmCoreError(f"Expected a scan of at most {MOST_BYTES:,} bytes in {path.name!r}, got {size:,}.")
    try:
        with path.open("rb") as stream:
            # Entries that are not compressed are together no larger than the file.
            zip_directory(stream, size)
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
        header = read_json(arrays.pop("scan").tobytes(), MOST_MARKS)
        contexts = Contexts(arrays.pop("places"), arrays.pop("around"), header["vocabulary"])
        sums = from_arrays(arrays, header["types"], float(header["max_error"]))
        kept = Path(header["store"]) if header["store"] else None
        scan = Scan(Origin(**header["origin"]), sums, contexts, store=folder or kept)
        _check(scan)
        return scan, header["more"]
    except Exception as error:
        # Zip, NumPy and JSON each have errors of their own for a broken file.
        raise LstmCoreError(
            f"Expected a scan saved by Scan.save in {path.name!r}, got a file that can't be read: {str(error)[:300]}"
        ) from error


def _check(scan: Scan) -> None:
    """Raise LstmCoreError if shapes, places or numbers of tokens contradict each other."""
    sums, contexts = scan.sums, scan.contexts
    sizes, top = scan.sizes, scan.origin.top
    expected = Sums.empty(sizes, top, sums.types, scan.texts)
    samples = len(sums.sampled)
    got = arrays_of(sums)
    for name, array in arrays_of(expected).items():
        shape = (samples, *array.shape[1:]) if "sample" in name else array.shape
        if got[name].shape != shape or got[name].dtype != array.dtype:
            raise LstmCoreError(f"Expected {name} of shape {shape}, got {got[name].shape} of {got[name].dtype}.")
    steps, words = len(contexts.places), len(contexts.vocabulary)
    if contexts.places.shape != (steps, 2) or contexts.around.shape != (steps, BEFORE + 1 + AFTER):
        raise LstmCoreError(f"Expected contexts of one form, got shapes {contexts.around.shape}.")
    if contexts.around.size and not -1 <= contexts.around.min() <= contexts.around.max() < words:
        raise LstmCoreError(f"Expected tokens below {words:,}, got others.")
    if not all(isinstance(token, str) for token in [*contexts.vocabulary, *sums.types]):
        raise LstmCoreError("Expected tokens as text, got something else.")
