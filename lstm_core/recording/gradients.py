"""How does a gradient reach every gate of an LSTM that has run, without running it again?

Every gate and state is known, so the gradient of the loss at h and c goes back through the equations step by step
(Hochreiter & Schmidhuber 1997), a few products a step; what it is at the gates, the weights and the input follows for
all steps at once. A gradient of gradients takes the slow way, step by step (`steps`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from lstm_core.recording.call import Call, Weights, after_dropout
from lstm_core.recording.gates import empty, pieces
from lstm_core.recording.steps import Rerun, by_layer_and_direction, one_direction
from lstm_core.traces.cut import before

# The quantities whose gradients are written down here: a cell that has others goes the slow way.
WRITTEN = ("i", "f", "g", "o", "c", "h")
# How many tensors stand before the gates and states: x, h0, c0, two weights and two biases.
BEFORE = 7


def has_written_backward(call: Call) -> bool:
    """Whether a call's gradients are computed here: of a dense LSTM without projection, not rounded to fewer bits."""
    return (
        call.kind.trace.quantities == WRITTEN
        and call.lengths is None
        and call.precision == call.wide == call.output.dtype
        and call.weights[0][0].hr is None
        and forward_ad._current_level < 0
    )


def attach_gradients(call: Call, leaves: dict[str, Tensor]) -> Rerun:
    """The call's own output and last states, in a graph with its input, its weights and these leaves (layer, direction,
    time, batch, unit), which hold its gates and states."""
    read, places = call.x, len(call.weights) * len(call.weights[0])
    # One unbind for all: the gradient of a select is as large as the whole tensor.
    parts = {
        quantity: (leaf.view(leaf.shape[2:]),) if places == 1 else leaf.flatten(0, 1).unbind(0)
        for quantity, leaf in leaves.items()
    }
    last: list[dict[str, Tensor]] = []
    for layer, weights in enumerate(call.weights):
        shown: list[Tensor] = []
        for direction, own in enumerate(weights):
            start = (call.start[state][layer, direction] for state in "hc")
            values = (parts[quantity][len(last)] for quantity in WRITTEN)
            h, h_n, c_n = _Back.apply(call, layer, direction, read, *start, *own[:4], *values)  # type: ignore[no-untyped-call]
            shown.append(h)
            last.append({"h": h_n, "c": c_n})
        output = torch.cat(shown, dim=-1) if len(shown) > 1 else shown[0]
        read = after_dropout(call, layer, output)
    return Rerun([output], by_layer_and_direction(call, last))


def by_letter(tensors: Sequence[Tensor]) -> dict[str, Tensor]:
    """The gates and states among the tensors of one layer and direction."""
    return dict(zip(WRITTEN, tensors[BEFORE:], strict=True))


