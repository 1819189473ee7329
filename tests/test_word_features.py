"""Words as sums of hashed features: the same on any machine, and the average it says it is."""

import os
import subprocess
import sys
import zlib

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_core.models import embeddings
from lstm_core.models.embeddings import WordFeatures, features

WORDS = st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=6)


def made(buckets=50, size=4):
    return WordFeatures(buckets, size, torch.Generator().manual_seed(3))


def test_a_feature_takes_the_vector_that_its_crc_names():
    embedding = made(buckets=10_000)
    expected = {1 + zlib.crc32(feature.encode()) % 10_000 for feature in features("Up")}
    assert set(embedding.read(["Up"])[0].tolist()) == expected


@given(words=WORDS)
def test_a_word_is_the_sum_of_its_features_over_the_root_of_their_number(words):
    embedding = made()
    vectors = embedding(words)[:, 0]
    table = embedding.vectors.weight.double()
    for word, vector in zip(words, vectors, strict=True):
        own = sorted({1 + zlib.crc32(feature.encode()) % 50 for feature in features(word)})
        expected = sum(table[index] for index in own) / len(own) ** 0.5
        torch.testing.assert_close(vector.double(), expected, atol=1e-6, rtol=1e-5)


@given(words=WORDS)
def test_a_word_has_the_same_vector_whoever_stands_beside_it(words):
    embedding = made()
    together = embedding(words)
    alone = torch.cat([embedding([word]) for word in words])
    torch.testing.assert_close(together, alone, atol=1e-6, rtol=1e-5)


@pytest.mark.slow
def test_numbers_do_not_hang_on_the_process():
    room = "lstm_core.models.embeddings"
    code = f"from {room} import WordFeatures; print(WordFeatures(1000, 2).read(['Giraffes']).tolist())"
    ran = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": s},
        )
        for s in ("1", "2")
    ]
    assert ran[0].stdout == ran[1].stdout == f"{WordFeatures(1000, 2).read(['Giraffes']).tolist()}\n"


def test_no_words_make_no_steps():
    assert made()([]).shape == (0, 1, 4)


def test_a_very_long_word_has_few_features():
    assert len(features("a" * 10_000)) < 60


def test_a_word_as_long_as_a_text_is_read_and_not_kept():
    embedding = WordFeatures(buckets=1_000, size=3)
    embeddings._kept.cache_clear()
    long = embedding.read(["x" * 100_000, "word"])
    assert embeddings._kept.cache_info().currsize == 1
    assert long[0].tolist() != embedding.read(["x" * 99_999, "word"])[0].tolist()
