"""What could stand in the place of one step: which other word, character or number, and what text is that?"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from torch import Tensor

import lstm_core
from dashboard.question.source import Source
from dashboard.reading.read import Reading
from lstm_core.models.embeddings import Numbers

# Short everyday words, many a letter apart from another: a word is often told from its rival by what comes before.
_EVERYDAY = """
a about above after again against all alone also always am an and another any are as ask at away back bad be because
been before began best better between big black boy but by call came can car care child come could cut day did do does
done door down each early eat end even ever every eye face fact far fast father few field find fine fire first fish
five fly for found four free friend from full game gave get girl give go gone good great green had half hand hard has
hat have he head hear heard help her here high him his hold home hope hot house how i if in into is it its just keep
kept kind knew know land large last late law lay lead leave left less let life light like line list little live long
look lost love low made make man many may me mean men mind mine more most mother move much must my name near need
never new next no none nor not note now of off often old on once one only open or order other our out over own page
paper part past pay people place plan play point put ran read real red rest right road room run said same sat saw say
school sea see seem seen set she short should show side sit small so some son soon stand start state stay step still
stop such sun take talk tell ten than that the their them then there these they thing think this those though thought
three through time to told too took top town tree true try turn two under until up upon us use very wait walk wall
want war warm was watch water way we well went were what when where which while white who whole whose why wide wife
will wind wine wish with woman won word work world would write year yes yet you young your
"""
COMMON = _EVERYDAY.split()
ENDINGS = "s", "ed", "ing", "er"
# How far a number is moved, in standard deviations of its column.
NUDGES = 0.25, -0.25, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0
LONGEST = 24
"""The most letters of a word whose spelling is compared."""


class Candidate(NamedTuple):
    """A text with another token at one step."""

    step: int
    token: str
    text: str
    spelling: float
    """How far the token is from the one whose place it takes: letters that differ, or standard deviations."""


def candidates(source: Source, reading: Reading, steps: int, most: int) -> list[Candidate]:
    """The nearest other tokens at each of the first `steps`, `most` at each, the nearest first."""
    tokens = reading.tokens[:steps]
    if reading.series is not None:
        return list(_nudged(source.sentence, reading, steps))[: most * steps]
    places = list(_places(source.sentence, tokens))
    found = []
    for step, (start, end) in enumerate(places):
        for spelling, _, token in _nearest(source, reading, tokens[step])[:most]:
            text = source.sentence[:start] + token + source.sentence[end:]
            found.append(Candidate(step, token, text, spelling))
    return found


def vectors(source: Source, reading: Reading, some: list[Candidate]) -> Tensor:
    """x (candidate, feature) of the tokens of candidates."""
    if reading.series is not None:
        x: Tensor = _numbers(reading)([one.token for one in some])
    elif reading.model is not None:
        x = reading.model.vectors([one.token for one in some])
    else:
        x = lstm_core.inputs.token_vectors([one.token for one in some], source.input_dim, source.seed)
    return x[:, 0].detach()


def _nearest(source: Source, reading: Reading, token: str) -> list[tuple[float, int, str]]:
    """Other tokens that a model tells from this one, the nearest in spelling first, and how far each is."""
    return sorted((spelling(token, other), n, other) for n, other in enumerate(_others(source, reading, token)))


def _others(source: Source, reading: Reading, token: str) -> list[str]:
    model = reading.model
    known = list(getattr(model.embedding, "tokens", ())) if model else []
    by_letter = (source.tokens if model is None else model.reads) != "words"
    if not known:
        known = [chr(code) for code in range(32, 127)] if by_letter else _common(token)
    unread = set(model.embedding.unread(known) if model else ())
    readable = (model.tokens if model else lstm_core.words) if not by_letter else (lambda text: [text])
    return [one for one in known if one.lower() != token.lower() and one not in unread and readable(one) == [one]]


def _common(token: str) -> list[str]:
    """Everyday words, and the word itself with other endings, with the capital of the word in whose place they are."""
    bare = token[:-1] if token.endswith("s") else token
    own = [] if token.lower() in COMMON or not token.isalpha() else [bare, *(bare + ending for ending in ENDINGS)]
    here = dict.fromkeys([*COMMON, *(word.lower() for word in own)])
    return [word.capitalize() if token[:1].isupper() or word == "i" else word for word in here]


@lru_cache(maxsize=1 << 15)
def spelling(a: str, b: str) -> float:
    """How many letters of one word are changed, added or left out in the other; of two characters, 1 if both are of a
    kind (two quotes, two digits), else 2."""
    if len(a) == len(b) == 1:
        return 1 if unicodedata.category(a) == unicodedata.category(b) else 2
    if max(len(a), len(b)) > LONGEST:
        return max(len(a), len(b))
    row = list(range(len(b) + 1))
    for n, letter in enumerate(a, 1):
        before, row[0] = row[0], n
        for m, other in enumerate(b, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (letter != other))
    return row[-1]


def _places(text: str, tokens: list[str]) -> Iterator[tuple[int, int]]:
    """Where each token stands in the text, (start, end)."""
    end = 0
    for token in tokens:
        start = text.index(token, end)
        end = start + len(token)
        yield start, end


def _nudged(text: str, reading: Reading, steps: int) -> Iterator[Candidate]:
    """The text with one number moved, by little first; nothing for a table, whose columns have names and times."""
    numbers = list(re.finditer(r"[^\s,;]+", text))
    assert reading.series is not None
    values = reading.series.values
    if values.shape[1] != 1 or len(numbers) != len(values):
        return
    deviation, places = float(_numbers(reading).deviation), max(len(one[0].partition(".")[2]) for one in numbers)
    for nudge in NUDGES:
        for step, number in enumerate(numbers[:steps]):
            token = f"{values[step, 0] + nudge * deviation:.{places}f}"
            yield Candidate(step, token, text[: number.start()] + token + text[number.end() :], abs(nudge))


def _numbers(reading: Reading) -> Numbers:
    assert reading.series is not None
    if reading.model is not None and isinstance(reading.model.embedding, Numbers):
        return reading.model.embedding
    return Numbers.fitted(reading.series.names, reading.series.values)
