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


def nth(number: int) -> str:
    """The end of the name of an axis, from 0: "", "2", "3", …"""
    return "" if number == 0 else f"{number + 1}"


BARE_AXIS = {"showgrid": False, "zeroline": False, "ticks": "", "showline": False}
BARE_BAR = {"outlinewidth": 0, "xpad": 0, "ypad": 0}
"""A colour bar without a frame, that stands where it is placed."""
