"""Which LSTM do all tools get, what do they look for in it, and what is true?

The truth is a loop in float64 that shares no code with gatescope: equations of PyTorch's page on `nn.LSTM`.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

BATCH, STEPS, FEATURES, UNITS = 4, 50, 8, 16
QUANTITIES = "ifgoch"
# Parts of the largest number by which float32 may be off.
EQUAL = 1e-5


class Built(nn.Module):
    """PyTorch's own LSTM, and a number read from the last h: (batch, time, feature) -> (batch, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(FEATURES, UNITS, batch_first=True)
        self.head = nn.Linear(UNITS, 1)

    def forward(self, x: Tensor) -> Tensor:
        said: Tensor = self.head(self.lstm(x)[0][:, -1])
        return said


class Loop(nn.Module):
    """The same with the same weights, its LSTM written as people write one."""

    def __init__(self, built: Built) -> None:
        super().__init__()
        self.from_x, self.from_h = nn.Linear(FEATURES, 4 * UNITS), nn.Linear(UNITS, 4 * UNITS)
        self.head = built.head
        for line, end in ((self.from_x, "ih_l0"), (self.from_h, "hh_l0")):
            line.weight, line.bias = getattr(built.lstm, f"weight_{end}"), getattr(built.lstm, f"bias_{end}")

    def forward(self, x: Tensor) -> Tensor:
        h = c = x.new_zeros(len(x), UNITS)
        for step in x.unbind(1):
            i, f, g, o = (self.from_x(step) + self.from_h(h)).chunk(4, 1)
            i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
            c = f * c + i * g
            h = o * c.tanh()
        said: Tensor = self.head(h)
        return said


Model = Built | Loop


class NoCall(Exception):
    """A tool has no call for this kind of model."""


def models() -> tuple[Built, Loop]:
    """Both models, with the same drawn weights."""
    torch.manual_seed(0)
    built = Built().eval()
    return built, Loop(built).eval()


def inputs() -> Tensor:
    """What they read."""
    return torch.randn(BATCH, STEPS, FEATURES, generator=torch.Generator().manual_seed(1))


class Truth:
    """What each gate and state is, each (time, batch, unit); what the model says, the gradient of the squared answer
    with respect to f, what the model says with f held at 1, and how far its answer is from that to zeros."""

    def __init__(self, built: Built, x: Tensor) -> None:
        weights = {name: value.double().requires_grad_() for name, value in built.state_dict().items()}
        x = x.double()
        answer, kept = _looped(weights, x)
        self.gradient = torch.stack(torch.autograd.grad(answer.square().sum(), kept["f"], retain_graph=True))
        self.numbers = {name: torch.stack(values).detach() for name, values in kept.items()}
        self.held = _looped(weights, x, forget=1.0)[0].detach()
        self.effect = (answer - _looped(weights, torch.zeros_like(x))[0]).detach()[:, 0]


def _looped(
    weights: Mapping[str, Tensor], x: Tensor, forget: float | None = None
) -> tuple[Tensor, dict[str, list[Tensor]]]:
    h = c = x.new_zeros(len(x), UNITS)
    kept: dict[str, list[Tensor]] = {name: [] for name in QUANTITIES}
    for step in x.unbind(1):
        lines = functional.linear(step, weights["lstm.weight_ih_l0"], weights["lstm.bias_ih_l0"])
        lines = lines + functional.linear(h, weights["lstm.weight_hh_l0"], weights["lstm.bias_hh_l0"])
        i, f, g, o = lines.chunk(4, 1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        f = f if forget is None else torch.full_like(f, forget)
        c = f * c + i * g
        h = o * c.tanh()
        for name, value in zip(QUANTITIES, (i, f, g, o, c, h), strict=True):
            kept[name].append(value)
    return functional.linear(h, weights["head.weight"], weights["head.bias"]), kept


Kept = Mapping[str, Tensor | Sequence[Tensor]]


def off(value: Tensor, right: Tensor) -> float:
    """The largest difference, in parts of the largest number."""
    return ((value.detach().double() - right).abs().max() / right.abs().max()).item()


def found(kept: Kept, truth: Truth) -> str:
    """Which gates and states are among the tensors that a tool kept, whatever their names, and how far off at most."""
    here = [both for value in kept.values() for both in _over_time(value)]
    whole, before, last, most = list[str](), list[str](), list[str](), 0.0
    for name, right in truth.numbers.items():
        curve = torch.tanh if name in "gch" else torch.sigmoid
        places = ((whole, right, here), (before, right, [curve(value) for value in here] if name in "ifgo" else []))
        for said, wanted, values in (*places, (last, right[-1:], here)):
            least = min((off(value, wanted) for value in values if value.shape == wanted.shape), default=1.0)
            if least < EQUAL:
                said.append(name)
                most = max(most, least)
                break
    parts = [(whole, "{} at each step"), (before, "{} before their σ and tanh"), (last, "the last {}")]
    told = "; ".join(text.format(" ".join(names)) for names, text in parts if names)
    return f"{told} ({most:.0e})" if told else "none of them"


def _over_time(value: Tensor | Sequence[Tensor]) -> list[Tensor]:
    """A tensor, or one for each step, as (time, batch, unit), in the ways that it can be meant."""
    if not isinstance(value, Tensor):
        if len({one.shape for one in value}) != 1:
            return []
        value = torch.stack(list(value))
    value = value.detach().double()
    return [value, value.transpose(0, 1)] if value.ndim == 3 else [value[None]] if value.ndim == 2 else []
