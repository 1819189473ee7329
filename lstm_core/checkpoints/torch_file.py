"""How are the tensors of a PyTorch file read?

Only with `weights_only=True`, and only after a look at the steps of its pickle. PyTorch calls what it
knows: a `bytearray(10**8)` takes its memory; up to 2.9 an entry may be set in a tensor (CVE-2026-24747), and a storage
that claims more than its record is read beyond it. So a pickle may name only what stands in the list here, set entries
in dicts alone, and claim what is there. Nothing is imported or built for that.
"""

import io
import pickle
import pickletools
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO, cast

import torch
from torch import Tensor

from lstm_core.checkpoints.vocabulary import vocabulary_in
from lstm_core.checkpoints.weights_file import NamedTensors, WeightsFile
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.outside import MOST_COUNT, MOST_DESCRIPTION, MOST_NAME

MOST_DEPTH = 32
"""How deep dicts may be nested."""

_ORDERED_DICT = "collections.OrderedDict"
_MADE = {
    *(f"torch._utils._rebuild_{what}" for what in ("tensor", "tensor_v2", "tensor_v3")),
    *(f"torch._utils._rebuild_{what}" for what in ("parameter", "parameter_with_state")),
    *("torch.Size", "torch.device", _ORDERED_DICT),
}
"""What a pickle may call."""
_ITEM_BYTES = {
    f"torch.{kind}Storage": size
    for size, kinds in (
        (1, "Byte Char Bool Untyped"),
        (2, "Half BFloat16 Short"),
        (4, "Float Int"),
        (8, "Double Long ComplexFloat"),
        (16, "ComplexDouble"),
    )
    for kind in kinds.split()
} | {"torch.storage.UntypedStorage": 1}
_NOT_DENSE = {
    "torch._utils._rebuild_qtensor": "quantised",
    "torch._utils._rebuild_sparse_tensor": "sparse",
    "torch._utils._rebuild_nested_tensor": "nested",
}


