"""Large files wait for each other; small ones and everything else never do."""

import asyncio

import pytest

from dashboard.serving import uploads
from tests.own_loop import run

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
    monkeypatch.setattr(uploads, "PAUSE", 0.001)
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
        await page.looked_at()
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


class Sender:
    """A visitor's browser that sends bytes when the test says so, and a clock that goes when the test says so."""

    def __init__(self):
        self.now, self.sent = 0.0, asyncio.Queue()

    async def receive(self):
        return {"type": "http.request", "body": b"x" * await self.sent.get(), "more_body": True}

    async def within(self, coming, seconds):
        """Waits for bytes or, where None is sent instead, for longer than anybody does."""
        if self.sent.qsize() and self.sent._queue[0] is None:
            coming.close()
            self.now += seconds
            raise TimeoutError
        return await coming


class Whole:
    """A page that takes all of a file, as Streamlit does: it raises where the visitor leaves before."""

    def __init__(self):
        self.taken = []

    async def __call__(self, scope, receive, _send):
        here = 0
        while here < uploads._size(scope):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError
            here += len(message["body"])
        self.taken.append(here)


def test_a_file_of_which_no_byte_comes_for_a_while_gives_its_room_up(page):
    sender, sent, whole = Sender(), [], Whole()

    async def send(message):
        sent.append(message)

    async def visit():
        gate = uploads.InTurn(whole, within=sender.within, clock=lambda: sender.now)
        sender.sent.put_nowait(1_000)
        sender.sent.put_nowait(None)
        await gate(put(LARGE), sender.receive, send)
        assert gate._coming == 0

    run(visit())
    assert sender.now == pytest.approx(uploads.limits.STALLED)
    assert sent[0]["status"] == 408
    assert "stopped coming" in sent[1]["body"].decode()
    assert (whole.taken, page.kept) == ([], 0)


def test_a_file_that_pauses_holds_no_room_but_for_what_is_here(page):
    stalled, other, whole, now = Sender(), Sender(), Whole(), [0.0]

    async def visit():
        gate = uploads.InTurn(whole, within=lambda coming, _: coming, clock=lambda: now[0])
        first = asyncio.create_task(gate(put(99_000_000), stalled.receive, None))
        await asyncio.sleep(0)
        assert gate._coming == 99_000_000
        now[0] = uploads.LIVELY
        assert gate._coming == 0
        other.sent.put_nowait(30_000_000)
        await gate(put(30_000_000), other.receive, None)
        first.cancel()

    run(visit())
    assert whole.taken == [30_000_000]
    assert page.kept == 0


@pytest.mark.usefixtures("page")
def test_where_no_room_is_left_the_file_nearest_to_its_end_goes_on():
    senders, whole, now = [Sender(), Sender()], Whole(), [0.0]

    async def visit():
        gate = uploads.InTurn(whole, within=lambda coming, _: coming, clock=lambda: now[0])
        tasks = []
        for sender in senders:
            tasks.append(asyncio.create_task(gate(put(LARGE), sender.receive, None)))
            await asyncio.sleep(0)
            now[0] += uploads.LIVELY
        senders[0].sent.put_nowait(70_000_000)
        while gate._files[0].here != 70_000_000:
            await asyncio.sleep(0)
        senders[1].sent.put_nowait(60_000_000)
        while gate._files[1].here != 60_000_000:
            await asyncio.sleep(0)
        senders[1].sent.put_nowait(40_000_000)
        senders[0].sent.put_nowait(30_000_000)
        await asyncio.gather(*tasks)

    run(visit())
    assert whole.taken == [LARGE, LARGE]


def test_beside_files_that_no_page_has_taken_only_the_upload_nearest_to_its_end_goes_on(page):
    senders, now = [Sender(), Sender()], [0.0]

    async def visit():
        gate = uploads.InTurn(Whole(), within=lambda coming, _: coming, clock=lambda: now[0])
        tasks = []
        for sender in senders:
            tasks.append(asyncio.create_task(gate(put(LARGE), sender.receive, None)))
            await asyncio.sleep(0)
            now[0] += uploads.LIVELY
        page.kept = uploads.ROOM
        near, far = gate._files
        senders[0].sent.put_nowait(20_000_000)
        senders[1].sent.put_nowait(10_000_000)
        while (near.here, far.here) != (20_000_000, 10_000_000):
            await asyncio.sleep(0)
        for sender in senders:
            sender.sent.put_nowait(1_000_000)
        while near.here != 21_000_000:
            await asyncio.sleep(0)
        # One that went on would have its bytes after a turn or two.
        for _ in range(20):
            await asyncio.sleep(0)
        assert far.here == 10_000_000
        page.kept = 0
        while far.here != 11_000_000:
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()

    run(visit())
