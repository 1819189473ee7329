"""A browser that hangs up leaves no traceback; a mistake on an open socket still does."""

import pytest
from starlette.websockets import WebSocket

from gatescope.live.process import Sockets
from tests.own_loop import run


async def answers_twice(scope, receive, send):
    """As Streamlit may: the browser is gone, and the loop goes on to read and to close."""
    socket = WebSocket(scope, receive, send)
    await socket.accept()
    try:
        await socket.send_bytes(b"an answer")
    finally:
        await socket.close()


async def asks_for_too_much(*_):
    raise RuntimeError("a mistake of ours")


def served(app, send):
    async def receive():
        return {"type": "websocket.connect"}

    run(Sockets(app)({"type": "websocket"}, receive, send))


async def gone(message):
    if message["type"] == "websocket.send":
        raise OSError("the browser has gone")


async def there(message):
    pass


def test_what_is_said_to_a_socket_that_has_closed_is_no_error():
    served(answers_twice, gone)
    served(answers_twice, there)


def test_a_mistake_on_an_open_socket_is_one():
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        served(asks_for_too_much, there)
