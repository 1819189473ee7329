"""What does the server log of a browser that hung up? Nothing.

Streamlit may answer, or close, a socket that has closed meanwhile. Starlette takes that for a mistake, which nobody can
mend: the browser is gone.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HungUp:
    """Ends what serves a socket quietly, if the socket had closed before it failed."""

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

        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, receive, sent)
        except RuntimeError:
            if not closed:
                raise
