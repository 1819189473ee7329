"""How do the figures of docs/learn come alive? Each block that makes a `page` runs, and its frame stands below."""

import contextlib
import io
import re
import runpy
import tempfile
from pathlib import Path
from typing import Any

from making.gallery import frame, in_app

BLOCK = re.compile(r"^```python\n(.*?)^```(?:\n\n```text\n.*?^```)?", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"`(/[a-z]*\?[^`]*)`")


def with_figures(_app: Any, name: str, source: list[str]) -> None:
    """Put the figures into a page that Sphinx has read, and make its links to the app links."""
    if not name.startswith("learn/"):
        return
    [text] = source
    title = text.partition("\n")[0].removeprefix("# ").replace("*", "")

    def drawn(found: re.Match[str]) -> str:
        if "\npage = " not in found[1]:
            return found[0]
        number = text[: found.start()].count("\npage = ")
        return f"{found[0]}\n\n{frame(_page(found[1]), f'{Path(name).name}_{number}', title, '../')}"

    source[0] = BLOCK.sub(drawn, LINK.sub(lambda found: in_app(found[1], "../../"), text))


def _page(code: str) -> Any:
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        file = Path(folder) / "block.py"
        file.write_text(code, encoding="utf-8")
        return runpy.run_path(str(file))["page"]
