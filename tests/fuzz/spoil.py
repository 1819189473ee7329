"""How is a valid file spoilt? One thing in it is made huge, shared, nested, cut, doubled or flipped."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

Spoil = Callable[[Random, bytes], bytes]

NUMBERS = (-1, 0, 1, 7, 65, 1000, 2**31 - 1, 2**32, 2**40, 2**63 - 1, 2**63, 2**64 + 1, 2**2000)
MOST_BYTES = 3_000_000


def _place(draw: Random, content: bytes) -> int:
    """Where something is done: as often in the first kilobyte, where headers are, as in all the rest."""
    return draw.randrange(min(len(content), 1024) if draw.random() < 0.5 else len(content)) if content else 0


def flipped(draw: Random, content: bytes) -> bytes:
    changed = bytearray(content or b"\0")
    for _ in range(draw.choice([1, 1, 1, 3, 20])):
        changed[_place(draw, changed)] = draw.choice([0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)])
    return bytes(changed)


def cut(draw: Random, content: bytes) -> bytes:
    return content[: _place(draw, content)]


def hole(draw: Random, content: bytes) -> bytes:
    start = _place(draw, content)
    return content[:start] + content[start + draw.choice([1, 2, 8, 64, 512]) :]


def doubled(draw: Random, content: bytes) -> bytes:
    return content + content if draw.random() < 0.5 else content + content[_place(draw, content) :]


def repeated(draw: Random, content: bytes) -> bytes:
    start, length = _place(draw, content), draw.choice([1, 2, 4, 16, 64, 300])
    piece = content[start : start + length] or b"\0"
    return (
        content[:start]
        + piece * min(draw.choice([2, 100, 10_000, 300_000]), MOST_BYTES // len(piece))
        + content[start:]
    )


def huge_in_place(draw: Random, content: bytes) -> bytes:
    """A number of two to eight bytes made as large as it can be, or nearly."""
    start, size = _place(draw, content), draw.choice([2, 4, 8])
    number = draw.choice([2 ** (8 * size) - 1, 2 ** (8 * size - 1) - 1, 2 ** (8 * size - 2), 2 ** (4 * size)])
    return content[:start] + number.to_bytes(size, draw.choice(["little", "big"])) + content[start + size :]


BYTES: tuple[Spoil, ...] = (flipped, flipped, cut, hole, doubled, repeated, huge_in_place)


def a_value(draw: Random) -> Any:
    """Something that JSON can say and nobody expects."""
    return draw.choice(
        [
            draw.choice(NUMBERS),
            10 ** draw.choice([20, 400, 4000]),
            1e308,
            True,
            None,
            "",
            "a" * draw.choice([10, 600, 1_000_000]),
            [],
            {},
            [draw.choice(NUMBERS)] * draw.choice([1, 70, 100_000]),
            _nested(draw.choice([3, 100, 900])),
            [[1, 2]] * 20_000,
            {str(number): number for number in range(draw.choice([3, 30_000]))},
        ]
    )


def _nested(deep: int) -> Any:
    value: Any = 1
    for level in range(deep):
        value = [value] if level % 2 else {"a": value}
    return value


def spoilt_json(draw: Random, value: Any) -> Any:
    """The value with one part, at any depth, made something else, left out or doubled."""
    inside = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    if not inside or draw.random() < 0.15:
        return a_value(draw)
    key, part = draw.choice(inside)
    what = draw.random()
    if what < 0.1:
        rest = [(other, item) for other, item in inside if other != key]
        return dict(rest) if isinstance(value, dict) else [item for _, item in rest]
    if what < 0.2:
        more = {f"{key} {number}": part for number in range(draw.choice([1, 100, 20_000]))}
        return {**value, **more} if isinstance(value, dict) else [*value, *more.values()]
    new = spoilt_json(draw, part)
    return {**value, key: new} if isinstance(value, dict) else [*value[:key], new, *value[key + 1 :]]


def json_text(draw: Random, value: Any) -> str:
    """The spoilt value as text; now and then one that no value can be."""
    text = json.dumps(spoilt_json(draw, value))
    if draw.random() < 0.1:
        text = text.replace(":", draw.choice([":" * 100_000, ":[" * 50_000, ': "'])[:200_000], 1)
    return text[:MOST_BYTES]
