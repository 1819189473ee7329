"""What does an agent's memory do, step by step, when an episode ends?

An agent's LSTMCell is called once a step. The calls are joined into one trace. At step 12 a new episode begins with an
empty state: `trace.resets` names that step, and the picture marks it.
"""

import torch

import lstm_core

torch.manual_seed(3)
cell, state = torch.nn.LSTMCell(4, 6), None
with lstm_core.record(cell) as recording:
    for step, observation in enumerate(torch.randn(20, 1, 4).cumsum(0) / 3):
        state = None if step == 12 else state
        state = cell(observation, state)
trace = recording.only
assert trace.resets == (12,)
page = trace.show()
