"""What is drawn on a page that Streamlit's AppTest has run, as it goes to the browser."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def drawn(app: AppTest) -> list[dict[str, Any]]:
    """Each picture's rows, in the order of the page."""
    protos = [element.proto for element in app.get("bidi_component")]
    return [json.loads(proto.json) for proto in protos if proto.component_name == "gatescope.rows"]
