"""What a scan must say, worked out step by step from the values that were recorded; and models and texts to scan."""

import math

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import strategies as st
from torch import nn

import lstm_core
from lstm_core.models.embeddings import Vocabulary
from lstm_core.scanning import windows

TOKENS = ["a", "b", "c"]


def model_of(seed, units=3, layers=1, bidirectional=False, proj=0, predicts=False):
    """A model of the characters a, b and c; the last unit of each layer has no weights: all of its values are equal."""
    draw = torch.Generator().manual_seed(seed)
    lstm = nn.LSTM(2, units, layers, bidirectional=bidirectional, proj_size=proj)
    with torch.no_grad():
        for name, weight in lstm.named_parameters():
            weight.copy_(torch.randn(weight.shape, generator=draw) * 2)
            if "hr" not in name:
                weight[units - 1 :: units] = 0.0
    labels = [*TOKENS, "other"] if predicts else ["yes", "no"]
    linear = nn.Linear((proj or units) * (1 + bidirectional), len(labels))
    for weight in linear.parameters():
        nn.init.normal_(weight, generator=draw)
    embedding = Vocabulary(TOKENS, 2, draw)
    parts = {"embedding": embedding, "lstm": lstm, "linear": linear}
    return lstm_core.SequenceModel("drawn", "Nothing.", labels, reads="characters", gives="classes", **parts).eval()


@st.composite
def corpora(draw):
    """A model, some texts of it, and how they are scanned."""
    layers, both = draw(st.sampled_from([1, 1, 2])), draw(st.booleans())
    model = model_of(
        draw(st.integers(0, 2**31)),
        draw(st.integers(2, 4)),
        layers,
        both,
        proj=draw(st.sampled_from([0, 0, 1])),
        predicts=draw(st.booleans()),
    )
    text = st.text("abcd", max_size=12)
    # Texts that are there twice have equal values.
    texts = draw(st.lists(st.one_of(text, st.sampled_from(["", "abab", "cca"])), min_size=1, max_size=9))
    return model, [*texts, "a"], draw(st.integers(1, 4)), draw(st.integers(1, 20))


def scanned(model, texts, lanes=64, steps=windows.STEPS, **options):
    """A scan whose parts have so many steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "STEPS", steps)
        return lstm_core.scan(model, texts, batch_size=lanes, **options)


def scanned_whole(model, texts, lanes=64, steps=windows.STEPS, **options):
    """A scan, and of each text all that was stored of it, by letter: (layer, direction, time, unit)."""
    scan = scanned(model, texts, lanes, steps, quantities="ifgoch", **options)
    return scan, stored(scan)


def stored(scan):
    """Of each text what a scan stored, by letter: (layer, direction, time, unit)."""
    sides = list(np.ndindex(scan.sizes.layers, scan.sizes.directions))
    return [
        {
            letter: np.stack([scan.states(number, 0, None, letter, *side).T for side in sides]).reshape(
                scan.sizes.layers, scan.sizes.directions, length, -1
            )
            for letter in scan.quantities
        }
        if length
        else {}
        for number, length in enumerate(scan.lengths.tolist())
    ]


def same(a, b):
    """Two scans are equal to the bit."""
    assert (a.origin, a.quantities, a.max_error, a.proof) == (b.origin, b.quantities, b.max_error, b.proof)
    assert [a.tokens_of(text) for text in range(a.texts)] == [b.tokens_of(text) for text in range(b.texts)]
    pd.testing.assert_frame_equal(a.units, b.units, check_exact=True)
    np.testing.assert_array_equal(a.step_losses(), b.step_losses())
    np.testing.assert_array_equal(a.sample(), b.sample())
    for ours, theirs in zip(stored(a), stored(b), strict=True):
        for letter, values in ours.items():
            np.testing.assert_array_equal(values, theirs[letter], err_msg=letter)


def steps_of(found, quantity, layer, direction):
    """(text, time, values (unit,)) of each step that counts, in order."""
    return [
        (number, time, text[quantity][layer, direction, time])
        for number, text in enumerate(found)
        if text
        for time in range(text["c"].shape[2])
        if np.isfinite(text["c"][layer, direction, time]).all() and np.isfinite(text["h"][layer, direction, time]).all()
    ]


def described(found, quantity, layer, direction, unit):
    """Count, mean, standard deviation, smallest and largest value."""
    values = np.array([float(row[unit]) for _, _, row in steps_of(found, quantity, layer, direction)])
    return len(values), values.mean(), values.std(), values.min(), values.max()


def shares(found, gate, layer, direction, unit):
    values = [float(row[unit]) for _, _, row in steps_of(found, gate, layer, direction)]
    return np.mean([value < 0.1 for value in values]), np.mean([value > 0.9 for value in values])


def leak(found, layer, direction, unit):
    logs = [math.log(row[unit]) for _, _, row in steps_of(found, "f", layer, direction)]
    return math.log(2) / abs(np.mean(logs)) if np.mean(logs) else math.inf


def best(found, quantity, layer, direction, unit, sign):
    """(text, time, value), the largest of sign · value first."""
    rows = [(number, time, row[unit]) for number, time, row in steps_of(found, quantity, layer, direction)]
    return sorted(rows, key=lambda row: (-sign * row[2], row[0], row[1]))


def responses(found, texts, quantity, layer, direction, unit):
    """For each token: how often it was read, the mean value after it and the mean change over it."""
    gathered = {}
    for number, time, row in steps_of(found, quantity, layer, direction):
        earlier = time - 1 if direction == 0 else time + 1
        states = found[number][quantity][layer, direction]
        before = states[earlier][unit] if 0 <= earlier < len(states) else 0.0
        gathered.setdefault(texts[number][time], []).append((float(row[unit]), float(row[unit]) - float(before)))
    return {token: (len(rows), *np.mean(rows, axis=0)) for token, rows in gathered.items()}


def lost(model, text):
    """The mean of -log2 p of each character of a text but the first; None if there is none."""
    x = model.vectors(model.tokens(text)) if text else None
    if x is None or len(text) < 2:
        return None
    with torch.no_grad():
        p = model(x)[:, 0].softmax(-1)
    rows = [model.labels.index(token if token in model.labels else "other") for token in text[1:]]
    return np.mean([-math.log2(p[step, row]) for step, row in enumerate(rows)])


def lstmvis(found, quantity, layer, direction, units, threshold, sign, length, limit):
    """LSTMVis's rule, from its description: (text, first, last, shared, union) of the best runs, the best first."""
    hits = []
    for number, text in enumerate(found):
        if not text:
            continue
        values = text[quantity][layer, direction].astype(np.float64)
        on = sign * (np.tanh(values) if quantity == "c" else values) >= threshold
        counts = [sum(bool(on[time, unit]) for unit in units) for time in range(len(on))]
        time = 0
        while time < len(counts):
            end = time
            while end + 1 < len(counts) and counts[end + 1] == counts[time]:
                end += 1
            if counts[time] > 0 and end - time + 1 >= length:
                through = {unit for unit in range(on.shape[1]) if on[time : end + 1, unit].all()}
                hits.append((number, time, end, len(through & set(units)), len(through | set(units))))
            time = end + 1
    hits.sort(key=lambda hit: (-hit[3], hit[4], -(hit[2] - hit[1]), hit[0], hit[1]))
    return hits[:limit]
