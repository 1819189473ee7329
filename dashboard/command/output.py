"""How does a result reach the shell, a figure a picture in a file, and a person the dashboard?"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lstm_core.errors import LstmCoreError
from lstm_core.plots.page_figure import Figure

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure as PlotlyFigure

    from lstm_core.progress import Progress


# How does a result reach the shell?


def table(frame: pandas.DataFrame) -> None:
    """Write a table to stdout, as CSV: exact for a file or a program, rounded in a terminal, for a person."""
    rounded = "%.4g" if sys.stdout.isatty() else None
    frame.to_csv(sys.stdout, index=False, lineterminator="\n", float_format=rounded)


def remark(sentence: str) -> None:
    """Say something that is no data."""
    print(sentence, file=sys.stderr)


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on stderr, for as long as a computation takes; none where nobody looks."""
    from tqdm.auto import tqdm

    with tqdm(total=1.0, bar_format="{percentage:3.0f}%|{bar}| {elapsed}", disable=None, leave=False) as bar:
        yield lambda share: bar.update(share - bar.n)


# How is a figure a picture in a file? Chrome or Chromium paints it, which kaleido drives.

# Dots of a PNG to a pixel of the figure: 288 to an inch, as print needs.
DOTS = 3


def image(figure: Figure | PlotlyFigure, kind: str, instead: str) -> bytes:
    """The bytes of a figure as svg, png or pdf. `instead`: what needs no browser, as in "SVG or PNG".

    Raises LstmCoreError where kaleido or a browser is missing, or the browser fails.
    """
    import plotly.graph_objects as go

    name = kind.upper()
    try:
        import kaleido  # noqa: F401
    except ModuleNotFoundError as error:
        raise LstmCoreError(
            f"{name} needs kaleido: pip install 'gatescope[export]'. Or take {instead}, which needs nothing."
        ) from error
    from kaleido.errors import KaleidoError

    # choreographer skips a broken message from the browser, but writes a whole traceback about it.
    logging.getLogger("choreographer.channels.pipe").setLevel(logging.CRITICAL)

    def painted() -> bytes:
        content: bytes = go.Figure(figure).to_image(kind, scale=DOTS if kind == "png" else 1)
        return content

    try:
        # Kaleido gives a browser two seconds for its first tab, which it may miss on a busy machine.
        with suppress(RuntimeError, KaleidoError):
            return painted()
        return painted()
    except (RuntimeError, OSError, KaleidoError) as error:
        # Plotly's RuntimeError says at length how to install Chrome; an OSError may be a full disk.
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "none was found or it failed"
        raise LstmCoreError(
            f"{name} needs Chrome or Chromium where gatescope runs, got: {reason}. Install one and leave it room on "
            f"the disk, or take {instead}, which needs nothing."
        ) from error


# How does the dashboard start?

APP = Path(__file__).resolve().parent.with_name("app.py")


def dashboard(options: Sequence[str]) -> NoReturn:
    """Run `streamlit run` on the installed app, with Streamlit's options, until it is stopped."""
    from streamlit.web.cli import main as streamlit

    sys.argv = ["streamlit", "run", str(APP), *options]
    sys.exit(streamlit())
