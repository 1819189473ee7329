"""Freeze again what Memory shows, after a change that is meant: `python -m tests.frozen`, with Node at hand."""

import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import torch

    from frozen.answered import answered
    from frozen.kept import freeze
    from frozen.links import VIEWS

    torch.set_num_threads(1)
    freeze([answered(view) for view in VIEWS])
    subprocess.run(["node", "tests/javascript/frozen.js"], check=True)
