"""What does a forecast remember?

Eight units read three days of a load, hour by hour. Press Play to see which of them follow the day.
"""

import lstm_core
from lstm_core.models import about

model = lstm_core.load_model("series")
tokens = model.tokens(about("series").examples["three days"])
trace = lstm_core.run(model.lstm, model.vectors(tokens), tokens=tokens)
page = trace.show(model)

link = "/?model=series"
