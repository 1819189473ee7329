"""The LSTM that runs in the page is PyTorch's: weights, words and vectors to the bit, states and answers to 2e-6.

`DRAWN=1000 python -m pytest -n0 -s tests/browser/test_engine.py -k drawn` draws more models, and prints the largest
difference.
"""

import base64
import os
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Route
from torch import nn

import lstm_core
from gatescope import assets
from gatescope.question.holds import GateHold, Holds
from gatescope.reading.held import run_held
from lstm_core.files.model_folders import FOLDER
from lstm_core.inputs import characters, token_vectors, words
from lstm_core.models import shipped
from lstm_core.models.embeddings import features
from lstm_core.models.untrained import random_lstm

HOME = "http://engine.test"
BROWSER = assets.FOLDER / "browser"
# The rooms of modules that are not of the engine.
PLACES = {"explained": "why"}
DRAWN = int(os.environ.get("DRAWN", "200"))
NEAR = 2e-6
KINDS = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN_TANH": nn.RNN, "RNN_RELU": nn.RNN}
LETTERS = {"LSTM": "ifgoch", "GRU": "rznh", "RNN_TANH": "h", "RNN_RELU": "h"}
SIGNS = [
    *"aZé߂०_-'’‑.,9٣²Ⅷßİ Σσ\t\n\r한글ไทย",
    "\u0301",
    "\u200d",
    "\u200c",
    "क्षि",
    "👩‍👩‍👧",
    "🇩🇪",
    "🇫",
    "\u2028",
    "ﬁ",
    "ǅ",
]

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def ask(chromium: Browser) -> Iterator[Ask]:
    """What some lines of JavaScript return: (lines, given, the names to import by module)."""
    page = chromium.new_page()
    page.route(f"{HOME}/**", _file)
    page.goto(f"{HOME}/index.html")

    def asked(lines: str, given: Any = None, **names: str) -> Any:
        imports = "".join(
            f"const {{ {wanted} }} = await import('{HOME}/{PLACES.get(file, 'engine')}/{file}.js');"
            for file, wanted in names.items()
        )
        return page.evaluate(f"async given => {{ {imports} {TOOLS} {lines} }}", given)

    yield asked
    page.close()


TOOLS = """
const floats = text => new Float32Array(Uint8Array.from(atob(text), sign => sign.charCodeAt(0)).buffer)
const text = numbers => {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
    let read = ""
    for (let at = 0; at < bytes.length; at += 8192) read += String.fromCharCode(...bytes.subarray(at, at + 8192))
    return btoa(read)
}
const file = async name => await (await fetch(`/models/${name}`)).arrayBuffer()
const all = layers => layers.map(layer => layer.map(recorded =>
    Object.fromEntries(Object.entries(recorded).map(([letter, values]) => [letter, text(values)]))))
"""


def _file(route: Route) -> None:
    name = route.request.url.removeprefix(f"{HOME}/")
    path = FOLDER / name.removeprefix("models/") if name.startswith("models/") else BROWSER / name
    if name == "index.html":
        route.fulfill(body="<!doctype html><title>The engine</title>", content_type="text/html")
    elif path.is_file():
        route.fulfill(path=path, content_type="text/javascript" if path.suffix == ".js" else None)
    else:
        # A request without an answer would hold the page for ever.
        route.fulfill(status=404)


def sent(values: torch.Tensor) -> str:
    return base64.b64encode(values.detach().contiguous().numpy().astype("<f4").tobytes()).decode()


