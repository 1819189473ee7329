"""How does the answer's gradient run back through the memory?

The gradient of the last answer with respect to c, at each unit and step. It is small at the first words, and its sign
changes from unit to unit. Beside what holding a unit does, it tells only of small changes.
"""

import torch
from plotly.graph_objects import Figure, Heatmap

import lstm_core

model = lstm_core.load_model("sentiment")
tokens = model.tokens("It is not a good film")
with lstm_core.record(model, detach=False) as recording:
    negative, positive = model(model.vectors(tokens))[-1, 0]
gradient = torch.autograd.grad(negative - positive, recording.lstm().c)[0][0, 0, :, 0].T
bound = gradient.abs().max().item()
page = Figure(Heatmap(z=gradient.numpy(), zmin=-bound, zmax=bound, colorscale="RdBu_r", xgap=1))
page.update_layout(template="simple_white", height=460, margin_t=20, yaxis_title="unit", yaxis_autorange="reversed")
page.update_xaxes(tickvals=list(range(len(tokens))), ticktext=tokens)

link = "/?model=sentiment&sentence=It+is+not+a+good+film"
