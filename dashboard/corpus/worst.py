"""Which texts of a corpus does the model predict worst, and at which tokens?"""

import numpy as np

from gatescope.corpus.model import model_to_scan
from gatescope.corpus.read_again import Again, Passage, bytes_of, passage, read_again
from gatescope.corpus.scanned import Scanned, name_of_scan
from gatescope.corpus.view import Corpus
from gatescope.store.budgets import Budget
from gatescope.store.remembered import remembered
from lstm_core import SequenceModel
from lstm_core.arrays import as_numpy
from lstm_core.scanning.losses import OTHER, predicts_tokens

SHOWN = 8
"""The most texts that are shown."""
SHORT = 20
"""Shorter texts are left out: a few tokens say little."""


@remembered(Budget.WORST, key=name_of_scan, bytes_of=bytes_of, is_heavy=lambda *_: True)
def worst(asked: Corpus, found: Scanned) -> list[Passage]:
    """The texts with the largest loss, the worst first, each around the token that the model expected least.

    A token's number is its loss in bits; a forecast's is 0. No text for a model that predicts nothing.
    """
    losses = found.scan.losses()
    losses = losses[losses["steps"] >= min(SHORT, losses["steps"].max() if len(losses) else 0)].head(SHOWN)
    if losses.empty:
        return []
    model = model_to_scan(asked.source)
    ends = {int(text): found.texts.steps[int(text)] for text in losses["text"]}
    again = read_again(model, found.texts, ends)
    shown = []
    for text, loss in zip(losses["text"], losses["loss"], strict=True):
        bits = _bits(model, again, int(text))
        at = int(np.argmax(bits))
        shown.append(passage(again, int(text), at, at, bits, float(loss)))
    return shown


def _bits(model: SequenceModel, again: Again, text: int) -> np.ndarray:
    """(step,): the loss of each token, given all before it; 0 where there is none."""
    row = again.row[text]
    tokens = again.tokens[row]
    bits = np.zeros(len(tokens))
    if not predicts_tokens(model):
        return bits
    number = {label: place for place, label in enumerate(model.labels)}
    targets = [number.get(token, number.get(OTHER, -1)) for token in tokens[1:]]
    scores = model.scores(again.trace)[: len(tokens) - 1, row]
    logs = as_numpy(scores.double().log_softmax(-1))
    lost = [-logs[step, target] / np.log(2) if target >= 0 else 0.0 for step, target in enumerate(targets)]
    bits[1:] = lost
    return bits
