"""What does PyTorch compute of a few texts, so that a page can show that it computes the same?"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from gatescope.offline.carried import Proved, proved
from gatescope.question.view import Source, View
from gatescope.reading.held import read_view

TEXTS = 3


def proofs(source: Source, texts: Iterable[str]) -> list[Proved]:
    """c and h of the first of these texts, with the source's model."""
    found = []
    for text in islice(texts, TEXTS):
        view = View(replace(source, sentence=text))
        held = read_view(view)
        found.append(proved(held, held.trace, view))
    return [proof for proof in found if proof]
