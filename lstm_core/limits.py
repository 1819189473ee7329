"""How much else than numbers may a file from outside hold?

They keep names, shapes and settings small before they are built. What a file takes all the same is bounded on the
server alone, by the process that opens it.
"""

MOST_DESCRIPTION = 8 * 2**20
"""The most bytes for names, shapes and settings in a file."""

MOST_NAME = 500
"""The longest name of a weight, in characters."""

MOST_TENSORS = 40_000
"""The most tensors in a file: a hundred times those of a large model with its optimiser."""

MOST_LAYERS = 64
"""The most layers of an LSTM: PyTorch's time to make one grows with their number squared."""

MOST_DIMS = 64
"""The most dimensions of a tensor, as in NumPy."""

MOST_COUNT = 2**63 - 1
"""The largest size of a dimension, as in PyTorch."""
