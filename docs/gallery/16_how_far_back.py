"""How far back does it look?

All before the last k steps is cut, and the answer compared with the whole reading's. This model has to say what the
first symbol was, so every cut changes its answer. The forget gates and the gradients would say so less and less.
"""

import lstm_core

model = lstm_core.load_model("copy")
texts = [symbol + "." * gap + "?" for symbol in "abcd" for gap in (3, 7, 15, 30)]
page = lstm_core.horizon(model, texts).plot()

link = "/?model=copy&sentence=c..........%3F"
