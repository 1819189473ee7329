"""What do the gates do at each word?

Six strips over one sentence, read by a trained tagger. Press Play to see the memory written word by word; a cell under
the mouse shows its step, drawn with its numbers.
"""

import lstm_core

model = lstm_core.load_model("tagger")
tokens = model.tokens("The cat the dog chased ran away")
trace = lstm_core.run(model.lstm, model.vectors(tokens), tokens=tokens)
page = trace.show(model)

link = "/?model=tagger&sentence=The+cat+the+dog+chased+ran+away"
