"""What goes wrong when the counting unit is held?

The text of “How does an LSTM count?”, while c of unit 1 is held at 0. Compare the answers under the last b: the model
no longer knows where the b's must end.
"""

import lstm_core

model = lstm_core.load_model("counter")
tokens = model.tokens("aaaaaaaaaabbbbbbbbbb")
with lstm_core.intervene(model, lstm_core.Hold("c", 0.0, units=[1])):
    trace = lstm_core.run(model.lstm, model.vectors(tokens), tokens=tokens)
page = trace.show(model)

link = "/?model=counter&sentence=aaaaaaaaaabbbbbbbbbb&holds=c.0.1.all_0"
