"""Which texts are scanned, cut into pieces that the main page can open?

A text is cut at the end of a paragraph or line, and each piece is read from an empty memory. So every moment of a scan
can be opened on the main page, with the same numbers.
"""

import csv
import io
import random
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from gatescope.corpus.view import LIBRARY, OPENED, TAUGHT, TEXTS, TOPICS
from gatescope.reading.read import check_columns, check_table
from gatescope.serving import limits
from gatescope.serving.still_wanted import go_on
from gatescope.store import text_files
from gatescope.wording.sentences import called
from lstm_core import LstmCoreError, SequenceModel, read_series
from lstm_core.scanning.sources import documentation, is_held_out, library_files
from lstm_core.training.loop import texts_like_those_of

LONGEST = 1_000
"""The most characters of a piece of text, and rows of a piece of a table."""
SEED = 0
_PARAGRAPH, _LINE = re.compile(r"\n[ \t]*\n(?=\S)"), re.compile(r"\n")
_BLANK = re.compile(r"\s")


class TextPiece(NamedTuple):
    """A text that is read from an empty memory."""

    text: Any
    """str, or an array (time, feature) for a model of numbers."""
    name: str
    """Where it comes from: a file, a row, a paragraph."""
    line: int | None = None
    """The number of its first line in the file, from 1."""


class Texts(NamedTuple):
    """The pieces that are scanned, and how much of the corpus they are."""

    pieces: list[TextPiece]
    steps: list[int]
    """The number of tokens of each piece."""
    of: int
    """How many pieces the corpus has in all."""


def fitting(model: SequenceModel) -> list[str]:
    """The names of the corpora that a model can read without a file, the best first."""
    if len(texts_like_those_of(model)):
        return [TAUGHT]
    return {"characters": [LIBRARY, TOPICS], "words": [TOPICS]}.get(model.reads, [])


def texts_of(name: str, model: SequenceModel, most: int, opened: str = "") -> Texts:
    """Pieces of a corpus with at most `most` tokens, or one piece: all of it, or an even sample.

    Raises LstmCoreError when the corpus does not fit the model, its file is gone, or no piece has a token.
    """
    every = list(_every(name, model, opened))
    order = list(range(len(every)))
    random.Random(SEED).shuffle(order)
    chosen: dict[int, int] = {}
    left = most
    for number in order:
        go_on()
        steps = _steps(model, every[number].text)
        if steps and (steps <= left or not chosen):
            chosen[number] = steps
            left -= steps
        if left <= 0:
            break
    if not chosen:
        raise LstmCoreError(
            f"Expected texts with {model.reads} that {called(model)} reads, got none. Open another file."
        )
    kept = sorted(chosen)
    return Texts([every[number] for number in kept], [chosen[number] for number in kept], len(every))


def _steps(model: SequenceModel, text: Any) -> int:
    return len(model.tokens(text)) if isinstance(text, str) else len(text)


def _every(name: str, model: SequenceModel, opened: str) -> Iterator[TextPiece]:
    if name == OPENED:
        yield from _of_file(model, opened)
    elif name not in fitting(model):
        fits = ", ".join(TEXTS[one] for one in fitting(model)) or "an opened file"
        raise LstmCoreError(f"Expected texts that {called(model)} reads ({fits}), got {TEXTS.get(name, name)}.")
    elif name == LIBRARY:
        for file, path in library_files().items():
            if is_held_out(file):
                yield from pieces(path.read_text(encoding="utf-8", errors="replace"), file)
    elif name == TOPICS:
        for number, paragraph in enumerate(documentation(), 1):
            for piece in pieces(paragraph, f"paragraph {number}"):
                yield piece._replace(line=None)
    else:
        yield from (TextPiece(text, f"text {number}") for number, text in enumerate(texts_like_those_of(model), 1))


def pieces(text: str, name: str) -> Iterator[TextPiece]:
    """A text in pieces of at most 1,000 characters, each ending with a paragraph, a line or a word if there is one.

    >>> [piece.text for piece in pieces("one\\n\\ntwo\\n", "a.txt")]
    ['one\\n\\ntwo\\n']
    """
    start, line = 0, 1
    while start < len(text):
        window = text[start : start + LONGEST]
        end = start + (len(window) if start + LONGEST >= len(text) else _cut(window))
        piece = text[start:end]
        if piece.strip():
            yield TextPiece(piece, name, line)
        line += piece.count("\n")
        start = end


def _cut(window: str) -> int:
    """Where a piece ends: after the last paragraph, line or word in the second half of a window."""
    for mark in (_PARAGRAPH, _LINE, _BLANK):
        ends = [found.end() for found in mark.finditer(window, len(window) // 2)]
        if ends:
            return ends[-1]
    return len(window)


def _of_file(model: SequenceModel, key: str) -> Iterator[TextPiece]:
    document = text_files.kept(key) if key else None
    if document is None:
        raise LstmCoreError("Expected an opened file, got none, or one that is no longer on the server: open it again.")
    limits.FILE.check(len(document.text))
    if "\0" in document.text:
        raise LstmCoreError(f"Expected a text, got {document.name}, which is something else. Open another file.")
    if model.reads == "numbers":
        yield from _of_numbers(model, document)
    elif document.name.lower().endswith((".csv", ".tsv")):
        for row, text in _column(document):
            for piece in pieces(text, f"row {row}"):
                yield piece._replace(line=None)
    else:
        yield from pieces(document.text, document.name)


def _of_numbers(model: SequenceModel, document: text_files.Document) -> Iterator[TextPiece]:
    check_table(document.text)
    table = read_series(document.text)
    check_columns(table, model)
    rows = table.values.numpy()
    for first in range(0, len(rows), LONGEST):
        yield TextPiece(rows[first : first + LONGEST], document.name, first + 1)


def _column(document: text_files.Document) -> Iterable[tuple[int, str]]:
    """The texts of a CSV: its column with the most characters, without the header; each with its row, from 1."""
    first = document.text.lstrip().partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(document.text), delimiter=mark))[1:]
    except csv.Error as error:
        raise LstmCoreError(f"Expected a CSV in {document.name}, got one that can't be read: {error}.") from error
    columns = max(map(len, rows), default=0)
    if not columns:
        raise LstmCoreError(f"Expected rows below the header of {document.name}, got none. Open another file.")
    sizes = [sum(len(row[column]) for row in rows if column < len(row)) for column in range(columns)]
    longest = sizes.index(max(sizes))
    return [(number, row[longest]) for number, row in enumerate(rows, 1) if longest < len(row)]
