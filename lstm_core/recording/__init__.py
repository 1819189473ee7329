"""How are the gates of somebody's model recorded, and proved?

An LSTM, a GRU and a plain RNN are three kinds of cell (`kinds`) and take one path: a call is read (`call`), its gates
are computed again (`replay`, `layer_gates`), for `detach=False` with their `gradients`, or the call runs again step by
step (`unroll`), and it becomes a trace (`trace_of_call`). The equations of all three are in `equations`.

c = f ⊙ c_before + i ⊙ g is in the code more than once, because a whole run needs other forms of it than a step.
`tests/test_rungs.py` compares each form with the reference:

| where | form | why |
|---|---|---|
| `equations.lstm_step` | one step, as in the paper | the reference; `unroll`, `intervene` and `detach=False` run it |
| `equations.accumulate_` | a whole run in place, in blocks | many steps at once, when all gates are known |
| `layer_gates` | `accumulate_` with holds and ends of sequences | the recording to the bit |
| `kernel.loops` | one step of all units in float32, compiled, and once more as its check | `exact=False` |
| `analysis.anatomy` | one unit of one step, every term a number | what a reader looks at |
"""
