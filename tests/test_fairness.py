"""A heavy job never stands before a light one, and ends when nobody waits for it."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from threading import Event

import pytest
from own_loop import LONG, hurried, run
from served import answer_of, asked, reading_waits, visit
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gatescope.live import routes as served
from gatescope.live import work
from gatescope.live.cost import length_of
from gatescope.live.shared_with_browser import VISITOR
from gatescope.question.holds import read_holds
from gatescope.question.view import Source, View
from gatescope.reading.read import read
from gatescope.serving.export_response import Download, ExportResponse
from gatescope.serving.still_wanted import NoLongerWanted, go_on, while_wanted
from gatescope.serving.turns import Turns, Visitor

HEAVY = {"query": {"hidden_dim": "512", "n_layers": "4"}, "room": 800}
LIGHT = {"query": {}, "room": 800}


@pytest.mark.parametrize(
    ("length", "source"),
    [
        ("heavy", Source(hidden_dim=512, input_dim=512, n_layers=4, directions=2)),
        ("heavy", Source(sentence="word " * 500)),
        ("heavy", Source(file="any")),
        ("heavy", Source(model="python-chars", sentence="x" * 1_999)),
        ("long", Source(sentence="a " * 900, hidden_dim=64)),
        ("long", Source(sentence="a " * 300, hidden_dim=2)),
        ("long", Source(sentence="Giraffes in a field", hidden_dim=512)),
        ("light", Source()),
        ("light", Source(hidden_dim=64, input_dim=64, n_layers=4)),
        ("light", Source(model="tagger")),
        ("light", Source(model="own-none")),
    ],
)
def test_a_picture_is_heavy_long_or_light_by_what_it_takes(length, source):
    assert length_of(View(source)) == length


def test_a_long_text_with_a_hold_is_heavy_because_it_is_read_step_by_step():
    long = View(Source(sentence="x" * 1_500, tokens="characters"))
    assert length_of(long) == "long"
    assert length_of(replace(long, holds=read_holds("f.0.2.all_0"))) == "heavy"
    assert length_of(View(holds=read_holds("f.0.2.all_0"))) == "light"


class Held:
    """Pictures that go on being made until they are let go of, or nobody wants them."""

    def __init__(self, monkeypatch):
        self.begun, self.ended, self.goes_on = Event(), Event(), Event()
        self._real = work.recording
        monkeypatch.setattr(work, "recording", self.picture)
        monkeypatch.setattr(served, "heavy", Turns("test heavy", 1, 2))
        monkeypatch.setattr(served, "_pictures", {})

    def picture(self, query, *of):
        if query.get("n_layers") != "4":
            return self._real(query, *of)
        self.begun.set()
        try:
            while not self.goes_on.wait(0.001):
                go_on()
        except NoLongerWanted:
            self.ended.set()
            raise
        return b"heavy"


@pytest.fixture
def held(monkeypatch):
    held = Held(monkeypatch)
    yield held
    held.goes_on.set()


async def ask(app, question, view="", left=None, cookie=""):
    """A picture is asked for; `left` says when its visitor leaves."""
    coming = [{"type": "http.request", "body": json.dumps(question).encode()}]

    async def receive():
        if not coming:
            await (left or asyncio.Event().wait)()
            return {"type": "http.disconnect"}
        return coming.pop()

    scope = asked("/gatescope/recording", cookie=cookie, **{VISITOR.lower(): view})
    return await answer_of(app, scope, receive)


async def has_begun(held):
    assert await asyncio.to_thread(held.begun.wait, LONG)


def test_a_light_picture_is_answered_while_heavy_ones_fill_the_line(held):
    async def visitor(app):
        waiting = [asyncio.create_task(ask(app, HEAVY)) for _ in range(3)]
        await has_begun(held)
        assert (await ask(app, LIGHT)).status_code == 200
        assert not any(task.done() for task in waiting)
        held.goes_on.set()
        assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200, 200, 200]

    visit(visitor)


def test_beyond_the_line_the_answer_is_busy_and_when_to_ask_again(held):
    async def visitor(app):
        waiting = [asyncio.create_task(ask(app, HEAVY)) for _ in range(10)]
        await has_begun(held)
        while sum(task.done() for task in waiting) < 7:
            await asyncio.sleep(0)
        held.goes_on.set()
        answers = await asyncio.gather(*waiting)
        assert sorted(answer.status_code for answer in answers) == [200] * 3 + [503] * 7
        busy = next(answer for answer in answers if answer.status_code == 503)
        assert json.loads(busy.content) == {"busy": True, "error": "busy, trying again"}
        assert int(busy.headers["retry-after"]) >= 1

    visit(visitor)


def test_fifty_long_pictures_and_bodies_are_no_reason_to_let_a_light_one_wait(monkeypatch):
    """At the same address, and without a name."""
    monkeypatch.setattr(served, "long", Turns("test long", 1, 100))
    begun, goes_on, real = Event(), Event(), work.recording

    def picture(query, *of):
        if len(query.get("sentence", "")) > 1_000:
            begun.set()
            assert goes_on.wait(LONG)
        return real(query, *of)

    monkeypatch.setattr(work, "recording", picture)
    long = {"query": {"sentence": "a " * 900, "hidden_dim": "64"}, "room": 800}

    async def visitor(app):
        waiting = [asyncio.create_task(ask(app, long | {"x": "x" * 50_000 * (number % 2)})) for number in range(50)]
        assert await asyncio.to_thread(begun.wait, LONG)
        assert (await ask(app, LIGHT)).status_code == 200
        assert not any(task.done() for task in waiting)
        goes_on.set()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}

    try:
        visit(visitor)
    finally:
        goes_on.set()


def test_a_picture_ends_when_the_same_browser_asks_for_another(held):
    async def visitor(app):
        before = asyncio.create_task(ask(app, HEAVY, "one"))
        await has_begun(held)
        assert (await ask(app, LIGHT, "one")).status_code == 200
        assert (await before).status_code == 409
        assert await asyncio.to_thread(held.ended.wait, LONG)

    visit(visitor)


def name_from(answer):
    """The cookie that came with an answer, as a browser sends it back."""
    return answer.headers["set-cookie"].partition(";")[0]


class OneByOne:
    """Pictures that are made one at a time once they are let go of; their seeds, in order."""

    def __init__(self, monkeypatch):
        self.made, self.begun, self.goes_on = [], Event(), Event()
        monkeypatch.setattr(work, "recording", self.picture)
        monkeypatch.setattr(served, "light", Turns("test light", 1, 100))

    def picture(self, query, *_):
        self.begun.set()
        assert self.goes_on.wait(LONG)
        self.made.append(query["seed"])
        return b"a picture"


@pytest.fixture
def one_by_one(monkeypatch):
    pictures = OneByOne(monkeypatch)
    yield pictures
    pictures.goes_on.set()


def in_line(count):
    return lambda: served.light.waiting == count


async def until(holds):
    while not holds():
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("cookie", ["", "invented {}", "gatescope_browser=invented{}.", "gatescope_browser=ü{}.ü"])
def test_names_that_a_client_invents_stand_in_one_line_and_a_name_of_the_server_does_not(one_by_one, cookie):
    async def visitor(app):
        one_by_one.goes_on.set()
        known = name_from(await ask(app, {"query": {"seed": "0"}, "room": 800}, "first"))
        one_by_one.goes_on.clear()
        one_by_one.begun.clear()
        asked = []
        for number in range(1, 7):
            question = {"query": {"seed": f"{number}"}, "room": 800}
            asked.append(asyncio.create_task(ask(app, question, f"view {number}", cookie=cookie.format(number))))
            await (until(one_by_one.begun.is_set) if number == 1 else until(in_line(number - 1)))
        question = {"query": {"seed": "known"}, "room": 800}
        asked.append(asyncio.create_task(ask(app, question, "another view", cookie=known)))
        await until(in_line(6))
        one_by_one.goes_on.set()
        await asyncio.gather(*asked)
        assert one_by_one.made == ["0", "1", "2", "known", "3", "4", "5", "6"]

    visit(visitor)


def test_a_name_comes_once_and_is_for_the_routes_of_this_server_alone(one_by_one, monkeypatch):
    one_by_one.goes_on.set()
    monkeypatch.setattr(served, "base_path", lambda: "/below/gatescope")
    with TestClient(Starlette(routes=served.routes()), base_url="http://here") as client:
        first, second = (
            client.post("/below/gatescope/recording", json={"query": {"seed": "1"}, "room": 800}) for _ in "12"
        )
    with TestClient(Starlette(routes=served.routes()), base_url="https://here") as client:
        safe = client.post("/below/gatescope/recording", json={"query": {"seed": "1"}, "room": 800})
    name, *rest = first.headers["set-cookie"].split("; ")
    assert rest == ["Path=/below/gatescope", "HttpOnly", "SameSite=Lax"]
    assert "set-cookie" not in second.headers
    assert safe.headers["set-cookie"].split("; ")[2:] == ["HttpOnly", "SameSite=None", "Secure", "Partitioned"]
    assert name != safe.headers["set-cookie"].split("; ")[0]


def test_a_refusal_gives_no_name(client):
    assert "set-cookie" not in client.post("/gatescope/recording", content=b"nothing").headers


def test_others_are_answered_while_a_question_is_parsed(monkeypatch):
    async def visitor(app):
        parsed = asyncio.create_task(ask(app, LIGHT))
        assert await asyncio.to_thread(begun.wait, LONG)
        other = await answer_of(app, asked("/gatescope/qr", "GET", "link=a"), asyncio.Event().wait)
        assert other.status_code == 200
        assert not parsed.done()
        goes_on.set()
        assert (await parsed).status_code == 400

    with reading_waits(monkeypatch) as (begun, goes_on):
        visit(visitor)


@pytest.mark.parametrize("path", ["recording", "progress", "steps", "file", "download/csv"])
@pytest.mark.parametrize("begins", [[], [b'{"query"']])
def test_a_body_that_does_not_arrive_in_time_is_given_up(path, begins):
    async def visitor(app):
        coming = [{"type": "http.request", "body": part, "more_body": True} for part in begins]

        async def receive():
            return coming.pop() if coming else await asyncio.Event().wait()

        answer = await answer_of(app, asked(f"/gatescope/{path}"), receive)
        assert (answer.status_code, answer.headers["connection"]) == (408, "close")
        assert answer.content.startswith(b"Expected ")

    visit(visitor, hurried)


def test_another_browsers_picture_and_one_without_a_name_go_on(held):
    async def visitor(app):
        first = asyncio.create_task(ask(app, HEAVY, "one"))
        await has_begun(held)
        for browser in ("two", ""):
            assert (await ask(app, LIGHT, browser)).status_code == 200
        assert not first.done()
        held.goes_on.set()
        assert (await first).status_code == 200

    visit(visitor)


def test_a_heavy_picture_ends_when_its_visitor_leaves(held):
    async def visitor(app):
        await ask(app, HEAVY, left=lambda: has_begun(held))
        assert await asyncio.to_thread(held.ended.wait, LONG)

    visit(visitor)


def test_a_reading_ends_where_nobody_waits_for_it():
    looks = iter([True, True, False])
    with while_wanted(lambda: next(looks, False)), pytest.raises(NoLongerWanted):
        read(Source(sentence="a b " * 20_000, hidden_dim=65))


def pieces(number, made):
    for piece in range(number):
        made.append(piece)
        yield b"x" * 100


def export(number, made):
    file = Download("a.csv", "text/csv", pieces(number, made))
    return ExportResponse(file, Turns("test", 1, 9), Visitor("a"), asyncio.Semaphore(9))


def test_an_export_stops_when_its_visitor_leaves():
    made = []

    async def visiting():
        sent = asyncio.Event()

        async def receive():
            await sent.wait()
            return {"type": "http.disconnect"}

        async def send(_):
            if len(made) == 3:
                sent.set()
                await asyncio.Event().wait()

        await asyncio.wait_for(export(1_000, made)({}, receive, send), LONG)

    run(visiting())
    assert len(made) == 3


def test_an_export_whose_visitor_takes_nothing_for_a_while_is_given_up():
    made, sent = [], []

    async def send(message):
        if len(made) == 2:
            await asyncio.Event().wait()
        sent.append(message)

    hurried(export(1_000, made)({}, asyncio.Event().wait, send))
    assert len(made) == 2
    assert all(message.get("more_body", True) for message in sent)


def test_no_more_exports_than_there_is_room_for(client, monkeypatch):
    monkeypatch.setattr(served, "exports", asyncio.Semaphore(0))
    answer = client.post("/gatescope/download/csv", content=json.dumps({"query": {}}))
    assert answer.status_code == 503


def test_the_routes_wait_with_torch_until_they_are_asked():
    code = "import sys, gatescope.live.routes; print(*{'torch', 'pandas'} & sys.modules.keys())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


@pytest.mark.parametrize(("asked", "watched"), [("", "none"), ("poll", "poll")])
def test_no_visitor_waits_while_streamlit_looks_for_the_files_of_all_modules(asked, watched):
    """For each new visitor it held up everybody for 1.8 s; who edits the app may ask for it."""
    code = (
        "from streamlit import config; from gatescope.live import warm_up; warm_up.warm_up = lambda: None; "
        f"{asked!r} and config.set_option('server.fileWatcherType', {asked!r}); "
        "import gatescope.app; print(config.get_option('server.fileWatcherType'))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == watched
