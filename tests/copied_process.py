"""A process of a test's own, which has imported PyTorch but not its compiler: it is copied from one that has."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
PREPARED = multiprocessing.get_context("forkserver")
PREPARED.set_forkserver_preload(["lstm_core.api"])


def run(function: Callable[..., T], *arguments: object) -> T:
    """What a function of a module returns there."""
    with ProcessPoolExecutor(1, PREPARED) as process:
        return process.submit(function, *arguments).result()
