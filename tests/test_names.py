"""What stands at the top of the library, and what is in its rooms."""

import ast
import importlib
import inspect
import subprocess
import sys
from collections import defaultdict
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType

import pytest
import torch

import gatescope
import lstm_core
from lstm_core import LstmCoreError

TOP = {
    *("record", "run", "intervene", "Hold", "what_if", "effect"),
    *("Trace", "GruTrace", "RnnTrace", "CellTrace", "Recording", "load"),
    *(
        "units",
        "find_units",
        "ledger",
        "compare",
        "describe_unit",
        "anatomy",
        "explain",
        "horizon",
        "check",
        "unrolled",
    ),
    *("load_model", "models", "save_model", "train", "load_checkpoint", "assemble"),
    *("words", "characters", "read_series", "SequenceModel", "LstmCoreError"),
}
OF_CORPORA = {"scan", "Scan", "load_scan", "pattern"}
ROOMS = ("analysis", "checking", "checkpoints", "explaining", "inputs", "models", "traces", "training")


def test_the_verbs_and_nouns_that_most_programs_need_stand_at_the_top_and_nothing_else():
    assert TOP <= set(lstm_core.__all__) <= TOP | OF_CORPORA
    shown = {name for name in dir(lstm_core) if not name.startswith("_") and name != "TYPE_CHECKING"}
    assert {name for name in shown if not isinstance(getattr(lstm_core, name), ModuleType)} <= set(lstm_core.__all__)


@pytest.mark.parametrize("room", ROOMS)
def test_the_rest_lives_in_rooms(room):
    module = importlib.import_module(f"lstm_core.{room}")
    assert getattr(lstm_core, room) is module
    for name in set(module.__all__) - {"models"}:
        assert getattr(lstm_core, name, getattr(module, name)) is getattr(module, name), "one thing by one name"


def test_models_is_a_list_to_call_and_a_room():
    assert lstm_core.models() == lstm_core.models.models()
    assert lstm_core.models.random_lstm(4, 3).hidden_size == 3
    from lstm_core.models import random_lstm

    assert random_lstm is lstm_core.models.random_lstm


def test_training_is_on_tasks_and_says_so_to_who_gives_a_model():
    assert lstm_core.train is lstm_core.training.train_task
    with pytest.raises(lstm_core.LstmCoreError, match=r"one of the tasks counter, .* got LSTM\. A model of your own"):
        lstm_core.train(torch.nn.LSTM(4, 3))


X = torch.zeros(5, 1, 4)
TRACE = lstm_core.run(torch.nn.LSTM(4, 3), X)
BESIDES = {
    "trace": TRACE,
    "trace_b": TRACE,
    "x": X,
    "held_out": [X],
    "hold": lstm_core.Hold("f", 1.0),
    "metric": lambda *_: 0.0,
}
BESIDES |= {"texts": ["a b"], "property": [1, 2, 3, 4, 5], "path": "mine.safetensors", "lstm": "lstm"}
BESIDES |= dict.fromkeys(("layer", "unit", "time", "first", "last"), 0)
"""What verbs take besides their first argument, by its name."""


def called(verb, first):
    _, *others = inspect.signature(verb).parameters.values()
    needed = [one.name for one in others if one.default is one.empty and one.name in BESIDES]
    done = verb(first, **{name: BESIDES[name] for name in needed})
    return done.__enter__() if isinstance(done, AbstractContextManager) else done


@pytest.mark.parametrize("verb", [name for name in lstm_core.__all__ if name.islower() and name != "models"])
@pytest.mark.parametrize(
    "first", [object(), None, 3, [], {"a": 1}, torch.nn.Linear(2, 2)], ids=lambda first: type(first).__name__
)
def test_a_verb_that_gets_something_else_first_says_what_it_expected(verb, first):
    with pytest.raises(LstmCoreError, match="Expected"):
        called(getattr(lstm_core, verb), first)


def test_explain_leads_who_gives_a_cell_of_his_own_to_what_can_be_asked_of_it():
    with pytest.raises(LstmCoreError, match=r"Of a cell of your own, lstm_core\.record\(model\) and ledger"):
        lstm_core.explain(torch.nn.Linear(3, 3), X[:, 0, :3])


def test_save_model_says_what_makes_a_model_that_it_takes():
    with pytest.raises(
        LstmCoreError, match=r"a SequenceModel, got LSTM\. assemble\(load_checkpoint\(path\), …\) makes"
    ):
        lstm_core.save_model(torch.nn.LSTM(4, 3), "mine.safetensors")


@pytest.mark.slow
def test_torch_is_imported_with_the_first_name_that_is_asked_for():
    """The dashboard's first page lists the models, and need not wait for torch."""
    code = "import sys, lstm_core, gatescope.live.shared_with_browser; print('torch' in sys.modules); lstm_core.record"
    code += "; print('torch' in sys.modules, 'record' in dir(lstm_core), lstm_core.traces.Trace is lstm_core.Trace)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "True", "True", "True"]
    with pytest.raises(AttributeError, match="no attribute 'recrod'"):
        _ = lstm_core.recrod


def test_a_class_name_stands_for_one_thing():
    where = defaultdict(list)
    core = Path(lstm_core.__file__).parent
    for house in (core, core.with_name("dashboard")):
        for path in house.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    where[node.name].append(path.relative_to(house.parent).as_posix())
    several = {name: sorted(paths) for name, paths in where.items() if len(paths) > 1}
    # What `what_if` gives to a user, and what a page has read.
    assert several == {"Reading": ["dashboard/reading/read.py", "lstm_core/analysis/compare.py"]}


def test_gatescope_gives_the_names_of_lstm_core_whatever_was_imported_of_the_dashboard():
    rooms = Path(gatescope.__file__).parent
    assert gatescope.__version__ == lstm_core.__version__
    for name in ("traces", "analysis", *lstm_core.__all__):
        assert getattr(gatescope, name) is getattr(lstm_core, name)
        assert name in dir(gatescope)
        assert not [*rooms.glob(f"{name}"), *rooms.glob(f"{name}.py")], "a room of this name would hide it"


OF_A_PROJECT = """
import sys, torch, gatescope as gs
from gatescope.command import main, output
from streamlit.testing.v1 import AppTest
import dashboard

view = gs.run(torch.nn.LSTM(4, 3), torch.randn(2, 1, 4)).show()
page = AppTest.from_file(str(output.APP), default_timeout=120).run()
print(dashboard.MINE, len(view.page) > 1000, len(page.exception))
main.main(["models"])
"""


@pytest.mark.slow
def test_a_project_may_have_a_dashboard_of_its_own(tmp_path):
    (tmp_path / "dashboard").mkdir()
    (tmp_path / "dashboard/__init__.py").write_text("MINE = 7")
    (tmp_path / "run.py").write_text(OF_A_PROJECT)
    run = [sys.executable, "-W", "ignore", "run.py"]
    found = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.stdout.startswith("7 True 0\nname,reads,"), found.stderr
