"""How are the gates of somebody's model recorded, and proved?

An LSTM, a GRU and a plain RNN are three kinds of cell (`kinds`) and take one path: a call is read (`call`), its gates
are computed again from the h that the module gave (`gates`) and proved (`proof`), and it becomes a trace
(`calls`). With `detach=False` a gradient reaches each gate (`gradients`); where one is held, the call runs
again step by step (`steps`). The equations of all three are in `equations`.

c = f ⊙ c_before + i ⊙ g is in the code three times: `equations.lstm_step` is one step, as in the paper, which `steps`
runs; `equations.accumulate_` is a whole run in place, where all gates are known; `analysis.anatomy` is one unit of one
step, every term a number. The tests hold each to a float64 loop.
"""
