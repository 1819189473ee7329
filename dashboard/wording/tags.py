"""What does a person call the tags of Universal Dependencies?"""

from collections.abc import Iterable

TAGS = {
    "ADJ": "an adjective",
    "ADP": "a preposition",
    "ADV": "an adverb",
    "AUX": "an auxiliary verb",
    "CCONJ": "a conjunction",
    "DET": "a determiner",
    "INTJ": "an interjection",
    "NOUN": "a noun",
    "NUM": "a number word",
    "PART": "a particle",
    "PRON": "a pronoun",
    "PROPN": "a name",
    "PUNCT": "a punctuation mark",
    "SCONJ": "a subordinating conjunction",
    "SYM": "a symbol",
    "VERB": "a verb",
    "X": "something else",
}


def means(labels: Iterable[str]) -> dict[str, str]:
    """What those of a model's labels mean that are such tags: “VERB” says it itself, and a single letter may be any
    model's symbol.

    >>> means(["ADP", "VERB", "X", "end"])
    {'ADP': 'a preposition'}
    """
    told = {label: TAGS[label] for label in labels if label in TAGS and len(label) > 1}
    return {label: meaning for label, meaning in told.items() if not meaning.endswith(f" {label.lower()}")}
