"""Where does a run get its memory?

New memory from the system costs more time than computing the values written into it, so the process should keep the
memory that earlier runs freed. The GNU C library keeps it up to a threshold, not counting pieces above another one
(mallopt(3)). A Dask worker's environment sets the first to 64 KiB, and so fixes the second at 128 KiB.
"""

from __future__ import annotations

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGEST, MOST = 32 << 20, 64 << 20
"""Bytes of the largest piece that is kept (the library allows no more), and of all that is kept."""


def keep_what_is_given_back() -> None:
    """Let the process keep up to 64 MiB of freed memory, where the C library can be told so."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # Other C libraries, and Windows.
        return
    mallopt(M_MMAP_THRESHOLD, LARGEST)
    mallopt(M_TRIM_THRESHOLD, MOST)
