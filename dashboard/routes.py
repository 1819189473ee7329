"""What the live view's browser asks the server for, beside Streamlit's own pages.

Each answer hangs on its question alone, so two browsers can never see each other's sentence.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from dashboard import assets
from dashboard.view import read_query

if TYPE_CHECKING:
    from dashboard.columns import Zoom

LARGEST_QUESTION, LARGEST_FILE = 8_000_000, 20_000_000
# Bytes of a picture of which most are numbers.
NUMBERS = 100_000
PREFIX = "gatescope"
FOLDERS = ("browser", "vendor")


def base_path() -> str:
    """Where the live view's routes lie on this server: "/gatescope", or below the base path it was given."""
    path = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}/{PREFIX}" if path else f"/{PREFIX}"


def routes() -> list[BaseRoute]:
    """The live view's routes."""
    base = base_path()
    files = [Mount(f"{base}/{folder}", StaticFiles(directory=assets.FOLDER / folder)) for folder in FOLDERS]
    return [
        Route(f"{base}/picture", picture, methods=["POST"]),
        Route(f"{base}/progress", progress, methods=["POST"]),
        Route(f"{base}/cell", cell, methods=["POST"]),
        Route(f"{base}/file", file, methods=["POST"]),
        Route(f"{base}/download/{{kind}}", download, methods=["POST"]),
        *files,
    ]


async def picture(request: Request) -> Response:
    """The picture of a view: {"query": {...}, "width": 900, "theme": "light", "zoom": [a, b] or null}."""
    try:
        asked = await _question(request)
        question = {
            "query": asked["query"],
            "width": min(4000.0, max(200.0, float(asked["width"]))),
            "theme": asked["theme"],
            "zoom": _range(asked.get("zoom")),
        }
    except (ValueError, KeyError, TypeError, IndexError) as error:
        return _refused(error, "That question can't be read: {}")
    content = await run_in_threadpool(_picture, question)
    # Numbers hardly get smaller by compression: it would take longer than they do.
    headers = {"Content-Encoding": "identity"} if len(content) > NUMBERS else None
    return Response(content, media_type="application/octet-stream", headers=headers)


async def progress(request: Request) -> Response:
    """How far the picture of {"query": {...}} is: {"share": 0.25}, or null while that can't be said."""
    try:
        asked = await _question(request)
    except (ValueError, KeyError, TypeError) as error:
        return _refused(error, "That question can't be read: {}")
    return JSONResponse({"share": await run_in_threadpool(_how_far, asked["query"])})


async def cell(request: Request) -> Response:
    """One cell taken apart: {"query": {...}, "cell": {"layer": 0, "direction": 0, "unit": 2, "step": 3}}."""
    try:
        asked = await _question(request)
        place = {name: int(asked["cell"][name]) for name in ("layer", "direction", "unit", "step")}
        terms = await run_in_threadpool(_apart, asked["query"], place)
    except (ValueError, KeyError, TypeError) as error:
        return _refused(error)
    return JSONResponse(terms)


async def file(request: Request) -> Response:
    """Keep a file for the browser that sends it, its name in the address, `instead` of another: answers what it can be
    asked for by."""
    try:
        content, asked = await _body(request, LARGEST_FILE), request.query_params
        key = await run_in_threadpool(_keep, asked.get("name", "the file"), content, asked.get("instead", ""))
    except ValueError as error:
        return _refused(error)
    return JSONResponse({"file": key})


async def download(request: Request) -> Response:
    """A file of what a view shows: {"query": {...}, "theme": "light", "size": "slide", "steps": [a, b] or null, "rows":
    [a, b] or null}, the last two what is in sight."""
    try:
        asked = await _question(request)
        kind, size = request.path_params["kind"], "column" if asked.get("size") == "column" else "slide"
        sight = _range(asked.get("steps")), _range(asked.get("rows"))
        name, media_type, content = await run_in_threadpool(
            _download, kind, asked["query"], asked["theme"], size, sight
        )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        return _refused(error)
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


# Torch takes a second to import: the server is up and the page on its way before that.
def _picture(question: dict[str, Any]) -> bytes:
    from dashboard.picture import answer

    return answer(**question)


def _how_far(query: dict[str, str]) -> float | None:
    from dashboard.progress import how_far
    from dashboard.reading import what_is_read

    return how_far(what_is_read(read_query(query)[0]))


def _apart(query: dict[str, str], place: dict[str, int]) -> dict[str, Any]:
    from dashboard.picture import apart

    return apart(query, place)


def _keep(name: str, content: bytes, instead: str) -> str:
    from dashboard import documents

    key = documents.keep(name, content)
    documents.let_go(instead)
    return key


def _text(key: str) -> str:
    from dashboard import documents

    document = documents.kept(key)
    if document is None:
        raise _Gone("This text is no longer on the server.")
    return document.text


def _download(kind: str, query: dict[str, str], theme: Any, size: str, sight: tuple[Zoom, Zoom]) -> Any:
    from dashboard.downloads import download
    from dashboard.sight import Sight

    return download(kind, read_query(query)[0], theme, size, Sight(*sight))


async def _question(request: Request) -> dict[str, Any]:
    """What was asked, its query as strings and its theme one of ours. A long sentence may have been sent before, as a
    file, and be named by `text`."""
    asked = dict(json.loads(await _body(request, LARGEST_QUESTION)))
    asked["query"] = {str(key): str(value) for key, value in dict(asked["query"]).items()}
    if asked.get("text"):
        asked["query"]["sentence"] = await run_in_threadpool(_text, str(asked["text"]))
    asked["theme"] = "dark" if asked.get("theme") == "dark" else "light"
    return asked


def _range(asked: Any) -> Zoom:
    """A range [a, b] of an axis as numbers; None stands for the whole."""
    if asked is None:
        return None
    low, high = float(asked[0]), float(asked[1])
    if not (isfinite(low) and isfinite(high)):
        raise ValueError(f"Expected a range of two numbers, got {asked}.")
    return low, high


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise ValueError(f"Expected at most {most:,} bytes, got more.")
    return bytes(body)


class _Gone(ValueError):
    """What a question names has had to make room."""


def _refused(error: Exception, sentence: str = "{}") -> Response:
    return PlainTextResponse(sentence.format(error), status_code=410 if isinstance(error, _Gone) else 400)
