"""What can the live view's browser ask the server for, besides Streamlit's own pages?

Each answer depends only on its question, so two browsers can never see each other's sentence.

Other status codes than 200:
- 400: a sentence on what is not possible.
- 409: the browser has asked for another picture meanwhile; it does nothing.
- 410: a text that was sent before was dropped to make room; the browser sends it again.
- 500: a sentence; the server's log has a line about the error.
- 503: {"busy": true, "error": "busy, trying again"} and Retry-After in seconds; the browser asks again.

A browser may name itself in the header X-Gatescope-View, with a random text for each page that it opened: heavy jobs
then take turns by browser, and a picture ends if the browser asks for a newer one. Without this header heavy jobs take
turns by address.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import assets
from dashboard.live.asked import height_in, place_in, question_in, range_in, width_in
from dashboard.live.browser_files import browser_files
from dashboard.live.cost import is_heavy
from dashboard.live.export_response import ExportResponse, OpenExports
from dashboard.live.shared_with_browser import ROUTES, VISITOR
from dashboard.question import limits, link
from dashboard.question.still_wanted import NoLongerWanted
from dashboard.question.turns import HEAVY, Busy, Job, Turns, Visitor
from dashboard.question.view import View

if TYPE_CHECKING:
    from dashboard.live.export_response import Begun

# Bytes from which on a picture is mostly numbers.
NUMBERS = 100_000
PREFIX = "gatescope"
FOLDERS = ("browser", "vendor")
# The kinds of file that are made with little work.
LIGHT_FILES = ("py",)

log = logging.getLogger("gatescope")
heavy = HEAVY
light = Turns("light", limits.LIGHT_AT_ONCE, limits.WAITING_LIGHT)
exports = OpenExports(limits.OPEN_EXPORTS)
# The picture that each browser is waiting for.
_pictures: dict[Visitor, Job] = {}
Answering = Callable[[Request], Awaitable[Response]]


def base_path() -> str:
    """The path of the live view's routes on this server: "/gatescope", below the server's base path if it has one."""
    path = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}/{PREFIX}" if path else f"/{PREFIX}"


def routes() -> list[BaseRoute]:
    """The live view's routes."""
    base = base_path()
    files = [Route(f"{base}/{folder}/{{name:path}}", browser_files(assets.FOLDER / folder)) for folder in FOLDERS]
    return [
        Route(f"{base}/{ROUTES['picture']}", picture, methods=["POST"]),
        Route(f"{base}/{ROUTES['progress']}", progress, methods=["POST"]),
        Route(f"{base}/{ROUTES['cell']}", cell, methods=["POST"]),
        Route(f"{base}/{ROUTES['file']}", file, methods=["POST"]),
        Route(f"{base}/{ROUTES['download']}/{{kind}}", download, methods=["POST"]),
        Route(f"{base}/{ROUTES['qr']}", qr, methods=["GET"]),
        *files,
    ]


class _Gone(ValueError):
    """The text or file that a question names was dropped to make room."""


def answering(answer: Answering) -> Answering:
    """Make a route that answers every error with a sentence."""

    @wraps(answer)
    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except Exception as error:
            return _said(error, request.url.path)

    return answered


def _said(error: Exception, path: str) -> Response:
    """The response for an error."""
    if isinstance(error, (Busy, MemoryError)):
        return JSONResponse({"busy": True, "error": "busy, trying again"}, 503, {"Retry-After": "1"})
    if isinstance(error, NoLongerWanted):
        return JSONResponse({"moved_on": True}, 409)
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)
    if isinstance(error, _Gone):
        return _sentence(str(error), 410)
    if _is_refusal(error):
        return _sentence(str(error), 400)
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = " ".join(f"{type(error).__name__}: {error}"[: limits.SAID].split())
    log.error("%s failed in %s:%s: %s", path, where.filename, where.lineno, said)
    return _sentence("Something went wrong on the server, and was noted there. Please try something else.", 500)


def _is_refusal(error: Exception) -> bool:
    from dashboard.live.asked import CantBeRead

    if isinstance(error, (CantBeRead, limits.TooMuch)):
        return True
    # LstmCoreError is imported only if it could have been raised.
    from lstm_core.errors import LstmCoreError

    return isinstance(error, LstmCoreError)


def _sentence(text: str, status: int) -> Response:
    # JSON can contain half of a surrogate pair, which has no bytes.
    content = text[: limits.SAID].encode("utf-8", "replace")
    return PlainTextResponse(content, status_code=status)


