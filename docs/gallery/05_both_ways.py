"""What do the two directions know of padded sentences?

Two sentences of different lengths, packed, read from both ends. The figure is of the shorter one: direction 1, on the
right, starts at its last word, never at the padding. Past a sentence's end a trace has no numbers.
"""

from torch.nn.utils.rnn import pack_sequence

import lstm_core

model = lstm_core.load_model("tagger-bi")
texts = ["Giraffes in a field", "The cat the dog chased ran away"]
tokens = [model.tokens(text) for text in texts]
packed = pack_sequence([model.vectors(words)[:, 0] for words in tokens], enforce_sorted=False)
trace = lstm_core.run(model.lstm, packed, tokens=tokens)
assert trace.c[:, :, 4:, 0].isnan().all()  # the first sentence has four words
page = trace.plot(direction=[0, 1], batch=0, quantities=["f", "c", "h"], title="", width=760)

link = "/?model=tagger-bi&sentence=Giraffes+in+a+field"
