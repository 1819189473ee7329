"""What a user of the library writes. `tests/test_docs.py` checks it with a strict type checker."""

import torch
from torch import nn

import lstm_core
from lstm_core import CellTrace, GruTrace, Hold, RnnTrace, Trace
from lstm_core.analysis import Comparison, Found, order_units
from lstm_core.inputs import token_vectors
from lstm_core.models import random_lstm

model = nn.Sequential(nn.LSTM(4, 3))
with lstm_core.record(model) as recording:
    model(torch.randn(5, 1, 4))
for name, trace in recording.items():
    kind: Trace | GruTrace | RnnTrace | CellTrace = trace
    print(name, kind.sizes, kind.max_error)
lstm: Trace = recording.lstm("0")
forget: torch.Tensor = lstm.f[0, 0, :, 0]
print(recording, forget.mean().item(), recording.lstm().name)

report = lstm_core.check(nn.LSTM(4, 3), torch.randn(5, 2, 4))
print(report.is_broken, [row.advice for row in report.of("look")], lstm_core.unrolled(nn.LSTM(4, 3)))

of_gru: GruTrace = lstm_core.run(nn.GRU(4, 3), torch.randn(5, 1, 4))
print(of_gru.z.shape, lstm_core.run(model, torch.randn(5, 1, 4)).max_error)

with lstm_core.intervene(model, Hold("f", 1.0, units=[0]), Hold("c", lstm, steps=[-1])):
    model(torch.randn(5, 1, 4))
with lstm_core.intervene(model, "0", units=[0], gate="o", value=0.0):
    model(torch.randn(5, 1, 4))
lstm.save("run.npz")
loaded = lstm_core.load("run.npz")
of_loaded: torch.Tensor = loaded.f if isinstance(loaded, Trace) else loaded.h
print(loaded.sizes, loaded.max_error, of_loaded.shape)

before, after = lstm_core.what_if(model, torch.randn(5, 1, 4), hold=Hold("i", lambda value: value / 2))
inputs = [torch.randn(5, 1, 4)]
change: float = lstm_core.effect(model, inputs, lambda m, x: float(m(x)[0].sum()), Hold("h", 0.0)).change

words = lstm_core.words("Giraffes in a field")
read = lstm_core.run(random_lstm(4, 3), token_vectors(words, 4, seed=2), tokens=words)
shares: torch.Tensor = lstm_core.ledger(read, time=3, batch=0).cell
found: Found = lstm_core.find_units(read, [1, 0, 0, 1])
compared: Comparison = lstm_core.compare(read, read)
print(shares.sum(0), found.table, compared.pairs, order_units(read, by="activity"), change, before, after)
why: lstm_core.explaining.Explained = lstm_core.explain(lstm_core.load_model("counter"), "aabb", baseline=0)
alone = lstm_core.explain((nn.GRU(4, 3), nn.Linear(3, 1)), torch.randn(5, 4), without=(2, 1), baseline="mean")
kept: float = (why.carriers.kept + alone.inputs.sum()).max() + lstm_core.horizon(
    nn.GRU(4, 3), [torch.randn(9, 4), torch.randn(8, 4)]
).k95
print(lstm_core.models(), lstm_core.load_model("counter").tokens("aabb"))
