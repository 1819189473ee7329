"""How does a scan come back from a file that nobody vouches for?"""

import os.path
from pathlib import Path
from typing import Any

import numpy as np

from lstm_core.errors import LstmCoreError, check_kind, shortened
from lstm_core.files.outside import read_json, zip_directory
from lstm_core.scanning.contexts import AFTER, BEFORE, Contexts, shown_places
from lstm_core.scanning.origin import Origin, origin_from
from lstm_core.scanning.result import Scan
from lstm_core.scanning.save_scan import IN_STORE, PARTS
from lstm_core.scanning.sums import CELLS, NOWHERE, SMALLEST_EXPONENT, CellSizes, Sums, forms_of, from_arrays
from lstm_core.traces.summary import checked_proof

MOST_BYTES = 16 * 2**30
"""The largest scan file that is read: 16 GiB."""
MOST_MARKS = 20_000_000
"""The most brackets, commas and colons in the header."""
LARGEST_EXPONENT = 128
"""2^128 is larger than every float32."""
HEADER: dict[str, Any] = {
    "origin": dict,
    "types": list,
    "max_error": float,
    "vocabulary": list,
    "store": (str, type(None)),
    "store_id": str,
    "more": dict,
}
"""What the header of a scan says, and of which type."""


def load_scan(path: str | Path) -> Scan:
    """The scan in a .npz file that `Scan.save` wrote, or in the folder of a store, bit for bit. Nothing in the file is
    executed.

    Raises LstmCoreError when there is no such file, or it does not hold a scan.

    >>> import lstm_core
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     lstm_core.scan(lstm_core.load_model("counter"), ["aabb", "ab"]).save(f"{folder}/scan.npz")
    ...     scan = load_scan(f"{folder}/scan.npz")
    >>> scan.texts, scan.steps
    (2, 6)
    """
    return read_scan(path)[0]


def read_scan(path: str | Path) -> tuple[Scan, dict[str, Any]]:
    """A scan and what else its header says."""
    check_kind(path, (str, os.PathLike), "a path", "Give that of a file that Scan.save wrote, or of a store.")
    path, folder = _file_of(Path(path))
    try:
        header, arrays = _contents(path)
        origin = origin_from(header["origin"])
        _check_forms(arrays, origin, header["types"])
        around = Contexts(arrays.pop("places"), arrays.pop("around"), header["vocabulary"])
        sums = from_arrays(arrays, header["types"], header["max_error"], checked_proof(header.get("proof")))
        _check_places(sums, around)
    except LstmCoreError as error:
        raise LstmCoreError(
            f"Expected a scan saved by Scan.save in {shortened(path.name)}, got a file that can't be read: "
            f"{str(error)[:300]}"
        ) from error
    kept = Path(header["store"]) if header["store"] else None
    return Scan(origin, sums, around, store=folder or kept, store_id=header["store_id"]), header["more"]


def _file_of(path: Path) -> tuple[Path, Path | None]:
    """The file of a scan, and the store in whose folder it is."""
    # Unlike those of a Path, these take a name that none has.
    folder = path if os.path.isdir(path) else None
    file = path / IN_STORE if folder else path
    size = file.stat().st_size if os.path.isfile(file) else None
    is_begun = folder is not None and any(folder.glob(f"{PARTS}*"))
    if size is None and is_begun:
        raise LstmCoreError(
            f"Expected a store with a whole scan in {shortened(path)}, got one that is being written or was stopped. "
            "With the same resume= the scan goes on; else scan again."
        )
    if size is None:
        raise LstmCoreError(f"Expected a scan file, got no file at {shortened(file)}.")
    if size > MOST_BYTES:
        raise LstmCoreError(f"Expected a scan of at most {MOST_BYTES:,} bytes in {path.name!r}, got {size:,}.")
    return file, folder


