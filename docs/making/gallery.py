"""Which examples are there? Each script of docs/gallery runs, and its figure stands live in a frame of its own."""

import ast
import runpy
from pathlib import Path
from typing import Any, NamedTuple

from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs

HERE = Path(__file__).parents[1]
FRAMES = HERE / "made" / "frames" / "gallery"
"""Sphinx copies what stands in made/frames to the top of the site."""
PLOTLY = "plotly.min.js"
START = """# Gallery

Each example is a script of a few lines, by the question that it answers. They run when these pages are built.

::::{grid} 1 2 2 3
:gutter: 3
"""


class Example(NamedTuple):
    """A script of the gallery."""

    name: str
    question: str
    about: str
    code: str
    """All that stands below its first words."""


def examples() -> list[Example]:
    """The scripts in their order."""
    found = []
    for path in sorted((HERE / "gallery").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        question, _, about = (ast.get_docstring(ast.parse(source)) or "").partition("\n\n")
        found.append(Example(path.stem, question, about, source.split('"""', 2)[2].strip()))
    return found


def pages() -> dict[str, str]:
    """A page an example, and one with them all. Writes the frames too."""
    FRAMES.mkdir(parents=True, exist_ok=True)
    (FRAMES / PLOTLY).write_text(get_plotlyjs(), encoding="utf-8")
    made = {f"gallery/{example.name}": _page(example) for example in examples()}
    cards = [
        f":::{{grid-item-card}} {one.question}\n:link: gallery/{one.name}\n:link-type: doc\n\n{one.about}\n:::"
        for one in examples()
    ]
    tree = "\n".join(made)
    made["gallery"] = "\n".join([START, *cards, f"::::\n\n```{{toctree}}\n:hidden:\n\n{tree}\n```"]) + "\n"
    return made


def _page(example: Example) -> str:
    ran = runpy.run_path(str(HERE / "gallery" / f"{example.name}.py"))
    height = _save(ran["page"], FRAMES / f"{example.name}.html", example.question)
    where = f'src="../../gallery/{example.name}.html" title="{example.question}"'
    frame = f'<iframe class="figure" {where} style="height: {height}px"></iframe>'
    link = f"In the app: `{ran['link']}`\n\n" if "link" in ran else ""
    code = example.code.split("\n\nlink = ")[0]
    return f"# {example.question}\n\n{example.about}\n\n{frame}\n\n{link}```python\n{code}\n```\n"


def _save(page: Any, path: Path, title: str) -> int:
    """Write a figure as a page; returns the height of its frame. A live view makes its frame as high as it needs."""
    if not isinstance(page, Figure):
        page.save(path)
        return 640
    drawn = page.to_html(full_html=False, include_plotlyjs=PLOTLY)
    start = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    path.write_text(f"{start}<body>{drawn}</body></html>", encoding="utf-8")
    return int(page.layout.height or 450) + 20
