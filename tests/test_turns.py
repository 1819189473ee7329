"""Visitors take turns, a full line says so, and what nobody waits for ends."""

import asyncio
from threading import Event, Thread

import pytest

from gatescope.serving import limits, turns
from gatescope.serving.limits import TooMuch
from gatescope.serving.still_wanted import NoLongerWanted, go_on, while_wanted, within
from gatescope.serving.turns import Busy, Job, Turns, Visitor, heavy_turn, working_for
from gatescope.store.remembered import Remembered
from tests import own_loop

LONG = 60


class Line:
    """Turns whose only thread is held until it is let go of; what was done then, in order."""

    def __init__(self, most_waiting=100):
        self.turns, self.done, self.jobs = Turns("test", 1, most_waiting), [], []
        self._begun, self._goes_on = Event(), Event()
        self.turns.stand_in_line(Job(Visitor("first"), self._hold))
        assert self._begun.wait(LONG)

    def _hold(self):
        self._begun.set()
        assert self._goes_on.wait(LONG)

    def add(self, address, browser="", name=None):
        job = Job(Visitor(address, browser), lambda: self.done.append(name or f"{address}{browser}"))
        self.turns.stand_in_line(job)
        self.jobs.append(job)
        return job

    def let_go(self):
        self._goes_on.set()
        for job in self.jobs:
            if not job.answer.cancelled() and job.answer.exception(LONG):
                continue
        return self.done


def test_many_jobs_of_one_never_stand_before_the_first_of_another():
    line = Line()
    for _ in range(5):
        line.add("a")
    line.add("b")
    line.add("c")
    line.add("b")
    assert line.let_go() == ["a", "b", "c", "a", "b", "a", "a", "a"]


def test_browsers_at_one_address_share_that_addresss_turns():
    line = Line()
    for number in range(3):
        line.add("class", f"{number}")
        line.add("class", f"{number}")
    line.add("other")
    line.add("other")
    assert line.let_go() == ["class0", "other", "class1", "other", "class2", "class0", "class1", "class2"]


def test_a_full_line_refuses_whoever_has_most_in_it():
    line = Line(most_waiting=3)
    for _ in range(3):
        line.add("a")
    with pytest.raises(Busy):
        line.add("a")
    line.add("b")
    assert line.turns.waiting == 3
    assert isinstance(line.jobs[2].answer.exception(LONG), Busy)
    assert line.let_go() == ["a", "b", "a"]


def test_who_would_have_as_many_as_the_longest_pushes_nobody_out():
    line = Line(most_waiting=3)
    for address in "aab":
        line.add(address)
    with pytest.raises(Busy):
        line.add("b")
    line.add("c")
    assert line.let_go() == ["a", "b", "c"]


def test_new_names_at_one_address_do_not_push_another_address_out():
    line = Line(most_waiting=3)
    for number in range(3):
        line.add("a", f"{number}")
    with pytest.raises(Busy):
        line.add("a", "new")
    line.add("b")
    assert "b" in line.let_go()


def test_two_hundred_at_once_are_all_done_or_told_to_wait():
    turns = Turns("test", 2, 64)

    async def one(number):
        try:
            return await turns.take(Job(Visitor(f"{number % 7}"), lambda: number))
        except Busy:
            return "busy"

    async def all_of_them():
        return await asyncio.gather(*(one(number) for number in range(200)))

    answers = own_loop.run(all_of_them())
    assert all(answer in (number, "busy") for number, answer in enumerate(answers))
    assert sum(answer != "busy" for answer in answers) >= 64
    assert turns.waiting == 0


def test_a_job_that_was_dropped_before_its_turn_is_never_begun():
    line = Line()
    job = line.add("a")
    line.add("b")
    job.drop()
    assert line.let_go() == ["b"]


def test_a_running_job_ends_where_it_next_asks_whether_it_is_wanted():
    turns, begun, dropped, ended = Turns("test", 1, 10), Event(), Event(), Event()

    def work():
        begun.set()
        assert dropped.wait(LONG)
        try:
            go_on()
        finally:
            ended.set()

    job = Job(Visitor("a"), work)
    turns.stand_in_line(job)
    assert begun.wait(LONG)
    job.drop()
    dropped.set()
    assert ended.wait(LONG)
    assert isinstance(job.answer.exception(LONG), NoLongerWanted)


def test_a_visitor_who_stops_waiting_drops_the_job():
    turns, begun, goes_on, ended = Turns("test", 1, 10), Event(), Event(), Event()

    def work():
        begun.set()
        assert goes_on.wait(LONG)
        try:
            go_on()
        except NoLongerWanted:
            ended.set()
            raise

    async def visit():
        task = asyncio.create_task(turns.take(Job(Visitor("a"), work)))
        assert await asyncio.to_thread(begun.wait, LONG)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    own_loop.run(visit())
    goes_on.set()
    assert ended.wait(LONG)


