"""What the server's bytes say: the way back from `gatescope.recording.wire_format`."""

import base64
import gzip
import json
import re
import struct
from typing import Any

import numpy as np

from tests.pictured import pictured


def unpacked(content: bytes) -> dict[str, Any]:
    """An answer, its numbers back in their places."""
    length = struct.unpack("<I", content[:4])[0]
    numbers = content[4 + length :]

    def array(place: dict[str, Any]) -> Any:
        if "shape" not in place:
            return place
        kind = "<i2" if place["step"] else "<f4"
        count = place["shape"][0] * place["shape"][1]
        values = np.frombuffer(numbers, kind, count, place["at"]).astype("f4").reshape(place["shape"])
        return values * place["step"] if place["step"] else values

    answer: dict[str, Any] = json.loads(content[4 : 4 + length], object_hook=array)
    return answer


def packed_in(page: bytes) -> tuple[bytes, dict[str, Any]]:
    """What a page of `gatescope.offline` holds: its packed recording, and what is told with them."""
    [(numbers, told)] = re.findall(rb'gatescope\.mount\(document\.body, "([^"]+)", (\{.*\})\)</script>', page)
    return gzip.decompress(base64.b64decode(numbers)), json.loads(told)


def numbers_in(page: bytes) -> dict[str, Any]:
    """The numbers and words that a page of `gatescope.offline` makes of its recording."""
    return pictured(packed_in(page)[0])
