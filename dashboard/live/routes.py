"""What can the live view's browser ask the server for, besides Streamlit's own pages?

Each answer depends only on its question, so two browsers can never see each other's sentence.

Other status codes than 200:
- 400: a sentence on what is not possible.
- 403: a sentence; a page of another site asks.
- 404, 405: no such address, or it is asked in another way.
- 408: the question or file did not arrive in time.
- 409: the browser has asked for another picture meanwhile; it does nothing.
- 410: a text that was sent before was dropped to make room; the browser sends it again.
- 500: a sentence; the server's log has a line about the error.
- 503: {"busy": true, "error": "busy, trying again"} and Retry-After in seconds; the browser asks again.

Jobs take turns by address, and at each address by the name that the server gave the browser (`known_browser`). A page
may name itself in the header X-Gatescope-View, with a random text: a picture ends if its page asks for a newer one.
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
from starlette.routing import BaseRoute, Mount, Route

from gatescope.live.asked import CantBeRead, cell_in, range_in, room_in
from gatescope.live.browser_files import FOLDERS, FOREVER, MODULES, browser_files, edition
from gatescope.live.shared_with_browser import VISITOR
from gatescope.question.view import OWN
from gatescope.serving import limits
from gatescope.serving.arriving import Late, arriving
from gatescope.serving.export_response import ExportResponse
from gatescope.serving.known_browser import give_name, name_of
from gatescope.serving.still_wanted import NoLongerWanted
from gatescope.serving.turns import HEAVY, Busy, Job, Turns, Visitor

if TYPE_CHECKING:
    from gatescope.live.cost import Length
    from gatescope.live.work import LiveQuestion
    from gatescope.serving.export_response import Download

# Bytes from which on a recording is mostly numbers.
NUMBERS = 100_000
PREFIX = "gatescope"
FOREIGN = "Expected a question from a page of this server, got one from another site."
# An answer is data for our own script, never a page.
HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
# The kinds of file that are made with little work.
LIGHT_FILES = ("py",)

log = logging.getLogger("gatescope")
heavy = HEAVY
light = Turns("light", limits.LIGHT_AT_ONCE, limits.WAITING_LIGHT)
# Several times as long as a light job: fifty of them are no reason to let a light one wait.
long = Turns("long", limits.LONG_AT_ONCE, limits.WAITING_LIGHT)
# Parsing keeps the interpreter to itself, so a second thread would win nothing.
questions = Turns("questions", 1, limits.WAITING_LIGHT)
exports = asyncio.Semaphore(limits.OPEN_EXPORTS)
# The picture that each view at an address is waiting for.
_pictures: dict[tuple[str, str], Job] = {}
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
    named = {"recording": recording, "progress": progress, "steps": steps, "file": file}
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
    if isinstance(error, NoLongerWanted):
        return JSONResponse({"moved_on": True}, 409)
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)
    if isinstance(error, Late):
        response = _sentence("Expected the whole of what is sent, got a part of it in time: send it again.", 408)
        response.headers["Connection"] = "close"
        return response
    if status := _refused(error):
        return _sentence(str(error), status)
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = " ".join(f"{type(error).__name__}: {error}"[: limits.SAID].split())
    log.error("%s failed in %s:%s: %s", path, where.filename, where.lineno, said)
    return _sentence("Something went wrong on the server, and was noted there. Please try something else.", 500)


def _refused(error: Exception) -> int:
    """The status for an error whose message is for the visitor; 0 for another error."""
    if isinstance(error, (CantBeRead, limits.TooMuch)):
        return 400
    # Imported only where one of its errors could have been raised.
    from gatescope.live.work import Gone, Refusal

    return 410 if isinstance(error, Gone) else 400 if isinstance(error, Refusal) else 0


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
    visitor = _visitor(request)
    view = visitor.address, request.headers.get(VISITOR, "")[: limits.NAME]
    job = Job(visitor, partial(_with_torch, "recording", *question))
    if view[1]:
        if before := _pictures.get(view):
            before.drop()
        _pictures[view] = job
    try:
        content = await _turn(request, job, _line(length))
    finally:
        if _pictures.get(view) is job:
            del _pictures[view]
    # Numbers hardly shrink: compressing takes longer than sending them.
    headers = {"Content-Encoding": "identity"} if len(content) > NUMBERS else None
    response = Response(content, media_type="application/octet-stream", headers=headers)
    if not visitor.browser:
        give_name(response, base_path(), request.url.scheme == "https")
    return response


@answering
async def progress(request: Request) -> Response:
    """The progress of the picture of {"query": {...}}: {"share": 0.25}, or null while it is not known."""
    asked, _ = await _question(request)
    return JSONResponse({"share": await _do(request, "how_far", asked["query"])})


@answering
async def model(request: Request) -> Response:
    """What a page computes with that asks for it by name: a model, or what holds of all ("told")."""
    name = request.path_params["name"]
    found = await long.take(Job(_visitor(request), partial(_with_torch, "model", name)))
    is_kept = not name.startswith(OWN) and request.path_params["edition"] == edition()
    return JSONResponse(found, headers={"Cache-Control": FOREVER if is_kept else "no-store"})


@answering
async def steps(request: Request) -> Response:
    """What a model reads of {"query": {...}}: its steps as numbers."""
    asked, length = await _question(request)
    job = Job(_visitor(request), partial(_with_torch, "steps", asked["query"]))
    return JSONResponse(await _turn(request, job, _line(length)))


@answering
async def file(request: Request) -> Response:
    """Keep a file for the browser that sends it, its name in the address, in place of `instead`; answers its key."""
    asked = request.query_params
    async with arriving(request, limits.FILE, _visitor(request).address) as content:
        key = await _do(request, "keep", asked.get("name", "the file"), content, asked.get("instead", ""))
    return JSONResponse({"file": key})


@answering
async def download(request: Request) -> Response:
    """A file of what a view shows: {"query": {...}, "steps": [a, b] or null, "rows": [a, b] or null}; the last two are
    the visible part."""
    asked, length = await _question(request)
    kind, visitor = request.path_params["kind"], _visitor(request)
    sight = range_in(asked, "steps"), range_in(asked, "rows")
    work = partial(_with_torch, "file", kind, asked["query"], *sight)
    turns = _line(length) if kind in LIGHT_FILES else heavy
    if exports.locked():
        raise Busy
    made: Download = await _turn(request, Job(visitor, work), turns)
    return ExportResponse(made, turns, visitor, exports)


@answering
async def qr(request: Request) -> Response:
    """The QR code of a link, its text in the address."""
    from gatescope.live.qr_code import qr_code

    link = request.query_params.get("link", "")
    if not link:
        return _sentence("Expected a link for a QR code, got none.", 400)
    content = await light.take(Job(_visitor(request), partial(qr_code, link)))
    return Response(content, media_type="image/svg+xml")


def _with_torch(name: str, *asked: Any) -> Any:
    """Import the module that needs torch, which takes a second, after the server has started and sent the page."""
    from gatescope.live import work

    return getattr(work, name)(*asked)


async def _do(request: Request, name: str, *asked: Any) -> Any:
    """Do a light job at once."""
    return await light.take(Job(_visitor(request), partial(_with_torch, name, *asked)))


def _line(length: Length) -> Turns:
    return {"light": light, "long": long, "heavy": heavy}[length]


async def _turn(request: Request, job: Job, turns: Turns) -> Any:
    """The result of a job after its turn; one that is not light ends when its visitor leaves."""
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
    return Visitor(address, name_of(request))


async def _question(request: Request) -> LiveQuestion:
    """The question of a request, parsed in its visitor's turn."""
    visitor = _visitor(request)
    async with arriving(request, limits.QUESTION, visitor.address) as body:
        turns = questions if len(body) <= limits.SMALL else long
        question: LiveQuestion = await turns.take(Job(visitor, partial(_with_torch, "question", body)))
    return question
