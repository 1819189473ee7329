"""What the server's bytes say: the way back from `dashboard.picture.wire_format`."""

import base64
import gzip
import json
import re
import struct
from typing import Any

import numpy as np


def unpacked(content: bytes) -> dict[str, Any]:
    """A picture's header, its numbers back in their places."""
    length = struct.unpack("<I", content[:4])[0]
    return _picture(json.loads(content[4 : 4 + length]), content[4 + length :])


def packed_in(page: bytes) -> tuple[bytes, dict[str, Any]]:
    """What a page of `dashboard.offline` holds: its packed pictures, and what is told with them."""
    [(numbers, told)] = re.findall(rb'entry\.mount\(document\.body, "([^"]+)", (\{.*\})\)</script>', page)
    return gzip.decompress(base64.b64decode(numbers)), json.loads(told)


def pictures_in(page: bytes) -> list[dict[str, Any]]:
    """The pictures in a page of `dashboard.offline`, each with its numbers: {theme, width, picture}."""
    content, _ = packed_in(page)
    length = struct.unpack("<I", content[:4])[0]
    made = json.loads(content[4 : 4 + length])["pictures"]
    return [one | {"picture": _picture(one["picture"], content[4 + length :])} for one in made]


def _picture(picture: dict[str, Any], numbers: bytes) -> dict[str, Any]:
    def array(place: dict[str, Any]) -> np.ndarray:
        count = place["shape"][0] * place["shape"][1]
        kind = "<i2" if place["step"] else "<f4"
        values = np.frombuffer(numbers, kind, count, place["at"]).astype("f4").reshape(place["shape"])
        return values * place["step"] if place["step"] else values

    for stack in picture["stacks"]:
        for trace in stack["figure"]["data"]:
            trace |= {key: array(trace[key]) for key in ("z", "other", "mean") if key in trace}
    if picture["inputs"]:
        picture["inputs"]["z"] = array(picture["inputs"]["z"])
    if picture["overview"]:
        picture["overview"] = array(picture["overview"])
    return picture
