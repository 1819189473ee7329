"""Which examples are there? Each script of docs/gallery runs, and its figure stands live in a frame of its own."""

import ast
import runpy
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs

from making.thumbnail import thumbnail

HERE = Path(__file__).parents[1]
FRAMES = HERE / "made" / "frames" / "figures"
"""Sphinx copies what stands in made/frames to the top of the site."""
THUMBNAILS = HERE / "made" / "gallery" / "thumbnails"
PLOTLY = "plotly.min.js"
GROUPS = {
    1: "What happens at each step?",
    7: "Which unit knows?",
    10: "What if?",
    12: "Why this answer?",
    16: "How far back, and since when in training?",
    19: "And in my own model?",
}
"""The questions, by the number of the first example of each."""
START = """# Gallery

Each example is a script of some lines, by the question that it answers. They run when these pages are built, and their
figures are live. [Which question do you have?](../questions.md) leads from a question to its call.
"""


class Example(NamedTuple):
    """A script of the gallery."""

    name: str
    question: str
    about: str
    code: str
    """All that stands below its first words."""
    names: frozenset[str]
    """What its code calls or imports, as `lstm_core.run`."""


def examples() -> list[Example]:
    """The scripts in their order."""
    found = []
    for path in sorted((HERE / "gallery").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        question, _, about = (ast.get_docstring(tree) or "").partition("\n\n")
        found.append(Example(path.stem, question, about, source.split('"""', 2)[2].strip(), _names(tree)))
    return found


def _names(tree: ast.Module) -> frozenset[str]:
    """What is called, and what is imported from a module."""
    nodes = list(ast.walk(tree))
    called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return frozenset(called | {f"{node.module}.{alias.name}" for node in froms for alias in node.names})


def pages() -> dict[str, str]:
    """A page an example, and one with them all. Writes the frames and thumbnails too."""
    made, parts = {}, [START]
    for example in examples():
        made[f"gallery/{example.name}"] = _page(example)
        if group := GROUPS.get(int(example.name[:2])):
            parts += ["::::\n" * (len(parts) > 1) + f"## {group}\n\n::::{{grid}} 1 2 3 3\n:gutter: 3\n"]
        picture = f":img-top: gallery/thumbnails/{example.name}.png\n:img-alt: ''\n:class-img-top: thumbnail"
        parts.append(
            f":::{{grid-item-card}} {example.question}\n:link: gallery/{example.name}\n:link-type: doc\n{picture}\n:::"
        )
    tree = "\n".join(made)
    made["gallery"] = "\n".join([*parts, f"::::\n\n```{{toctree}}\n:hidden:\n\n{tree}\n```"]) + "\n"
    return made


def _page(example: Example) -> str:
    ran = runpy.run_path(str(HERE / "gallery" / f"{example.name}.py"))
    THUMBNAILS.mkdir(parents=True, exist_ok=True)
    (THUMBNAILS / f"{example.name}.png").write_bytes(thumbnail(ran["page"]))
    drawn = frame(ran["page"], example.name, example.question, "../../")
    link = f"In the app: {in_app(ran['link'], '../../../')}\n\n" if "link" in ran else ""
    code = example.code.split("\n\nlink = ")[0]
    return f"# {example.question}\n\n{example.about}\n\n{drawn}\n\n{link}```python\n{code}\n```\n"


def in_app(link: str, top: str) -> str:
    """A link to the app. The page that needs no server is published beside `top` of the site, and has Memory alone."""
    shown = f"<code>{escape(link)}</code>"
    return f'<a href="{top}{escape(link[1:])}">{shown}</a>' if link.startswith("/?") else shown


def frame(page: Any, name: str, title: str, top: str) -> str:
    """Write a figure, a live view or a table as a page of its own, and return the frame that shows it; `top` leads to
    the top of the site. A live view makes its frame as high as it needs."""
    FRAMES.mkdir(parents=True, exist_ok=True)
    path = FRAMES / f"{name}.html"
    height = 640
    if hasattr(page, "save"):
        page.save(path)
    else:
        (FRAMES / PLOTLY).write_text(get_plotlyjs(), encoding="utf-8")
        figure = isinstance(page, Figure)
        body = page.to_html(full_html=False, include_plotlyjs=PLOTLY) if figure else page._repr_html_()
        start = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        path.write_text(f'{start}<body style="font-family: sans-serif">{body}</body></html>', encoding="utf-8")
        height = int(page.layout.height or 450) + 20 if figure else 480
    return f'<iframe class="figure" src="{top}figures/{name}.html" title="{title}" style="height: {height}px"></iframe>'
