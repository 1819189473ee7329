"""How do we read the gates of somebody's model?"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from threading import Lock
from typing import Any, TypeVar, overload

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_core.errors import LstmCoreError
from lstm_core.open_blocks import Block
from lstm_core.progress import Progress
from lstm_core.recording import calls
from lstm_core.recording.call import Call, check_form, plain_tensors, read_call
from lstm_core.recording.hooks import OwnHook, compilation_steps_aside, refuse_transforms
from lstm_core.recording.kinds import AnyTrace
from lstm_core.recording.layers import can_be_split, layer_by_layer
from lstm_core.recording.modules import aliases, cells_beside, refuse_dropout, replaceable, to_record_and_to_watch
from lstm_core.recording.watched import Found, chosen_memory, watching
from lstm_core.traces.cut import Numbers
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.trace import CellTrace, GruTrace, RnnTrace, Trace

T = TypeVar("T", bound=Recorded)


@contextmanager
def record(
    model: nn.Module,
    names: Iterable[str] | None = None,
    detach: bool = True,
    exact: bool = True,
    *,
    keep: Iterable[str] | None = None,
    units: Numbers | None = None,
    steps: Numbers | None = None,
    device: str | torch.device | None = None,
    roles: Mapping[str, str] | None = None,
) -> Iterator[Recording]:
    """Record every `nn.LSTM`, `nn.GRU`, `nn.RNN` and their cells in a model while the block runs, each as a `Trace`,
    `GruTrace` or `RnnTrace`; where it has none, or `names` names another module, hand-written cells, each as a
    `CellTrace`, found by c = f ⊙ c' + i ⊙ g, there at the block's end; of several `roles={"c": "line 72"}` takes one.

    The model's outputs stay equal to the bit, and its gradients equal. Hooks are removed after the block, also when
    its body raises. `names` chooses modules by their names in `named_modules()`. A block belongs to its context: to its
    thread or asyncio task, and to the tasks and `asyncio.to_thread` that it begins; others share the model and need no
    copy. Dropout between layers drops what it would without the block, `trace.h_read` is what it left; where a module
    can't run one layer at a time (not on a CPU, or in a class with a forward of its own) it is refused in train mode.

    With `detach=False` the traces are leaves of the graph: the gradient of a loss with respect to `trace.f` is the
    gradient with respect to that gate's values, with everything that follows from them; a loss computed from the trace
    itself reaches no weights. Each of several calls has leaves of its own in `recording.calls[name]`. The modules
    then run again step by step, and the model gets those outputs, equal to rounding. A hand-written cell is refused.

    `exact` is there for programs that were written for an earlier version: both of its values record to the bit.
    `trace.config["path"]` is "replay" or, without detach, "unroll"; of a found cell it is "found".

    For more data than memory holds, `keep=("f", "c")` keeps these quantities of each call (x too if it is named),
    `units` and `steps` these units and steps (a number, several, or a slice; steps of each call, from its end if
    negative), and `device="cpu"` moves them there. Each call is recorded whole and proved before it is cut.

    Raises LstmCoreError when there is nothing to record, a name is unknown, or a module's gates can't be read (the
    message says what to do); inside the block when a call can't be recorded faithfully; at its end when no hand-written
    cell was found, or not all of its steps. `torch.jit.trace` and `torch.export` in the block take down the module
    itself, and that call is not recorded. While a block is open, what `torch.compile` made before runs as it was
    written.

    >>> import torch
    >>> model = torch.nn.Sequential(torch.nn.LSTM(4, 3))
    >>> with record(model) as recording:
    ...     output, state = model(torch.zeros(5, 2, 4))
    >>> recording["0"].f.shape                       # (layer, direction, time, batch, unit)
    torch.Size([1, 1, 5, 2, 3])
    """
    modules, watched = to_record_and_to_watch(model, names)
    part, chosen = calls.selection(keep, units, steps, device), chosen_memory(roles, watched, detach)
    part.check(modules, detach)
    beside, unused = ([], []) if watched else (cells_beside(model, modules), replaceable(model, modules))
    recording = Recording(aliases(model), detach, part, beside, unused)
    with compilation_steps_aside(), ExitStack() as hooks:
        recording._hook(modules, exact, hooks)
        if watched:
            hooks.enter_context(watching(model, watched, chosen, recording._is_ours, recording._add_found))
        yield recording


@overload
def run(lstm: nn.LSTM | nn.LSTMCell, x: Any, state: Any = ..., tokens: Any = ..., exact: bool = ...) -> Trace: ...


@overload
def run(lstm: nn.GRU | nn.GRUCell, x: Any, state: Any = ..., tokens: Any = ..., exact: bool = ...) -> GruTrace: ...


@overload
def run(lstm: nn.RNN | nn.RNNCell, x: Any, state: Any = ..., tokens: Any = ..., exact: bool = ...) -> RnnTrace: ...


@overload
def run(lstm: nn.Module, x: Any, state: Any = ..., tokens: Any = ..., exact: bool = ...) -> AnyTrace: ...


def run(
    lstm: nn.Module, x: Any, state: Any = None, tokens: Sequence[Any] | None = None, exact: bool = True
) -> AnyTrace:
    """Run one LSTM, GRU or RNN, or a model with one in it, once without gradients, and return its trace.

    x in the module's form: (time, batch, feature), (batch, time, feature) with `batch_first`, (time, feature)
    unbatched, or packed. state = (h0, c0), for a GRU or RNN h0. `tokens`: a list of str for each sequence.
    `exact`: as in `record`. Raises LstmCoreError for an array in the place of a tensor; what else the module does not
    take, it refuses itself.

    >>> import torch
    >>> trace = run(torch.nn.LSTM(4, 3), torch.zeros(2, 1, 4), tokens=["two", "words"])
    >>> trace.c.shape, trace.tokens
    (torch.Size([1, 1, 2, 1, 3]), [['two', 'words']])
    """
    if isinstance(lstm, nn.RNNBase | nn.RNNCellBase) and not isinstance(x, Tensor | PackedSequence):
        give = "torch.as_tensor(x, dtype=torch.float32), for a table of its values"
        give = "the numbers of its words, as an nn.Embedding makes them" if isinstance(x, str) else give
        shape = f" of shape {tuple(x.shape)}" if hasattr(x, "shape") else ""
        raise LstmCoreError(f"Expected x as a tensor, got {type(x).__name__}{shape}. Give {give}.")
    with torch.no_grad(), record(lstm, exact=exact) as recording:
        # A whole model may take nothing besides x.
        lstm(x) if state is None else lstm(x, state)
    trace = recording.only
    return trace if tokens is None else trace.with_values(tokens=tokens)


# Steps between two calls of `progress`: so few that their gates are still in the cache when they are recorded.
STEPS_AT_ONCE = 1024


def run_in_blocks(lstm: nn.RNNBase, x: Tensor, tokens: Sequence[str], progress: Progress) -> AnyTrace:
    """The trace of an LSTM, GRU or RNN that reads x (time, batch, feature) from zero states; `progress` is called with
    the share done. It reads in blocks of steps, each from the state in which the last one ended: the computation of one
    call, equal to rounding, and no slower. A module that also reads from the right reads all at once.

    >>> shares = []
    >>> trace = run_in_blocks(nn.LSTM(4, 3, num_layers=2), torch.zeros(1500, 1, 4), ["word"] * 1500, shares.append)
    >>> trace.c.shape, [round(share, 2) for share in shares]
    (torch.Size([2, 1, 1500, 1, 3]), [0.68, 1.0])
    """
    refuse_dropout("", lstm)
    size, state = len(x) if lstm.bidirectional else STEPS_AT_ONCE, None
    with torch.no_grad(), record(lstm) as recording:
        for first in range(0, len(x), size):
            _, state = lstm(x[first : first + size], state)
            progress(min(1.0, (first + size) / len(x)))
    return recording.only.with_values(tokens=[list(tokens)])


class _NotCalled(LstmCoreError, KeyError):
    """A name that no called module has: a `KeyError`, so that a recording is a mapping as any other."""

    def __str__(self) -> str:
        return str(self.args[0])


class Recording(Mapping[str, AnyTrace]):
    """The traces of a `record` block, by module name: a mapping of the modules that were called.

    >>> model = nn.Sequential(nn.LSTM(4, 3), nn.Flatten(0, 0))
    >>> with record(model[0]) as recording:
    ...     output, state = model[0](torch.zeros(5, 2, 4))
    >>> list(recording), recording.lstm().f.shape
    ([''], torch.Size([1, 1, 5, 2, 3]))
    """

    def __init__(
        self, names: Mapping[str, str], detach: bool, part: calls.Selection, beside: list[str], unused: list[str]
    ) -> None:
        self.calls: dict[str, list[AnyTrace]] = {}
        """One Trace, GruTrace or RnnTrace for each forward call, in the order of the calls."""
        self._block, self._adding = Block(), Lock()
        self._aliases, self._detach, self._part = names, detach, part
        self._places: dict[str, list[calls.CallPosition]] = {}
        self._steps: dict[str, int] = {}
        self._elsewhere = self._stopped = False
        self._beside, self._replaceable = beside, unused
        self._ended_in: dict[str, dict[str, Tensor]] = {}

    @property
    def names(self) -> list[str]:
        """The modules that were called, in the order of their first call."""
        return list(self.calls)

    @property
    def only(self) -> AnyTrace:
        """The only trace, if exactly one LSTM was called, or exactly one module of any kind."""
        lstms = self._names_of(Trace)
        if len(lstms) == 1:
            return self[lstms[0]]
        if len(self.calls) != 1:
            places = {name: traces[0].config.get("roles", {}).get("c") for name, traces in self.calls.items()}
            got = [f"{name} ({place})" if place else name for name, place in places.items()]
            raise LstmCoreError(
                f"Expected exactly one module to have been called, got {len(self.calls)}: {got}. "
                + ("Take one by its name: recording[name]." if self.calls else self._why_nothing())
            )
        return self[self.names[0]]

    def lstm(self, name: str | None = None) -> Trace:
        """The trace of one LSTM; without a name, of the only one that was called."""
        return self._typed(Trace, name)

    def gru(self, name: str | None = None) -> GruTrace:
        """The trace of one GRU; without a name, of the only one that was called."""
        return self._typed(GruTrace, name)

    def rnn(self, name: str | None = None) -> RnnTrace:
        """The trace of one plain RNN; without a name, of the only one that was called."""
        return self._typed(RnnTrace, name)

    def cell(self, name: str | None = None) -> CellTrace:
        """The trace of one hand-written cell; without a name, of the only one that was found."""
        return self._typed(CellTrace, name)

    def batches(self, name: str) -> AnyTrace:
        """The trace of one module, its calls side by side along batch, as an evaluation makes them; a call that goes on
        from the state of the one before, as a cell's do, is joined to it along time. Of different lengths, values past
        a sequence's end are NaN, and `lengths` says where that is. `recording[name]` joins all calls along time.

        Raises LstmCoreError for a name that was not called, and for calls of which other parts were kept.

        >>> model = nn.LSTM(4, 3)
        >>> with record(model) as recording:
        ...     for time, batch in ((5, 2), (5, 2), (7, 1)):
        ...         output, state = model(torch.zeros(time, batch, 4))
        >>> recording.batches("").f.shape, recording.batches("").lengths
        (torch.Size([1, 1, 7, 5, 3]), tensor([5, 5, 5, 5, 7]))
        """
        return calls.side_by_side(*self._calls_of(name))

    def _typed(self, kind: type[T], name: str | None) -> T:
        if name is None and len(names := self._names_of(kind)) == 1:
            [name] = names
        trace = self.only if name is None else self[name]
        if not isinstance(trace, kind):
            raise LstmCoreError(f"Expected {kind.module}, got {trace.module} at {trace.name!r}. Take recording[name].")
        return trace

    def _names_of(self, kind: type[Recorded]) -> list[str]:
        return [name for name, traces in self.calls.items() if isinstance(traces[0], kind)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.calls)

    def __len__(self) -> int:
        return len(self.calls)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._aliases.get(name, name) in self.calls

    # Traces are compared by identity, and so are recordings.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return calls.as_text(self.calls, self._why_none(), self._left_out)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"

    def __getitem__(self, name: str) -> AnyTrace:
        """The trace of one module, its calls joined along time: a `Trace`, `GruTrace` or `RnnTrace`."""
        return calls.join(*self._calls_of(name))

    def _calls_of(self, name: str) -> tuple[list[AnyTrace], list[calls.CallPosition]]:
        name = self._aliases.get(name, name)
        if name not in self.calls:
            said = f"Expected one of the modules that were called, {self.names}, got {name!r}."
            raise _NotCalled(said if self.calls else f"{said} {self._why_nothing()}")
        return self.calls[name], self._places[name]

    def _is_ours(self, called: nn.Module, module: nn.Module) -> bool:
        """Whether the module itself is called inside the block, not a copy that was made there."""
        here = self._block.is_here()
        self._elsewhere |= called is module and not here
        return called is module and here

    def _why_none(self) -> str:
        return calls.CALLED_ELSEWHERE if self._elsewhere else calls.STOPPED if self._stopped else ""

    def _why_nothing(self) -> str:
        look = f" {calls.where_to_look(self._replaceable)}" if self._replaceable else ""
        return self._why_none() or f"Call the model in the block, itself: model(x), not model.forward(x).{look}"

    @property
    def _left_out(self) -> list[str]:
        return calls.left_out(self._beside, [name for name in self._replaceable if name not in self.calls])

    def _hook(self, modules: Mapping[str, nn.Module], exact: bool, hooks: ExitStack) -> None:
        """Record the calls of modules until the hooks are taken off."""
        if not isinstance(exact, bool):
            raise LstmCoreError(f"Expected exact=True or exact=False, got {exact!r}.")
        hooks.push(self._ended)
        hooks.enter_context(self._block)
        for name, module in modules.items():
            if getattr(module, "dropout", 0) and not can_be_split(module):
                hooks.callback(module.register_forward_pre_hook(self._refuse_dropout(name, module)).remove)
            hooks.callback(module.register_forward_hook(self._watch(name, module), with_kwargs=True).remove)
            hooks.enter_context(layer_by_layer(module))

    def _ended(self, raised: type[BaseException] | None, *_: Any) -> None:
        """The block ended, by an exception of this type or without one."""
        self._stopped = raised is not None

    def _refuse_dropout(self, name: str, module: nn.Module) -> OwnHook:
        return OwnHook(lambda called: self._is_ours(called, module), lambda *_: refuse_dropout(name, module))

    def _watch(self, name: str, module: nn.Module) -> OwnHook:
        def after_forward(_called: nn.Module, args: Any, kwargs: Any, result: Any) -> Any:
            refuse_transforms(name, module)
            check_form(name, module, args, kwargs, result)
            with plain_tensors() if self._detach else nullcontext():
                call = read_call(module, args, kwargs, result)
                # Detached, the module's result stays as it is.
                trace, result = (
                    (calls.detached(name, module, call), None) if self._detach else calls.in_graph(name, module, call)
                )
            self._add(name, call, trace)
            return result

        return OwnHook(lambda called: self._is_ours(called, module), after_forward)

    def _add(self, name: str, call: Call, trace: AnyTrace) -> None:
        if torch._C._current_graph_task_id() != -1:
            # A checkpoint calls the module again inside the backward pass: that is no call of the model's.
            return
        with self._adding:
            ended_in = self._ended_in.get(name)
            went_on = {} if ended_in is None else _where_equal(ended_in, call.start)
            began = self._steps.get(name, 0)
            self._steps[name] = began + len(call.x)
            one_step = call.form.endswith("cell")
            if not one_step or self._part.keeps_call(began):
                self.calls.setdefault(name, []).append(self._part.of(trace, one_step))
                self._places.setdefault(name, []).append(calls.CallPosition(began, went_on))
            self._ended_in[name] = {letter: state.detach().clone() for letter, state in call.end.items()}

    def _add_found(self, found: Found) -> None:
        for name, traces in found.items():
            began = 0
            self.calls[name], self._places[name] = [], []
            for trace in traces:
                self.calls[name].append(self._part.of(trace, False))
                self._places[name].append(calls.CallPosition(began, {}))
                began += trace.sizes["time"]


def _where_equal(ended_in: Mapping[str, Tensor], start: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """By state, in which layers, directions and sequences a call starts where another one ended; {} of other sizes."""
    if any(ended_in[letter].shape != state.shape for letter, state in start.items()):
        return {}
    return {letter: (ended_in[letter] == state.detach()).all(-1) for letter, state in start.items()}
