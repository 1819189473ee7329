"""What went into one call of a GRU or an RNN, and what came out, whatever form it had?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from lstm_core.recording.call import (
    HiddenCall,
    arguments,
    in_its_own_form,
    in_our_dims,
    precision_of,
    read_cell,
    read_given,
    weights_of,
)


def read_hidden_call(module: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> HiddenCall:
    """The call of a module that has just returned `result`, and whose only state is h."""
    given, state = arguments(args, kwargs)
    states = None if state is None else (state,)
    if isinstance(module, nn.RNNCellBase):
        form, x, (h0,), (h_n,) = read_cell(given, states, (result,))
        return HiddenCall(
            x=x, h0=h0, output=h_n[0], h_n=h_n, weights=weights_of(module), precision=precision_of(result), form=form
        )
    assert isinstance(module, nn.RNNBase)
    read = read_given(module, given, states)
    output, (h_n,) = in_our_dims(module, read, result[0], (result[1],))
    return HiddenCall(
        x=read.x,
        h0=h_n.new_zeros(h_n.shape) if read.state is None else read.state[0],
        output=output,
        h_n=h_n,
        weights=weights_of(module),
        precision=precision_of(output),
        packed=read.packed,
        lengths=read.lengths,
        form=read.form,
    )


def as_returned_by_hidden(call: HiddenCall, output: Tensor, h_n: Tensor) -> Any:
    """Other values in the form in which the module returns its own: output (time, batch, direction * unit), h_n
    (layer, direction, batch, unit)."""
    output, (h_n,) = in_its_own_form(call, output, (h_n,))
    return h_n if call.form.endswith("cell") else (output, h_n)
