"""What does an operation of PyTorch do to a memory? One table, by its name: another operation is one word more."""

from functools import cache
from typing import NamedTuple

FORM, SLICE, JOIN, WRITE, MASK, CHANGE = "form", "slice", "join", "write", "mask", "change"
SUM, PRODUCT, MATRIX, FREE, SILENT, OTHER = "sum", "product", "matrix", "free", "silent", "other"
OPERATIONS = {
    # The values stay what they were, in another place or form;
    FORM: """view reshape squeeze unsqueeze transpose t permute contiguous clone detach to type type_as float double
        half bfloat16 cpu cuda expand expand_as flatten unflatten tensor_split movedim moveaxis swapaxes swapdims alias
        view_as reshape_as flip broadcast_to gather requires_grad __get__ unsafe_chunk unsafe_split copy pin_memory
        as_strided""",
    # of a weight each such part is a weight of its own;
    SLICE: "__getitem__ select narrow unbind chunk split split_with_sizes index_select",
    # several tensors become parts of one;
    JOIN: "stack cat concat concatenate hstack vstack",
    # some values of the first operand become those of another.
    WRITE: "__setitem__ index_put index_copy",
    # Some values are kept, others replaced: the memory after the step is what they leave.
    MASK: "where masked_fill masked_scatter clamp clip clamp_min clamp_max minimum maximum",
    # Each value becomes another, and the order of units stays.
    CHANGE: """tanh sigmoid relu relu6 hardtanh hardsigmoid hardswish softsign elu selu gelu silu mish leaky_relu
        softplus logsigmoid sin dropout alpha_dropout feature_dropout native_dropout layer_norm group_norm rms_norm
        batch_norm instance_norm normalize div divide true_divide""",
    # c = a ⊙ c' + u is one of these,
    SUM: "add sub subtract rsub __rsub__ addcmul lerp",
    # and these are in it.
    PRODUCT: "mul multiply neg negative",
    # One operand is a matrix that multiplies the others.
    MATRIX: """linear bilinear matmul __matmul__ __rmatmul__ mm bmm mv addmm addmv addbmm baddbmm tensordot conv1d
        conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d einsum""",
    # What these return depends on no weight, or so little that it is no gate.
    FREE: """rand_like randn_like randint_like zeros_like ones_like full_like empty_like bernoulli new_zeros new_ones
        new_full new_empty new_tensor gt lt ge le eq ne greater less greater_equal less_equal equal isnan isinf isfinite
        argmax argmin logical_not logical_and logical_or""",
    # These return no tensor that a cell computes with.
    SILENT: """size dim ndimension numel stride is_floating_point is_complex item tolist __len__ __bool__ __int__
        __float__ __index__ __repr__ __format__ __hash__ element_size is_contiguous get_device data_ptr storage_offset
        is_inference untyped_storage backward register_hook retain_grad numpy __array__ __reduce_ex__ is_nonzero
        is_same_size __contains__ allclose __deepcopy__""",
}
# What may return what needs no look another time.
PLAIN = frozenset([FORM, SLICE, JOIN, MASK, CHANGE, SUM, PRODUCT, MATRIX, OTHER])
# Whoever has these results can overwrite the tensor, and no operation is seen.
SHARING = frozenset(["numpy", "__array__", "data_ptr", "untyped_storage"])
DIVIDED = frozenset(["div", "divide", "true_divide"])
BORN = dict.fromkeys(("sigmoid", "hardsigmoid", "softmax"), "gate") | {"tanh": "tanh"}
# Where the values come from that an operation makes: see `Node.birth`.
BORN |= dict.fromkeys(("exp", "exp2"), "positive") | dict.fromkeys(("maximum", "max", "amax", "logsumexp"), "most")
_DOES = {name: does for does, names in OPERATIONS.items() for name in names.split()}
# Another operand lends its form or its type alone.
_OF_FIRST = frozenset(["to", "type_as", "expand_as", "view_as", "reshape_as"])


class OperationKind(NamedTuple):
    """What is known of an operation by its name."""

    name: str
    """Without the sign that it overwrites its first operand: `add_` is `add`."""
    does: str
    in_place: bool
    follows: bool
    """Whether a result may be a memory that an operand was, in another form."""
    lenders: slice
    """The operands that lend their values."""
    keeps_birth: bool
    """Whether what comes from a sigmoid still does after it."""

    def birth(self, of_operand: str) -> str:
        """Where the values of a result come from, if it is no sum and no product."""
        born = BORN.get(self.name) or (of_operand if self.keeps_birth else "")
        return "share" if born == "positive" and of_operand == "most" else born


@cache
def kind_of(name: str) -> OperationKind:
    """The kind of an operation, by its name."""
    in_place = (name[-1] == "_" and name[-2:] != "__") or name == "__setitem__"
    plain = name[:-1] if in_place and name[-2:] != "__" else name
    does = _DOES.get(plain, OTHER)
    in_form = does in (FORM, SLICE, JOIN, WRITE)
    return OperationKind(
        name=plain,
        does=does,
        in_place=in_place,
        follows=in_form or does in (MASK, CHANGE),
        lenders=slice(1) if plain in _OF_FIRST else slice(1, None) if plain == "copy" else slice(None),
        keeps_birth=in_form or plain in ("dropout", "clamp", "clip"),
    )
