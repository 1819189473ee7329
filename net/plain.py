"""How does anything that the library returns become text and numbers? Its fields, its arrays whole, its words."""

import base64
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from torch import Tensor, nn

from lstm_core import LstmCoreError

# What holds a whole model or depends on how a sum is rounded, and the looks that Streamlit gives to all figures.
LEFT_OUT = {"proof", "question", "weights_digest", "template", "origin", "sums", "contexts", "corpus", "model"}
# So many numbers of an array are kept whole.
MOST = 20_000


def plain(value: Any) -> Any:
    """Lists, dicts, numbers and texts."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else f"{value}"
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, Tensor):
        return plain(value.detach().numpy())
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "values": [plain(one) for one in value.ravel()[:MOST].tolist()]}
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return {"rows": plain(list(value.index))} | {str(name): plain(list(column)) for name, column in value.items()}
    if hasattr(value, "to_plotly_json"):
        return plain(value.to_plotly_json())
    if isinstance(value, nn.Module):
        return {"is": f"{type(value).__name__}"} | plain(value.state_dict())
    if is_dataclass(value) and not isinstance(value, type):
        return plain({one.name: _field(value, one.name) for one in fields(value) if not one.name.startswith("_")})
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping):
        if "bdata" in value:
            return plain(np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]))
        return {str(name): plain(part) for name, part in value.items() if name not in LEFT_OUT}
    if isinstance(value, list | tuple | range | set):
        return [plain(part) for part in (sorted(value) if isinstance(value, set) else value)]
    return f"{value}"


def answer(ask: Callable[[], Any]) -> Any:
    """What is returned, or the kind and sentence of the error that came instead."""
    try:
        return plain(ask())
    except Exception as error:
        kind = next(one for one in type(error).__mro__ if one.__module__ == "builtins" or one is LstmCoreError)
        return {"error": kind.__name__, "sentence": f"{error}"}


def _field(value: Any, name: str) -> Any:
    """What was recorded; the error's name where it was not kept."""
    try:
        return getattr(value, name)
    except Exception as error:
        return type(error).__name__
