"""Which models are there: random, trained, saved?

`lstm_core.models()` lists the trained ones, so this package can be called too.
"""

import sys
from types import ModuleType

from lstm_core.files.model_folders import about, models
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import load_model, save_model
from lstm_core.models.untrained import random_lstm

__all__ = ["SequenceModel", "about", "load_model", "models", "random_lstm", "save_model"]


class _Models(ModuleType):
    """The package and the function share one name: `lstm_core.models.random_lstm(…)` and `lstm_core.models()`."""

    def __call__(self) -> list[str]:
        return models()


sys.modules[__name__].__class__ = _Models
