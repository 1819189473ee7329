"""A model that is checked, and what it reads: each question is asked of a copy."""

import copy
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.checking.reading import BatchReading, reading_of, reading_of_found
from lstm_core.checking.run import Change, CheckedRun, run, seeded
from lstm_core.errors import LstmCoreError
from lstm_core.recording.kinds import AnyTrace
from lstm_core.recording.modules import modules_to_record
from lstm_core.recording.record import record


class Subject:
    """A model and its inputs. Each run is one of a fresh copy in eval mode, so that none leaves a state behind."""

    def __init__(self, model: nn.Module, inputs: tuple[Any, ...]) -> None:
        self.model, self.inputs = model, inputs
        self.modules = modules_to_record(model, None)

    @cached_property
    def first(self) -> CheckedRun:
        """The run on the inputs as they are."""
        return self.run(self.inputs)

    @cached_property
    def reading(self) -> BatchReading | None:
        """How the inputs are read; None where that can't be told."""
        if not self.modules:
            try:
                sizes = next(trace.sizes for trace in self.traces.values())
            except (LstmCoreError, StopIteration):
                # `rebuilt` says why.
                return None
            return reading_of_found(self.model, self.inputs, sizes["time"], sizes["batch"], self.first, self.run)
        return reading_of(self.model, self.inputs, self.first, self.run)

    @cached_property
    def traces(self) -> Mapping[str, AnyTrace]:
        """The gates and states of each module. Raises LstmCoreError where they can't be recorded."""
        model = self.fresh()
        with torch.no_grad(), seeded(0), record(model) as recording:
            model(*self.inputs)
        return {name: recording[name] for name in recording}

    def fresh(self) -> nn.Module:
        """A copy in eval mode that shares the weights, and has states of its own."""
        shared = {id(weight): weight for weight in self.model.parameters()}
        return copy.deepcopy(self.model, shared | _states_in_graphs(self.model)).eval()

    def in_float64(self) -> nn.Module:
        """A copy in eval mode, in float64."""
        return copy.deepcopy(self.model, _states_in_graphs(self.model)).double().eval()

    def run(self, inputs: tuple[Any, ...], change: Change | None = None) -> CheckedRun:
        """What a fresh copy answers, with the results of its recurrent modules changed."""
        return run(self.fresh(), inputs, change)


def _states_in_graphs(model: nn.Module) -> dict[int, Tensor]:
    """Tensors that a model keeps from a call with gradients, which `deepcopy` refuses, by their `id`."""
    found: dict[int, Tensor] = {}
    waiting: list[Any] = [vars(module) for module in model.modules()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Tensor):
            if not value.is_leaf:
                found[id(value)] = value.detach().clone()
        elif isinstance(value, dict | tuple | list):
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return found