@answering
async def picture(request: Request) -> Response:
    """The picture of a view: {"query": {...}, "width": 900, "theme": "light", "zoom": [a, b] or null, "cell": {...} or
    null, "height": 600 or null}; the answer includes the terms of the cell."""
    asked = await _question(request)
    pinned = place_in(asked) if asked.get("cell") else None
    question = asked["query"], width_in(asked), asked["theme"], range_in(asked, "zoom"), pinned, height_in(asked)
    visitor = _visitor(request)
    job = Job(visitor, partial(_with_torch, "picture", *question))
    if visitor.browser:
        if before := _pictures.get(visitor):
            before.drop()
        _pictures[visitor] = job
    try:
        content = await _turn(request, job, _turns_for(_view(asked)))
    finally:
        if _pictures.get(visitor) is job:
            del _pictures[visitor]
    # Numbers hardly shrink: compressing takes longer than sending them.
    headers = {"Content-Encoding": "identity"} if len(content) > NUMBERS else None
    return Response(content, media_type="application/octet-stream", headers=headers)


@answering
async def progress(request: Request) -> Response:
    """The progress of the picture of {"query": {...}}: {"share": 0.25}, or null while it is not known."""
    asked = await _question(request)
    return JSONResponse({"share": await _do(request, "how_far", asked["query"])})


@answering
async def cell(request: Request) -> Response:
    """Every term of one cell: {"query": {...}, "cell": {"layer": 0, "direction": 0, "unit": 2, "step": 3}}."""
    asked = await _question(request)
    work = partial(_with_torch, "apart", asked["query"], place_in(asked))
    job = Job(_visitor(request), work)
    return JSONResponse(await _turn(request, job, _turns_for(_view(asked))))


@answering
async def file(request: Request) -> Response:
    """Keep a file for the browser that sends it, its name in the address, in place of `instead`; answers its key."""
    content, asked = await _body(request, limits.FILE), request.query_params
    key = await _do(request, "keep", asked.get("name", "the file"), content, asked.get("instead", ""))
    return JSONResponse({"file": key})


@answering
async def download(request: Request) -> Response:
    """A file of what a view shows: {"query": {...}, "theme": "light", "size": "slide", "steps": [a, b] or null, "rows":
    [a, b] or null}; the last two are the visible part."""
    asked = await _question(request)
    kind, size = request.path_params["kind"], "column" if asked.get("size") == "column" else "slide"
    visitor = _visitor(request)
    sight = range_in(asked, "steps"), range_in(asked, "rows")
    work = partial(_with_torch, "file", kind, asked["query"], asked["theme"], size, *sight)
    turns = _turns_for(_view(asked)) if kind in LIGHT_FILES else heavy
    exports.check()
    begun: Begun = await _turn(request, Job(visitor, work), turns)
    return ExportResponse(begun, turns, visitor, exports)


@answering
async def qr(request: Request) -> Response:
    """The QR code of a link, its text in the address."""
    from dashboard.live.qr_code import qr_code

    link = request.query_params.get("link", "")
    content = await light.take(Job(_visitor(request), partial(qr_code, link)))
    return Response(content, media_type="image/svg+xml")


def _with_torch(name: str, *asked: Any) -> Any:
    """Import the module that needs torch, which takes a second, after the server has started and sent the page."""
    from dashboard.live import work

    return getattr(work, name)(*asked)


async def _do(request: Request, name: str, *asked: Any) -> Any:
    """Do a light job at once."""
    return await light.take(Job(_visitor(request), partial(_with_torch, name, *asked)))


def _turns_for(view: View) -> Turns:
    return heavy if is_heavy(view) else light


def _view(asked: dict[str, Any]) -> View:
    return link.read(View(), asked["query"])[0]


async def _turn(request: Request, job: Job, turns: Turns) -> Any:
    """The result of a job after its turn; a heavy job ends when its visitor leaves."""
    if turns is light:
        return await light.take(job)
    watch = asyncio.create_task(_drop_when_gone(request, job))
    try:
        return await turns.take(job)
    finally:
        watch.cancel()


async def _drop_when_gone(request: Request, job: Job) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    job.drop()


def _visitor(request: Request) -> Visitor:
    address = request.client.host if request.client else ""
    return Visitor(address, request.headers.get(VISITOR, "")[: limits.NAME])


async def _question(request: Request) -> dict[str, Any]:
    """The question of a request. A long sentence may have been sent before as a file, and be named by `text`."""
    asked = question_in(await _body(request, limits.QUESTION))
    if asked.get("text"):
        text = await _do(request, "text", str(asked["text"]))
        if text is None:
            raise _Gone("This text is no longer on the server.")
        asked["query"]["sentence"] = text
    return asked


async def _body(request: Request, limit: limits.Limit) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        limit.check(len(body))
    return bytes(body)
