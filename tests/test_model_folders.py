"""A shipped model is a folder: copied, it is one more model in the library, the app, the command; a page lists all."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

import lstm_core
from gatescope.question.view import MODELS, SIZES
from lstm_core import LstmCoreError
from lstm_core.files.model_folders import About, read_about
from lstm_core.models import about
from lstm_core.training.loop import GENERATED

ROOT = Path(__file__).parent.parent
USES = """
import json
import lstm_core
from gatescope.unit_tables.corpus import fitting, texts_of
from gatescope.live.shared_with_browser import handed_over
from gatescope.question.view import MODELS, Source
from gatescope.reading.models import foresees
from gatescope.reading.models import examples, with_text
from gatescope.reading.read import read

with_weights = read(Source(with_text({"model": "parity"}).get("sentence", "ab"), model="parity"))
model = with_weights.model
print(json.dumps({
    "models": lstm_core.models(),
    "titles": list(MODELS.items()),
    "handed over": handed_over("", {})["choices"]["model"].get("parity"),
    "scenes": [(one.name, one.query) for one in handed_over("", {})["scenes"]],
    "read": model and (model.name, "".join(with_weights.tokens), examples(model, model.reads)),
    "foresees": bool(model and foresees(model)),
    "corpus": model and len(texts_of(fitting(model)[0], model, 10**6).pieces),
    "notices": with_weights.notices,
}))
"""


@pytest.fixture
def with_copy(tmp_path):
    """The project in another place, with a copy of the counter's folder beside the shipped models."""
    for name, folder in (("lstm_core", "lstm_core"), ("gatescope", "dashboard")):
        (tmp_path / name).symlink_to(ROOT / folder)
    for name in ("browser", "vendor"):
        (tmp_path / "assets").mkdir(exist_ok=True)
        (tmp_path / "assets" / name).symlink_to(ROOT / "assets" / name)
    models = tmp_path / "assets/models"
    shutil.copytree(ROOT / "assets/models", models)
    shutil.copytree(models / "counter", models / "parity")
    return models / "parity" / "about.json"


def run_beside(about_json, *arguments):
    env = os.environ | {"PYTHONPATH": str(about_json.parents[3])}
    return subprocess.run(
        [sys.executable, *arguments], cwd=about_json.parents[3], env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_copied_folder_is_a_model_in_the_library_in_the_app_and_in_the_command(with_copy):
    said = json.loads(with_copy.read_text(encoding="utf-8"))
    said |= {"title": "parity: even or odd?", "order": 1.5, "examples": {"six": "aaabbb"}}
    said["scenes"] = [said["scenes"][0] | {"name": "even", "order": 2.5}]
    with_copy.write_text(json.dumps(said), encoding="utf-8")
    found = run_beside(with_copy, "-c", USES)
    assert found.returncode == 0, found.stderr
    found = json.loads(found.stdout)
    assert set(found["models"]) == {*lstm_core.models(), "parity"}
    titles = [*MODELS.items()]
    assert [tuple(each) for each in found["titles"]] == [*titles[:3], ("parity", said["title"]), *titles[3:]]
    assert found["handed over"] == said["title"]
    assert found["scenes"][2] == ["even", {"model": "parity"} | said["scenes"][0]["query"]]
    assert found["read"] == ["parity", "aaabbb", {"six": "aaabbb"}]
    assert (found["foresees"], found["corpus"], found["notices"]) == (True, 100, [])
    table = run_beside(with_copy, "-c", "from gatescope.command.main import main; main(['models'])").stdout
    assert re.search(r"^parity,symbols,2,4,", table, re.MULTILINE), table


@pytest.mark.slow
def test_a_bad_about_file_is_a_sentence_in_the_library_in_the_app_and_in_the_command(with_copy):
    with_copy.write_text('{"title": "parity", "order": "first"}', encoding="utf-8")
    wanted = "parity/about.json can't be read. Expected order as float, got 'first'."
    found = run_beside(with_copy, "-c", USES)
    assert found.returncode == 0, found.stderr
    found = json.loads(found.stdout)
    assert (found["handed over"], found["read"]) == ("parity", None)
    assert found["notices"] == [f"{wanted} A random LSTM reads instead."]
    show = "from gatescope.command.main import main; main(['record', 'parity', '--text', 'ab', '--out', 'r.npz'])"
    said = run_beside(with_copy, "-c", show)
    assert said.returncode == 1
    assert said.stderr.strip().endswith(wanted)
    assert "Traceback" not in said.stderr


def test_a_folder_without_an_about_file_is_a_model_without_facts(tmp_path):
    assert read_about(tmp_path) == About()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("{", "Expected JSON"),
        ('{"titel": "counter"}', "got 'titel'. Write title=…"),
        ('{"title": 3}', "Expected title as str, got 3"),
    ],
)
def test_what_an_about_file_may_not_say_is_told_in_a_sentence(tmp_path, said, sentence):
    (tmp_path / "about.json").write_text(said, encoding="utf-8")
    with pytest.raises(LstmCoreError, match=rf"/about\.json can't be read\. .*{sentence}"):
        read_about(tmp_path)


@pytest.mark.parametrize("name", lstm_core.models())
def test_a_shipped_model_says_all_that_there_is_to_say(name):
    said = asdict(about(name))
    assert all(said[fact] for fact in ("title", "order", "reads", "score", "examples"))
    assert said["task"] in {"", *GENERATED}
    assert MODELS[name] == said["title"]


def test_no_two_models_have_the_same_place_in_the_list():
    assert len({about(name).order for name in lstm_core.models()}) == len(lstm_core.models())
    assert [*MODELS][2:] == sorted(lstm_core.models(), key=lambda name: about(name).order)


def test_the_table_in_the_documentation_is_what_the_folders_say():
    table = (ROOT / "docs/models.md").read_text(encoding="utf-8").split("| model | reads | held-out score |\n")[1]
    rows = [row for row in table.split("\n\n")[0].splitlines()[1:] if not row.startswith(f"| `{MODELS[SIZES]}`")]
    names = [*MODELS][2:]
    assert rows == [f"| `{name}` | {about(name).reads} | {about(name).score} |" for name in names]
