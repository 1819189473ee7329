"""Which of many units are shown first, and stand in a file?"""

import torch

from gatescope.question.view import Source
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
