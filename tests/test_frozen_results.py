"""Does the library return what it did? Of each room many small situations, with all numbers and words of the result."""

import pytest
from frozen.kept import RESULTS, differences, frozen
from frozen.plain import plain
from frozen.results import BY_ROOM

FROZEN = frozen(RESULTS)


@pytest.mark.parametrize(("room", "name"), [(room, name) for room, cases in BY_ROOM.items() for name in cases])
@pytest.mark.filterwarnings("ignore")
def test_what_is_returned_is_as_before(room, name):
    assert list(differences(FROZEN[room][name], plain(BY_ROOM[room][name]()))) == []
