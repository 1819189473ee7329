"""Do the rooms of the app answer as they did? All numbers and words that come back from each call."""

import pytest
from frozen.kept import ROOMS, differences, frozen
from frozen.rooms import CASES, frozen_case

FROZEN = frozen(ROOMS)


@pytest.mark.parametrize("name", CASES)
def test_a_frozen_case_is_answered_as_before(name):
    assert list(differences(FROZEN[name], frozen_case(name))) == []
