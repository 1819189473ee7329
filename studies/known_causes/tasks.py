"""Which sequences have an answer whose causes are known?

In each task a few cells of x (step, feature) make the answer, by a rule that is written here. An input of 0 means that
nothing happened. In `flag` and `snow` two cells make an event and neither does anything alone, so how they share it is
a convention: half each in `flag`, all for the rain in `snow`. Where feature 3 of `snow` stays as it is, the rain is the
only cause.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Generator, Tensor

PULSES, FLUSHES, SWITCHES = 0.08, 0.03, 0.05
"""The chance of a pulse of rain, of a flush, and of a new state, at each step."""
HINT, SHARPNESS = 1.5, 6.0
"""In `two_states`: how far apart the states' hints are, and how surely the feature that counts decides the answer."""


class Drawn(NamedTuple):
    """Sequences, what is asked of them, and the truth."""

    x: Tensor
    """(time, batch, feature)."""
    target: Tensor
    """(time, batch): the answer after each step; NaN where none is asked."""
    causes: Tensor
    """(time, batch, feature): what each cell put into the last answer; in `two_states`, into the answer of its step."""


class Task(NamedTuple):
    """A rule, and the LSTM that learns it."""

    name: str
    draw: Callable[[Generator, int], Drawn]
    hidden_size: int = 32
    training_steps: int = 3000
    classes: bool = False
    """Whether the answer is yes or no."""
    sequences: int | None = None
    """How many sequences there are to learn from; None: new ones at each training step."""
    noise: float = 0.0
    """Standard deviation of what is added to the targets of training, of one whose own is 1."""
    gate: int | None = None
    """A feature that is no event, and lets others act."""


def reservoir(decay: float, steps: int = 60) -> Callable[[Generator, int], Drawn]:
    """Rain (feature 0) fills a store, which keeps a share of its content a step. Feature 1 has such pulses too, of no
    effect, and features 2 and 3 are noise."""

    def draw(generator: Generator, count: int) -> Drawn:
        x = _weather(generator, steps, count)
        return _stored(x, x[..., 0], torch.full((steps, count), decay))

    return draw


def flushed(generator: Generator, count: int, decay: float = 0.93, steps: int = 60) -> Drawn:
    """A reservoir that feature 3 empties before the rain of its step falls."""
    x = _weather(generator, steps, count)
    x[..., 3] = (torch.rand(steps, count, generator=generator) < FLUSHES).float()
    return _stored(x, x[..., 0], decay * (1 - x[..., 3]))


def snow(generator: Generator, count: int, decay: float = 0.93, steps: int = 60) -> Drawn:
    """A reservoir that rain fills only while feature 3, which changes slowly, is above 0; it gets all the credit."""
    x = _weather(generator, steps, count)
    for step in range(1, steps):
        x[step, :, 3] = 0.9 * x[step - 1, :, 3] + 0.44 * x[step, :, 3]
    return _stored(x, x[..., 0] * (x[..., 3] > 0), torch.full((steps, count), decay))


def flag(generator: Generator, count: int, steps: int = 40) -> Drawn:
    """Feature 1 flags one step; at the end, the value of feature 0 there is asked for: each of the two cells made
    half of the answer. Feature 2 is noise."""
    x = torch.randn(steps, count, 3, generator=generator)
    flagged = torch.randint(steps, (count,), generator=generator), torch.arange(count)
    x[..., 1] = 0.0
    x[..., 1][flagged] = 1.0
    target, causes = torch.full((steps, count), torch.nan), torch.zeros_like(x)
    target[-1] = x[..., 0][flagged]
    causes[flagged] = torch.tensor([0.5, 0.5, 0.0]) * target[-1][:, None]
    return Drawn(x, target, causes)


def two_states(generator: Generator, count: int, steps: int = 60) -> Drawn:
    """A hidden state says at each step which of features 1 and 2 decides the answer; feature 0 hints at the state."""
    new = torch.rand(steps, count, generator=generator) < SWITCHES
    new[0] = torch.rand(count, generator=generator) < 0.5
    state = new.int().cumsum(0) % 2
    x = torch.randn(steps, count, 3, generator=generator)
    x[..., 0] += HINT * (2.0 * state - 1.0)
    deciding = x.gather(2, 1 + state[..., None].long())[..., 0]
    target = (torch.rand(steps, count, generator=generator) < (SHARPNESS * deciding).sigmoid()).float()
    causes = torch.zeros_like(x).scatter(2, 1 + state[..., None].long(), deciding[..., None])
    return Drawn(x, target, causes)


def _weather(generator: Generator, steps: int, count: int) -> Tensor:
    """(time, batch, 4): two features of rare pulses, and two of noise."""
    x = torch.randn(steps, count, 4, generator=generator)
    sizes = -torch.rand(steps, count, 2, generator=generator).clamp(min=1e-6).log()
    x[..., :2] = sizes * (torch.rand(steps, count, 2, generator=generator) < PULSES)
    return x


def _stored(x: Tensor, rain: Tensor, keep: Tensor) -> Drawn:
    """The store after each step, and what each pulse still has in it after the last one."""
    store, target = torch.zeros_like(rain[0]), torch.empty_like(rain)
    for step, (fell, kept) in enumerate(zip(rain, keep, strict=True)):
        store = target[step] = kept * store + fell
    later = torch.cat([keep[1:], torch.ones_like(keep[:1])]).flip(0).cumprod(0).flip(0)
    causes = torch.zeros_like(x)
    causes[..., 0] = rain * later
    return Drawn(x, target, causes)


TASKS = (
    Task("reservoir", reservoir(0.93)),
    Task("flushed", flushed),
    Task("snow", snow, gate=3),
    Task("noisy", reservoir(0.93), hidden_size=64, training_steps=600, sequences=250, noise=0.6),
    Task("flag", flag, hidden_size=16),
    Task("two states", two_states, classes=True),
)
