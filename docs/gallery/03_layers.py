"""What does each of three layers do?

A tagger with three layers of eight units. The first layer reads the words, each of the others the hidden states below
it. The page shows one layer at a time, or all of them.
"""

import lstm_core
from lstm_core.models.sizes import sized_tagger

model = sized_tagger(input_size=16, hidden_size=8, num_layers=3)
tokens = model.tokens("The cat the dog chased ran away")
trace = lstm_core.run(model.lstm, model.vectors(tokens), tokens=tokens)
page = trace.show(model)

link = "/?model=tagger-sizes&sentence=The+cat+the+dog+chased+ran+away&input_dim=16&hidden_dim=8&n_layers=3"
