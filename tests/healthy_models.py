"""Twenty and more models without a mistake, and what each reads."""

import torch
from architectures import Wrapped
from planted_bugs import LENGTHS, Bridged, OneMasked, by_hand, numbers, seeded, words
from torch import nn
from torch.nn.utils.parametrizations import weight_norm
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core


class Forecast(nn.Module):
    """Reads (time, batch, feature) beside what does not change, as hydrologists do."""

    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(5, 8), nn.Sequential(nn.Dropout(0.4), nn.Linear(8, 1))

    def forward(self, x, still):
        output, _ = self.lstm(torch.cat([x, still.expand(len(x), -1, -1)], -1))
        return {"y_hat": self.head(output)}


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.score, self.head = (
            nn.LSTM(4, 8, batch_first=True, bidirectional=True),
            *map(nn.Linear, (16, 16), (1, 3)),
        )

    def forward(self, x):
        output, _ = self.lstm(x)
        return self.head((output * self.score(output).softmax(1)).sum(1))


class Convolved(nn.Module):
    """A convolution over time before a GRU, a norm after it."""

    def __init__(self):
        super().__init__()
        self.before, self.gru, self.norm = (
            nn.Conv1d(4, 6, 3, padding=1),
            nn.GRU(6, 8, batch_first=True),
            nn.LayerNorm(8),
        )

    def forward(self, x):
        return self.norm(self.gru(self.before(x.transpose(1, 2)).transpose(1, 2))[0])


class Stacked(nn.Module):
    """Two LSTMs, one on the other, with a way around."""

    def __init__(self):
        super().__init__()
        self.low, self.high = nn.LSTM(4, 4, batch_first=True), nn.LSTM(4, 4, batch_first=True)

    def forward(self, x):
        low, _ = self.low(x)
        return x + self.high(low)[0]


class Masked(nn.Module):
    """A cell in a loop that keeps its state where a sequence has ended."""

    def __init__(self):
        super().__init__()
        self.embedding, self.cell, self.head = nn.Embedding(30, 6, padding_idx=0), nn.LSTMCell(6, 8), nn.Linear(8, 3)

    def forward(self, x):
        h = c = torch.zeros(len(x), 8)
        for token, step in zip(x.unbind(1), self.embedding(x).unbind(1), strict=True):
            real = (token != 0).unsqueeze(1)
            h, c = (torch.where(real, new, old) for new, old in zip(self.cell(step, (h, c)), (h, c), strict=True))
        return self.head(h)


class Windows(nn.Module):
    """Reads some steps at a time, and cuts the gradient after each window of 8."""

    def __init__(self, at_once):
        super().__init__()
        self.lstm, self.head, self.at_once = nn.LSTM(4, 8), nn.Linear(8, 3), at_once

    def forward(self, x):
        state = None
        for number, steps in enumerate(x.split(self.at_once)):
            if state and number * self.at_once % 8 == 0:
                state = tuple(each.detach() for each in state)
            output, state = self.lstm(steps, state)
        return self.head(output[-1])


class ActorAndCritic(nn.Module):
    """Returns two answers, each of an LSTM of its own."""

    def __init__(self):
        super().__init__()
        self.actor, self.critic = nn.LSTM(4, 8), nn.LSTM(4, 8)

    def forward(self, x):
        return self.actor(x)[0], self.critic(x)[0].mean(-1)


class Documents(nn.Module):
    """Reads the words of each sentence, and then the sentences of each document."""

    def __init__(self):
        super().__init__()
        self.words, self.sentences = (nn.GRU(size, 8, batch_first=True) for size in (4, 8))

    def forward(self, x):
        sentences = self.words(x.flatten(0, 1))[1][-1]
        return self.sentences(sentences.unflatten(0, x.shape[:2]))[1][-1]


def packed(lengths):
    x = numbers(len(lengths), max(lengths), 4)
    return pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)


def rain():
    return (numbers(6, 30, 1) - 0.8).relu()


