"""How does an answer reach the browser at once?

The head and the body of an answer are two writes. The system keeps the second back until the browser has acknowledged
the first, which it does up to 40 ms later (Nagle 1984, RFC 896, with delayed acknowledgements), unless the socket says
not to wait. asyncio says so for sockets that name TCP as their protocol; the one that Streamlit makes names none.
"""

import socket

from starlette.types import ASGIApp, Receive, Scope, Send


class AtOnce:
    """Lets the system keep nothing back of what a server like uvicorn sends on TCP; elsewhere it changes nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # In uvicorn, `receive` is a method of what holds the connection.
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        connection = transport.get_extra_info("socket") if transport else None
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self._app(scope, receive, send)
