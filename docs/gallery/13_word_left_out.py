"""Which word turns the answer when it is left out?

The model reads the sentence again without each word in turn. A bar says by how much *negative* leads *positive* then,
the line how it is with all words. Without *not* the film looks good, and without
*good* too.
"""

from plotly.graph_objects import Bar, Figure

import lstm_core
from lstm_core.analysis import scores_without_each

model = lstm_core.load_model("sentiment")
tokens = model.tokens("It is not a good film")
x, last = model.vectors(tokens), len(tokens) - 1
negative, positive = scores_without_each(model.lstm, model.linear, x, time=last, steps=range(last)).T  # (step, class)
whole = model(x)[-1, 0].detach()
left_out = [f"without {token} ({step})" for step, token in enumerate(tokens[:-1])]
page = Figure(Bar(x=left_out, y=(negative - positive).tolist()))
page.add_hline(y=(whole[0] - whole[1]).item(), line_dash="dot", annotation_text="all words")
page.update_layout(template="simple_white", height=400, margin_t=20, yaxis_title="negative's lead")

link = "/?model=sentiment&sentence=It+is+not+a+good+film"
