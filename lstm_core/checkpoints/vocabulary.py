"""Which token does each row of an embedding stand for?"""

import re
from typing import Any

from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.outside import read_json

# What programs call the vocabulary that they save beside the weights.
_NAMED = re.compile(
    r"vocab|stoi|itos|^(words|chars|characters|tokens)$|(tok|token|word|char)s?(2|_to_)(id|ix|idx|index|int)"
    r"|(id|ix|idx|index|int)(2|_to_)(tok|token|word|char)",
    re.IGNORECASE,
)
MOST_TOKENS = 1_000_000
# The longest text of a vocabulary.
MOST_CHARACTERS = 32 * 2**20


def read_vocabulary(text: str) -> list[str]:
    """The tokens of a vocabulary in the order of their rows.

    `text`: a JSON list of tokens, JSON {token: row} or {row: token}, or one token a line. A row without a token is
    named by its number, as in "<0>". Raises LstmCoreError for an empty or too long vocabulary, and for a token or row
    that comes twice.

    >>> read_vocabulary('{"the": 1, "cat": 2}')
    ['<0>', 'the', 'cat']
    """
    if len(text) > MOST_CHARACTERS:
        raise LstmCoreError(f"Expected a vocabulary of at most {MOST_CHARACTERS:,} characters, got {len(text):,}.")
    # Tokens are counted before any is made: eight megabytes can be three million objects.
    about = max(text.count("\n"), text.count(",") // 2)
    if about > MOST_TOKENS:
        raise LstmCoreError(f"Expected at most {MOST_TOKENS:,} tokens, got {about:,} or more.")
    text = text.removeprefix("\ufeff")
    tokens = _from_json(text) if text.lstrip()[:1] in ("[", "{") else None
    if tokens is None:
        tokens = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    _check(tokens)
    return tokens


def vocabulary_called(name: str, item: dict[Any, Any] | list[Any] | tuple[Any, ...]) -> tuple[str, ...]:
    """The tokens of a vocabulary that stands beside the weights under a name such as "vocab" or "stoi": {token: row},
    {row: token} or a list of tokens. Empty if it is none.

    >>> vocabulary_called("vocab", {"the": 0, "cat": 1}), vocabulary_called("epochs", {"the": 0, "cat": 1})
    (('the', 'cat'), ())
    """
    is_other = isinstance(item, dict) and not all(isinstance(key, str | int) for key in item)
    if is_other or not _NAMED.search(name) or len(item) > MOST_TOKENS:
        return ()
    try:
        # The keys as JSON writes them.
        tokens = _by_row({str(key): row for key, row in item.items()}) if isinstance(item, dict) else list(item)
        _check(tokens)
    except LstmCoreError:
        return ()
    return tuple(tokens)


def read_labels(text: str) -> list[str]:
    """The names of classes, in order: written as a vocabulary, or on one line, separated by commas.

    Raises LstmCoreError as `read_vocabulary` does.

    >>> read_labels("NOUN, VERB, ADP")
    ['NOUN', 'VERB', 'ADP']
    """
    line = text.strip()
    if "\n" in line or "," not in line or line[:1] in ("[", "{"):
        return read_vocabulary(line)
    labels = [label.strip() for label in line.split(",")]
    _check(labels)
    return labels


def _from_json(text: str) -> list[str] | None:
    """The tokens in a JSON list or object; None if the text is lines and the first begins with a bracket."""
    try:
        value = read_json(text)
    except LstmCoreError as error:
        if text.lstrip()[:1] == "[" and text.strip().partition("\n")[0].strip() in ("[", "[PAD]", "[UNK]", "[CLS]"):
            return None
        why = str(error.__cause__ or error)
        raise LstmCoreError(f"Expected a JSON list or object of tokens, got JSON that is broken: {why}") from error
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return _by_row(value)
    raise LstmCoreError(f"Expected a JSON list or object of tokens, got {type(value).__name__}.")


def _by_row(value: dict[str, Any]) -> list[str]:
    if value and all(isinstance(token, str) for token in value.values()) and all(row.isdecimal() for row in value):
        pairs = [(int(row) if len(row) < 10 else row, token) for row, token in value.items()]
    else:
        pairs = [(row, token) for token, row in value.items()]
    rows: dict[int, str] = {}
    for row, token in pairs:
        if not isinstance(row, int) or isinstance(row, bool) or not 0 <= row < MOST_TOKENS:
            raise LstmCoreError(
                f"Expected a row from 0 to {MOST_TOKENS - 1:,} for each token, got {shortened(row)} for "
                f"{shortened(token)}."
            )
        if row in rows:
            raise LstmCoreError(
                f"Expected one token a row, got {shortened(rows[row])} and {shortened(token)} in {row}."
            )
        rows[row] = token
    return [rows.get(row, f"<{row}>") for row in range(max(rows, default=-1) + 1)]


def _check(tokens: list[Any]) -> None:
    if not tokens or tokens == [""]:
        raise LstmCoreError("Expected a vocabulary, got no token. Give one token a line, or a JSON list.")
    if len(tokens) > MOST_TOKENS:
        raise LstmCoreError(f"Expected at most {MOST_TOKENS:,} tokens, got {len(tokens):,}.")
    place: dict[str, int] = {}
    for row, token in enumerate(tokens):
        if not isinstance(token, str) or not token:
            got = "an empty one" if token == "" else shortened(token)
            raise LstmCoreError(f"Expected text for each token, got {got} in row {row} (the first is row 0).")
        if token in place:
            raise LstmCoreError(f"Expected each token once, got {shortened(token)} in rows {place[token]} and {row}.")
        place[token] = row
