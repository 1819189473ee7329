"""Does the process keep the memory that a run gives back, whatever its environment says?"""

import os
import subprocess
import sys

import pytest

# The pages that five rounds of six pieces of 4 MiB take anew from the system.
ROUNDS = """
import resource, sys
import numpy as np
from lstm_core.recording.kernel.keep_memory import keep_what_is_given_back

def round():
    for piece in [np.empty(1 << 20, np.float32) for _ in range(6)]:
        piece.fill(1.0)

if sys.argv[1] == "kept":
    keep_what_is_given_back()
round()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    round()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def taken_anew(how: str) -> int:
    # As in a Dask worker.
    environment = os.environ | {"MALLOC_TRIM_THRESHOLD_": "65536"}
    run = [sys.executable, "-c", ROUNDS, how]
    return int(subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout)


@pytest.mark.slow
def test_a_run_reuses_the_memory_of_the_one_before_in_a_dask_worker_too():
    if sys.platform != "linux":
        return  # other systems have other C libraries
    assert taken_anew("kept") < taken_anew("given back") / 20
