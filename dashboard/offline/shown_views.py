"""Which views of a notebook bring the scripts that all of them need? The first, and some more in case it is cleared."""

import sys
from typing import Any

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
