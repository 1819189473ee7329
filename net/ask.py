"""One process of a tree: answers the questions of "results" or "commands" on stdout's place, a file."""

import json
import os
import sys
import warnings
from pathlib import Path

import torch

import lstm_core

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    assert Path(lstm_core.__file__).is_relative_to(os.environ["TREE"]), lstm_core.__file__
    part, file = sys.argv[1:]
    if part == "results":
        from net.results import results as asked
    else:
        from net.commands import commands as asked
    Path(file).write_text(json.dumps(asked()))
