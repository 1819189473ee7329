"""Does the server say what a page alone is compared with? Pictures, terms, drawers, CSVs; Node's tests ask the page."""

import pytest
from frozen.alone import ASKED, OF_OWN, OWN, answered, own_model
from frozen.kept import ALONE, differences, frozen

from gatescope.store import visitor_models

FROZEN = frozen(ALONE)["answers"]


@pytest.fixture(scope="module")
def keys() -> dict[str, str]:
    """Under which name the app opens each model of somebody's own."""
    return {name: visitor_models.put(own_model(name)) for name in OWN}


@pytest.mark.parametrize("number", range(len(ASKED) + len(OF_OWN)))
@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_the_server_says_of_a_cell_what_a_page_alone_is_compared_with(number: int, keys: dict[str, str]):
    assert list(differences(FROZEN[number], answered([*ASKED, *OF_OWN][number], keys))) == []
