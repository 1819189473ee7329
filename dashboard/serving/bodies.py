"""How do a body of a request and a large file keep to the server's memory?

A body is refused as soon as it is too large. A file is sent piece by piece, each made once the piece before is sent.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from anyio import CapacityLimiter, fail_after
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from gatescope.serving import limits
from gatescope.serving.turns import Busy, Length, in_thread

_exports = CapacityLimiter(limits.OPEN_EXPORTS)


async def body_of(request: Request, limit: limits.Limit) -> bytes:
    """The body of a request. Raises TooMuch if it is larger than its limit, or says so before it comes."""
    announced = request.headers.get("content-length", "")
    limit.check(int(announced) if announced.isdecimal() else 0)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        limit.check(len(body))
    return bytes(body)


class Download(NamedTuple):
    """A file: its name, its kind as browsers call it, its bytes piece by piece, each made when it is asked for."""

    name: str
    media_type: str
    pieces: Iterator[bytes]

    @property
    def content(self) -> bytes:
        """All pieces that are left."""
        return b"".join(self.pieces)


def check_room_for_export() -> None:
    """Raises Busy if as many files are being sent as may: each keeps its data in memory."""
    if not _exports.available_tokens:
        raise Busy


class ExportResponse(StreamingResponse):
    """A file of which the first piece is made. If its visitor leaves or takes nothing for a while, it is cut: its end
    never comes."""

    def __init__(self, file: Download, visitor: str, length: Length) -> None:
        # Compressing would delay the answers to all other visitors.
        headers = {
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "Content-Encoding": "identity",
        }
        super().__init__(_made(file.pieces, visitor, length), media_type=file.media_type, headers=headers)

    async def stream_response(self, send: Send) -> None:
        """Send all pieces."""

        async def send_soon(message: Message) -> None:
            with fail_after(limits.STALLED):
                await send(message)

        async with _exports:
            with suppress(TimeoutError):
                await super().stream_response(send_soon)


async def _made(pieces: Iterator[bytes], visitor: str, length: Length) -> AsyncIterator[bytes]:
    piece = next(pieces, None)
    while piece is not None:
        yield piece
        piece = await in_thread(visitor, length, partial(next, pieces, None))
