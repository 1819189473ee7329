"""How does a notebook show the live view of a trace? `trace.show()`"""

import html
import sys
from pathlib import Path
from typing import Any

from gatescope.offline.page import trace_page, without_scripts
from gatescope.question.link import shortened
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.files.write_whole import write_bytes
from lstm_core.traces.load import AnyTrace

LONGEST = 70
"""Letters of a title."""


class NotebookView:
    """A page with the live view of a trace's first sequence, which needs no server; at the end of a notebook's cell it
    is shown there. Where no script is run, still pictures stand in its place."""

    def __init__(self, trace: AnyTrace, model: SequenceModel | None = None) -> None:
        words = trace.tokens[0] if trace.tokens else [trace.name or trace.module]
        self.title = shortened((" " if any(len(word) > 1 for word in words) else "").join(words), LONGEST)
        self.page = trace_page(trace, self.title, model)
        self.still = trace._repr_html_()

    def save(self, path: str | Path) -> None:
        """Write the page to a .html file. Raises LstmCoreError for another name."""
        path = Path(path)
        if path.suffix != ".html":
            raise LstmCoreError(
                f"Expected a file name that ends in .html, got {path.name!r}. trace.plot() makes a picture for paper."
            )
        write_bytes(path, self.page)

    def __repr__(self) -> str:
        return f"{self.title}: a page that plays. End a notebook's cell with it, or save it as a .html file."

    def _repr_html_(self) -> str:
        page = self.page if brings_scripts() else without_scripts(self.page)
        content, title = html.escape(page.decode()), html.escape(self.title)
        # The page in it says how high it is.
        style = "border: 0; display: block; width: 100%; height: 0"
        frame = f'<iframe srcdoc="{content}" title="{title}" style="{style}"></iframe>'
        return f'<div><div class="gs-still">{self.still}</div>{frame}</div>'


# Which views of a notebook bring the scripts that all of them need? The first, and some more in case it is cleared.


EVERY = 8
"""Cells that take their scripts from others, before one brings them again."""


class ShownViews:
    """The views that a kernel has shown."""

    def __init__(self) -> None:
        self.bring: set[str] = set()
        """The cells of those that brought scripts."""
        self.run: int | None = None
        self.since = EVERY

    def next_brings(self, cell: str, run: int) -> bool:
        """Whether the next view brings scripts; `cell`: what names its cell; `run`: which run of a cell it is.

        A cell brings them with its first view, and does so again when it is run again: its output was cleared.
        """
        if run == self.run:
            return False
        self.run = run
        if cell in self.bring or self.since >= EVERY:
            self.bring.add(cell)
            self.since = 0
            return True
        self.since += 1
        return False


_shown = ShownViews()


def brings_scripts() -> bool:
    """Whether a view brings its scripts. All do outside of a notebook, and where no cell's output sees another's."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython else None
    if not hasattr(shell, "kernel") or "google.colab" in sys.modules:
        return True
    run = shell.execution_count
    # JupyterLab and VS Code name the cell; elsewhere each run is a cell of its own.
    return _shown.next_brings(shell.get_parent().get("metadata", {}).get("cellId", f"run {run}"), run)
