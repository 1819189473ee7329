"""What does a pickle ask for, before anything is built from it?

`torch.load(weights_only=True)` runs no foreign code, but it still does what a pickle says: a few bytes can ask for
terabytes. So we first walk through the steps of the pickle, with marks in place of objects, and refuse everything
except names, numbers and tensors in nested dicts. Each step takes constant time: no number from the file is used
before it is known to be small, and no object from it is written out as text.

(`torch.load(map_location="meta")` can't replace this: nested tuples as a dict's key crash it, it makes bytearrays and
`torch.FloatTensor`s of any size, and it does not say how much memory the numbers will take.)
"""

import pickletools
from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.limits import MOST_COUNT, MOST_DIMS, MOST_NAME

MOST_STEPS = 2_000_000
"""The most steps of a pickle: enough for about a hundred thousand names, and a second or two."""

_ITEM_BYTES = {
    "Double": 8,
    "Float": 4,
    "Half": 2,
    "BFloat16": 2,
    "Long": 8,
    "Int": 4,
    "Short": 2,
    "Char": 1,
    "Byte": 1,
    "Bool": 1,
    "ComplexFloat": 8,
    "ComplexDouble": 16,
    "Untyped": 1,
}
_TENSORS = {f"torch._utils._rebuild_tensor{version}" for version in ("", "_v2", "_v3")}
_PARAMETERS = {"torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"}
_SMALL = {"torch.Size", "torch.device"}
_NOT_DENSE = {
    "torch._utils._rebuild_qtensor": "quantised",
    "torch._utils._rebuild_sparse_tensor": "sparse",
    "torch._utils._rebuild_nested_tensor": "nested",
}
_PUSHED = {"BINUNICODE", "SHORT_BINSTRING", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_SCALARS = (str, bytes, int, float, bool, type(None))
_MOST_NESTED = 8
"""How deep tuples may be nested: a tensor's are two deep."""


class Global(NamedTuple):
    """A class or function by its full name; never imported."""

    name: str


class Storage(NamedTuple):
    """The numbers behind a tensor: their key in the archive, and the bytes that they claim."""

    key: str
    item_bytes: int
    nbytes: int


class Tuple(NamedTuple):
    """A tuple's items, and how many tuples deep it is."""

    items: tuple[Any, ...]
    deep: int


# Stand for a dict or another object on the stack that was just made, and for one that was fetched from the memo.
_DICT, _MADE, _AGAIN = object(), object(), object()


def storages_of(stream: BinaryIO, pickles: int = 1) -> dict[str, int]:
    """The bytes that each storage in some pickles claims, by key; the stream then stands after the last pickle.

    Raises LstmCoreError for a pickle that holds anything but nested dicts and lists of names, numbers and tensors.
    """
    storages: dict[str, int] = {}
    step = 0
    for _ in range(pickles):
        walk = _Walk(storages)
        try:
            for opcode, argument, _place in pickletools.genops(stream):
                step += 1
                if step > MOST_STEPS:
                    raise LstmCoreError(f"Expected at most {MOST_STEPS:,} steps in a PyTorch file's pickle, got more.")
                walk.take(opcode.name, argument)
        except (IndexError, KeyError, TypeError, AttributeError, UnicodeError) as error:
            raise LstmCoreError("Expected a pickle that holds together, got a broken one.") from error
    return storages


class _Walk:
    """The stack machine of a pickle, with marks in place of objects."""

    def __init__(self, storages: dict[str, int]) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.storages = storages

    def take(self, step: str, argument: Any) -> None:
        if step in _PUSHED:
            # A seed may have any number of digits; it is not a size.
            large = type(argument) is int and not -MOST_COUNT <= argument <= MOST_COUNT
            self.stack.append(_MADE if large else argument)
        elif step in _CONSTANTS:
            self.stack.append(_CONSTANTS[step])
        elif step in ("EMPTY_DICT", "EMPTY_LIST"):
            self.stack.append(_DICT if step == "EMPTY_DICT" else _MADE)
        elif step == "EMPTY_TUPLE":
            self.stack.append(_tuple(()))
        elif step in ("BINPUT", "LONG_BINPUT"):
            self.memo[argument] = self.stack[-1]
        elif step in ("BINGET", "LONG_BINGET"):
            value = self.memo[argument]
            self.stack.append(_AGAIN if value in (_DICT, _MADE) else value)
        elif step == "MARK":
            self.marks.append(len(self.stack))
        elif step == "PROTO":
            if argument != 2:
                raise LstmCoreError(f"Expected pickle protocol 2, as torch.save writes it, got {argument}.")
        elif step != "STOP":
            self._combine(step, argument)

    def _combine(self, step: str, argument: Any) -> None:
        if step == "TUPLE":
            self.stack.append(_tuple(self._since_mark()))
        elif step in ("TUPLE1", "TUPLE2", "TUPLE3"):
            count = int(step[-1])
            self.stack[-count:] = [_tuple(self.stack[-count:])]
        elif step == "APPEND":
            self.stack.pop()
        elif step == "APPENDS":
            self._since_mark()
        elif step in ("SETITEM", "SETITEMS"):
            items = self._since_mark() if step == "SETITEMS" else [self.stack.pop(-2), self.stack.pop()]
            if self.stack[-1] is not _DICT:
                raise LstmCoreError("Expected a dict where an entry is set, got something else.")
            _check_keys(items[::2])
        elif step == "GLOBAL":
            self.stack.append(_known(argument.replace(" ", ".")))
        elif step == "BINPERSID":
            self.stack.append(self._storage(self.stack.pop()))
        elif step == "REDUCE":
            arguments = self.stack.pop()
            self.stack[-1] = _called(self.stack[-1], arguments)
        elif step == "BUILD" and self.stack[-1] is not _AGAIN:
            self.stack.pop()
        else:
            raise LstmCoreError(f"Expected names, numbers and tensors, got a pickled object (step {step}).")

    def _since_mark(self) -> list[Any]:
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def _storage(self, identity: Tuple) -> Storage:
        what, kind, key, place, count = identity.items[:5]
        is_storage = what in ("storage", b"storage") and isinstance(kind, Global) and isinstance(place, (str, bytes))
        if not is_storage or not _is_count(count):
            raise LstmCoreError("Expected a storage of numbers, got something else in its place.")
        if not _is_count(key) and not (isinstance(key, str) and len(key) <= MOST_NAME):
            raise LstmCoreError("Expected a short name or a number as a storage's key, got something else.")
        short = kind.name.rpartition(".")[2].removesuffix("Storage")
        if short not in _ITEM_BYTES:
            raise LstmCoreError(f"Expected tensors of numbers, got a storage of type {shortened(kind.name)}.")
        storage = Storage(str(key), _ITEM_BYTES[short], count * _ITEM_BYTES[short])
        self.storages[storage.key] = max(storage.nbytes, self.storages.get(storage.key, 0))
        return storage


def _tuple(items: Sequence[Any]) -> Tuple:
    deep = 1 + max((item.deep for item in items if isinstance(item, Tuple)), default=0)
    if deep > _MOST_NESTED:
        raise LstmCoreError(f"Expected tuples at most {_MOST_NESTED} deep in a PyTorch file, got deeper ones.")
    return Tuple(tuple(items), deep)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= MOST_COUNT


def _check_keys(keys: list[Any]) -> None:
    """Refuse keys of dicts that are objects: keys are hashed, and hashing deeply nested tuples can take forever."""
    for key in keys:
        parts = key.items if isinstance(key, Tuple) else (key,)
        if len(parts) > MOST_DIMS or not all(isinstance(part, _SCALARS) for part in parts):
            raise LstmCoreError("Expected names or numbers as the keys of a dict, got an object.")


def _known(name: str) -> Global:
    """A global that a file of weights may name."""
    module, _, last = name.rpartition(".")
    is_number_type = module in ("torch", "torch.storage") and (last.endswith("Storage") or _dtype(last) is not None)
    if is_number_type or name in _TENSORS | _PARAMETERS | _SMALL | {"collections.OrderedDict"}:
        return Global(name)
    if name in _NOT_DENSE:
        raise LstmCoreError(
            f"Expected dense tensors of floating point numbers, got {_NOT_DENSE[name]} ones. "
            "Save the state_dict of the model as it was before."
        )
    raise LstmCoreError(
        f"Expected weights alone, got a pickled object, {shortened(name)}, which is never opened. "
        "Save model.state_dict() with torch.save, or in safetensors."
    )


def _dtype(name: str) -> Any:
    import torch

    found = getattr(torch, name, None)
    return found if isinstance(found, torch.dtype) else None


def _called(function: Any, arguments: Tuple) -> Any:
    """The result of an allowed call: small, or as large as the storage it uses."""
    name = function.name if isinstance(function, Global) else ""
    given = arguments.items
    if name in _TENSORS:
        storage, offset, size, strides = given[:4]
        item_bytes = storage.item_bytes
        if name.endswith("_v3"):
            if (dtype := _dtype(given[6].name.rpartition(".")[2])) is None:
                raise LstmCoreError("Expected a tensor's dtype, got something else in its place.")
            item_bytes = dtype.itemsize
        _check_tensor(storage, item_bytes, offset, size.items, strides.items)
        return _MADE
    short = len(given) <= 2 and not any(isinstance(item, Tuple) and len(item.items) > 16 for item in given)
    if name == "collections.OrderedDict" and not given:
        return _DICT
    if name in _PARAMETERS or (name in _SMALL and short):
        return _MADE
    raise LstmCoreError(f"Expected names, numbers and tensors, got a call of {shortened(name or 'no function')}.")


def _check_tensor(storage: Storage, item_bytes: int, offset: int, size: Sequence[int], strides: Sequence[int]) -> None:
    """Refuse a tensor that is larger than its storage or extends past it, which would make the storage grow."""
    count = 1
    # Zeros come first, so that they make the count 0; then the product stops growing once it is too large.
    for number in sorted(size[:MOST_DIMS], key=lambda number: number != 0):
        count = count * number if _is_count(number) and count <= storage.nbytes + 1 else storage.nbytes + 1
    if len(size) > MOST_DIMS or count * item_bytes > storage.nbytes:
        raise LstmCoreError(
            f"Expected tensors no larger than their {storage.nbytes:,} bytes, got one of {_shape(size)}. "
            "Save tensors that were expanded as .contiguous()."
        )
    numbers = [offset, *strides]
    if len(strides) != len(size) or not all(map(_is_count, numbers)):
        raise LstmCoreError("Expected an offset, and a stride for each dimension of a tensor, got something else.")
    last = offset + sum((n - 1) * stride for n, stride in zip(size, strides, strict=True))
    if count and (last + 1) * item_bytes > storage.nbytes:
        raise LstmCoreError(
            f"Expected tensors that lie in their {storage.nbytes:,} bytes, got one that reaches beyond."
        )


def _shape(size: Sequence[Any]) -> str:
    """A shape for a message; the file's shape may have any length and content."""
    shown = ", ".join(str(number) if _is_count(number) else "?" for number in size[:4])
    return f"shape ({shown}{', …' if len(size) > 4 else ''})"