FRESH = {
    "an LSTM": (lambda: nn.LSTM(4, 8), ()),
    "three layers in both directions": (lambda: nn.LSTM(4, 8, 3, bidirectional=True), ()),
    "batch first": (lambda: nn.LSTM(4, 8, batch_first=True), ()),
    "no bias": (lambda: nn.LSTM(4, 8, bias=False), ()),
    "a projection": (lambda: nn.LSTM(4, 8, proj_size=3), ()),
    "dropout between layers": (lambda: nn.LSTM(4, 8, 2, dropout=0.5), ()),
    "float64": (lambda: nn.LSTM(4, 8, dtype=torch.float64), ()),
    "one unit": (lambda: nn.LSTM(1, 1), ()),
    "many units": (lambda: nn.LSTM(64, 256), ()),
    "a GRU": (lambda: nn.GRU(4, 8, 2, bidirectional=True), ()),
    "an RNN": (lambda: nn.RNN(4, 8), ()),
    "a cell": (lambda: nn.LSTMCell(4, 8), ()),
    "a GRU's cell": (lambda: nn.GRUCell(4, 8), ()),
    "a given state": (lambda: nn.LSTM(4, 8), (numbers(9, 6, 4), (numbers(1, 6, 8), numbers(1, 6, 8)))),
    "packed": (lambda: nn.LSTM(4, 8, bidirectional=True), (packed(LENGTHS),)),
    "unbatched": (lambda: nn.LSTM(4, 8), (numbers(9, 4),)),
    "one sequence": (lambda: nn.LSTM(4, 8), (numbers(9, 1, 4),)),
    "one step": (lambda: nn.LSTM(4, 8), (numbers(1, 5, 4),)),
    "as many steps as sequences": (lambda: nn.LSTM(4, 8, batch_first=True), (numbers(7, 7, 4),)),
    "a forecast": (Forecast, (numbers(30, 6, 3), numbers(6, 2))),
    "rain, which ends in zeros": (lambda: nn.LSTM(1, 8, batch_first=True), (rain(),)),
    "attention": (Attention, (numbers(6, 9, 4),)),
    "a convolution before": (Convolved, (numbers(6, 20, 4),)),
    "two, with a way around": (Stacked, (numbers(6, 9, 4),)),
    "a gradient cut once a window": (lambda: Windows(8), (numbers(24, 6, 4),)),
    "the same, step by step": (lambda: Windows(1), (numbers(24, 6, 4),)),
    "a decoder from both directions": (lambda: Bridged(False), (words(False),)),
    "a decoder behind a bridge": (Bridged, (words(False),)),
    "a masked loop": (Masked, (words(),)),
    "an actor and a critic": (ActorAndCritic, (numbers(20, 6, 4),)),
    "words of sentences of documents": (Documents, (numbers(6, 5, 7, 4),)),
    "a norm of weights": (lambda: weight_norm(nn.LSTM(4, 8, 2), "weight_hh_l1"), ()),
    "a class that is ruled out": (OneMasked, (words(False),)),
    "weights that none learns": (lambda: nn.LSTM(4, 8).requires_grad_(False), ()),
    "a cell by hand": (by_hand, (numbers(9, 6, 6),)),
    "a cell by hand before a Linear": (lambda: by_hand(nn.Linear(8, 3)), (numbers(20, 6, 6),)),
    "no memory at all": (lambda: Wrapped(nn.Linear(4, 3)), (numbers(9, 6, 4),)),
}
HEALTHY = {name: (lambda make=make: seeded(make), inputs) for name, (make, inputs) in FRESH.items()}
HEALTHY |= {name: (lambda name=name: lstm_core.load_model(name), ()) for name in lstm_core.models()}
HEALTHY["a text of four steps"] = (lambda: lstm_core.load_model("counter"), ("aabb",))
HEALTHY["a text"] = (lambda: lstm_core.load_model("tagger"), ("Giraffes in a field saw a can",))
