"""How is the live view's server asked without a browser?"""

from own_loop import run
from starlette.applications import Starlette

from gatescope.live import routes


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
