"""Words as sums of hashed features: the same on any machine, and the average it says it is."""

import zlib

import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_core.models.embeddings import WordFeatures, features

WORDS = st.lists(st.text(min_size=1, max_size=40), max_size=6)


def made(buckets=50, size=4):
    return WordFeatures(buckets, size, torch.Generator().manual_seed(3))


@given(words=WORDS)
def test_a_word_is_the_sum_of_its_features_over_the_root_of_their_number(words):
    embedding = made()
    vectors = embedding(words)[:, 0]
    assert vectors.shape == (len(words), 4)
    table = embedding.vectors.weight.double()
    for word, vector in zip(words, vectors, strict=True):
        own = sorted({1 + zlib.crc32(feature.encode()) % 50 for feature in features(word)})
        expected = sum(table[index] for index in own) / len(own) ** 0.5
        torch.testing.assert_close(vector.double(), expected, atol=1e-6, rtol=1e-5)


def test_a_very_long_word_has_few_features():
    assert len(features("a" * 10_000)) < 60
