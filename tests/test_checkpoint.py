"""What was saved comes back: every LSTM of a file of weights, with the numbers it had."""

import io
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save
from torch import nn
from torch.nn.utils import prune
from weight_files import saved

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.checkpoints.weights_file import not_finite


def flat(state):
    return save({name: tensor.clone() for name, tensor in state.items()})


FORMATS = {"zip": saved, "old": lambda state: saved(state, new=False), "safetensors": flat}


@st.composite
def recurrent(draw):
    kind = draw(st.sampled_from([nn.LSTM, nn.GRU, nn.RNN]), label="kind")
    hidden = draw(st.integers(1, 6), label="hidden_size")
    dtype = draw(st.sampled_from([torch.float32, torch.float64, torch.bfloat16, torch.float16]), label="dtype")
    can_project = kind is nn.LSTM and hidden > 1 and dtype in (torch.float32, torch.float64)
    size = draw(st.integers(0, hidden - 1), label="proj_size") if can_project else 0
    torch.manual_seed(draw(st.integers(0, 999), label="seed"))
    return kind(
        draw(st.integers(1, 5), label="input_size"),
        hidden,
        draw(st.sampled_from([1, 2, 3, 11]), label="num_layers"),
        bias=draw(st.booleans(), label="bias"),
        bidirectional=draw(st.booleans(), label="bidirectional"),
        dtype=dtype,
        **{"proj_size": size} if size else {},
    ).eval()


@settings(max_examples=60)
@given(module=recurrent(), prefix=st.sampled_from(["", "module.", "_orig_mod.", "module._orig_mod."]))
@pytest.mark.parametrize("form", FORMATS)
def test_an_lstm_gru_or_rnn_comes_back_with_its_kind_sizes_and_numbers(form, module, prefix):
    state = {f"{prefix}encoder.rnn.{name}": weight for name, weight in module.state_dict().items()}
    checkpoint = lstm_core.load_checkpoint(FORMATS[form](state))
    assert list(checkpoint.recurrent) == ["encoder.rnn"]
    assert list(checkpoint.lstms) == ["encoder.rnn"] * isinstance(module, nn.LSTM)
    assert any("tanh is assumed" in note for note in checkpoint.notes) == isinstance(module, nn.RNN)
    assert_the_same(checkpoint.recurrent["encoder.rnn"], module)


def assert_the_same(found, lstm):
    assert type(found) is type(lstm)
    sizes = ("input_size", "hidden_size", "num_layers", "bidirectional", "bias", "proj_size")
    assert {key: getattr(found, key) for key in sizes} == {key: getattr(lstm, key) for key in sizes}
    x = torch.randn(4, 2, lstm.input_size, generator=torch.Generator().manual_seed(0)).to(lstm.weight_ih_l0.dtype)
    with torch.no_grad():
        output, _ = lstm(x)
    trace = lstm_core.run(found, x)
    assert torch.equal(trace.h[-1].permute(1, 2, 0, 3).flatten(2), output)
    assert trace.max_error <= 20 * torch.finfo(lstm.weight_ih_l0.dtype).eps
    assert not found.training


@given(input_size=st.integers(1, 5), hidden=st.integers(1, 5), bias=st.booleans())
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", [nn.LSTMCell, nn.GRUCell, nn.RNNCell])
def test_a_cell_comes_back_as_a_cell(kind, form, input_size, hidden, bias):
    cell = kind(input_size, hidden, bias)
    state = {f"decoder.cell.{name}": weight for name, weight in cell.state_dict().items()}
    found = lstm_core.load_checkpoint(FORMATS[form](state)).recurrent["decoder.cell"]
    assert type(found) is kind
    x = torch.randn(2, input_size)
    with lstm_core.record(found) as recording, torch.no_grad():
        # Of an LSTM's h and c, the h.
        expected, got = (made[0] if kind is nn.LSTMCell else made for made in (cell(x), found(x)))
        assert torch.equal(got, expected)
    assert recording.only.max_error < 1e-6


