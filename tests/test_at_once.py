"""Does the server keep nothing back of an answer?"""

import socket
import threading
import urllib.request

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.web.server.starlette import starlette_server

from gatescope.live.process import Sockets


def waits(request):
    """Whether the connection that a request came on may keep the rest of an answer back."""
    connection = request.receive.__self__.transport.get_extra_info("socket")
    return PlainTextResponse("no" if connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) else "yes")


def answer(middleware):
    """What a server says that listens on a socket as Streamlit makes it."""
    listening = starlette_server._bind_socket("127.0.0.1", 0, 8)
    app = Starlette(routes=[Route("/", waits)], middleware=middleware)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout=60) as answered:
            return answered.read().decode()
    finally:
        server.should_exit = True
        thread.join(60)
        listening.close()


def test_nothing_of_an_answer_is_kept_back_on_a_socket_of_streamlits():
    assert answer([]) == "yes"
    assert answer([Middleware(Sockets)]) == "no"
