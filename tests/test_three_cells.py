"""An LSTM, a GRU and a plain RNN beside each other: the same sentence, and the task `copy`."""

import pytest
import torch
from torch import nn

import lstm_core
from dashboard import sentences
from lstm_core import LstmCoreError
from lstm_core.models.three_cells import three_cells
from lstm_core.training import cells

WORDS = ["Giraffes", "in", "a", "field"]


@pytest.mark.parametrize(("kind", "module", "blocks"), [("lstm", nn.LSTM, 4), ("gru", nn.GRU, 3), ("rnn", nn.RNN, 1)])
def test_each_is_the_module_that_the_seed_makes(kind, module, blocks):
    with torch.random.fork_rng():
        torch.manual_seed(5)
        expected = module(6, 3)
    x = lstm_core.token_vectors(WORDS, 6, 5)
    read = three_cells(WORDS, input_size=6, hidden_size=3, seed=5)
    trace = getattr(read, kind)
    with torch.no_grad():
        assert torch.equal(trace.h[0, 0], expected(x)[0])
    assert torch.equal(trace.x, x)
    assert trace.tokens == [WORDS]
    assert read.parameters[["lstm", "gru", "rnn"].index(kind)] == blocks * 3 * (6 + 3 + 2)


def test_what_differs_is_said_with_the_numbers_of_the_run():
    read = three_cells(WORDS)
    said = sentences.what_differs(read)
    for number in (108, 81, 27, f"{read.lstm.f.mean().item():.0%}", f"{read.gru.z.mean().item():.0%}"):
        assert str(number) in said


def test_nothing_to_read_is_refused():
    with pytest.raises(LstmCoreError, match="at least one token"):
        three_cells([])


@pytest.mark.parametrize("cell", cells.CELLS)
def test_copy_can_be_learned_by_each_with_the_same_examples(cell):
    task = cells.CopyWith(longest_gap=3, cell=cells.CELLS[cell])
    [first] = lstm_core.training.epochs(task, epochs=1, seed=1)
    assert type(first.model.lstm) is cells.CELLS[cell]
    with lstm_core.record(first.model) as recording, torch.no_grad():
        first.model(first.model.vectors(first.model.tokens("a..?")))
    assert recording.names == ["lstm"]
    assert recording.only.h.shape == (1, 1, 4, 1, 4)


def test_the_embedding_and_the_linear_are_alike_for_all_three():
    models = [
        cells.CopyWith(cell=make).model(cells.Copy.sizes, torch.Generator().manual_seed(3))
        for make in cells.CELLS.values()
    ]
    for other in models[1:]:
        assert torch.equal(other.linear.weight, models[0].linear.weight)
        assert torch.equal(other.embedding.vectors.weight, models[0].embedding.vectors.weight)


def test_the_table_has_a_row_a_cell():
    rows = list(cells.rows(cells.learned(cell, range(1), epochs=1) for cell in cells.CELLS))
    assert [row.split(" | ")[:3] for row in rows[2:]] == [
        ["| 1", "lstm", "160"],
        ["| 1", "gru", "120"],
        ["| 1", "rnn", "40"],
    ]
