"""Why this answer? What each input did for it, against a stated baseline, and which unit carried it at each step.

    f(x) - f(x without the event) = Σ inputs = Σ kept + Σ reread, at every step between the event and the answer

One sweep back through both runs, from the answer to the inputs, with secants in the place of derivatives: the parts sum
to the difference, whatever the gates do.
"""

import copy
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.explaining.explained import Explained
from lstm_core.explaining.question import Model, ModelParts, Question, Target, aim_of, outputs, parts_of
from lstm_core.explaining.read_input import ReadInput, baseline_of, event_of, read_input, step_of
from lstm_core.recording.call import Weights, weights_of
from lstm_core.recording.record import run
from lstm_core.traces.recorded import Recorded

# How steep is a gate between two runs? The slope of the secant, so that slope times difference is exact.
#
#     S = (act(a) - act(b)) / (a - b)        and the derivative act'(a) where a = b
#
# A product of two quantities that both differ is split evenly, by their means over the two runs:
#
#     u_a v_a - u_b v_b = ū (v_a - v_b) + v̄ (u_a - u_b)
#
# Shrikumar, Greenside & Kundaje 2017, "Learning important features through propagating activation differences" (the
# rescale rule), applied to gates. All tensors are (time, run, unit), with run a and run b.


def sigmoid_slope(z: Tensor) -> Tensor:
    """The secant of σ between the two runs, (time, unit).

    σ(a) - σ(b) = σ(a) σ(-b) (1 - e^(b - a)), which loses no digit where both are nearly equal or nearly shut.

    >>> sigmoid_slope(torch.tensor([[[0.0, 1.0], [0.0, 3.0]]]))
    tensor([[0.2500, 0.1108]])
    """
    high, low = z.amax(1), z.amin(1)
    d = high - low
    # (1 - e^-d) / d, and its limit 1 at d = 0.
    return high.sigmoid() * (-low).sigmoid() * torch.where(d > 0, -torch.expm1(-d) / torch.where(d > 0, d, 1.0), 1.0)


def tanh_slope(z: Tensor) -> Tensor:
    """The secant of tanh between the two runs, (time, unit), from tanh z = 2 σ(2z) - 1.

    >>> tanh_slope(torch.zeros(1, 2, 3))
    tensor([[1., 1., 1.]])
    """
    return 4 * sigmoid_slope(2 * z)


def relu_slope(z: Tensor) -> Tensor:
    """The secant of relu between the two runs, (time, unit); 0 where both are 0, as PyTorch's derivative.

    >>> relu_slope(torch.tensor([[[2.0, -1.0, 1.0], [3.0, -2.0, -3.0]]]))
    tensor([[1.0000, 0.0000, 0.2500]])
    """
    high, low = z.amax(1), z.amin(1)
    differ = high > low
    secant = (high.relu() - low.relu()) / torch.where(differ, high - low, 1.0)
    return torch.where(differ, secant, (high > 0).to(z.dtype))


# How does what an answer owes to h and c go back through one step of each kind of cell?
#
# M_h is how much the answer differs for each unit by which h differs between two runs, M_c for each unit of c. A bar is
# the mean of the two runs, S the slope of the secant (`secants`). The letters and the steps that are taken back here
# are those of `lstm_core.recording.equations`. M_z is at the sums of the gates, in PyTorch's order; then M_x = M_z
# W_ih, and M_z W_hh is what is read again through h.
#
# LSTM:
#
# M_c += M_h ō S_tanh(c) M_z = [M_c ḡ S_i, M_c c̄_before S_f, M_c ī S_g, M_h t̄anh(c) S_o] kept in c: M_c f̄ (with W_hr,
# M_h becomes M_h W_hr before)
#
# GRU, whose n reads W_hn h_before + b_hn = q through r:
#
# M_n = M_h (1 - z̄) S_n M_z = [M_n q̄ S_r, M_h (h̄_before - n̄) S_z, M_n] at what x adds; at what h adds the last is
# M_n r̄ kept in h: M_h z̄
#
# RNN:
#
# M_z = M_h S nothing is kept: all is read again


class StepBack(NamedTuple):
    """What one step hands back, each (way, …)."""

    at_x: np.ndarray
    """M_z where x is added, (way, blocks * unit)."""
    at_h: np.ndarray
    """M_z where h_before is added, (way, blocks * unit)."""
    kept: np.ndarray
    """M at the memory before (c of an LSTM, h of a GRU or RNN) by what is kept of it, (way, unit)."""


