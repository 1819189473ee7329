"""How is a picture frozen? Its arrays as a few of their numbers, everything else as it is; compressed."""

import gzip
import json
from collections.abc import Iterator
from math import isclose, isnan
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
PICTURES, FIGURES, PAGES, ALONE = (FOLDER / f"{name}.json.gz" for name in ("pictures", "figures", "pages", "alone"))
# Another processor rounds differently.
CLOSE = 2e-4


def frozen(file: Path) -> Any:
    """What is frozen: of the figures each by its name; else in the order of `links.VIEWS` or `pages.SHOWN`."""
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
        same = (isnan(one) and isnan(other)) or isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
        if not same:
            yield f"{where}: {one} and {other}"
    elif one != other:
        yield f"{where}: {one!r} and {other!r}"
