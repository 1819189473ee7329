"""What does one word change?

Two sentences that differ by a word, step by step: the difference of c and of h in each unit, from that word on.
"""

import lstm_core

model = lstm_core.load_model("sentiment")


def read(text: str) -> lstm_core.Trace:
    tokens = model.tokens(text)
    return lstm_core.run(model.lstm, model.vectors(tokens), tokens=tokens)


page = lstm_core.compare(read("It is a very good film"), read("It is not very good film")).plot()

link = "/compare?model=sentiment&sentence=It+is+a+very+good+film&sentence_b=It+is+not+very+good+film"
