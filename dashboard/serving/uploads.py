"""How do many visitors' large uploads fit into one server's memory? They wait for each other.

Streamlit keeps an upload until a page takes it. From its first byte an upload reserves the room that it announced, so
one that was let in always finds room for its rest; while there is none, the bytes stay with the visitor. An upload that
comes too slowly, or pauses for long, is given up.
"""

import asyncio
from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from gatescope.serving import limits
from gatescope.serving.arriving import Late, in_time

ROOM = 120_000_000
"""The most bytes of all visitors that arrive, or have arrived and no page has taken: one file of the largest size."""
SMALL = 1_000_000
"""A file up to this size never waits."""
PATIENCE, PAUSE = 120.0, 0.1
"""Seconds that an upload waits for room before it is refused, and between two checks."""

BUSY = "The server is busy with other visitors’ files: try again in a minute."
STOPPED = "The file stopped coming, so its place was given to others: send it again."


class InTurn:
    """Lets large uploads begin while there is room for them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._coming = app, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = _size(scope)
        if size <= SMALL:
            await self._app(scope, receive, send)
        elif await self._room_for(size):
            await self._let_in(size, scope, receive, send)
        else:
            await PlainTextResponse(BUSY, status_code=503)(scope, receive, send)

    async def _room_for(self, size: int) -> bool:
        """Wait until a file has room beside the others, or until the patience ends; returns whether it has."""
        now = asyncio.get_running_loop().time
        end = now() + PATIENCE
        while (taken := self._coming + waiting()) and taken + size > ROOM:
            if now() > end:
                return False
            await asyncio.sleep(PAUSE)
        return True

    async def _let_in(self, size: int, scope: Scope, receive: Receive, send: Send) -> None:
        self._coming += size
        try:
            async with in_time(limits.STALLED) as came:
                await self._app(scope, lambda: _next(receive, came), send)
        except Late:
            await PlainTextResponse(STOPPED, status_code=408)(scope, receive, send)
        finally:
            self._coming -= size


async def _next(receive: Receive, came: Callable[[int], None]) -> Message:
    message = await receive()
    came(len(message.get("body", b"")))
    return message


def _size(scope: Scope) -> int:
    """The bytes of a request's file; a request that does not say may send as many as there is room for."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return 0
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else ROOM


def waiting() -> int:
    """The bytes of uploads that no page has taken yet."""
    if not runtime.exists():
        return 0
    families = runtime.get_instance().uploaded_file_mgr.get_stats()
    return sum(getattr(stat, "byte_length", 0) for stats in families.values() for stat in stats)


def let_go(uploaded: UploadedFile) -> None:
    """Remove an uploaded file from the server's memory, because Streamlit keeps it until the visitor leaves."""
    # The widget's own value is one more reference.
    uploaded.seek(0)
    uploaded.truncate()
    context = get_script_run_ctx()
    # Only the store in memory can do this; another store manages its own files.
    remove = getattr(context and context.uploaded_file_mgr, "remove_file", None)
    if context and remove:
        remove(context.session_id, uploaded.file_id)
