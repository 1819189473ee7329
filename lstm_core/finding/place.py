"""Where in the user's code does an operation run, and in which module?"""

import os.path
from collections.abc import Callable
from itertools import islice
from types import CodeType, FrameType
from typing import Any, TypeVar

import torch
from torch import nn

_TORCH = os.path.join(os.path.dirname(torch.__file__), "")
_FINDING = os.path.dirname(__file__)
_RECORDER = os.path.join(os.path.dirname(_FINDING), "recording")
_F = TypeVar("_F", bound=Callable[..., Any])
# The ids of the code of functions in which an operation of somebody else runs.
_modes: set[int] = set()
# By the id of code, which stays with it, whether it is "torch"'s own, or a "mode"'s, which passes an operation on; of
# the "recorder"; of a "watch", which computes something itself; or a "user"'s: Python would read all of the code to
# hash it.
_whose: dict[int, tuple[str, CodeType]] = {}


class Place:
    """An instruction of the user's code: there is one object for each."""

    __slots__ = ("code", "line", "span")

    def __init__(self, code: CodeType, line: int, span: tuple[Any, ...] = ()) -> None:
        # The code, which stays as long as its place; and the line in its file.
        self.code, self.line = code, line
        # Its first and last line and column; () if that is not known.
        self.span = span

    def holds(self, other: "Place") -> bool:
        """Whether another instruction is an operand of this one in the same statement."""
        if self.code is not other.code or self is other or not self.span or not other.span:
            return False
        (first, last, left, right), (of_other, end, start, stop) = self.span, other.span
        return (first, left) <= (of_other, start) and (end, stop) <= (last, right)

    def __str__(self) -> str:
        return f"line {self.line} of {os.path.basename(self.code.co_filename)}"


_by_position: dict[Any, Place] = {}
_by_offset: dict[tuple[int, int], Place] = {}


def frame_of_user(frame: FrameType | None) -> FrameType | None:
    """The nearest frame that is not PyTorch's own and passes no operation on; None for what the recorder itself
    computes."""
    while frame is not None:
        whose = _whose_is(frame.f_code)
        if whose not in ("torch", "mode"):
            return frame if whose == "user" else None
        frame = frame.f_back
    return None


# Before PyTorch 2.7 exporting has the sign of compiling.
is_exporting = getattr(torch.compiler, "is_exporting", torch.compiler.is_compiling)
_tracing_state = torch._C._get_tracing_state


def is_taken_down() -> bool:
    """Whether `torch.jit.trace` or `torch.export` takes down what runs."""
    return _tracing_state() is not None or is_exporting()


def of_a_watch(code: CodeType) -> bool:
    """Whether an operation is another watch's own, such as a copy."""
    known = _whose.get(id(code))
    return (_whose_is(code) if known is None else known[0]) == "watch"


def passes_on(function: _F) -> _F:
    """Mark a function of a watch in which an operation of somebody else runs."""
    _modes.add(id(function.__code__))
    return function


def below_modes(frame: FrameType) -> FrameType:
    """The frame that called an operation, below the watches that pass it on."""
    while id(frame.f_code) in _modes and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _whose_is(code: CodeType) -> str:
    known = _whose.get(id(code))
    if known is None:
        name = code.co_filename
        ours = "watch" if name.startswith(_FINDING) else "recorder" if name.startswith(_RECORDER) else ""
        passes_on = code.co_name == "__torch_function__" or id(code) in _modes
        whose = "mode" if passes_on else "torch" if name.startswith(_TORCH) else ours or "user"
        known = _whose[id(code)] = whose, code
    return known[0]


def place_of(frame: FrameType | Place) -> Place | None:
    """The instruction of the user's code that a frame is at; None for what the recorder itself computes."""
    if isinstance(frame, Place):
        return frame
    place = _by_offset.get((id(frame.f_code), frame.f_lasti))
    own = frame_of_user(frame) if place is None else None
    if own is None:
        return place
    code, offset = own.f_code, own.f_lasti
    place = _by_offset.get((id(code), offset))
    if place is None:
        # Python rewrites what runs often, and then a call stands at another offset: its columns stay.
        position = next(islice(code.co_positions(), offset // 2, None))
        line = position[0] or code.co_firstlineno
        at = position if position[2] is not None else (offset,)
        place = _by_position.setdefault((id(code), at), Place(code, line, position if position[2] is not None else ()))
        _by_offset[id(code), offset] = place
    return place


def module_of(frame: FrameType | Place | None, names: dict[int, str]) -> nn.Module | None:
    """The innermost module of the model whose method runs, by its `self`; `names` has the modules' ids."""
    while isinstance(frame, FrameType):
        code = frame.f_code
        if code.co_argcount and code.co_varnames[0] == "self":
            own: Any = frame.f_locals.get("self")
            if id(own) in names:
                return own  # type: ignore[no-any-return]
        frame = frame.f_back
    return None
