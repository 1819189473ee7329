"""What does a page show and ask for before it has run? The look of its frame, and the browser's modules; on Memory the
words and six empty strips, Plotly, and the live view itself.

Streamlit's own first page has none of them, so all of it would jump once they came, and stay white until then.
"""

from html import escape
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatescope import assets
from gatescope.live.routes import PREFIX, base_path, files_path, modules_path
from gatescope.live.shared_with_browser import handed_over
from gatescope.question import link
from gatescope.question.opening import opening, own_model, usual
from gatescope.question.view import QUANTITIES, SHIPPED, View
from gatescope.recording.wire_format import as_sent, in_a_script

PLOTLY = "vendor/plotly-cartesian.min.js"
# They stand in the page itself, so that the first picture waits for no other answer.
STYLES = ("live", "frame", "compare")
# In a view that begins with one of these the picture stands elsewhere.
ELSEWHERE = ("embed", "present", "scene")
# More words than these stand too close to be read at once.
MOST_WORDS = 12
# A page is asked for whole: what is packed can't be added to, and what the browser kept may be Streamlit's own.
PACKED_OR_KEPT = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
# What Streamlit says of its own file is not true of what is sent.
OF_THE_FILE = ("etag", "last-modified", "content-length")


class FirstPaint:
    """Adds to each page of HTML what it shows first; other answers pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun: Message | None = None
        body = b""

        async def add(message: Message) -> None:
            nonlocal begun, body
            if message["type"] == "http.response.start" and _is_page(message):
                begun = message
            elif begun is None or message["type"] != "http.response.body":
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    first, last = first_paint(scope)
                    body = body.replace(b"<head>", b"<head>" + first.encode(), 1)
                    await _send(begun, body.replace(b"</body>", last.encode() + b"</body>"), send)

        if scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            asks = [one for one in scope["headers"] if one[0] not in PACKED_OR_KEPT]
            await self._app({**scope, "headers": asks}, receive, add)
        else:
            await self._app(scope, receive, send)


def first_paint(scope: Scope) -> tuple[str, str]:
    """What stands at the beginning of a page's head, and at the end of its body."""
    looks = [(assets.FOLDER / f"browser/{name}.css").read_text(encoding="utf-8") for name in STYLES]
    style = f"<style>{''.join(looks)}</style>"
    is_memory = f"{scope['path'].rstrip('/')}/{PREFIX}" == base_path()
    # Before some fifty of Streamlit's: a browser loads six at a time, and the view begins with these.
    ahead = f'<link rel="modulepreload" fetchpriority="high" href="{modules_path()}">'
    if is_memory:
        ahead += f'<link rel="preload" as="script" fetchpriority="low" href="{files_path()}/{PLOTLY}">'
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    empty = expected(query) if is_memory else ""
    return ahead, style + (begun(query) + empty if empty else "")


def begun(query: dict[str, str]) -> str:
    """The live view, which begins before Streamlit does: as Memory's own first run would hand it over."""
    asked = {} if query.keys() & set(link.names(View())) else link.in_full(View(opening()))
    data = as_sent(handed_over(base_path(), own_model())) | {"asked": asked, "modules": modules_path()}
    # Without `async` it would wait for Streamlit's own scripts.
    return (
        '<div class="gs-early"></div><script type="module" async>'
        f'import {{ modules }} from "{modules_path()}"\n'
        f'const [view, base] = [await modules["live.js"](), new URL("{base_path()}/", location.origin)]\n'
        f'view.begin(document.querySelector(".gs-early"), base, {in_a_script(data)})</script>'
    )


def expected(query: dict[str, str]) -> str:
    """The words that a link of Memory reads, over six empty strips, where the picture will stand."""
    if any(name in query for name in ELSEWHERE):
        return ""
    text = query.get("sentence") or _example(link.read(usual(query), query)[0].source.model)
    words = text.split() if query.get("tokens", "words") == "words" else []
    read = words if 1 < len(words) <= MOST_WORDS else []
    columns = "".join(f"<span>{escape(word)}</span>" for word in read)
    strips = "".join(f'<i class="gs-expected-{quantity}"></i>' for quantity in QUANTITIES)
    # A column is only so wide.
    steps = f' style="--gs-steps: {len(read)}"' if read else ""
    return f'<div class="gs-expected" aria-hidden="true"{steps}><p>{columns}</p>{strips}</div>'


def _example(model: str) -> str:
    examples: dict[str, Any] = SHIPPED[model].examples if model in SHIPPED else {}
    return str(next(iter(examples.values()), opening().sentence))


def _is_page(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    return message["status"] == 200 and headers.get("content-type", "").startswith("text/html")


async def _send(begun: Message, body: bytes, send: Send) -> None:
    headers = MutableHeaders(
        raw=[(name, value) for name, value in begun["headers"] if name.decode() not in OF_THE_FILE]
    )
    headers["content-length"] = str(len(body))
    await send({**begun, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
