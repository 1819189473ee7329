"""What the server's bytes say: the way back from `dashboard.live.wire_format`."""

import json
import struct
from typing import Any

import numpy as np


def unpacked(content: bytes) -> dict[str, Any]:
    """A picture's header, its numbers back in their places."""
    length = struct.unpack("<I", content[:4])[0]
    return _picture(json.loads(content[4 : 4 + length]), content[4 + length :])


def unpacked_all(content: bytes) -> list[dict[str, Any]]:
    """The pictures of `dashboard.offline.pictures`, each with its numbers."""
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
