"""Small models as people write them, each with one mistake, and beside it the model without it."""

from typing import NamedTuple

import hand_written
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

WORDS, WIDE, UNITS, CLASSES = 30, 6, 8, 3
LENGTHS = [9, 5, 7, 3, 9, 6]
BATCH, STEPS = len(LENGTHS), max(LENGTHS)


def seeded(make):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return make()


def numbers(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def words(padded=True):
    """(batch, time), row 0 being the padding."""
    x = torch.randint(1, WORDS, (BATCH, STEPS), generator=torch.Generator().manual_seed(1))
    if padded:
        for one, length in enumerate(LENGTHS):
            x[one, length:] = 0
    return x


class Text(nn.Module):
    """Embedding, LSTM, Linear; `pad` is the embedding's padding_idx."""

    def __init__(self, pad=None, kind=nn.LSTM, **settings):
        super().__init__()
        settings = {"batch_first": True} | settings
        self.embedding = nn.Embedding(WORDS, WIDE, padding_idx=pad)
        self.lstm = kind(WIDE, UNITS, **settings)
        ways = 2 if settings.get("bidirectional") else 1
        self.linear = nn.Linear(UNITS * ways, CLASSES)


def by_hand(*after):
    """A hand-written cell in a loop, and what stands after it."""
    return nn.Sequential(hand_written.Loop(hand_written.Lstm(WIDE, UNITS), UNITS), *after)


class LastStep(Text):
    def forward(self, x, _lengths=None):
        return self.linear(self.lstm(self.embedding(x))[0][:, -1])


class LastState(Text):
    def forward(self, x, _lengths=None):
        return self.linear(self.lstm(self.embedding(x))[1][0][-1])


class Mean(Text):
    def forward(self, x):
        return self.linear(self.lstm(self.embedding(x))[0].mean(1))


class MeanOfReal(Text):
    def forward(self, x):
        real = (x != 0).unsqueeze(-1)
        return self.linear((self.lstm(self.embedding(x))[0] * real).sum(1) / real.sum(1))


class MeanOfMask(Text):
    used = True

    def forward(self, x, attention_mask):
        real = (attention_mask if self.used else torch.ones_like(x)).unsqueeze(-1)
        return self.linear((self.lstm(self.embedding(x))[0] * real).sum(1) / real.sum(1))


class MeanOfAll(MeanOfMask):
    used = False


class FirstLayer(Text):
    def forward(self, x):
        return self.linear(self.lstm(self.embedding(x))[1][0][0])


class ForwardHalf(Text):
    way = -2

    def forward(self, x):
        return self.linear(self.lstm(self.embedding(x))[1][0][self.way].repeat(1, 2))


class Series(nn.Module):
    """Reads numbers; where all are zero a sequence has ended."""

    def __init__(self):
        super().__init__()
        self.lstm, self.linear = nn.LSTM(WIDE, UNITS, batch_first=True), nn.Linear(UNITS, CLASSES)

    def forward(self, x):
        real = (x != 0).any(-1, keepdim=True)
        return self.linear((self.lstm(x)[0] * real).sum(1) / real.sum(1))


class SeriesToTheEnd(Series):
    def forward(self, x):
        return self.linear(self.lstm(x)[0][:, -1])


class EachStep(Text):
    def forward(self, x, _lengths=None):
        return self.linear(self.lstm(self.embedding(x))[0])


class Packed(Text):
    """Right; the classes below change a line of it."""

    def lengths(self, lengths):
        return lengths

    def read(self, packed, _lengths):
        _, (h, _) = self.lstm(packed)
        return torch.cat([h[-2], h[-1]], -1) if self.lstm.bidirectional else h[-1]

    def forward(self, x, lengths):
        lengths = self.lengths(lengths)
        packed = pack_padded_sequence(self.embedding(x), lengths, batch_first=True, enforce_sorted=False)
        return self.linear(self.read(packed, lengths))


class PackedTagger(Packed):
    def read(self, packed, _lengths):
        return pad_packed_sequence(self.lstm(packed)[0], batch_first=True)[0]


class OneTooFew(Packed):
    def lengths(self, lengths):
        return (lengths - 1).clamp(min=1)


class PaddedEnd(Packed):
    def read(self, packed, _lengths):
        return pad_packed_sequence(self.lstm(packed)[0], batch_first=True)[0][:, -1]


class MeanAfterPacking(Packed):
    def read(self, packed, _lengths):
        return pad_packed_sequence(self.lstm(packed)[0], batch_first=True)[0].mean(1)


class Sorted(Text):
    """Sorts by length by hand; puts back what it answers, or forgets to."""

    back = True

    def forward(self, x, lengths):
        lengths, order = lengths.sort(descending=True, stable=True)
        packed = pack_padded_sequence(self.embedding(x[order]), lengths, batch_first=True)
        scores = self.linear(self.lstm(packed)[1][0][-1])
        return scores[order.argsort()] if self.back else scores


class NotPutBack(Sorted):
    back = False


class BothStates(Text):
    """Joins the last states of both directions."""

    def join(self, h):
        return torch.cat([h[-2], h[-1]], -1)

    def forward(self, x):
        return self.linear(self.join(self.lstm(self.embedding(x))[1][0]))


def both_states():
    return BothStates(bidirectional=True)


class StatesViewed(BothStates):
    def join(self, h):
        return h.reshape(h.shape[1], -1)


class FirstStep(Text):
    def forward(self, x):
        return self.linear(self.lstm(self.embedding(x))[0][:, 0])


class Carries(Text):
    def __init__(self):
        super().__init__()
        self.state = None

    def forward(self, x):
        _, self.state = self.lstm(self.embedding(x), self.state)
        return self.linear(self.state[0][-1])


class TwoParts(Text):
    """Reads, and says it again from the state."""

    def __init__(self):
        super().__init__()
        self.decoder = nn.LSTM(WIDE, UNITS, batch_first=True)

    def hand(self, h, c):
        return h, c

    def forward(self, x):
        _, state = self.lstm(self.embedding(x))
        return self.linear(self.decoder(self.embedding(x), self.hand(*state))[0])


class HandsExchanged(TwoParts):
    def hand(self, h, c):
        return c, h


class HandsCTwice(TwoParts):
    def hand(self, _h, c):
        return c, c


class Loop(Text):
    """A cell called step by step."""

    def __init__(self, kind=nn.LSTMCell):
        super().__init__()
        self.lstm = kind(WIDE, UNITS)

    def next(self, step, state):
        return self.lstm(step, state)

    def forward(self, x):
        state = None
        for step in self.embedding(x).unbind(1):
            state = self.next(step, state)
        return self.linear(state[0] if isinstance(state, tuple) else state)


class LoopForgets(Loop):
    def next(self, step, _state):
        return self.lstm(step)


class LoopStartsAnew(Loop):
    def forward(self, x):
        state = None
        for number, step in enumerate(self.embedding(x).unbind(1)):
            state = self.lstm(step, state if number % 4 else None)
        return self.linear(state[0])


class LoopDetaches(Loop):
    def next(self, step, state):
        return self.lstm(step, None if state is None else tuple(s.detach() for s in state))


class TakesC(Text):
    def forward(self, x):
        _, (_, c) = self.lstm(self.embedding(x))
        return self.linear(c[-1])


class Bridged(Text):
    """Reads in both directions, and says it again from both states together, or through a Linear of each."""

    def __init__(self, linear=True):
        super().__init__(bidirectional=True)
        self.linear_of_each = linear
        self.of_h, self.of_c = (nn.Linear(2 * UNITS, 2 * UNITS) for _ in range(2))
        self.decoder = nn.LSTM(WIDE, 2 * UNITS, batch_first=True)

    def hand(self, h, c):
        return (self.of_h(h), self.of_c(c)) if self.linear_of_each else (h, c)

    def forward(self, x):
        state = (torch.cat([both[0], both[1]], -1)[None] for both in self.lstm(self.embedding(x))[1])
        return self.linear(self.decoder(self.embedding(x), self.hand(*state))[0])


class BridgesCTwice(Bridged):
    def hand(self, _h, c):
        return self.of_h(c), self.of_c(c)


class AnswersCBesideABridge(Bridged):
    def hand(self, h, c):
        self.c = c[0]
        return super().hand(h, c)

    def forward(self, x):
        return super().forward(x) + self.linear(self.c)[:, None]


class Unlearning(Text):
    def forward(self, x):
        with torch.no_grad():
            output, _ = self.lstm(self.embedding(x))
        return self.linear(output[:, -1])


class OnlyTheLast(Text):
    """Hands the LSTM the last words alone."""

    def forward(self, x):
        return self.linear(self.lstm(self.embedding(x[:, -1:]).expand(-1, x.shape[1], -1) * 1.0)[1][0][-1])


class Dropping(LastState):
    def forward(self, x):
        return self.linear(F.dropout(self.lstm(self.embedding(x))[1][0][-1], 0.5, training=self.training))


class DropsForEver(LastState):
    def forward(self, x):
        return self.linear(F.dropout(self.lstm(self.embedding(x))[1][0][-1], 0.5))


class Noisy(LastState):
    def forward(self, x):
        return super().forward(x) + 0.1 * torch.randn(len(x), CLASSES)


class OneMasked(LastState):
    """Rules one class out."""

    def forward(self, x):
        return super().forward(x).masked_fill(torch.arange(CLASSES) == 1, -torch.inf)


class OtherForward(nn.LSTM):
    def forward(self, x, hx=None):
        output, state = super().forward(x, hx)
        return output.relu(), state


def with_weights(make, change):
    """A model whose LSTM's weights are changed."""

    def made():
        model = make()
        with torch.no_grad():
            change(model.lstm, model)
        return model

    return made


def set_(name, rows=slice(None), value=0.0):
    def change(lstm, _model):
        getattr(lstm, name)[rows] = value

    return change


def forget(value_ih, value_hh=None, quarter=1):
    rows = slice(quarter * UNITS, (quarter + 1) * UNITS)

    def change(lstm, _model):
        lstm.bias_ih_l0[rows] = value_ih
        lstm.bias_hh_l0[rows] = 0.0 if value_hh is None else value_hh

    return change


def pruned(lstm, _model):
    for gate in range(4):
        rows = gate * UNITS + 4
        for weight in lstm.parameters():
            weight[rows] = 0.0


def diagonal(times):
    return lambda lstm, _model: [*lstm.parameters()][1].copy_(times * torch.eye(UNITS))


def hooked(model):
    model.lstm.register_forward_hook(lambda _m, _a, result: (result[0] * 1.1, result[1]))
    return model


def relu_loop():
    return Loop(lambda *sizes: nn.RNNCell(*sizes, nonlinearity="relu"))


def relu_rnn():
    return LastStep(kind=nn.RNN, nonlinearity="relu")


class Planted(NamedTuple):
    row: str
    bug: object
    healthy: object
    inputs: tuple


def zeros_at_ends():
    x = numbers(BATCH, STEPS, WIDE)
    for one, length in enumerate(LENGTHS):
        x[one, length:] = 0
    return x


LENGTHS_GIVEN = torch.tensor(LENGTHS)
PADDED, WHOLE = (words(),), (words(padded=False),)
RULES_OUT = nn.Threshold(0, -torch.inf)
MASKED = (words(), (words() > 0).long())
WITH_LENGTHS = (words(), LENGTHS_GIVEN)
WEIGHTS = "All weights finite, none constant"
FINITE = "All that is computed is finite"
LEARNS = "All layers reach the answers and can learn"
REBUILT = "Rebuilt from its gates"
PADDING = "Padding changes no answer"
PACKING = "Packed and unpacked agree"
SWAPPED = "Each sequence is answered by itself"
ENDS = "Each direction is read at its end"
ANEW = "Each text starts anew"
HANDED = "h and c are handed on as they are"
TWICE = "The same answer twice"
MOVE = "All units move"
THROUGH = "The memory goes on through a text"
GATES = "Gates open and shut"
BIASES = "Forget biases"
REACH = "Steps back that still count"
GRADIENT = "Gradient k steps back"

PLANTED = {
    "NaN in U": Planted(WEIGHTS, with_weights(LastState, set_("weight_hh_l0", 3, torch.nan)), LastState, WHOLE),
    "U of zeros": Planted(WEIGHTS, with_weights(LastState, set_("weight_hh_l0")), LastState, WHOLE),
    "W of one number": Planted(WEIGHTS, with_weights(LastState, set_("weight_ih_l0", value=0.1)), LastState, WHOLE),
    "an h that overflows": Planted(FINITE, with_weights(relu_loop, diagonal(1e6)), relu_loop, WHOLE),
    "an infinite x": Planted(FINITE, lambda: nn.Sequential(RULES_OUT, Series()), Series, (zeros_at_ends(),)),
    "no class left": Planted(FINITE, lambda: nn.Sequential(Mean(), nn.Threshold(9.0, -torch.inf)), Mean, WHOLE),
    "a mean over nothing": Planted(FINITE, MeanOfReal, Mean, (torch.zeros_like(words()),)),
    "h_n[0] of two layers": Planted(LEARNS, lambda: FirstLayer(num_layers=2), lambda: LastState(num_layers=2), WHOLE),
    "the backward half left out": Planted(LEARNS, lambda: ForwardHalf(bidirectional=True), both_states, WHOLE),
    "an LSTM that is frozen": Planted(
        LEARNS, with_weights(LastState, lambda lstm, _: lstm.requires_grad_(False)), LastState, WHOLE
    ),
    "an LSTM with another forward": Planted(REBUILT, lambda: LastStep(kind=OtherForward), LastStep, WHOLE),
    "a hook that scales": Planted(REBUILT, lambda: hooked(LastStep()), LastStep, WHOLE),
    "the last step of padded text": Planted(PADDING, lambda: LastStep(pad=0), lambda: MeanOfReal(pad=0), PADDED),
    "lengths that are not used": Planted(PADDING, LastState, Packed, WITH_LENGTHS),
    "a mean with padding": Planted(PADDING, lambda: Mean(pad=0), lambda: MeanOfReal(pad=0), PADDED),
    "a mask that is not used": Planted(PADDING, MeanOfAll, MeanOfMask, MASKED),
    "zeros read to the end": Planted(PADDING, SeriesToTheEnd, Series, (zeros_at_ends(),)),
    "tags read backward from padding": Planted(
        PADDING,
        lambda: EachStep(pad=0, bidirectional=True),
        lambda: PackedTagger(pad=0, bidirectional=True),
        WITH_LENGTHS,
    ),
    "answers not put back in order": Planted(PACKING, NotPutBack, Sorted, WITH_LENGTHS),
    "the padded end after packing": Planted(PACKING, PaddedEnd, Packed, WITH_LENGTHS),
    "a mean over zeros after packing": Planted(PACKING, MeanAfterPacking, Packed, WITH_LENGTHS),
    "lengths one too small": Planted(PACKING, OneTooFew, Packed, WITH_LENGTHS),
    "batch_first forgotten": Planted(SWAPPED, lambda: LastStep(batch_first=False), LastStep, WHOLE),
    "batch_first forgotten by a tagger of padded text": Planted(
        SWAPPED, lambda: EachStep(pad=0, batch_first=False), lambda: EachStep(pad=0), PADDED
    ),
    "h_n viewed": Planted(SWAPPED, lambda: StatesViewed(bidirectional=True), both_states, WHOLE),
    "the last step of both directions": Planted(ENDS, lambda: LastStep(bidirectional=True), both_states, WHOLE),
    "the first step": Planted(ENDS, FirstStep, LastStep, WHOLE),
    "softmax over the batch after a cell by hand": Planted(
        SWAPPED, lambda: by_hand(nn.Softmax(1)), lambda: by_hand(nn.Softmax(2)), (numbers(STEPS, BATCH, WIDE),)
    ),
    "a state that stays": Planted(ANEW, Carries, LastState, WHOLE),
    "h and c exchanged between two LSTMs": Planted(HANDED, HandsExchanged, TwoParts, WHOLE),
    "c handed on as h": Planted(HANDED, HandsCTwice, TwoParts, WHOLE),
    "a loop that forgets": Planted(HANDED, LoopForgets, Loop, WHOLE),
    "a loop that starts anew now and then": Planted(THROUGH, LoopStartsAnew, Loop, WHOLE),
    "c taken for h": Planted(HANDED, TakesC, LastState, WHOLE),
    "c bridged to h": Planted(HANDED, BridgesCTwice, Bridged, WHOLE),
    "c of both directions beside a bridge": Planted(
        HANDED, lambda: AnswersCBesideABridge(False), lambda: Bridged(False), WHOLE
    ),
    "dropout that never ends": Planted(TWICE, DropsForEver, Dropping, WHOLE),
    "noise in eval mode": Planted(TWICE, Noisy, LastState, WHOLE),
    "an answer ruled out at random": Planted(TWICE, lambda: nn.Sequential(Noisy(), RULES_OUT), OneMasked, WHOLE),
    "a pruned unit": Planted(MOVE, with_weights(LastState, pruned), LastState, WHOLE),
    "output gates shut": Planted(GATES, with_weights(EachStep, forget(-20.0, quarter=3)), EachStep, WHOLE),
    "gates that are all saturated": Planted(
        GATES, with_weights(EachStep, lambda lstm, _: lstm.weight_ih_l0.mul_(30)), EachStep, WHOLE
    ),
    "+1 in the input gate's quarter": Planted(
        BIASES, with_weights(LastState, forget(1.0, quarter=0)), with_weights(LastState, forget(1.0)), WHOLE
    ),
    "+1 twice": Planted(BIASES, with_weights(LastState, forget(1.0, 1.0)), with_weights(LastState, forget(1.0)), WHOLE),
    "only the last word is read": Planted(REACH, OnlyTheLast, LastState, WHOLE),
    "detach in the loop": Planted(GRADIENT, LoopDetaches, Loop, WHOLE),
    "no_grad around the LSTM": Planted(GRADIENT, Unlearning, LastStep, WHOLE),
    "a gradient that grows": Planted(GRADIENT, with_weights(relu_rnn, diagonal(2.5)), relu_rnn, WHOLE),
}
