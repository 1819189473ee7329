"""How do we get at the gates of somebody's model?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import get_ident
from typing import Any, TypeVar, overload

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_core.errors import LstmCoreError
from lstm_core.recording.call import HiddenCall, read_call
from lstm_core.recording.forward import plain_tensors
from lstm_core.recording.hidden_call import read_hidden_call
from lstm_core.recording.kinds import LSTMS
from lstm_core.recording.layers import layer_by_layer
from lstm_core.recording.modules import aliases, modules_to_record, refuse_dropout
from lstm_core.recording.one_pass import in_one_pass, recorded_in_one_pass
from lstm_core.recording.record_hidden import detached_hidden, in_graph_hidden
from lstm_core.recording.record_lstm import detached, in_graph
from lstm_core.traces.gru import GruTrace
from lstm_core.traces.rnn import RnnTrace
from lstm_core.traces.trace import Trace

AnyTrace = Trace | GruTrace | RnnTrace
_Trace = TypeVar("_Trace", Trace, GruTrace, RnnTrace)


@contextmanager
def record(
    model: nn.Module, names: Iterable[str] | None = None, detach: bool = True, exact: bool = True
) -> Iterator[Recording]:
    """Record every `nn.LSTM` and `nn.LSTMCell` of a model while the block runs, and every `nn.GRU`, `nn.RNN` and their
    cells: a `Trace`, `GruTrace` or `RnnTrace` each.

    The model computes what it always does: same outputs to the bit, same gradients. Hooks are gone after
    the block, also when its body raises. `names` narrows to some modules, as in `named_modules()`. As `torch.no_grad`,
    a block is its own thread's: what other threads run of the same modules meanwhile is not recorded.

    With `detach=False` the traces are leaves of the graph: the gradient of a loss with respect to `trace.f` is the one
    with respect to that gate's values, all that follows from them included; a loss made of the trace itself reaches no
    weights. Of several calls of a module each has its own leaves, `recording.calls[name]`, and the joined trace none.
    The modules are then run again step by step, and the model gets those outputs: equal to rounding, no longer to the
    bit; `exact` changes nothing.

    With `exact=False` a kernel of ours (extra: gatescope[fast]) runs in the place of each `nn.LSTM` and keeps its gates
    on the way, so that recording a long run costs about what running it costs. The model then gets outputs equal to
    rounding, no longer to the bit, and the proof is by samples: PyTorch's own cell, with the module's weights and
    started from recorded states, judges about one step in 32 (at least 32, first and last ones among them); the others
    must only rebuild h. Where rounding grows from step to step, as in a chaotic LSTM, outputs may drift apart over a
    long run though every step is right. A call that asks for gradients, is packed, projected, not float32 or not on a
    CPU, any other module, and a call whose proof fails run as ever: `trace.config["path"]` is "kernel" or "replay", and
    "unroll" with `detach=False`.

    Raises LstmCoreError when there is nothing to record, a name is unknown, or a module is one whose gates
    can't be read (its message says what to do); inside the block when a call can't be recorded truly.

    >>> import torch
    >>> model = torch.nn.Sequential(torch.nn.LSTM(4, 3))
    >>> with record(model) as recording:
    ...     output, state = model(torch.zeros(5, 2, 4))
    >>> recording["0"].f.shape                       # (layer, direction, time, batch, unit)
    torch.Size([1, 1, 5, 2, 3])
    """
    modules = modules_to_record(model, names)
    recording = Recording(aliases(model), detach)
    with ExitStack() as hooks:
        for name, module in modules.items():
            if getattr(module, "dropout", 0):
                hooks.callback(module.register_forward_pre_hook(recording._refuse_dropout(name, module)).remove)
            handle = module.register_forward_hook(recording._watch(name, module), with_kwargs=True)
            hooks.callback(handle.remove)
            if detach:
                hooks.enter_context(layer_by_layer(module) if exact else in_one_pass(module))
        yield recording


@overload
def run(
    lstm: nn.LSTM | nn.LSTMCell,
    x: Tensor | PackedSequence,
    state: tuple[Tensor, Tensor] | None = None,
    tokens: Sequence[Any] | None = None,
    exact: bool = True,
) -> Trace: ...


@overload
def run(
    lstm: nn.GRU | nn.GRUCell,
    x: Tensor | PackedSequence,
    state: Tensor | None = None,
    tokens: Sequence[Any] | None = None,
    exact: bool = True,
) -> GruTrace: ...


@overload
def run(
    lstm: nn.RNN | nn.RNNCell,
    x: Tensor | PackedSequence,
    state: Tensor | None = None,
    tokens: Sequence[Any] | None = None,
    exact: bool = True,
) -> RnnTrace: ...


def run(
    lstm: nn.Module,
    x: Tensor | PackedSequence,
    state: tuple[Tensor, Tensor] | Tensor | None = None,
    tokens: Sequence[Any] | None = None,
    exact: bool = True,
) -> AnyTrace:
    """Run one LSTM, GRU or RNN once, without gradients, and return its trace.

    x as the module takes it: (time, batch, feature), (batch, time, feature) with `batch_first`, (time,
    feature) unbatched, or packed; state = (h0, c0), of a GRU or RNN h0. `tokens`: a list of str a sequence.
    `exact=False` is the faster way of `record`.

    >>> import torch
    >>> trace = run(torch.nn.LSTM(4, 3), torch.zeros(2, 1, 4), tokens=["two", "words"])
    >>> trace.c.shape, trace.tokens
    (torch.Size([1, 1, 2, 1, 3]), [['two', 'words']])
    """
    with torch.no_grad(), record(lstm, exact=exact) as recording:
        lstm(x, state)
    trace: AnyTrace = recording.only
    return trace if tokens is None else replace(trace, tokens=list(tokens))


class Recording:
    """What a `record` block saw, by module name."""

    def __init__(self, aliases: Mapping[str, str], detach: bool) -> None:
        self.calls: dict[str, list[Any]] = {}
        """One Trace, GruTrace or RnnTrace a forward call, in the order of the calls."""
        self._thread = get_ident()
        self._aliases = aliases
        self._detach = detach
        self._went_on: dict[str, list[bool]] = {}
        self._ended_in: dict[str, tuple[Tensor, ...]] = {}

    @property
    def names(self) -> list[str]:
        """The modules that were called, in the order of their first call."""
        return list(self.calls)

    @property
    def only(self) -> Any:
        """The trace when exactly one LSTM was called, or exactly one module of any kind."""
        lstms = [name for name, traces in self.calls.items() if isinstance(traces[0], Trace)]
        if len(lstms) == 1:
            return self[lstms[0]]
        if len(self.calls) != 1:
            raise LstmCoreError(
                f"Expected exactly one module to have been called, got {len(self.calls)}: {self.names}. "
                + ("Take one by its name: recording[name]." if self.calls else "Run the model in the block.")
            )
        return self[self.names[0]]

    def __getitem__(self, name: str) -> Any:
        """The trace of one module, its calls joined along time: of an LSTM a `Trace`, of others a `GruTrace` or
        `RnnTrace`."""
        name = self._aliases.get(name, name)
        if name not in self.calls:
            raise LstmCoreError(f"Expected one of the modules that were called, {self.names}, got {name!r}.")
        return join(self.calls[name], self._went_on[name])

    def _is_ours(self, called: nn.Module, module: nn.Module) -> bool:
        """Whether it is the module itself, not a copy that was made in the block, and the block's own thread calls."""
        return called is module and get_ident() == self._thread

    def _refuse_dropout(self, name: str, module: nn.Module) -> Callable[..., None]:
        def before_forward(called: nn.Module, _args: Any) -> None:
            if self._is_ours(called, module):
                refuse_dropout(name, module)

        return before_forward

    def _watch(self, name: str, module: nn.Module) -> Callable[..., Any]:
        def after_forward(called: nn.Module, args: Any, kwargs: Any, result: Any) -> Any:
            if not self._is_ours(called, module):
                return None
            recorded = _recorded if self._detach else _recorded_in_graph
            call, trace, result = recorded(name, module, args, kwargs, result)
            self._add(name, call, trace)
            return result

        return after_forward

    def _add(self, name: str, call: HiddenCall, trace: AnyTrace) -> None:
        ended_in = self._ended_in.get(name)
        went_on = ended_in is not None and all(map(torch.equal, ended_in, call.start.values()))
        self.calls.setdefault(name, []).append(trace)
        self._went_on.setdefault(name, []).append(went_on)
        self._ended_in[name] = tuple(state.detach().clone() for state in call.end)


