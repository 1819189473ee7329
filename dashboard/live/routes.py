"""What can the live view's browser ask the server for, besides Streamlit's own pages?

Each answer depends only on its question, so two browsers can never see each other's sentence.

Other status codes than 200:
- 400: a sentence on what is not possible.
- 403: a sentence; a page of another site asks.
- 404, 405: no such address, or it is asked in another way.
- 500: a sentence; the server's log has a line about the error.
- 503: {"busy": true, "error": "busy, trying again"} and Retry-After in seconds; the browser asks again.

A page may name itself in the header X-Gatescope-View, with a random text: heavy jobs take turns by that name. A job
ends if its page closes the connection, as it does before it asks for something newer.
"""

from __future__ import annotations

import logging
import traceback
from asyncio import create_task
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from io import BytesIO
from typing import TYPE_CHECKING, Any

import streamlit as st
from anyio import CancelScope
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from gatescope.live.asked import cell_in, range_in, room_in
from gatescope.live.browser_files import FOLDERS, FOREVER, MODULES, browser_files, edition
from gatescope.live.shared_with_browser import VISITOR
from gatescope.question.view import OWN
from gatescope.serving import limits
from gatescope.serving.turns import Busy, Length, check_room, in_thread
from lstm_core.errors import LstmCoreError

if TYPE_CHECKING:
    from gatescope.live.work import LiveQuestion
    from gatescope.offline.downloads import Download

# Bytes from which on a recording is mostly numbers.
NUMBERS = 100_000
PREFIX = "gatescope"
FOREIGN = "Expected a question from a page of this server, got one from another site."
# An answer is data for our own script, never a page.
HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
# The kinds of file that are made with little work.
LIGHT_FILES = ("py",)

log = logging.getLogger("gatescope")
Answering = Callable[[Request], Awaitable[Response]]


def base_path() -> str:
    """The path of the live view's routes on this server: "/gatescope", below the server's base path if it has one."""
    path = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}/{PREFIX}" if path else f"/{PREFIX}"


def files_path() -> str:
    """The path of the browser's files as they are now, which a browser may keep."""
    return f"{base_path()}/{edition()}"


def modules_path() -> str:
    """The path of the modules that components load."""
    return f"{files_path()}/{MODULES}"


def routes() -> list[BaseRoute]:
    """The live view's routes; what else is asked for below their path is refused, never answered with a page."""
    files = [Route(f"/{{edition}}/{folder}/{{name:path}}", browser_files(folder)) for folder in FOLDERS]
    named = {"recording": recording, "steps": steps, "file": file}
    asked = [
        *(Route(f"/{name}", answer, methods=["POST"]) for name, answer in named.items()),
        Route("/download/{kind}", download, methods=["POST"]),
        Route("/qr", qr, methods=["GET"]),
        Route("/{edition}/model/{name:path}", model, methods=["GET"]),
    ]
    return [Mount(base_path(), routes=[*asked, *files])]


def answering(answer: Answering) -> Answering:
    """Make a route that answers every error with a sentence."""

    @wraps(answer)
    async def answered(request: Request) -> Response:
        # A page of another site may show this one in a frame, but asks nothing in a visitor's name.
        foreign = request.method == "POST" and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
        try:
            response = _sentence(FOREIGN, 403) if foreign else await answer(request)
        except Exception as error:
            response = _said(error, request.url.path)
        response.headers.update(HEADERS)
        return response

    return answered


def _said(error: Exception, path: str) -> Response:
    if isinstance(error, (Busy, MemoryError)):
        return JSONResponse({"busy": True, "error": "busy, trying again"}, 503, {"Retry-After": "1"})
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)
    if isinstance(error, LstmCoreError):
        return _sentence(str(error), 400)
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = " ".join(f"{type(error).__name__}: {error}"[: limits.SAID].split())
    log.error("%s failed in %s:%s: %s", path, where.filename, where.lineno, said)
    return _sentence("Something went wrong on the server, and was noted there. Please try something else.", 500)


def _sentence(text: str, status: int) -> Response:
    # JSON can contain half of a surrogate pair, which has no bytes.
    content = text[: limits.SAID].encode("utf-8", "replace")
    return PlainTextResponse(content, status_code=status)


