"""Which models are shipped, and what do their folders say? In the order of the list of models."""

from lstm_core.errors import LstmCoreError
from lstm_core.files.model_folders import About, about, models


def _about(name: str) -> About:
    """What a folder says; nothing where it can't be read: the reading of the model says why."""
    try:
        return about(name)
    except LstmCoreError:
        return About()


SHIPPED = dict(sorted(((name, _about(name)) for name in models()), key=lambda each: each[1].order))
TITLES = {name: said.title or name for name, said in SHIPPED.items()}
