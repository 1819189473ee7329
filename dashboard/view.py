"""What does this person look at? A view, and the link that opens it anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from urllib.parse import urlencode

MODELS = {"random": "Random (untrained)"}
TOKENS = {"words": "words", "characters": "characters"}
COLOURS = {"teal": "teal, blue to red", "purple": "purple, green to brown", "grey": "greys, for print"}
RANGES = {"input_dim": (1, 64), "hidden_dim": (1, 64), "n_layers": (1, 4), "seed": (0, 999_999)}
CHOICES: dict[str, Mapping[str, str]] = {"model": MODELS, "tokens": TOKENS, "colours": COLOURS}


@dataclass(frozen=True)
class View:
    """Everything that decides the picture; the dimensions under their names in the lesson."""

    sentence: str = "Giraffes in a field"
    input_dim: int = 4
    hidden_dim: int = 3
    n_layers: int = 1
    seed: int = 2
    model: str = "random"
    tokens: str = "words"
    colours: str = "teal"

    def query(self) -> str:
        """The link's part behind the question mark: the lesson's five always, a choice once it is made."""
        usual = asdict(View())
        shown = {k: v for k, v in asdict(self).items() if k not in CHOICES or v != usual[k]}
        return urlencode(shown)


def read_query(query: Mapping[str, str]) -> tuple[View, list[str]]:
    """The view a link asks for, and a sentence for each value that can't be had and fell back."""
    values, notices = {}, []
    for field in fields(View):
        if field.name not in query:
            continue
        try:
            values[field.name] = _read(field.name)(query[field.name])
        except ValueError as expected:
            asked = shortened(query[field.name])
            notices.append(f"{field.name}={asked} is not possible: {expected}. It is {field.default} instead.")
    return View(**values), notices


def _read(name: str) -> Callable[[str], str | int]:
    if name in RANGES:
        return lambda text: _whole_number(text, *RANGES[name])
    if name in CHOICES:
        return lambda text: _choice(text, CHOICES[name])
    return _text


def _whole_number(text: str, low: int, high: int) -> int:
    # Python reads more as a number than a person writes: "1_0", "٣", a thousand digits.
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10 and low <= int(digits) <= high):
        raise ValueError(f"it takes a whole number from {low} to {high}")
    return int(digits)


def _choice(text: str, choices: Mapping[str, str]) -> str:
    if text not in choices:
        raise ValueError(f"it takes one of {', '.join(choices)}")
    return text


def _text(text: str) -> str:
    """Half of a surrogate pair can be typed but never written to a file; it becomes the sign for that."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def shortened(text: str, most: int = 40) -> str:
    """A text short enough to stand in a sentence."""
    text = " ".join(_text(text).split())
    return text if len(text) <= most else text[: most - 1] + "…"
