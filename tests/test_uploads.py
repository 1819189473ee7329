"""Large files wait for each other; small ones and everything else never do."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard import uploads

LARGE = 100_000_000


def put(size, method="PUT"):
    headers = [] if size is None else [(b"content-length", str(size).encode())]
    return {"type": "http", "method": method, "headers": headers}


class Page:
    """Keeps what it is sent until it is let go of, as Streamlit does."""

    def __init__(self):
        self.kept, self.arrived = 0, []

    async def __call__(self, scope, _receive, _send):
        size = uploads._size(scope)
        self.arrived.append(size)
        await asyncio.sleep(0)
        self.kept += size


@pytest.fixture
def page(monkeypatch):
    page = Page()
    monkeypatch.setattr(uploads, "PAUSE", 0.001)
    monkeypatch.setattr(uploads, "waiting", lambda: page.kept)
    return page


def run(visit):
    """In a thread of its own: a browser that another test drives has this one's loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, asyncio.wait_for(visit, 60)).result()


async def receive():
    return {"type": "http.request"}


def test_a_second_large_file_waits_until_the_first_was_let_go_of(page):
    async def visit():
        gate = uploads.InTurn(page)
        first, second = (asyncio.create_task(gate(put(LARGE), receive, None)) for _ in range(2))
        await first
        await asyncio.sleep(0.05)
        assert page.arrived == [LARGE]
        assert not second.done()
        page.kept = 0
        await second
        assert page.arrived == [LARGE, LARGE]

    run(visit())


def test_small_files_and_other_questions_go_on_meanwhile(page):
    async def visit():
        page.kept = uploads.ROOM
        gate = uploads.InTurn(page)
        for scope in (put(1000), put(LARGE, "POST"), {"type": "websocket"}):
            await gate(scope, receive, None)
        assert len(page.arrived) == 3

    run(visit())


def test_a_file_that_does_not_say_its_size_waits_for_all_the_room(page):
    async def visit():
        page.kept = 1
        task = asyncio.create_task(uploads.InTurn(page)(put(None), receive, None))
        await asyncio.sleep(0.05)
        assert not task.done()
        page.kept = 0
        await task

    run(visit())


def test_one_that_waits_too_long_is_told_so(page, monkeypatch):
    monkeypatch.setattr(uploads, "PATIENCE", 0.01)
    sent = []

    async def send(message):
        sent.append(message)

    async def visit():
        page.kept = uploads.ROOM
        await uploads.InTurn(page)(put(LARGE), receive, send)

    run(visit())
    assert sent[0]["status"] == 503
    assert "try again in a minute" in sent[1]["body"].decode()
    assert page.arrived == []


@pytest.mark.usefixtures("page")
def test_room_is_given_back_when_a_visitor_goes_away():
    async def gone(*_):
        raise ConnectionError

    async def visit():
        gate = uploads.InTurn(gone)
        for _ in range(3):
            with pytest.raises(ConnectionError):
                await gate(put(LARGE), receive, None)
        assert gate._coming == 0

    run(visit())


def test_without_a_server_nothing_waits():
    assert uploads.waiting() == 0
