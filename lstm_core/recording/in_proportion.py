"""How far is an LSTM's recording from the module, in proportion to its memory, and does rounding explain it?

A memory that has been at 400 is known to roundings of 400, also when it comes back to 0. So a difference of c is
divided by the largest |c| that its unit took; and one of h by how far h would go if c went by as much, which is
o (1 - tanh² c) times it: where the output does not follow the memory, the memory excuses nothing. Nothing is divided by
less than 1. (Higham 2002, chapter 1: the backward error.)

Rounding explains a recording if no difference is above its own running bound (`running_bound`). A bound above the
largest value of a unit would explain any value: then a large difference proves nothing, neither way.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from lstm_core.recording import equations
from lstm_core.recording.call import Call, after_dropout
from lstm_core.recording.distance import Distance, scale_of, sizes
from lstm_core.recording.held_call import HeldCall, holds_of
from lstm_core.recording.layer_gates import with_holds
from lstm_core.recording.proof import BOUNDS
from lstm_core.recording.running_bound import running_bound
from lstm_core.traces.cut import last_states, past_end

FAR = 0.1
"""A difference of a smaller share of a unit's largest value says by itself how near the two are."""


class Apart(NamedTuple):
    """Values (time, batch, unit) and the module's, by what their difference is divided, and the module's own size."""

    ours: Tensor
    theirs: Tensor
    scale: Tensor
    size: Tensor
    ended: Tensor | None

    def difference(self) -> Tensor:
        """How far they are apart, 0 past the end of a sequence."""
        apart = (self.ours - self.theirs).abs()
        return apart if self.ended is None else apart.masked_fill_(self.ended, 0.0)


def in_proportion(call: Call, values: Mapping[str, Tensor], holds: Sequence[HeldCall]) -> float:
    """The largest difference of c and h from the module's, each in proportion. `values`: the quantities by letter,
    (layer, direction, time, batch, unit), with the module's own h."""
    distance = Distance()
    for layer, direction in _places(call):
        for pair in _pairs(call, _here(call, values, layer, direction), holds, layer, direction):
            distance.add(pair.ours, pair.theirs, pair.ended, pair.scale)
    return distance.largest()[1]


def within_running_bound(call: Call, values: Mapping[str, Tensor], holds: Sequence[HeldCall]) -> tuple[bool, bool]:
    """Whether rounding explains every difference, and whether it would explain any value in place of one that is far
    off."""
    explained, proves_nothing = True, False
    for layer, direction in _places(call):
        here = _here(call, values, layer, direction)
        x = _read_by(call, values, layer)
        bound = running_bound(call, here, x, layer, direction)
        pairs = _pairs(call, here, holds, layer, direction)
        bounds = bound.h, *(_last(call, most, direction) for most in bound)
        for pair, most in zip(pairs, bounds, strict=True):
            apart = pair.difference()
            # A NaN is above every bound.
            explained &= bool((apart <= most).all())
            far = apart > torch.maximum(BOUNDS[call.precision] * pair.scale, FAR * pair.size)
            proves_nothing |= bool((far & (most >= pair.size)).any())
    return explained, proves_nothing


def _places(call: Call) -> Iterator[tuple[int, int]]:
    return ((layer, direction) for layer, sides in enumerate(call.weights) for direction in range(len(sides)))


def _here(call: Call, values: Mapping[str, Tensor], layer: int, direction: int) -> dict[str, Tensor]:
    return {letter: values[letter][layer, direction].to(call.wide) for letter in call.kind.trace.quantities}


def _read_by(call: Call, values: Mapping[str, Tensor], layer: int) -> Tensor:
    """The input of a layer, (time, batch, feature)."""
    return after_dropout(call, layer - 1, torch.cat(values["h"][layer - 1].unbind(), dim=-1)) if layer else call.x


def _pairs(
    call: Call, here: Mapping[str, Tensor], holds: Sequence[HeldCall], layer: int, direction: int
) -> tuple[Apart, Apart, Apart]:
    """What is compared in one layer and direction: h of every step, the last h and the last c."""
    o, c, h = here["o"], here["c"], here["h"]
    weight_hr = call.weights[layer][direction].hr
    hr = None if weight_hr is None else call.rounded(weight_hr)
    touch = partial(with_holds, holds_of(holds, layer, direction), slice(0, len(h)))
    rebuilt = equations.show(o, c, touch, hr)["h"]
    follows = (o * (1 - torch.tanh(c) ** 2)).abs() * scale_of(c)
    if hr is not None:
        follows = follows @ hr.abs().T
    ended = None if call.lengths is None else past_end(h, call.lengths)
    ends = {letter: call.end[letter][layer, direction].to(call.wide) for letter in "hc"}
    return (
        Apart(rebuilt, h, torch.maximum(follows, scale_of(h)), sizes(h), ended),
        Apart(_last(call, h, direction), ends["h"], scale_of(h), sizes(h), None),
        Apart(_last(call, c, direction), ends["c"], scale_of(c), sizes(c), None),
    )


def _last(call: Call, states: Tensor, direction: int) -> Tensor:
    """The states (batch, unit) after the last step that a direction read."""
    return states[0] if direction else last_states(states[None, None], call.lengths)[0, 0]
