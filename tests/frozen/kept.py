"""How is a picture frozen? Its arrays as a few of their numbers, everything else as it is; compressed."""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from math import isclose, isnan
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
PICTURES, FIGURES, PAGES, ALONE, ROOMS, TOLD, RESULTS = (
    FOLDER / f"{name}.json.gz" for name in ("pictures", "figures", "pages", "alone", "rooms", "told", "results")
)
# Another processor computes differently, and then rounds another way.
CLOSE = 2e-4
NUMBER = re.compile(r"(?<![a-zA-Z0-9.])(?<!unit=)(-?\d+\.\d+(?:e\\?-\d+)?|-?\de\\?-\d+)(?!\.?\d)")
# In HTML and tables, outside names and colours.
ANY_NUMBER = re.compile(r"(?<![\w#])(-?\d+\.?\d*)")
# What is added to a rounding error that would say little alone.
OF_LARGEST = re.compile(r"(?:, which is \S+)? of each unit’s largest value")


def frozen(file: Path) -> Any:
    """What is frozen: of figures and rooms each by its name; else in the order of `links.VIEWS` or `pages.SHOWN`."""
    return json.loads(gzip.decompress(file.read_bytes()))


def freeze(file: Path, cases: Any) -> None:
    """Write what is frozen."""
    text = json.dumps(cases, separators=(",", ":"), ensure_ascii=False)
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def in_short(value: Any) -> Any:
    """A picture with its numbers rounded, and each array as its shape and a few of its numbers."""
    if isinstance(value, np.ndarray):
        seen = value[~np.isnan(value)].astype(float)
        ends = (seen[0], seen[-1], seen.min(), seen.max()) if seen.size else ()
        sums = (seen.mean(), np.abs(seen).mean()) if seen.size else ()
        return {"shape": list(value.shape), "numbers": [round(float(number), 5) for number in (*sums, *ends)]}
    if isinstance(value, dict):
        return {key: in_short(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [in_short(part) for part in value]
    return round(value, 5) if isinstance(value, float) else value


def array_of(packed: dict[str, Any]) -> np.ndarray:
    """An array that Plotly has packed."""
    shape = [int(size) for size in f"{packed['shape']}".split(",")] if "shape" in packed else -1
    return np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"]).reshape(shape)


def parts_of(text: str) -> list[str | float]:
    """A text with its numbers apart, without images and without what only says how exactly a processor rounds."""
    text = re.sub(r"data:image/[^\"')]+|-?\d+\.?\d*e-\d+", "…", text)
    return [float(part) if ANY_NUMBER.fullmatch(part) else part for part in ANY_NUMBER.split(text)]


def differences(one: Any, other: Any, where: str = "") -> Iterator[str]:
    """Where two frozen pictures differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() != other.keys():
            yield f"{where}: {sorted(one.keys() ^ other.keys())}"
        for key in one.keys() & other.keys():
            yield from differences(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            yield f"{where}: {len(one)} and {len(other)}"
        for number, (a, b) in enumerate(zip(one, other, strict=False)):
            yield from differences(a, b, f"{where}.{number}")
    elif isinstance(one, int | float) and isinstance(other, int | float):
        if not _are_close(f"{+one}", f"{+other}"):
            yield f"{where}: {one} and {other}"
    elif isinstance(one, str) and isinstance(other, str):
        texts, others = (NUMBER.split(OF_LARGEST.sub("", text)) for text in (one, other))
        numbers = zip(texts[1::2], others[1::2], strict=False)
        # A text that is nothing but a number names a cell, and is close to no other.
        are_alike = texts[::2] == others[::2] and not NUMBER.fullmatch(one)
        if one != other and not (are_alike and all(_are_close(*pair) for pair in numbers)):
            yield f"{where}: {one!r} and {other!r}"
    elif one != other:
        yield f"{where}: {one!r} and {other!r}"


def _are_close(one: str, other: str) -> bool:
    """Whether two numbers differ by no more than processors do; of two decimals or more, also by one of the last."""
    a, b = (float(text.replace("\\", "")) for text in (one, other))
    decimals = max(len(text.partition(".")[2]) if "e" not in text else 0 for text in (one, other))
    last = 1.01 * 10.0**-decimals if decimals > 1 else 0
    return (isnan(a) and isnan(b)) or isclose(a, b, rel_tol=CLOSE, abs_tol=max(CLOSE, last))
