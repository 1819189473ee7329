"""How does a finished call become a trace, how do several become one, and which part of each is kept?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from lstm_core.errors import LstmCoreError, counted
from lstm_core.recording.call import Call, as_returned
from lstm_core.recording.gates import Replayed, replay
from lstm_core.recording.gradients import attach_gradients, has_written_backward
from lstm_core.recording.hooks import foreign_hooks
from lstm_core.recording.intervene import held_layers, is_held
from lstm_core.recording.kinds import AnyTrace, kind_of
from lstm_core.recording.proof import check_proof
from lstm_core.recording.steps import run_again
from lstm_core.traces.cut import Numbers
from lstm_core.traces.recorded import checked_names
from lstm_core.traces.summary import difference_and_nearness, joined_proof


def detached(name: str, module: nn.Module, call: Call) -> AnyTrace:
    """The trace of a call that has run, by replay."""
    found = _replayed(module, call)
    return _proved(name, module, call, found, found.values, "replay")


def in_graph(name: str, module: nn.Module, call: Call) -> tuple[AnyTrace, Any]:
    """A trace and the outputs whose graph contains the trace's tensors."""
    with torch.no_grad():
        found = _replayed(module, call)
    if has_written_backward(call) and not is_held(module):
        leaves = {quantity: values.detach().requires_grad_() for quantity, values in found.values.items()}
        done = attach_gradients(call, leaves)
    else:
        leaves = {quantity: torch.zeros_like(values).requires_grad_() for quantity, values in found.values.items()}
        # A leaf minus its detached copy is zero for any value, and passes its gradient on.
        probes = {quantity: leaf - leaf.detach() for quantity, leaf in leaves.items()}
        done = run_again(call, held_layers(module)[0], probes)
        with torch.no_grad():
            for quantity, values in found.values.items():
                leaves[quantity].copy_(values)
    trace = _proved(name, module, call, found, leaves, "unroll")
    return trace, as_returned(call, done.layers[-1], done.end)


def _replayed(module: nn.Module, call: Call) -> Replayed:
    holds, layers = held_layers(module)
    return replay(replace(call, lower=layers[:-1]) if holds else call, holds)


def _proved(
    name: str, module: nn.Module, call: Call, found: Replayed, values: Mapping[str, Tensor], path: str
) -> AnyTrace:
    """The trace of a call with these values. Raises LstmCoreError if its proof fails."""
    check_proof(name, found.max_error, found.proof, call, foreign_hooks(module))
    quantities = dict(values)
    if call.dropout:
        quantities["h_read"] = _read_above(call, values["h"].detach())
    own = {"x": call.x} | {f"{letter}0": state for letter, state in call.start.items()}
    given: dict[str, Any] = quantities | {key: tensor.detach().clone() for key, tensor in own.items()}
    given |= {"max_error": found.max_error, "proof": found.proof, "config": _config(module, call) | {"path": path}}
    return call.kind.trace(**given, lengths=call.lengths, name=name)


def _read_above(call: Call, h: Tensor) -> Tensor:
    """What dropout left of h, (layer, direction, time, batch, unit); nothing is dropped from the last layer's."""
    factors = [torch.stack(factor.chunk(h.shape[1], dim=-1)) for factor in call.dropout]
    return torch.cat([h[:-1] * torch.stack(factors), h[-1:]])


def _config(module: nn.Module, call: Call) -> dict[str, Any]:
    layers, directions = call.end["h"].shape[:2]
    config: dict[str, Any] = {"input_size": module.input_size, "hidden_size": module.hidden_size, "num_layers": layers}
    config |= {"bidirectional": directions == 2, "bias": bool(module.bias)}
    config |= {"batch_first": getattr(module, "batch_first", False)}
    config |= {"dtype": str(call.output.dtype).removeprefix("torch."), "device": str(call.output.device)}
    if call.kind.name == "LSTM":
        config["proj_size"] = getattr(module, "proj_size", 0)
    return config | ({"nonlinearity": module.nonlinearity} if call.kind.name == "RNN" else {})


# How do several calls of one module become one trace?


class CallPosition(NamedTuple):
    """Where a call stands among the calls of its module: the steps before it, and where it went on from the state in
    which the call before ended, by state a tensor (layer, direction, batch)."""

    began: int
    went_on: Mapping[str, Tensor]


def share_a_time_axis(calls: Sequence[AnyTrace]) -> bool:
    """Whether several calls can be joined along time: they are not packed and of one batch size."""
    return calls[0].lengths is None and len({trace.sizes["batch"] for trace in calls}) == 1