def test_what_a_job_raises_reaches_who_waits_for_it():
    async def visit():
        with pytest.raises(ZeroDivisionError):
            await Turns("test", 1, 10).take(Job(Visitor("a"), lambda: 1 // 0))

    own_loop.run(visit())


def test_outside_of_jobs_everything_is_wanted():
    go_on()


class Stops(BaseException):
    """What Streamlit raises in a page's thread."""


@pytest.fixture
def heavy(monkeypatch):
    """The line of all heavy jobs, with one place that is taken, and a quick look at who still waits."""
    line = Line()
    monkeypatch.setattr(turns, "HEAVY", line.turns)
    monkeypatch.setattr(turns, "LOOK", 0.001)
    yield line
    line.let_go()


def page(visitor, work):
    """A page's thread, which waits for its turn to do some work."""

    def run():
        with working_for(visitor), heavy_turn():
            work()

    thread = Thread(target=run)
    thread.start()
    return thread


def stands_in_line(line, waiting):
    for _ in range(10_000):
        if line.turns.waiting == waiting:
            return True
        Event().wait(0.001)
    return False


def test_a_pages_thread_waits_for_its_turn_among_the_jobs_of_all(heavy):
    for _ in range(2):
        heavy.add("a")
    thread = page(Visitor("b"), lambda: heavy.done.append("page"))
    assert stands_in_line(heavy, 3)
    assert heavy.done == []
    heavy.let_go()
    thread.join(LONG)
    assert heavy.done == ["a", "page", "a"]


def test_a_page_keeps_its_place_until_its_work_ends(heavy):
    begun, goes_on = Event(), Event()

    def work():
        begun.set()
        assert goes_on.wait(LONG)
        heavy.done.append("page")

    thread = page(Visitor("b"), work)
    assert stands_in_line(heavy, 1)
    after = heavy.add("a", name="after")
    heavy._goes_on.set()
    assert begun.wait(LONG)
    assert (heavy.turns.waiting, heavy.done) == (1, [])
    goes_on.set()
    thread.join(LONG)
    after.answer.result(LONG)
    assert heavy.done == ["page", "after"]


def test_a_page_that_is_stopped_gives_its_place_back():
    turns = Turns("test", 1, 10)
    for _ in range(3):
        with pytest.raises(Stops), turns.one(Visitor("a")):
            raise Stops
    job = Job(Visitor("b"), lambda: "done")
    turns.stand_in_line(job)
    assert job.answer.result(LONG) == "done"


def test_a_page_that_is_stopped_while_it_waits_leaves_the_line(heavy):
    def stop():
        raise Stops

    with while_wanted(stop), pytest.raises(Stops), heavy_turn():
        heavy.done.append("page")
    job = heavy.add("a")
    heavy._goes_on.set()
    job.answer.result(LONG)
    assert heavy.done == ["a"]


def test_a_page_that_finds_the_line_full_stands_in_it_again(monkeypatch):
    monkeypatch.setattr(turns, "LOOK", 0.001)
    line, refused = Line(most_waiting=1), Event()
    line.add("b")

    def stays():
        refused.set()
        return True

    def run():
        with while_wanted(stays), line.turns.one(Visitor("b")):
            line.done.append("page")

    thread = Thread(target=run)
    thread.start()
    assert refused.wait(LONG)
    assert line.done == []
    line.let_go()
    thread.join(LONG)
    assert line.done == ["b", "page"]


def test_a_page_that_had_to_make_room_in_the_line_stands_in_it_again(monkeypatch):
    monkeypatch.setattr(turns, "LOOK", 0.001)
    line = Line(most_waiting=2)

    def run():
        with line.turns.one(Visitor("b")):
            line.done.append("page")

    thread = Thread(target=run)
    line.add("b")
    thread.start()
    assert stands_in_line(line, 2)
    line.add("c")
    line.let_go()
    thread.join(LONG)
    assert line.done == ["b", "c", "page"]


def test_what_has_its_turn_never_waits_for_another(monkeypatch):
    monkeypatch.setattr(turns, "HEAVY", Turns("test", 1, 10))

    def within_within():
        with heavy_turn(), heavy_turn():
            return "done"

    job = Job(Visitor("a"), within_within)
    turns.HEAVY.stand_in_line(job)
    assert job.answer.result(LONG) == "done"
    assert within_within() == "done"


def test_who_waits_for_a_turn_has_begun_nothing_that_others_wait_for(heavy):
    """The job in the only place asks for what the page would compute: it computes it, and the page takes it over."""
    calls = []

    def find(key):
        calls.append(key)
        return key

    class Budget:
        bytes = 100_000

    cache, answers = Remembered(find, Budget, lambda key: key, lambda _: 0, lambda _: True), []
    heavy.jobs.append(job := Job(Visitor("a"), lambda: cache("what")))
    heavy.turns.stand_in_line(job)
    thread = page(Visitor("b"), lambda: None)
    asks = Thread(target=lambda: answers.append(cache("what")))
    asks.start()
    assert stands_in_line(heavy, 3)
    assert calls == []
    heavy.let_go()
    thread.join(LONG)
    asks.join(LONG)
    assert (answers, calls) == (["what"], ["what"])


def test_a_job_that_takes_too_long_ends_with_what_to_do():
    now = [0.0]
    with within(limits.SECONDS, lambda: now[0]):
        now[0] = limits.SECONDS.most
        go_on()
        now[0] += 1
        with pytest.raises(TooMuch, match=r"within 120 seconds.*run it in Python"):
            go_on()
    go_on()


def test_a_job_within_its_time_still_ends_when_nobody_waits():
    with while_wanted(lambda: False), within(limits.SECONDS, lambda: 0.0), pytest.raises(NoLongerWanted):
        go_on()


def test_every_job_and_page_in_its_turn_has_so_many_seconds(monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", limits.Limit(-1, "Run it in Python."))
    job = Job(Visitor("a"), go_on)
    job.run()
    assert isinstance(job.answer.exception(LONG), TooMuch)
    with pytest.raises(TooMuch), Turns("test", 1, 10).one(Visitor("a")):
        go_on()