class Lstm:
    """The slopes of an LSTM's step; `back` takes one step back, from M at h (way, h unit) and at what is kept of the
    memory (way, unit). z (time, run, 4 * unit), c and c_before (time, run, unit)."""

    def __init__(self, z: Tensor, c: Tensor, c_before: Tensor, weight_hr: Tensor | None) -> None:
        z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)
        i, f, g, o = z_i.sigmoid(), z_f.sigmoid(), z_g.tanh(), z_o.sigmoid()
        self.to_i = (g.mean(1) * sigmoid_slope(z_i)).numpy()
        self.to_f = (c_before.mean(1) * sigmoid_slope(z_f)).numpy()
        self.to_g = (i.mean(1) * tanh_slope(z_g)).numpy()
        self.to_o = (c.tanh().mean(1) * sigmoid_slope(z_o)).numpy()
        self.to_c = (o.mean(1) * tanh_slope(c)).numpy()
        self.f = f.mean(1).numpy()
        self.hr = None if weight_hr is None else weight_hr.numpy()

    def back(self, t: int, m_h: np.ndarray, m_kept: np.ndarray) -> StepBack:
        m_h = m_h if self.hr is None else m_h @ self.hr
        m_c = m_kept + m_h * self.to_c[t]
        parts = m_c * self.to_i[t], m_c * self.to_f[t], m_c * self.to_g[t], m_h * self.to_o[t]
        m_z = np.concatenate(parts, axis=-1)
        return StepBack(m_z, m_z, m_c * self.f[t])


class Gru:
    """The slopes of a GRU's step. from_x, from_h: W x + b and U h_before + b, (time, run, 3 * unit);
    h_before (time, run, unit)."""

    def __init__(self, from_x: Tensor, from_h: Tensor, h_before: Tensor) -> None:
        (x_r, x_z, x_n), (h_r, h_z, q) = from_x.chunk(3, dim=-1), from_h.chunk(3, dim=-1)
        z_r, z_z = x_r + h_r, x_z + h_z
        r, z = z_r.sigmoid(), z_z.sigmoid()
        z_n = x_n + r * q
        self.to_r = (q.mean(1) * sigmoid_slope(z_r)).numpy()
        self.to_z = ((h_before.mean(1) - z_n.tanh().mean(1)) * sigmoid_slope(z_z)).numpy()
        self.to_n = ((1 - z.mean(1)) * tanh_slope(z_n)).numpy()
        self.r, self.z = r.mean(1).numpy(), z.mean(1).numpy()

    def back(self, t: int, m_h: np.ndarray, m_kept: np.ndarray) -> StepBack:
        m_h = m_h + m_kept
        m_n = m_h * self.to_n[t]
        gates = m_n * self.to_r[t], m_h * self.to_z[t]
        at_h = np.concatenate((*gates, m_n * self.r[t]), axis=-1)
        return StepBack(np.concatenate((*gates, m_n), axis=-1), at_h, m_h * self.z[t])


class Rnn:
    """The slopes of a plain RNN's step, with tanh or relu. z (time, run, unit)."""

    def __init__(self, z: Tensor, nonlinearity: str) -> None:
        self.to_h = (relu_slope if nonlinearity == "relu" else tanh_slope)(z).numpy()

    def back(self, t: int, m_h: np.ndarray, m_kept: np.ndarray) -> StepBack:
        m_z = m_h * self.to_h[t]
        return StepBack(m_z, m_z, np.zeros_like(m_kept))


CellOfTwoRuns = Lstm | Gru | Rnn


# What did every layer compute in the two runs that are compared, in float64?


class LayerOfTwoRuns(NamedTuple):
    """One layer and direction: its slopes between the two runs, its weights, and how its states differ."""

    cell: CellOfTwoRuns
    ih: Tensor
    hh: Tensor
    h: Tensor
    """(time, h unit): h of run a minus h of run b."""
    memory: Tensor
    """(time, unit): c of an LSTM, h of a GRU or RNN; run a minus run b."""


def in_float64(module: nn.RNNBase) -> nn.RNNBase:
    """A copy on the CPU, without gradients, that reads (time, batch, feature) in float64."""
    made = copy.deepcopy(module).cpu().double().requires_grad_(False)
    made.batch_first = False
    return made


