import os
import sys
from collections import Counter

import pytest
import torch
from _pytest.doctest import DoctestModule
from hypothesis import settings
from past_a_crash import PastACrash

settings.register_profile("here", deadline=None, print_blob=True, derandomize=True)
# Draws other variants at each run: pytest -n 0 --hypothesis-profile=search tests/test_patching.py
settings.register_profile("search", parent=settings.get_profile("here"), derandomize=False, max_examples=10_000)
settings.load_profile("here")
# The most draws of a law in `nox -s quick`, which runs the tests that are not slow.
QUICK = 25

# Small runs are faster on one thread, and the same to the bit; so are those of the processes that tests start. Said
# here, it holds for what a file runs while it is imported, and for NumPy in the workers, which start after this.
torch.set_num_threads(1)
os.environ["OMP_NUM_THREADS"] = "1"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file():
    """A test has no doctests, and its helpers are not imported to look for some."""
    found = yield
    return [one for one in found if not isinstance(one, DoctestModule)]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return PastACrash(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_itemcollected(item):
    """Hypothesis has no most for all tests: what a law's own settings say is more than its profile."""
    law = getattr(getattr(item, "obj", None), "_hypothesis_internal_use_settings", None)
    if law and item.config.option.markexpr == "not slow":
        item.obj._hypothesis_internal_use_settings = settings(law, max_examples=min(law.max_examples, QUICK))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Of two workers none is alone at the end with what takes long: files of the browser come first, then those with
    the most slow tests, then those with the most."""
    if hasattr(config, "workerinput"):
        slow, own = (Counter(item.path for item in some) for some in (filter(is_slow, items), items))
        items.sort(key=lambda item: ("browser" not in item.path.parts, -slow[item.path], -own[item.path]))


def is_slow(item):
    return item.get_closest_marker("slow")


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