def join(calls: Sequence[AnyTrace], places: Sequence[CallPosition]) -> AnyTrace:
    """Join calls of one module to one trace along time; `resets` are the calls that did not continue from the last.

    Raises LstmCoreError when the calls differ in batch size or are packed, so that they share no time axis.
    """
    first = calls[0]
    if len(calls) == 1 and (places[0].began == 0 or not first.numbers):
        return first
    if not share_a_time_axis(calls):
        batches = [trace.sizes["batch"] for trace in calls]
        packed = " of packed sequences" if first.lengths is not None else ""
        raise LstmCoreError(
            f"Expected calls that go on along one time axis, got {len(calls)} calls{packed} with batch sizes "
            f"{batches}. Take them one by one: recording.calls[{first.name!r}], or side by side: "
            f"recording.batches({first.name!r})."
        )
    # The leaves of a gradient are each call's own: a copy without a graph does not look as if it were one.
    each = {q: [getattr(trace, q).detach() for trace in calls] for q in first.kept}
    joined: dict[str, Any] = {q: torch.cat(values, dim=2) for q, values in each.items()}
    for state in "hc":
        reads = [vars(trace).get(f"{state}_read") for trace in calls]
        if any(read is not None for read in reads):
            own = [getattr(t, state) if read is None else read for t, read in zip(calls, reads, strict=True)]
            joined[f"{state}_read"] = torch.cat(own, dim=2)
    if "x" in first.tensors():
        joined["x"] = torch.cat([trace.x for trace in calls])
    numbers = [[place.began + n for n in trace.coords["time"]] for trace, place in zip(calls, places, strict=True)]
    if "time" in first.numbers:
        joined["numbers"] = {**first.numbers, "time": tuple(number for each in numbers for number in each)}
    return first.with_values(**joined, **_starts(calls, places, numbers), **joined_proof(calls)._asdict())


def side_by_side(calls: Sequence[AnyTrace], places: Sequence[CallPosition]) -> AnyTrace:
    """Lay calls of one module side by side along batch; what went on from the call before is joined to it along time.

    Raises LstmCoreError where different steps of them were kept, or they began anew at different ones.
    """
    begins = [n for n, place in enumerate(places) if not n or not any(rows.any() for rows in place.went_on.values())]
    each = [join(calls[a:b], places[a:b]) for a, b in zip(begins, [*begins[1:], len(calls)], strict=True)]
    first, longest = each[0], max(trace.sizes["time"] for trace in each)
    if any((trace.resets, trace.numbers) != (first.resets, first.numbers) for trace in each):
        raise LstmCoreError(
            "Expected calls of which the same steps were kept and began anew, got different steps. Take them one by "
            f"one: recording.calls[{first.name!r}]."
        )

    def beside(name: str) -> Tensor:
        # Where nothing was dropped or masked, what was read is the state itself.
        values = [getattr(t, name[0]) if vars(t).get(name) is None else vars(t)[name] for t in each]
        dims = first.dims_of(name)
        if "time" in dims:
            missing = [longest - value.shape[dims.index("time")] for value in values]
            values = [
                pad(v.detach(), (0, 0, 0, 0, 0, n), value=torch.nan) for v, n in zip(values, missing, strict=True)
            ]
        return torch.cat(values, dims.index("batch"))

    lengths = [length for trace in each for length in trace.lengths_or_time()]
    tensors = {name: beside(name) for trace in each for name in trace.tensors() if name != "lengths"}
    of_each = torch.tensor(lengths) if min(lengths) < longest else None
    return first.with_values(**tensors, lengths=of_each, **joined_proof(each)._asdict())


def _starts(calls: Sequence[Any], places: Sequence[CallPosition], numbers: Sequence[Sequence[int]]) -> dict[str, Any]:
    """The steps of a joined trace that started anew, and the states from which they did."""
    first, at = calls[0], 0
    resets: list[int] = []
    states: dict[str, list[Any]] = {state: [] for state in first.states if f"{state}0" in first.tensors()}
    for number, trace in enumerate(calls):
        went_on = places[number].went_on
        follows = number and numbers[number][0] == numbers[number - 1][-1] + 1
        # A direction that reads from the right can't continue from the call before.
        can = follows and went_on and 1 not in trace.coords["direction"]
        if number and not (can and all(bool(rows.all()) for rows in went_on.values())):
            resets.append(at)
            for state, starts in states.items():
                start: Tensor = getattr(trace, f"{state}0")
                if can and state in first.kept:
                    # What went on starts from what stands in the trace, which may differ by rounding from the module's.
                    left = getattr(calls[number - 1], state)[:, :, -1].detach()
                    start = left.to(start.dtype).where(went_on[state].to(start.device).unsqueeze(-1), start)
                starts.append(start)
        resets += [at + step for step in trace.resets]
        for state, starts in states.items():
            own = getattr(trace, f"reset_{state}")
            starts += [] if own is None else list(own)
        at += trace.sizes["time"]
    stacked = {f"reset_{state}": torch.stack(starts) if starts else None for state, starts in states.items()}
    return {"resets": tuple(resets), **stacked}


