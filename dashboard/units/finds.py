"""Which units are worth looking for first? A few questions, a click away, each a link of its own."""

from __future__ import annotations

from dashboard.units.view import Units
from dashboard.view import View
from lstm_core import models

_COUNTS = "\n".join("a" * n + "b" * n for n in range(1, 13))
_NESTED = "\n".join(
    ["()", "(())", "()(())", "((()))", "(()())()", "((())())", "(((())))", "((()()))()", "(((()())))", "((((()))))()"]
)
_TAGGED = "\n".join(
    [
        "They can fish in a can.",
        "The old man the boat.",
        "Giraffes in a field eat leaves.",
        "I saw the saw that cut the tree.",
        "She left her keys on the table.",
        "Time flies like an arrow.",
        "The dog that the cat chased ran away.",
        "We love quiet evenings by the sea.",
        "Old houses need new roofs.",
        "A good book is hard to put down.",
    ]
)
_CODE = (
    "def area(r):\n    return 'pi r', 3.14 * r\n\nname = 'a quoted word'\nprint(\"it's\", name, 'end')  # said\n"
    "def text(x):\n    return f'{x} of' + 'many' * 2\n\nkeys = ['one', 'two', \"three\"]\nprint(keys[0] + 'last')\n"
)
FINDS = {
    "counter: which unit counts?": Units(View(_COUNTS, model="counter"), "surplus of a over b", lines=1),
    "brackets: which unit knows how deep?": Units(View(_NESTED, model="brackets"), "bracket depth", lines=1),
    "tagger: a unit for nouns?": Units(View(_TAGGED, model="tagger"), "model says NOUN", lines=1),
    "python-chars: inside a string?": Units(View(_CODE, model="python-chars"), "inside a string"),
}


def finds() -> dict[str, Units]:
    """Those whose model is here."""
    return {title: asked for title, asked in FINDS.items() if asked.view.model in models()}
