"""What does a program find that reads this documentation? `llms.txt`: each page's title, address and first words."""

import re
from pathlib import Path
from typing import Any

START = """# gatescope

> Records every gate and state of LSTMs, GRUs and RNNs in PyTorch, proves the recording against PyTorch's own output,
> and shows it in a browser. The library is `lstm_core`.

"""


def write(app: Any, failed: Exception | None) -> None:
    """Write llms.txt beside the pages, in the order of their table of contents."""
    if failed:
        return
    env = app.env
    lines = []
    for name in ["index", *_below("index", env.toctree_includes)]:
        text = Path(env.doc2path(name)).read_text(encoding="utf-8")
        lines.append(f"- [{env.titles[name].astext()}]({name}.html): {_first_words(text)}")
    (Path(app.outdir) / "llms.txt").write_text(START + "\n".join(lines) + "\n", encoding="utf-8")


def _below(name: str, tree: dict[str, list[str]]) -> list[str]:
    return [one for child in tree.get(name, []) for one in (child, *_below(child, tree))]


def _first_words(text: str) -> str:
    """The first paragraph below the title that is prose."""
    for paragraph in text.split("\n\n")[1:]:
        if re.match(r"[\w`*\[]", paragraph):
            return " ".join(paragraph.split())
    return ""
