"""What does a model's folder say of it, where there is one?"""

from gatescope.question.view import SHIPPED, SIZES
from lstm_core.files.model_folders import About


def facts_of(name: str) -> About:
    """The facts of a shipped model; none of another."""
    return SHIPPED.get("tagger" if name == SIZES else name, About())
