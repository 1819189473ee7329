"""What does this person look at? A view, and the link that opens it anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import urlencode

MODELS = {
    "random": "Random (untrained)",
    "tagger": "tagger: parts of speech",
    "tagger-bi": "tagger-bi: parts of speech, both directions",
    "sentiment": "sentiment: good or bad?",
    "python-chars": "python-chars: next character",
    "counter": "counter: aⁿbⁿ",
    "brackets": "brackets: (())()",
    "copy": "copy: remember the first",
    "series": "series: forecast",
}
# What a visitor's own model is asked for by begins so.
OWN = "own-"
TOKENS = {"words": "words", "characters": "characters", "numbers": "numbers"}
COLOURS = {"teal": "teal, blue to red", "purple": "purple, green to brown", "grey": "greys, for print"}
ROWS = {"index": "index", "similarity": "similarity", "half-life": "half-life", "activity": "activity"}
RANGES = {
    "input_dim": (1, 512),
    "hidden_dim": (1, 512),
    "n_layers": (1, 4),
    "directions": (1, 2),
    "seed": (0, 999_999),
    "seq_len": (1, 12),
    "output_dim": (1, 64),
    "cell_units": (1, 16),
}
CHOICES: dict[str, Mapping[str, str]] = {"model": MODELS, "tokens": TOKENS, "colours": COLOURS, "rows": ROWS}
QUANTITIES = "figcoh"
# What a link always says, so that it reads like the lesson.
LESSON = ("sentence", "input_dim", "hidden_dim", "n_layers", "seed")


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
    directions: int = 1
    quantities: str = QUANTITIES
    """The strips to show, in the order of the equation."""
    layers: str = ""
    """The layers to show, one digit each; "" for all."""
    rows: str = "index"
    """What the rows of a heatmap are sorted by."""
    pin: str = ""
    """The cell looked at closely, "layer.unit.step", and ".1" behind it in direction 1; "" for none."""
    file: str = ""
    """The opened file that is read in place of the sentence; "" for none."""

    def pinned(self) -> tuple[int, int, int, int] | None:
        """The pinned cell as (layer, direction, unit, step)."""
        if not self.pin:
            return None
        layer, unit, step, direction = map(int, (self.pin + ".0").split(".")[:4])
        return layer, direction, unit, step

    def query(self) -> str:
        """The link's part behind the question mark: the lesson's five always, any other once it is chosen."""
        usual = asdict(View())
        shown = {k: v for k, v in asdict(self).items() if k in LESSON or v != usual[k]}
        shown.pop("file", None)
        return urlencode(shown)


def query_of(view: View, asked: Mapping[str, Any], usual: Mapping[str, Any]) -> str:
    """A view's link, and what a page asks of that view, by name, where that is not what it usually asks."""
    own = {name: value for name, value in asked.items() if name != "view" and value != usual[name]}
    return view.query() + ("&" + urlencode(own) if own else "")


def read_query(query: Mapping[str, str]) -> tuple[View, list[str]]:
    """The view a link asks for, and a sentence for each value that can't be had and fell back."""
    usual = {field.name: field.default for field in fields(View)}
    return View(**possible(query, usual)), impossible(query, usual)


def possible(query: Mapping[str, str], usual: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a link that can be had, by name; `usual` names those that there are."""
    return read_values(query, {name: _read(name) for name in usual}, usual)[0]


def impossible(query: Mapping[str, str], usual: Mapping[str, Any]) -> list[str]:
    """A sentence for each value of a link that can't be had, with the usual one that stands in for it."""
    return read_values(query, {name: _read(name) for name in usual}, usual)[1]


def read_values(
    query: Mapping[str, str], readers: Mapping[str, Callable[[str], Any]], usual: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What a link says of each name that has a reader, and a sentence for each value that can't be had.

    A reader raises ValueError with what it takes; then the usual value stands in.
    """
    values, notices = {}, []
    for name, read in readers.items():
        if name not in query:
            continue
        try:
            values[name] = read(query[name])
        except ValueError as expected:
            notices.append(fell_back(name, query[name], f"{expected}", usual[name]))
    return values, notices


def fell_back(name: str, asked: str, expected: str, usual: Any) -> str:
    """What is said of a value that can't be had."""
    instead = usual if usual != "" else "left out"
    return f"{name}={shortened(asked)} is not possible: {expected}. It is {instead} instead."


def _read(name: str) -> Callable[[str], str | int]:
    if name in RANGES:
        return lambda text: whole_number(text, *RANGES[name])
    if name in CHOICES and name != "model":
        return lambda text: _choice(text, CHOICES[name])
    return {"model": _model, "pin": _pin, "quantities": _quantities, "layers": _layers}.get(name, _text)


def whole_number(text: str, low: int, high: int) -> int:
    """The number that a link says; raises ValueError with what it takes."""
    # Python reads more as a number than a person writes: "1_0", "٣", a thousand digits.
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10 and low <= int(digits) <= high):
        raise ValueError(f"it takes a whole number from {low} to {high}")
    return int(digits)


def _choice(text: str, choices: Mapping[str, str]) -> str:
    if text not in choices:
        raise ValueError(f"it takes one of {', '.join(choices)}")
    return text


def _model(text: str) -> str:
    return text if text.startswith(OWN) else _choice(text, MODELS)


def _pin(text: str) -> str:
    if text and not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6}){2}(\.[01])?", text):
        raise ValueError("it takes layer.unit.step, as in 0.2.3")
    return text


def _quantities(text: str) -> str:
    if not text or not set(text) <= set(QUANTITIES):
        raise ValueError(f"it takes some of the letters {QUANTITIES}")
    return "".join(letter for letter in QUANTITIES if letter in text)


def _layers(text: str) -> str:
    if not set(text) <= set("0123"):
        raise ValueError("it takes the numbers of layers, as in 02")
    return "".join(sorted(set(text)))


def _text(text: str) -> str:
    """Half of a surrogate pair can be typed but never written to a file; it becomes the sign for that."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def shortened(text: str, most: int = 40) -> str:
    """A text short enough to stand in a sentence."""
    text = " ".join(_text(text).split())
    return text if len(text) <= most else text[: most - 1] + "…"
