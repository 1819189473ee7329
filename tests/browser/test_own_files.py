"""A file of weights of one's own opens in the page that needs no server: the numbers are lstm_core's, and it stays."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Page, expect
from safetensors.torch import save, save_file
from torch import Tensor, nn

import lstm_core
from gatescope.checkpoint import opening
from lstm_core import SequenceModel, Trace
from lstm_core.inputs import token_vectors, words
from lstm_core.models.embeddings import Embedding, Numbers, ReducedFeatures, Rows, Vocabulary
from lstm_core.models.shipped import model_bytes
from lstm_core.traces.trace import as_update

from .conftest import Visit
from .reading import shows
from .test_accessibility import accessible
from .test_site import PHONE, shows_link

TICK = "proof => getComputedStyle(proof, '::before').content"
SENTENCE = "Giraffes in a field"


def weights(**parts: nn.Module) -> dict[str, Tensor]:
    """The state of some modules below a wrapper's prefix."""
    return {f"module.{name}": weight for name, weight in nn.ModuleDict(parts).state_dict().items()}


def opened(visit: Visit, content: bytes | Mapping[str, Tensor], tmp_path: Path, name: str = "own.safetensors") -> Page:
    """The page after a file was chosen."""
    page = visit({"model": "random"})
    shows_link(page, {"model": "random"})
    choose(page, content, tmp_path / name)
    return page


def choose(page: Page, content: bytes | Mapping[str, Tensor], path: Path) -> None:
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        save_file({name: weight.detach().contiguous() for name, weight in content.items()}, path)
    page.get_by_label("Open a file").set_input_files(path)


