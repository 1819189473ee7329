"""How is a large file sent to a visitor without holding all of it in memory?

Each piece is a separate job, after other visitors' jobs, made once the piece before is sent. The export ends when the
visitor leaves or takes nothing for a while: the browser then sees that the file is cut, because its end never comes.
"""

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gatescope.serving import limits
from gatescope.serving.turns import Busy, Job, Turns, Visitor

# Seconds until a piece is asked for again if the queue was full.
AGAIN = 1.0


class Download(NamedTuple):
    """A file: its name, its kind as browsers call it, its bytes piece by piece, each made when it is asked for."""

    name: str
    media_type: str
    pieces: Iterator[bytes]

    @property
    def content(self) -> bytes:
        """All pieces that are left."""
        return b"".join(self.pieces)


class ExportResponse(Response):
    """A file that is made while it is sent; its first piece is there. `exports`: for each file that is being sent, of
    which each keeps its data in memory."""

    def __init__(self, file: Download, turns: Turns, visitor: Visitor, exports: asyncio.Semaphore) -> None:
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
        async with self._exports:
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
        piece = self._make()
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
        return next(self._file.pieces, None)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
