"""What does a page's first response already show, and what does it leave as it was?"""

import json
import re

import own_loop
import pytest
from served import answer_of, asked
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from gatescope.live.browser_files import MODULES, contents
from gatescope.live.first_paint import PLOTLY, FirstPaint, expected
from gatescope.live.routes import base_path, files_path, modules_path
from gatescope.live.shared_with_browser import handed_over
from gatescope.question import link
from gatescope.question.opening import opening
from gatescope.question.view import View
from gatescope.recording.wire_format import as_sent

PAGE = "<html><head></head><body><div id=root></div></body></html>"


def answer(path, query=""):
    """What the middleware lets through."""
    app = Starlette(
        routes=[
            Route("/", lambda _: HTMLResponse(PAGE, headers={"etag": '"of the file"'})),
            Route("/units", lambda _: HTMLResponse(PAGE)),
            Route("/none", lambda _: HTMLResponse(PAGE, 404)),
            Route("/text", lambda _: PlainTextResponse(PAGE, headers={"etag": '"of the text"'})),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=1)],
    )
    scope = asked(path, "GET", query, accept="text/html,*/*", accept_encoding="gzip")

    async def receive():
        return {"type": "http.request"}

    found = own_loop.run(answer_of(FirstPaint(app), scope, receive))
    return found.status_code, found.headers, found.content.decode()


def test_memory_begins_with_its_words_and_six_strips_and_every_page_with_its_look():
    _, headers, body = answer("/", "model=tagger&sentence=so+it+goes")
    assert "<span>so</span><span>it</span><span>goes</span>" in body
    assert body.count('<i class="gs-expected-') == 6
    assert "etag" not in headers
    assert headers["content-length"] == str(len(body.encode()))
    _, _, body = answer("/units")
    assert ".gs-topbar" in body
    assert ".gs-two " in body
    assert "<i class" not in body


def test_a_page_asks_at_once_for_the_modules_and_memory_for_plotly_by_the_names_that_they_are_loaded_by():
    asks = {path: re.findall('<link rel="([a-z]+)"[^>]* href="([^"]+)">', answer(path)[2]) for path in ("/", "/units")}
    modules = ("modulepreload", modules_path())
    # Before Streamlit's own, of which a browser loads six at a time.
    assert answer("/")[2].startswith('<html><head><link rel="modulepreload"')
    assert asks == {"/": [modules, ("preload", f"{files_path()}/{PLOTLY}")], "/units": [modules]}
    assert {path.removeprefix(f"{files_path()}/") for _, path in asks["/"]} <= contents().keys()
    # The place of Plotly that its own module names.
    assert f'"../{PLOTLY}"' in contents()[MODULES].decode()


@pytest.mark.parametrize("path", ["/none", "/text"])
def test_what_is_no_page_passes_as_it_is(path):
    status, headers, body = answer(path)
    assert body == PAGE
    assert (status, headers.get("etag")) == ((404, None) if path == "/none" else (200, '"of the text"'))


def test_what_a_link_says_is_text():
    assert "&lt;b&gt;" in expected({"sentence": "<b> bold"})
    assert "<b>" not in expected({"sentence": "<b> bold"})


@pytest.mark.parametrize("name", ["embed", "present", "scene"])
def test_nothing_is_expected_where_the_picture_stands_elsewhere(name):
    assert expected({name: "1"}) == ""
    assert "gs-early" not in answer("/", f"{name}=1")[2].partition("</style>")[2]


@pytest.mark.parametrize(("query", "asked"), [("", link.in_full(View(opening()))), ("seed=3", {})])
def test_memory_begins_its_view_with_what_its_first_run_would_hand_over(query, asked):
    _, _, body = answer("/", query)
    [begun] = re.findall(r"view\.begin\(.*?, base, (.*)\)</script>", body)
    handed = json.loads(begun)
    assert handed == json.loads(json.dumps(as_sent(handed_over(base_path(), {})))) | {
        "asked": asked,
        "modules": modules_path(),
    }
    assert "<" not in begun
    assert "view.begin" not in answer("/units")[2]
