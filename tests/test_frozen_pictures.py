"""Is Memory's answer to the sixty frozen links as it was? Its numbers and its words; Node's tests hold the places."""

import pytest
from frozen.answered import answered
from frozen.kept import PICTURES, differences, frozen
from frozen.links import VIEWS

FROZEN = frozen(PICTURES)


@pytest.mark.parametrize("number", range(len(VIEWS)))
def test_a_frozen_link_is_answered_as_before(number):
    kept = {name: value for name, value in FROZEN[number].items() if name != "places"}
    assert list(differences(kept, answered(VIEWS[number]))) == []
