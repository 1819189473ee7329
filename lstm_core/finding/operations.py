"""What does an operation of PyTorch do to its tensors, by its name?"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SUMS = _names("add sub subtract rsub __rsub__ addcmul lerp")
"""c = f ⊙ c' + i ⊙ g is one of these."""
PRODUCTS = _names("mul multiply einsum neg negative")
IN_FORM = _names(
    """view reshape squeeze unsqueeze transpose t permute contiguous clone detach to type type_as float double half
    bfloat16 cpu cuda expand expand_as flatten unflatten chunk split split_with_sizes tensor_split unbind select narrow
    index_select __getitem__ stack cat concat concatenate hstack vstack movedim moveaxis swapaxes swapdims alias view_as
    reshape_as flip broadcast_to gather requires_grad __get__ unsafe_chunk unsafe_split index_put index_copy copy
    __setitem__ pin_memory as_strided"""
)
"""The values stay what they were, in another place or form."""
_OF_FIRST = _names("to type_as expand_as view_as reshape_as")
"""Another operand lends its form or its type alone."""
WRITING = _names("__setitem__ index_put index_copy")
"""Some values of the first operand become those of another."""
JOINING = WRITING | _names("stack cat concat concatenate hstack vstack")
"""Several tensors become parts of one."""
MASKING = _names("where masked_fill masked_scatter clamp clip clamp_min clamp_max minimum maximum")
"""Some values are kept, others replaced: the memory after the step is what they leave."""
CHANGING = _names(
    """tanh sigmoid relu relu6 hardtanh hardsigmoid hardswish softsign elu selu gelu silu mish leaky_relu softplus
    logsigmoid sin dropout alpha_dropout feature_dropout native_dropout layer_norm group_norm rms_norm batch_norm
    instance_norm normalize div divide true_divide"""
)
"""Each value becomes another, and the order of units stays."""
DIVIDED = _names("div divide true_divide")
GATES = _names("sigmoid hardsigmoid softmax")
"""From 0 to 1."""
POSITIVE = _names("exp softplus exp2")
MAXIMA = _names("maximum max amax logsumexp")
KEEP_BIRTH = IN_FORM | {"dropout", "clamp", "clip"}
"""What comes from a sigmoid still does after these."""
SLICES = _names("__getitem__ select narrow unbind chunk split split_with_sizes index_select")
OF_MATRICES = _names(
    """linear bilinear matmul __matmul__ __rmatmul__ mm bmm mv addmm addmv addbmm baddbmm tensordot conv1d conv2d conv3d
    conv_transpose1d conv_transpose2d conv_transpose3d"""
)
"""One operand is a matrix that multiplies the others; einsum may be such a product too."""
NO_WEIGHTS = _names(
    """rand_like randn_like randint_like zeros_like ones_like full_like empty_like bernoulli new_zeros new_ones new_full
    new_empty new_tensor gt lt ge le eq ne greater less greater_equal less_equal equal isnan isinf isfinite argmax
    argmin logical_not logical_and logical_or"""
)
"""What these return depends on no weight, or so little that it is no gate."""
SILENT = _names(
    """size dim ndimension numel stride is_floating_point is_complex item tolist __len__ __bool__ __int__ __float__
    __index__ __repr__ __format__ __hash__ element_size is_contiguous get_device data_ptr storage_offset is_inference
    untyped_storage backward register_hook retain_grad numpy __array__ __reduce_ex__ is_nonzero is_same_size
    __contains__ allclose __deepcopy__"""
)
"""These return no tensor that a cell computes with."""


SHARING = _names("numpy __array__ data_ptr untyped_storage")
"""Whoever has these results can overwrite the tensor, and no operation is seen."""


@cache
def plain(name: str) -> str:
    """The operation's name, also where it overwrites its first operand: `add_` is `add`."""
    return name[:-1] if name[-1] == "_" and name[-2:] != "__" else name


@cache
def in_place(name: str) -> bool:
    """Whether an operation overwrites its first operand."""
    return (name[-1] == "_" and name[-2:] != "__") or name == "__setitem__"


class OperationKind(NamedTuple):
    """What is asked of each operation first."""

    name: str
    silent: bool
    weightless: bool
    follows: bool
    """Whether a result may be a memory that an operand was, in another form."""
    ordinary: bool
    """Whether the result is no product, no sum, no stack, not several operands and not the operand itself."""
    slices: bool
    placed: bool
    """Whether it counts where it runs."""
    is_sum: bool
    is_product: bool
    in_place: bool
    can_wait: bool
    """Whether it overwrites nothing and is none of several terms, so that it can be looked at later."""
    lenders: slice
    """The operands that lend their values."""
    birth: str | None
    """Where the result's values come from; None if that depends on the first operand's."""


@cache
def kind_of(name: str) -> OperationKind:
    """The kind of an operation, by its name."""
    special = SUMS | PRODUCTS | {"sum", "stack", "broadcast_tensors"}
    weightless, own = name in NO_WEIGHTS, {birth_of(name, of) for of in ("", "most", "gate")}
    return OperationKind(
        name=name,
        silent=name in SILENT,
        weightless=weightless,
        follows=not weightless and name in IN_FORM | MASKING | CHANGING,
        ordinary=name not in special and not in_place(name),
        slices=name in SLICES,
        placed=name in SUMS | PRODUCTS | CHANGING,
        is_sum=name in SUMS,
        is_product=name in PRODUCTS,
        in_place=in_place(name),
        can_wait=name not in ("sum", "stack") and not in_place(name),
        lenders=slice(1) if name in _OF_FIRST else slice(1, None) if name == "copy" else slice(None),
        birth=own.pop() if len(own) == 1 else None,
    )


def birth_of(name: str, of_operand: str) -> str:
    """Where the values of a result come from, if it is no sum and no product: see `Node.birth`."""
    if name in GATES:
        return "gate"
    if name in POSITIVE:
        return "share" if of_operand == "most" else "positive"
    if name in MAXIMA:
        return "most"
    return "tanh" if name == "tanh" else of_operand if name in KEEP_BIRTH else ""


def elementwise(name: str, operands: Sequence[Any]) -> Sequence[Any]:
    """The two factors of a product of numbers at equal places; none if it is another product."""
    if name in ("neg", "negative"):
        return operands[0], -1
    if name != "einsum":
        return operands if len(operands) == 2 else ()
    equation = operands[0]
    given = operands[1] if len(operands) == 2 and isinstance(operands[1], list | tuple) else operands[1:]
    if isinstance(equation, str) and len(given) == 2:
        inputs, _, output = equation.replace(" ", "").partition("->")
        if output and set(inputs.split(",")) == {output} and len(set(output)) == len(output):
            return list(given)
    return ()
