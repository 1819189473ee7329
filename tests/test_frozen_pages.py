"""Does each page say and offer what it did? Its words, its controls, and the numbers of its figures."""

import pytest
from frozen.kept import PAGES, differences, frozen
from frozen.pages import SHOWN, frozen_page

FROZEN = frozen(PAGES)


@pytest.mark.parametrize("number", range(len(SHOWN)))
def test_a_frozen_page_is_as_before(number):
    assert list(differences(FROZEN[number], frozen_page(*SHOWN[number]))) == []
