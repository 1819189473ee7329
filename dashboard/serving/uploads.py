"""How do many visitors' large uploads fit into one server's memory? They wait for each other.

Streamlit keeps an upload until a page takes it. While its bytes keep coming, an upload reserves the room that it
announced. An upload that pauses reserves only its bytes that have arrived, and one that stalls for long is refused.
While there is no more room, the bytes stay with the visitors; only the upload nearest to its end continues, so that one
always does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.serving import limits

ROOM = 120_000_000
"""The most bytes of all visitors that have arrived and no page has taken: one file of the largest size."""
SMALL = 1_000_000
"""A file up to this size never waits."""
PATIENCE, PAUSE = 120.0, 0.1
"""Seconds that an upload waits for room before it is refused, and between two checks."""

LIVELY = 2.0
"""Seconds without a byte after which an upload reserves no room for its rest."""

BUSY = "The server is busy with other visitors’ files: try again in a minute."
STOPPED = "The file stopped coming, so its place was given to others: send it again."
Within = Callable[[Awaitable[Message], float], Awaitable[Message]]


class Coming:
    """An upload: how many bytes it announced, how many have arrived, and when the last of them arrived."""

    def __init__(self, size: int, now: float) -> None:
        self.size, self.here, self.last = size, 0, now
        self.given_up: tuple[str, int] | None = None
        """The message for the visitor, and the status, once the upload is refused."""

    @property
    def left(self) -> int:
        """The bytes that have not arrived."""
        return max(0, self.size - self.here)


class InTurn:
    """Lets uploads continue while there is room for them. A wait of more than `within` seconds for the next bytes
    raises TimeoutError."""

    def __init__(self, app: ASGIApp, within: Within = asyncio.wait_for, clock: Callable[[], float] = monotonic) -> None:
        self._app, self._within, self._clock = app, within, clock
        self._files: list[Coming] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = _size(scope)
        if size <= SMALL:
            await self._app(scope, receive, send)
        elif await self._until(lambda: self._fits(size)):
            await self._let_in(Coming(size, self._clock()), scope, receive, send)
        else:
            await PlainTextResponse(BUSY, status_code=503)(scope, receive, send)

    async def _let_in(self, file: Coming, scope: Scope, receive: Receive, send: Send) -> None:
        async def say(message: Message) -> None:
            if file.given_up is None:
                await send(message)

        async def next_bytes() -> Message:
            return await self._next(file, receive)

        self._files.append(file)
        try:
            await self._app(scope, next_bytes, say)
        except Exception:
            # Streamlit treats a refused upload as a visitor who left.
            if file.given_up is None:
                raise
        finally:
            self._files.remove(file)
        if file.given_up is not None:
            await PlainTextResponse(*file.given_up)(scope, receive, send)

    async def _next(self, file: Coming, receive: Receive) -> Message:
        """The next bytes of an upload, once there is room; or the message that its visitor left, if none come."""
        if not await self._until(lambda: self._may_go_on(file)):
            file.given_up = BUSY, 503
            return {"type": "http.disconnect"}
        try:
            message = await self._within(receive(), limits.STALLED)
        except TimeoutError:
            file.given_up = STOPPED, 408
            return {"type": "http.disconnect"}
        file.here += len(message.get("body", b""))
        file.last = self._clock()
        return message

    @property
    def _coming(self) -> int:
        """The bytes that uploads have reserved."""
        now = self._clock()
        return sum(max(file.here, file.size if now - file.last < LIVELY else 0) for file in self._files)

    def _fits(self, size: int) -> bool:
        """Whether a file has room beside the other uploads."""
        taken = self._coming + waiting()
        return not taken or taken + size <= ROOM

    def _may_go_on(self, file: Coming) -> bool:
        """Whether there is room for more of an upload; for the one nearest to its end there always is."""
        here = sum(one.here for one in self._files) + waiting()
        return here < ROOM or file is min(self._files, key=lambda one: one.left)

    async def _until(self, can: Callable[[], bool]) -> bool:
        """Wait until a condition holds, or until the patience ends; returns whether it holds."""
        end = self._clock() + PATIENCE
        while not can():
            if self._clock() > end:
                return False
            await asyncio.sleep(PAUSE)
        return True


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
