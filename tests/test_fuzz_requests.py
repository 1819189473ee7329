"""Requests that nobody would send, the same in every run: half a minute of them."""

from collections import Counter

import pytest
from fuzz import requests as fuzz

# Far above what an answer takes here: a machine that does other things too is no failure.
SECONDS, MEGABYTES = 60.0, 800.0


@pytest.mark.parametrize("seed", [1, 2])
def test_every_request_is_answered_in_a_sentence(seed):
    counts, failed = fuzz.fuzz(fuzz.in_process(), seed, 300, SECONDS, MEGABYTES)
    assert failed == []
    assert counts[200] > 30
    assert counts[400] > 100


def test_the_same_seed_asks_the_same():
    assert fuzz.requests(3, 20) == fuzz.requests(3, 20) != fuzz.requests(4, 20)


def test_the_judge_sees_what_is_wrong():
    request = fuzz.Request("picture", b"{}")
    assert fuzz.judged(request, 500, b"", 0, 1)
    assert fuzz.judged(request, 503, b"", 0, 1)
    assert fuzz.judged(request, 200, b"", 2, 1)
    assert fuzz.judged(request, 400, b"Traceback (most recent call last)", 0, 1)
    assert not fuzz.judged(request, 503, b'{"busy": true}', 0, 1)
    assert not fuzz.judged(request, 400, b"Expected", 0, 1)


def test_it_asks_every_route():
    paths = Counter(request.path.split("?")[0].split("/")[0] for request in fuzz.requests(1, 300))
    assert set(paths) == {"picture", "progress", "cell", "file", "download"}
