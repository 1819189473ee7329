"""How is a text read while gates are held and words are left out?"""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

import lstm_core
from gatescope.question.holds import NONE, GateHold, Holds
from gatescope.question.view import Source, View
from gatescope.reading.read import Reading, prepare, read
from gatescope.reading.recorded import recording
from gatescope.serving import limits
from lstm_core import SequenceModel, Trace, intervene
from lstm_core.quantities import Gate
from lstm_core.recording.kinds import kind_of
from lstm_core.traces.trace import as_update


class HeldReading(NamedTuple):
    """A reading, what is held in it, and what the model says without the hold."""

    reading: Reading
    holds: Holds
    """The view's holds that fit its text and its LSTM."""
    unheld: Tensor | None
    """(step, label): the model's answers to the text as it is; None if nothing is held, or without a trained model."""

    @property
    def trace(self) -> Trace:
        """The trace of a reading that has one."""
        assert self.reading.trace is not None
        return self.reading.trace

    @property
    def model(self) -> SequenceModel:
        """The model of a reading that has one."""
        assert self.reading.model is not None
        return self.reading.model


def read_view(view: View) -> HeldReading:
    """The reading of a view, with its holds; one recording, and with a hold one plain forward for the answers."""
    if there := recording(view.source.model):
        return HeldReading(there, NONE, None)
    if not view.holds:
        return HeldReading(read(view.source), NONE, None)
    reading, x = _prepared(view.source)
    if x is None:
        return HeldReading(reading, NONE, None)
    if len(x) > limits.HELD.most:
        there = reading if reading.trace is not None else read(view.source)
        notices = [*there.notices, limits.HELD.refusal(len(x))]
        return HeldReading(there._replace(notices=notices), NONE, None)
    holds = _possible(view.holds, reading.lstm, len(x))
    trace = run_held(reading.lstm, x, holds, reading.tokens)
    return HeldReading(reading._replace(trace=trace), holds, _answers(reading, x) if holds else None)


def _prepared(source: Source) -> tuple[Reading, Tensor | None]:
    """A reading and the vectors of its steps; that of a long text is in the cache, with its trace."""
    if not source.file and len(source.sentence) <= limits.LONG:
        return prepare(source)
    kept = read(source)
    return kept, None if kept.trace is None else kept.trace.x


def _possible(holds: Holds, lstm: nn.RNNBase, steps: int) -> Holds:
    """The holds of gates and steps that exist; no step is left out where none would be left."""
    gates = tuple(hold for hold in holds.gates if _exists(hold, lstm, steps))
    without = tuple(step for step in holds.without if step < steps)
    return Holds(gates, without if len(without) < steps else ())


def _exists(hold: GateHold, lstm: nn.RNNBase, steps: int) -> bool:
    if hold.gate not in kind_of(lstm).trace.quantities:
        return False
    units = lstm.proj_size or lstm.hidden_size if hold.gate == "h" else lstm.hidden_size
    sizes = lstm.num_layers, 1 + lstm.bidirectional, units, steps
    places = hold.layer, hold.direction, max(hold.units or (0,)), max(hold.steps or (0,))
    return all(place < size for place, size in zip(places, sizes, strict=True))


def _answers(reading: Reading, x: Tensor) -> Tensor | None:
    """(step, label): what the model says at each step when nothing is held."""
    if reading.model is None:
        return None
    with torch.no_grad():
        return reading.model.probabilities(reading.model(x))[:, 0]


def run_held(lstm: nn.RNNBase, x: Tensor, holds: Holds, tokens: list[str]) -> Trace:
    """The trace of an LSTM over x (time, 1, feature), of a GRU or RNN as an update, while gates are held and steps are
    left out."""
    left = steps_left(holds, len(x))
    held = in_steps(holds, left)
    with intervene(lstm, *held) if held else nullcontext():
        trace = as_update(lstm_core.run(lstm, x[left], tokens=[tokens[step] for step in left]))
    return _spread(trace, x, left, tokens) if holds.without else trace


def steps_left(holds: Holds, steps: int) -> list[int]:
    """The steps that are read."""
    return [step for step in range(steps) if step not in holds.without]


def in_steps(holds: Holds, left: Sequence[int]) -> list[lstm_core.Hold]:
    """The holds of gates in a run of the steps `left` alone."""
    place_of = {step: place for place, step in enumerate(left)}
    held = []
    for gate, value, layer, direction, units, steps in holds.gates:
        places = None if steps is None else [place_of[step] for step in steps if step in place_of]
        if places != []:
            which = None if units is None else list(units)
            held.append(lstm_core.Hold(cast("Gate", gate), value, which, layer, direction, places))
    return held


def _spread(trace: Trace, x: Tensor, left: list[int], tokens: list[str]) -> Trace:
    """A trace of the steps `left`, with the steps that were left out in between: there a cell keeps all and adds
    nothing, so that every equation holds and every step stays where it is in the text."""
    values: dict[str, Any] = {name: _with_gaps(trace, name, left, len(x)) for name in trace.kept}
    gone = [step for step in range(len(x)) if step not in left]
    for name, value in {"f": 1.0, "i": 0.0, "g": 0.0}.items():
        values[name][:, :, gone] = value
    return trace.with_values(**values, x=x, tokens=[tokens])


def _with_gaps(trace: Trace, name: str, left: list[int], steps: int) -> Tensor:
    """One quantity (layer, direction, time, batch, unit) over all steps: a gap has what the last step read left."""
    recorded = getattr(trace, name)
    start = getattr(trace, f"{name}0", torch.zeros_like(recorded[:, :, 0]))[:, :, None]
    place_of = {step: place for place, step in enumerate(left)}
    directions = []
    for direction in range(recorded.shape[1]):
        # The start is the place after the last step.
        places, last = [len(left)] * steps, len(left)
        for step in range(steps)[:: -1 if direction else 1]:
            last = places[step] = place_of.get(step, last)
        directions.append(torch.cat([recorded[:, direction], start[:, direction]], dim=1)[:, places])
    return torch.stack(directions, dim=1)
