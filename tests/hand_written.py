"""Recurrent cells as people write them, each with its gates kept by hand in `kept`, a dict a step."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Kept(nn.Module):
    """A cell that notes its own gates."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[dict[str, Tensor]] = []

    def keep(self, **values: Tensor) -> None:
        self.kept.append({name: value.detach().clone() for name, value in values.items()})


class Loop(nn.Module):
    """A cell called step by step over x (time, batch, feature), from a state of zeros."""

    def __init__(self, cell: Any, *shape: int, states: int = 2) -> None:
        super().__init__()
        self.cell, self.shape, self.states = cell, shape, states

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        state, shown = [x.new_zeros(x.shape[1], *self.shape)] * self.states, []
        for t in range(len(x)):
            state = list(self.cell(x[t], *state) if mask is None else self.cell(x[t], *state, mask[t]))
            shown.append(state[0])
        return torch.stack(shown)


class Lstm(Kept):
    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.x, self.h = nn.Linear(features, 4 * units), nn.Linear(units, 4 * units)

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i, f, g, o = (self.x(x) + self.h(h)).chunk(4, -1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        self.keep(i=i, f=f, g=g, o=o, c=c, h=h)
        return h, c


class Peephole(Lstm):
    """Gers & Schmidhuber 2000: the gates see the memory."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__(features, units)
        self.see = nn.Parameter(torch.randn(3, units))

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i, f, g, o = (self.x(x) + self.h(h)).chunk(4, -1)
        i, f, g = torch.sigmoid(i + self.see[0] * c), torch.sigmoid(f + self.see[1] * c), torch.tanh(g)
        c = f * c + i * g
        o = torch.sigmoid(o + self.see[2] * c)
        h = o * torch.tanh(c)
        self.keep(i=i, f=f, g=g, o=o, c=c, h=h)
        return h, c


class LayerNormed(Lstm):
    """Ba, Kiros & Hinton 2016."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__(features, units)
        self.of_x, self.of_h, self.of_c = nn.LayerNorm(4 * units), nn.LayerNorm(4 * units), nn.LayerNorm(units)

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i, f, g, o = (self.of_x(self.x(x)) + self.of_h(self.h(h))).chunk(4, -1)
        i, f, g, o = i.sigmoid(), (f + 1).sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * self.of_c(c).tanh()
        self.keep(i=i, f=f, g=g, o=o, c=c, h=h)
        return h, c


class Coupled(Lstm):
    """One gate for both: i = 1 − f (Greff et al. 2017)."""

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        _, f, g, o = (self.x(x) + self.h(h)).chunk(4, -1)
        f, g, o = f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + (1 - f) * g
        h = o * c.tanh()
        self.keep(i=1 - f, f=f, g=g, o=o, c=c, h=h)
        return h, c


class EaLstm(Lstm):
    """Kratzert et al. 2019: the input gate comes from the catchment's attributes, once."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__(features, units)
        self.attributes = nn.Linear(2, units)
        self.basin = torch.randn(2, 2)

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i = torch.sigmoid(self.attributes(self.basin[: len(x)]))
        f, g, o, _ = (self.x(x) + self.h(h)).chunk(4, -1)
        c = f.sigmoid() * c + i * g.tanh()
        h = o.sigmoid() * c.tanh()
        self.keep(i=i, f=f.sigmoid(), g=g.tanh(), o=o.sigmoid(), c=c, h=h)
        return h, c


class Zoneout(Lstm):
    """Krueger et al. 2017: some units keep the old memory for a step."""

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i, f, g, o = (self.x(x) + self.h(h)).chunk(4, -1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        new = f * c + i * g
        if self.training:
            zone = torch.bernoulli(torch.full_like(c, 0.3))
            c = zone * c + (1 - zone) * new
        else:
            c = 0.3 * c + 0.7 * new
        h = o * c.tanh()
        self.keep(i=i, f=f, g=g, o=o, c=c, h=h)
        return h, c


class Leaky(Lstm):
    """The memory decays by constants, a number or a buffer, and a gate lets the new in; or by learned constants, and
    the gate sees x alone, as in SCRN (Mikolov et al. 2015)."""

    def __init__(self, features: int, units: int, how: str) -> None:
        super().__init__(features, units)
        self.how = how
        self.register_buffer("decay", torch.rand(units))
        self.learned = nn.Parameter(torch.randn(units))

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i, _, g, o = (self.x(x) if self.how == "learned" else self.x(x) + self.h(h)).chunk(4, -1)
        i, g, o = i.sigmoid(), g.tanh(), o.sigmoid()
        f = torch.sigmoid(self.learned) if self.how == "learned" else self.decay
        f = torch.tensor(0.9) if self.how == "number" else f
        c = c.mul(0.9) + i * g if self.how == "number" else f * c + i * g
        h = o * c.tanh()
        self.keep(i=i, f=f.expand_as(c), g=g, o=o, c=c, h=h)
        return h, c


class Slstm(Kept):
    """xLSTM's sLSTM with its exponential gate, normaliser and stabiliser (Beck et al. 2024)."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.x, self.h = nn.Linear(features, 4 * units), nn.Linear(units, 4 * units)

    def gates(self, x: Tensor, h: Tensor, m: Tensor) -> tuple[Tensor, ...]:
        i, f, g, o = (self.x(x) + self.h(h)).chunk(4, -1)
        log_f = F.logsigmoid(f)
        most = torch.maximum(log_f + m, i)
        i, f = torch.exp(i - most), torch.exp(log_f + m - most)
        return i, f, g, o, most

    def forward(self, x: Tensor, h: Tensor, c: Tensor, n: Tensor, m: Tensor) -> tuple[Tensor, ...]:
        i, f, g, o, most = self.gates(x, h, m)
        c = f * c + i * torch.tanh(g)
        n = f * n + i
        h = torch.sigmoid(o) * (c / n)
        self.keep(i=i, f=f, g=torch.tanh(g), o=torch.sigmoid(o), c=c, h=h)
        return h, c, n, most


class SlstmDividedLast(Slstm):
    """As the package xlstm writes it: o ⊙ c is no h yet."""

    def forward(self, x: Tensor, h: Tensor, c: Tensor, n: Tensor, m: Tensor) -> tuple[Tensor, ...]:
        i, f, g, o, most = self.gates(x, h, m)
        c = f * c + i * torch.tanh(g)
        n = f * n + i
        self.keep(i=i, f=f, g=torch.tanh(g), c=c)
        return torch.sigmoid(o) * c / n, c, n, most


class MinGru(Kept):
    """Feng et al. 2024: the gate sees x alone."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.z, self.n = nn.Linear(features, units), nn.Linear(features, units)

    def forward(self, x: Tensor, h: Tensor) -> tuple[Tensor]:
        z, n = torch.sigmoid(self.z(x)), self.n(x)
        h = (1 - z) * h + z * n
        self.keep(i=z, f=1 - z, g=n, c=h)
        return (h,)


class Gru(Kept):
    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.x, self.h = nn.Linear(features, 3 * units), nn.Linear(units, 2 * units)
        self.n = nn.Linear(units, units)

    def forward(self, x: Tensor, h: Tensor) -> tuple[Tensor]:
        of_r, of_z, of_n = self.x(x).chunk(3, -1)
        r, z = torch.sigmoid(torch.cat([of_r, of_z], -1) + self.h(h)).chunk(2, -1)
        n = torch.tanh(of_n + self.n(r * h))
        h = (1 - z) * n + z * h
        self.keep(i=1 - z, f=z, g=n, c=h)
        return (h,)


class ConvLstm(Kept):
    """Shi et al. 2015: the state is a stack of maps."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(features + units, 4 * units, 3, padding=1)

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i, f, o, g = torch.split(self.conv(torch.cat([x, h], dim=1)), h.shape[1], dim=1)
        i, f, o, g = torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o), torch.tanh(g)
        c = f * c + i * g
        h = o * torch.tanh(c)
        self.keep(i=i, f=f, g=g, o=o, c=c, h=h)
        return h, c


