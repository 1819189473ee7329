"""A scan of a model with a hand-written cell says of each unit what the cell kept by hand."""

import numpy as np
import pytest
import torch
from hand_written import ConvLstm, Coupled, Loop, MinGru, Peephole, Slstm, Stacked
from scan_by_hand import same
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.scanning.pattern import Pattern

LENGTHS = (2, 9, 0, 5, 1, 5, 14)


class BatchFirst(nn.Module):
    """A model that reads numbers of tokens, (batch, time)."""

    def __init__(self):
        super().__init__()
        self.embedding, self.loop = nn.Embedding(30, 3), Loop(Peephole(3, 4), 4)
        self.cell = self.loop.cell

    def forward(self, ids):
        return self.loop(self.embedding(ids).transpose(0, 1)).transpose(0, 1)


MODELS = {
    "peephole": (lambda: Loop(Peephole(3, 4), 4), (3,)),
    "coupled": (lambda: Loop(Coupled(3, 4), 4), (3,)),
    "sLSTM": (lambda: Loop(Slstm(3, 4), 4, states=4), (3,)),
    "minGRU": (lambda: Loop(MinGru(3, 4), 4, states=1), (3,)),
    "ConvLSTM": (lambda: Loop(ConvLstm(2, 3), 3, 2, 3), (2, 2, 3)),
    "tokens, the batch first": (BatchFirst, ()),
}


def texts_of(shape):
    draw = np.random.default_rng(1)
    if not shape:
        return [draw.integers(0, 30, length) for length in LENGTHS]
    return [draw.standard_normal((length, *shape)).astype(np.float32) for length in LENGTHS]


def by_hand(model, text):
    """What the cell kept in one text, each (time, unit)."""
    model.cell.kept.clear()
    x = torch.from_numpy(text)
    with torch.no_grad():
        model(x[None] if isinstance(model, BatchFirst) else x[:, None])
    return {q: torch.cat([step[q] for step in model.cell.kept]).flatten(1).numpy() for q in ("i", "f", "c")}


@pytest.fixture(params=MODELS)
def scanned(request):
    make, shape = MODELS[request.param]
    model, texts = make(), texts_of(shape)
    return model, texts, [by_hand(model, text) for text in texts if len(text)], lstm_core.scan(model, texts, top=3)


def test_units_are_described_as_by_hand(scanned):
    _, _, each, scan = scanned
    found = {q: np.concatenate([text[q] for text in each]) for q in "ifc"}
    assert (scan.texts, scan.steps, scan.max_error < 1e-6) == (len(LENGTHS), sum(LENGTHS), True)
    assert len(scan.units) == found["c"].shape[1]
    for row in scan.units.itertuples():
        c, f = found["c"][:, row.unit], found["f"][:, row.unit]
        said = (row.count, row.c_mean, row.c_std, row.c_min, row.c_max)
        np.testing.assert_allclose(said, (len(c), c.mean(), c.std(), c.min(), c.max()), rtol=1e-4, atol=1e-5)
        assert row.f_left == np.mean(f < 0.1)
        assert row.i_right == np.mean(found["i"][:, row.unit] > 0.9)
        assert row.leak == pytest.approx(np.log(2) / abs(np.log(f.astype(float)).mean()), rel=1e-4)
    np.testing.assert_allclose(scan.correlations(), np.corrcoef(found["c"].T), atol=1e-4)


def test_a_file_gives_it_back(scanned, tmp_path):
    _, _, each, scan = scanned
    scan.save(tmp_path / "scan")
    loaded = lstm_core.load_scan(tmp_path / "scan")
    same(loaded, scan)
    for trace, kept in zip(loaded.traces(), each, strict=True):
        np.testing.assert_allclose(trace.c[0, 0, :, 0], kept["c"], atol=1e-6)
    units = (0, 2)
    hits = loaded.search(Pattern(units, "c", 0.05, 0, 0, 1), length=1)
    full = [n for n, length in enumerate(LENGTHS) if length]
    for hit in hits.itertuples():
        on = np.tanh(each[full.index(hit.text)]["c"][hit.first : hit.last + 1][:, units]) >= 0.05
        assert on.all(0).sum() == hit.shared
    with pytest.raises(LstmCoreError, match="quantity 'c', got 'o'"):
        loaded.search(Pattern(units, "o", 0.05, 0, 0, 1))


def test_several_memories_are_layers():
    model, texts = Stacked(3, 4, by_step=True), texts_of((3,))
    scan = lstm_core.scan(model, texts)
    for layer in model.layers:
        layer.kept.clear()
    with torch.no_grad():
        for text in texts:
            model(torch.from_numpy(text)[:, None]) if len(text) else None
    for number, layer in enumerate(model.layers):
        c = torch.cat([step["c"] for step in layer.kept])
        np.testing.assert_allclose(scan.units[scan.units.layer == number].c_mean, c.mean(0), atol=1e-6)


def test_a_gate_below_0_keeps_by_its_size():
    class Turning(nn.Module):
        def __init__(self):
            super().__init__()
            self.of, self.kept = nn.Linear(3, 8), []

        def forward(self, x):
            c = torch.zeros(x.shape[1], 4)
            for row in x:
                f, g = self.of(row).chunk(2, -1)
                c = f.tanh() * c + g.sigmoid() * g
                self.kept.append(f.tanh())
            return c

    model, texts = Turning(), texts_of((3,))
    scan = lstm_core.scan(model, texts)
    with torch.no_grad():
        f = model.of(torch.from_numpy(np.concatenate(texts))).chunk(2, -1)[0].tanh().double()
    np.testing.assert_allclose(scan.units.leak, np.log(2) / f.abs().log().mean(0).abs(), rtol=1e-4)


def test_what_cannot_be_read_is_refused_in_a_sentence():
    model = Loop(Peephole(3, 4), 4)
    with pytest.raises(LstmCoreError, match=r"arrays \(time, \*feature\).* got str as text 0"):
        lstm_core.scan(model, ["a text"])
    with pytest.raises(LstmCoreError, match="a text of at least 3 steps, in which the memory of Loop can be found"):
        lstm_core.scan(model, [np.zeros((2, 3), np.float32)])
    with pytest.raises(LstmCoreError, match=r"numbers like those of the first text.* as text 1, got float32 of shape"):
        lstm_core.scan(model, [np.zeros((5, 3), np.float32), np.zeros((5, 2), np.float32)])
    # What a model says that can't read a text is said as well.
    with pytest.raises(LstmCoreError, match=r"that Loop reads.* shape \(5, 2\), of which it says: .*be multiplied"):
        lstm_core.scan(model, [np.zeros((5, 2), np.float32)])
    with pytest.raises(LstmCoreError, match=r"shape \(9, 4\), of which it says: Tensors must have"):
        lstm_core.scan(Loop(ConvLstm(2, 3), 3, 4, 4), [np.zeros((9, 4), np.float32)])
