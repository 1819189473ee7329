"""How are lists of words and lines kept as text?

`[NAME words]` stands above words, `[NAME lines]` above lines of their own; # begins a remark.
"""

import re
from pathlib import Path


def lists_in(name: str) -> dict[str, list[str]]:
    """The lists of a file beside this one, by their names."""
    text = re.sub(r"^#.*\n", "", Path(__file__).with_name(name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    _, *parts = re.split(r"^\[(\w+) (words|lines)\]\n", text, flags=re.MULTILINE)
    return {
        title: held.split() if kind == "words" else held.strip().splitlines()
        for title, kind, held in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    }
