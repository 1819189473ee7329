"""How do we get at the gates of somebody's model?"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.call import Call, read_call
from lstm_core.errors import LstmCoreError
from lstm_core.replay import replay
from lstm_core.trace import QUANTITIES, Trace

# How far the gates may be from the module's own output, for states around 1, before it is an error.
BOUNDS = {torch.float64: 1e-9, torch.float32: 1e-3, torch.float16: 2e-2, torch.bfloat16: 1e-1}


@contextmanager
def record(model: nn.Module, names: Iterable[str] | None = None) -> Iterator[Recording]:
    """Record every `nn.LSTM` and `nn.LSTMCell` of a model while the block runs.

    The model computes what it always does: same outputs to the bit, same gradients. Hooks are gone after
    the block, also when its body raises. `names` narrows to some modules, as in `named_modules()`.

    Raises LstmCoreError when there is nothing to record, a name is unknown, or a module is one whose gates
    can't be read (its message says what to do); inside the block when a call can't be recorded truly.

    >>> model = nn.Sequential(nn.LSTM(4, 3))
    >>> with record(model) as recording:
    ...     output, state = model(torch.zeros(5, 2, 4))
    >>> recording["0"].f.shape                       # (layer, direction, time, batch, unit)
    torch.Size([1, 1, 5, 2, 3])
    """
    modules = _modules_to_record(model, names)
    recording = Recording(_aliases(model))
    with ExitStack() as hooks:
        for name, module in modules.items():
            hooks.callback(module.register_forward_pre_hook(_refuse_dropout(name)).remove)
            handle = module.register_forward_hook(recording._watch(name), with_kwargs=True)
            hooks.callback(handle.remove)
        yield recording


def run(
    lstm: nn.LSTM | nn.LSTMCell,
    x: Tensor,
    state: tuple[Tensor, Tensor] | None = None,
    tokens: Sequence[Any] | None = None,
) -> Trace:
    """Run one LSTM once, without gradients, and return its trace.

    x as the module takes it: (time, batch, feature), (batch, time, feature) with `batch_first`, (time,
    feature) unbatched, or packed; state = (h0, c0). `tokens`: a list of str a sequence.

    >>> trace = run(nn.LSTM(4, 3), torch.zeros(2, 1, 4), tokens=["two", "words"])
    >>> trace.c.shape, trace.tokens
    (torch.Size([1, 1, 2, 1, 3]), [['two', 'words']])
    """
    with torch.no_grad(), record(lstm) as recording:
        lstm(x, state)
    trace = recording.only
    return trace if tokens is None else replace(trace, tokens=list(tokens))


class Recording:
    """What a `record` block saw, by module name."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self.calls: dict[str, list[Trace]] = {}
        """One Trace a forward call, in the order of the calls."""
        self._aliases = aliases
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

    def _watch(self, name: str) -> Callable[..., None]:
        def after_forward(module: nn.Module, args: Any, kwargs: Any, result: Any) -> None:
            # The caller may be in inference mode or under autocast; the trace is plain tensors either way.
            with torch.inference_mode(False), torch.no_grad():
                call = read_call(module, args, kwargs, result)
                self._add(name, call, _trace(name, module, call))

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


def _trace(name: str, module: nn.Module, call: Call) -> Trace:
    found = replay(call)
    config = _config(module, call) | {"path": "replay"}
    _check_proof(name, found.max_error, call)
    quantities = {q: getattr(found, q) for q in QUANTITIES}
    own = {key: getattr(call, key).detach().clone() for key in ("x", "h0", "c0")}
    return Trace(**quantities, **own, lengths=call.lengths, max_error=found.max_error, name=name, config=config)


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
    # A NaN, once in the memory, is never forgotten: the last cell state has it still.
    if max_error != max_error or call.c_n.isnan().any():
        warnings.warn(
            f"The run of {name or 'the LSTM'!r} holds NaN: from there on its gates are NaN too and prove nothing. "
            "Look at its input and its weights first.",
            stacklevel=2,
        )
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
        if isinstance(module, nn.LSTM) and module.training and module.dropout and module.num_layers > 1:
            raise LstmCoreError(
                f"Expected {name or 'the LSTM'!r} without dropout between its layers, got "
                f"dropout={module.dropout} in train mode: what it dropped can't be read back. Call model.eval() "
                "first, or set dropout=0."
            )

    return before_forward


def _aliases(model: nn.Module) -> dict[str, str]:
    """Every name of a module shared under several, to the first of them."""
    first = {module: name for name, module in model.named_modules()}
    return {name: first[module] for name, module in model.named_modules(remove_duplicate=False)}


def _modules_to_record(model: nn.Module, names: Iterable[str] | None) -> dict[str, nn.Module]:
    """The modules to hook, by first name; whatever can't be recorded is refused before a hook is set."""
    everything = dict(model.named_modules(remove_duplicate=False))
    if names is None:
        chosen = {n: m for n, m in model.named_modules() if isinstance(m, (nn.LSTM, nn.LSTMCell)) or _refusal(m)}
    else:
        aliases, names = _aliases(model), [names] if isinstance(names, str) else list(names)
        for name in names:
            if name not in everything:
                raise LstmCoreError(
                    f"Expected names of modules in the model, got {name!r}. Its LSTMs: {_lstm_names(model)}."
                )
        chosen = {aliases[name]: everything[name] for name in names}
    for name, module in chosen.items():
        if not isinstance(module, (nn.LSTM, nn.LSTMCell)) or _refusal(module):
            reason = _refusal(module) or "It has no such gates: name an nn.LSTM or nn.LSTMCell."
            raise LstmCoreError(f"Expected nn.LSTM or nn.LSTMCell, got {type(module).__name__} at {name!r}. {reason}")
    if not chosen:
        raise LstmCoreError(
            f"Expected a model with an nn.LSTM or nn.LSTMCell in it, got {type(model).__name__} with none."
        )
    return chosen


def _lstm_names(model: nn.Module) -> list[str]:
    return [name for name, module in model.named_modules() if isinstance(module, (nn.LSTM, nn.LSTMCell))]


def _refusal(module: nn.Module) -> str | None:
    """Why an LSTM's weights or calls can't be read, or None."""
    kind = type(module)
    if kind.__module__.startswith(("torch.ao.nn.quantiz", "torch.nn.quantiz")) and "LSTM" in kind.__name__:
        return "Its weights are quantised: record the model before it was quantised."
    if isinstance(module, torch.jit.ScriptModule) and getattr(module, "original_name", "") in ("LSTM", "LSTMCell"):
        return "It is scripted and runs no hooks: record the model before torch.jit.script."
    if kind.__name__ == "OptimizedModule":
        return "It is compiled and may run no hooks: record the model given to torch.compile (model._orig_mod)."
    return None
