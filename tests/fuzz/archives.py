"""What can an archive suffer whose entries are arrays: a trace, or a scan?"""

import io
import json
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

import lstm_core

from .spoil import json_text


def rezipped(content: bytes, change: Any, compression: int = zipfile.ZIP_STORED) -> bytes:
    """The archive with each entry changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", compression) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    return stream.getvalue()


def entries_of_the_zip(draw: Random, content: bytes) -> bytes:
    what = draw.choice(["cut", "longer", "compressed", "many"])
    if what == "compressed":
        return rezipped(content, lambda _, held: held + b"\0" * 2_000_000, zipfile.ZIP_DEFLATED)
    if what == "many":
        file = io.BytesIO(content)
        with zipfile.ZipFile(file, "a") as archive:
            for number in range(draw.choice([10, 8_000])):
                archive.writestr(f"archive/data/more{number}", b"")
        return file.getvalue()
    chosen = draw.randrange(4)
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    name = names[chosen % len(names)]
    spoilt = {"cut": lambda held: held[: len(held) // 2], "longer": lambda held: held * draw.choice([2, 1_000])}[what]
    return rezipped(content, lambda other, held: spoilt(held) if other == name else held)


def arrays_of_the_npz(draw: Random, content: bytes) -> bytes:
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    chosen, what = draw.choice(names), draw.choice(["shape", "dtype", "other", "objects", "deflated", "claims"])

    def change(name: str, held: bytes) -> bytes:
        if name != chosen:
            return held
        array = np.load(io.BytesIO(held))
        stream = io.BytesIO()
        if what == "claims":
            header = {"descr": "<f4", "fortran_order": False, "shape": (draw.choice([7, 2**40, 2**62]), 3)}
            np.lib.format.write_array_header_1_0(stream, header)
            return stream.getvalue() + held[128:]
        other = {
            "shape": lambda: np.zeros(draw.choice([(0,), (3,), (1, 1, 6, 1, 9), (1,) * 30])),
            "dtype": lambda: array.astype(draw.choice(["S9", "U9", "i2", "f8", "c8", "?"]), casting="unsafe"),
            "other": lambda: np.zeros(100_000, np.float32),
            "objects": lambda: np.array([{}], dtype=object),
            "deflated": lambda: np.zeros((1, 1, 6, 1, 2**17), np.float32),
        }[what]()
        np.save(stream, other, allow_pickle=True)
        return stream.getvalue()

    return rezipped(content, change, zipfile.ZIP_DEFLATED if what == "deflated" else zipfile.ZIP_STORED)


def scan_npz(draw: Random) -> bytes:
    return _scan(draw.choice(["counter", "tagger"]))


@cache
def _scan(model: str) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "scan.npz")
        lstm_core.scan(lstm_core.load_model(model), ["aabb", "a in b", "", "aaabbb"], top=3).save(path)
        return path.read_bytes()


def header_of_the_scan(draw: Random, content: bytes) -> bytes:
    def change(name: str, held: bytes) -> bytes:
        if name != "scan.npy":
            return held
        header = json.loads(np.load(io.BytesIO(held)).tobytes())
        # Half of them in the few lines that say what was asked for.
        part = header["origin"] if draw.random() < 0.5 else None
        said = json_text(draw, header if part is None else part)
        text = said if part is None else json.dumps({**header, "origin": "?"}).replace('"?"', said)
        return as_npy(np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8))

    return rezipped(content, change)


def numbers_of_the_scan(draw: Random, content: bytes) -> bytes:
    names = [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if name != "scan.npy"]
    chosen = draw.choice(names)

    def change(name: str, held: bytes) -> bytes:
        array = np.load(io.BytesIO(held))
        if name != chosen or not array.size:
            return held
        most: Any = np.finfo(array.dtype) if array.dtype.kind == "f" else np.iinfo(array.dtype)
        number = draw.choice([most.max, most.min, 0, 1, most.min + 1, *([np.nan] * (array.dtype.kind == "f"))])
        array.flat[draw.randrange(array.size) if draw.random() < 0.7 else slice(None)] = number
        return as_npy(array)

    return rezipped(content, change)


def as_npy(array: np.ndarray) -> bytes:
    """The entry of an array."""
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()
