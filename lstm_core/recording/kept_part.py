"""Which part of each trace does a recording keep, if the whole would be too much?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.recording.kinds import AnyTrace, kind_of
from lstm_core.traces.cut import Numbers
from lstm_core.traces.recorded import checked_names


@dataclass(frozen=True)
class KeptPart:
    """The quantities, units and steps of each call that are kept, and the device on which; None: all, and as it is."""

    keep: Sequence[str] | None = None
    units: Numbers | None = None
    steps: slice | Sequence[int] | None = None
    device: str | torch.device | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out or moved."""
        return all(each is None for each in (self.keep, self.units, self.steps, self.device))

    def check(self, modules: Mapping[str, nn.Module], detach: bool) -> None:
        """Raise LstmCoreError, before anything runs, if a module has none of what is to be kept."""
        if not detach and not self.is_whole:
            raise LstmCoreError("Expected a whole trace with detach=False: its tensors are leaves of the graph.")
        if self.device is not None:
            try:
                torch.empty(0, device=self.device)
            except (RuntimeError, AssertionError, TypeError) as error:
                said = str(error).split("\n")[0]
                raise LstmCoreError(f"Expected a device to keep the traces on, got {self.device!r}. {said}.") from None
        for name, module in modules.items():
            self._check(name, module)

    def _check(self, name: str, module: nn.Module) -> None:
        if self.keep is not None:
            checked_names(kind_of(module).trace, self.keep)
        ends = (self.steps.start, self.steps.stop) if isinstance(self.steps, slice) else self.steps or ()
        if isinstance(module, nn.RNNCellBase) and any(end is not None and end < 0 for end in ends):
            raise LstmCoreError(
                f"Expected steps from 0 on for {name or type(module).__name__!r}, which runs one step a call and does "
                f"not know its last, got {self.steps}. Take the last steps of the trace: trace.sel(time=-1)."
            )

    def keeps_call(self, number: int) -> bool:
        """Whether the call with this number, of a cell that runs one step a call, is kept."""
        if isinstance(self.steps, slice):
            return number in range(number + 1)[self.steps]
        return self.steps is None or number in self.steps

    def of(self, trace: AnyTrace, one_step: bool) -> AnyTrace:
        """The part of the trace of one call; `one_step`: of a cell, whose step is kept."""
        if self.is_whole:
            return trace
        if self.units is not None or self.steps is not None:
            trace = trace.sel(unit=self.units, time=self._there(trace.sizes["time"], one_step))
        if self.keep is not None:
            trace = trace.keep(*self.keep)
        return trace if self.device is None else trace.to(self.device)

    def _there(self, time: int, one_step: bool) -> Numbers | None:
        """The steps that a call of so many steps has."""
        if self.steps is None or isinstance(self.steps, slice) or one_step:
            return 0 if one_step else self.steps
        counted = {step + time if step < 0 else step for step in self.steps}
        if there := sorted(step for step in counted if 0 <= step < time):
            return there
        raise LstmCoreError(f"Expected a call with some of the steps {list(self.steps)[:20]}, got one of {time} steps.")


def kept_part(
    keep: Iterable[str] | None,
    units: Numbers | None,
    steps: Numbers | None,
    device: str | torch.device | None,
) -> KeptPart:
    """What `record` was asked to keep; one step or one name stands for itself."""
    names = [keep] if isinstance(keep, str) else keep
    several = [steps] if isinstance(steps, int) else steps
    return KeptPart(
        None if names is None else tuple(names),
        units,
        several if several is None or isinstance(several, slice) else tuple(int(step) for step in several),
        device,
    )
