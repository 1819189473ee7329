"""How much memory do bodies take before they are read, and for how long?

A body announces its size and reserves it, so that one that was let in always finds room for its rest. A body that comes
too slowly, or pauses, is given up.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.requests import Request

from gatescope.serving import limits
from gatescope.serving.turns import Busy

# The bytes that bodies from each address have reserved.
_reserved: Counter[str] = Counter()


class Late(Exception):
    """The body of a request did not arrive in time."""


@asynccontextmanager
async def in_time(pause: float) -> AsyncIterator[Callable[[int], None]]:
    """Raises Late in the block where bytes come too slowly, or none for `pause` seconds; it calls the given function
    with the number of bytes that came."""
    now = asyncio.get_running_loop().time
    end = now() + pause

    def came(size: int) -> None:
        nonlocal end
        end = min(end + size / limits.SLOWEST, now() + pause)
        until.reschedule(end)

    try:
        async with asyncio.timeout_at(end) as until:
            yield came
    except TimeoutError:
        raise Late from None


class _Place:
    """What one body has reserved."""

    def __init__(self, address: str) -> None:
        self._address, self._size = address, 0

    def hold(self, size: int) -> None:
        """Reserve room for `size` bytes in all. Raises Busy if there is none."""
        more = size - self._size
        if size <= limits.SMALL or more <= 0:
            return
        if _reserved[self._address] + more > limits.ARRIVING_FROM_ONE or _reserved.total() + more > limits.ARRIVING:
            raise Busy
        _reserved[self._address] += more
        self._size = size

    def give_back(self) -> None:
        """Give the room to others."""
        _reserved[self._address] -= self._size
        if not _reserved[self._address]:
            del _reserved[self._address]


@asynccontextmanager
async def arriving(request: Request, limit: limits.Limit, address: str) -> AsyncIterator[bytes]:
    """The body of a request from an address; its room is reserved until the block ends.

    Raises TooMuch if it is larger than its limit, Busy if there is no room for it, Late if it does not arrive in time.
    """
    place = _Place(address)
    try:
        yield await _arrived(request, limit, place)
    finally:
        place.give_back()


async def _arrived(request: Request, limit: limits.Limit, place: _Place) -> bytes:
    body = bytearray()

    def let_in(size: int) -> None:
        limit.check(size)
        place.hold(size)

    announced = request.headers.get("content-length", "")
    let_in(int(announced) if announced.isdecimal() else 0)
    async with in_time(limits.ARRIVES) as came:
        async for chunk in request.stream():
            let_in(len(body) + len(chunk))
            body += chunk
            came(len(chunk))
    return bytes(body)
