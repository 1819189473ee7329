"""What is in a corpus, which model reads it, and how is it scanned for a page?

A text is cut at the end of a paragraph or line, and each piece is read from an empty memory. So every moment of a scan
can be opened on the main page, with the same numbers.
"""

import random
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import lstm_core
from gatescope.question.view import Source
from gatescope.reading.read import check_columns, check_table, trained_model
from gatescope.serving import limits
from gatescope.serving.turns import go_on
from gatescope.store import text_files
from gatescope.store.remembered import ENTRY_BYTES, Budget, remembered, text_bytes
from gatescope.unit_tables.asked import LIBRARY, OPENED, TAUGHT, TEXTS, TOPICS, Corpus, UnitPlace, model_of
from gatescope.wording.sentences import called, checked
from lstm_core import LstmCoreError, Scan, SequenceModel, read_series
from lstm_core.progress import Progress
from lstm_core.recording.kinds import kind_of
from lstm_core.scanning.sources import documentation, is_held_out, library_files
from lstm_core.training.loop import texts_like_those_of

# The most characters of a piece of text, and rows of a piece of a table.
LONGEST = 1_000
SEED = 0
_PARAGRAPH, _LINE = re.compile(r"\n[ \t]*\n(?=\S)"), re.compile(r"\n")
_BLANK = re.compile(r"\s")


class TextPiece(NamedTuple):
    """A text that is read from an empty memory: str, or an array (time, feature) for a model of numbers; the file, row
    or paragraph that it comes from; and the number of its first line in the file, from 1."""

    text: Any
    name: str
    line: int | None = None


class Texts(NamedTuple):
    """The pieces that are scanned, and the number of tokens of each; how many pieces the corpus `of` them has in all;
    and what a step is: a word, a character, a symbol or a row of numbers."""

    pieces: list[TextPiece]
    steps: list[int]
    of: int
    reads: str


def fitting(model: SequenceModel) -> list[str]:
    """The names of the corpora that a model can read without a file, the best first."""
    if len(texts_like_those_of(model)):
        return [TAUGHT]
    return {"characters": [LIBRARY, TOPICS], "words": [TOPICS]}.get(model.reads, [])


def texts_of(name: str, model: SequenceModel, most: int, opened: str = "") -> Texts:
    """Pieces of a corpus with at most `most` tokens, or one piece: all of it, or an even sample.

    Raises LstmCoreError when the corpus does not fit the model, its file is gone, or no piece has a token.
    """
    every, chosen, left = list(_every(name, model, opened)), dict[int, int](), most
    order = list(range(len(every)))
    random.Random(SEED).shuffle(order)
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
    return Texts([every[number] for number in kept], [chosen[number] for number in kept], len(every), model.reads)


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
        raise LstmCoreError(
            f"Expected texts of {model.reads}, got the table {document.name}. Open a file of its texts."
        )
    else:
        yield from pieces(document.text, document.name)


def _of_numbers(model: SequenceModel, document: text_files.Document) -> Iterator[TextPiece]:
    check_table(document.text)
    table = read_series(document.text)
    check_columns(table, model)
    rows = table.values.numpy()
    for first in range(0, len(rows), LONGEST):
        yield TextPiece(rows[first : first + LONGEST], document.name, first + 1)


# Which model reads it?


def model_to_scan(source: Source) -> SequenceModel:
    """The source's model.

    Raises LstmCoreError for an untrained LSTM, when the model is no longer on the server, and for a GRU or RNN.
    """
    model = trained_model(source)
    if model is None:
        raise LstmCoreError("Expected a trained model to read a corpus, got an untrained one. Choose another model.")
    if (kind := kind_of(model.lstm).name) != "LSTM":
        raise LstmCoreError(
            f"Expected a model with an LSTM, whose c this page looks at, got one with another cell: {kind}. In Python "
            "lstm_core.scan reads a corpus with it, in a shell gatescope scan."
        )
    return model


