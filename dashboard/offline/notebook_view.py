"""How does a notebook show the live view of a trace? `trace.show()`"""

import html
from pathlib import Path

from gatescope.offline.page import trace_page
from gatescope.question.link import shortened
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.files.write_whole import write_bytes
from lstm_core.traces.load import AnyTrace

# Letters of a title.
LONGEST = 70


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
        content, title = html.escape(self.page.decode()), html.escape(self.title)
        # The page in it says how high it is.
        style = "border: 0; display: block; width: 100%; height: 0"
        frame = f'<iframe srcdoc="{content}" title="{title}" style="{style}"></iframe>'
        return f'<div><div class="gs-still">{self.still}</div>{frame}</div>'
