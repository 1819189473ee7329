"""Where else in a corpus is the memory in this state?

The units that are on at *watch* in “They watch it”, where *watch* is a verb, and the places in other sentences where
most of the same units are on. All of the first are verbs. *Their watch* comes last, though the word is the same.
"""

from plotly.graph_objects import Bar, Figure

import lstm_core

model = lstm_core.load_model("tagger")
texts = [
    *("They watch the birds in our garden", "Their watch stopped at noon", "We plan a long walk by the sea"),
    *("The plan is to walk home", "You can fish in that lake", "A can of fish stood on the table"),
]
scan = lstm_core.scan(model, texts)
tokens = model.tokens("They watch it")
trace = lstm_core.run(model.lstm, model.vectors(tokens), tokens=tokens)
pattern = lstm_core.pattern(trace, 1, 1)
hits = scan.search(pattern, texts=texts, length=1, limit=6)[::-1]
places = [f"{hit.before} <b>{hit.match}</b> {hit.after}: {hit.answer}" for hit in hits.itertuples()]
bars = Bar(x=hits.shared, y=places, orientation="h")
page = Figure(bars).update_layout(template="simple_white", height=340, margin_t=20, yaxis_automargin=True)
page.update_xaxes(title=f"of {len(pattern.units)} units, on here too")

link = "/units?model=tagger&sentence=They+watch+it"
