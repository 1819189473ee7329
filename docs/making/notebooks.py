"""Which notebooks are there, and where do they open?

`python docs/making/notebooks.py` writes anew how each installs.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1]
PROJECT = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REPOSITORY = PROJECT.get("urls", {}).get("Repository", "").rstrip("/")
START = """# Notebooks

Each makes its own data, runs as it stands in less than a minute, and is run by a test. The files hold no outputs: what
you see is what your machine computes."""


def pages(repository: str = REPOSITORY) -> dict[str, str]:
    """One page, with a link to each in Colab if the repository is known."""
    rows = []
    for path, notebook in notebooks():
        title, _, text = "".join(notebook["cells"][0]["source"]).removeprefix("# ").partition("\n\n")
        # Colab opens what stands on GitHub.
        place = repository.replace("https://github.com/", "https://colab.research.google.com/github/")
        address = f"{place}/blob/main/{path.relative_to(DOCS.parent).as_posix()}"
        links = [f"[Open in Colab]({address})"] if repository else []
        links.append(f"{{download}}`{path.name} <../notebooks/{path.name}>`")
        rows.append(f"## {title}\n\n{text}\n\n{' · '.join(links)}")
    return {"notebooks": "\n\n".join([START, *rows]) + "\n"}


def notebooks() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each file, and what is in it."""
    for path in sorted((DOCS / "notebooks").glob("*.ipynb")):
        yield path, json.loads(path.read_text(encoding="utf-8"))


def first_code(repository: str = REPOSITORY) -> list[str]:
    """The lines of each notebook's first code. Before the repository is known, they install the clone around it."""
    source = f"git+{repository}" if repository else "../.."
    return [
        "# Installs gatescope where it is not there, as in Colab.\n",
        "try:\n",
        "    import lstm_core\n",
        "except ImportError:\n",
        f"    %pip install --quiet {source}",
    ]


if __name__ == "__main__":
    for path, notebook in notebooks():
        next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")["source"] = first_code()
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
