"""Which of many units are shown first, and is a pinned one among them?"""

import torch

from gatescope.question.holds import Cell
from gatescope.question.view import Shown, Source
from gatescope.reading.read import read
from gatescope.recording import window

TAGGED = Source(model="tagger", sentence="Giraffes in a field watch the birds")


def test_a_unit_weighs_as_much_as_its_h_moves_what_is_said():
    reading = read(TAGGED)
    h = reading.trace.h[-1, 0, :, 0].clone().requires_grad_()
    said = reading.model.linear(h).log_softmax(-1).max(-1).values
    [gradient] = torch.autograd.grad(said.sum(), h)
    expected = (gradient * h).abs().mean(0)
    torch.testing.assert_close(window.weights(reading, reading.trace)[0], expected.detach(), atol=1e-5, rtol=1e-4)


def test_a_pinned_unit_is_one_of_the_few_that_are_shown():
    reading = read(TAGGED)
    few = window.few_units(reading, reading.trace, Shown())[0, 0]
    other = next(unit for unit in range(64) if unit not in few)
    pinned = window.few_units(reading, reading.trace, Shown(pin=Cell(0, 0, other, 1)))[0, 0]
    assert (len(pinned), other in pinned) == (len(few), True)
