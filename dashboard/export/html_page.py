"""How is a figure one page that plays and works offline, with Plotly and the player inside?"""

from __future__ import annotations

import html

import plotly.graph_objects as go
import plotly.io

from dashboard import assets
from dashboard.question.link import shortened
from lstm_core.plots.page_figure import Figure

# Plotly's own bar would offer to send the figure to Plotly's cloud.
CONFIG = {
    "displaylogo": False,
    "modeBarButtons": [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
    "toImageButtonOptions": {"format": "svg", "filename": "gatescope"},
}
STYLE = "body { margin: 0; background: %s; color: %s } body > div { margin: 0 auto; width: max-content }"


def html_page(figure: Figure, title: str) -> bytes:
    """A page with a figure; if the figure says in its `meta` how it is played, it can be played."""
    plot = plotly.io.to_html(go.Figure(figure), include_plotlyjs=False, full_html=False, config=CONFIG)
    # Half of a surrogate pair can be typed, but has no bytes.
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width={figure["layout"]["width"] + 20}">'
        f"<title>{html.escape(shortened(title))}</title>"
        f"<style>{STYLE % (figure['layout']['paper_bgcolor'], figure['layout']['font']['color'])}</style>"
        f"<body><script>{_script('vendor/plotly-cartesian.min.js')}</script>{plot}"
        f'<script type="module">{_player()}\nmount(document.querySelector(".js-plotly-plot"))</script></body></html>'
    )
    return page.encode("utf-8", "replace")


def _player() -> str:
    """The player and what it imports, as one script."""
    texts = "".join(_script(f"browser/film/{name}.js") for name in ("covers", "player"))
    return "".join(line for line in texts.splitlines(keepends=True) if not line.startswith("import "))


def _script(path: str) -> str:
    return (assets.FOLDER / path).read_text(encoding="utf-8")
