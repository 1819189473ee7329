"""How much of an ONNX file is not numbers?

Protobuf makes an object from every few bytes, so a small file could fill the memory. The numbers of a tensor are one
block of bytes and are not parsed. The rest is measured here by ONNX's field numbers before it is parsed, and only up to
the limit: a step for each field, and no more fields than bytes are allowed.
"""

from lstm_core.errors import LstmCoreError

# From ModelProto to a tensor's numbers (float_data 4, raw_data 9, double_data 10): graph 7, initializer 5; or graph 7,
# node 1, attribute 5, t 5.
_INSIDE = {(), (7,), (7, 5), (7, 1), (7, 1, 5), (7, 1, 5, 5)}
_NUMBERS = {(*tensor, field) for tensor in ((7, 5), (7, 1, 5, 5)) for field in (4, 9, 10)}
_WHOLE = 1024


def check_outline(content: bytes, most: int) -> None:
    """Raise LstmCoreError if more than `most` bytes of an ONNX model are not the numbers of its tensors.

    Raises LstmCoreError too if the content is not a protobuf message. Stops at the first byte too many.
    """
    _Outline(content, most).walk(0, len(content), ())


class _Outline:
    """Counts the bytes found so far that are not numbers."""

    def __init__(self, content: bytes, most: int) -> None:
        self.content, self.most, self.described = content, most, 0

    def walk(self, start: int, end: int, path: tuple[int, ...]) -> None:
        content = self.content
        while start < end:
            began = start
            tag, start = _varint(content, start, end)
            field, wire = (*path, tag >> 3), tag & 7
            if wire == 2:
                length, start = _varint(content, start, end)
                stop = start + length
                if stop > end:
                    raise LstmCoreError("Expected a whole ONNX model, got one that was cut off.")
                if field in _NUMBERS:
                    self._describe(start - began)
                # A short tensor counts in full: it holds few numbers, and there may be millions of short ones.
                elif field in _INSIDE and length >= _WHOLE:
                    self._describe(start - began)
                    self.walk(start, stop, field)
                else:
                    self._describe(stop - began)
                start = stop
                continue
            if wire == 0:
                _, start = _varint(content, start, end)
            elif wire in (1, 5):
                start += 8 if wire == 1 else 4
            else:
                raise LstmCoreError("Expected an ONNX model, got something else or a broken one.")
            self._describe(start - began)
        if start > end:
            raise LstmCoreError("Expected a whole ONNX model, got one that was cut off.")

    def _describe(self, count: int) -> None:
        self.described += count
        if self.described > self.most:
            raise LstmCoreError(f"Expected at most {self.most:,} bytes besides the weights, got more.")


def _varint(content: bytes, start: int, end: int) -> tuple[int, int]:
    """A number with 7 bits a byte, and the position after it."""
    value = shift = 0
    while start < end and shift < 64:
        byte = content[start]
        value |= (byte & 0x7F) << shift
        start, shift = start + 1, shift + 7
        if byte < 0x80:
            return value, start
    raise LstmCoreError("Expected a whole ONNX model, got one that was cut off.")
