"""What the server keeps: for whom, how much of it, and computed how often."""

from threading import Event, Thread

import pytest

from gatescope.question.view import Source
from gatescope.reading import read as reading
from gatescope.serving.still_wanted import NoLongerWanted, while_wanted
from gatescope.store import remembered, text_files
from gatescope.store.budgets import Budget
from gatescope.store.keyed_store import KeyedStore
from gatescope.store.remembered import Remembered
from gatescope.store.size_of import ENTRY, of_key

LONG = 60


class Small:
    """A budget of some bytes."""

    def __init__(self, bytes):
        self.bytes = bytes


def store(room):
    return KeyedStore(Small(room), len)


def test_a_value_is_found_by_its_key_alone_until_it_is_dropped():
    kept = store(10_000)
    one, other = kept.put("one"), kept.put("other")
    assert (kept.get(one), kept.get(other), kept.get("x")) == ("one", "other", None)
    assert one != other
    assert len(one) >= 22
    kept.drop(one)
    kept.drop("x")
    assert kept.get(one) is None


def test_what_was_asked_for_longest_ago_makes_room():
    kept = store(3 * (ENTRY + 10))
    keys = [kept.put("x" * 10) for _ in range(3)]
    assert kept.get(keys[0])
    fourth = kept.put("x" * 10)
    assert [kept.get(key) is not None for key in (*keys, fourth)] == [True, False, True, True]
    assert kept.used <= kept.room


def test_a_value_larger_than_all_the_room_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="Expected at most 2,000 bytes to keep, got 3,000"):
        store(2_000).put("x" * 2_000)


def test_room_is_made_before_as_much_comes_in():
    kept = store(3 * (ENTRY + 10))
    keys = [kept.put("x" * 10) for _ in range(3)]
    kept.make_room(ENTRY)
    assert [kept.get(key) is not None for key in keys] == [False, True, True]


def test_every_entry_of_a_key_is_counted():
    sentence = "x" * 10_000
    assert of_key(sentence) > 10_000
    assert of_key((1, (sentence, Source(sentence=sentence)))) > 20_000


def test_a_cache_counts_its_keys():
    """40 questions of 7.5 MB took 465 MB, of which the cache counted nothing."""
    cache = Remembered(lambda _: None, Small(1_000_000), lambda text: text, lambda _: 0)
    for number in range(40):
        cache(f"{number}" + "x" * 100_000)
    assert 800_000 < cache.used <= 1_000_000


def test_readings_count_the_text_that_they_are_kept_by():
    reading._kept.forget()
    reading.read(Source(sentence="x" * 900_000, tokens="numbers"))
    assert reading._kept.used > 900_000


def test_files_count_their_names_and_names_are_cut():
    before = text_files._store.used
    for _ in range(100):
        text_files.keep("n" * 60_000, b"a")
    added = text_files._store.used - before
    assert 100 * 255 < added < 100 * 3_000


def test_a_value_is_computed_once_however_many_ask_at_once():
    begun, goes_on, calls = Event(), Event(), []

    def find(key):
        calls.append(key)
        begun.set()
        assert goes_on.wait(LONG)
        return key * 2

    cache, answers = Remembered(find, Small(100_000), lambda key: key, lambda _: 0), []
    threads = [Thread(target=lambda: answers.append(cache("a"))) for _ in range(4)]
    threads[0].start()
    assert begun.wait(LONG)
    for thread in threads[1:]:
        thread.start()
    goes_on.set()
    for thread in threads:
        thread.join(LONG)
    assert (answers, calls) == (["aa"] * 4, ["a"])
    assert cache.is_known("a")


def test_when_the_first_goes_away_the_next_one_computes():
    begun, goes_on, calls = Event(), Event(), []

    def find(key):
        calls.append(key)
        if len(calls) == 1:
            begun.set()
            assert goes_on.wait(LONG)
            raise NoLongerWanted
        return key

    cache, answers = Remembered(find, Small(100_000), lambda key: key, lambda _: 0), []

    def first():
        with pytest.raises(NoLongerWanted):
            cache("a")

    threads = [Thread(target=first), Thread(target=lambda: answers.append(cache("a")))]
    threads[0].start()
    assert begun.wait(LONG)
    threads[1].start()
    goes_on.set()
    for thread in threads:
        thread.join(LONG)
    assert (answers, calls) == (["a"], ["a", "a"])


def test_one_who_waits_for_anothers_result_can_leave(monkeypatch):
    monkeypatch.setattr(remembered, "LOOK", 0.001)
    begun, goes_on = Event(), Event()

    def find(key):
        begun.set()
        assert goes_on.wait(LONG)
        return key

    cache = Remembered(find, Small(100_000), lambda key: key, lambda _: 0)
    first = Thread(target=cache, args=("a",))
    first.start()
    assert begun.wait(LONG)
    with while_wanted(lambda: False), pytest.raises(NoLongerWanted):
        cache("a")
    goes_on.set()
    first.join(LONG)


def test_what_is_too_large_to_keep_is_answered_all_the_same():
    cache = Remembered(lambda key: key, Small(2_000), lambda key: key, lambda _: 5_000)
    assert cache("a") == "a"
    assert not cache.is_known("a")


def test_all_budgets_together_stay_below_a_gigabyte():
    assert sum(budget.bytes for budget in Budget) <= 1_000_000_000
