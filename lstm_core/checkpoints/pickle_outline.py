"""What does a pickle ask for, before anything is built from it?

`torch.load(weights_only=True)` runs nothing foreign, but it still does what a pickle says: a few bytes can ask it for
terabytes. So the steps of the pickle are walked through first, with marks in place of objects, and whatever goes
beyond names, numbers and tensors in nested dicts is refused.
"""

from __future__ import annotations

import math
import pickletools
from typing import Any, BinaryIO, NamedTuple

from lstm_core.checkpoints.weights_file import shortened
from lstm_core.errors import LstmCoreError

MOST_STEPS = 2_000_000
"""The most steps of a pickle: some hundred thousand names, and a second or two."""

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
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_SCALARS = (str, bytes, int, float, bool, type(None))


class Global(NamedTuple):
    """A class or function by its full name; never imported."""

    name: str


class Storage(NamedTuple):
    """The numbers behind a tensor: the key they are kept under, and how many bytes they claim to be."""

    key: str
    item_bytes: int
    nbytes: int


class _Mark:
    """What stands for an object on the stack: one just made, or one fetched from the memo."""


_MADE, _AGAIN = _Mark(), _Mark()


def storages_of(pickle: BinaryIO) -> dict[str, int]:
    """The bytes that each storage of one pickle claims, by key; the stream is left behind the pickle.

    Raises LstmCoreError for a pickle that holds anything but nested dicts and lists of names, numbers and tensors.
    """
    walk = _Walk()
    try:
        for step, (opcode, argument, _) in enumerate(pickletools.genops(pickle)):
            if step > MOST_STEPS:
                raise LstmCoreError(f"Expected at most {MOST_STEPS:,} steps in a PyTorch file's pickle, got more.")
            walk.take(opcode.name, argument)
    except (IndexError, KeyError, TypeError, AttributeError, UnicodeError) as error:
        raise LstmCoreError("Expected a pickle that holds together, got a broken one.") from error
    return walk.storages


class _Walk:
    """The stack machine of a pickle, with marks in place of objects."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.storages: dict[str, int] = {}

    def take(self, step: str, argument: Any) -> None:
        if step in _PUSHED:
            self.stack.append(argument)
        elif step in _CONSTANTS:
            self.stack.append(_CONSTANTS[step])
        elif step in ("EMPTY_DICT", "EMPTY_LIST"):
            self.stack.append(_MADE)
        elif step in ("BINPUT", "LONG_BINPUT"):
            self.memo[argument] = self.stack[-1]
        elif step in ("BINGET", "LONG_BINGET"):
            value = self.memo[argument]
            self.stack.append(_AGAIN if value is _MADE else value)
        elif step == "MARK":
            self.marks.append(len(self.stack))
        elif step == "PROTO":
            if argument != 2:
                raise LstmCoreError(f"Expected pickle protocol 2, as torch.save writes it, got {argument}.")
        elif step != "STOP":
            self._combine(step, argument)

    def _combine(self, step: str, argument: Any) -> None:
        """A step that makes something out of what is on the stack."""
        if step == "TUPLE":
            self.stack.append(tuple(self._since_mark()))
        elif step in ("TUPLE1", "TUPLE2", "TUPLE3"):
            count = int(step[-1])
            self.stack[-count:] = [tuple(self.stack[-count:])]
        elif step == "APPEND":
            self.stack.pop()
        elif step == "APPENDS":
            self._since_mark()
        elif step == "SETITEM":
            _, key = self.stack.pop(), self.stack.pop()
            _check_keys([key])
        elif step == "SETITEMS":
            _check_keys(self._since_mark()[::2])
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

    def _storage(self, identity: Any) -> Storage:
        what, kind, key, _, count = identity[:5]
        if what not in ("storage", b"storage") or not isinstance(kind, Global) or not isinstance(count, int):
            raise LstmCoreError("Expected a storage of numbers, got something else in its place.")
        short = kind.name.rpartition(".")[2].removesuffix("Storage")
        if short not in _ITEM_BYTES:
            raise LstmCoreError(f"Expected tensors of numbers, got a storage of type {shortened(kind.name)}.")
        storage = Storage(str(key), _ITEM_BYTES[short], count * _ITEM_BYTES[short])
        if count < 0:
            raise LstmCoreError(f"Expected a storage of 0 bytes or more, got {storage.nbytes}.")
        self.storages[storage.key] = max(storage.nbytes, self.storages.get(storage.key, 0))
        return storage


def _check_keys(keys: list[Any]) -> None:
    """Keys of dicts are hashed, and a tuple in a tuple in a tuple … has no end."""
    for key in keys:
        parts = key if isinstance(key, tuple) else (key,)
        if not all(isinstance(part, _SCALARS) for part in parts):
            raise LstmCoreError("Expected names or numbers as the keys of a dict, got an object.")


def _known(name: str) -> Global:
    """A global that a file of weights has reason to name."""
    module, _, last = name.rpartition(".")
    is_number_type = module in ("torch", "torch.storage") and (last.endswith("Storage") or _is_dtype(last))
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


def _is_dtype(name: str) -> bool:
    import torch

    return isinstance(getattr(torch, name, None), torch.dtype)


def _called(function: Any, arguments: Any) -> Any:
    """What a call would make; every allowed one is small, or as large as the storage it stands on."""
    name = function.name if isinstance(function, Global) else ""
    if name in _TENSORS:
        storage, _, size = arguments[:3]
        item_bytes = 1 if name.endswith("_v3") else storage.item_bytes
        if not all(isinstance(n, int) and n >= 0 for n in size) or math.prod(size) * item_bytes > storage.nbytes:
            raise LstmCoreError(
                f"Expected tensors no larger than their {storage.nbytes:,} bytes, got one of shape {shortened(size)}. "
                "Save tensors that were expanded as .contiguous()."
            )
        return _MADE
    small = name in _SMALL and len(arguments) <= 2 and not any(isinstance(a, tuple) and len(a) > 16 for a in arguments)
    if name in _PARAMETERS or small or (name == "collections.OrderedDict" and arguments == ()):
        return _MADE
    raise LstmCoreError(f"Expected names, numbers and tensors, got a call of {shortened(name)}.")
