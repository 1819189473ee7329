"""No heavy job stands before a light one, visitors take turns, and what nobody waits for ends."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from threading import Event, Thread

import pytest
from anyio import CapacityLimiter
from hypothesis import example, given, settings
from hypothesis import strategies as st
from own_loop import LONG
from served import answer_of, asked, visit

from gatescope.live import work
from gatescope.live.shared_with_browser import VISITOR
from gatescope.live.work import length_of
from gatescope.question.holds import read_holds
from gatescope.question.view import Source, View
from gatescope.reading.read import read
from gatescope.serving import limits, turns
from gatescope.serving.turns import Line, go_on, heavy_turn, while_wanted, within, working_for
from lstm_core import LstmCoreError

# The question whose answer is held here.
ROUTE = "recording"
HEAVY = {"query": {"hidden_dim": "512", "n_layers": "4"}, "room": 800}
LONGER = {"query": {"sentence": "a " * 900, "hidden_dim": "64"}, "room": 800}
LIGHT = {"query": {}, "room": 800}


class Gone(BaseException):
    """What is raised where nobody waits, as Streamlit does in a page's thread."""


def gone():
    raise Gone


@settings(max_examples=25)
@given(st.lists(st.sampled_from("abc·"), max_size=40), st.integers(1, 3))
@example([*"a·a·aa", *"bbbb····"], 1)
@example([*"aacb··", *"c·b·c·b·c·b·c·b·"], 1)
def test_a_job_waits_for_about_as_many_jobs_of_each_other_visitor_as_of_its_own(events, at_once):
    """A letter: a visitor asks for a job; `·`: the job that has run for longest ends, or else who waits last leaves."""
    line, waiting, at_work, seen = Line(at_once), [], [], set()
    for event in [*events, *"·" * len(events)]:
        if event != "·":
            ahead = sum(job["visitor"] == event for job in waiting)
            most = ahead + 2 if event in seen else 1
            waiting.append({"visitor": event, "place": line.join(event), "most": most, "before": []})
            seen.add(event)
        elif at_work or waiting:
            line.leave((at_work.pop(0) if at_work else waiting.pop())["place"])
        for begun in sorted((job for job in waiting if job["place"] not in line.waiting), key=lambda job: job["place"]):
            waiting.remove(begun)
            at_work.append(begun)
            counts = Counter(begun["before"])
            assert all(count <= begun["most"] for visitor, count in counts.items() if visitor != begun["visitor"])
            for job in waiting:
                job["before"].append(begun["visitor"])
        assert len(at_work) == min(at_once, len(at_work) + len(waiting))


@pytest.fixture
def line(monkeypatch):
    """The line of all heavy jobs, which run one at a time."""
    line = Line(1)
    monkeypatch.setattr(turns, "_heavy", line)
    monkeypatch.setattr(turns, "LOOK", 0.001)
    return line


def page(visitor, work):
    """A page's thread, which waits for its turn to do some work."""

    def run():
        with working_for(visitor), heavy_turn():
            work()

    thread = Thread(target=run)
    thread.start()
    return thread


def until(holds):
    for _ in range(20_000):
        if holds():
            return
        Event().wait(0.001)
    pytest.fail("it never came so far")


def test_a_page_waits_for_its_turn_keeps_it_until_its_work_ends_and_asks_for_no_second(line):
    done, begun, goes_on = [], Event(), Event()

    def work():
        begun.set()
        with heavy_turn():
            assert goes_on.wait(LONG)
        done.append("page")

    before = line.join("a")
    thread = page("b", work)
    until(lambda: len(line.waiting) == 1)
    assert not begun.is_set()
    line.leave(before)
    assert begun.wait(LONG)
    after = line.join("a")
    assert after in line.waiting
    goes_on.set()
    thread.join(LONG)
    assert done == ["page"]
    assert after not in line.waiting


def test_a_page_that_is_stopped_leaves_the_line_and_gives_its_turn_back(line):
    place = line.join("a")
    with pytest.raises(Gone), while_wanted(gone), heavy_turn():
        pass
    line.leave(place)
    with pytest.raises(Gone), heavy_turn():
        raise Gone
    place = line.join("b")
    assert (line.waiting, place in line.waiting) == ([], False)


def test_a_heavy_job_that_takes_too_long_ends_with_what_to_do(monkeypatch):
    now = [0.0]
    with within(limits.SECONDS, lambda: now[0]):
        now[0] = limits.SECONDS.most
        go_on()
        now[0] += 1
        with pytest.raises(LstmCoreError, match=r"within 120 seconds.*run it in Python"):
            go_on()
    go_on()
    with pytest.raises(Gone), while_wanted(gone), within(limits.SECONDS):
        go_on()
    monkeypatch.setattr(limits, "SECONDS", limits.Limit(-1, "Run it in Python."))
    with pytest.raises(LstmCoreError), heavy_turn():
        go_on()


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
def test_a_job_is_heavy_long_or_light_by_what_it_takes(length, source):
    assert length_of(View(source)) == length


