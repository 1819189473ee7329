"""A running dashboard, a real browser, and a page of its own for each test."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Route,
    ViewportSize,
    expect,
    sync_playwright,
)

from gatescope.site.folder import write_site

from . import get, reading
from .serving import FLAGS, Server, returning, serving

Visitors = Callable[..., Page]
Visit = Callable[..., Page]
FromDisk = Callable[[bytes], Page]

# Milliseconds that a busy machine may take for anything.
PATIENCE = 90_000
WIDE: ViewportSize = {"width": 1300, "height": 1000}

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser_path(playwright: Playwright) -> str:
    return get.executable() or playwright.chromium.executable_path


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, browser_path: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, browser_path: str) -> Iterator[str]:
    """The address of the installed dashboard; what it logged holds no traceback."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, environment={"BROWSER_PATH": browser_path}) as address:
        yield address
    written = (folder / "log").read_text(errors="replace")
    assert "Traceback" not in written, written


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a page that needs no server."""
    folder = tmp_path_factory.mktemp("site") / "gatescope"
    write_site(folder)
    return folder


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """That page in a folder of a web server."""
    served = Server(site.parent)
    yield f"{served.address}/{site.name}/"
    served.stop()


def usual(server: str) -> dict[str, Any]:
    """The options of a browser; with `storage_state=None` it has never been here."""
    return {"viewport": WIDE, "base_url": server, "storage_state": returning(server)}


class Watch:
    """What no page may do: complain in the console, talk to another machine, open a dialog."""

    def __init__(self, context: BrowserContext) -> None:
        self.forget()
        context.set_default_timeout(PATIENCE)
        context.on("page", self._over)

    def forget(self) -> None:
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.dialogs: list[str] = []

    def saw_nothing(self) -> None:
        assert (self.complaints, self.elsewhere, self.dialogs) == ([], [], [])

    def _over(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket: self._asked(socket.url))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def _said(self, message: ConsoleMessage) -> None:
        # Streamlit looks for its server below a page's own address first, and then finds it above.
        looking = urlsplit(message.location["url"]).path.endswith(("/_stcore/health", "/_stcore/host-config"))
        if message.type == "error" and not looking:
            self.complaints.append(message.text)

    def _asked(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob", "file") and parts.hostname != "127.0.0.1":
            self.elsewhere.append(address)


@pytest.fixture
def visitors(chromium: Browser, server: str) -> Iterator[Visitors]:
    """New browsers with nothing in common but the server, which load all anew; at the end none has complained."""
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def visitor(**options: Any) -> Page:
        contexts.append(chromium.new_context(**usual(server) | options))
        watches.append(Watch(contexts[-1]))
        return contexts[-1].new_page()

    yield visitor
    for context in contexts:
        context.close()
    for watch in watches:
        watch.saw_nothing()


def of_all_tests(page: Page) -> Page:
    """The page, which refuses what would outlast a test."""

    def refused(*_: Any, **__: Any) -> None:
        pytest.fail("A script that begins each page would stay for the next test: take a tab of `visitors()`.")

    page.add_init_script = refused  # type: ignore[method-assign]
    return page


@pytest.fixture(scope="session")
def tab(chromium: Browser, server: str) -> Iterator[tuple[Page, Watch]]:
    """A tab that tests share, one after the other: a browser that has seen the page loads it in half the time."""
    context = chromium.new_context(**usual(server))
    watch = Watch(context)
    yield of_all_tests(context.new_page()), watch
    context.close()


@pytest.fixture
def blank(tab: tuple[Page, Watch]) -> Iterator[Page]:
    """An empty page."""
    page, watch = tab
    page.mouse.move(0, 0)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    page.set_viewport_size(WIDE)
    page.goto("about:blank")
    watch.forget()
    yield page
    watch.saw_nothing()


@pytest.fixture
def page(blank: Page) -> Page:
    """The main page with the untrained LSTM, loaded anew, with its picture."""
    blank.goto("/?model=random")
    reading.settled(blank)
    return blank


@pytest.fixture(scope="session")
def returned(chromium: Browser, address: str) -> Iterator[tuple[Page, Watch]]:
    """A tab at the page without a server, which tests share: it compiles no program a second time."""
    origin = "/".join(address.split("/")[:3])
    context = chromium.new_context(service_workers="block", storage_state=returning(origin))
    watch = Watch(context)
    yield of_all_tests(context.new_page()), watch
    context.close()


@pytest.fixture
def visit(returned: tuple[Page, Watch], address: str) -> Iterator[Visit]:
    """Opens a link to the page without a server anew; at the end it has not complained."""
    page, watch = returned

    def open_link(
        query: dict[str, str] | None = None,
        size: ViewportSize = WIDE,
        scheme: Literal["light", "dark"] = "light",
        routes: Mapping[str, Callable[[Route], None]] = MappingProxyType({}),
    ) -> Page:
        page.mouse.move(0, 0)
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.goto("about:blank")
        for files, answer in routes.items():
            page.route(files, answer)
        page.goto(f"{address}?{urlencode(query or {})}")
        return page

    watch.forget()
    yield open_link
    page.unroute_all()
    watch.saw_nothing()


@pytest.fixture
def from_disk(chromium: Browser, tmp_path: Path) -> Iterator[FromDisk]:
    """Opens pages in a browser without a network; at the end it has complained of nothing and asked for nothing."""
    context = chromium.new_context(offline=True, viewport=WIDE, color_scheme="light")
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []

    def open_page(content: bytes) -> Page:
        path = tmp_path / "page.html"
        path.write_bytes(content)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: None if asked.url == path.as_uri() else complaints.append(asked.url))
        page.goto(path.as_uri())
        expect(page.locator(".gs-plot .heatmaplayer").first).to_be_visible()
        return page

    yield open_page
    context.close()
    assert complaints == []
