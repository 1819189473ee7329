"""What if the memory were wiped at one word?

Left: c as the model reads “It is not a good film”. Middle: with c held at 0 at *not*, for that step alone. Right: the
difference. As it is the model says 65 % negative; with the memory wiped at *not*, 65 % positive.
"""

import lstm_core

model = lstm_core.load_model("sentiment")
tokens = model.tokens("It is not a good film")
hold = lstm_core.Hold("c", 0.0, steps=[tokens.index("not")])
read = lstm_core.what_if(model, model.vectors(tokens), hold=hold)
page = read.plot(quantities=["c"])

link = "/?model=sentiment&sentence=It+is+not+a+good+film&holds=c.0.0.all_2"
