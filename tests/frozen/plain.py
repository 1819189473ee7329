"""How does anything that the library returns become what can be frozen? Its fields, its numbers and its words."""

import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from torch import Tensor, nn

from frozen.kept import array_of, in_short, parts_of
from lstm_core import LstmCoreError

# So many numbers of an array are kept one by one.
MOST = 400
# How exactly a processor rounds, what holds a whole model, and the looks that Streamlit gives to all figures.
LEFT_OUT = {"max_error", "proof", "error", "question", "weights_digest", "template"}


def plain(value: Any) -> Any:
    """Lists, dicts, numbers and parts of texts; an array whole if it is small."""
    if isinstance(value, str):
        return parts_of(value)
    if isinstance(value, Tensor):
        return plain(value.detach().numpy())
    if isinstance(value, np.ndarray):
        return _of_array(value)
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return {"rows": plain(list(value.index))} | {str(name): plain(list(column)) for name, column in value.items()}
    if isinstance(value, nn.Module):
        return type(value).__name__
    if is_dataclass(value) and not isinstance(value, type):
        return plain({one.name: getattr(value, one.name) for one in fields(value)})
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping) and "bdata" in value:
        return plain(array_of(value))
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items() if name not in LEFT_OUT}
    if isinstance(value, list | tuple | range):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if value is None or isinstance(value, bool | int):
        return value
    return (
        ("NaN" if math.isnan(value) else f"{value}" if math.isinf(value) else round(value, 5))
        if isinstance(value, float)
        else f"{value}"
    )


def _of_array(value: np.ndarray) -> Any:
    if value.dtype.kind not in "fiub":
        return plain(value.tolist())
    return {"shape": list(value.shape), "all": plain(value.ravel().tolist())} if value.size <= MOST else in_short(value)


def cases_of(tables: Mapping[str, Mapping[str, Callable[[], Any]]]) -> dict[str, Callable[[], Any]]:
    """The cases of several tables, each by the name of its table and its own."""
    return {f"{of}: {name}": ask for of, cases in tables.items() for name, ask in cases.items()}


def refused(ask: Callable[[], Any]) -> str:
    """The sentence with which the library refuses what is asked; or that it did not."""
    try:
        ask()
    except LstmCoreError as error:
        return str(error)
    return "not refused"
