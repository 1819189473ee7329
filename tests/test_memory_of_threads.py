"""Do many threads take memory from few arenas, and does what they free go back to the system?"""

import asyncio
import os
import subprocess
import sys
from threading import Event

import pytest
from own_loop import run

from gatescope.live import warm_up
from gatescope.live.warm_up import ARENAS

# Many threads hold memory at the same time; then glibc lists its arenas.
LIST = """
import ctypes, sys, tempfile, threading
from gatescope.live.warm_up import share_memory

if sys.argv[1] == "shared":
    share_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.fopen.restype = ctypes.c_void_p, ctypes.c_void_p
together = threading.Barrier(24)

def take():
    libc.malloc(1000)
    together.wait()

threads = [threading.Thread(target=take) for _ in range(24)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
with tempfile.NamedTemporaryFile("r") as file:
    listed = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, listed)
    libc.fclose(listed)
    print(file.read().count("<heap nr="))
"""


@pytest.mark.parametrize(("memory", "few"), [("shared", True), ("each its own", False)])
def test_threads_share_few_arenas(memory: str, few: bool):
    if sys.platform != "linux":
        return  # only glibc has arenas
    done = subprocess.run([sys.executable, "-c", LIST, memory], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (int(done.stdout) <= ARENAS) == few


# What NumPy reads when it is loaded: how many threads its products take.
LOADED = """
import os, sys

class Look:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            print(os.environ.get("OPENBLAS_NUM_THREADS"))

sys.meta_path.insert(0, Look())
import gatescope.app
"""


def test_numpys_products_take_one_thread():
    environment = {name: text for name, text in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, env=environment)
    assert done.stdout == "1\n", done.stderr


# Of many pieces each second one is freed: the megabytes that the process holds before it gives back and after.
HOLES = """
import ctypes, os
from pathlib import Path
from gatescope.live.warm_up import give_back

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

pieces = [bytes([1]) * 100_000 for _ in range(2_000)]
del pieces[::2]
before = held()
give_back()
print(before - held())
"""


def test_freed_memory_goes_back_to_the_system_also_from_between_what_is_in_use():
    if sys.platform != "linux":
        return  # only glibc has malloc_trim
    done = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True)
    assert float(done.stdout) > 50, done.stderr


def test_a_server_gives_back_again_and_again_while_it_runs(monkeypatch):
    given, calls = Event(), []

    def give_back():
        calls.append(1)
        if len(calls) == 3:
            given.set()

    monkeypatch.setattr(warm_up, "EVERY", 0.001)
    monkeypatch.setattr(warm_up, "give_back", give_back)
    monkeypatch.setattr(warm_up, "_first_picture", lambda: None)

    async def serve():
        async with warm_up.warm_up(None):
            assert await asyncio.to_thread(given.wait, 60)

    run(serve())
