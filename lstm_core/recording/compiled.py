"""How does `torch.compile` step aside where a block records?

A compiled model runs code that was made without our hooks, or would compile our hooks too. PyTorch asks its *stance* at
each call whether compiled code may run (`torch.compiler.set_stance`). The stance is the process's, but a block is
not: while blocks are open, the stance is "force_eager" inside them, and elsewhere what it was before.
"""

import importlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from torch._C._dynamo.eval_frame import set_eval_frame

from lstm_core.open_blocks import Block
from lstm_core.recording.hooks import is_traced

_COMPILER = "torch._dynamo.eval_frame"
_lock = threading.Lock()
_blocks: list[Block] = []
"""The open blocks, of all threads."""
_put_back: list[Callable[[], None]] = []
"""What gives PyTorch its own again, once the last block is closed."""


@contextmanager
def compilation_steps_aside() -> Iterator[None]:
    """Inside the block what is compiled runs as it was written; elsewhere and afterwards it is compiled as before.

    A compiled function may open the block itself: nothing in the block is compiled then.
    """
    block, compiles = Block(), set_eval_frame(None)
    # If another thread imports the compiler at this moment, this waits for it.
    compiler = importlib.import_module(_COMPILER) if _COMPILER in sys.modules else None
    with _lock:
        if not _blocks:
            _put_in(compiler)
        _blocks.append(block)
    try:
        with block:
            yield
    finally:
        with _lock:
            _blocks.remove(block)
            while _put_back and not _blocks:
                _put_back.pop()()
        set_eval_frame(compiles)


def _eager_here() -> bool:
    # What is exported is compiled too, and must stay so.
    return any(block.is_here() for block in tuple(_blocks)) and not is_traced()


class _Stance:
    """PyTorch's stance: eager inside open blocks, elsewhere as `before`."""

    def __init__(self, before: Any) -> None:
        self._before, self._eager = before, type(before)("force_eager")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._eager if _eager_here() else self._before, name)


def _put_in(compiler: ModuleType | None) -> None:
    if compiler is not None:
        _put_into(compiler)
        return
    # Nothing is compiled yet. To import the compiler costs a second, so a block waits until somebody else does.
    finder = _CompilerComes()
    sys.meta_path.insert(0, finder)
    _put_back.append(lambda: sys.meta_path.remove(finder))


def _put_into(compiler: Any) -> None:
    before = compiler._stance
    compiler._stance = ours = _Stance(before)

    def put_back() -> None:
        # What somebody else set in the block stays.
        if compiler._stance is ours:
            compiler._stance = before

    _put_back.append(put_back)


class _CompilerComes(MetaPathFinder):
    """Puts our stance into PyTorch's compiler as soon as it is imported."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == _COMPILER else None
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def then_put_in(module: ModuleType) -> None:
            run(module)
            with _lock:
                if _blocks:
                    _put_into(module)

        spec.loader.exec_module = then_put_in  # type: ignore[method-assign]
        return spec
