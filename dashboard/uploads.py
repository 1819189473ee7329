"""How do many visitors' large files fit into one server's memory? They wait for each other.

Streamlit keeps what a browser sends until a page takes it. While there is no room for one more file its browser is not
asked to go on: the bytes stay with the visitor.
"""

from __future__ import annotations

import asyncio
from time import monotonic

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

ROOM = 120_000_000
"""Bytes that are on their way or not taken yet, of all visitors together: one file as large as they may be."""
SMALL = 1_000_000
"""What is no larger never waits."""
PATIENCE, PAUSE = 120.0, 0.1
"""Seconds that a file waits for room before it is refused, and between two looks."""


class InTurn:
    """Lets files in while there is room for them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._coming = app, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = _size(scope)
        if size <= SMALL:
            await self._app(scope, receive, send)
        elif await self._has_room(size):
            self._coming += size
            try:
                await self._app(scope, receive, send)
            finally:
                self._coming -= size
        else:
            busy = "The server is busy with other visitors’ files: try again in a minute."
            await PlainTextResponse(busy, status_code=503)(scope, receive, send)

    async def _has_room(self, size: int) -> bool:
        """Waits until there is room, or for as long as somebody would."""
        end = monotonic() + PATIENCE
        while (taken := self._coming + waiting()) and taken + size > ROOM:
            if monotonic() > end:
                return False
            await asyncio.sleep(PAUSE)
        return True


def _size(scope: Scope) -> int:
    """The bytes that a request brings as a file; one that does not say may bring as many as there is room for."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return 0
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else ROOM


def waiting() -> int:
    """The bytes of files that no page has taken yet."""
    if not runtime.exists():
        return 0
    families = runtime.get_instance().uploaded_file_mgr.get_stats()
    return sum(getattr(stat, "byte_length", 0) for stats in families.values() for stat in stats)
