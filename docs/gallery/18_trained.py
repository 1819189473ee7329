"""What did training change?

A new model learns to count a's and b's, here, in some seconds. Both pictures are of one text: at the left c before
training, in the middle after it, at the right the difference.
"""

import copy

import lstm_core
from lstm_core.training.counter import Counter

learning = lstm_core.training.epochs(Counter(longest=8), seed=0, epochs=15)
first = copy.deepcopy(next(learning).model)
*_, last = learning


def read(model: lstm_core.SequenceModel) -> lstm_core.Trace:
    tokens = model.tokens("aaaaaaabbbbbbb")
    return lstm_core.run(model.lstm, model.vectors(tokens), tokens=tokens)


page = lstm_core.compare(read(first), read(last.model)).plot(quantities=["c"])

link = "/open?how=train&task=counter"
