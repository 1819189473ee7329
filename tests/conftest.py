import os
import sys

import pytest
import torch
from hypothesis import settings
from past_a_crash import PastACrash

# A program that a test runs in a folder of its own; looked through for doctests, it would run here too.
collect_ignore = ["user_script.py"]

settings.register_profile("here", deadline=None, print_blob=True, derandomize=True)
# Draws other variants at each run: pytest -n 0 --hypothesis-profile=search tests/test_patching.py
settings.register_profile("search", parent=settings.get_profile("here"), derandomize=False, max_examples=10_000)
settings.load_profile("here")

# Small runs are faster on one thread, and the same to the bit; so are those of the processes that tests start. Said
# here, it holds for what a file runs while it is imported, and for NumPy in the workers, which start after this.
torch.set_num_threads(1)
os.environ["OMP_NUM_THREADS"] = "1"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return PastACrash(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(autouse=True)
def the_same_main():
    """A page that a test ran is not the main module after it: a process that a later test spawns would run it again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def the_same_numbers():
    """A test draws the same numbers alone and after others."""
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def client():
    """Who asks the live view's server without a browser."""
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from gatescope.live.routes import routes

    with TestClient(Starlette(routes=routes())) as client:
        yield client
