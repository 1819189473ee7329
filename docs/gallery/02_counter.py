"""How does an LSTM count?

This one reads a's, then as many b's, and has to know when the b's must end. Look at c of unit 1: it rises by one with
every a, and falls by one with every b. Its forget gate stays open all the time. Type other a's and b's: the page
computes them.
"""

import lstm_core

model = lstm_core.load_model("counter")
tokens = model.tokens("aaaaaaaaaabbbbbbbbbb")
trace = lstm_core.run(model.lstm, model.vectors(tokens), tokens=tokens)
page = trace.show(model)

link = "/?model=counter&sentence=aaaaaaaaaabbbbbbbbbb&pin=0.1.13"