class _Back(torch.autograd.Function):
    """One layer and direction: h of every step, and the last h and c, which are known."""

    @staticmethod
    def forward(ctx: Any, call: Call, layer: int, direction: int, *tensors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        ctx.call, ctx.direction = call, direction
        ctx.save_for_backward(*tensors)
        h_n, c_n = (call.end[state][layer, direction].clone() for state in "hc")
        return by_letter(tensors)["h"].clone(), h_n, c_n

    @staticmethod
    def backward(ctx: Any, *of_results: Tensor) -> tuple[Any, ...]:
        if torch.is_grad_enabled():
            return None, None, None, *_by_steps(ctx.call, ctx.direction, ctx.saved_tensors, of_results)
        return None, None, None, *_at_once(ctx.direction, ctx.saved_tensors, ctx.needs_input_grad[3:], of_results)


def _at_once(
    direction: int, tensors: tuple[Tensor, ...], needed: tuple[bool, ...], of_results: tuple[Tensor, ...]
) -> list[Tensor | None]:
    """The gradients of x, h0, c0, the weights and the gates and states, in this order."""
    (x, h0, c0, ih, hh, bias_ih, _), at = tensors[:BEFORE], by_letter(tensors)
    c, h = at["c"], at["h"]
    of = {quantity: empty(tuple(each.shape), c.dtype, c.device) for quantity, each in at.items()}
    of["h"].copy_(of_results[0])
    of_x = empty(tuple(x.shape), c.dtype, c.device) if needed[0] else None
    of_ih, of_hh, bias = torch.zeros_like(ih), torch.zeros_like(hh), ih.new_zeros(len(ih))
    start = of_results[1:]
    in_pieces = pieces(*x.shape[:2])
    # So few steps at once that what is computed for them is still in the cache when it is read.
    for piece in in_pieces if direction else reversed(in_pieces):
        here = {quantity: tensor[piece] for quantity, tensor in at.items()}
        c_before, h_before = (before(*state, direction, None, piece) for state in ((c, c0), (h, h0)))
        of_h, of_c = of["h"][piece], of["c"][piece]
        sums, start = _back_through_time(direction, here, c_before, hh, (of_h, of_c), start)
        rows = sums.flatten(0, 1)
        of_ih.addmm_(rows.T, x[piece].flatten(0, 1))
        of_hh.addmm_(rows.T, h_before.flatten(0, 1))
        bias += rows.sum(0)
        if of_x is not None:
            of_x[piece] = torch.mm(rows, ih).view_as(x[piece])
        of["i"][piece] = of_c * here["g"]
        of["f"][piece] = of_c * c_before
        of["g"][piece] = of_c * here["i"]
        of["o"][piece] = of_h * here["c"].tanh()
    of_bias = None if bias_ih is None else bias
    return [of_x, *start, of_ih, of_hh, of_bias, of_bias, *of.values()]


def _back_through_time(
    direction: int,
    here: dict[str, Tensor],
    c_before: Tensor,
    hh: Tensor,
    into: tuple[Tensor, Tensor],
    carried: tuple[Tensor, ...],
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Some steps back: the gradients at the sums that the gates are made of, (time, batch, 4 * unit), and at the h and
    the c before. `into`: those of h and c of each step, (time, batch, unit); that of c is written, and that of h added
    to. `carried`: those of the h and the c after."""
    i, f, g, o = here["i"], here["f"], here["g"], here["o"]
    (carried_h, carried_c), shown = carried, here["c"].tanh()
    # What a gradient at c is worth at the sums of i, f and g, and one at h at c and at the sum of o.
    at_sums = torch.stack([g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g), shown * o * (1 - o)], dim=-2)
    at_c, pre = o * (1 - shown * shown), torch.empty_like(at_sums)
    (of_h, of_c), written, sums = into, (at_sums[:, :, :3], pre[:, :, :3]), pre.flatten(2)
    each = (of_h, of_c, of_c.unsqueeze(2), at_c, f, *written, at_sums[:, :, 3], pre[:, :, 3], sums)
    steps = list(zip(*(tensor.unbind(0) for tensor in each), strict=True))
    for at_h, memory, wide, to_c, keep, worth, to_sums, worth_o, to_o, row in steps if direction else reversed(steps):
        at_h += carried_h
        torch.addcmul(carried_c, at_h, to_c, out=memory)
        torch.mul(worth, wide, out=to_sums)
        torch.mul(worth_o, at_h, out=to_o)
        carried_h, carried_c = torch.mm(row, hh), memory * keep
    return sums, (carried_h, carried_c)


def _by_steps(
    call: Call, direction: int, tensors: tuple[Tensor, ...], of_results: tuple[Tensor, ...]
) -> list[Tensor | None]:
    """The gradients, in a graph of their own: the layer runs again step by step."""
    (x, h0, c0, ih, hh, bias_ih, bias_hh), leaves = tensors[:BEFORE], by_letter(tensors)
    own = Weights(ih, hh, bias_ih, bias_hh, None)
    with torch.enable_grad():
        # The place [0][direction] is the one that is read.
        start = {name: state.expand(1, 2, *state.shape) for name, state in (("h", h0), ("c", c0))}
        probes = {name: (leaf - leaf.detach()).expand(1, 2, *leaf.shape) for name, leaf in leaves.items()}
        alone = replace(call, x=x, start=start, weights=[[own, own]])
        h, last = one_direction(alone, x, 0, direction, (), probes)
        results = h, last["h"], last["c"]
    wanted = [tensor for tensor in tensors if tensor is not None and tensor.requires_grad]
    found = torch.autograd.grad(results, wanted, of_results, create_graph=True, allow_unused=True)
    by_tensor = dict(zip(map(id, wanted), found, strict=True))
    # A tensor that stands at two places has its whole gradient at the first.
    return [by_tensor.pop(id(tensor), None) for tensor in tensors]