def typed(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Sentence").fill(text)


def read_by(lstm: nn.LSTM, text: str) -> Trace:
    """What an LSTM computes of words that have drawn vectors."""
    tokens = words(text)
    return lstm_core.run(lstm, token_vectors(tokens, lstm.input_size, 2), tokens=tokens)


def seeded() -> None:
    torch.manual_seed(5)


@pytest.mark.parametrize("kind", [torch.float32, torch.float16])
def test_an_lstm_of_ones_own_reads_a_sentence_as_lstm_core_does(visit: Visit, tmp_path: Path, kind: torch.dtype):
    seeded()
    lstm = nn.LSTM(5, 6, num_layers=2, bidirectional=True).to(kind)
    page = opened(visit, weights(encoder=lstm), tmp_path)
    lstm = lstm.float()
    shows(page, read_by(lstm, SENTENCE))
    expect(page.get_by_role("combobox", name="Model").locator("option:checked")).to_have_text("own.safetensors")
    expect(page.locator(".gs-proof")).to_contain_text("not checked: your file has not been run in PyTorch")
    assert page.locator(".gs-proof").evaluate(TICK) == "none"
    expect(page.get_by_text("each word has a vector drawn from the seed 2")).to_be_visible()
    expect(page.get_by_text("untrained: random weights")).to_be_hidden()
    typed(page, "Dogs bark at cats")
    shows(page, read_by(lstm, "Dogs bark at cats"))
    page.get_by_role("combobox", name="Model").select_option("random")
    shows_link(page, {"model": "random", "sentence": "Dogs bark at cats"})


def test_a_gru_of_ones_own_reads_is_held_and_is_drawn_in_its_own_letters(visit: Visit, tmp_path: Path):
    seeded()
    gru = nn.GRU(5, 6, num_layers=2, bidirectional=True)
    page = opened(visit, weights(encoder=gru), tmp_path)
    typed(page, "Dogs bark at cats")
    x = token_vectors(words("Dogs bark at cats"), 5, 2)
    shows(page, as_update(lstm_core.run(gru, x)), "figco", near=2e-6)
    assert {"z", "n", "r", "h"} <= set(page.locator(".gs-name i").all_text_contents())
    page.locator(".gs-plot").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("button", name="z → 0").click()
    expect(page.locator(".gs-holds-now")).to_contain_text("z of unit 2 at “bark” is held at 0.")
    with lstm_core.intervene(gru, lstm_core.Hold("z", 0.0, [2], steps=[1])):
        held = lstm_core.run(gru, x)
    shows(page, as_update(held), "figco", near=2e-6)


def test_what_the_file_itself_reads_is_read_with_its_embedding_and_its_linear(visit: Visit, tmp_path: Path):
    seeded()
    own = weights(
        **{"emb": nn.Embedding(9, 4), "lstm": nn.LSTM(4, 5, proj_size=3), "z_fc": nn.Linear(3, 4)},
        **{"a_fc": nn.Linear(3, 6), "z_emb": nn.Embedding(7, 4), "other": nn.Linear(7, 2)},
    )
    page = opened(visit, own, tmp_path)
    model = guessed(tmp_path / "own.safetensors")
    typed(page, "3 1 4 1 8 99")
    trace = lstm_core.run(model.lstm, model.vectors(model.tokens("3 1 4 1 8 99")))
    shows(page, trace)
    expect(page.get_by_text("(99) and reads zeros there. Its embedding has the rows 0 to 8.")).to_be_visible()
    said = model.probabilities(model.scores(trace))[:, 0].argmax(-1).tolist()
    expect(page.locator(".gs-answer")).to_have_count(6)
    labels = page.locator(".gs-answer").evaluate_all("all => all.map(one => one.dataset.answer)")
    assert labels == [f"{label}" for label in said]


def test_an_lstm_without_an_embedding_reads_numbers_as_they_are(visit: Visit, tmp_path: Path):
    seeded()
    page = opened(visit, weights(rnn=nn.LSTM(2, 4), head=nn.Linear(4, 1)), tmp_path)
    model = guessed(tmp_path / "own.safetensors")
    typed(page, "0.5 1\n-1 2\n3 0.25")
    shows(page, lstm_core.run(model.lstm, model.vectors(torch.tensor([[0.5, 1.0], [-1.0, 2.0], [3.0, 0.25]]))))
    typed(page, "1 2 3\n4 5 6")
    expect(page.get_by_text("as many columns of numbers as rnn reads, 2, got 3")).to_be_visible()


def test_a_model_of_save_model_reads_its_own_words(visit: Visit, tmp_path: Path):
    model = lstm_core.load_model("counter")
    page = opened(visit, model_bytes(model), tmp_path)
    typed(page, "aabb")
    shows(page, lstm_core.run(model.lstm, model.vectors(model.tokens("aabb"))))
    expect(page.locator(".gs-answer")).to_have_count(4)


def guessed(path: Path) -> SequenceModel:
    """The model that lstm_core makes of a file's best guesses."""
    checkpoint = lstm_core.load_checkpoint(path)
    [(lstm, pair)] = checkpoint.pairs().items()
    return lstm_core.assemble(checkpoint, lstm, *(names[0] if names else None for names in pair))


def test_nothing_of_the_file_leaves_the_browser(visit: Visit, tmp_path: Path):
    page = visit({"model": "random"})
    shows_link(page, {"model": "random"})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "icon.png" not in request.url else None)
    seeded()
    lstm = nn.LSTM(3, 2)
    choose(page, weights(encoder=lstm), tmp_path / "own.safetensors")
    shows(page, read_by(lstm, SENTENCE))
    page.locator("summary", has_text="Share").click()
    expect(page.get_by_text("Your file stays in this browser and is not included")).to_be_visible()
    link = page.get_by_label("Link to this view").input_value()
    assert "?" not in link
    assert asked == []
    assert page.evaluate("() => Object.values(localStorage).join().length") < 100


def test_several_lstms_of_a_file_are_each_in_the_list(visit: Visit, tmp_path: Path):
    seeded()
    one, two = nn.LSTM(3, 2), nn.LSTM(4, 3)
    page = opened(visit, weights(encoder=one, decoder=two), tmp_path)
    options = page.get_by_role("combobox", name="Model").locator("option", has_text="own.safetensors")
    expect(options).to_have_text(["own.safetensors: decoder", "own.safetensors: encoder"])
    shows(page, read_by(two, SENTENCE))
    page.get_by_role("combobox", name="Model").select_option(label="own.safetensors: encoder")
    shows(page, read_by(one, SENTENCE))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_of_ones_own_is_accessible_and_its_drawer_says_why(visit: Visit, tmp_path: Path, scheme: str):
    seeded()
    page = visit({"model": "random", "pin": "0.0.3"}, scheme=scheme, size=PHONE)
    shows_link(page, {"model": "random"})
    lstm, fc = nn.LSTM(4, 3), nn.Linear(3, 2)
    choose(page, weights(lstm=lstm, fc=fc), tmp_path / "own.safetensors")
    shows(page, read_by(lstm, SENTENCE))
    page.get_by_text("Why this value?").click()
    bars = page.locator("[data-row=answer] .gs-why-bar")
    expect(bars).to_have_count(4)
    x = token_vectors(words(SENTENCE), 4, 2)
    found = lstm_core.explain((lstm, fc), x, baseline=0, target=leads(fc, lstm_core.run(lstm, x)))
    shares = bars.evaluate_all("bars => bars.map(bar => +bar.dataset.share)")
    assert shares == pytest.approx(found.by_step.tolist(), abs=2e-6)
    page.wait_for_function("() => document.getAnimations().every(({playState}) => playState !== 'running')")
    accessible(page)


