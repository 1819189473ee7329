"""What is each property called, in a list and in a sentence?"""

from gatescope.unit_list.view import COLUMN, SAYS, parts
from gatescope.wording.tags import explained
from lstm_core.analysis.properties import SURPLUS
from lstm_core.plots.labels import label

KINDS = {
    "": "everything",
    "count of ": "count of …",
    "has seen ": "has seen …",
    "time since ": "time since …",
    SURPLUS: "count of … less that of …",
    SAYS: "the model says …",
    COLUMN: "a column of the table",
}
# By property: its name, what a unit that tells it does, and where such a unit is low if it is low there.
_KNOWS = {
    "inside quotes": ("inside quotes", "knows that it is inside quotes", "inside quotes"),
    "inside a string": (
        "in a string or docstring",
        "knows that it is in a string or docstring",
        "in a string or docstring",
    ),
    "inside a one-line string": ("inside quotes", "knows that it is inside quotes", "inside quotes"),
    "inside single quotes": ("inside single quotes", "knows that it is inside single quotes", "inside single quotes"),
    "inside double quotes": ("inside double quotes", "knows that it is inside double quotes", "inside double quotes"),
    "inside a docstring": ("in a docstring", "knows that it is in a docstring", "in a docstring"),
    "inside a comment": ("in a comment", "knows that it is in a comment", "in a comment"),
    "inside brackets": ("inside brackets", "knows that it is inside brackets", "inside brackets"),
    "bracket depth": ("open brackets", "counts the brackets that are open", "at many open brackets"),
    "position in line": ("place in the line", "knows how far into the line it is", "far into the line"),
    "indent": ("indent", "knows how far the line is indented", "at a large indent"),
    "word length": ("word length", "knows how long the word is", "at long words"),
    "capital": ("a capital letter", "tells capital letters from others", "at capital letters"),
    "digit": ("a digit", "tells digits from others", "at digits"),
    "punctuation": ("punctuation", "tells punctuation from words", "at punctuation"),
    "blank": ("a blank", "tells blanks from others", "at blanks"),
}


def kind(name: str) -> str:
    """A kind of property as a list offers it."""
    return KINDS.get(name, name)


def named(name: str) -> str:
    """A property in a list, as text."""
    return _in_words(name)[0]


def told(name: str, sign: int) -> str:
    """A property in a list of units, as text: of a unit that is low where it is true or large, that the unit is."""
    return named(name) if sign > 0 else f"low {_in_words(name)[2]}"


def in_full(name: str) -> str:
    """A property where there is room for a line, as text: a tag with its meaning."""
    about, token, _ = parts(name)
    return named(name) + (explained(token) if about == SAYS else "")


def knows(name: str, sign: int) -> str:
    """What a unit that tells a property does."""
    if parts(name).kind == SAYS:
        return f"is {'high' if sign > 0 else 'low'} where the model {in_full(name)}"
    return _in_words(name)[1]


def claims(name: str) -> str:
    """What being on one side of its cut is a sign of."""
    title = named(name)
    return f"that the model {title}" if parts(name).kind == SAYS else f"of “{title}”"


def is_true(name: str) -> str:
    """That a property is there, as the end of a sentence."""
    title = named(name)
    return f"the model {title}" if parts(name).kind == SAYS else f"“{title}” is true"


def _in_words(name: str) -> tuple[str, str, str]:
    about, token, other = parts(name)
    if about == SURPLUS:
        more = f"more “{label(token)}” than “{label(other)}”"
        return more, f"counts how many {more} have come", f"after {more}"
    if about == SAYS:
        return f"says “{label(token)}”", "", f"where it says “{label(token)}”"
    if about == COLUMN:
        column = "the number" if token == "column 1" else label(token, 40)
        return column, f"follows {column} that is read", f"at high values of {column}"
    if about in ("count of ", "has seen ", "time since "):
        says = {"count of ": "counts", "has seen ": "knows that it has seen", "time since ": "knows the time since"}
        low = {"count of ": "after many", "has seen ": "once it has seen", "time since ": "long after"}
        quoted = f"“{label(token)}”"
        return f"{about}{quoted}", f"{says[about]} {quoted}", f"{low[about]} {quoted}"
    return _KNOWS[name]
