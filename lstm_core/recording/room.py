"""Where does a run get its memory?

Memory that the system gives anew costs more than computing what is written into it, so what earlier runs gave back
should still be there. The GNU C library keeps up to twice the largest piece that it was ever given back, counting none
above 32 MiB (mallopt(3), M_MMAP_THRESHOLD). A run gives back six pieces, together more than twice any of them.
"""

from __future__ import annotations

import numpy as np

LARGEST = (32 << 20) - (1 << 16)


def keep_what_is_given_back() -> None:
    """Let up to 64 MiB of the memory that is given back stay with the process.

    By giving back a piece of the largest size that counts, never touched.
    """
    np.empty(LARGEST, np.uint8)
