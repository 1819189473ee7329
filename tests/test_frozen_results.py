"""Does the library return what it did? Of each room many small situations, with all numbers and words of the result."""

import pytest
from frozen.kept import RESULTS, differences, frozen
from frozen.plain import plain
from frozen.results import ROOMS

FROZEN = frozen(RESULTS)


def is_as_before(room, name):
    assert list(differences(FROZEN[room][name], plain(ROOMS[room][name]()))) == []


@pytest.mark.parametrize("name", ROOMS["analysis"])
def test_what_is_analysed_is_as_before(name):
    is_as_before("analysis", name)


@pytest.mark.parametrize("name", ROOMS["scanning"])
def test_what_is_scanned_is_as_before(name):
    is_as_before("scanning", name)
