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


@pytest.mark.parametrize(
    ("one", "other", "is_close"),
    [
        ("a proof to 2e-07", "a proof to 5e-07, which is 1e-06 of each unit’s largest value", True),
        ("it is 0.355.", "it is 0.354.", True),
        ("it is 0.35, not more", "it is 0.37, not more", False),
        ("0.38", "0.39", False),
        ("pin=0.38.12", "pin=0.39.12", False),
        ("unit=0.38&n=1", "unit=0.39&n=1", False),
        (12.25, 12.24, True),
        (12, 13, False),
    ],
)
def test_what_a_processor_rounds_is_close_and_the_names_of_cells_are_not(one, other, is_close):
    assert (list(differences(one, other)) == []) == is_close