@answering
async def recording(request: Request) -> Response:
    """What is recorded of a view: {"query": {...}, "room": 900, "zoom": [a, b] or null, "cell": {...} or null};
    `room`: for how many columns there is room; the answer includes the terms of the cell."""
    asked, length = await _question(request)
    pinned = cell_in(asked) if asked.get("cell") else None
    question = asked["query"], room_in(asked), range_in(asked, "zoom"), pinned
    content = await _turn(request, length, "recording", *question)
    # Numbers hardly shrink: compressing takes longer than sending them.
    headers = {"Content-Encoding": "identity"} if len(content) > NUMBERS else None
    return Response(content, media_type="application/octet-stream", headers=headers)


@answering
async def model(request: Request) -> Response:
    """What a page computes with that asks for it by name: a model, or what holds of all ("told")."""
    name = request.path_params["name"]
    found = await _turn(request, "long", "model", name)
    is_kept = not name.startswith(OWN) and request.path_params["edition"] == edition()
    return JSONResponse(found, headers={"Cache-Control": FOREVER if is_kept else "no-store"})


@answering
async def steps(request: Request) -> Response:
    """What a model reads of {"query": {...}}: its steps as numbers."""
    asked, length = await _question(request)
    return JSONResponse(await _turn(request, length, "steps", asked["query"]))


@answering
async def file(request: Request) -> Response:
    """Keep a file for the browser that sends it, its name in the address; answers its key."""
    kept = request.query_params.get("name", "the file"), await body_of(request, limits.FILE)
    return JSONResponse(await _turn(request, "light", "keep", *kept))


@answering
async def download(request: Request) -> Response:
    """A file of what a view shows: {"query": {...}, "steps": [a, b] or null, "rows": [a, b] or null}; the last two are
    the visible part."""
    asked, length = await _question(request)
    kind, sight = request.path_params["kind"], (range_in(asked, "steps"), range_in(asked, "rows"))
    if kind not in LIGHT_FILES:
        length = "heavy"
    made: Download = await _turn(request, length, "file", kind, asked["query"], *sight)
    # Compressing would delay the answers to all other visitors.
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "Content-Encoding": "identity"}
    return StreamingResponse(made.pieces, media_type=made.media_type, headers=headers)


@answering
async def qr(request: Request) -> Response:
    """The QR code of a link, its text in the address."""
    link = request.query_params.get("link", "")
    if not link:
        return _sentence("Expected a link for a QR code, got none.", 400)
    content = await in_thread(_visitor(request), "light", partial(qr_code, link))
    return Response(content, media_type="image/svg+xml")


def qr_code(link: str) -> bytes:
    """A link's QR code as an SVG picture, black on white in either theme, with the quiet border that scanners need: so
    somebody in the last row of a lecture gets the link with the camera of a phone."""
    import segno

    limits.QR_LINK.check(len(link.encode("utf-8", "replace")))
    picture = BytesIO()
    segno.make_qr(link, error="m").save(picture, kind="svg", scale=4, border=3, light="#fff")
    return picture.getvalue()


def _with_torch(name: str, *asked: Any) -> Any:
    """Import the module that needs torch, which takes a second, after the server has started and sent the page."""
    from gatescope.live import work

    return getattr(work, name)(*asked)


async def _turn(request: Request, length: Length, name: str, *asked: Any) -> Any:
    """What a function of `work` finds, after its turn; it ends when its visitor leaves."""
    check_room(length)
    with CancelScope() as scope:
        watch = create_task(_cancel_when_gone(request, scope))
        try:
            return await in_thread(_visitor(request), length, partial(_with_torch, name, *asked))
        finally:
            watch.cancel()
    raise ClientDisconnect


async def _cancel_when_gone(request: Request, scope: CancelScope) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


async def body_of(request: Request, limit: limits.Limit) -> bytes:
    """The body of a request. Raises LstmCoreError if it is larger than its limit, or says so before it comes."""
    announced = request.headers.get("content-length", "")
    limit.check(int(announced) if announced.isdecimal() else 0)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        limit.check(len(body))
    return bytes(body)


def _visitor(request: Request) -> str:
    address = request.client.host if request.client else ""
    return request.headers.get(VISITOR, address)[: limits.NAME]


async def _question(request: Request) -> LiveQuestion:
    """The question of a request, parsed in a thread."""
    body = await body_of(request, limits.QUESTION)
    length: Length = "light" if len(body) <= limits.SMALL else "long"
    question: LiveQuestion = await in_thread(_visitor(request), length, partial(_with_torch, "question", body))
    return question
