"""How does the server's process run: its memory and threads, its first picture, and the sockets of its browsers?"""

import ctypes
import gc
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Seconds that a thread may hold the interpreter while another waits: a picture takes the interpreter back a hundred
# times, and waits this long each time if a heavy job holds it.
SHORT_TURNS = 0.0005
# The most compiled steps, one for each shape, that PyTorch's oneDNN caches: its default of 1,024 takes 260 MB.
KEPT_SHAPES = "16"

# glibc's number for its setting "arenas", and the most that the server has. Each thread would have one of its own, and
# glibc keeps there what a thread has freed: with twenty visitors that is 300 MB in ten minutes.
M_ARENA_MAX, ARENAS = -8, 2


def share_the_machine() -> None:
    """Let the server's threads take little memory and few turns. Before NumPy and torch, which read this once."""
    share_memory()
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", KEPT_SHAPES)
    # NumPy's products here are small: on a busy machine threads that wait for each other take fifty times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.setswitchinterval(SHORT_TURNS)


@asynccontextmanager
async def warm_up(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Import torch and make a first picture while the browser still loads the page: begun earlier, the import would
    keep the server from answering at all."""
    threading.Thread(target=_first_picture, name="first picture", daemon=True).start()
    yield {}


def _first_picture() -> None:
    # Imports create only objects that stay; garbage collection among them would take a third of the time.
    gc.disable()
    try:
        import torch

        from gatescope.question import link
        from gatescope.question.opening import opening
        from gatescope.question.view import View
        from gatescope.recording.recording import answer

        # Pictures are small and visitors many, so each picture gets one core.
        torch.set_num_threads(1)
        answer(link.in_full(View(opening())), room=900, zoom=None)
    finally:
        # Streamlit collects garbage after every run of a page: it need not look at objects that stay.
        gc.freeze()
        gc.enable()


def share_memory() -> None:
    """Let all threads take memory from few arenas; without glibc nothing happens."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


# How does an answer reach the browser at once, and what does the server log of a browser that hung up? Nothing.
#
# The head and the body of an answer are two writes. The system keeps the second back until the browser has acknowledged
# the first, which it does up to 40 ms later (Nagle 1984, RFC 896, with delayed acknowledgements), unless the socket
# says not to wait. asyncio says so for sockets that name TCP as their protocol; Streamlit's names none.
#
# Streamlit may answer, or close, a socket that has closed meanwhile. Starlette takes that for a mistake, which nobody
# can mend: the browser is gone.


class Sockets:
    """Lets the system keep nothing back of what a server like uvicorn sends on TCP, and ends what serves a WebSocket
    quietly, if it had closed before it failed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        closed = False

        async def sent(message: Message) -> None:
            nonlocal closed
            closed = closed or message["type"] == "websocket.close"
            try:
                await send(message)
            except OSError:
                closed = True
                raise

        # In uvicorn, `receive` is a method of what holds the connection.
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        connection = transport.get_extra_info("socket") if transport else None
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await self._app(scope, receive, sent)
        except RuntimeError:
            if not closed:
                raise
