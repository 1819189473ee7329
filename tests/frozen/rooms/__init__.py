"""What do the rooms of the app answer? Each call by its name, and all that comes back, as it is kept."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from frozen.kept import in_short
from frozen.rooms import bounds, commands, corpora, drawers, files, links, pairs, sessions, trainings, units

CASES = {
    f"{room.__name__.rpartition('.')[2]}: {name}": case
    for room in (drawers, pairs, units, corpora, commands, files, links, trainings, bounds, sessions)
    for name, case in room.CASES.items()
}
# What differs from one machine or run to another: rounding errors, keys, folders, what a processor rounds.
OWN = re.compile(r"\de[-−]\d+|\d\.\d+e[-−]\d+|(?:own-(?:trace-)?|file=)[\w-]{22}|^[\w-]{22}$|/\S*/tmp\S*/")
# How near to PyTorch a trace is, and whether that is equal.
PROOF = re.compile(r"(PyTorch(?:'s own output)?|alone,) (?:to|exactly|equal|… apart)[^.;·\"]*")
NUMBER = re.compile(r"(?<![\w#])(-?\d+\.\d+)")


def frozen_case(name: str) -> Any:
    """What is kept of what comes back."""
    return in_short(_told(CASES[name]()))


def _told(value: Any) -> Any:
    """Any value as JSON has it; numbers with a point in a text as numbers."""
    match value:
        case str():
            parts = NUMBER.split(PROOF.sub(r"\1 …", OWN.sub("…", value)))
            return parts[0] if len(parts) == 1 else [*map(_number, parts)]
        case torch.Tensor():
            return value.detach().numpy()
        case np.generic():
            return value.item()
        case pd.DataFrame():
            return {f"{name}": [*map(_told, column)] for name, column in value.to_dict("list").items()}
        case Mapping():
            return {f"{key}": _told(part) for key, part in value.items()}
        case list() | tuple() | set() | range():
            return [_told(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _told(getattr(value, field.name)) for field in fields(value)}
    return value


def _number(part: str) -> Any:
    return float(part) if NUMBER.fullmatch(part) else part