def leads(fc: nn.Linear, trace: Trace) -> tuple[int, int]:
    """What a Linear of two outputs says at the last step, and the other one."""
    first = int(fc(trace.h[0, 0, -1, 0]).argmax())
    return first, 1 - first


def header(said: Any, content: bytes = b"") -> bytes:
    text = json.dumps(said).encode()
    return struct.pack("<Q", len(text)) + text + content


def place(shape: Any, begin: int, end: int) -> dict[str, Any]:
    return {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}


def header_of(content: bytes) -> tuple[Any, int]:
    """What a file's header says, and where the numbers begin."""
    begin = 8 + struct.unpack("<Q", content[:8])[0]
    return json.loads(content[8:begin]), begin


def changed(content: bytes, more: bytes = b"", **says: Any) -> bytes:
    """A file whose header says something else, with more bytes behind it."""
    said, begin = header_of(content)
    return header(said | says, content[begin:] + more)


def told(model: SequenceModel, **settings: Any) -> bytes:
    """A model's file that says something else: of its embedding where that has such a setting, else of itself."""
    own = json.loads(header_of(model_bytes(model))[0]["__metadata__"]["model"])
    for name, value in settings.items():
        (own["embedding"] if name in own["embedding"] else own)[name] = value
    return changed(model_bytes(model), __metadata__={"model": json.dumps(own)})


def spoilt(content: bytes, name: str, value: float = torch.nan) -> bytes:
    """A file with such a number as the last one of a tensor."""
    said, begin = header_of(content)
    end = begin + said[name]["data_offsets"][1]
    return content[: end - 4] + struct.pack("<f", value) + content[end:]


def of(embedding: Embedding, reads: str, gives: str = "classes", **parts: Any) -> SequenceModel:
    """A model with an embedding of three features."""
    parts = {"lstm": nn.LSTM(3, 2), "linear": nn.Linear(2, 2)} | parts
    return SequenceModel("mine", "a task", ["p", "q"], reads=reads, gives=gives, embedding=embedding, **parts)


LSTM = {name: weight.detach().clone() for name, weight in nn.LSTM(3, 2).state_dict().items()}
GOOD = save(LSTM)
PARTS = save(weights(emb=nn.Embedding(5, 3), lstm=nn.LSTM(3, 2), fc=nn.Linear(2, 4)))
TABLE, LISTED = of(Rows(4, 3), "words"), of(Rows(4, 3, ["a", "?"], 1), "words")
SERIES = of(Numbers(["p", "q", "r"]), "numbers")
WEIGHTS, FINITE = "Expected a whole safetensors file with the weights of", "Expected finite numbers"
REFUSED = {
    "truncated": (GOOD[:-8], WEIGHTS),
    "empty": (b"", WEIGHTS),
    "noise": (b"\xff" * 300, WEIGHTS),
    "deep": (struct.pack("<Q", 200_000) + b"[" * 200_000, WEIGHTS),
    "a header that is cut off": (struct.pack("<Q", 2) + b"{", WEIGHTS),
    "over each other": (
        header({f"a{number}": place([1000], 0, 4000) for number in range(50)}, b"\0" * 4000),
        WEIGHTS,
    ),
    "a claim": (header({"a.weight_ih_l0": place([2**40, 2**10], 0, 2**52)}), WEIGHTS),
    **{
        f"{shape} at {offsets}": (header({"a": place(shape, 0, 0) | {"data_offsets": offsets}}, bytes(4)), WEIGHTS)
        for shape, offsets in (([2], [0, 4]), ([1], [1, 5]), ([-1], [0, -4]), ("1", [0, 4]), ([1], "04"))
    },
    "bytes of two tensors": (changed(GOOD, bias_hh_l0=place([8], 32, 64)), WEIGHTS),
    "markup": (save({"<img src=x onerror=alert(1)>": torch.zeros(2)}), "got 1 tensors: “<img src=x onerror=alert(1)>”"),
    "shapes": (save(LSTM | {"weight_hh_l0": torch.zeros(8, 3)}), "whose names and shapes are of no such module"),
    "a layer is missing": (
        save({name: weight for name, weight in nn.LSTM(3, 2, 2).state_dict().items() if "hh_l1" not in name}),
        "whose names and shapes are of no such module",
    ),
    "a projection to more": (save(LSTM | {"weight_hr_l0": torch.zeros(2, 2)}), WEIGHTS),
    "settings": (header({"__metadata__": {"model": '{"lstm": {}, "embedding": {"kind": "x"}}'}}), WEIGHTS),
    "no settings": (header({"__metadata__": {"model": "{"}}), "whose settings do not fit its weights"),
    "a size of 2 GB": (told(TABLE, size=2**31), "whose settings do not fit its weights"),
    "four billion rows": (told(TABLE, rows=4_000_000_000), "whose settings do not fit its weights"),
    **{
        f"{value} in {name}": (spoilt(content, name, value), FINITE)
        for content, name, value in (
            (GOOD, "weight_hh_l0", torch.nan),
            (PARTS, "module.emb.weight", torch.nan),
            (PARTS, "module.fc.bias", -torch.inf),
            (model_bytes(TABLE), "embedding.vectors.weight", torch.nan),
            (model_bytes(SERIES), "embedding.deviation", 0.0),
        )
    },
}


