"""The trained models that come along: found, loaded, as good as their cards say, and nothing else passes for one."""

import json
import random
import re

import pytest
import torch
from safetensors.torch import load, save

import lstm_core
from lstm_core.errors import LstmCoreError
from lstm_core.files.model_folders import FOLDER
from lstm_core.models.embeddings import Numbers, Rows, Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import card, model_bytes
from lstm_core.training import series
from lstm_core.training.series import forecast_scores
from studies.training.baselines import autoregression
from studies.training.recipes import RECIPES

GENERATED = ["counter", "brackets", "copy", "series"]


def probabilities(name, text):
    model = lstm_core.load_model(name)
    with torch.no_grad():
        return model, model.probabilities(model(model.vectors(model.tokens(text))))[:, 0]


def answers(name, text):
    model, shares = probabilities(name, text)
    return [model.labels[index] for index in shares.argmax(-1)]


def figures(text):
    """The rows of a card's table, as numbers."""
    found = re.findall(r"^\| (.+?) \| (-?[\d.,]+)(?: bytes)? \|$", text, re.MULTILINE)
    return {name: float(value.replace(",", "")) for name, value in found}


def small_model(labels=("a", "b"), hidden=3):
    lstm, linear = torch.nn.LSTM(2, hidden), torch.nn.Linear(hidden, len(labels))
    embedding = Vocabulary(["a", "b"], size=2, generator=torch.Generator().manual_seed(0))
    return SequenceModel(
        "mine", "t", labels, reads="symbols", gives="classes", embedding=embedding, lstm=lstm, linear=linear
    ).eval()


def with_settings(model, **changes):
    """A file whose settings contradict its tensors."""
    data = model_bytes(model)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    settings = json.loads(header["__metadata__"]["model"])
    for path, value in changes.items():
        inner = settings
        *parts, last = path.split("__")
        for part in parts:
            inner = inner[part]
        inner[last] = value
    return save(load(data), metadata={"model": json.dumps(settings)})


def test_every_recipe_has_its_model_and_every_model_its_recipe():
    assert set(lstm_core.models()) == {path.parent.name for path in FOLDER.glob("*/README.md")}
    assert set(lstm_core.models()) == set(RECIPES)


@pytest.mark.parametrize("name", lstm_core.models())
def test_a_model_knows_its_name_and_is_ready_to_run(name):
    model = lstm_core.load_model(name)
    assert model.name == name
    assert not model.training
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


@pytest.mark.parametrize("name", lstm_core.models())
def test_a_card_names_the_size_of_its_file_and_the_commands(name):
    text = card(name)
    assert f"{(FOLDER / name / 'model.safetensors').stat().st_size:,} bytes" in text
    assert f"python -m studies.training {name}" in text
    assert f"python -m studies.training --score {name}" in text
    assert "## What to look at" in text


@pytest.mark.slow
@pytest.mark.parametrize("name", GENERATED)
def test_the_committed_weights_score_what_their_card_says(name):
    scores = RECIPES[name].scores(lstm_core.load_model(name), None)
    said = figures(card(name))
    for figure, value in scores.items():
        assert said[figure] == pytest.approx(value, abs=0.005, rel=0.005), figure


def test_the_counter_is_right_far_beyond_its_training():
    """Through text and labels, as a person would read it."""
    for n in (1, 2, 50, 200, 500):
        assert answers("counter", "a" * n + "b" * n)[n:] == ["b"] * (n - 1) + ["end"]


def test_brackets_are_right_at_every_step_twenty_deep():
    draw = random.Random(7)
    for _ in range(5):
        depth, text, legal = 0, "", []
        for left in range(400, 0, -1):
            opening = depth < min(20, left - 1) and (depth == 0 or draw.random() < 0.55)
            depth += 1 if opening else -1
            text += "(" if opening else ")"
            legal.append({"(", ")"} if depth else {"(", "end"})
        model, shares = probabilities("brackets", text)
        assert [{model.labels[n] for n in (step > 0.5).nonzero().flatten()} for step in shares] == legal


@pytest.mark.parametrize("gap", [0, 1, 100, 500, 1000])
def test_copy_says_the_first_symbol_again(gap):
    for first in "abcd":
        assert answers("copy", first + "." * gap + "?")[-1] == first


def test_series_foresees_what_no_sum_of_the_last_values_does():
    train, rows = (series.series(240, 50, torch.Generator().manual_seed(seed)) for seed in (11, 12))
    ours = forecast_scores(lstm_core.load_model("series"), rows, skip=48)
    by_sums = autoregression(train[..., 0], rows[..., 0], 48)
    assert ours["R² of the next value"] > by_sums + 0.05 > ours["R² of repeating the last value"]


