"""Which units are worth looking for first? A few questions, each one click away and a link."""

from __future__ import annotations

from dashboard.question.source import Source
from dashboard.question.view import View
from dashboard.units.view import Units
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
    "import os\n\npath = os.path.join('home', 'user')\n"
    "if not os.path.exists(path):\n    raise OSError('no such folder')\n"
    "words = 'to be or not'.split()\nfor word in words:\n    print('word', word)\n\ntotal = {'a': 1, 'b': 2}\n"
)
FINDS = {
    "counter: which unit counts?": Units(View(Source(_COUNTS, model="counter")), "surplus of a over b", lines=1),
    "brackets: which unit knows how deep?": Units(View(Source(_NESTED, model="brackets")), "bracket depth", lines=1),
    "tagger: a unit for nouns?": Units(View(Source(_TAGGED, model="tagger")), "model says NOUN", lines=1),
    "python-chars: inside a string?": Units(View(Source(_CODE, model="python-chars")), "inside a string"),
}


def finds() -> dict[str, Units]:
    """The questions whose model is shipped, by title."""
    return {title: asked for title, asked in FINDS.items() if asked.view.source.model in models()}
