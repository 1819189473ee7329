"""Do many threads take memory from few arenas, and do NumPy's products take one thread?"""

import os
import subprocess
import sys

import pytest

from gatescope.live.process import ARENAS

# Many threads hold memory at the same time; then glibc lists its arenas.
LIST = """
import ctypes, sys, tempfile, threading
from gatescope.live.process import share_memory

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