def test_numbers_can_come_as_text_too():
    model = lstm_core.load_model("series")
    tokens = model.tokens("50, 51.5;\n53 1e1")
    assert tokens == ["50", "51.5", "53", "1e1"]
    assert model.vectors(tokens).equal(model.vectors(torch.tensor([[50.0], [51.5], [53.0], [10.0]])))


@pytest.mark.parametrize("table", [Vocabulary(["a", "b"], size=3), Rows(3, size=2)])
def test_a_row_that_a_table_does_not_have_is_refused(table):
    with pytest.raises(LstmCoreError, match="rows from 0 to 2, got 1 to 40"):
        table(torch.tensor([1, 40]))


def test_a_model_comes_back_bit_for_bit_from_a_file_and_from_bytes(tmp_path):
    model = small_model()
    lstm_core.save_model(model, tmp_path / "mine.safetensors")
    for source in (tmp_path / "mine.safetensors", str(tmp_path / "mine.safetensors"), model_bytes(model)):
        back = lstm_core.load_model(source)
        assert {key: getattr(back, key) for key in ("name", "task", "labels", "reads", "gives")} == {
            key: getattr(model, key) for key in ("name", "task", "labels", "reads", "gives")
        }
        x = model.vectors(["a", "b", "?"])
        assert back.vectors(["a", "b", "?"]).equal(x)
        assert back(x).equal(model(x))


def test_half_precision_files_are_smaller_and_computed_with_in_full():
    model = small_model(hidden=40)
    half = model_bytes(model, dtype=torch.float16)
    assert len(half) < 0.6 * len(model_bytes(model))
    back = lstm_core.load_model(half)
    assert back.lstm.weight_hh_l0.dtype == torch.float32
    assert back.lstm.weight_hh_l0.equal(model.lstm.weight_hh_l0.half().float())


def test_packed_sequences_score_as_each_does_alone():
    model = small_model()
    x = [model.vectors(list(text))[:, 0] for text in ("abba", "ab")]
    scores = model(torch.nn.utils.rnn.pack_sequence(x))
    for column, alone in enumerate(x):
        assert scores[: len(alone), column].allclose(model(alone.unsqueeze(1))[:, 0], atol=1e-6)


def test_loading_leaves_the_global_random_state_alone():
    before = torch.get_rng_state()
    lstm_core.load_model("counter")
    assert torch.get_rng_state().equal(before)


def test_an_unknown_name_is_told_the_names():
    with pytest.raises(LstmCoreError, match=r"brackets, copy, counter.*got 'conter'"):
        lstm_core.load_model("conter")
    with pytest.raises(LstmCoreError, match="got no file at"):
        lstm_core.load_model("nowhere/model.safetensors")
    with pytest.raises(LstmCoreError, match=r"ends in \.safetensors"):
        lstm_core.save_model(small_model(), "model.pt")


@pytest.mark.parametrize(
    "changes",
    [
        {"lstm__hidden_size": 4},
        {"lstm__num_layers": 2},
        {"lstm__num_layers": 10**9},
        {"lstm__hidden_size": 10**6},
        {"lstm__input_size": 3},
        {"labels": ["a", "b", "c"]},
        {"embedding__kind": "pickle"},
        {"embedding__size": 5},
        {"embedding__tokens": ["a"]},
        {"reads": "minds"},
        {"gives": "up"},
    ],
    ids=str,
)
def test_a_file_that_contradicts_itself_is_refused(changes):
    with pytest.raises(LstmCoreError, match="Expected"):
        lstm_core.load_model(with_settings(small_model(), **changes))


def test_a_file_of_which_one_tensor_has_another_type_is_refused():
    data = model_bytes(small_model())
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    weights = load(data)
    weights["linear.weight"] = weights["linear.weight"].to(torch.float8_e4m3fn)
    with pytest.raises(LstmCoreError, match="float32 or float64 weights, got other dtypes"):
        lstm_core.load_model(save(weights, metadata=header["__metadata__"]))


@pytest.mark.parametrize("text", ["1 two", "nan", "inf"])
def test_numbers_that_are_none_are_refused(text):
    model = lstm_core.load_model("series")
    with pytest.raises(LstmCoreError, match="finite numbers a step"):
        model.vectors(model.tokens(text))


def test_numbers_that_do_not_fill_their_last_row_are_refused():
    embedding, lstm, linear = Numbers(["load", "heat"]), torch.nn.LSTM(2, 3), torch.nn.Linear(3, 2)
    model = SequenceModel(
        "m", "t", ["load", "heat"], reads="numbers", gives="value", embedding=embedding, lstm=lstm, linear=linear
    )
    with pytest.raises(LstmCoreError, match="Expected 2 numbers a step, got 3 numbers in all"):
        model.tokens("1 2 3")
