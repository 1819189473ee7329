"""What does a ConvLSTM's memory look like, as maps?

A cell over images: its gates are a convolution, and its state is a map of 8 by 8. A bright spot moves from the left to
the right. c follows it and leaves a faint trail: untrained, it keeps little. The cell is found as any hand-written one.
"""

import torch

import lstm_core


class ConvLSTM(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gates = torch.nn.Conv2d(3, 8, kernel_size=3, padding=1)

    def forward(self, x: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        i, f, g, o = self.gates(torch.cat([x, h], 1)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


torch.manual_seed(0)
cell, h, c = ConvLSTM(), torch.zeros(1, 2, 8, 8), torch.zeros(1, 2, 8, 8)
with lstm_core.record(cell) as recording:
    for step in range(8):
        x = torch.zeros(1, 1, 8, 8)
        x[0, 0, 3:5, step] = 4
        h, c = cell(x, h, c)
page = recording.cell().plot_maps(quantities=["f", "i", "c"], title="", width=760)
