"""An LSTM, a GRU and a plain RNN beside each other: the same sentence, and the task `copy`."""

import pytest
import torch

import lstm_core
from lstm_core.models.shipped import card
from lstm_core.training import copying
from studies import cells_learn_copy


@pytest.mark.parametrize("cell", copying.CELLS)
def test_copy_can_be_learned_by_each_with_the_same_examples(cell):
    task = copying.Copy(longest_gap=3, cell=copying.CELLS[cell])
    [first] = lstm_core.training.epochs(task, epochs=1, seed=1)
    assert type(first.model.lstm) is copying.CELLS[cell]
    with lstm_core.record(first.model) as recording, torch.no_grad():
        first.model(first.model.vectors(first.model.tokens("a..?")))
    assert recording.names == ["lstm"]
    assert recording.only.h.shape == (1, 1, 4, 1, 4)


def test_the_embedding_and_the_linear_are_alike_for_all_three():
    models = [
        copying.Copy(cell=make).model(copying.Copy.sizes, torch.Generator().manual_seed(3))
        for make in copying.CELLS.values()
    ]
    for other in models[1:]:
        assert torch.equal(other.linear.weight, models[0].linear.weight)
        assert torch.equal(other.embedding.vectors.weight, models[0].embedding.vectors.weight)


@pytest.fixture(scope="module")
def a_little():
    return [cells_learn_copy.learned(cell, range(2), 1, units) for cell, units in copying.KINDS]


def test_the_table_has_a_row_a_cell(a_little):
    assert [cells_learn_copy.row(one).split(" | ")[:4] for one in a_little] == [
        ["| 1", "lstm", "4", "160"],
        ["| 1", "gru", "4", "120"],
        ["| 1", "rnn", "4", "40"],
        ["| 1", "rnn", "10", "160"],
    ]
    assert {line.count("|") for line in (*cells_learn_copy.HEAD, *map(cells_learn_copy.row, a_little))} == {9}


def test_what_is_saved_comes_back_bit_for_bit(a_little, tmp_path, monkeypatch):
    monkeypatch.setattr(copying, "FILE", tmp_path / "cells.safetensors")
    cells_learn_copy.save(a_little, copying.FILE)
    copying.shipped.cache_clear()
    try:
        back = copying.shipped()
    finally:
        copying.shipped.cache_clear()
    for one, other in zip(a_little, back, strict=True):
        assert (one.cell, one.units, one.epochs) == (other.cell, other.units, other.epochs)
        for model, again in zip(one.models, other.models, strict=True):
            assert type(again.lstm) is copying.CELLS[one.cell]
            weights, weights_again = model.state_dict(), again.state_dict()
            assert weights.keys() == weights_again.keys()
            assert all(torch.equal(weights[name], weights_again[name]) for name in weights)


def test_the_gates_learn_copy_sooner_and_the_plain_rnn_with_more_units_and_epochs():
    """As the lesson says in words."""
    always = {(one.epochs, one.cell, one.units): one.always_right(100) for one in copying.shipped()}
    for rnn in (("rnn", 4), ("rnn", 10)):
        assert always[10, *rnn] < min(always[10, "lstm", 4], always[10, "gru", 4])
    assert always[50, "rnn", 4] < 10
    assert always[50, "lstm", 4] == always[50, "gru", 4] == always[50, "rnn", 10] == 10


def test_what_the_page_lesson_says_of_them_is_what_the_shipped_models_do():
    assert copying.MEASURED.read_text(encoding="utf-8") == cells_learn_copy.by_gap(copying.shipped())


def test_the_card_of_copy_says_what_the_committed_models_do():
    text = card("copy")
    for line in (*cells_learn_copy.HEAD, *map(cells_learn_copy.row, copying.shipped())):
        assert line in text.splitlines()
    assert f"{copying.FILE.stat().st_size:,} bytes" in text