class Masked(Lstm):
    """Past a sequence's end the old memory stays; `how`: "where" or "product"."""

    def __init__(self, features: int, units: int, how: str) -> None:
        super().__init__(features, units)
        self.how = how

    def forward(self, x: Tensor, h: Tensor, c: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        i, f, g, o = (self.x(x) + self.h(h)).chunk(4, -1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        new_c = f * c + i * g
        new_h = o * new_c.tanh()
        if self.how == "where":
            h, c = torch.where(mask.bool(), new_h, h), torch.where(mask.bool(), new_c, c)
        else:
            h, c = mask * new_h + (1 - mask) * h, mask * new_c + (1 - mask) * c
        self.keep(i=i, f=f, g=g, o=o, c=c, h=new_h)
        return h, c


class LooksAtMasked(Lstm):
    """A part of the memory is looked at, and the whole is carried on."""

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        h, c = super().forward(x, h, c)
        self.large = torch.where(c > 0, c, 0.0)
        return h, c


class Stacked(nn.Module):
    """Two layers by hand, one step of both at a time, or one layer after the other."""

    def __init__(self, features: int, units: int, by_step: bool) -> None:
        super().__init__()
        self.layers, self.units = nn.ModuleList([Lstm(features, units), Lstm(units, units)]), units
        self.by_step = by_step

    def forward(self, x: Tensor) -> Tensor:
        state = [[x.new_zeros(x.shape[1], self.units)] * 2 for _ in self.layers]
        if self.by_step:
            shown = []
            for row in x:
                for number, layer in enumerate(self.layers):
                    state[number] = list(layer(row, *state[number]))
                    row = state[number][0]
                shown.append(row)
            return torch.stack(shown)
        for number, layer in enumerate(self.layers):
            shown = []
            for row in x:
                state[number] = list(layer(row, *state[number]))
                shown.append(state[number][0])
            x = torch.stack(shown)
        return x


class BothWays(nn.Module):
    """Two directions by hand."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.right, self.left = Loop(Lstm(features, units), units), Loop(Lstm(features, units), units)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.right(x), self.left(x.flip(0)).flip(0)], dim=-1)


class InPlace(nn.Module):
    """One module with all in one loop, whose state is overwritten."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.weight, self.units = nn.Parameter(torch.randn(4 * units, features + units)), units
        self.kept: list[dict[str, Tensor]] = []

    def forward(self, x: Tensor) -> Tensor:
        h, c = x.new_zeros(2, x.shape[1], self.units)
        shown = x.new_zeros(len(x), x.shape[1], self.units)
        for t in range(len(x)):
            i, f, g, o = F.linear(torch.cat([x[t], h], -1), self.weight).chunk(4, -1)
            i, f, g, o = i.sigmoid_(), f.sigmoid_(), g.tanh_(), o.sigmoid_()
            values = {"i": i.clone(), "f": f.clone(), "g": g.clone(), "o": o.clone()}
            c.mul_(f).add_(i.mul_(g))
            h = o.mul_(c.tanh())
            shown[t] = h
            self.kept.append(values | {"c": c.clone(), "h": h.clone()})
        return shown
