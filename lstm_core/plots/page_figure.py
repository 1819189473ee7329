"""What do all figures share: a dict for Plotly, with the page's background and font?"""

from typing import Any

from lstm_core.plots.palette import Look

Figure = dict[str, Any]
FONT = 13
FAMILY = "'Source Sans', 'Source Sans 3', 'Noto Sans', Arial, sans-serif"


def on_the_page(look: Look) -> Figure:
    """A layout with the page's background and font."""
    return {
        "font": {"color": look.ink, "size": FONT, "family": FAMILY},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
    }


BARE_AXIS = {"showgrid": False, "zeroline": False, "ticks": "", "showline": False}
