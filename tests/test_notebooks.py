"""The notebooks of the documentation run as they stand."""

import json
import os

import nbformat
import pytest
from jupyter_client import KernelManager
from nbclient import NotebookClient
from pages import ROOT

NOTEBOOKS = {
    path: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "docs/notebooks").glob("*.ipynb"))
}
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


def test_the_page_of_notebooks_has_each_with_its_first_words_and_each_first_installs_the_same():
    page = (ROOT / "docs/notebooks.md").read_text(encoding="utf-8")
    for path, notebook in NOTEBOOKS.items():
        title, _, text = "".join(notebook["cells"][0]["source"]).partition("\n\n")
        assert f"#{title}\n\n{text}\n\n[{path.name}](notebooks/{path.name})" in page
    assert len(NOTEBOOKS) == 7
    assert len({"".join(code(notebook)[0]["source"]) for notebook in NOTEBOOKS.values()}) == 1
