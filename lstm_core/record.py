"""How do we get at the gates of somebody's model?"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_core.call import Call, as_returned, read_call
from lstm_core.errors import LstmCoreError
from lstm_core.forward import plain_tensors
from lstm_core.intervene import holds_in
from lstm_core.layers import layer_by_layer
from lstm_core.modules import aliases, modules_to_record
from lstm_core.one_pass import OnePass, in_one_pass, recorded_in_one_pass
from lstm_core.replay import replay
from lstm_core.trace import QUANTITIES, Quantity, Trace
from lstm_core.unroll import distance, past_ends, unroll

# How far the gates may be from the module's own output, for states around 1, before it is an error.
BOUNDS = {torch.float64: 1e-9, torch.float32: 1e-3, torch.float16: 2e-2, torch.bfloat16: 1e-1}


@contextmanager
def record(
    model: nn.Module, names: Iterable[str] | None = None, detach: bool = True, exact: bool = True
) -> Iterator[Recording]:
    """Record every `nn.LSTM` and `nn.LSTMCell` of a model while the block runs.

    The model computes what it always does: same outputs to the bit, same gradients. Hooks are gone after
    the block, also when its body raises. `names` narrows to some modules, as in `named_modules()`.

    With `detach=False` the traces are part of the graph: the gradient of a loss with respect to `trace.f` is the one
    with respect to that gate's values, all that follows from them included. The LSTMs are then run again step by step,
    and the model gets those outputs: equal to rounding, no longer to the bit.

    With `exact=False` a kernel of ours (extra: gatescope[fast]) runs in the place of each `nn.LSTM` and keeps its gates
    on the way, so that recording costs little more than running. The model then gets outputs equal to rounding, no
    longer to the bit, and the proof is by samples: the module itself, started from recorded states, judges about one
    step in 32 (at least 32, first and last ones among them); the others must only rebuild h. Where rounding grows from
    step to step, as in a chaotic LSTM, outputs may drift apart over a long run though every step is right. A call that
    asks for gradients, is packed, projected, not float32 or not on a CPU, an `nn.LSTMCell`, and a call whose proof
    fails run as ever: `trace.config["path"]` is "kernel" or "replay".

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
            if getattr(module, "dropout", 0) and getattr(module, "num_layers", 1) > 1:
                hooks.callback(module.register_forward_pre_hook(_refuse_dropout(name)).remove)
            handle = module.register_forward_hook(recording._watch(name), with_kwargs=True)
            hooks.callback(handle.remove)
            if detach:
                hooks.enter_context(layer_by_layer(module) if exact else in_one_pass(module))
        yield recording


def run(
    lstm: nn.LSTM | nn.LSTMCell,
    x: Tensor | PackedSequence,
    state: tuple[Tensor, Tensor] | None = None,
    tokens: Sequence[Any] | None = None,
    exact: bool = True,
) -> Trace:
    """Run one LSTM once, without gradients, and return its trace.

    x as the module takes it: (time, batch, feature), (batch, time, feature) with `batch_first`, (time,
    feature) unbatched, or packed; state = (h0, c0). `tokens`: a list of str a sequence.
    `exact=False` is the faster way of `record`.

    >>> import torch
    >>> trace = run(torch.nn.LSTM(4, 3), torch.zeros(2, 1, 4), tokens=["two", "words"])
    >>> trace.c.shape, trace.tokens
    (torch.Size([1, 1, 2, 1, 3]), [['two', 'words']])
    """
    with torch.no_grad(), record(lstm, exact=exact) as recording:
        lstm(x, state)
    trace = recording.only
    return trace if tokens is None else replace(trace, tokens=list(tokens))


class Recording:
    """What a `record` block saw, by module name."""

    def __init__(self, aliases: Mapping[str, str], detach: bool) -> None:
        self.calls: dict[str, list[Trace]] = {}
        """One Trace a forward call, in the order of the calls."""
        self._aliases = aliases
        self._detach = detach
        self._went_on: dict[str, list[bool]] = {}
        self._ended_in: dict[str, tuple[Tensor, Tensor]] = {}

    @property
    def names(self) -> list[str]:
        """The modules that were called, in the order of their first call."""
        return list(self.calls)

    @property
    def only(self) -> Trace:
        """The trace when exactly one LSTM was called."""
        if len(self.calls) != 1:
            raise LstmCoreError(
                f"Expected exactly one LSTM to have been called, got {len(self.calls)}: {self.names}. "
                + ("Take one by its name: recording[name]." if self.calls else "Run the model in the block.")
            )
        return self[self.names[0]]

    def __getitem__(self, name: str) -> Trace:
        """The trace of one module, its calls joined along time."""
        name = self._aliases.get(name, name)
        if name not in self.calls:
            raise LstmCoreError(f"Expected one of the LSTMs that were called, {self.names}, got {name!r}.")
        return join(self.calls[name], self._went_on[name])

    def _watch(self, name: str) -> Callable[..., Any]:
        def after_forward(module: nn.Module, args: Any, kwargs: Any, result: Any) -> Any:
            if not self._detach:
                call = read_call(module, args, kwargs, result)
                trace, result = in_graph(name, module, call)
                self._add(name, call, trace)
                return result
            with plain_tensors():
                done = recorded_in_one_pass(module, result)
                call = read_call(module, args, kwargs, result) if done is None else done.call
                self._add(name, call, detached(name, module, call, done))
            return None

        return after_forward

    def _add(self, name: str, call: Call, trace: Trace) -> None:
        ended_in = self._ended_in.get(name)
        went_on = ended_in is not None and all(map(torch.equal, ended_in, (call.h0, call.c0)))
        self.calls.setdefault(name, []).append(trace)
        self._went_on.setdefault(name, []).append(went_on)
        self._ended_in[name] = call.h_n.detach().clone(), call.c_n.detach().clone()


