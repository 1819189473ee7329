"""What does the header of a safetensors file say, and is it small enough to be read?

A header gives every tensor's dtype, shape and place; the library that reads the tensors refuses places that do not fit
the file.
"""

import struct
from typing import Any, BinaryIO

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.read_json import MOST_MARKS, read_json
from lstm_core.limits import MOST_DESCRIPTION, MOST_DIMS, MOST_NAME, MOST_TENSORS


def read_header(stream: BinaryIO, most_bytes: int = MOST_DESCRIPTION, most_marks: int = MOST_MARKS) -> dict[str, Any]:
    """Read the header at the start of a stream; the stream then stands after the header.

    Raises LstmCoreError if the header is too long or broken, or has too many tensors, a too long name or too many
    dimensions.
    """
    start = stream.read(8)
    length = struct.unpack("<Q", start)[0] if len(start) == 8 else most_bytes + 1
    if length > most_bytes:
        raise LstmCoreError(
            f"Expected safetensors with at most {most_bytes:,} bytes of names and shapes, got one with {length:,} "
            "or a file of another kind."
        )
    header = read_json(stream.read(length), most_marks)
    if not isinstance(header, dict) or len(header) > MOST_TENSORS:
        got = f"{len(header):,}" if isinstance(header, dict) else "something else"
        raise LstmCoreError(f"Expected a header of at most {MOST_TENSORS:,} tensors, got {got}.")
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        shape = tensor.get("shape") if isinstance(tensor, dict) else None
        if len(name) > MOST_NAME or not isinstance(shape, list) or len(shape) > MOST_DIMS:
            raise LstmCoreError(
                f"Expected names of at most {MOST_NAME} characters and shapes of at most {MOST_DIMS} dimensions, got "
                f"another for {shortened(name)}."
            )
    return header