def two_runs(module: nn.RNNBase, x: Tensor) -> list[list[LayerOfTwoRuns]]:
    """Each layer and direction of a module of `in_float64` that reads x (time, run, feature); the first run is a."""
    trace = run(module, x)
    return [
        [_one_way(module, w, trace, layer, direction) for direction, w in enumerate(weights)]
        for layer, weights in enumerate(weights_of(module))
    ]


def _one_way(module: nn.RNNBase, w: Weights, trace: Recorded, layer: int, direction: int) -> LayerOfTwoRuns:
    """The slopes of one layer and direction."""
    states = {letter: getattr(trace, letter)[layer, direction] for letter in trace.states}
    before = {letter: trace.before(letter)[layer, direction] for letter in states}
    from_x = nn.functional.linear(trace.input_of(layer), w.ih, w.bias_ih)
    from_h = nn.functional.linear(before["h"], w.hh, w.bias_hh)
    cell: CellOfTwoRuns
    if isinstance(module, nn.LSTM):
        cell = Lstm(from_x + from_h, states["c"], before["c"], w.hr)
    elif isinstance(module, nn.GRU):
        cell = Gru(from_x, from_h, before["h"])
    else:
        cell = Rnn(from_x + from_h, str(module.nonlinearity))
    h, memory = (each[:, 0] - each[:, 1] for each in (states["h"], states.get("c", states["h"])))
    return LayerOfTwoRuns(cell, w.ih, w.hh, h, memory)


# Which inputs make an answer differ between two runs, and which units carried it? One sweep back through both.
#
# Each step hands M, what the answer owes, to its input and to the step before (`cells`); an input's part is M_x times
# its difference. The same sweep is done in two ways at once: `ALL`, and `DIRECT`, where nothing is read again through
# h. What then arrives is written once and kept by the forget gates alone, which is all that a ledger of c counts.

ALL, DIRECT = 0, 1


class Split(NamedTuple):
    """What a sweep found, in float64."""

    inputs: np.ndarray
    """(way, time, feature): they sum to the effect, in the way `ALL`."""
    kept: np.ndarray
    """(layer, direction, time, unit): carried on from each step in the memory."""
    reread: np.ndarray
    """(layer, direction, time, h unit): carried on from each step because h is read again."""


def sweep(layers: list[list[LayerOfTwoRuns]], difference: Tensor, readout: Tensor, at: int) -> Split:
    """The parts of the answer `readout` · h (direction * unit) of the last layer at step `at`.

    `difference`: x of run a minus x of run b, (time, feature).
    """
    m_out = np.zeros((len(difference), 2, len(readout)))
    m_out[at] = readout.numpy()
    kept, reread = [], []
    for ways in reversed(layers):
        each = np.split(m_out, len(ways), axis=-1)
        of_layer = [
            _back_through_time(way, m_h, direction) for direction, (way, m_h) in enumerate(zip(ways, each, strict=True))
        ]
        kept.append([found.m_kept * way.memory.numpy() for way, found in zip(ways, of_layer, strict=True)])
        # The answer itself reads h of the last layer.
        shown = [m_h[:, ALL] if not kept[1:] else 0.0 for m_h in each]
        reread.append(
            [(found.m_h + read) * way.h.numpy() for way, found, read in zip(ways, of_layer, shown, strict=True)]
        )
        at_x = [np.tensordot(found.at_x, way.ih.numpy(), 1) for way, found in zip(ways, of_layer, strict=True)]
        m_out = np.sum(at_x, axis=0)
    inputs = np.moveaxis(m_out, 1, 0) * difference.numpy()
    return Split(inputs, np.array(kept[::-1]), np.array(reread[::-1]))


class _Swept(NamedTuple):
    """M in one layer and direction."""

    at_x: np.ndarray
    """(time, way, blocks * unit): at what x adds to the gates."""
    m_kept: np.ndarray
    """(time, unit): at the memory of each step, by what is kept of it later, in the way `ALL`."""
    m_h: np.ndarray
    """(time, h unit): at h of each step, by what is read again later, in the way `ALL`."""


