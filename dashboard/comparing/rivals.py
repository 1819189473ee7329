"""Which small change of a text turns a later answer? Some thousand texts, each one token apart, are read in a batch."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

import lstm_core
from gatescope.question.view import SIZES, Source
from gatescope.reading.models import trained_sizes
from gatescope.reading.read import Reading, read
from gatescope.store.remembered import Budget, remembered
from lstm_core import SequenceModel
from lstm_core.models.embeddings import Numbers

# The first steps of a text in which a change is looked for.
STEPS = 40
# The most texts that are tried, and multiplications: about half a second.
READINGS, WORK = 3_000, 1e10
# An answer turns if both answers are at least as sure; a forecast, if it moves by this many standard deviations.
SURE = 0.6

# What could stand in the place of one step: which other word, character or number, and what text is that?
#
# Short everyday words, those of one kind up to a semicolon: one can stand where another does, as in English. Many are a
# letter apart from another, so a word is often told from its rival by what comes before.
_EVERYDAY = Path(__file__).with_name("everyday.txt").read_text(encoding="utf-8")
_KINDS = [kind.split() for kind in _EVERYDAY.split(";")]
COMMON = sorted(set(_EVERYDAY.replace(";", "").split()))
ENDINGS = "s", "ed", "ing", "er"
# How far a number is moved, in standard deviations of its column.
NUDGES = 0.25, -0.25, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0
# The most letters of a word whose spelling is compared.
LONGEST = 24


class Candidate(NamedTuple):
    """A text with another token at one step."""

    step: int
    token: str
    text: str
    is_strange: bool
    """Whether the token is a word of another kind than the one whose place it takes: a verb where an article was."""
    spelling: float
    """How far the token is from that one: letters that differ, or standard deviations."""


def candidates(source: Source, reading: Reading, steps: int, most: int) -> list[Candidate]:
    """The nearest other tokens at each of the first `steps`, `most` at each, words of one kind first."""
    tokens = reading.tokens[:steps]
    if reading.series is not None:
        return list(_nudged(source.sentence, reading, steps))[: most * steps]
    places = list(_places(source.sentence, tokens))
    found = []
    for step, (start, end) in enumerate(places):
        for strange, spelling, _, token in _nearest(source, reading, tokens[step])[:most]:
            text = source.sentence[:start] + token + source.sentence[end:]
            found.append(Candidate(step, token, text, strange, spelling))
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


def _nearest(source: Source, reading: Reading, token: str) -> list[tuple[bool, float, int, str]]:
    """Other tokens that a model tells from this one, those of its kind first, then the nearest in spelling."""
    others = enumerate(_others(source, reading, token))
    return sorted((not of_one_kind(token, other), spelling(token, other), n, other) for n, other in others)


def of_one_kind(a: str, b: str) -> bool:
    """Whether `b` can stand wherever `a` does: it is of every kind that the everyday word `a` is of."""
    kinds = [kind for kind in _KINDS if a.lower() in kind]
    return bool(kinds) and all(b.lower() in kind for kind in kinds)


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
            yield Candidate(step, token, text[: number.start()] + token + text[number.end() :], False, abs(nudge))


def _numbers(reading: Reading) -> Numbers:
    assert reading.series is not None
    if reading.model is not None and isinstance(reading.model.embedding, Numbers):
        return reading.model.embedding
    return Numbers.fitted(reading.series.names, reading.series.values)


# Which of these texts turns a later answer?


class Rival(NamedTuple):
    """A text with one other token, the last step whose answer it turns, and how sure the less sure answer is."""

    step: int
    token: str
    text: str
    turned: int
    sure: float


class Rivals(NamedTuple):
    """The texts that turn a later answer, words of one kind first, then the nearest; and how many were tried."""

    found: list[Rival]
    tried: int
    smallest: Rival | None
    """Where none turns one: the first in the same order that moves a later answer most."""


def _bytes(found: Rivals) -> int:
    return sum(len(one.text) + 100 for one in found.found)


@remembered(Budget.ALTERNATIVES, key=lambda source, reading: (source, reading.model is None), bytes_of=_bytes)
def rivals(source: Source, reading: Reading) -> Rivals:
    """The texts that turn a later answer of a source: words of one kind first, then the smallest change of spelling."""
    steps = min(len(reading.tokens), STEPS)
    if reading.trace is None or source.file or steps < 2:
        return Rivals([], 0, None)
    most = int(min(READINGS / steps, WORK / (steps**2 * reading.parameters)))
    tried = [one for one in candidates(source, reading, steps, most) if one.step < steps - 1]
    if not tried:
        return Rivals([], 0, None)
    at = torch.tensor([one.step for one in tried])
    later = torch.arange(steps)[:, None] > at
    sure, moved = _effects(source, reading, steps, tried)
    sure, moved = sure.where(later, 0), moved.where(later, 0)
    last = (torch.arange(steps)[:, None] * (sure >= SURE)).amax(0)
    found = [
        (one.is_strange, one.spelling, one.step - turned, -float(sure[turned, n]), n)
        for n, (one, turned) in enumerate(zip(tried, last.tolist(), strict=True))
        if turned
    ]
    if found:
        some = [_rival(tried[n], int(last[n]), -less) for *_, less, n in sorted(found)]
        return Rivals(some, len(tried), None)
    *_, n = min((one.is_strange, one.spelling, -float(moved[:, n].max()), n) for n, one in enumerate(tried))
    return Rivals([], len(tried), _rival(tried[n], int(moved[:, n].argmax()), 0.0))


def size_with_rival(source: Source) -> int | None:
    """The nearest hidden_dim at which a change of a text turns a later answer, the larger ones first."""
    mine = source.hidden_dim
    dims = trained_sizes()["hidden_dim"] if source.model == SIZES else []
    for dim in sorted(dims, key=lambda dim: (dim < mine, abs(dim - mine))):
        other = replace(source, hidden_dim=dim)
        if dim != mine and rivals(other, read(other)).found:
            return dim
    return None


def _rival(one: Candidate, turned: int, sure: float) -> Rival:
    return Rival(one.step, one.token, one.text, turned, sure)


@torch.no_grad()
def _effects(source: Source, reading: Reading, steps: int, tried: list[Candidate]) -> tuple[Tensor, Tensor]:
    """(step, candidate): how surely each answer turns, and by how much it moves; without answers, h does."""
    assert reading.trace is not None
    # The text as it is stands last: from both ends, the first steps are read differently without the rest.
    x = reading.trace.x[:steps].repeat(1, len(tried) + 1, 1)
    x[torch.tensor([one.step for one in tried]), torch.arange(len(tried))] = vectors(source, reading, tried)
    h, _ = reading.lstm(x)
    model = reading.model
    if model is None or model.gives == "hidden":
        moved = (h[:, :-1] - h[:, -1:]).abs().amax(-1)
        return torch.zeros_like(moved), moved
    said = model.probabilities(model.linear(h))
    after, before = said[:, :-1], said[:, -1:]
    return turns(model, before, after), (after - before).abs().amax(-1)


def turns(model: SequenceModel, before: Tensor, after: Tensor) -> Tensor:
    """(…): how sure the less sure of two answers (…, label) is, 0 where the answer stays; of forecasts, how many
    standard deviations they are apart."""
    if model.gives == "classes":
        both = torch.minimum(before.amax(-1), after.amax(-1))
        return both.where(before.argmax(-1) != after.argmax(-1), 0)
    if model.gives == "set":
        distance = torch.minimum((before - 0.5).abs(), (after - 0.5).abs())
        return (0.5 + distance).where((before > 0.5) != (after > 0.5), 0).amax(-1)
    deviation = getattr(model.embedding, "deviation", torch.ones(1))
    return ((after - before).abs() / deviation.mean()).amax(-1)
