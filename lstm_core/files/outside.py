"""How is the JSON of a file from outside read, and the header of a safetensors file?

What a file takes of memory and time is bounded on the server, by the process that opens it.
"""

import json
import struct
from typing import Any, BinaryIO

from lstm_core.errors import LstmCoreError


def read_json(text: str | bytes, most: int | None = None) -> Any:
    """The value in a JSON text.

    Raises LstmCoreError for a text that is not JSON, or that has more than `most` brackets, commas and colons, each of
    which may be an object of a hundred bytes; marks inside strings count too.

    >>> read_json('{"a": [1, 2]}')
    {'a': [1, 2]}
    """
    if most is not None:
        written = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        marks = sum(map(written.count, "[{,:"))
        if marks > most:
            raise LstmCoreError(f"Expected JSON with at most {most:,} brackets, commas and colons, got {marks:,}.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LstmCoreError(f"Expected JSON, got a text that can't be read as JSON: {str(error)[:200]}.") from error


def read_header(stream: BinaryIO) -> dict[str, Any]:
    """The header at the start of a safetensors file: by name the dtype, shape and place of each tensor, and texts under
    "__metadata__".

    Raises LstmCoreError for a header that is broken; the library that reads the tensors refuses places that do not fit.
    """
    start = stream.read(8)
    header = read_json(stream.read(struct.unpack("<Q", start)[0] if len(start) == 8 else 0))
    if not isinstance(header, dict):
        raise LstmCoreError("Expected a safetensors file, whose header is an object, got something else.")
    return header
