"""How is a picture sent to the browser? As one sequence of bytes.

    4 bytes: length of the header · the header, JSON padded to 4 bytes · the numbers

If the header has {"at": a, "shape": [r, c], "step": s} in place of numbers, r * c numbers begin at byte a: float32 if
s is 0, else int16, to be multiplied by s. Equal arrays are sent once.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

# The longest text that a recording repeats, in characters: the page has it.
SAID_BACK = 4_000
# The int16 that means NaN.
NAN = -32768


def as_sent(value: Any) -> Any:
    """Dicts, lists and named tuples as they are sent in JSON: each named tuple as a dict."""
    value = value._asdict() if hasattr(value, "_asdict") else value
    if isinstance(value, Mapping):
        return {key: as_sent(part) for key, part in value.items()}
    return [as_sent(part) for part in value] if isinstance(value, (list, tuple)) else value


def rounded(values: Sequence[float] | np.ndarray, digits: int = 4) -> list[float | None]:
    """Numbers as they are sent: four digits are enough for a colour and a curve. JSON has no NaN."""
    return [float(f"{value:.{digits}g}") if isfinite(value) else None for value in np.asarray(values).tolist()]


def in_a_script(value: Any) -> str:
    """A value as JSON that stands in a page's script: a text that ends the script would be markup."""
    return json.dumps(value).replace("<", "\\u003c")


def packed(header: Mapping[str, Any], exact: bool) -> bytes:
    """A header followed by its arrays; with two bytes a number unless `exact`."""
    chunks: dict[bytes, int] = {}
    text = json.dumps(_without_arrays(header, chunks, exact), separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<I", len(text)) + text + b"".join(chunks)


def _without_arrays(value: Any, chunks: dict[bytes, int], exact: bool) -> Any:
    """A value with its arrays' places in place of them; `chunks`: the arrays so far, and where each begins."""
    if isinstance(value, np.ndarray):
        content, step = (value.astype("<f4").tobytes(), 0.0) if exact else _small(value)
        content += b"\0" * (-len(content) % 4)
        at = chunks.setdefault(content, sum(map(len, chunks)))
        return {"at": at, "shape": value.shape, "step": step}
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {key: _without_arrays(part, chunks, exact) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and value and not isinstance(value[0], (str, float, int)):
        return [_without_arrays(part, chunks, exact) for part in value]
    return value


def _small(values: np.ndarray) -> tuple[bytes, float]:
    """Numbers as int16, in equal steps over their range."""
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    step = largest / 32767 or 1.0
    whole = np.round(values / step)
    return np.where(np.isnan(whole), NAN, whole).astype("<i2").tobytes(), step
