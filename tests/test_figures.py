"""Strips over words, labels, colours and still pictures, by reading their data back."""

import math

import numpy as np
import pytest

from gatescope.question.view import COLOURS
from lstm_core.plots import page_figure, pictures
from lstm_core.plots.labels import label, signed
from lstm_core.plots.page_figure import THEMES, look


@pytest.mark.parametrize(
    ("token", "shown"),
    [(" ", "␣"), ("\n", "⏎"), ("\t", "⇥"), ("\u200b", "U+200B"), ("x" * 40, "x" * 17 + "…"), ("ok", "ok")],
)
def test_a_label_can_be_seen(token, shown):
    assert label(token) == shown


@pytest.mark.parametrize(
    ("value", "said"), [(0.1, "+0.10"), (0.0999, "+0.100"), (-0.0512, "−0.051"), (1e-6, "+0.00"), (-12.3456, "−12.35")]
)
def test_a_small_number_gets_more_places(value, said):
    assert signed(value) == said


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("colours", COLOURS)
def test_a_scale_is_ordered_by_lightness_so_that_it_reads_without_colour(colours, theme):
    chosen = look(colours, theme)
    gates = [lightness(colour) for _, colour in chosen.gates]
    assert gates == sorted(gates, reverse=theme == "light")
    negative, zero, positive = chosen.states[:3], chosen.states[2][1], chosen.states[2:]
    assert zero == page_figure.STATES[colours, theme][2]
    for half in (negative[::-1], positive):
        steps = [lightness(colour) for _, colour in half]
        assert steps in (sorted(steps), sorted(steps, reverse=True))


def lightness(colour):
    return sum(weight * int(colour[k : k + 2], 16) for weight, k in ((0.2126, 1), (0.7152, 3), (0.0722, 5)))


def test_each_cell_of_a_still_picture_has_the_shade_of_its_value():
    values = np.array([[-1, 0, 1], [-9, math.nan, 9]])
    image = pictures.cells(pictures.Strip("c", values, -1.0, 1.0, ["#000000", "#ffffff", "#ff0000"]))
    assert np.asarray(image).tolist() == [[0, 32, 63], [0, 64, 63]]
    seen = image.convert("RGB")
    assert [seen.getpixel((x, 0)) for x in (0, 2)] == [(0, 0, 0), (255, 0, 0)]
    assert image.info["transparency"] == 64
