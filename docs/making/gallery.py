"""How do the figures of the gallery and of Learn come alive? The block that makes a `page` runs, and its frame stands
beside it."""

import ast
import base64
import contextlib
import io
import re
import runpy
import tempfile
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs

from lstm_core.plots import pictures
from lstm_core.plots.page_figure import STATES

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
BLOCK = re.compile(r"^```python\n(.*?)^```(?:\n\n```text\n.*?^```)?", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"`(/[a-z]*\?[^`]*)`")
START = """# Gallery

Each example is some lines of Python, by the question that it answers. They run when these pages are built, and their
figures are live. [Which question do you have?](../questions.md) leads from a question to its call.
"""


class Example(NamedTuple):
    """A page of docs/gallery: a question, some words, a link and some lines."""

    name: str
    question: str
    about: str
    text: str
    """The whole page."""
    code: str
    names: frozenset[str]
    """What its code calls or imports, as `lstm_core.run`."""


def examples() -> list[Example]:
    """The examples in their order."""
    found = []
    for path in sorted((HERE / "gallery").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        question, about, _ = text.split("\n\n", 2)
        [code] = BLOCK.findall(text)
        found.append(Example(path.stem, question.removeprefix("# "), about, text, code, _names(ast.parse(code))))
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
    page = made_by(example.code)
    THUMBNAILS.mkdir(parents=True, exist_ok=True)
    (THUMBNAILS / f"{example.name}.png").write_bytes(thumbnail(page))
    drawn = frame(page, example.name, example.question, "../../")
    return linked(example.text.replace(example.about, f"{example.about}\n\n{drawn}"), "../../../")


def with_figures(_app: Any, name: str, source: list[str]) -> None:
    """Put the figures into a page of Learn that Sphinx has read, and make its links to the app links."""
    if not name.startswith("learn/"):
        return
    [text] = source
    title = text.partition("\n")[0].removeprefix("# ").replace("*", "")

    def drawn(found: re.Match[str]) -> str:
        if "\npage = " not in found[1]:
            return found[0]
        number = text[: found.start()].count("\npage = ")
        return f"{found[0]}\n\n{frame(made_by(found[1]), f'{Path(name).name}_{number}', title, '../')}"

    source[0] = BLOCK.sub(drawn, linked(text, "../../"))


def made_by(code: str) -> Any:
    """The `page` of some lines, which run as a file of their own."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        file = Path(folder) / "block.py"
        file.write_text(code, encoding="utf-8")
        return runpy.run_path(str(file))["page"]


def linked(text: str, top: str) -> str:
    """The page with its links to the app as links. The page that needs no server is published beside `top` of the
    site, and has Memory alone."""

    def link(found: re.Match[str]) -> str:
        shown = f"<code>{escape(found[1])}</code>"
        return f'<a href="{top}{escape(found[1][1:])}">{shown}</a>' if found[1].startswith("/?") else shown

    return LINK.sub(link, text)


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


STILL = re.compile(r"src='data:image/png;base64,([^']+)'")
"""The still picture of a live view."""
LEVELS = 24


def thumbnail(page: Any) -> bytes:
    """A PNG, a pixel a cell."""
    if still := STILL.search(getattr(page, "still", "")):
        return base64.b64decode(still[1])
    cells = _of_figure(page) if isinstance(page, Figure) else _bars([len(line) for line in repr(page).splitlines()]).T
    bound = float(np.nanmax(np.abs(cells)))
    return pictures.as_png(pictures.cells(pictures.Strip("", cells, -bound, bound, STATES["teal", "light"])))


def _of_figure(figure: Figure) -> np.ndarray:
    """Of its heatmaps the one in the middle, or the heights of its bars and lines."""
    if maps := [np.array(trace.z, dtype=float) for trace in figure.data if trace.type == "heatmap"]:
        return maps[len(maps) // 2]
    if lying := [trace.x for trace in figure.data if trace.orientation == "h"]:
        return _bars(np.concatenate(lying)).T[::-1, ::-1]
    return _bars(np.concatenate([[*trace.y, 0] for trace in figure.data]))


def _bars(values: Any) -> np.ndarray:
    """A column a number, filled from 0 up or down to it; NaN elsewhere."""
    heights = np.asarray(values, dtype=float)
    level = np.linspace(max(0.0, heights.max()), min(0.0, heights.min()), LEVELS)[:, None]
    filled = (level * np.sign(heights) >= 0) & (abs(level) <= abs(heights)) & (heights != 0)
    return np.where(filled, heights, np.nan)
