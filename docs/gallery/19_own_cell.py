"""What is inside a cell that I wrote by hand?

A cell whose gates also read the memory (peepholes), which PyTorch does not have. It is found among what the model
computes, by its equation, and shows as any other.
"""

import torch

import lstm_core


class Peephole(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gates = torch.nn.Linear(14, 20)

    def forward(self, x: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        i, f, g, o = self.gates(torch.cat([x, h, c], 1)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


torch.manual_seed(2)
cell, h, c = Peephole(), torch.zeros(1, 5), torch.zeros(1, 5)
with lstm_core.record(cell) as recording:
    for x in torch.randn(12, 1, 4):
        h, c = cell(x, h, c)
page = recording.cell().show()
