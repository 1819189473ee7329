"""How is the live view's server asked without a browser, and held while it reads a question?"""

from contextlib import contextmanager
from threading import Event

from own_loop import LONG, run
from starlette.applications import Starlette

from gatescope.live import routes, work
from gatescope.serving.limits import TooMuch


class Answer:
    """What the server sent."""

    def __init__(self, messages):
        start, *bodies = messages
        self.status_code = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        self.content = b"".join(body.get("body", b"") for body in bodies)


def asked(path, method="POST", query="", **headers):
    """The scope of a request, as an application of ASGI gets it."""
    encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items() if value]
    return {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": encoded}


async def answer_of(app, scope, receive):
    """What an application of ASGI answers."""
    sent = []

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return Answer(sent)


def visit(visitor, run=run):
    run(visitor(Starlette(routes=routes.routes())))


@contextmanager
def reading_waits(monkeypatch):
    """In the block, the server reads a question, and refuses it, once `goes_on` is set: (begun, goes_on)."""
    begun, goes_on = Event(), Event()

    def question(_):
        begun.set()
        assert goes_on.wait(LONG)
        raise TooMuch("Expected less.")

    monkeypatch.setattr(work, "question", question)
    try:
        yield begun, goes_on
    finally:
        goes_on.set()
