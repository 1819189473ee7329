import pytest
import torch
from hypothesis import settings

settings.register_profile("here", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("here")


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Small runs are faster on one thread, and the same to the bit."""
    torch.set_num_threads(1)
