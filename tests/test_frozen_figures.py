"""Is each figure of the library as it was? Its numbers, its words and its places."""

import pytest
from frozen.figures import DRAWN, frozen_figure
from frozen.kept import FIGURES, differences, frozen

FROZEN = frozen(FIGURES)


@pytest.mark.parametrize("name", DRAWN)
def test_a_frozen_figure_is_drawn_as_before(name):
    assert list(differences(FROZEN[name], frozen_figure(name))) == []