SOUND = {
    "an LSTM": GOOD,
    "parts": PARTS,
    "halves": save({name: weight.half() for name, weight in LSTM.items()}),
    "a table": model_bytes(TABLE),
    "a table of tokens": told(LISTED, unknown=None),
    "a series": model_bytes(SERIES),
    "features of words": model_bytes(of(ReducedFeatures(20, 4, 3), "words", "set")),
    "a GRU": model_bytes(of(Vocabulary(["a", "b"], 3), "symbols", lstm=nn.GRU(3, 2))),
    "an RNN": model_bytes(of(Vocabulary(["a", "b"], 3), "characters", lstm=nn.RNN(3, 2, nonlinearity="relu"))),
    "without a bias": model_bytes(of(Rows(4, 3), "words", linear=nn.Linear(2, 2, bias=False))),
    "a projection": save(dict(nn.LSTM(3, 4, 2, bias=False, bidirectional=True, proj_size=2).state_dict())),
    "other numbers": save(LSTM | {"n": torch.tensor(3), "mask": torch.tensor([-torch.inf]), "none": torch.zeros(0)}),
    "one of two is broken": spoilt(save(weights(a=nn.LSTM(3, 2), b=nn.LSTM(3, 2))), "module.b.bias_hh_l0"),
}


def read_in_python(content: bytes) -> None:
    """Read the example of the first model in a file, as the app does. Raises LstmCoreError."""
    opened = opening.kept(opening.keep("a file", content))
    assert opened is not None
    choice = None
    if isinstance(opened.content, lstm_core.checkpoints.Checkpoint):
        name = next(iter(opened.content.recurrent))
        choice = opening.Choice(name, *(next(iter(names), None) for names in opened.content.pair(name)))
    opening.first_reading(opening.model_of(opened, choice), "")


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_page_refuses_python_refuses(name: str):
    with pytest.raises(lstm_core.LstmCoreError):
        read_in_python(REFUSED[name][0])


def test_what_python_opens_the_page_opens(visit: Visit, tmp_path: Path):
    page = visit({"model": "random"})
    for name, content in SOUND.items():
        read_in_python(content)
        choose(page, content, tmp_path / f"{name}.safetensors")
        chosen = page.get_by_role("combobox", name="Model").locator("option:checked")
        expect(chosen).to_contain_text(f"{name}.safetensors")
        expect(page.locator(".gs-notices")).not_to_contain_text("Expected")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 100 MB, most of which is a hole."""
    path = tmp_path_factory.mktemp("large") / "large.safetensors"
    with path.open("wb") as file:
        file.write(GOOD)
        file.truncate(100_000_000)
    return path


def test_what_cannot_be_opened_is_a_sentence_and_the_page_lives(visit: Visit, tmp_path: Path, large: Path):
    page = visit({"model": "counter", "sentence": "aabb"})
    shows_link(page, {"model": "counter", "sentence": "aabb"})
    said = page.locator(".gs-notices")
    for name, (content, sentence) in REFUSED.items():
        choose(page, content, tmp_path / f"{name}.safetensors")
        expect(said).to_contain_text(f"{name}.safetensors can’t be opened.")
        expect(said).to_contain_text(sentence)
    page.get_by_label("Open a file").set_input_files(large)
    expect(said).to_contain_text("Expected a .safetensors of less than 100 MB")
    choose(page, b"PK\3\4", tmp_path / "model.pt")
    expect(said).to_contain_text("safetensors.torch.save_file")
    shows_link(page, {"model": "counter", "sentence": "aabb"})
    typed(page, "aaabbb")
    shows_link(page, {"model": "counter", "sentence": "aaabbb"})