@dataclass(frozen=True)
class Selection:
    """What a recording keeps of each call, if the whole would be too much: quantities, units, steps, and the device on
    which; None: all, and as it is."""

    keep: tuple[str, ...] | None = None
    units: Numbers | None = None
    steps: slice | tuple[int, ...] | None = None
    device: torch.device | None = None

    def check(self, modules: Mapping[str, nn.Module], detach: bool) -> None:
        """Raise LstmCoreError, before anything runs, if a module has none of what is to be kept."""
        if not detach and self != Selection():
            raise LstmCoreError("Expected a whole trace with detach=False: its tensors are leaves of the graph.")
        ends = (self.steps.start, self.steps.stop) if isinstance(self.steps, slice) else self.steps or ()
        for name, module in modules.items():
            if self.keep is not None:
                checked_names(kind_of(module).trace, self.keep)
            if isinstance(module, nn.RNNCellBase) and any(end is not None and end < 0 for end in ends):
                raise LstmCoreError(
                    f"Expected steps from 0 on for {name or type(module).__name__!r}, which runs one step a call and "
                    f"does not know its last, got {self.steps}. Take the last steps of the trace: trace.sel(time=-1)."
                )

    def keeps_call(self, number: int) -> bool:
        """Whether the call with this number, of a cell that runs one step a call, is kept."""
        if isinstance(self.steps, slice):
            return number in range(number + 1)[self.steps]
        return self.steps is None or number in self.steps

    def of(self, trace: AnyTrace, one_step: bool) -> AnyTrace:
        """The part of the trace of one call; `one_step`: of a cell, whose step is kept."""
        steps = self.steps if isinstance(self.steps, slice | None) or one_step else self._there(trace.sizes["time"])
        if self.units is not None or self.steps is not None:
            trace = trace.sel(unit=self.units, time=0 if one_step else steps)
        if self.keep is not None:
            trace = trace.keep(*self.keep)
        return trace if self.device is None else trace.to(self.device)

    def _there(self, time: int) -> list[int]:
        """The chosen steps that a call of so many steps has."""
        assert isinstance(self.steps, tuple)
        if there := sorted({step + time if step < 0 else step for step in self.steps} & set(range(time))):
            return there
        raise LstmCoreError(f"Expected a call with some of the steps {list(self.steps)[:20]}, got one of {time} steps.")


def selection(
    keep: Iterable[str] | None, units: Numbers | None, steps: Numbers | None, device: str | torch.device | None
) -> Selection:
    """What `record` was asked to keep; one step or one name stands for itself."""
    names = None if keep is None else (keep,) if isinstance(keep, str) else tuple(keep)
    several = (steps,) if isinstance(steps, int) else steps
    kept = several if several is None or isinstance(several, slice) else tuple(int(step) for step in several)
    return Selection(names, units, kept, None if device is None else torch.device(device))


# What does a recording say of itself: a line a module?

CALLED_ELSEWHERE = (
    "The model was called in another thread or asyncio task, which the block did not begin: open a block there."
)
BY_HAND = "If the model computes such steps itself, record(model, names=['']) looks for them."
STOPPED = "The block ended with an exception before there was anything whole to record."


def _facts(traces: Sequence[AnyTrace]) -> tuple[str, str, str]:
    sizes = traces[0].sizes
    steps = sum(trace.sizes["time"] for trace in traces)
    batches = {trace.sizes["batch"] for trace in traces}
    directions = " × 2 directions" if sizes["direction"] == 2 else ""
    batch = str(min(batches)) if len(batches) == 1 else f"{min(batches)} to {max(batches)}"
    said = f"{counted(sizes['layer'], 'layer')}{directions}, {counted(steps, 'step')}, batch {batch}"
    said += f", {counted(sizes['unit'], 'unit')}"
    # Then a name gives no trace, as it does elsewhere.
    apart = "" if len(traces) == 1 or share_a_time_axis(traces) else f", apart: recording.calls[{traces[0].name!r}]"
    return said, counted(len(traces), "call") + apart, f"max_error {difference_and_nearness(*joined_proof(traces))}"


def as_text(calls: Mapping[str, Sequence[AnyTrace]], why_none: str = "", notes: Sequence[str] = ()) -> str:
    """A recording as a terminal prints it. `why_none`: the sentence that says why nothing was recorded, if it is known;
    `notes`: the sentences that name what was left out."""
    rows = [(name or '""', type(traces[0]).__name__, *_facts(traces)) for name, traces in calls.items()]
    if not rows:
        return "Recording of no module" + (f". {why_none}" if why_none else ": none was called")
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"Recording of {counted(len(rows), 'module')}:", *lines, *notes])


def where_to_look(unused: Sequence[str]) -> str:
    """What else to do where these modules were not called: they may lie beside a step by hand."""
    listed = ", ".join(map(repr, unused))
    return f"If it was called, it ran without {listed}: record(model, names=['']) looks for a hand-written cell in it."


def left_out(beside: Sequence[str], unused: Sequence[str]) -> list[str]:
    """The sentences that name modules that look like cells and were not recorded, and those that were not called."""
    said = [f"Not called: {', '.join(map(repr, unused))}. {BY_HAND}"] if unused else []
    if not beside:
        return said
    listed = ", ".join(map(repr, beside))
    return [*said, f"Not recorded: {listed}. To find its gates, name it: record(model, names=[{beside[0]!r}])."]
