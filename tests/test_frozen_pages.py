"""Does each page say and offer what it did? Its words, its controls, and the numbers of its figures."""

import pytest
from frozen.kept import PAGES, differences, frozen
from frozen.pages import SHOWN, frozen_page

FROZEN = frozen(PAGES)


@pytest.fixture(autouse=True)
def nothing_was_trained_here(monkeypatch):
    """The page says how long such a training took last time, also if another test trained it."""
    monkeypatch.setattr("gatescope.model_page.train_one_here.seconds_last_time", lambda _setup: None)


@pytest.mark.parametrize("number", range(len(SHOWN)))
def test_a_frozen_page_is_as_before(number):
    assert list(differences(FROZEN[number], frozen_page(*SHOWN[number]))) == []
