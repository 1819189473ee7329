"""Which sentences teach `sentiment` what few reviews say: plain praise, plain blame, and *not* before either?

All are our own, in `praise_and_blame.txt`. The model is judged by `plain_lines.txt`: none of its words of praise and
blame stands here in any form, none of its phrasings of *not*, and of each of its lines at least one word is not here.
"""

import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


def lists_in(name: str) -> dict[str, list[str]]:
    """The lists of a file beside this one, by their names.

    `[NAME words]` stands above words, `[NAME lines]` above lines of their own; # begins a remark.
    """
    text = re.sub(r"^#.*\n", "", Path(__file__).with_name(name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    _, *parts = re.split(r"^\[(\w+) (words|lines)\]\n", text, flags=re.MULTILINE)
    return {
        title: held.split() if kind == "words" else held.strip().splitlines()
        for title, kind, held in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    }


class Line(NamedTuple):
    words: list[str]
    praise: list[float]
    """How probable praise is at each word."""


# Words, sentences with a gap for them, and whole sentences.
TEXTS = lists_in("praise_and_blame.txt")


class Kind(NamedTuple):
    """Sentences that say a word of praise or of blame as it is, and sentences that turn it round."""

    plain: Sequence[str]
    turned: Sequence[str]
    praise: Sequence[str]
    blame: Sequence[str]


KINDS = [
    Kind(*(TEXTS.get(name, []) for name in names.split()))
    for names in (
        "PLAIN TURNED PRAISE BLAME",
        "NOUNS NOUNS_TURNED TREATS FLOPS",
        "DOINGS DOINGS_TURNED LIKING LOATHING",
        "DEEDS DEEDS_TURNED SHINING SINKING",
        "HAVING HAVING_TURNED GIFTS FAULTS",
        "SAID_ALONE - WELL BADLY",
    )
]
WEIGHTS = [10, 2, 2, 2, 2, 2]


def lines(shuffler: random.Random, count: int) -> list[Line]:
    """So many sentences: as many of praise as of blame, and a few of neither; some of them say two things."""
    return [_line(shuffler) for _ in range(count)]


def _line(shuffler: random.Random) -> Line:
    chance = shuffler.random()
    if chance < 0.1:
        return _alike(_neither(shuffler), 0.5)
    praise = shuffler.random() < 0.5
    first = _alike(_sentence(shuffler, praise), praise)
    if chance < 0.6:
        said = first
    elif chance < 0.8:
        said = _joined(first, _alike(shuffler.choice([", and", "and", ",", "."]), praise), shuffler, praise)
    else:
        said = _joined(first, _alike(shuffler.choice([", but", "but"]), 0.5), shuffler, not praise)
    return Line([*said.words, shuffler.choice("...!")], [*said.praise, said.praise[-1]])


def _joined(first: Line, joint: Line, shuffler: random.Random, praise: bool) -> Line:
    second = _alike(_sentence(shuffler, praise), praise)
    return Line(first.words + joint.words + second.words, first.praise + joint.praise + second.praise)


def _sentence(shuffler: random.Random, praise: bool) -> str:
    """One sentence of praise, or of blame."""
    if shuffler.random() < 0.35:
        return shuffler.choice(TEXTS["LINES_OF_PRAISE"] if praise else TEXTS["LINES_OF_BLAME"])
    [kind] = shuffler.choices(KINDS, WEIGHTS)
    turned = bool(kind.turned) and shuffler.random() < 0.5
    return _filled(shuffler, kind.turned if turned else kind.plain, kind.praise if praise != turned else kind.blame)


def _neither(shuffler: random.Random) -> str:
    if shuffler.random() < 0.5:
        return shuffler.choice(TEXTS["LINES_OF_NEITHER"])
    return _filled(shuffler, TEXTS["SAYING_NEITHER"], TEXTS["NEITHER"])


def _filled(shuffler: random.Random, frames: Sequence[str], words: Sequence[str]) -> str:
    word, other = shuffler.sample(words, 2)
    text = shuffler.choice(frames).format(
        word=word, other=other, verb=word, past=word.removesuffix("e") + "ed", thing=shuffler.choice(TEXTS["THINGS"])
    )
    return re.sub(r"\ba (?=[aeiou])", "an ", text)


def _alike(text: str, praise: float) -> Line:
    words = text.split()
    return Line(words, [float(praise)] * len(words))
