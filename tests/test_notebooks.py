"""The notebooks of the documentation run as they stand, and open where the project says it lives."""

import os

import nbformat
import pytest
from jupyter_client import KernelManager
from making import notebooks
from nbclient import NotebookClient

NOTEBOOKS = dict(notebooks.notebooks())
# A kernel starts and imports torch, and some of them train.
PATIENCE = 300


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """One for all notebooks, as to start it and to import PyTorch takes it longer than most of them."""
    folder = str(tmp_path_factory.mktemp("notebooks"))
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env=os.environ | {"IPYTHONDIR": folder, "JUPYTER_PLATFORM_DIRS": "1"}, cwd=folder)
    yield manager
    manager.shutdown_kernel(now=True)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_warns_of_nothing(path, kernel):
    notebook = nbformat.read(path, as_version=4)
    # No name of the notebook before is left.
    notebook.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
    client = NotebookClient(notebook, km=kernel, timeout=PATIENCE)
    client.execute()
    client.kc.stop_channels()
    _, first, *rest = code(notebook)
    # Nothing had to be installed.
    assert first.outputs == []
    outputs = [output for cell in rest for output in cell.outputs]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    assert rest[-1].outputs


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_holds_no_output(path):
    notebook = NOTEBOOKS[path]
    nbformat.validate(nbformat.from_dict(notebook))
    assert len(notebook["cells"]) <= 12
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code(notebook))


def test_there_is_a_notebook_for_each_of_seven_subjects():
    assert len(NOTEBOOKS) == 7


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_first_installs_from_where_the_project_lives(path):
    assert code(NOTEBOOKS[path])[0]["source"] == notebooks.first_code(), "run python docs/making/notebooks.py"


def test_a_repository_that_is_named_is_what_colab_opens_and_installs():
    repository = "https://github.com/somebody/gatescope"
    page = notebooks.pages(repository)["notebooks"]
    for path in NOTEBOOKS:
        there = f"colab.research.google.com/github/somebody/gatescope/blob/main/docs/notebooks/{path.name}"
        assert page.count(f"(https://{there})") == 1
    assert notebooks.first_code(repository)[-1] == f"    %pip install --quiet git+{repository}"
    assert "Colab" not in notebooks.pages("")["notebooks"]
