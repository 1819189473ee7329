"""Which unit tracks a column, and what must not be found?

Two columns beside eighteen texts: how many more a's than b's have come, and noise. Unit 1 tracks the first exactly.
The best of all units for the noise is no better than by chance: its p is 0.9.
"""

import numpy as np

import lstm_core

model = lstm_core.load_model("counter")
texts = [model.tokens("a" * n + "b" * n) for n in range(3, 21)]
traces = [lstm_core.run(model.lstm, model.vectors(tokens), tokens=tokens) for tokens in texts]
noise = np.random.default_rng(0)
columns = {
    "a's less b's": [np.cumsum([1 if token == "a" else -1 for token in tokens]) for tokens in texts],
    "noise": [noise.normal(size=len(tokens)) for tokens in texts],
}
found = lstm_core.find_units(traces, columns, quantities=["c"])
page = found.plot()

link = "/units?model=counter&sentence=aaaaaaaaaabbbbbbbbbb"
