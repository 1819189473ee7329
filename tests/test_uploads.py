"""Large files wait for each other; small ones and everything else never do."""

import asyncio

import pytest

from gatescope.serving import uploads
from tests.own_loop import hurried
from tests.served import answer_of

LARGE = 100_000_000


def put(size, method="PUT"):
    headers = [] if size is None else [(b"content-length", str(size).encode())]
    return {"type": "http", "method": method, "headers": headers}


class Page:
    """Keeps what it is sent until it is let go of, as Streamlit does."""

    def __init__(self):
        self.kept, self.arrived, self.looks = 0, [], 0

    async def __call__(self, scope, _receive, _send):
        size = uploads._size(scope)
        self.arrived.append(size)
        await asyncio.sleep(0)
        self.kept += size

    def waiting(self):
        self.looks += 1
        return self.kept

    async def looked_at(self, times=5):
        """Goes on once a file that waits has looked so often whether there is room."""
        enough = self.looks + times
        while self.looks < enough:
            await asyncio.sleep(0)


@pytest.fixture
def page(monkeypatch):
    page = Page()
    monkeypatch.setattr(uploads, "waiting", page.waiting)
    return page


async def receive():
    return {"type": "http.request"}


def test_a_second_large_file_waits_until_the_first_was_let_go_of(page):
    async def visit():
        gate = uploads.InTurn(page)
        first, second = (asyncio.create_task(gate(put(LARGE), receive, None)) for _ in range(2))
        await first
        await page.looked_at()
        assert page.arrived == [LARGE]
        assert not second.done()
        page.kept = 0
        await second
        assert page.arrived == [LARGE, LARGE]

    hurried(visit())


def test_small_files_and_other_questions_go_on_meanwhile(page):
    async def visit():
        page.kept = uploads.ROOM
        gate = uploads.InTurn(page)
        for scope in (put(1000), put(LARGE, "POST"), {"type": "websocket"}):
            await gate(scope, receive, None)
        assert len(page.arrived) == 3

    hurried(visit())


def test_a_file_that_does_not_say_its_size_waits_for_all_the_room(page):
    async def visit():
        page.kept = 1
        task = asyncio.create_task(uploads.InTurn(page)(put(None), receive, None))
        await page.looked_at()
        assert not task.done()
        page.kept = 0
        await task

    hurried(visit())


def test_one_that_waits_too_long_is_told_so(page):
    page.kept = uploads.ROOM
    answer = hurried(answer_of(uploads.InTurn(page), put(LARGE), receive))
    assert answer.status_code == 503
    assert b"try again in a minute" in answer.content
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

    hurried(visit())


def test_without_a_server_nothing_waits():
    assert uploads.waiting() == 0


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("more", [0, 1], ids=["nothing", "a byte now and then"])
def test_a_file_that_stops_coming_or_nearly_so_is_told_so_and_gives_its_room_up(more):
    taken = []

    async def takes(_scope, receive, _send):
        while True:
            taken.append(len((await receive())["body"]))

    async def coming():
        if taken:
            await (asyncio.sleep(1) if more else asyncio.Event().wait())
        return {"type": "http.request", "body": b"x" * (more if taken else 1_000), "more_body": True}

    gate = uploads.InTurn(takes)
    answer = hurried(answer_of(gate, put(LARGE), coming))
    assert gate._coming == 0
    assert taken[0] == 1_000
    assert answer.status_code == 408
    assert b"stopped coming" in answer.content


def test_files_that_come_at_once_have_room_together(page):
    """However long a file takes, what it announced is kept free for it."""

    async def visit():
        goes_on, begun = asyncio.Event(), []

        async def takes(scope, _receive, _send):
            begun.append(uploads._size(scope))
            await goes_on.wait()

        gate = uploads.InTurn(takes)
        tasks = [asyncio.create_task(gate(put(size), receive, None)) for size in (70_000_000, 50_000_000, 2_000_000)]
        await page.looked_at()
        assert begun == [70_000_000, 50_000_000]
        goes_on.set()
        await asyncio.gather(*tasks)
        assert begun[2:] == [2_000_000]

    hurried(visit())
