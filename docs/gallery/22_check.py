"""What is wrong with the way this model reads?

A classifier takes the last step of both directions. Read backward, the last step has read one word. `check` finds it,
and gives the line that mends it.
"""

import torch

import lstm_core


class Reads(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.linear = torch.nn.LSTM(4, 8, bidirectional=True), torch.nn.Linear(16, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.linear(self.lstm(x)[0][-1])
        return y


torch.manual_seed(0)
page = lstm_core.check(Reads(), torch.randn(20, 6, 4))
