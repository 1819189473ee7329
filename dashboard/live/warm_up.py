"""How is the first picture ready as soon as the page is, and how does the server take little memory from then on?"""

import asyncio
import ctypes
import gc
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

# Seconds that a thread may hold the interpreter while another waits: a picture takes the interpreter back a hundred
# times, and waits this long each time if a heavy job holds it.
SHORT_TURNS = 0.0005
# The most compiled steps, one for each shape, that PyTorch's oneDNN caches: its default of 1,024 takes 260 MB.
KEPT_SHAPES = "16"

# glibc's number for its setting "arenas", and the most that the server has. Each thread would have one of its own, and
# glibc keeps there what a thread has freed: with twenty visitors that is 300 MB in ten minutes.
M_ARENA_MAX, ARENAS = -8, 2
# Seconds between two returns of freed memory to the system: after large texts glibc keeps hundreds of megabytes between
# what is still in use, which it gives back only when asked. A run would miss them, so this is seldom.
EVERY = 60.0


def share_the_machine() -> None:
    """Let the server's threads take little memory and few turns. Before NumPy and torch, which read this once."""
    share_memory()
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", KEPT_SHAPES)
    # NumPy's products here are small: on a busy machine threads that wait for each other take fifty times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.setswitchinterval(SHORT_TURNS)


@asynccontextmanager
async def warm_up(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Import torch and make a first picture while the browser still loads the page: begun earlier, the import would
    keep the server from answering at all."""
    threading.Thread(target=_first_picture, name="first picture", daemon=True).start()
    giving_back = asyncio.create_task(_give_back_now_and_then())
    try:
        yield {}
    finally:
        giving_back.cancel()


def _first_picture() -> None:
    # Imports create only objects that stay; garbage collection among them would take a third of the time.
    gc.disable()
    try:
        import torch

        from gatescope.question import link
        from gatescope.question.opening import opening
        from gatescope.question.view import View
        from gatescope.recording.recording import answer

        # Pictures are small and visitors many, so each picture gets one core.
        torch.set_num_threads(1)
        answer(link.in_full(View(opening())), room=900, zoom=None)
    finally:
        # Streamlit collects garbage after every run of a page: it need not look at objects that stay.
        gc.freeze()
        gc.enable()


def share_memory() -> None:
    """Let all threads take memory from few arenas; without glibc nothing happens."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return freed memory to the system; without glibc nothing happens."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


async def _give_back_now_and_then() -> None:
    while True:
        await asyncio.sleep(EVERY)
        await asyncio.to_thread(give_back)
