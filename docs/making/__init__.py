"""Which pages are made when the documentation is built? Each file here makes one kind, in docs/made/."""

import re
import shutil
from pathlib import Path
from typing import Any

import torch

from making import api, command_line, errors, gallery, link_fields, llms, notebooks, works

HERE = Path(__file__).parents[1]
MADE = HERE / "made"


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this."""
    # The models are small: on a busy machine several threads take five times as long as one.
    torch.set_num_threads(1)
    app.connect("config-inited", lambda *_: write(MADE))
    app.connect("source-read", gallery.with_figures)
    app.connect("source-read", to_made)
    app.connect("autodoc-process-docstring", api.readable)
    app.connect("build-finished", llms.write)
    return {"parallel_read_safe": True}


def to_made(_app: Any, _name: str, source: list[str]) -> None:
    """Lead a link to an example of the gallery or a notebook, as a reader of Markdown needs it, to its made page."""
    links = re.compile(r"\]\((gallery|notebooks)(?:/|/\w+\.ipynb|(/\w+)\.md)\)")
    source[0] = links.sub(lambda found: f"](made/{found[1]}{found[2] or ''}.md)", source[0])


def write(folder: Path) -> None:
    """Write all made pages into a folder, in place of those of the build before."""
    shutil.rmtree(folder, ignore_errors=True)
    for page in (api, command_line, errors, gallery, link_fields, notebooks, works):
        for name, text in page.pages().items():
            path = folder / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
