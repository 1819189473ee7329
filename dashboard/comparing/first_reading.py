"""What does the page open on, where nobody has asked for a text? On a change of a word that a person would write."""

from collections.abc import Iterator
from dataclasses import replace

from gatescope.comparing.candidates import of_one_kind
from gatescope.comparing.rivals import rivals
from gatescope.question.view import SIZES, Source
from gatescope.reading.example_texts import examples
from gatescope.reading.read import read
from gatescope.reading.trained_sizes import trained_sizes


def first_reading(source: Source) -> Source:
    """The source, or the first larger size or example text of its model in which another word of the same kind turns a
    later answer; the source itself, if there is none."""
    reading = read(source)
    if reading.model is None or reading.model.reads != "words" or source.file:
        return source
    return next(filter(turns_by_a_word_of_one_kind, _tried(source)), source)


def turns_by_a_word_of_one_kind(source: Source) -> bool:
    """Whether the first rival of a text has a word of the same kind: rivals with such a word come first."""
    reading = read(source)
    return any(of_one_kind(reading.tokens[one.step], one.token) for one in rivals(source, reading).found[:1])


def _tried(source: Source) -> Iterator[Source]:
    yield source
    if source.model == SIZES:
        for units in trained_sizes()["hidden_dim"]:
            if units > source.hidden_dim:
                yield replace(source, hidden_dim=units)
    model = read(source).model
    for text in examples(model, "words").values():
        yield replace(source, sentence=text)
