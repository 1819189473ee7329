"""Bodies that arrive take a bounded part of the memory, for as long as they keep coming."""

import asyncio
import json

import pytest
from own_loop import LONG, hurried
from served import answer_of, asked, reading_waits, visit

from gatescope.serving import limits


class Sending:
    """Bodies on their way to the server."""

    def __init__(self, app):
        self._app = app

    def begin(self, first, address="one", announced=None, path="file"):
        """A body of which `first` has come; its next parts are put into its queue, None where its visitor leaves."""
        parts = asyncio.Queue()
        parts.put_nowait(first)
        length = "" if announced is None else str(announced)
        scope = asked(f"/gatescope/{path}", content_length=length) | {"client": (address, 1)}

        async def receive():
            part = await parts.get()
            if part is None:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": part, "more_body": bool(part)}

        return asyncio.create_task(answer_of(self._app, scope, receive)), parts


async def moments():
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize("more", [b"", b"x"], ids=["nothing", "a byte now and then"])
def test_a_body_that_stops_coming_or_nearly_so_is_given_up_however_much_of_it_has_come(more):
    async def visitor(app):
        answer, parts = Sending(app).begin(b"x" * 19_800_000, announced=20_000_000)
        while not answer.done():
            await asyncio.sleep(1)
            if more:
                parts.put_nowait(more)
        assert answer.result().status_code == 408

    visit(visitor, hurried)


@pytest.mark.parametrize("announced", [20_000_000, None])
def test_an_address_has_room_for_three_large_bodies_that_arrive_and_then_for_more(announced):
    async def visitor(app):
        sending = Sending(app)
        first = b"x" * 19_990_000
        arriving = [sending.begin(first, announced=announced) for _ in range(3)]
        await moments()
        refused, _ = sending.begin(first, announced=announced)
        assert json.loads((await refused).content) == {"busy": True, "error": "busy, trying again"}
        assert refused.result().status_code == 503
        assert not any(answer.done() for answer, _ in arriving)

        small, rest = sending.begin(b"a word")
        rest.put_nowait(b"")
        assert (await small).status_code == 200, "a small one is let in all the same"
        elsewhere, rest = sending.begin(b"a " * 50_000, "another")
        rest.put_nowait(b"")
        assert (await elsewhere).status_code == 200, "other addresses have their own room"

        for _, rest in arriving:
            rest.put_nowait(None)
        await asyncio.gather(*(answer for answer, _ in arriving))
        again, rest = sending.begin(b"a " * 50_000)
        rest.put_nowait(b"")
        assert (await again).status_code == 200, "their room is given back"

    visit(visitor)


def test_bodies_of_all_addresses_together_have_a_room_of_their_own():
    async def visitor(app):
        sending = Sending(app)
        arriving = [sending.begin(b"x", f"address {number}", 20_000_000) for number in range(6)]
        await moments()
        refused, _ = sending.begin(b"x", "one more", 20_000_000)
        assert (await refused).status_code == 503
        for _, rest in arriving:
            rest.put_nowait(None)
        await asyncio.gather(*(answer for answer, _ in arriving))

    visit(visitor)


def test_a_body_keeps_its_room_until_it_is_read(monkeypatch):
    monkeypatch.setattr(limits, "ARRIVING_FROM_ONE", 150_000)

    async def visitor(app):
        first, rest = Sending(app).begin(b"x" * 100_000, path="recording")
        rest.put_nowait(b"")
        assert await asyncio.to_thread(begun.wait, LONG)
        second, _ = Sending(app).begin(b"x" * 100_000, path="recording")
        assert (await second).status_code == 503
        goes_on.set()
        assert (await first).status_code == 400

    with reading_waits(monkeypatch) as (begun, goes_on):
        visit(visitor)


def test_a_body_that_announces_too_much_is_refused_before_it_comes():
    async def visitor(app):
        answer, _ = Sending(app).begin(b"x", announced=limits.FILE.most + 1)
        assert (await answer).status_code == 400

    visit(visitor)