def join(calls: list[Trace], went_on: list[bool]) -> Trace:
    """Calls of one LSTM as one trace along time; `resets` are the calls that did not go on from the last.

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
    joined: dict[str, Any] = {q: torch.cat([getattr(trace, q) for trace in calls], dim=2) for q in QUANTITIES}
    return replace(
        first,
        **joined,
        x=torch.cat([trace.x for trace in calls]),
        resets=tuple(begins[n] for n in reset),
        reset_h=torch.stack([calls[n].h0 for n in reset]) if reset else None,
        reset_c=torch.stack([calls[n].c0 for n in reset]) if reset else None,
        max_error=max(trace.max_error for trace in calls),
    )


def detached(name: str, module: nn.Module, call: Call, done: OnePass | None = None) -> Trace:
    """The trace of a call that has run: as the kernel kept it, or by replay; step by step where something is held."""
    if done is not None:
        return _proved(name, module, call, done.quantities, done.max_error, "kernel")
    holds = holds_in(module)
    if not holds:
        found = replay(call)
        quantities = {q: getattr(found, q) for q in QUANTITIES}
        return _proved(name, module, call, quantities, found.max_error, "replay")
    run = unroll(call, holds)
    return _proved(name, module, call, past_ends(run.values, call), distance(run, call, holds), "unroll")


def in_graph(name: str, module: nn.Module, call: Call) -> tuple[Trace, Any]:
    """A trace whose tensors are part of the graph of the outputs that are returned with it."""
    holds = holds_in(module)
    with torch.no_grad():
        run = unroll(call, holds)
        max_error = distance(run, call, holds)
    leaves = {q: torch.zeros_like(values).requires_grad_() for q, values in run.values.items()}
    # Less its own detached copy a leaf is zero, whatever it holds, and passes its gradient on.
    run_again = unroll(call, holds, {q: leaf - leaf.detach() for q, leaf in leaves.items()})
    with torch.no_grad():
        for quantity, values in past_ends(run.values, call).items():
            leaves[quantity].copy_(values)
    trace = _proved(name, module, call, leaves, max_error, "unroll")
    return trace, as_returned(call, run_again.output, run_again.h_n, run_again.c_n)


def _proved(
    name: str, module: nn.Module, call: Call, quantities: Mapping[Quantity, Tensor], max_error: float, path: str
) -> Trace:
    _check_proof(name, max_error, call)
    own = {key: getattr(call, key).detach().clone() for key in ("x", "h0", "c0")}
    values: dict[str, Any] = {str(quantity): tensor for quantity, tensor in quantities.items()} | own
    config = _config(module, call) | {"path": path}
    return Trace(**values, lengths=call.lengths, max_error=max_error, name=name, config=config)


def _config(module: nn.Module, call: Call) -> dict[str, Any]:
    cell = isinstance(module, nn.LSTMCell)
    return {
        "input_size": module.input_size,
        "hidden_size": module.hidden_size,
        "num_layers": 1 if cell else module.num_layers,
        "bidirectional": False if cell else module.bidirectional,
        "bias": bool(module.bias),
        "batch_first": False if cell else module.batch_first,
        "proj_size": 0 if cell else module.proj_size,
        "dtype": str(call.output.dtype).removeprefix("torch."),
        "device": str(call.output.device),
    }


def _check_proof(name: str, max_error: float, call: Call) -> None:
    """A recording that does not rebuild the module's output is an error, never a picture."""
    # A NaN, once in the memory, is never forgotten: it is in the last cell state, and so in the proof.
    if math.isnan(max_error):
        warnings.warn(
            f"The run of {name or 'the LSTM'!r} holds NaN: from there on its gates are NaN too and prove nothing. "
            "Look at its input and its weights first.",
            stacklevel=2,
        )
        return
    if max_error <= BOUNDS[call.precision]:
        return
    bound = BOUNDS[call.precision] * max(1.0, call.c_n.abs().max().item())
    if max_error > bound:
        raise LstmCoreError(
            f"Expected gates that rebuild the output of {name or 'the LSTM'!r} to {bound:.0e}, got a "
            f"difference of {max_error:.0e}. Its forward computes something other than PyTorch's LSTM: record "
            "the nn.LSTM inside it, or name others with record(model, names=[...])."
        )


def _refuse_dropout(name: str) -> Callable[..., None]:
    def before_forward(module: nn.Module, _args: Any) -> None:
        if module.training:
            raise LstmCoreError(
                f"Expected {name or 'the LSTM'!r} without dropout between its layers, got "
                f"dropout={module.dropout} in train mode: what it dropped can't be read back. Call model.eval() "
                "first, or set dropout=0."
            )

    return before_forward