def _back_through_time(way: LayerOfTwoRuns, m_out: np.ndarray, direction: int) -> _Swept:
    """`m_out` (time, way, h unit): what is owed to h of each step from outside of this layer and direction."""
    hh, steps = way.hh.numpy(), range(len(m_out))
    m_h, m_kept = np.zeros((2, *way.h.shape[1:])), np.zeros((2, *way.memory.shape[1:]))
    at_x = np.zeros((*m_out.shape[:2], len(hh)))
    of_kept, of_h = np.zeros(way.memory.shape), np.zeros(way.h.shape)
    for t in reversed(steps) if direction == 0 else steps:
        of_kept[t], of_h[t] = m_kept[ALL], m_h[ALL]
        at_x[t], at_h, m_kept = way.cell.back(t, m_out[t] + m_h, m_kept)
        m_h[ALL] = at_h[ALL] @ hh
    return _Swept(at_x, of_kept, of_h)


# What is asked, and what stands in the place of what is left out?


def explain(
    model: Model, x: Any, *, without: Any = None, baseline: Any = "median", time: int = -1, target: Target = None
) -> Explained:
    """What each input did for the answer of a model at one step: f(x) minus f(x without the event), split exactly.

    `model`: a `SequenceModel`; (lstm, linear), an LSTM, GRU or RNN and the Linear that reads its h; or one alone, whose
    h is the answer. It starts from zeros.
    `x`: one reading: numbers (time, feature) in the units of the data, as a tensor, an array, a table or a `Series`;
    tokens or a text, if the model reads some; or (time, 1, feature), as the model itself takes it.
    `without`: the event that is left out: a step, a slice or a list of steps, a cell (step, feature) or a list of
    cells, a word or a date or a list of them; None: everything. A date is text or a datetime, also as a cell's step; a
    slice from a date to another has both.
    `baseline`: what stands in its place: a number, a row (feature,), another reading of the same length, "median" or
    "mean" of each feature of x. For words: another word or text; "median" and "mean" are the mean vector of the words
    that the model knows, or the zero vector if it has no list of them. What counts as nothing decides the answer more
    than any method does: the result names it.
    `time`: the step whose answer is explained.
    `target`: an output by its label or number; or two, (A, B): A's lead over B. None: what the model says; of classes
    its lead over what the model says without the event, or over the second where that is the same. A forecast of the
    columns that a `SequenceModel` reads is in the units of the data.

    Raises LstmCoreError for a model whose readout is not known, for dropout in train mode, for x of another shape, for
    an event, a step or an output that there is not, and where both readings are equal.

    >>> from lstm_core import load_model
    >>> found = explain(load_model("sentiment"), "It is not a good film", baseline=0, target=("negative", "positive"))
    >>> found.target, round(found.effect, 3), found.inputs.sum(1).round(2).tolist()
    ("negative's lead over positive", 0.619, [0.03, 0.02, 0.44, 0.06, 0.2, -0.13])
    """
    parts = parts_of(model)
    read = read_input(parts, x)
    step, event = step_of(time, len(read.values)), event_of(read, without)
    put = baseline_of(parts, read, event, baseline)
    values = torch.where(event.values, put.values, read.values)
    both = _both(parts, read, values, f"{put.name} in place of {event.name}")
    said = outputs(parts.module, parts.linear, both)[step].double()
    aim = aim_of(parts, said, target)
    module, linear = copy.deepcopy(parts[:2])
    question = Question(module, linear, both[:, 0], both[:, 1], step, aim.weights, aim.constant, parts.gives)
    exact = both.cpu().double()
    found = sweep(two_runs(in_float64(module), exact), exact[:, 0] - exact[:, 1], question.readout, step)
    answer, other_answer = question.answers(said).tolist()
    return Explained(
        inputs=found.inputs[ALL],
        kept=found.kept,
        reread=found.reread,
        without_h=float(found.inputs[DIRECT].sum()),
        answer=answer,
        other_answer=other_answer,
        target=aim.name,
        event=event.name,
        baseline=put.name,
        time=step,
        values=read.values.numpy(),
        other_values=values.numpy(),
        features=read.features,
        tokens=read.words,
        names=read.names,
        question=question,
    )


def _both(parts: ModelParts, read: ReadInput, values: Tensor, what: str) -> Tensor:
    """x (time, run, feature) of both readings. Raises LstmCoreError where they are equal."""
    dtype = next(parts.module.parameters()).dtype
    a, b = (read.vectors(each).to(dtype) for each in (read.values, values))
    if not b.isfinite().all():
        raise LstmCoreError(f"Expected a baseline of finite numbers, got {what}. Give numbers that the model can read.")
    if a.equal(b):
        raise LstmCoreError(
            f"Expected two readings that differ, got two equal ones: {what} changes nothing. Give another baseline or "
            "event."
        )
    return torch.stack([a, b], 1)
