"""Where does a run get its memory?

New memory from the system costs more time than computing the values written into it, so the process should keep the
memory that earlier runs freed. The GNU C library keeps up to twice the size of the largest freed piece, not counting
pieces above 32 MiB (mallopt(3), M_MMAP_THRESHOLD). A run frees six pieces, together more than twice any of them.

Where the environment names a threshold, as that of a Dask worker does, the library learns nothing from what is freed.
"""

import ctypes
import os
from contextlib import suppress

import numpy as np

LARGEST, MOST = (32 << 20) - (1 << 16), 64 << 20
"""Bytes of the largest piece that is kept, and of all that is kept."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


def keep_what_is_given_back() -> None:
    """Let the process keep up to 64 MiB of freed memory.

    Frees a piece of the largest size that counts, without ever touching it.
    """
    np.empty(LARGEST, np.uint8)
    if "MALLOC_TRIM_THRESHOLD_" in os.environ:
        # Other C libraries have no mallopt, and Windows none that is found so.
        with suppress(AttributeError, OSError, TypeError):
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(M_MMAP_THRESHOLD, LARGEST)
            mallopt(M_TRIM_THRESHOLD, MOST)
