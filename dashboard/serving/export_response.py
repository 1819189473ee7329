"""How is a large file sent to a visitor without holding all of it in memory?

Each piece is a separate job, after other visitors' jobs, made once the piece before is sent. The export ends when the
visitor leaves or takes nothing for a while: the browser then sees that the file is cut, because its end never comes.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dashboard.serving import limits
from dashboard.serving.turns import Busy, Job, Turns, Visitor

# Seconds until a piece is asked for again if the queue was full.
AGAIN = 1.0


class Begun(NamedTuple):
    """A file whose first piece is made."""

    name: str
    media_type: str
    first: bytes
    rest: Iterator[bytes]


class OpenExports:
    """Counts the files that are being sent: each keeps its data in memory."""

    def __init__(self, most: int) -> None:
        self._most, self.open = most, 0

    def check(self) -> None:
        """Raises Busy if too many files are being sent."""
        if self.open >= self._most:
            raise Busy

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Count one more file inside this block."""
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1


class ExportResponse(Response):
    """A file that is made while it is sent."""

    def __init__(self, file: Begun, turns: Turns, visitor: Visitor, exports: OpenExports) -> None:
        # Compressing would delay the answers to all other visitors.
        headers = {
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "Content-Encoding": "identity",
        }
        super().__init__(media_type=file.media_type, headers=headers)
        del self.headers["content-length"]
        self._file, self._turns, self._visitor = file, turns, visitor
        self._exports = exports

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send all pieces, unless the visitor leaves."""
        with self._exports.one_more():
            await self._send_unless_gone(receive, send)

    async def _send_unless_gone(self, receive: Receive, send: Send) -> None:
        sending = asyncio.ensure_future(self._send_all(send))
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if not sending.done():
                sending.cancel()
        if not sending.cancelled() and sending.done():
            sending.result()

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        piece: bytes | None = self._file.first
        while piece is not None:
            try:
                async with asyncio.timeout(limits.STALLED):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            except TimeoutError:
                return
            piece = await self._next()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self) -> bytes | None:
        """The next piece, or None after the last."""
        while True:
            try:
                piece: bytes | None = await self._turns.take(Job(self._visitor, self._make))
                return piece
            except Busy:
                await asyncio.sleep(AGAIN)

    def _make(self) -> bytes | None:
        return next(self._file.rest, None)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