def read_torch_zip(file: WeightsFile, archive: zipfile.ZipFile) -> NamedTensors:
    """The tensors of a file from `torch.save`."""
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    refuse_torchscript(sizes)
    pickles = [name for name in sizes if name.count("/") == 1 and name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise LstmCoreError("Expected a PyTorch file of weights or a .keras file, got another zip archive.")
    if sizes[pickles[0]] > MOST_DESCRIPTION:
        raise LstmCoreError(f"Expected at most {MOST_DESCRIPTION:,} bytes of names and shapes, got more.")
    folder = pickles[0].removesuffix("data.pkl")
    for key, claimed in _storages_of(io.BytesIO(archive.read(pickles[0]))).items():
        held = sizes.get(f"{folder}data/{key}", -1)
        if claimed != held:
            raise LstmCoreError(f"Expected {claimed:,} bytes of numbers under {key[:20]!r}, got {max(held, 0):,}.")
    return _tensors(file)


def refuse_torchscript(names: Iterable[str]) -> None:
    """Raise LstmCoreError if these are the entries of a file from torch.jit.save."""
    if any(name.endswith("/constants.pkl") for name in names):
        raise LstmCoreError(
            "Expected weights alone, got a TorchScript model, which is a program. Save its weights with "
            "torch.save(torch.jit.load(path).state_dict(), new_path)."
        )


def read_old_torch(file: WeightsFile) -> NamedTensors:
    """The tensors of a file from `torch.save` before version 1.6: five pickles, then the numbers."""
    claimed = sum(sum(_storages_of(file.stream).values()) for _pickle in range(5))
    if claimed > file.size:
        raise LstmCoreError(f"Expected numbers that fit in {file.size:,} bytes, got a file that claims {claimed:,}.")
    return _tensors(file)


class _Name(str):
    """The full name of a class or function in a pickle."""


def _storages_of(stream: BinaryIO) -> dict[str, int]:
    """The bytes that each storage of a pickle claims, by its key; the stream then stands after the pickle.

    Raises LstmCoreError for a pickle of anything but names, numbers and tensors. The stack holds texts, numbers and
    tuples as they are, an empty dict for each dict, and None for all else.
    """
    claimed: dict[str, int] = {}
    stack: list[Any] = []
    marks: list[int] = []
    memo: dict[int, Any] = {}
    try:
        for opcode, argument, _place in pickletools.genops(stream):
            step, takes, made = opcode.name, opcode.stack_before, cast(Any, argument)
            to_mark = pickletools.markobject in takes
            start = marks.pop() - takes.index(pickletools.markobject) if to_mark else len(stack) - len(takes)
            if start < 0:
                raise IndexError(step)
            taken = stack[start:]
            del stack[start:]
            if step == "MARK":
                marks.append(len(stack))
                continue
            if step in ("TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"):
                made = tuple(taken)
            elif step in ("SETITEM", "SETITEMS", "BUILD"):
                made = _dict_to_set_in(step, taken)
            elif step in ("BINPUT", "LONG_BINPUT"):
                memo[made] = stack[-1]
            elif step in ("BINGET", "LONG_BINGET"):
                made = memo[made]
            elif step == "PROTO" and made != 2:
                raise LstmCoreError(f"Expected pickle protocol 2, as torch.save writes it, got {made}.")
            elif step == "GLOBAL":
                made = _allowed(made.replace(" ", "."))
            elif step == "BINPERSID":
                key, size = _claim(*taken)
                claimed[key] = max(size, claimed.get(key, 0))
            elif step == "EMPTY_DICT" or (step == "REDUCE" and _called(taken[0]) == _ORDERED_DICT):
                made = {}
            if opcode.stack_after:
                stack.append(made)
    except (IndexError, KeyError, TypeError, UnicodeError, ValueError) as error:
        if isinstance(error, LstmCoreError):
            raise
        raise LstmCoreError("Expected a pickle that holds together, got a broken one.") from error
    return claimed


def _allowed(name: str) -> _Name:
    """A name that a file of weights may hold: of what makes tensors and dicts, of a storage or of a dtype."""
    if name in _NOT_DENSE:
        raise LstmCoreError(
            f"Expected dense tensors of floating point numbers, got {_NOT_DENSE[name]} ones. "
            "Save the state_dict of the model as it was before."
        )
    is_dtype = isinstance(getattr(torch, name.removeprefix("torch."), None), torch.dtype)
    if name not in _MADE and name not in _ITEM_BYTES and not is_dtype:
        raise LstmCoreError(
            f"Expected weights alone, got a pickled object, {shortened(name)}, which is never opened. "
            "Save model.state_dict() with torch.save, or in safetensors."
        )
    return _Name(name)


def _called(function: Any) -> str:
    if not isinstance(function, _Name) or function not in _MADE:
        raise LstmCoreError("Expected names, numbers and tensors, got a call of something else.")
    return function


def _dict_to_set_in(step: str, taken: Sequence[Any]) -> dict[Any, Any]:
    """The dict that a step changes; its keys hold no tuples of tuples, whose hash takes forever or ends the process."""
    keys = () if step == "BUILD" else taken[1::2]
    nested = any(isinstance(part, tuple) for key in keys if isinstance(key, tuple) for part in key)
    if not isinstance(taken[0], dict) or nested:
        raise LstmCoreError("Expected a dict where an entry is set, with names or numbers as keys, got something else.")
    return taken[0]


def _claim(identity: Any) -> tuple[str, int]:
    """The key of a storage, and the bytes that are claimed for it."""
    _what, kind, key, _place, count = identity[:5]
    is_storage = isinstance(kind, _Name) and kind in _ITEM_BYTES and type(count) is int and 0 <= count <= MOST_COUNT
    if not is_storage or any(isinstance(part, tuple) for part in identity):
        raise LstmCoreError("Expected a storage of numbers, got something else in its place.")
    return str(key), count * _ITEM_BYTES[kind]


def _tensors(file: WeightsFile) -> NamedTensors:
    file.stream.seek(0)
    try:
        return flattened(torch.load(file.stream, map_location="cpu", weights_only=True))
    except pickle.UnpicklingError as error:
        # PyTorch's own advice is to open the file without this protection.
        raise LstmCoreError(
            "Expected names, numbers and tensors as torch.save writes them, got something else."
        ) from error


def flattened(loaded: Any) -> NamedTensors:
    """The tensors in nested dicts and lists, by their joined keys.

    >>> named = flattened({"model_state": {"fc.weight": torch.zeros(2, 3)}, "epoch": 4})
    >>> list(named.tensors), named.containers
    (['model_state.fc.weight'], ('model_state.',))
    """
    tensors: dict[str, Tensor] = {}
    containers: list[str] = []
    # A dict that has two names, or contains itself, is visited once.
    seen: set[int] = set()
    waiting: list[tuple[str, int, Any]] = [("", 0, loaded)]
    while waiting:
        prefix, depth, value = waiting.pop()
        if isinstance(value, Tensor):
            tensors[prefix.removesuffix(".")] = value
        elif isinstance(value, (dict, list, tuple)) and id(value) not in seen:
            seen.add(id(value))
            if depth > MOST_DEPTH or len(prefix) > MOST_NAME:
                raise LstmCoreError(f"Expected weights in at most {MOST_DEPTH} nested dicts, got deeper ones.")
            if prefix:
                containers.append(prefix)
            waiting.extend((f"{prefix}{key}.", depth + 1, item) for key, item in reversed(_items(value)))
    return NamedTensors(tensors, tuple(containers), vocabulary=vocabulary_in(loaded))


def _items(value: dict[Any, Any] | list[Any] | tuple[Any, ...]) -> list[tuple[str, Any]]:
    """The entries of a dict or list that may hold tensors, with their keys as text."""
    pairs: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    held = [(key, item) for key, item in pairs if isinstance(item, (Tensor, dict, list, tuple))]
    named = [(str(key), item) for key, item in held if isinstance(key, (str, int))]
    if any(len(key) > MOST_NAME for key, _ in named):
        raise LstmCoreError(f"Expected names of at most {MOST_NAME} characters, got a longer one.")
    return named
