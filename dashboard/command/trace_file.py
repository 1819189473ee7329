"""In which files is a trace kept?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_core import Trace

WHOLE = (".npz", ".safetensors")
TABLES = (".csv", ".parquet", ".json")


def name(text: str) -> str:
    """A file name that a trace can have; argparse says what is wrong with another."""
    return ending(text, (*WHOLE, *TABLES))


def ending(text: str, known: tuple[str, ...]) -> str:
    """A file name with one of these endings."""
    if Path(text).suffix not in known:
        endings = f"{'one of ' * (len(known) > 1)}{', '.join(known)}"
        raise argparse.ArgumentTypeError(f"expected a name that ends in {endings}, got {text!r}")
    return text


def write(trace: Trace, file: str) -> None:
    """Write a trace in the form that the file's name says."""
    writers = {".csv": trace.to_csv, ".parquet": trace.to_parquet, ".json": trace.to_json}
    writers.get(Path(file).suffix, trace.save)(file)
