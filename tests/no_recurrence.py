"""Networks in which nothing is carried from step to step, and sums that look as if something were."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Highway(nn.Module):
    """Srivastava et al. 2015: t ⊙ h(x) + (1 − t) ⊙ x, one layer after the other; `how` the layers are kept."""

    def __init__(self, how: str, layers: int = 5, units: int = 6) -> None:
        super().__init__()
        self.how, self.layers = how, layers
        if how == "stack":
            self.weight = nn.Parameter(torch.randn(layers, 2 * units, units))
        else:
            self.each = nn.ModuleList([nn.Linear(units, 2 * units) for _ in range(layers)])

    def forward(self, x: Tensor) -> Tensor:
        for layer in range(self.layers):
            both = F.linear(x, self.weight[layer]) if self.how == "stack" else self.each[layer](x)
            t, h = both.chunk(2, -1)
            t = torch.sigmoid(t)
            x = t * torch.relu(h) + (1 - t) * x
        return x


class GatedResidual(nn.Module):
    """Blocks x + sigmoid(a) ⊙ b, as in gated linear units and GTrXL."""

    def __init__(self, blocks: int = 4, units: int = 6) -> None:
        super().__init__()
        self.each = nn.ModuleList([nn.Linear(units, 2 * units) for _ in range(blocks)])
        self.scale = nn.Parameter(torch.rand(blocks, units))

    def forward(self, x: Tensor) -> Tensor:
        for number, layer in enumerate(self.each):
            a, b = layer(x).chunk(2, -1)
            x = x + torch.sigmoid(a) * b
            x = x + self.scale[number] * F.glu(layer(x))
        return x


class OnlineSoftmax(nn.Module):
    """Attention a key at a time, with a running maximum (Milakov & Gimelshein 2018)."""

    def __init__(self, units: int = 6) -> None:
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(units, units) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.q(x), self.k(x), self.v(x)
        most = torch.full_like(q[..., :1], -1e9)
        total, out = torch.zeros_like(most), torch.zeros_like(q)
        for key, value in zip(k.unbind(0), v.unbind(0), strict=True):
            score = (q * key).sum(-1, keepdim=True)
            now = torch.maximum(most, score)
            shrink, weight = torch.exp(most - now), torch.exp(score - now)
            total, out, most = total * shrink + weight, out * shrink + weight * value, now
        return out / total


class Iteration(nn.Module):
    """Sums that run again and again: Euler's steps, Horner's scheme, pooling, rays, running means."""

    def __init__(self, how: str, units: int = 6) -> None:
        super().__init__()
        self.how, self.net, self.score = how, nn.Linear(units, units), nn.Linear(units, units)
        self.step = nn.Parameter(torch.tensor(0.1))
        self.numbers = nn.Parameter(torch.randn(5, units))
        self.register_buffer("mean", torch.zeros(units))

    def forward(self, x: Tensor) -> Tensor:
        return getattr(self, self.how)(x)  # type: ignore[no-any-return]

    def euler(self, x: Tensor) -> Tensor:
        for _ in range(5):
            x = x + self.step * torch.tanh(self.net(x))
        return x

    def horner(self, x: Tensor) -> Tensor:
        y = torch.zeros_like(x)
        for number in self.numbers:
            y = y * x + number
        return self.net(y)

    def pooling(self, x: Tensor) -> Tensor:
        out = torch.zeros_like(x[0])
        for row in x:
            out = out + torch.sigmoid(self.score(row)) * self.net(row)
        return out

    def rays(self, x: Tensor) -> Tensor:
        colour, left = torch.zeros_like(x[0]), torch.ones_like(x[0])
        for row in x:
            alpha = torch.sigmoid(self.score(row))
            colour, left = colour + left * alpha * self.net(row), left * (1 - alpha)
        return colour

    def running_mean(self, x: Tensor) -> Tensor:
        shown = []
        for row in x:
            self.mean = 0.9 * self.mean + 0.1 * self.net(row).mean(0).detach()
            shown.append(self.net(row) - self.mean)
        return torch.stack(shown)

    def mean_of_data(self, x: Tensor) -> Tensor:
        mean = torch.zeros_like(x[0])
        for row in x:
            mean = 0.9 * mean + 0.1 * self.net(row)
        return mean

    def denoising(self, x: Tensor) -> Tensor:
        for a, b in ((0.9, 0.1), (0.8, 0.2), (0.7, 0.3), (0.6, 0.4)):
            x = a * x + b * self.net(x)
        return x

    def plain_rnn(self, x: Tensor) -> Tensor:
        h = torch.zeros_like(x[0])
        for row in x:
            h = torch.tanh(self.net(row) + self.score(h))
        return h

    def independent_rnn(self, x: Tensor) -> Tensor:
        h = torch.zeros_like(x[0])
        for row in x:
            h = torch.relu(self.net(row) + self.numbers[0] * h)
        return h


class Mixture(nn.Module):
    """A mixture of experts, each let in by its gate."""

    def __init__(self, units: int = 6) -> None:
        super().__init__()
        self.experts, self.gate = nn.ModuleList([nn.Linear(units, units) for _ in range(4)]), nn.Linear(units, 4)

    def forward(self, x: Tensor) -> Tensor:
        gates, out = torch.softmax(self.gate(x), -1), torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            out = out + gates[..., number : number + 1] * expert(x)
        return out


class Squeezed(nn.Module):
    """A small CNN with squeeze-and-excitation and layer scale."""

    def __init__(self, blocks: int = 4) -> None:
        super().__init__()
        self.conv = nn.ModuleList([nn.Conv2d(6, 6, 3, padding=1) for _ in range(blocks)])
        self.gate = nn.ModuleList([nn.Linear(6, 6) for _ in range(blocks)])
        self.norm = nn.ModuleList([nn.BatchNorm2d(6) for _ in range(blocks)])

    def forward(self, x: Tensor) -> Tensor:
        for conv, gate, norm in zip(self.conv, self.gate, self.norm, strict=True):
            new = torch.relu(norm(conv(x)))
            x = x + new * torch.sigmoid(gate(new.mean((-1, -2))))[..., None, None]
        return x


class Turned(nn.Module):
    """Rotary positions, and attention with a learned gate a head."""

    def __init__(self, layers: int = 4, units: int = 6) -> None:
        super().__init__()
        self.each = nn.ModuleList([nn.Linear(units, 3 * units) for _ in range(layers)])
        self.gates = nn.Parameter(torch.zeros(layers))

    def forward(self, x: Tensor) -> Tensor:
        place = torch.arange(len(x)).view(-1, 1, 1) * torch.linspace(1, 0.1, x.shape[-1])
        cos, sin = place.cos(), place.sin()
        for number, layer in enumerate(self.each):
            q, k, v = layer(x).chunk(3, -1)
            q, k = q * cos + q.roll(1, -1) * sin, k * cos + k.roll(1, -1) * sin
            seen = F.scaled_dot_product_attention(*(each.transpose(0, 1) for each in (q, k, v))).transpose(0, 1)
            gate = torch.sigmoid(self.gates[number])
            x = gate * seen + (1 - gate) * x
        return x


class Wrapped(nn.Module):
    """Somebody's module around PyTorch's own."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.inner(*inputs)  # type: ignore[no-any-return]


ITERATIONS = (
    "euler", "horner", "pooling", "rays", "running_mean", "mean_of_data", "denoising", "plain_rnn", "independent_rnn",
)  # fmt: skip
NETWORKS = {
    "highway, a list of layers": lambda: Highway("list"),
    "highway, one stacked weight": lambda: Highway("stack"),
    "gated residual blocks": GatedResidual,
    "online softmax": OnlineSoftmax,
    "mixture of experts": Mixture,
    "rotary attention": Turned,
    "transformer encoder": lambda: Wrapped(
        nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, 8, batch_first=True), 4)
    ),
    **{how: (lambda how=how: Iteration(how)) for how in ITERATIONS},
}