def came(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def as_sent(module: nn.RNNBase) -> dict[str, Any]:
    """A module as `run` takes it."""
    named = {"LSTM": "LSTM", "GRU": "GRU"}.get(module.mode, module.mode)
    return {
        "kind": named,
        "inputSize": module.input_size,
        "hiddenSize": module.hidden_size,
        "numLayers": module.num_layers,
        "bidirectional": module.bidirectional,
        "bias": module.bias,
        "projSize": module.proj_size,
        "weights": {
            name: {"rows": len(weight), "columns": weight.shape[1] if weight.dim() > 1 else 1, "data": sent(weight)}
            for name, weight in module.named_parameters()
        },
    }


READ = """
const read = ({ lstm, x, holds, without }) => {
    for (const weight of Object.values(lstm.weights)) weight.data = floats(weight.data)
    return all(runWithout(lstm, floats(x), holds, without))
}
return given.map(read)
"""


def drawn(seed: int) -> tuple[nn.RNNBase, torch.Tensor, Holds]:
    """A module of any kind and size, what it reads, and for an LSTM perhaps a hold and a step that is left out."""
    chance, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    kind = chance.choice(list(KINDS))
    options: dict[str, Any] = {"nonlinearity": "relu"} if kind == "RNN_RELU" else {}
    hidden, layers, both = chance.randint(2, 20), chance.randint(1, 3), chance.random() < 0.4
    if kind == "LSTM" and chance.random() < 0.3:
        options["proj_size"] = chance.randint(1, hidden - 1)
    bias, inputs, steps = chance.random() < 0.8, chance.randint(1, 12), chance.randint(1, 30)
    module = KINDS[kind](inputs, hidden, layers, bias=bias, bidirectional=both, **options)
    for weight in module.parameters():
        weight.data = torch.empty(weight.shape).uniform_(-(hidden**-0.5), hidden**-0.5, generator=generator)
    x = torch.randn(steps, 1, inputs, generator=generator)
    holds = Holds()
    if kind == "LSTM" and chance.random() < 0.6:
        at = {"layer": chance.randrange(layers), "direction": chance.randrange(1 + both)}
        unit, step = chance.choice([None, chance.randrange(hidden)]), chance.choice([None, chance.randrange(steps)])
        gate = GateHold(chance.choice("ifgoc"), chance.choice([0.0, 0.3, 1.0]), units=of(unit), steps=of(step), **at)
        without = (chance.randrange(steps),) if steps > 1 and chance.random() < 0.5 else ()
        holds = Holds((gate,), without)
    return module, x, holds


def of(number: int | None) -> tuple[int, ...] | None:
    return None if number is None else (number,)


def test_every_quantity_of_drawn_models_is_that_of_pytorch_in_float32_and_in_float64(ask: Ask):
    cases = [drawn(seed) for seed in range(DRAWN)]
    given = [
        {
            "lstm": as_sent(module),
            "x": sent(x),
            "holds": [hold._asdict() for hold in holds.gates],
            "without": list(holds.without),
        }
        for module, x, holds in cases
    ]
    answers = ask(READ, given, run="runWithout")
    largest = {torch.float32: 0.0, torch.float64: 0.0}
    for seed, ((module, x, holds), answer) in enumerate(zip(cases, answers, strict=True)):
        tokens = ["word"] * len(x)
        traces = [
            run_held(copy, x.to(dtype), holds, tokens) if holds else lstm_core.run(copy, x.to(dtype))
            for copy, dtype in ((module, torch.float32), (deepcopy(module).double(), torch.float64))
        ]
        for layer, directions in enumerate(answer):
            for direction, recorded in enumerate(directions):
                assert sorted(recorded) == sorted(LETTERS[module.mode])
                for letter, values in recorded.items():
                    for trace in traces:
                        expected = getattr(trace, letter)[layer, direction, :, 0].flatten().numpy()
                        far = float(np.abs(came(values) - expected).max(initial=0))
                        assert far <= NEAR, (seed, letter, trace.h.dtype)
                        largest[trace.h.dtype] = max(largest[trace.h.dtype], far)
    print(f"{DRAWN} models:", *(f"{far:.1e} from PyTorch in {dtype}" for dtype, far in largest.items()))


PARTS = """
return given.map(({ lstm, texts, readout, at }) => {
    for (const weight of Object.values(lstm.weights)) weight.data = floats(weight.data)
    const [a, b] = texts.map(floats).map(x => ({ x, layers: run(lstm, x) }))
    const { inputs, direct, kept, reread } = sweep(lstm, a, b, Float64Array.from(floats(readout)), at)
    const listed = layers => layers.map(layer => layer.map(values => [...values]))
    return { inputs: [...inputs], direct, kept: listed(kept), reread: listed(reread) }
})
"""


def test_the_parts_and_the_carriers_of_every_kind_are_those_of_explain(ask: Ask):
    cases = [(module, x) for module, x, _ in map(drawn, range(DRAWN))]
    given, expected = [], []
    for number, (module, x) in enumerate(cases):
        texts, at = (x, x.roll(1, 0) - 0.5), number % len(x)
        linear = nn.Linear((module.proj_size or module.hidden_size) * (1 + module.bidirectional), 1)
        generator = torch.Generator().manual_seed(number)
        linear.weight.data = torch.randn(linear.weight.shape, generator=generator)
        asked = {"texts": [*map(sent, texts)], "readout": sent(linear.weight), "at": at}
        given.append({"lstm": as_sent(module), **asked})
        expected.append(lstm_core.explain((module, linear), x[:, 0], baseline=texts[1][:, 0], time=at))
    for answer, found in zip(ask(PARTS, given, run="run", explained="sweep"), expected, strict=True):
        near = {"atol": 5e-6 * max(1, np.abs(found.kept).max(), np.abs(found.reread).max())}
        np.testing.assert_allclose(answer["inputs"], found.inputs.flatten(), **near)
        np.testing.assert_allclose(sum(answer["inputs"]), found.effect, **near)
        np.testing.assert_allclose(answer["direct"], found.without_h, **near)
        for name in ("kept", "reread"):
            own = getattr(found, name)
            np.testing.assert_allclose(np.reshape(answer[name], own.shape), own, **near)


def test_random_lstms_are_torchs_to_the_bit(ask: Ask):
    sizes = [(4, 3, 1, 2, False), (1, 1, 1, 0, False), (32, 17, 3, 2**31, False), (5, 8, 2, 7, True)]
    lines = """return given.map(([inputSize, hiddenSize, numLayers, seed, bidirectional]) => Object.entries(
        randomLstm({ inputSize, hiddenSize, numLayers, bidirectional }, seed).weights
    ).map(([name, { data }]) => [name, text(data)]))"""
    for (*size, seed, both), answer in zip(sizes, ask(lines, sizes, random="randomLstm"), strict=True):
        weights = dict(random_lstm(*size, seed=seed, bidirectional=both).named_parameters())
        assert [name for name, _ in answer] == list(weights)
        for name, data in answer:
            assert came(data).tobytes() == weights[name].detach().numpy().tobytes(), (size, name)


def test_a_words_vector_is_the_same_in_the_page(ask: Ask):
    tokens = ["Giraffes", "in", "", "a" * 300, "Zürich", "👩‍👩‍👧", "क्षि", *map(str, range(40))]
    # As a hand moves a size and the seed: longer, shorter, of another seed and back.
    asked = [(8, 2), (64, 2), (3, 2), (64, 1), (64, 2)]
    lines = "return given.asked.map(([size, seed]) => text(wordVectors(given.tokens, size, seed)))"
    answers = ask(lines, {"tokens": tokens, "asked": asked}, random="wordVectors")
    for (size, seed), answer in zip(asked, map(came, answers), strict=True):
        expected = token_vectors(tokens, size, seed).numpy().flatten()
        assert np.abs(answer - expected).max() <= 5e-7
        assert (answer == expected).mean() > 0.99


def test_a_sentence_has_the_same_words_in_the_page(ask: Ask):
    chance = random.Random(0)
    texts = ["".join(chance.choices(SIGNS, k=chance.randint(1, 12))) for _ in range(3000)]
    texts += ["Giraffes in a field, don't they?", "3.14 U.S. 1,000.5", "e\u0301" * 200, "🇩🇪🇫🇷🇩"]
    answer = ask("return given.map(text => [words(text), characters(text)])", texts, tokens="words, characters")
    wrong = [text for text, (w, c) in zip(texts, answer, strict=True) if w != words(text) or c != characters(text)]
    assert not wrong, [ascii(text) for text in wrong[:10]]


def test_a_word_has_the_same_features_in_the_page(ask: Ask):
    chance = random.Random(1)
    tokens = ["Up", "Giraffes", "U.S.", "2024", "ΣΑΣ", "İstanbul", "x" * 80]
    tokens += [
        "".join(chance.choices([sign for sign in SIGNS if sign.strip()], k=chance.randint(1, 9))) for _ in range(500)
    ]
    answer = ask("return given.map(features)", tokens, tokens="features")
    wrong = [token for token, found in zip(tokens, answer, strict=True) if found != features(token)]
    assert not wrong, [ascii(token) for token in wrong[:10]]


SAYS = """
const model = openModel(await file(given.file))
return given.texts.map(sentence => {
    const read = tokens(model, sentence)
    const layers = run(model.lstm, vectors(model, read))
    return [read, text(layers.at(-1)[0].h), scores(model, layers).map(row => [...probabilities(model, row)])]
})
"""


@pytest.mark.parametrize("name", lstm_core.models())
def test_a_shipped_model_says_the_same_in_the_page(ask: Ask, name: str):
    model, texts = lstm_core.load_model(name), list(shipped.about(name).examples.values())
    given = {"file": f"{name}/model.safetensors", "texts": texts}
    answers = ask(SAYS, given, model="openModel, tokens, vectors", run="run, scores, probabilities")
    for sentence, (read, h, said) in zip(texts, answers, strict=True):
        assert read == model.tokens(sentence)
        trace = lstm_core.run(model.lstm, model.vectors(read))
        expected = trace.h[-1, 0, :, 0].flatten().numpy()
        assert np.abs(came(h) - expected).max() <= 2e-5 * max(1, np.abs(expected).max())
        values = model.probabilities(model.scores(trace))[:, 0].numpy()
        assert np.allclose(np.array(said), values, rtol=2e-5, atol=2e-5)
