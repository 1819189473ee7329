"""Which trained models are shipped, and what does each one's folder say of it besides its weights?

Nothing here imports torch: the dashboard's first page lists the models before torch is there.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from lstm_core.errors import LstmCoreError, refuse_unknown
from lstm_core.files.outside import read_json

_HERE = Path(__file__).parent.parent
# An installed package contains the models; in a checkout they are in assets.
FOLDER = next((path for path in (_HERE / "assets/models", _HERE.parent / "assets/models") if path.is_dir()), _HERE)


def models() -> list[str]:
    """The names of the trained models that are shipped with the package.

    >>> "counter" in models()
    True
    """
    return sorted(file.parent.name for file in FOLDER.glob("*/model.safetensors"))


def folder_of(name: str) -> Path:
    """The folder of a shipped model. Raises LstmCoreError for an unknown name."""
    if name not in models():
        raise LstmCoreError(
            f"Expected one of the models {', '.join(models())}, or the path of a .safetensors file, got {name!r}."
        )
    return FOLDER / name


@dataclass(frozen=True)
class About:
    """The facts of a shipped model that its weights don't say; none of them has to be there."""

    title: str = ""
    """Its text in a list of models; without one, its name."""
    order: float = float("inf")
    """Its place in that list: the smallest comes first."""
    reads: str = ""
    """What it reads, and what it says of it."""
    score: str = ""
    """How well it does on texts that it never saw."""
    foresees: bool = False
    """Whether it says what comes next."""
    task: str = ""
    """The task of `lstm_core.training` that it learned; "" for another."""
    examples: dict[str, str] = field(default_factory=dict)
    """Texts that are worth reading, by title; the first is read where nobody gives one."""
    scenes: list[dict[str, Any]] = field(default_factory=list)
    """Views of it for a lecture, each with a place among all of them (order), a page and what its link says (query)."""


@lru_cache
def about(name: str) -> About:
    """What is said of a shipped model besides its weights: its title, its score, texts that it can read, …

    A folder with a `model.safetensors` among the others is a shipped model. Raises LstmCoreError for an unknown name,
    and for an `about.json` that can't be read.

    >>> about("counter").title, about("counter").examples["four"]
    ('counter: aⁿbⁿ', 'aaaabbbb')
    """
    return read_about(folder_of(name))


def read_about(folder: Path) -> About:
    """The facts in a model's folder; without the file, none.

    Raises LstmCoreError for a file that is no JSON object, and for a fact that is unknown or of another kind.
    """
    path = folder / "about.json"
    if not path.is_file():
        return About()
    try:
        said = read_json(path.read_bytes())
        known = vars(About())
        if not isinstance(said, dict):
            raise LstmCoreError(f"Expected an object with {', '.join(known)}, got {said!r:.40}.")
        refuse_unknown(said, known)
        for name, value in said.items():
            # A whole number is one that may have a fraction.
            if not isinstance(value, (type(known[name]), int) if name == "order" else type(known[name])):
                raise LstmCoreError(f"Expected {name} as {type(known[name]).__name__}, got {value!r:.40}.")
    except LstmCoreError as error:
        raise LstmCoreError(f"{folder.name}/{path.name} can't be read. {error}") from error
    return About(**said)