def _recorded(name: str, module: nn.Module, args: Any, kwargs: Any, result: Any) -> tuple[HiddenCall, AnyTrace, None]:
    """A finished call and its trace; what the module returned stays."""
    with plain_tensors():
        if not isinstance(module, LSTMS):
            hidden_call = read_hidden_call(module, args, kwargs, result)
            return hidden_call, detached_hidden(name, module, hidden_call), None
        done = recorded_in_one_pass(module, result)
        call = read_call(module, args, kwargs, result) if done is None else done.call
        return call, detached(name, module, call, done), None


def _recorded_in_graph(
    name: str, module: nn.Module, args: Any, kwargs: Any, result: Any
) -> tuple[HiddenCall, AnyTrace, Any]:
    """A call, its trace, and the outputs of whose graph that is part."""
    if not isinstance(module, LSTMS):
        hidden_call = read_hidden_call(module, args, kwargs, result)
        return hidden_call, *in_graph_hidden(name, module, hidden_call)
    call = read_call(module, args, kwargs, result)
    return call, *in_graph(name, module, call)


def join(calls: list[_Trace], went_on: list[bool]) -> _Trace:
    """Calls of one module as one trace along time; `resets` are the calls that did not go on from the last.

    Raises LstmCoreError when the calls differ in batch size or are packed, so that they share no time axis.
    """
    first = calls[0]
    if len(calls) == 1:
        return first
    batches = [trace.x.shape[1] for trace in calls]
    if len(set(batches)) > 1 or first.lengths is not None:
        packed = " of packed sequences" if first.lengths is not None else ""
        raise LstmCoreError(
            f"Expected calls that go on along one time axis, got {len(calls)} calls{packed} with batch sizes "
            f"{batches}. Take them one by one: recording.calls[{first.name!r}]."
        )
    begins = torch.tensor([0] + [len(trace.x) for trace in calls[:-1]]).cumsum(0).tolist()
    # Reading from the right, no call can go on from the one before.
    reset = [n for n in range(1, len(calls)) if not went_on[n] or first.config["bidirectional"]]
    joined: dict[str, Any] = {q: torch.cat([getattr(trace, q) for trace in calls], dim=2) for q in first.quantities}
    for state in first.states:
        joined[f"reset_{state}"] = torch.stack([getattr(calls[n], f"{state}0") for n in reset]) if reset else None
    return replace(
        first,
        **joined,
        x=torch.cat([trace.x for trace in calls]),
        resets=tuple(begins[n] for n in reset),
        max_error=max(trace.max_error for trace in calls),
    )