# How is it scanned: once for all visitors, and so that it can be stopped?


class Scanned(NamedTuple):
    scan: Scan
    texts: Texts


def most_tokens(asked: Corpus, model: SequenceModel) -> int:
    """How many tokens are read at most: the size that is asked for, fewer for a large LSTM."""
    weights = sum(weight.numel() for weight in model.lstm.parameters())
    return min(asked.size, limits.SCANNED, max(1, limits.SCANNED_WORK // weights))


def name_of_scan(asked: Corpus, *_: object, **_progress: object) -> tuple[object, ...]:
    """The name of a scan: its model, its texts, its size."""
    return model_of(asked.source), asked.texts, asked.size, asked.opened if asked.texts == OPENED else ""


def _bytes(found: Scanned) -> int:
    # The numbers are on the disk; in memory are a few of each step and text, and the bits of the last searches.
    return 64 * found.scan.steps + sum(_bytes_of(piece.text) for piece in found.texts.pieces)


def _bytes_of(text: object) -> int:
    return ENTRY_BYTES // 4 + (text_bytes([text]) if isinstance(text, str) else getattr(text, "nbytes", 0))


@remembered(Budget.SCANS, key=name_of_scan, bytes_of=_bytes, is_heavy=lambda *_, **__: True)
def scanned(asked: Corpus, progress: Progress | None = None) -> Scanned:
    """The scan that is asked for. `asked.texts` names a corpus.

    Raises LstmCoreError when the model or the texts are not there, or do not fit each other.
    """
    model = model_to_scan(asked.source)
    texts = texts_of(asked.texts, model, most_tokens(asked, model), asked.opened)

    def told(share: float) -> None:
        go_on()
        if progress is not None:
            progress(share)

    found = lstm_core.scan(model, [piece.text for piece in texts.pieces], quantities=("c",), progress=told)
    # The store of the server would hold a visitor’s model for as long as the scan.
    found.model = None
    return Scanned(found, texts)


# What is said of a scan: its texts, how much of them was read, and the proof?

READ_AS = {"words": "words", "characters": "characters", "symbols": "symbols", "numbers": "rows"}


def title_of(asked: Corpus) -> str:
    """The name of a corpus, of an opened file its own."""
    document = text_files.kept(asked.opened) if asked.texts == OPENED else None
    return document.name if document else TEXTS[asked.texts]


def what_was_scanned(asked: Corpus, found: Scanned, model: SequenceModel) -> str:
    """The scan's name: the model, the corpus, how much of it was read, and the proof."""
    return f"{found.scan.origin.model} · {title_of(asked)} · {how_much(found, model)}"


def how_much(found: Scanned, model: SequenceModel) -> str:
    scan, tokens = found.scan, READ_AS[model.reads]
    several = "text" if found.texts.of == 1 else "texts"
    read = f"{scan.texts:,}" if scan.texts == found.texts.of else f"{scan.texts:,} of {found.texts.of:,}"
    proof = checked(scan.max_error, scan.proof)
    return f"{read} {several} · {scan.steps:,} {tokens} · {proof}"


def how_it_reads(asked: Corpus, found: Scanned, model: SequenceModel) -> str:
    """What the page's limit means for this scan."""
    most, tokens = most_tokens(asked, model), READ_AS[model.reads]
    pieces = "Each text is a piece of at most 1,000 characters, read from an empty memory."
    if found.scan.texts == found.texts.of:
        return f"This is all of it. {pieces}"
    less = "" if most == asked.size else f", because this LSTM is large, only {most:,}"
    return (
        f"A scan on this page reads at most {limits.SCANNED:,} {tokens}; this one at most {asked.size:,}{less}: "
        f"an even sample. {pieces}"
    )


def side_named(place: UnitPlace) -> str:
    return f"layer {place.layer}" + (", from the right" if place.direction else "")
