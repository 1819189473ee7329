"""What the server keeps: for whom, how much of it, and computed how often."""

from threading import Event, Thread

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import lstm_core
from gatescope.question.view import Source
from gatescope.reading.read import read
from gatescope.serving import turns
from gatescope.serving.turns import Line, go_on, heavy_turn, while_wanted
from gatescope.store import text_files, visitor_models, visitor_traces
from gatescope.store.remembered import ENTRY_BYTES, Budget, KeyedStore, remembered

LONG = 60


class Gone(BaseException):
    """What is raised where nobody waits."""


def gone():
    raise Gone


@settings(max_examples=25)
@given(st.lists(st.one_of(st.integers(0, 2_500), st.tuples(st.sampled_from(["get", "drop"]), st.integers(0, 20)))))
def test_a_value_is_found_by_its_key_alone_until_newer_ones_need_the_room(events):
    """A number: a value of so many bytes is put; else an earlier one is asked for or dropped."""
    store, room = KeyedStore(5 * ENTRY_BYTES, len), 5 * ENTRY_BYTES
    keys, expected = [], {}
    for event in events:
        if isinstance(event, int):
            keys.append(store.put("x" * event))
            expected[keys[-1]] = "x" * event
            while sum(ENTRY_BYTES + len(value) for value in expected.values()) > room:
                del expected[next(iter(expected))]
        elif event[1] < len(keys):
            key = keys[event[1]]
            if event[0] == "drop":
                store.drop(key)
                expected.pop(key, None)
            assert store.get(key) == expected.get(key)
            if key in expected:
                expected[key] = expected.pop(key)
    assert {key: store.get(key) for key in keys} == {key: expected.get(key) for key in keys}
    assert all(len(key) >= 22 for key in keys)
    assert store.get("") is None
    assert len(set(keys)) == len(keys)


def test_a_value_larger_than_all_the_room_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="Expected at most 2,000 bytes to keep, got 2,000"):
        KeyedStore(2_000, len).put("x" * 2_000)


def test_a_key_of_an_epoch_or_a_sequence_opens_that_one_and_no_other():
    model, before, first = (lstm_core.load_model("counter") for _ in range(3))
    key = visitor_models.put(model, {0: before, 2: first})
    opened = [visitor_models.kept(key + part) for part in ("", "@0", "@2", "@1", "@x", "@٢", "@", "@-1")]
    assert opened == [model, before, first, *[None] * 5]
    key = visitor_traces.put("three", lstm_core.run(nn.LSTM(1, 1), torch.ones(2, 3, 1)))
    opened = [visitor_traces.kept(key + part) for part in ("", "@0", "@2", "@3", "@x", "@", "@-1")]
    assert [found and found[1] for found in opened] == [0, 0, 2, *[None] * 4]


def test_a_files_name_is_cut_and_its_text_and_name_count():
    text = "x" * 20_000_000
    keys = [text_files.keep("n" * 60_000, text.encode()) for _ in range(3)]
    assert [text_files.kept(key) is not None for key in keys] == [False, True, True]
    assert text_files.kept(keys[1]).name == "n" * 255


def test_a_long_text_is_read_once_and_another_one_by_itself():
    asked = [Source(sentence=f"{number} word" * 500, hidden_dim=2) for number in range(2)]
    first = read(asked[0])
    assert read(asked[0]) is first
    assert read(asked[1]) is not first
    assert read(Source(**vars(asked[0]) | {"seed": 9})).trace.c[0, 0, 0, 0, 0] != first.trace.c[0, 0, 0, 0, 0]


def cache(find, room=100_000, bytes_of=lambda _: 0, is_heavy=lambda *_: False):
    return remembered(room, key=lambda key: key, bytes_of=bytes_of, is_heavy=is_heavy)(find)


class Slow:
    """A computation that is held until it is let go of; how often it was asked for."""

    def __init__(self):
        self.begun, self.goes_on, self.calls = Event(), Event(), []

    def __call__(self, key):
        self.calls.append(key)
        if len(self.calls) == 1:
            self.begun.set()
            assert self.goes_on.wait(LONG)
            go_on()
        return key * 2


@pytest.mark.parametrize("is_heavy", [False, True])
@pytest.mark.parametrize("leaves", [False, True])
def test_a_value_is_computed_once_however_many_ask_and_again_if_the_first_goes_away(leaves, is_heavy):
    slow, answers = Slow(), []
    find = cache(slow, is_heavy=lambda *_: is_heavy)

    def first():
        if not leaves:
            answers.append(find("a"))
            return
        with while_wanted(lambda: slow.goes_on.is_set() and gone()), pytest.raises(Gone):
            find("a")

    threads = [Thread(target=first), *(Thread(target=lambda: answers.append(find("a"))) for _ in range(3))]
    threads[0].start()
    assert slow.begun.wait(LONG)
    for thread in threads[1:]:
        thread.start()
    with while_wanted(gone), pytest.raises(Gone):
        find("a")
    slow.goes_on.set()
    for thread in threads:
        thread.join(LONG)
    assert answers == ["aa"] * (3 if leaves else 4)
    assert slow.calls == ["a"] * (2 if leaves else 1)
    assert (find.is_known("a"), find.is_known("b")) == (True, False)


def test_who_waits_for_a_turn_has_begun_nothing_that_whoever_has_the_turn_waits_for(monkeypatch):
    line, calls, page = Line(1), [], []
    monkeypatch.setattr(turns, "_heavy", line)
    find = cache(lambda key: calls.append(key) or key, is_heavy=lambda *_: True)
    with heavy_turn(), heavy_turn():
        thread = Thread(target=lambda: page.append(find("what")))
        thread.start()
        while thread.is_alive() and not line.waiting:
            Event().wait(0.001)
        assert calls == []
        assert find("what") == "what"
    thread.join(LONG)
    assert (page, calls) == (["what"], ["what"])


def test_what_is_too_large_to_keep_is_answered_all_the_same():
    find = cache(lambda key: key, 2_000, lambda _: 5_000)
    assert find("a") == "a"
    assert not find.is_known("a")


def test_all_budgets_together_stay_below_a_gigabyte():
    assert 0 < sum(bytes for name, bytes in vars(Budget).items() if name.isupper()) <= 1_000_000_000