def test_a_hold_makes_a_long_text_heavy_because_it_is_read_step_by_step():
    held = read_holds("f.0.2.all_0")
    assert length_of(View(Source(sentence="x" * 1_500, tokens="characters"), holds=held)) == "heavy"
    assert length_of(View(holds=held)) == "light"


class Held:
    """Answers to all but light questions, which are not ready until they are let go of, or nobody waits for them."""

    def __init__(self, monkeypatch):
        self.begun, self.ended, self.goes_on, self.at_work = Event(), Event(), Event(), 0
        self._real = getattr(work, ROUTE)
        monkeypatch.setattr(work, ROUTE, self.answer)

    def answer(self, query, *of):
        if query == LIGHT["query"]:
            return self._real(query, *of)
        self.at_work += 1
        self.begun.set()
        try:
            while not self.goes_on.wait(0.001):
                go_on()
        except BaseException:
            self.ended.set()
            raise
        return b"held"


@pytest.fixture
def held(monkeypatch):
    held = Held(monkeypatch)
    yield held
    held.goes_on.set()


async def ask(app, question, left=None):
    """A question is asked; `left` says when its visitor leaves."""
    coming = [{"type": "http.request", "body": json.dumps(question).encode()}]

    async def receive():
        if not coming:
            await (left or asyncio.Event().wait)()
            return {"type": "http.disconnect"}
        return coming.pop()

    return await answer_of(app, asked(f"/gatescope/{ROUTE}", **{VISITOR.lower(): "one"}), receive)


async def has_begun(held):
    assert await asyncio.to_thread(held.begun.wait, LONG)


@pytest.mark.parametrize("question", [HEAVY, LONGER | {"x": "x" * 50_000}], ids=["heavy", "long"])
def test_a_light_question_is_answered_while_fifty_others_wait(held, question):
    async def visitor(app):
        waiting = [asyncio.create_task(ask(app, question)) for _ in range(50)]
        await has_begun(held)
        assert (await ask(app, LIGHT)).status_code == 200
        assert held.at_work <= 2
        assert not any(task.done() for task in waiting)
        held.goes_on.set()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}

    visit(visitor)


def test_beyond_the_line_the_answer_is_busy_and_when_to_ask_again(held, monkeypatch):
    monkeypatch.setitem(turns._threads, "heavy", CapacityLimiter(3))

    async def visitor(app):
        waiting = [asyncio.create_task(ask(app, HEAVY)) for _ in range(3)]
        while turns._threads["heavy"].available_tokens:
            await asyncio.sleep(0.001)
        busy = await ask(app, HEAVY)
        assert (busy.status_code, json.loads(busy.content)) == (503, {"busy": True, "error": "busy, trying again"})
        assert int(busy.headers["retry-after"]) >= 1
        held.goes_on.set()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}
        assert (await ask(app, HEAVY)).status_code == 200

    visit(visitor)


def test_a_job_ends_when_its_visitor_leaves_whether_it_runs_or_waits(held, line):
    async def visitor(app):
        async def in_line():
            while not line.waiting:
                await asyncio.sleep(0.001)

        runs = asyncio.create_task(ask(app, HEAVY, left=in_line))
        await has_begun(held)
        await ask(app, HEAVY, left=in_line)
        await runs
        assert held.ended.is_set()
        assert line.waiting == []

    visit(visitor)


def test_a_reading_ends_where_nobody_waits_for_it():
    looks = iter([1, 2])
    with while_wanted(lambda: next(looks, None) or gone()), pytest.raises(Gone):
        read(Source(sentence="a b " * 20_000, hidden_dim=65))


def test_the_routes_wait_with_torch_until_they_are_asked():
    code = "import sys, gatescope.live.routes; print(*{'torch', 'pandas'} & sys.modules.keys())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


@pytest.mark.parametrize(("asked", "watched"), [("", "none"), ("poll", "poll")])
def test_no_visitor_waits_while_streamlit_looks_for_the_files_of_all_modules(asked, watched):
    """For each new visitor it held up everybody for 1.8 s; who edits the app may ask for it."""
    code = (
        "from streamlit import config; from gatescope.live import process; process.warm_up = lambda: None; "
        f"{asked!r} and config.set_option('server.fileWatcherType', {asked!r}); "
        "import gatescope.app; print(config.get_option('server.fileWatcherType'))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == watched
