"""How is each tool asked? A file each, with a function for each thing that the tool has a call for.

`keeps(model)` gives a function that runs the model on x and returns the tensors that the tool keeps. The others take
(model, x): `proof` is what the tool says of its own numbers; `picture` which of them it draws; `gradient` that of the
squared answer with respect to f at each step, (time, batch, unit); `held` the answer with f held at 1; `attribution` a
number for each input.
"""
