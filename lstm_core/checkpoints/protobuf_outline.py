"""How much of an ONNX file is anything but numbers?

Protobuf makes an object of every few bytes, so a small file could fill the memory. The numbers of a tensor are one
stretch of bytes and stay what they are; the rest is measured here, by ONNX's field numbers, before it is parsed.
"""

from __future__ import annotations

from lstm_core.errors import LstmCoreError

# From ModelProto to a tensor's numbers (float_data 4, raw_data 9, double_data 10): graph 7, initializer 5; or graph 7,
# node 1, attribute 5, t 5.
_INSIDE = {(), (7,), (7, 5), (7, 1), (7, 1, 5), (7, 1, 5, 5)}
_NUMBERS = {(*tensor, field) for tensor in ((7, 5), (7, 1, 5, 5)) for field in (4, 9, 10)}
_WHOLE = 1024


def bytes_besides_numbers(content: bytes) -> int:
    """The bytes of an ONNX model that are not the numbers of its tensors.

    Raises LstmCoreError where the content is no protobuf message.
    """
    return len(content) - _numbers(content, 0, len(content), ())


def _numbers(content: bytes, start: int, end: int, path: tuple[int, ...]) -> int:
    found = 0
    while start < end:
        tag, start = _varint(content, start, end)
        field, wire = (*path, tag >> 3), tag & 7
        if wire == 2:
            length, start = _varint(content, start, end)
            stop = start + length
            if field in _NUMBERS:
                found += length
            # A short one can hold few numbers, and there may be millions.
            elif field in _INSIDE and length >= _WHOLE:
                found += _numbers(content, start, min(stop, end), field)
            start = stop
        elif wire == 0:
            _, start = _varint(content, start, end)
        elif wire in (1, 5):
            start += 8 if wire == 1 else 4
        else:
            raise LstmCoreError("Expected an ONNX model, got something else or a broken one.")
    if start > end:
        raise LstmCoreError("Expected a whole ONNX model, got one that was cut off.")
    return found


def _varint(content: bytes, start: int, end: int) -> tuple[int, int]:
    """A number in 7 bits a byte, and where it ends."""
    value = shift = 0
    while start < end and shift < 64:
        byte = content[start]
        value |= (byte & 0x7F) << shift
        start, shift = start + 1, shift + 7
        if byte < 0x80:
            return value, start
    raise LstmCoreError("Expected a whole ONNX model, got one that was cut off.")
