"""How does Streamlit show the live view? As a component that loads its own modules and asks `routes` for pictures."""

from collections.abc import Mapping
from typing import Any

from gatescope.controls.frame import mounted
from gatescope.controls.own_models import own_models
from gatescope.live.routes import base_path
from gatescope.live.shared_with_browser import PAGES, handed_over
from gatescope.picture.wire_format import as_sent

_component = mounted("live")


def live_view(asked: Mapping[str, str]) -> dict[str, Any] | None:
    """Put the live view on the page; `asked` is its view if the address has none. If the visitor goes on to another
    page, returns that page's name (`page`), and the last view (`query`) or that page's link (`link`)."""
    data = as_sent(handed_over(base_path(), own_models())) | {"asked": dict(asked)}
    place: dict[str, Any] | None = _component(key="live", data=data, on_go_change=lambda: None).go
    return place if place and place["page"] in PAGES else None
