"""Hand-written recurrent cells: the form of the equation times the style of the code, as source text that runs.

Each keeps its own gates by hand, in `kept`, so that a test can compare what was found with what the cell really used.
"""

import itertools
import linecache
from typing import Any, NamedTuple

import torch
from torch import nn

GATES = {
    "chunk": "i, f, g, o = (self.x(x) + self.h(h)).chunk(4, -1)",
    "split": "i, f, g, o = torch.split(self.x(x) + self.h(h), self.units, dim=-1)",
    "linear": "i, f, g, o = F.linear(torch.cat([x, h], -1), self.weight, self.bias).chunk(4, 1)",
    "einsum": "i, f, g, o = torch.einsum('bi,gui->gbu', torch.cat([x, h], -1), self.weight.view(4, self.units, -1))",
    "matmul": "z = torch.cat([x, h], -1) @ self.weight.t() + self.bias\n"
    "        u = self.units\n        i, f, g, o = z[:, :u], z[:, u : 2 * u], z[:, 2 * u : 3 * u], z[:, 3 * u :]",
    "view": "i, f, g, o = (self.x(x) + self.h(h)).view(len(x), 4, self.units).unbind(1)",
    "apart": "i, f, g, o = self.x(x)[:, : self.units], self.x(x)[:, -self.units :], self.h(h)[:, : self.units], "
    "self.h(h)[:, -self.units :]",
    "normed": "i, f, g, o = (self.norm(self.x(x)) + self.norm(self.h(h))).chunk(4, -1)",
    "peephole": "i, f, g, o = (self.x(x) + self.h(h)).chunk(4, -1)\n"
    "        i, f = i + self.peep[0] * c, f + self.peep[1] * c",
    "minimal": "i, f, g, o = self.x(x).chunk(4, -1)",
}
SQUASHED = {
    "function": "i, f, o, g = torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o), torch.tanh(g)",
    "method": "i, f, o, g = i.sigmoid(), f.sigmoid(), o.sigmoid(), g.tanh()",
    "module": "i, f, o, g = self.gate(i), self.gate(f), self.gate(o), self.act(g)",
    "hard": "i, f, o, g = F.hardsigmoid(i), F.hardsigmoid(f), F.hardsigmoid(o), F.relu(g)",
    "one": "i, f, o = torch.sigmoid(torch.cat([i, f, o], -1)).chunk(3, -1)\n        g = torch.tanh(g)",
    "dropped": "i, f, o, g = torch.sigmoid(i), torch.sigmoid(f + 1), torch.sigmoid(o), F.dropout(torch.tanh(g), 0.3)",
    "linear": "i, f, o = torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o)",
}
UPDATES = {
    "sum": "c = f * c + i * g",
    "turned": "c = i * g + c * f",
    "named": "c = torch.add(torch.mul(f, c), torch.mul(i, g))",
    "methods": "c = c.mul(f).add(i.mul(g))",
    "kept": "old = f * c\n        new = i * g\n        c = old + new",
    "in place": "c = c * f\n        c += i * g",
    "addcmul": "c = torch.addcmul(f * c, i, g)",
    "addcmul of c": "c = torch.addcmul(i * g, f, c)",
    "python sum": "c = sum([f * c, i * g])",
    "minus": "c = f * c - (-i) * g",
}
COUPLED = {
    "rest": "i = 1 - f\n        c = f * c + i * g",
    "inline": "i = 1 - f\n        c = f * c + (1 - f) * g",
    "gru": "f = 1 - i\n        c = (1 - i) * c + i * g",
    "towards": "f = 1 - i\n        c = c + i * (g - c)",
    "back": "i = 1 - f\n        c = g + f * (c - g)",
    "less": "f = 1 - i\n        c = c - i * (c - g)",
    "lerp": "f = 1 - i\n        c = torch.lerp(c, g, i)",
    "lerp back": "i = 1 - f\n        c = g.lerp(c, f)",
}
SHOWN = {
    "lstm": "h = o * torch.tanh(c)",
    "turned": "h = torch.tanh(c) * o",
    "method": "h = c.tanh().mul(o)",
    "normed": "h = o * torch.tanh(self.norm_c(c))",
    "relu": "h = o * F.relu(c)",
    "plain": "h = o * c",
    "no gate": "h = torch.tanh(c)",
    "itself": "h = c",
}
LOOPS = {
    "stacked": """        shown = []
        for t in range(len(x)):
            h, c = self.cell(x[t], h, c)
            shown.append(h)
        return torch.stack(shown), c""",
    "buffer": """        shown = torch.zeros(len(x), *h.shape)
        for t, row in enumerate(x):
            h, c = self.cell(row, h, c)
            shown[t] = h
        return shown, c""",
    "batch first": """        shown = []
        for row in x.transpose(0, 1).unbind(1):
            h, c = self.cell(row, h, c)
            shown.append(h.unsqueeze(1))
        return torch.cat(shown, 1).transpose(0, 1), c""",
    "step": """        shown = []
        for t in range(len(x)):
            h, c = self.cell.step(x[t], h, c)
            shown.append(h)
        return self.out(torch.stack(shown)), c""",
    "states": """        state, shown = torch.stack([h, c]), []
        for t in range(len(x)):
            state = torch.stack(self.cell(x[t], state[0], state[1]))
            shown.append(state[0])
        return torch.stack(shown), state[1]""",
    "detached": """        shown = []
        for t in range(len(x)):
            h, c = (s.detach() for s in self.cell(x[t], h, c))
            shown.append(h.clone())
        return torch.stack(shown), c""",
}
_CODE = """
class Cell(nn.Module):
    def __init__(self, features, units):
        super().__init__()
        self.units = units
        self.x, self.h = nn.Linear(features, 4 * units), nn.Linear(units, 4 * units)
        self.weight = nn.Parameter(torch.randn(4 * units, features + units) / 2)
        self.bias = nn.Parameter(torch.randn(4 * units) / 2)
        self.peep = nn.Parameter(torch.randn(2, units))
        self.norm, self.norm_c = nn.LayerNorm(4 * units), nn.LayerNorm(units)
        self.gate, self.act = nn.Sigmoid(), nn.Tanh()
        self.kept = []

    def step(self, x, h, c):
        {gates}
        {squashed}
        {update}
        {shown}
        self.kept.append(dict(zip("ifgoch", (s.clone() for s in (i, f, g, o, c, h)))))
        return h, c

    def forward(self, x, h, c):
        return self.step(x, h, c)


class Net(nn.Module):
    def __init__(self, features, units):
        super().__init__()
        self.cell, self.out, self.units = Cell(features, units), nn.Linear(units, 2), units

    def forward(self, x):
        h = c = torch.zeros(x.shape[1], self.units)
{loop}
"""
_number = itertools.count()


class Drawn(NamedTuple):
    """A way to write a cell: the key of each table above."""

    gates: str
    squashed: str
    update: str
    shown: str
    loop: str

    @property
    def coupled(self) -> bool:
        return self.update in COUPLED

    @property
    def letters(self) -> str:
        """What there is to be found."""
        return {"no gate": "ifgch", "itself": "ifgc"}.get(self.shown, "ifgoch")

    def model(self, features: int = 3, units: int = 4) -> Any:
        """The model, which runs this source."""
        source = _CODE.format(
            gates=GATES[self.gates],
            squashed=SQUASHED[self.squashed],
            update=(UPDATES | COUPLED)[self.update],
            shown=SHOWN[self.shown],
            loop=LOOPS[self.loop],
        )
        name = f"<drawn cell {next(_number)}>"
        linecache.cache[name] = len(source), None, source.splitlines(True), name
        room: dict[str, Any] = {"torch": torch, "nn": nn, "F": nn.functional}
        exec(compile(source, name, "exec"), room)
        return room["Net"](features, units)


EVERY = tuple(itertools.starmap(Drawn, itertools.product(GATES, SQUASHED, UPDATES | COUPLED, SHOWN, LOOPS)))