class Translator(nn.Module):
    """Two LSTMs, a cell, a GRU, embeddings and Linear layers, one of them tied."""

    def __init__(self):
        super().__init__()
        self.source = nn.Embedding(20, 6)
        self.encoder = nn.ModuleDict({"lstm": nn.LSTM(6, 5, bidirectional=True), "norm": nn.LayerNorm(10)})
        self.gru = nn.GRU(10, 5)
        self.rnn = nn.RNN(10, 5)
        self.bridge = nn.Linear(10, 7, bias=False)
        self.target = nn.EmbeddingBag(30, 7)
        self.decoder = nn.ModuleDict({"cell": nn.LSTMCell(7, 7), "output": nn.Linear(7, 30)})
        self.decoder["output"].weight = self.target.weight


TRANSLATOR = {
    "lstms": ["encoder.lstm", "decoder.cell"],
    "embeddings": ["source", "target"],
    "linears": ["bridge", "decoder.output"],
}


def wrapped(model):
    optimiser = torch.optim.Adam(model.parameters())
    sum(weight.sum() for weight in model.parameters()).backward()
    optimiser.step()
    return optimiser.state_dict()


NESTED = {
    "bare": lambda model: model.state_dict(),
    "model_state": lambda model: {"epoch": 3, "model_state": model.state_dict(), "optimiser": wrapped(model)},
    "deep": lambda model: {"a": [{"b": (1, {"c": model.state_dict()})}]},
    "DataParallel": lambda model: {"state_dict": nn.DataParallel(model).state_dict(), "loss": [0.5, 0.25]},
    "a dict a module": lambda model: {
        name: {"cell": child["cell"].state_dict(), "output": child["output"].state_dict()}
        if name == "decoder"
        else child.state_dict()
        for name, child in model.named_children()
    },
}


@pytest.mark.parametrize("nest", NESTED)
def test_nested_dicts_prefixes_and_the_optimiser_are_looked_through(nest):
    model = Translator()
    checkpoint = lstm_core.load_checkpoint(saved(NESTED[nest](model)))
    for kind, names in TRANSLATOR.items():
        assert list(getattr(checkpoint, kind)) == names
        for name, module in getattr(checkpoint, kind).items():
            theirs = dict(model.named_modules())[name].state_dict()
            assert module.state_dict().keys() == theirs.keys()
            assert all(torch.equal(weight, theirs[key]) for key, weight in module.state_dict().items())


def test_two_copies_of_a_model_are_told_apart():
    state = {f"lstm.{name}": weight for name, weight in nn.LSTM(4, 3).state_dict().items()}
    copy = {name: weight.clone() for name, weight in state.items()}
    assert list(lstm_core.load_checkpoint(saved({"model": state, "ema": copy})).lstms) == ["model.lstm", "ema.lstm"]
    assert list(lstm_core.load_checkpoint(saved({"model": state, "again": state})).lstms) == ["lstm"]


def test_the_order_is_the_same_each_time():
    model = nn.ModuleDict({name: nn.Linear(3, 3) for name in "edcba"} | {"lstm": nn.LSTM(4, 3)})
    orders = {lstm_core.load_checkpoint(flat(model.state_dict())).order for _ in range(10)}
    assert orders == {("a", "b", "c", "d", "e", "lstm")}
    assert lstm_core.load_checkpoint(saved(model.state_dict())).order == (*"edcba", "lstm")


def test_an_lstm_alone_has_no_name():
    for content in (nn.LSTM(4, 3).state_dict(), {"model_state": nn.LSTM(4, 3).state_dict()}):
        assert list(lstm_core.load_checkpoint(saved(content)).lstms) == [""]
    assert list(lstm_core.load_checkpoint(saved(nn.DataParallel(nn.LSTM(4, 3)).state_dict())).lstms) == [""]


@pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")
@pytest.mark.parametrize(
    "computed",
    [
        lambda lstm: nn.utils.weight_norm(lstm, "weight_hh_l0"),
        lambda lstm: nn.utils.parametrizations.weight_norm(lstm, "weight_ih_l0"),
        lambda lstm: nn.utils.parametrizations.orthogonal(lstm, "weight_hh_l0"),
        lambda lstm: prune.l1_unstructured(lstm, "weight_hh_l0", 0.5),
    ],
)
def test_weights_that_a_module_computes_are_refused_with_what_stores_them(computed):
    lstm = computed(nn.LSTM(4, 3))
    for state in (lstm.state_dict(), nn.ModuleDict({"encoder": lstm}).state_dict()):
        with pytest.raises(LstmCoreError, match=r"plain weights, got .*remove_parametrizations .*prune\.remove"):
            lstm_core.load_checkpoint(saved(state))


@pytest.mark.parametrize("form", FORMATS)
def test_a_path_bytes_and_an_open_file_are_the_same(form, tmp_path):
    content = FORMATS[form]({"lstm." + name: weight for name, weight in nn.LSTM(4, 3).state_dict().items()})
    path = tmp_path / "called.txt"
    path.write_bytes(content)
    (tmp_path / "link.pt").symlink_to(path)
    file = io.BytesIO(content)
    file.seek(7)
    with path.open("rb") as stream:
        for source in (path, str(path), tmp_path / "link.pt", content, bytearray(content), file, stream):
            assert list(lstm_core.load_checkpoint(source).lstms) == ["lstm"]
    assert file.tell() == 7


def test_pairs_guess_by_size_name_and_place():
    pairs = lstm_core.load_checkpoint(saved(Translator().state_dict())).pairs()
    assert pairs["encoder.lstm"] == (["source"], ["bridge"])
    assert pairs["decoder.cell"] == (["target"], ["decoder.output"])


def test_of_several_that_fit_the_nearest_in_name_and_place_comes_first():
    class Twins(nn.Module):
        def __init__(self):
            super().__init__()
            for side in ("left", "right"):
                parts = {"emb": nn.Embedding(9, 4), "lstm": nn.LSTM(4, 4, proj_size=3), "fc": nn.Linear(3, 2)}
                setattr(self, side, nn.ModuleDict(parts))
            self.late = nn.Linear(3, 5)

    pairs = lstm_core.load_checkpoint(saved(Twins().state_dict())).pairs()
    assert pairs["left.lstm"] == (["left.emb", "right.emb"], ["left.fc", "right.fc", "late"])
    assert pairs["right.lstm"] == (["right.emb", "left.emb"], ["right.fc", "late", "left.fc"])


@pytest.mark.parametrize("form", FORMATS)
def test_nan_and_infinite_weights_are_counted_by_name(form):
    state = {f"lstm.{name}": weight for name, weight in nn.LSTM(4, 3).state_dict().items()}
    assert lstm_core.load_checkpoint(FORMATS[form](state)).notes == ()
    state["lstm.weight_hh_l0"][2, :2] = torch.tensor([torch.nan, -torch.inf])
    state["lstm.bias_ih_l0"][0] = torch.inf
    [note] = lstm_core.load_checkpoint(FORMATS[form](state)).notes
    assert note == (
        "Not finite: 2 of 36 numbers in 'lstm.weight_hh_l0' (1 NaN, 1 infinite); "
        "1 of 12 numbers in 'lstm.bias_ih_l0' (1 infinite)."
    )


@pytest.mark.parametrize(("count", "more"), [(5, ""), (6, "; and in 1 more tensors"), (8, "; and in 3 more tensors")])
def test_of_many_weights_that_are_not_finite_five_are_named_and_the_rest_counted(count, more):
    said = not_finite((f"w{n}", torch.tensor([math.nan])) for n in range(count))
    named = "; ".join(f"1 of 1 numbers in 'w{n}' (1 NaN)" for n in range(5))
    assert said == f"Not finite: {named}{more}."
