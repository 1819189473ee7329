"""Why this answer?

What each word did for *negative* in “It is not a good film”, beside a reading of zeros in place of all words. The parts
sum to the difference between the two answers, whatever the gates do.
"""

import lstm_core

model = lstm_core.load_model("sentiment")
why = lstm_core.explain(model, "It is not a good film", baseline=0, target=("negative", "positive"))
page = why.plot()

link = "/?model=sentiment&sentence=It+is+not+a+good+film"