def _contents(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays of a scan file, each of the type that `save_scan` wrote."""
    try:
        with path.open("rb") as stream:
            # Entries that are not compressed are together no larger than the file.
            zip_directory(stream, path.stat().st_size)
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
    except Exception as error:  # Zip and NumPy have no error of their own for all that a file can be.
        raise LstmCoreError(str(error)) from error
    # An entry that is no array comes as bytes.
    if not all(isinstance(arrays.get(name), np.ndarray) for name in ["scan", "places", "around", *arrays]):
        raise LstmCoreError("Expected a header and arrays, got something else.")
    header = read_json(arrays.pop("scan").tobytes(), MOST_MARKS)
    if not isinstance(header, dict):
        raise LstmCoreError(f"Expected a header with names, got {type(header).__name__}.")
    for name, kinds in HEADER.items():
        if not isinstance(header.get(name, ...), kinds):
            raise LstmCoreError(f"Expected a header with {name}, got {type(header.get(name)).__name__}.")
    if not all(isinstance(token, str) for token in [*header["vocabulary"], *header["types"]]):
        raise LstmCoreError("Expected tokens as text, got something else.")
    return header, arrays


def _check_forms(arrays: dict[str, np.ndarray], origin: Origin, types: list[str]) -> None:
    """Raise LstmCoreError if the shapes and types of arrays contradict each other. Nothing is allocated for it."""
    got = {name: (array.shape, array.dtype) for name, array in arrays.items()}
    states = CELLS[origin.kind].trace.states
    of_state, of_h = (got.get(f"{state}.moments", ((),))[0] for state in (states[0], states[-1]))
    texts, samples = (got.get(name, ((),))[0] for name in ("lengths", "sampled"))
    if len(of_state) != 4 or len(of_h) != 4 or len(texts) != 1 or len(samples) != 1:
        raise LstmCoreError("Expected sums of the states, texts and samples, got others.")
    sizes = CellSizes(of_state[0], of_state[1], of_state[3], of_h[3], origin.kind)
    if min(*sizes[:4], *texts) < 1 or sizes.hidden > sizes.units:
        raise LstmCoreError(f"Expected sums of an LSTM that has read texts, got {sizes} and {texts[0]} texts.")
    forms, places = forms_of(sizes, origin.top, len(types), *texts, *samples), got["places"][0][:1]
    forms |= {"places": ((*places, 2), np.int64), "around": ((*places, BEFORE + 1 + AFTER), np.int32)}
    if set(forms) != set(got):
        raise LstmCoreError(f"Expected the sums of a scan of an {origin.kind}, got others.")
    for name, (shape, kind) in forms.items():
        if got[name] != (shape, np.dtype(kind)):
            raise LstmCoreError(f"Expected {name} of shape {shape}, got {got[name]}.")


def _check_places(sums: Sums, contexts: Contexts) -> None:
    """Raise LstmCoreError if a place or a token is not there, or a number is none that a scan can have."""
    lengths = sums.lengths
    for places in (sums.sampled_at, *(state.best_at.reshape(-1, 2) for state in sums.states.values())):
        text, time = places[(places != NOWHERE).any(1)].T
        is_text = (text >= 0) & (text < len(lengths))
        if not is_text.all() or not ((time >= 0) & (time < lengths[text])).all():
            raise LstmCoreError("Expected places in the texts that were scanned, got others.")
    if not np.array_equal(contexts.places, shown_places(sums)):
        raise LstmCoreError("Expected the contexts of the places that are shown, got those of others.")
    around, words = contexts.around, len(contexts.vocabulary)
    if around.size and not (around.min() >= -1 and around.max() < words and around[:, BEFORE].min() >= 0):
        raise LstmCoreError(f"Expected tokens below {words:,}, got others.")
    exponents = [state.exponents for state in sums.states.values()]
    if any(each.min() < SMALLEST_EXPONENT or each.max() > LARGEST_EXPONENT for each in exponents):
        raise LstmCoreError("Expected bins of float32 numbers, got wider or narrower ones.")
    if lengths.min() < 0 or not np.isfinite(sums.losses).all():
        raise LstmCoreError("Expected texts with lengths and losses, got others.")
