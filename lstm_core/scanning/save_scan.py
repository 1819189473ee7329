"""How is a scan written to a file, bit for bit?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_core.errors import LstmCoreError
from lstm_core.files.write_whole import written_whole
from lstm_core.scanning.sums import arrays_of

if TYPE_CHECKING:
    from lstm_core.scanning.result import Scan

IN_STORE = "scan.npz"
"""The scan's file in the folder of its store."""
PARTS = "scan-"
"""How the name of the folder of a scan's parts begins; its identity follows."""


def save_scan(scan: Scan, path: str | Path, more: dict[str, Any] | None = None) -> None:
    """Write a scan to a .npz file, whole or not at all; `more`: what else the header says."""
    path = Path(path)
    if path.suffix != ".npz":
        raise LstmCoreError(f"Expected a file name that ends in .npz, got {path.name!r}.")
    header = {
        "origin": asdict(scan.origin),
        "types": scan.sums.types,
        "max_error": scan.sums.max_error,
        "proof": scan.sums.proof,
        "vocabulary": scan.contexts.vocabulary,
        "store": None if scan.store is None else str(scan.store.absolute()),
        "store_id": scan.store_id,
        "more": more or {},
    }
    arrays = arrays_of(scan.sums) | {"places": scan.contexts.places, "around": scan.contexts.around}
    text = np.frombuffer(json.dumps(header).encode(), np.uint8)
    with written_whole(path) as place:
        np.savez(place, allow_pickle=False, scan=text, **arrays)
