"""Which pages are made when the documentation is built? Each file here makes one kind, in docs/made/."""

import re
import shutil
from pathlib import Path
from typing import Any

import torch

from making import gallery, reference, works

HERE = Path(__file__).parents[1]
MADE = HERE / "made"
PAGES = (
    *(reference.name_pages, reference.verb_pages),
    *(gallery.pages, works.pages),
)


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this."""
    # The models are small: on a busy machine several threads take five times as long as one.
    torch.set_num_threads(1)
    app.connect("config-inited", lambda *_: write(MADE))
    app.connect("source-read", gallery.with_figures)
    app.connect("source-read", to_made)
    app.connect("autodoc-process-docstring", reference.readable)
    app.connect("build-finished", write_llms)
    return {"parallel_read_safe": True}


def to_made(_app: Any, _name: str, source: list[str]) -> None:
    """Lead a link to an example of the gallery, as a reader of Markdown needs it, to its made page."""
    source[0] = re.sub(r"\]\(gallery/?(/\w+)?(?:\.md)?\)", r"](made/gallery\1.md)", source[0])


def write(folder: Path) -> None:
    """Write all made pages into a folder, in place of those of the build before."""
    shutil.rmtree(folder, ignore_errors=True)
    for pages in PAGES:
        for name, text in pages().items():
            path = folder / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


# What does a program find that reads this documentation? llms.txt: each page's title, address and first words.

LLMS = """# gatescope

> Records every gate and state of LSTMs, GRUs and RNNs in PyTorch, proves the recording against PyTorch's own output,
> and shows it in a browser. The library is `lstm_core`.

"""


def write_llms(app: Any, failed: Exception | None) -> None:
    """Write llms.txt beside the pages, in the order of their table of contents."""
    if failed:
        return
    env, lines = app.env, []
    for name in ["index", *_below("index", env.toctree_includes)]:
        _, *paragraphs = Path(env.doc2path(name)).read_text(encoding="utf-8").split("\n\n")
        prose = next((one for one in paragraphs if re.match(r"[\w`*\[]", one)), "")
        lines.append(f"- [{env.titles[name].astext()}]({name}.html): {' '.join(prose.split())}")
    (Path(app.outdir) / "llms.txt").write_text(LLMS + "\n".join(lines) + "\n", encoding="utf-8")


def _below(name: str, tree: dict[str, list[str]]) -> list[str]:
    return [one for child in tree.get(name, []) for one in (child, *_below(child, tree))]
