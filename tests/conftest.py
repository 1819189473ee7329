import sys

import pytest
import torch
from hypothesis import settings

settings.register_profile("here", deadline=None, print_blob=True, derandomize=True)
# Draws other variants at each run: pytest -n 0 --hypothesis-profile=search tests/test_patching.py
settings.register_profile("search", parent=settings.get_profile("here"), derandomize=False, max_examples=10_000)
settings.load_profile("here")


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Small runs are faster on one thread, and the same to the bit."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def the_same_main():
    """A page that a test ran is not the main module after it: a process that a later test spawns would run it again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
