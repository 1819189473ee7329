"""Networks without recurrence, a few lines each: gates, sums and depth, and nothing that goes from step to step."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

UNITS, LAYERS, STEPS = 6, 4, 5


def linear(out: int = 1, inputs: int = 1) -> nn.Linear:
    return nn.Linear(inputs * UNITS, out * UNITS)


def conv(out: int = 1, inputs: int = 1, size: int = 3, dilation: int = 1) -> nn.Conv1d:
    return nn.Conv1d(inputs * UNITS, out * UNITS, size, padding=dilation * (size // 2), dilation=dilation)


def layers(make: Callable[[], nn.Module], count: int = LAYERS) -> nn.ModuleList:
    return nn.ModuleList(make() for _ in range(count))


def halves(z: Tensor) -> tuple[Tensor, Tensor]:
    a, b = z.chunk(2, -1)
    return torch.sigmoid(a), b


def attend(qkv: Tensor) -> Tensor:
    q, k, v = (each.transpose(0, 1) for each in qkv.chunk(3, -1))
    return F.scaled_dot_product_attention(q, k, v).transpose(0, 1)


def over_time(x: Tensor) -> Tensor:
    """(time, batch, unit) as a convolution reads it."""
    return x.permute(1, 2, 0)


def wavenet(net, x):
    x = over_time(x)
    shown = torch.zeros_like(x)
    for layer, skip, rest in zip(net.conv2, net.point, net.conv1, strict=True):
        a, b = layer(x).chunk(2, 1)
        z = torch.tanh(a) * torch.sigmoid(b)
        shown = shown + skip(z)
        x = x + rest(z)
    return shown


def pixelcnn(net, x):
    down = across = over_time(x)
    for a, b, joined in zip(net.conv2, net.conv2b, net.point2, strict=True):
        below = a(F.pad(down, (2, 0))[..., :-2])
        f, g = below.chunk(2, 1)
        down = torch.tanh(f) * torch.sigmoid(g)
        f, g = (b(across) + joined(below)).chunk(2, 1)
        across = across + torch.tanh(f) * torch.sigmoid(g)
    return across


def swiglu_transformer(net, x):
    for qkv, up, down in zip(net.qkv, net.up, net.each, strict=True):
        x = x + attend(qkv(F.rms_norm(x, (UNITS,))))
        a, b = up(F.rms_norm(x, (UNITS,))).chunk(2, -1)
        x = x + down(F.silu(a) * b)
    return x


def gmlp(net, x):
    for up, along, down in zip(net.up, net.along, net.each, strict=True):
        u, v = F.gelu(up(x)).chunk(2, -1)
        x = x + down(u * along(F.layer_norm(v, (UNITS,)).transpose(0, -1)).transpose(0, -1))
    return x


def mixer(net, x):
    for along, across in zip(net.along, net.each, strict=True):
        x = x + F.gelu(along(x.transpose(0, -1))).transpose(0, -1)
        x = x + F.gelu(across(x))
    return x


def attention_unet(net, x):
    x = over_time(x)
    kept = []
    for layer in net.conv1:
        kept.append(x)
        x = torch.relu(layer(x))
    for gate, layer in zip(net.point, net.conv5, strict=True):
        skip = kept.pop()
        a = torch.sigmoid(gate(torch.relu(x + skip)))
        x = torch.relu(layer(a * skip + (1 - a) * x))
    return x


def capsules(net, x):
    votes = net.one(x).unflatten(-1, (2, 3))
    agree = torch.zeros_like(votes[..., :1])
    for _ in range(LAYERS):
        capsule = (torch.softmax(agree, 0) * votes).sum(0, keepdim=True)
        length = capsule.square().sum(-1, keepdim=True)
        capsule = length / (1 + length) * capsule / length.sqrt()
        agree = agree + (votes * capsule).sum(-1, keepdim=True)
    return capsule


def perceiver(net, x):
    latent = net.numbers[:, None].expand(-1, x.shape[1], -1)
    for _ in range(LAYERS):
        k, v = net.two_out(x).chunk(2, -1)
        seen = F.scaled_dot_product_attention(*(each.transpose(0, 1) for each in (net.one(latent), k, v)))
        latent = latent + seen.transpose(0, 1)
        latent = latent + F.gelu(net.two(latent))
    return latent


def real_nvp(net, x):
    a, b = x.chunk(2, -1)
    for layer in net.coupling:
        s, t = layer(a).chunk(2, -1)
        a, b = b * torch.exp(torch.tanh(s)) + t, a
    return torch.cat([a, b], -1)


def glow(net, x):
    for layer, scale, turn in zip(net.coupling, net.numbers, net.turns, strict=True):
        a, b = (turn @ (x * scale + scale).unsqueeze(-1)).squeeze(-1).chunk(2, -1)
        s, t = layer(a).chunk(2, -1)
        x = torch.cat([a, torch.sigmoid(s + 2) * b + t], -1)
    return x


def inverse_flow(net, x):
    for layer in net.up:
        s, m = halves(layer(x))
        x = s * x + (1 - s) * m
    return x


def gated_graph_convolution(net, x):
    near = torch.ones(len(x), len(x)).triu(-1).tril(1)
    for own, other, gate in zip(net.each, net.other, net.gates, strict=True):
        eta = torch.sigmoid(gate(x)[:, None] + gate(x)[None]) * near[..., None, None]
        x = x + torch.relu(own(x) + (eta * other(x)[None]).sum(1))
    return x


def messages_with_own_gates(net, x):
    near = torch.ones(len(x), len(x)).triu(-1).tril(1) / 3
    for gate, layer in zip(net.wide, net.each, strict=True):
        message = torch.einsum("ts,sbu->tbu", near, layer(x))
        z = torch.sigmoid(gate(torch.cat([x, message], -1)))
        x = (1 - z) * x + z * torch.tanh(message)
    return x


def chebyshev(net, x):
    near = torch.ones(len(x), len(x)).triu(-1).tril(1) / 3
    before, now = x, torch.einsum("ts,sbu->tbu", near, x)
    out = net.each[0](before)
    for layer in net.each:
        before, now = now, 2 * torch.einsum("ts,sbu->tbu", near, now) - before
        out = out + layer(now)
    return out


def personalised_pagerank(net, x):
    near, start = torch.ones(len(x), len(x)).triu(-1).tril(1) / 3, net.one(x)
    x, a = start, torch.sigmoid(net.number)
    for _ in range(5):
        x = (1 - a) * torch.einsum("ts,sbu->tbu", near, x) + a * start
    return x


def damped_equilibrium(net, x):
    z = torch.zeros_like(x)
    for _ in range(8):
        z = 0.5 * z + 0.5 * torch.tanh(net.one(z) + x)
    return z


def runge_kutta(net, x):
    for _ in range(LAYERS):
        a = torch.tanh(net.one(x))
        b = torch.tanh(net.one(x + 0.05 * a))
        c = torch.tanh(net.one(x + 0.05 * b))
        x = x + 0.1 / 6 * (a + 2 * b + 2 * c + torch.tanh(net.one(x + 0.1 * c)))
    return x


def momentum_blocks(net, x):
    speed = torch.zeros_like(x)
    for layer in net.each:
        speed = 0.9 * speed + 0.1 * torch.tanh(layer(x))
        x = x + speed
    return x


def learned_momentum_blocks(net, x):
    speed, keep = torch.zeros_like(x), torch.sigmoid(net.number)
    for layer in net.each:
        speed = keep * speed + (1 - keep) * torch.tanh(layer(x))
        x = x + speed
    return x


def gru_gated_transformer(net, x):
    for qkv, gates, new in zip(net.qkv, net.wide2, net.wide, strict=True):
        y = torch.relu(attend(qkv(x)))
        r, z = torch.sigmoid(gates(torch.cat([x, y], -1))).chunk(2, -1)
        x = (1 - z) * x + z * torch.tanh(new(torch.cat([r * x, y], -1)))
    return x


def cross_network(net, x):
    first = x
    for layer in net.each:
        x = first * layer(x) + x
    return x


def diffusion_transformer(net, x):
    about = F.silu(x.mean(0))
    for qkv, scale in zip(net.qkv, net.scales, strict=True):
        shift, size, gate = scale(about).chunk(3, -1)
        x = x + gate * attend(qkv((1 + size) * F.layer_norm(x, (UNITS,)) + shift))
    return x


def dropped_blocks(net, x):
    for layer in net.each:
        keep = torch.bernoulli(torch.full_like(x[:1, :, :1], 0.8))
        x = x + keep / 0.8 * torch.relu(layer(x))
    return x


def layer_scale(net, x):
    for layer, scale in zip(net.each, net.numbers, strict=True):
        x = torch.addcmul(x, scale, torch.relu(layer(x)))
    return x


def selective_kernels(net, x):
    x = over_time(x)
    for small, wide, gate in zip(net.conv1, net.conv5, net.each, strict=True):
        a, b = small(x), wide(x)
        s = torch.sigmoid(gate((a + b).mean(-1)))[..., None]
        x = torch.relu(s * a + (1 - s) * b)
    return x


def average_of_depths(net, x):
    seen = [x]
    for layer, row in zip(net.each, net.square, strict=True):
        x = torch.relu(layer(x))
        seen.append(x)
        x = torch.zeros_like(x)
        for weight, one in zip(torch.softmax(row, 0), seen, strict=False):
            x = x + weight * one
    return x


def scalar_mix(net, x):
    share, mixed = torch.softmax(net.four, 0), torch.zeros_like(x)
    for number, layer in enumerate(net.each):
        x = torch.relu(layer(x))
        mixed = mixed + share[number] * x
    return mixed


def hyper_connections(net, x):
    a = b = x
    for layer, w in zip(net.each, net.square, strict=True):
        a, b = w[0] * a + w[1] * b, w[2] * a + w[3] * b
        a = a + torch.relu(layer(a))
    return a + b


def side_network(net, x):
    side = x
    for layer, small, alpha in zip(net.each, net.other, net.four, strict=True):
        x = torch.relu(layer(x))
        mix = torch.sigmoid(alpha)
        side = mix * x + (1 - mix) * small(side)
    return side


def triangle_updates(net, x):
    pair = x[:, None] * x[None]
    for both, gate in zip(net.up, net.gates, strict=True):
        a, b = halves(both(pair))
        pair = pair + torch.sigmoid(gate(pair)) * torch.einsum("ikbu,jkbu->ijbu", a, b)
    return pair


def hyena(net, x):
    v, *gates = net.many(x).chunk(LAYERS + 1, -1)
    for gate, layer in zip(gates, net.conv1, strict=True):
        v = gate * layer(over_time(v)).permute(2, 0, 1)
    return v


def token_shift(net, x):
    for layer, mix in zip(net.each, net.numbers, strict=True):
        before = F.pad(x, (0, 0, 0, 0, 1, 0))[:-1]
        x = x + torch.square(torch.relu(layer(mix * x + (1 - mix) * before)))
    return x


def tabnet(net, x):
    prior, out, mask = torch.ones_like(x), torch.zeros_like(x), None
    for layer, choose in zip(net.each, net.other, strict=True):
        mask = torch.softmax(choose(x) * prior, -1)
        prior = prior * (1.5 - mask)
        out = out + torch.relu(layer(mask * x))
    return out


def soft_tree(net, x):
    reach = [torch.ones_like(x[..., :1])]
    for layer in net.ones:
        p = torch.sigmoid(layer(x))
        reach = [part for one in reach for part in (one * p, one * (1 - p))]
    out = torch.zeros_like(x)
    for one, leaf in zip(reach, net.leaves, strict=True):
        out = out + one * leaf
    return out


def pondering(net, x):
    left, out = torch.ones_like(x[..., :1]), torch.zeros_like(x)
    for _ in range(LAYERS):
        x = torch.tanh(net.one(x))
        stop = torch.sigmoid(net.halt(x))
        out = out + left * stop * x
        left = left * (1 - stop)
    return out


def gated_fusion_of_each_frame(net, x):
    shown = []
    for frame in x:
        g, new = halves(net.two_out(frame))
        shown.append(g * frame + (1 - g) * torch.tanh(new))
    return torch.stack(shown)


def gated_pairs_of_frames(net, x):
    shown = [x[0]]
    for before, frame in pairwise(x):
        f, i = torch.sigmoid(net.two_out(frame)).chunk(2, -1)
        shown.append(f * before + i * frame)
    return torch.stack(shown)


def each_frame_in_place(net, x):
    out = x.clone()
    for number in range(len(x)):
        g, new = halves(net.two_out(x[number]))
        out[number] = g * out[number].clone() + (1 - g) * torch.tanh(new)
    return out


def each_frame_anew(net, x):
    for number in range(len(x)):
        g, new = halves(net.two_out(x[number : number + 1]))
        frame = g * x[number : number + 1] + (1 - g) * torch.tanh(new)
        x = torch.cat([x[:number], frame, x[number + 1 :]])
    return x


def each_unit_in_place(net, x):
    out = x.clone()
    g, new = halves(net.two_out(x))
    for unit in range(UNITS):
        out[..., unit] = g[..., unit] * out[..., unit].clone() + (1 - g[..., unit]) * new[..., unit]
    return out


def generated_highway(net, x):
    for weight in net.maker(net.numbers).unflatten(-1, (2 * UNITS, UNITS)):
        t, h = halves(F.linear(x, weight))
        x = t * torch.tanh(h) + (1 - t) * x
    return x


def normalised_highway(net, x):
    weight = F.normalize(net.stacked, dim=-1)
    for number in range(LAYERS):
        t, h = halves(F.linear(x, weight[number]))
        x = t * torch.tanh(h) + (1 - t) * x
    return x


def gates_before_layers(net, x):
    gates = torch.sigmoid(net.numbers)
    for gate, layer in zip(gates, net.each, strict=True):
        x = gate * x + (1 - gate) * torch.tanh(layer(x))
    return x


def one_gate_many_layers(net, x):
    for layer in net.each:
        gate = torch.sigmoid(net.one(x))
        x = gate * x + (1 - gate) * torch.tanh(layer(x))
    return x


def inputs_at_each_depth(net, x):
    parts, state = net.many(x).chunk(LAYERS + 1, -1), torch.zeros_like(x)
    for gate, layer, part in zip(net.gates, net.each, parts, strict=False):
        f = torch.sigmoid(gate(state))
        state = f * state + (1 - f) * torch.tanh(layer(part))
    return state


def newton_schulz(net, x):
    y = x / x.norm()
    for _ in range(5):
        y = 1.5 * y - 0.5 * y @ y.mT @ y
    return net.one(y)


def mean_teacher(net, x):
    weight = net.one.weight.detach().clone()
    for noise in x:
        student = net.one(noise)
        weight = 0.99 * weight + 0.01 * net.one.weight
        x = x + (F.linear(noise, weight) - student).square()
    return x


def guided_denoising(net, x):
    for a, b in ((0.9, 0.1), (0.8, 0.2), (0.7, 0.3), (0.6, 0.4)):
        free, told = net.one(x), net.two(x)
        x = a * x + b * (free + 2.0 * (told - free))
    return x


def learned_descent(net, x):
    y = torch.zeros_like(x)
    step = torch.sigmoid(net.number)
    for _ in range(5):
        y = y - step * net.one(net.one(y) - x)
    return y


def tied_highway(net, x):
    for _ in range(STEPS):
        t, h = halves(net.two_out(x))
        x = t * torch.tanh(h) + (1 - t) * x
    return x


def tied_gates_of_a_transformer(net, x):
    for _ in range(STEPS):
        y = attend(net.three_out(x))
        r, z = torch.sigmoid(net.two_out(y) + net.two_out(x)).chunk(2, -1)
        x = (1 - z) * x + z * torch.tanh(net.one(y) + net.two(r * x))
    return x


def universal_transformer(net, x):
    for _ in range(STEPS):
        go_on = torch.sigmoid(net.halt(x))
        x = torch.lerp(x, attend(net.three_out(x)), go_on)
    return x


def refined_flow(net, x):
    context = over_time(x)
    flow = torch.zeros_like(context)
    for _ in range(STEPS):
        z = torch.sigmoid(net.smooth(flow + context))
        flow = flow + z * (torch.tanh(net.rough(flow + context)) - flow)
    return flow


def gated_descent(net, x):
    y = torch.zeros_like(x)
    for _ in range(STEPS):
        y = y - torch.sigmoid(net.one(y)) * (y - torch.relu(net.two(y) + x))
    return y


def gated_graph_sequence(net, x):
    near = torch.ones(len(x), len(x)).triu(-1).tril(1) / 3
    for _ in range(STEPS):
        message = torch.einsum("ts,sbu->tbu", near, net.one(x))
        r, z = torch.sigmoid(net.two_out(message + x)).chunk(2, -1)
        x = (1 - z) * x + z * torch.tanh(net.two(message + r * x))
    return x


def highway(net, x):
    for layer in net.up:
        t, h = halves(layer(x))
        x = t * torch.relu(h) + (1 - t) * x
    return x


def highway_of_one_stacked_weight(net, x):
    for weight in net.stacked:
        t, h = halves(F.linear(x, weight))
        x = t * torch.relu(h) + (1 - t) * x
    return x


def gated_residual_blocks(net, x):
    for layer, scale in zip(net.up, net.numbers, strict=True):
        a, b = halves(layer(x))
        x = x + a * b
        x = x + scale * F.glu(layer(x))
    return x


def online_softmax(net, x):
    """Attention a key at a time, with a running maximum (Milakov & Gimelshein 2018)."""
    q, k, v = net.three_out(x).chunk(3, -1)
    most = torch.full_like(q[..., :1], -1e9)
    total, out = torch.zeros_like(most), torch.zeros_like(q)
    for key, value in zip(k.unbind(0), v.unbind(0), strict=True):
        score = (q * key).sum(-1, keepdim=True)
        now = torch.maximum(most, score)
        shrink, weight = torch.exp(most - now), torch.exp(score - now)
        total, out, most = total * shrink + weight, out * shrink + weight * value, now
    return out / total


def euler(net, x):
    for _ in range(STEPS):
        x = x + net.number * torch.tanh(net.one(x))
    return x


def horner(net, x):
    y = torch.zeros_like(x)
    for number in net.numbers:
        y = y * x + number
    return net.one(y)


def pooling(net, x):
    out = torch.zeros_like(x[0])
    for row in x:
        out = out + torch.sigmoid(net.one(row)) * net.two(row)
    return out


def rays(net, x):
    colour, left = torch.zeros_like(x[0]), torch.ones_like(x[0])
    for row in x:
        alpha = torch.sigmoid(net.one(row))
        colour, left = colour + left * alpha * net.two(row), left * (1 - alpha)
    return colour


def running_mean(net, x):
    mean, shown = torch.zeros(UNITS), []
    for row in x:
        mean = 0.9 * mean + 0.1 * net.one(row).mean(0).detach()
        shown.append(net.one(row) - mean)
    return torch.stack(shown)


def mean_of_data(net, x):
    mean = torch.zeros_like(x[0])
    for row in x:
        mean = 0.9 * mean + 0.1 * net.one(row)
    return mean


def denoising(net, x):
    for a, b in ((0.9, 0.1), (0.8, 0.2), (0.7, 0.3), (0.6, 0.4)):
        x = a * x + b * net.one(x)
    return x


def plain_rnn(net, x):
    h = torch.zeros_like(x[0])
    for row in x:
        h = torch.tanh(net.one(row) + net.two(h))
    return h


def independent_rnn(net, x):
    h = torch.zeros_like(x[0])
    for row in x:
        h = torch.relu(net.one(row) + net.numbers[0] * h)
    return h


def mixture_of_experts(net, x):
    gates, out = torch.softmax(net.many(x), -1), torch.zeros_like(x)
    for number, expert in enumerate(net.each):
        out = out + gates[..., number : number + 1] * expert(x)
    return out


def squeezed(net, x):
    """Squeeze-and-excitation (Hu et al. 2018)."""
    x = over_time(x)
    for layer, gate in zip(net.conv1, net.gates, strict=True):
        new = torch.relu(layer(x))
        x = x + new * torch.sigmoid(gate(new.mean(-1)))[..., None]
    return x


def rotary_attention(net, x):
    place = torch.arange(len(x)).view(-1, 1, 1) * torch.linspace(1, 0.1, UNITS)
    cos, sin = place.cos(), place.sin()
    for layer, number in zip(net.qkv, net.four, strict=True):
        q, k, v = layer(x).chunk(3, -1)
        q, k = q * cos + q.roll(1, -1) * sin, k * cos + k.roll(1, -1) * sin
        gate = torch.sigmoid(number)
        x = gate * attend(torch.cat([q, k, v], -1)) + (1 - gate) * x
    return x


PARTS: dict[str, Callable[[], nn.Module | Tensor]] = {
    "one": linear,
    "two": linear,
    "two_out": lambda: linear(2),
    "three_out": lambda: linear(3),
    "many": lambda: linear(LAYERS + 1),
    "maker": lambda: linear(2 * UNITS),
    "halt": lambda: nn.Linear(UNITS, 1),
    "smooth": conv,
    "rough": conv,
    "each": lambda: layers(linear),
    "other": lambda: layers(linear),
    "gates": lambda: layers(linear),
    "up": lambda: layers(lambda: linear(2)),
    "qkv": lambda: layers(lambda: linear(3)),
    "scales": lambda: layers(lambda: linear(3)),
    "wide": lambda: layers(lambda: linear(1, 2)),
    "wide2": lambda: layers(lambda: linear(2, 2)),
    "coupling": lambda: layers(lambda: nn.Linear(UNITS // 2, UNITS)),
    "ones": lambda: layers(lambda: nn.Linear(UNITS, 1), 3),
    "along": lambda: layers(lambda: nn.Linear(7, 7)),
    "conv1": lambda: layers(conv),
    "conv2": lambda: layers(lambda: conv(2)),
    "conv2b": lambda: layers(lambda: conv(2)),
    "conv5": lambda: layers(lambda: conv(size=5)),
    "point": lambda: layers(lambda: conv(size=1)),
    "point2": lambda: layers(lambda: conv(2, 2, 1)),
    "number": lambda: torch.randn(()),
    "four": lambda: torch.randn(4),
    "numbers": lambda: torch.randn(LAYERS, UNITS),
    "square": lambda: torch.randn(LAYERS, 4),
    "leaves": lambda: torch.randn(8, UNITS),
    "turns": lambda: torch.randn(LAYERS, UNITS, UNITS),
    "stacked": lambda: torch.randn(LAYERS, 2 * UNITS, UNITS),
}


class Net(nn.Module):
    """The function that computes what a network returns, and the parts that it names."""

    def __init__(self, compute: Callable[[Any, Tensor], Tensor]) -> None:
        super().__init__()
        self.compute = compute
        for name in compute.__code__.co_names:
            if name in PARTS:
                part = PARTS[name]()
                setattr(self, name, part if isinstance(part, nn.Module) else nn.Parameter(part))

    def forward(self, x: Tensor) -> Tensor:
        return self.compute(self, x)


class Wrapped(nn.Module):
    """Somebody's module around PyTorch's own."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.inner(*inputs)  # type: ignore[no-any-return]


TIED = (
    tied_highway, tied_gates_of_a_transformer, universal_transformer, refined_flow, gated_descent, gated_graph_sequence,
)  # fmt: skip
"""Depth in which each layer has the same weights: no operation tells it from time."""
ARCHITECTURES = [
    value
    for value in list(globals().values())
    if getattr(value, "__code__", None) and value.__code__.co_varnames[:2] == ("net", "x") and value not in TIED
]
